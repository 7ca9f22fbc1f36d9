// A page goes away in the middle of a refresh whose reply is slow, or never comes: what the next page waits for, and what not.

import assert from "node:assert/strict";

import { test, WITHOUT_ATTEMPT_IDS } from "./fixtures.mjs";
import { STOPPED_TIMERS } from "./timers.mjs";

/** The waits at a server that may revoke, in seconds: the least, and that for a reply which is one of the slow ones. */
const [LEAST, SLOW] = [2, 9];
/** Refreshes that are answered at once: by them alone the next page would wait for the least time. */
async function refreshQuickly(tab) {
  for (const _ of [1, 2, 3]) await tab.run(() => session.refresh());
}

/** Waits until its last refresh has been out for so many milliseconds. */
const hasBeenOut = (tab, ms) =>
  tab.page.waitForFunction(
    (ms) => Date.now() - events.findLast(({ type }) => type === "refresh-started").at >= ms,
    ms,
    { polling: 10 },
  );

for (const [reply, out] of [
  [1_500, 150],
  [LEAST * 1_000 + 500, 900],
]) {
  test(`after quick replies, a reload ${out} ms into one of ${reply} ms presents no spent cookie`, async ({
    stage,
  }) => {
    const { server } = stage;
    const [tab] = await stage.signedIn(1, "alice", {}, WITHOUT_ATTEMPT_IDS);
    const { session } = await tab.state();
    await refreshQuickly(tab);
    await stage.rotate(tab, reply);
    await hasBeenOut(tab, out);
    await tab.reload();
    await tab.waitsForOrphan();
    const [wait] = await tab.orphanWaits();
    // Less what has passed since it was sent.
    assert.ok(wait > reply / 1_000 - 1 && wait <= SLOW, `${wait} s`);
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
    const [tab] = await stage.signedIn(1, "alice", { server });
    const { session } = await tab.state();
    await tab.run(() => session.refresh());
    // It does not come as long as the test lasts.
    const reply = await stage.holdReply(tab);
    await tab.reload();
    await tab.becomes({ status: "active", session });
    assert.equal((await tab.orphanWaits()).length, isUnknown ? 1 : 0, "the second page");
    for (const before of STOPPED_TIMERS) await tab.page.addInitScript(before);
    for (const page of ["third", "fourth"]) {
      await tab.reload();
      await tab.becomes({ status: "active", session });
      assert.deepEqual(await tab.orphanWaits(), [], `the ${page} page`);
    }
    const { reuse_detected, refused } = await stage.server.counters();
    assert.deepEqual({ reuse_detected, refused }, { reuse_detected: 0, refused: 0 });
    await reply();
  });
}
