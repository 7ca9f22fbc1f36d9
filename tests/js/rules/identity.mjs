// Whose a token is that does not say so itself, the app tells.

import assert from "node:assert/strict";

const rules = {
  "opaque tokens of one user are one session, and those of another a new one": async ({ run }) => {
    const seen = await run(async () => {
      const { server, session } = start({ identity: (token, { user }) => user });
      const brings = (user) =>
        server.answerRefresh(200, JSON.stringify({ access_token: `of-${user}-${Math.random()}`, expires_in: 900, user }), "{}");
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
  },

  "the same user is recognised after a reload, and another one is not": async ({ run }) => {
    const seen = await run(async () => {
      const sessions = [];
      for (const user of ["alice", "alice", "bob"]) {
        const { server, session } = start({ name: "recognised", identity: (token, { user }) => user });
        server.answerRefresh(200, JSON.stringify({ access_token: "opaque", expires_in: 900, user }), "{}");
        await session.ready;
        sessions.push(session.state.session);
        session.close();
      }
      return [sessions[0] === sessions[1], sessions[1] === sessions[2]];
    });
    assert.deepEqual(seen, [true, false]);
  },

  "a tab that was handed the token knows whose it is": async ({ run }) => {
    const seen = await run(async () => {
      const options = { name: "handed-over", identity: (token, { user }) => user };
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
  },

  "the name of a claim tells people apart whose tokens have no sub, and sid tells nothing": async ({ run }) => {
    const seen = await run(async () => {
      const { server, session } = start({ identity: "user_id" });
      const sessions = [];
      for (const claims of [{ user_id: "5" }, { user_id: 5 }, { user_id: "6" }, { user_id: "6", sid: "a" }, { user_id: "6", sid: "b" }]) {
        const access = `${btoa("{}")}.${btoa(JSON.stringify({ ...claims, sub: "all alike", n: sessions.length }))}.x`.replaceAll("=", "");
        server.answerRefresh(200, JSON.stringify({ access, expires_in: 300 }), "{}");
        if (sessions.length === 0) await session.ready;
        else await outcome(session.refresh());
        sessions.push(session.state.session);
      }
      return sessions.map((id, index) => index > 0 && id === sessions[index - 1]);
    });
    assert.deepEqual(seen, [false, true, false, true, true]);
  },

  "it is asked with the token and the answer that it came in": async ({ run }) => {
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
      return asked.map(([token, ...rest]) => [token.length > 6 ? "a JWT" : token, ...rest]);
    });
    assert.deepEqual(seen, [
      ["first", { access_token: "first", expires_in: 900, more: [1] }],
      ["second", { access_token: "second", expires_in: 900 }],
      ["a JWT", undefined],
    ]);
  },

  "what it throws is the cause of a failed refresh, which changes nothing": async ({ run }) => {
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
    assert.deepEqual(seen, { status: "active", isSame: true, code: "ERR_REFRESH_MALFORMED", isCause: true });
  },

  "what it throws, a sign-in rejects with": async ({ run }) => {
    const seen = await run(async () => {
      const cause = new Error("not today");
      const told = [];
      for (const identity of [() => { throw cause; }, () => 5]) {
        const { server, session } = await started({ restore: false, identity });
        const thrown = await session.signIn(JSON.parse(server.login("bob"))).catch((error) => error);
        told.push([thrown === cause, thrown.name, session.state.status]);
        session.close();
      }
      return told;
    });
    assert.deepEqual(seen, [[true, "Error", "ended"], [false, "TypeError", "ended"]]);
  },
};

export default rules;
