// The option `identity`: the owner of a token that does not tell.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("opaque tokens of one user are one session, and those of another a new one", {
  tag: ["@scenario-78"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = start({ identity: (_token, { user }) => user });
    const brings = (user) =>
      server.answerRefresh(
        200,
        JSON.stringify({ access_token: `of-${user}-${Math.random()}`, expires_in: 900, user }),
        "{}",
      );
    brings("alice");
    await session.ready;
    const sessions = [session.state.session];
    for (const user of ["alice", "bob"]) {
      brings(user);
      await outcome(session.refresh());
      sessions.push(session.state.session);
    }
    return [sessions[0] === sessions[1], sessions[1] === sessions[2], session.state.generation];
  });
  assert.deepEqual(seen, [true, false, 1]);
});

test("the same user is recognised after a reload, and another one is not", async ({ run }) => {
  const seen = await run(async () => {
    const sessions = [];
    for (const user of ["alice", "alice", "bob"]) {
      const { server, session } = start({
        name: "recognised",
        identity: (_token, { user }) => user,
      });
      server.answerRefresh(
        200,
        JSON.stringify({ access_token: "opaque", expires_in: 900, user }),
        "{}",
      );
      await session.ready;
      sessions.push(session.state.session);
      session.close();
    }
    return [sessions[0] === sessions[1], sessions[1] === sessions[2]];
  });
  assert.deepEqual(seen, [true, false]);
});

test("a tab that was handed the token knows whose it is", async ({ run }) => {
  const seen = await run(async () => {
    const options = { name: "handed-over", identity: (_token, { user }) => user };
    const answer = JSON.stringify({ access_token: "opaque", expires_in: 900, user: "alice" });
    const [one, two] = [start(options), start(options)];
    one.server.answerRefresh(200, answer, "{}");
    await one.session.ready;
    await until(two.session, ({ status }) => status === "active");
    const { session } = two.session.state;
    two.server.answerRefresh(200, answer.replace("opaque", "another"), "{}");
    await two.session.refresh();
    return [one.session.state.session === session, two.session.state.session === session];
  });
  assert.deepEqual(seen, [true, true]);
});

test("the name of a claim tells people apart whose tokens have no sub, and sid tells nothing", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { server, session } = start({ identity: "user_id" });
    const sessions = [];
    for (const claims of [
      { user_id: "5" },
      { user_id: 5 },
      { user_id: "6" },
      { user_id: "6", sid: "a" },
      { user_id: "6", sid: "b" },
    ]) {
      const access =
        `${btoa("{}")}.${btoa(JSON.stringify({ ...claims, sub: "all alike", n: sessions.length }))}.x`.replaceAll(
          "=",
          "",
        );
      server.answerRefresh(200, JSON.stringify({ access, expires_in: 300 }), "{}");
      if (sessions.length === 0) await session.ready;
      else await outcome(session.refresh());
      sessions.push(session.state.session);
    }
    return sessions.map((id, index) => index > 0 && id === sessions[index - 1]);
  });
  assert.deepEqual(seen, [false, true, false, true, true]);
});

test("a path tells people apart, and a claim whose own name has dots is found first", async ({
  run,
}) => {
  const seen = await run(async () => {
    const told = [];
    const nested = (name) => ({ user: { profile: { name } }, sub: "all alike" });
    const dotted = (name) => ({
      "https://example.com/user": name,
      https: { "//example": { "com/user": "all alike" } },
    });
    for (const [identity, claimsOf] of [
      ["user.profile.name", nested],
      ["https://example.com/user", dotted],
    ]) {
      const { server, session } = start({ identity, name: identity });
      const sessions = [];
      for (const name of ["alice", "alice", "bob", 7, 7]) {
        const access =
          `${btoa("{}")}.${btoa(JSON.stringify({ ...claimsOf(name), n: sessions.length }))}.x`.replaceAll(
            "=",
            "",
          );
        server.answerRefresh(200, JSON.stringify({ access, expires_in: 300 }), "{}");
        if (sessions.length === 0) await session.ready;
        else await outcome(session.refresh());
        sessions.push(session.state.session);
      }
      told.push(sessions.map((id, index) => index > 0 && id === sessions[index - 1]));
      session.close();
    }
    return told;
  });
  assert.deepEqual(seen, Array(2).fill([false, true, false, false, true]));
});

