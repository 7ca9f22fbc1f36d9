// The state is a frozen snapshot of what is known.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("the state is the same object until it changes", async ({ run }) => {
  const seen = await run(async () => {
    const { session } = start();
    const { state: first } = session;
    const stays = session.state === first;
    await session.ready;
    const { state: second } = session;
    await session.fetch("/api/me");
    const stillStays = session.state === second;
    await session.refresh();
    return [stays, first !== second, stillStays, session.state !== second, second.generation];
  });
  assert.deepEqual(seen, [true, true, true, true, 1]);
});

test("the state is frozen, its claims to the leaves", async ({ run }) => {
  const seen = await run(async () => {
    const { session } = await started({ restore: false });
    const isFrozen = [Object.isFrozen(session.state)];
    const encode = (value) => btoa(JSON.stringify(value)).replaceAll("=", "");
    const claims = { sub: "alice", iat: 1, exp: 901, realm: { roles: ["a", { b: [] }] } };
    await session.signIn([encode({ alg: "none" }), encode(claims), "x"].join("."));
    const { realm } = session.state.claims;
    const parts = [
      session.state,
      session.state.claims,
      realm,
      realm.roles,
      realm.roles[1],
      realm.roles[1].b,
    ];
    await session.signOut();
    return [...isFrozen, ...parts.map(Object.isFrozen), Object.isFrozen(session.state)];
  });
  assert.deepEqual(seen, Array(8).fill(true));
});

test("an active state has what a JWT says", async ({ run }) => {
  const seen = await run(async () => {
    const before = Date.now();
    const { session } = await started();
    const after = Date.now();
    const { expiresAt, refreshAt, claims, session: id, ...rest } = session.state;
    const lead = (expiresAt - refreshAt) / 1000;
    return {
      ...rest,
      claims,
      id: /^[0-9a-f]{16,}$/.test(id),
      lead: lead >= 60 && lead <= 75,
      expiry: expiresAt >= before + 899_000 && expiresAt <= after + 901_000,
      keys: Object.keys(session.state).sort(),
    };
  });
  assert.deepEqual(seen, {
    status: "active",
    elsewhere: false,
    generation: 1,
    id: true,
    lead: true,
    expiry: true,
    claims: { sub: "alice", iat: 1_700_000_000, exp: 1_700_000_900, scope: "profile", jti: "1" },
    keys: ["claims", "elsewhere", "expiresAt", "generation", "refreshAt", "session", "status"],
  });
});

test("an opaque token has no claims, and lives for expires_in", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = start();
    server.answerRefresh(200, JSON.stringify({ access_token: "opaque", expires_in: "600" }), "{}");
    const before = Date.now();
    await session.ready;
    const after = Date.now();
    const { status, claims, expiresAt, refreshAt } = session.state;
    return {
      status,
      claims,
      expiry: expiresAt >= before + 600_000 && expiresAt <= after + 600_000,
      isAhead: refreshAt < expiresAt,
    };
  });
  assert.deepEqual(seen, { status: "active", claims: null, expiry: true, isAhead: true });
});

test("a renewal that fails leaves the session active, with the error until the next token", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    const { state: before } = session;
    server.answerRefresh(503, "", "{}");
    const renewed = outcome(session.refresh());
    await until(session, ({ error }) => error);
    const { error, ...failed } = session.state;
    const isSame = ["status", "session", "generation", "expiresAt"].every(
      (name) => failed[name] === before[name],
    );
    await renewed;
    return {
      code: error.code,
      status: error.status,
      isOurs: error instanceof RefreshError,
      isSame,
      after: "error" in session.state,
    };
  });
  assert.deepEqual(seen, {
    code: "ERR_REFRESH_UNAVAILABLE",
    status: 503,
    isOurs: true,
    isSame: true,
    after: false,
  });
});

test("generation counts the tokens, and the session's id stays over a refresh", async ({ run }) => {
  const seen = await run(async () => {
    const { session } = await started();
    const { session: id } = session.state;
    await session.refresh();
    await session.refresh();
    return [session.state.generation, session.state.session === id];
  });
  assert.deepEqual(seen, [3, true]);
});

test("the session's id stays over a reload, and is the same in a second page", async ({
  stage,
}) => {
  const id = async () => (await started()).session.state.session;
  const first = await stage.run(id);
  await stage.page.reload();
  assert.equal(await stage.run(id), first);
  assert.equal(await (await stage.openAnother()).evaluate(id), first);
});

test("the session's id is a new one at each sign-in, of the same user too", async ({ run }) => {
  const ids = await run(async () => {
    const { server, session } = await started();
    const ids = [session.state.session];
    for (const login of [() => server.token(), () => server.token(), undefined]) {
      await (login ? session.signIn(login) : session.signIn());
      ids.push(session.state.session);
    }
    return ids;
  });
  assert.equal(new Set(ids).size, 4);
});

test("a refresh that the server rejects ends the session, and is told once", {
  tag: ["@scenario-30"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    let told = 0;
    session.subscribe(() => (told += 1));
    server.revoke();
    // And once more, to be sure.
    for (const _ of "12") server.answerRefresh(401, "{}", "{}");
    const response = await session.fetch("/api/me");
    const refreshed = await outcome(session.refresh());
    return {
      status: response.status,
      state: session.state,
      told,
      refreshed: refreshed.thrown.reason,
    };
  });
  assert.deepEqual(seen, {
    status: 401,
    state: { status: "ended", reason: "rejected", elsewhere: false },
    told: 1,
    refreshed: "rejected",
  });
});

test("hasScope looks for whole values, and finds none where nothing is known", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = start();
    server.scope = "profile reports:read";
    const ask = () =>
      ["profile", "reports:read", "reports", "profile reports:read", ""].map((each) =>
        session.hasScope(each),
      );
    const unknown = ask();
    await session.ready;
    const active = ask();
    await session.signIn({ access_token: "opaque", expires_in: 60 });
    const opaque = ask();
    await session.signOut();
    return { unknown, active, opaque, ended: ask() };
  });
  const none = Array(5).fill(false);
  assert.deepEqual(seen, {
    unknown: none,
    active: [true, true, false, false, false],
    opaque: none,
    ended: none,
  });
});
