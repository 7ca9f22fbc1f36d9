// A page that was delivered with a token goes on with the session that there is.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("a seed goes on with the session of all tabs", { tag: ["@scenario-97"] }, async ({ run }) => {
  for (const restore of [true, false]) {
    const seen = await run(async (restore) => {
      const { server, session } = await started({ name: `seeded-${restore}` });
      const waiting = session.refresh();
      const other = createSession({
        refresh: "/auth/refresh",
        fetch: server.fetch,
        name: `seeded-${restore}`,
        restore,
      });
      await other.seed({ access_token: server.token("alice"), expires_in: 900 });
      await waiting;
      const sessions = [session, other].map(({ state }) => [state.status, state.session]);
      const isSame = sessions[0][1] === sessions[1][1];
      for (const each of [session, other]) each.close();
      return [sessions.map(([status]) => status), isSame];
    }, restore);
    assert.deepEqual(seen, [["active", "active"], true], `restore: ${restore}`);
  }
});

test("a seed is taken in every form, and asks the server nothing", async ({ run }) => {
  const seen = await run(async () => {
    const told = [];
    const forms = [
      (token) => token,
      (token) => ({ access_token: token, expires_in: 900 }),
      (token) => new Response(JSON.stringify({ data: { token } })),
    ];
    for (const [index, form] of forms.entries()) {
      const { server, session } = start({ name: `form-${index}`, restore: false });
      await session.seed(form(server.token("bob")));
      const { status, claims } = session.state;
      told.push([status, claims?.sub, server.count("/auth/refresh")]);
      session.close();
    }
    return told;
  });
  assert.deepEqual(seen, Array(3).fill(["active", "bob", 0]));
});

test("a seed does not undo a sign-out, and a sign-in with the same answer does", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { server, session } = await started({ name: "signed-out" });
    const token = server.token("alice");
    await session.signOut();
    const seeded = await outcome(session.seed(token));
    const before = [session.state.status, session.state.reason];
    await session.signIn(token);
    return [seeded.thrown, before, session.state.status];
  });
  const [{ name, code, reason }, before, after] = seen;
  assert.deepEqual([name, code, reason], ["SessionEndedError", "ERR_SESSION_ENDED", "signed-out"]);
  assert.deepEqual([before, after], [["ended", "signed-out"], "active"]);
});

test("what is no answer is a typed error, and changes nothing", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started({ name: "bad-seeds" });
    const { state } = session;
    const bad = [
      undefined,
      null,
      5,
      true,
      () => "token",
      "a b",
      {},
      { access_token: "opaque" },
      new Response("{}", { status: 401 }),
    ];
    const told = [];
    for (const answer of bad) told.push((await outcome(session.seed(answer))).thrown?.code);
    told.push((await outcome(session.seed())).thrown?.code);
    const isSame = session.state === state;
    session.close();
    told.push((await outcome(session.seed(server.token("alice")))).thrown?.code);
    return [told, isSame];
  });
  const invalid = "ERR_INVALID_OPTION";
  assert.deepEqual(seen[0], [
    invalid,
    invalid,
    invalid,
    invalid,
    invalid,
    "ERR_TOKEN_MALFORMED",
    "ERR_SIGN_IN_INCOMPLETE",
    "ERR_TOKEN_MALFORMED",
    "ERR_SIGN_IN_REFUSED",
    invalid,
    "ERR_SESSION_CLOSED",
  ]);
  assert.equal(seen[1], true);
});