test("an identity that is not found is reported once, on the console and as an event", {
  tag: ["@scenario-98"],
}, async ({ stage }) => {
  const cases = [
    ["user.name", { user: "alice" }],
    ["user", { user: { name: "alice" } }],
    ["user", { user: ["alice"] }],
    ["user", { user: null }],
    ["user", { sub: "alice" }],
    ["user", null],
    [undefined, { user_id: 5 }],
    [undefined, { sub: { name: "alice" } }],
  ];
  for (const [index, [identity, claims]] of cases.entries()) {
    const events = await stage.run(
      async ([identity, claims, name]) => {
        const told = [];
        const { server, session } = start({
          identity,
          name,
          onEvent: ({ type }) => told.push(type),
        });
        const token = claims
          ? `${btoa("{}")}.${btoa(JSON.stringify(claims))}.x`.replaceAll("=", "")
          : "opaque";
        const answers = () =>
          server.answerRefresh(200, JSON.stringify({ access_token: token, expires_in: 300 }), "{}");
        answers();
        await session.ready;
        answers();
        await session.refresh();
        await nextTask();
        const { status } = session.state;
        session.close();
        return [status, told.filter((type) => type === "identity-missing").length];
      },
      [identity, claims, `missing-${index}`],
    );
    assert.deepEqual(events, ["active", 1], JSON.stringify([identity, claims]));
    const complaints = await stage.takeComplaints();
    assert.equal(complaints.length, 1, JSON.stringify([identity, claims, complaints]));
    assert.match(complaints[0], new RegExp(`no claim "${identity ?? "sub"}"`));
  }
});

test("nothing is reported where it is found, and where an opaque token need not tell", async ({
  run,
}) => {
  const seen = await run(async () => {
    const told = [];
    const onEvent = ({ type }) => told.push(type);
    for (const [index, options] of [
      {},
      { identity: "sub" },
      { identity: (_token, _answer, claims) => claims.sub },
    ].entries()) {
      const { session } = await started({ ...options, name: `found-${index}`, onEvent });
      session.close();
    }
    const { server, session } = start({ name: "opaque", onEvent });
    server.answerRefresh(200, JSON.stringify({ access_token: "opaque", expires_in: 300 }), "{}");
    await session.ready;
    await nextTask();
    return told.includes("identity-missing");
  });
  assert.equal(seen, false);
});

test("it is asked with the token, the answer that it came in, and its claims", async ({ run }) => {
  const seen = await run(async () => {
    const asked = [];
    const { server, session } = start({
      identity: (...args) => void asked.push(args),
    });
    const answer = { access_token: "first", expires_in: 900, more: [1] };
    server.answerRefresh(200, JSON.stringify(answer), "{}");
    await session.ready;
    await session.signIn({ access_token: "second", expires_in: 900 });
    await outcome(session.signIn(server.token("bob")));
    return asked.map(([token, answer, claims]) => [
      token.length > 6 ? "a JWT" : token,
      answer,
      claims?.sub ?? claims,
    ]);
  });
  assert.deepEqual(seen, [
    ["first", { access_token: "first", expires_in: 900, more: [1] }, null],
    ["second", { access_token: "second", expires_in: 900 }, null],
    ["a JWT", undefined, "bob"],
  ]);
});

test("what it throws is the cause of a failed refresh, which changes nothing", async ({ run }) => {
  const seen = await run(async () => {
    const cause = new Error("not today");
    let throws = false;
    const { session } = await started({
      identity: () => {
        if (throws) throw cause;
        return "alice";
      },
    });
    const { session: before } = session.state;
    throws = true;
    const refreshed = session.refresh();
    await until(session, ({ error }) => error);
    const { status, session: after, error } = session.state;
    throws = false;
    await refreshed;
    return { status, isSame: before === after, code: error.code, isCause: error.cause === cause };
  });
  assert.deepEqual(seen, {
    status: "active",
    isSame: true,
    code: "ERR_REFRESH_MALFORMED",
    isCause: true,
  });
});

test("what it throws, a sign-in rejects with", async ({ run }) => {
  const seen = await run(async () => {
    const cause = new Error("not today");
    const told = [];
    for (const identity of [
      () => {
        throw cause;
      },
      () => 5,
    ]) {
      const { server, session } = await started({ restore: false, identity });
      const thrown = await session.signIn(JSON.parse(server.login("bob"))).catch((error) => error);
      told.push([thrown === cause, thrown.name, session.state.status]);
      session.close();
    }
    return told;
  });
  assert.deepEqual(seen, [
    [true, "Error", "ended"],
    [false, "TypeError", "ended"],
  ]);
});
