// A page goes away in the middle of a refresh whose reply is slow, or never comes: what the next page waits for, and what not.

import assert from "node:assert/strict";

import { test, WITHOUT_ATTEMPT_IDS } from "./fixtures.mjs";
import { DRIVEN_TIME, STOPPED } from "./timers.mjs";

/** How long a reply that is one of the slow ones is waited for at a server that may revoke, in milliseconds. */
const SLOW = 9_000;
/** Refreshes that are answered at once: by them alone the next page would wait for the least time. */
async function refreshQuickly(tab) {
  for (const _ of [1, 2, 3]) await tab.run(() => session.refresh());
}

/** For `open`. */
const IN_STOPPED_TIME = [WITHOUT_ATTEMPT_IDS, DRIVEN_TIME, STOPPED];

for (const out of [150, 900]) {
  test(`after quick replies, a reload ${out} ms into one that is slow presents no spent cookie`, async ({
    stage,
  }) => {
    const { server } = stage;
    const [tab] = await stage.signedIn(1, "alice", {}, IN_STOPPED_TIME);
    const { session } = await tab.state();
    await refreshQuickly(tab);
    const reply = await stage.holdReply(tab);
    await tab.passTime(out);
    await tab.reload();
    await tab.waitsForOrphan();
    // Less what has passed since it was sent.
    const wait = SLOW - out;
    assert.deepEqual(await tab.orphanWaits(), [wait / 1_000]);
    await tab.passTime(wait - 1);
    assert.equal((await server.counters()).refreshes, 1, "sent before the wait is over");
    await reply();
    await tab.passTime(1_000);
    await tab.becomes({ status: "active", session });
    const { rotated } = await server.counters();
    assert.equal(rotated, 2);
    await stage.goesOn(tab, session);
  });
}

for (const [what, server, isUnknown] of [
  ["a server that returns attempt ids", {}],
  ["a server that replays", { rotation: "replays" }],
  ["a server that accepts spent cookies, as it is said", { rotation: "none" }],
  ["a server that may revoke", { rotation: "revokes" }, true],
]) {
  test(`${what}: two reloads after a reply that was lost, and the third page waits for nothing`, async ({
    stage,
  }) => {
    const [tab] = await stage.signedIn(1, "alice", { server }, [DRIVEN_TIME, STOPPED]);
    const { session } = await tab.state();
    await tab.run(() => session.refresh());
    // It does not come as long as the test lasts.
    const reply = await stage.holdReply(tab);
    await tab.reload();
    if (isUnknown) {
      await tab.waitsForOrphan();
      const [wait] = await tab.orphanWaits();
      await tab.passTime(wait * 1_000);
    }
    // The time stands still: a page that is restored now has waited for nothing.
    for (const page of ["second", "third", "fourth"]) {
      await tab.becomes({ status: "active", session });
      const waits = isUnknown && page === "second" ? 1 : 0;
      assert.equal((await tab.orphanWaits()).length, waits, `the ${page} page`);
      await tab.reload();
    }
    await tab.becomes({ status: "active", session });
    const { reuse_detected, refused } = await stage.server.counters();
    assert.deepEqual({ reuse_detected, refused }, { reuse_detected: 0, refused: 0 });
    await reply();
  });
}
