// A page goes away in the middle of a refresh whose reply is slow, or never comes: what the next page waits for, and what not.

import assert from "node:assert/strict";

import { WITHOUT_ATTEMPT_IDS, rule } from "./stage.mjs";

/** The least wait at a server that may revoke, in seconds. */
const LEAST = 2;
/** The wait where the refresh had been out for unusually long when its page went, in seconds. */
const UNUSUAL = 9;
/**
 * How much longer than it has to wait a page may take to be known, in milliseconds: it is loaded first, and the machine may be
 * busy. An orphan that was waited for in vain would take the time-out, 15 s.
 */
const LOADS = 5_000;

/** Refreshes that are answered at once: by them alone the next page would wait for the least time. */
async function refreshQuickly(tab) {
  for (const _ of [1, 2, 3]) await tab.run(() => session.refresh());
}

/** Waits until its last refresh has been out for so many milliseconds. */
const hasBeenOut = (tab, ms) =>
  tab.page.waitForFunction((ms) => Date.now() - events.findLast(({ type }) => type === "refresh-started").at >= ms, ms, { polling: 10 });

rule("after quick replies, a reload in the middle of a slow refresh presents no spent cookie", async (stage) => {
  const { server } = stage;
  const [tab] = await stage.signedIn(1, "alice", {}, WITHOUT_ATTEMPT_IDS);
  const { session } = await tab.state();
  await refreshQuickly(tab);
  await stage.rotate(tab, 1_500);
  await hasBeenOut(tab, 150);
  await tab.reload();
  await tab.becomes({ status: "active", session });
  const [wait, ...more] = await tab.orphanWaits();
  assert.ok(wait > 0 && wait <= UNUSUAL && more.length === 0, `${wait} s, ${more}`);
  const settledAt = await tab.settledAt();
  assert.ok(settledAt < UNUSUAL * 1_000 + LOADS, `${settledAt} ms`);
  const { rotated } = await server.counters();
  assert.equal(rotated, 2);
  await stage.goesOn(tab, session);
});

rule("the longer a refresh has been out when its page goes, the longer the next page waits", async (stage) => {
  const { server } = stage;
  const [tab] = await stage.signedIn(1, "alice", {}, WITHOUT_ATTEMPT_IDS);
  const { session } = await tab.state();
  await refreshQuickly(tab);
  // Longer than the least wait.
  await stage.rotate(tab, LEAST * 1_000 + 500);
  await hasBeenOut(tab, 900);
  await tab.reload();
  await tab.becomes({ status: "active", session });
  const [wait] = await tab.orphanWaits();
  assert.ok(wait > LEAST, `${wait} s`);
  const { rotated } = await server.counters();
  assert.equal(rotated, 2);
  await stage.goesOn(tab, session);
});

for (const [what, server, isUnknown] of [
  ["a server that returns attempt ids", {}],
  ["a server that replays", { rotation: "replays" }],
  ["a server that accepts spent cookies, as it is said", { rotation: "none" }],
  ["a server that may revoke", { rotation: "revokes" }, true],
]) {
  rule(`${what}: two reloads after a reply that was lost, and the third page is known at once`, async (stage) => {
    const [tab] = await stage.signedIn(1, "alice", { server });
    const { session } = await tab.state();
    await tab.run(() => session.refresh());
    // It never comes.
    await stage.holdReply(tab);
    await tab.reload();
    await tab.becomes({ status: "active", session });
    assert.equal((await tab.orphanWaits()).length, isUnknown ? 1 : 0, "the second page");
    for (const page of ["third", "fourth"]) {
      await tab.reload();
      await tab.becomes({ status: "active", session });
      assert.deepEqual(await tab.orphanWaits(), [], `the ${page} page`);
      const settledAt = await tab.settledAt();
      assert.ok(settledAt < LOADS, `the ${page} page: ${settledAt} ms`);
    }
    const { reuse_detected, refused } = await stage.server.counters();
    assert.deepEqual({ reuse_detected, refused }, { reuse_detected: 0, refused: 0 });
  });
}
