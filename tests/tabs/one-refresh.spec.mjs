// However many tabs there are, one of them refreshes.

import assert from "node:assert/strict";

import { CHROMIUM_ONLY, test } from "./fixtures.mjs";
import { DRIVEN_TIME, STOPPABLE_TIMERS } from "./timers.mjs";

/** How often to see both orders of two messages that race. */
const TIMES = 15;
/** In milliseconds: longer than a token lives. */
const HOUR = 3_600_000;

test("5 tabs × 5 requests after a revocation cost 1 refresh, and wait for no timer", async ({
  stage,
}) => {
  const { server } = stage;
  const tabs = await stage.signedIn(5, "alice", {}, STOPPABLE_TIMERS);
  await server.reset();
  await server.revokeAccess();
  for (const tab of tabs) await tab.run(() => holdTimers());
  const { answers } = await stage.callTogether(tabs, 5);
  assert.equal(answers.length, 25);
  for (const answer of answers)
    assert.deepEqual(answer, { by: "alice", status: 200, sub: "alice" });
  const { refreshes, reuse_detected, refused } = await server.counters();
  assert.deepEqual(
    { refreshes, reuse_detected, refused },
    { refreshes: 1, reuse_detected: 0, refused: 0 },
  );
  for (const tab of tabs) assert.equal((await tab.state()).status, "active");
});

test("whether the lock or the token reaches the others first makes no difference: 1 refresh each", async ({
  stage,
}) => {
  const { server } = stage;
  const tabs = await stage.signedIn(5);
  const { grown } = await server.during(async () => {
    for (let time = 0; time < TIMES; time++) {
      await server.revokeAccess();
      const { answers } = await stage.callTogether(tabs, 1);
      for (const answer of answers)
        assert.deepEqual(answer, { by: "alice", status: 200, sub: "alice" });
    }
  });
  assert.equal(grown.refreshes, TIMES);
});

test("12 tabs whose token has lapsed, and which need one at the same time, cost 1 refresh", async ({
  stage,
}) => {
  const { server } = stage;
  await server.issueTokensFor(2);
  const tabs = await stage.signedIn(12, "alice", { refreshAhead: false });
  const { session } = await tabs[0].state();
  await Promise.all(tabs.map((tab) => tab.lapses()));
  await server.reset();
  const { answers } = await stage.callTogether(tabs, 1);
  assert.equal(answers.length, 12);
  for (const answer of answers)
    assert.deepEqual(answer, { by: "alice", status: 200, sub: "alice" });
  await costOneRefresh(server, tabs, session);
});

test("30 tabs that were frozen over the expiry, and wake up together, cost 1 refresh", {
  tag: ["@scenario-72", ...CHROMIUM_ONLY],
}, async ({ stage }) => {
  const { server } = stage;
  const tabs = await stage.signedIn(30, "alice", {}, DRIVEN_TIME);
  const { session } = await tabs[0].state();
  await stage.hideAll();
  await server.reset();
  await Promise.all(tabs.map((tab) => tab.freeze()));
  // Now the token lapses.
  await server.setClock(HOUR);
  await Promise.all(tabs.map((tab) => tab.setAhead(HOUR)));
  assert.equal((await server.counters()).refreshes, 0, "a frozen tab has refreshed");
  await Promise.all(tabs.map((tab) => tab.thaw()));
  // Hidden as they are, they renew nothing before somebody uses them.
  await stage.callTogether(tabs, 1);
  await costOneRefresh(server, tabs, session);
});

async function costOneRefresh(server, tabs, session) {
  await Promise.all(tabs.map((tab) => tab.becomes({ status: "active", session, isGood: true })));
  const { refreshes, reuse_detected } = await server.counters();
  assert.deepEqual({ refreshes, reuse_detected }, { refreshes: 1, reuse_detected: 0 });
}
