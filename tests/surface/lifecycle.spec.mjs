// A session is there at once, settles once, and can be closed.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("it is there at once, of unknown state; nothing global is patched", {
  tag: ["@scenario-56"],
}, async ({ run }) => {
  const seen = await run(() => {
    const names = ["fetch", "XMLHttpRequest", "Request", "WebSocket", "EventSource", "setTimeout"];
    const before = names.map((name) => Object.getOwnPropertyDescriptor(globalThis, name).value);
    const { state } = start().session;
    const isSame = names.every((name, index) => globalThis[name] === before[index]);
    return { state, isFrozen: Object.isFrozen(state), isSame: isSame && fetch === nativeFetch };
  });
  assert.deepEqual(seen, { state: { status: "unknown" }, isFrozen: true, isSame: true });
});

test("ready settles when the session is restored", async ({ run }) => {
  const seen = await run(async () => {
    const { session } = start();
    return {
      ready: await outcome(session.ready),
      status: session.state.status,
      isSame: new Set([session.ready, session.ready]).size === 1,
    };
  });
  assert.deepEqual(seen, { ready: { value: undefined }, status: "active", isSame: true });
});

test("ready settles when there is no session", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = start();
    server.answerRefresh(401, "{}", "{}");
    return { ready: await outcome(session.ready), state: session.state };
  });
  assert.deepEqual(seen, {
    ready: { value: undefined },
    state: { status: "ended", reason: "none", elsewhere: false },
  });
});

test("ready settles offline; the state is unknown still, with the error and when it is tried again", {
  tag: ["@scenario-85"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = start();
    const native = new TypeError("network down");
    server.refreshAnswers.push({ error: native });
    const began = Date.now();
    const ready = await outcome(session.ready);
    const { status, error, retryAt } = session.state;
    return {
      ready,
      status,
      error: describe(error),
      retryAt: typeof retryAt,
      isAhead: retryAt > began,
      isSameTime: error.retryAt === retryAt,
      isOurs: error instanceof RefreshError,
      isCause: error.cause === native,
    };
  });
  const { message, ...error } = seen.error;
  assert.ok(message);
  assert.deepEqual(error, {
    name: "RefreshError",
    code: "ERR_REFRESH_UNAVAILABLE",
    retryable: true,
  });
  assert.deepEqual(
    { ...seen, error: undefined },
    {
      ready: { value: undefined },
      status: "unknown",
      error: undefined,
      retryAt: "number",
      isAhead: true,
      isSameTime: true,
      isOurs: true,
      isCause: true,
    },
  );
});

test("offline at the start, it is restored by itself once the server is back", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = start();
    server.failRefresh();
    await session.ready;
    await until(session, ({ status }) => status === "active");
    return [server.count("/auth/refresh"), "error" in session.state];
  });
  assert.deepEqual(seen, [2, false]);
});

test("ready rejects when the session is closed first, and whoever does not await it is not punished", async ({
  run,
}) => {
  const seen = await run(async () => {
    const early = start().session;
    early.close();
    const { server, session } = start();
    server.holdRefresh();
    const waits = outcome(session.accessToken());
    await nextTask();
    session.close();
    return [await outcome(early.ready), await outcome(session.ready), await waits];
  });
  for (const { thrown } of seen) {
    assert.deepEqual(
      [thrown.name, thrown.code, thrown.retryable],
      ["SessionError", "ERR_SESSION_CLOSED", false],
    );
  }
});

test("a closed session rejects every call, and close is idempotent", {
  tag: ["@scenario-39"],
}, async ({ run }) => {
  const codes = await run(async () => {
    const { server, session } = await started({ signOut: "/auth/logout" });
    const { length } = server.calls;
    session.close();
    session.close();
    const calls = [
      session.fetch("/api/me"),
      session.accessToken(),
      session.refresh(),
      session.signIn(),
      session.signOut(),
      session.signIn(server.token()),
      session.signIn(() => server.token()),
    ];
    const codes = await Promise.all(calls.map(async (call) => (await outcome(call)).thrown?.code));
    session.close();
    return [...codes, server.calls.length - length];
  });
  assert.deepEqual(codes, [...Array(7).fill("ERR_SESSION_CLOSED"), 0]);
});

test("a session that is closed before its wasm is there rejects what was queued, and sends nothing", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { release } = heldWasm();
    const { server, session } = start();
    const calls = [
      session.fetch("/api/me"),
      session.accessToken(),
      session.refresh(),
      session.signIn(),
      session.signOut(),
    ];
    session.close();
    release();
    const codes = await Promise.all(calls.map(async (call) => (await outcome(call)).thrown?.code));
    return [...codes, server.calls.length];
  });
  assert.deepEqual(seen, [...Array(5).fill("ERR_SESSION_CLOSED"), 0]);
});

test("a closed session tells no listener anything any more", async ({ run }) => {
  const told = await run(async () => {
    const { server, session } = await started();
    let told = 0;
    session.subscribe(() => (told += 1));
    server.holdRefresh();
    const refreshed = outcome(session.refresh());
    session.close();
    server.letGo();
    await refreshed;
    await nextTask();
    return told;
  });
  assert.equal(told, 0);
});

test("the token is renewed ahead of its expiry, until the session is closed", async ({ stage }) => {
  const { page, run } = stage;
  await stage.stopClock();
  await run(async () => Object.assign(globalThis, await started()));
  // 900 s, and a leeway of 60 to 75.
  await page.clock.runFor(824_000);
  assert.equal(await run(() => server.count("/auth/refresh")), 1);
  await page.clock.runFor(17_000);
  await run(() => until(session, ({ generation }) => generation === 2));
  assert.equal(await run(() => server.count("/auth/refresh")), 2);
  await run(() => session.close());
  await page.clock.runFor(3_600_000);
  assert.equal(await run(() => nextTask().then(() => server.count("/auth/refresh"))), 2);
});

test("a session that is closed before its wasm has come starts nothing", async ({ run }) => {
  const seen = await run(async () => {
    const { release } = heldWasm();
    const { server, session } = start();
    const { session: other } = start({ name: "other" });
    session.close();
    release();
    await other.ready;
    for (let turn = 0; turn < 20; turn++) await nextTask();
    return [(await outcome(session.ready)).thrown.code, server.calls.length];
  });
  assert.deepEqual(seen, ["ERR_SESSION_CLOSED", 0]);
});
