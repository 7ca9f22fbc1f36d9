// The option `server.rotation`: behaviour of the page after a reload, by what the server does with
// a spent refresh token. The reload is simulated: a page is told that it goes, and its session is
// closed during its refresh, so that its marker stays.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

/**
 * The first step of the next session: the seconds that it waits for the cookie of the orphan, or
 * nothing where it sends at once.
 */
const firstOfNext = ({ run }, more = {}) =>
  run(async (more) => {
    const { echoes, ...options } = more;
    const server = new FakeServer();
    server.echoes = echoes;
    const open = (onEvent) =>
      createSession({ refresh: "/auth/refresh", fetch: server.fetch, onEvent, ...options });
    const before = open();
    await before.ready;
    // Hardly any time passes from one session to the next.
    const clock = new StoppedClock();
    const stop = clock.walk(5);
    server.holdRefresh();
    before.refresh().catch(() => {});
    await new Promise((resolve) => {
      const look = () => (server.count("/auth/refresh") > 1 ? resolve() : nextTask().then(look));
      look();
    });
    dispatchEvent(new PageTransitionEvent("pagehide", { persisted: false }));
    before.close();
    const first = await new Promise((resolve) => {
      open(({ type, reason, duration }) => {
        if (type === "refresh-started") resolve({});
        if (reason === "orphan") resolve({ waits: duration });
      });
    });
    stop();
    clock.resume();
    server.letGo();
    return first.waits;
  }, more);

/**
 * Whether this is the wait for a server that may revoke: the least one, less the time that has
 * passed, or the one for slow replies.
 */
const isWait = (seconds) => seconds > 1 && seconds <= 9;

/**
 * Tests that the next page waits. It needs a page of its own, because every session of a page is
 * told that the page goes.
 */
const waits =
  (more) =>
  async ({ stage }) => {
    const seconds = await firstOfNext(stage, more);
    assert.ok(isWait(seconds), `${seconds} s`);
  };

test("nothing waits where presenting a spent cookie does no harm", async ({ stage }) => {
  for (const rotation of ["none", "replays", "refuses"]) {
    assert.equal(
      await firstOfNext(stage, { name: rotation, server: { rotation } }),
      undefined,
      rotation,
    );
  }
});

test(
  "the next page waits where the server revokes",
  waits({
    name: "revokes",
    server: { rotation: "revokes" },
  }),
);

test(
  "the next page waits where nothing is said of rotation",
  waits({ name: "unsaid", server: {} }),
);

test("the next page waits where nothing is said of the server", waits({ name: "none" }));

test("a server that sends the attempt id back is known to recognise it", async ({ stage }) => {
  for (const attemptHeader of ["X-Requested-With", "Idempotency-Key"]) {
    const waits = await firstOfNext(stage, {
      name: attemptHeader,
      attemptHeader,
      echoes: attemptHeader,
    });
    assert.equal(waits, undefined, attemptHeader);
  }
});

test(
  "another header says nothing of attempt ids",
  waits({
    name: "other",
    attemptHeader: "X-Attempt",
    echoes: "Accept",
  }),
);

test(
  "another value says nothing of attempt ids",
  waits({
    name: "none",
    attemptHeader: false,
    echoes: "X-Requested-With",
  }),
);

test("what the option says of the server counts more than an echo", async ({ stage }) => {
  const waits = await firstOfNext(stage, {
    echoes: "X-Requested-With",
    server: { rotation: "revokes" },
  });
  assert.ok(isWait(waits), `${waits} s`);
});

test("where the server refuses, the page asks again until the orphan's cookie has come", async ({
  run,
}) => {
  const seen = await run(async () => {
    // The page asks for a few seconds and no longer.
    const clock = new StoppedClock();
    clock.walk();
    const server = new FakeServer();
    const open = () =>
      createSession({
        refresh: "/auth/refresh",
        fetch: server.fetch,
        server: { rotation: "refuses" },
      });
    const before = open();
    await before.ready;
    const { session } = before.state;
    server.holdRefresh();
    before.refresh().catch(() => {});
    while (server.count("/auth/refresh") < 2) await nextTask();
    dispatchEvent(new PageTransitionEvent("pagehide", { persisted: false }));
    before.close();
    const refused = [401, '{"error":"invalid_grant"}', '{"content-type":"application/json"}'];
    for (let probe = 0; probe < 4; probe++) server.answerRefresh(...refused);
    const next = open();
    const statuses = [];
    next.subscribe(() => statuses.push(next.state.status));
    await until(next, ({ status }) => status !== "unknown");
    return {
      isSame: next.state.session === session,
      statuses,
      sent: server.count("/auth/refresh"),
    };
  });
  assert.deepEqual(seen, { isSame: true, statuses: ["active"], sent: 2 + 4 + 1 });
});
