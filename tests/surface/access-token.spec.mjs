// accessToken(): for connections that cannot use fetch.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("it is a string, and costs no refresh", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    const tokens = [
      await session.accessToken(),
      await session.accessToken({}),
      await session.accessToken(undefined),
    ];
    return [...tokens.map((token) => token === server.good), server.count("/auth/refresh")];
  });
  assert.deepEqual(seen, [true, true, true, 1]);
});

test("asked for another one than the token in hand, it refreshes; with a newer one in hand, it does not", {
  tag: ["@scenario-87"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    const first = await session.accessToken();
    const second = await session.accessToken({ not: first });
    const again = await session.accessToken({ not: first });
    return [
      first !== second,
      second === server.good,
      again === second,
      server.count("/auth/refresh"),
    ];
  });
  assert.deepEqual(seen, [true, true, true, 2]);
});

test("a brand-new token that is refused again is told to be of no use", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    // It stays brand-new, however long the page stands still.
    const clock = new StoppedClock();
    const stop = clock.walk();
    const second = await session.accessToken({ not: await session.accessToken() });
    const { thrown } = await outcome(session.accessToken({ not: second }));
    stop();
    clock.resume();
    return {
      ...thrown,
      status: session.state.status,
      refreshes: server.count("/auth/refresh"),
      message: undefined,
    };
  });
  const { name, code, retryable, status, refreshes } = seen;
  assert.deepEqual(
    { name, code, retryable, status, refreshes },
    {
      name: "TokenError",
      code: "ERR_TOKEN_REJECTED",
      retryable: true,
      status: "active",
      refreshes: 2,
    },
  );
});

test("minValidity refreshes a token that would not last, and takes what then comes", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    const first = await session.accessToken({ minValidity: 800 });
    const second = await session.accessToken({ minValidity: 1000 });
    return [first !== second, second === server.good, server.count("/auth/refresh")];
  });
  assert.deepEqual(seen, [true, true, 2]);
});

test("a signal that is aborted already rejects with its own reason, and asks nobody", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { release } = heldWasm();
    const { server, session } = start({ restore: false });
    const reason = { mine: true };
    const signal = AbortSignal.abort(reason);
    const before = await session.accessToken({ signal }).catch((error) => error === reason);
    release();
    await session.ready;
    return [
      before,
      await session.accessToken({ signal }).catch((error) => error === reason),
      server.calls.length,
    ];
  });
  assert.deepEqual(seen, [true, true, 0]);
});

test("an abort ends the wait for the wasm", async ({ run }) => {
  const isReason = await run(async () => {
    const { session } = startHeld();
    const controller = new AbortController();
    const reason = new Error("enough");
    const token = session.accessToken({ signal: controller.signal });
    controller.abort(reason);
    return token.catch((error) => error === reason);
  });
  assert.equal(isReason, true);
});

test("an abort ends the wait for a refresh, which goes on for others", {
  tag: ["@scenario-15"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    server.holdRefresh();
    const controller = new AbortController();
    const first = await session.accessToken();
    const mine = session.accessToken({ not: first, signal: controller.signal });
    const others = session.accessToken({ not: first });
    await nextTask();
    controller.abort();
    const isReason = await mine.catch((error) => error === controller.signal.reason);
    server.letGo();
    return [isReason, (await others) === server.good, server.count("/auth/refresh")];
  });
  assert.deepEqual(seen, [true, true, 2]);
});

test("a session that is over rejects with the reason", async ({ run }) => {
  const seen = await run(async () => {
    const none = await started({ restore: false });
    const signedOut = await started({ name: "b" });
    await signedOut.session.signOut();
    const rejected = await started({ name: "c" });
    // A rejection is confirmed by a second one.
    for (const _ of "12") rejected.server.answerRefresh(401, "{}", "{}");
    await outcome(rejected.session.refresh());
    const all = [none, signedOut, rejected].map(({ session }) => outcome(session.accessToken()));
    return (await Promise.all(all)).map(({ thrown: { name, code, reason, retryable } }) => [
      name,
      code,
      reason,
      retryable,
    ]);
  });
  const reasons = ["none", "signed-out", "rejected"];
  assert.deepEqual(
    seen,
    reasons.map((reason) => ["SessionEndedError", "ERR_SESSION_ENDED", reason, false]),
  );
});

test("a wrong argument rejects with a TypeError that names it", async ({ run }) => {
  const seen = await run(async () => {
    const { session } = await started();
    const wrong = [
      { not: 5 },
      { not: null },
      { minValidity: -1 },
      { minValidity: NaN },
      { minValidity: "soon" },
    ];
    const all = await Promise.all(wrong.map((each) => outcome(session.accessToken(each))));
    return all.map(({ thrown }) => [thrown?.name, thrown?.code, thrown?.message.split(":")[0]]);
  });
  const names = ["not", "not", "minValidity", "minValidity", "minValidity"];
  assert.deepEqual(
    seen,
    names.map((name) => ["TypeError", "ERR_INVALID_OPTION", name]),
  );
});

test("what is no signal, and what are no options, reject and do not throw", async ({ run }) => {
  const seen = await run(async () => {
    const { session } = await started();
    const calls = [
      () => session.accessToken({ signal: 5 }),
      () => session.accessToken({ signal: {} }),
      () => session.accessToken(null),
    ];
    return Promise.all(calls.map(async (call) => (await outcome(call())).thrown?.name));
  });
  assert.deepEqual(seen, Array(3).fill("TypeError"));
});
