// The refresh endpoint does not answer for a while, or nobody is reached at all.

import assert from "node:assert/strict";

import { CHROMIUM_ONLY, test } from "./fixtures.mjs";
import { DRIVEN_TIME } from "./timers.mjs";

/** How many requests wait. */
const MANY = 20;
/** Seconds: longer than anything here takes. */
const LONG = 900;
/** How many attempts are made before it is over. */
const VAIN = 2;

const OUTAGES = {
  500: { status: 500 },
  "503 and Retry-After": { status: 503, retry_after: 1 },
  "connections that are reset": { reset: "before" },
};

/** Begins that many calls, and lets them wait. */
const beginCalls = (tab, count) =>
  tab.run((count) => {
    globalThis.called = calls(count);
  }, count);

const answersOf = (tab) => tab.run(() => globalThis.called.then(({ answers }) => answers));

const ALL_SERVED = Array.from({ length: MANY }, () => ({ by: "alice", status: 200, sub: "alice" }));

for (const [what, refresh] of Object.entries(OUTAGES)) {
  test(`twenty requests that meet an outage (${what}) are all served by the first refresh after it`, async ({
    stage,
  }) => {
    const { server } = stage;
    const [tab] = await stage.signedIn(1);
    await server.revokeAccess();
    const before = tab.refreshes;
    await server.faults({ refresh });
    await beginCalls(tab, MANY);
    await stage.wire.until(() => tab.refreshes >= before + VAIN);
    await server.faults({});
    const inVain = tab.refreshes - before;
    assert.deepEqual(await answersOf(tab), ALL_SERVED);
    const attempts = tab.refreshes - before;
    stage.say(`${attempts} attempts`);
    assert.ok(attempts <= inVain + 1, `${attempts} attempts, ${inVain} of them in vain`);
    const { lastFailure } = await tab.inspect();
    assert.equal(lastFailure.kind, what.includes("Retry-After") ? "throttled" : "transient");
  });
}

test("an outage that is longer than a caller's patience rejects, keeps the session, and says when to try again", async ({
  stage,
}) => {
  const { server } = stage;
  const [tab] = await stage.signedIn(1, "alice", { patience: 1 }, DRIVEN_TIME);
  const { session } = await tab.state();
  await tab.run(() => stopTime());
  await server.revokeAccess();
  await server.faults({ outage: true });
  // The API is out as well: its answer is the caller's. The token is asked for by hand.
  const refreshed = tab.run(() => {
    const began = Date.now();
    return session.refresh().catch(({ code, kind, retryable, retryAt }) => ({
      code,
      kind,
      retryable,
      isLater: retryAt > began,
    }));
  });
  await tab.fails("transient");
  await tab.passTime(1_000);
  assert.deepEqual(await refreshed, {
    code: "ERR_REFRESH_UNAVAILABLE",
    kind: "transient",
    retryable: true,
    isLater: true,
  });
  await tab.becomes({ status: "active", session });
  await server.faults({});
  // The pause may be longer than that patience.
  let answer;
  do answer = await tab.passTimeUntil(tab.call());
  while (/^ERR_REFRESH_/.test(answer.error));
  assert.deepEqual(answer, { by: "alice", status: 200, sub: "alice" });
});

test("offline nothing reaches the server; back online, all that waited are served by one refresh", {
  tag: ["@scenario-38", ...CHROMIUM_ONLY],
}, async ({ stage }) => {
  const { server } = stage;
  await server.issueTokensFor(2);
  const [tab] = await stage.signedIn(1, "alice", { refreshAhead: false });
  await tab.lapses();
  await server.issueTokensFor(LONG);
  await server.reset();
  await tab.offline(true);
  await beginCalls(tab, MANY);
  await tab.fails("offline");
  assert.equal((await server.counters()).refreshes, 0);
  await tab.offline(false);
  assert.deepEqual(await answersOf(tab), ALL_SERVED);
  const { refreshes, api_401 } = await server.counters();
  assert.deepEqual({ refreshes, api_401 }, { refreshes: 1, api_401: 0 });
});
