// Somebody signs out while a refresh is on the wire, the answer of which would bring the session back.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";
import { DRIVEN_TIME, STOPPED } from "./timers.mjs";

/** For `open`: the cookie of a page that has gone is waited for as long as it takes. */
const IN_STOPPED_TIME = [DRIVEN_TIME, STOPPED];
/** Longer than that cookie is waited for, in milliseconds, and shorter than what then follows may take. */
const WAIT = 16_000;

test("a sign-out in the middle of the tab's own refresh: nobody is signed in", {
  tag: ["@scenario-73"],
}, async ({ stage }) => {
  const [tab] = await stage.signedIn(1);
  const reply = await stage.holdReply(tab);
  const signedOut = tab.signOut();
  await tab.becomes({ status: "ended", reason: "signed-out", elsewhere: false });
  assert.equal((await stage.server.counters()).logouts, 0, "it ends when the server says so");
  await reply();
  await signedOut;
  await isOver(stage, [tab]);
});

test("a sign-out in the middle of another tab's refresh: nobody is signed in", async ({
  stage,
}) => {
  const [refreshing, other] = await stage.signedIn(2);
  const reply = await stage.holdReply(refreshing);
  const signedOut = other.signOut();
  await refreshing.becomes({ status: "ended", reason: "signed-out", elsewhere: true });
  await reply();
  await signedOut;
  await isOver(stage, [refreshing, other]);
});

test("a sign-out after a tab was closed in the middle of its refresh: nobody is signed in", async ({
  stage,
}) => {
  const [gone, other] = await stage.signedIn(2, "alice", { timeout: 3 });
  const reply = await stage.holdReply(gone);
  await gone.close();
  const signedOut = other.signOut();
  await other.becomes({ status: "ended" });
  await reply();
  await signedOut;
  await isOver(stage, [other]);
});

test("a sign-out after a reload in the middle of a refresh: nobody is signed in", async ({
  stage,
}) => {
  const [tab] = await stage.signedIn(1, "alice", {}, IN_STOPPED_TIME);
  const reply = await stage.holdReply(tab);
  await tab.reload();
  const signedOut = tab.signOut();
  await tab.becomes({ status: "ended" });
  await reply();
  await tab.passTime(WAIT);
  await signedOut;
  // The first time, that refresh could still bring its cookie.
  await isOver(stage, [tab], 2);
});

test("a sign-out in the middle of a refresh, and a reload at once: the server is told", async ({
  stage,
}) => {
  // The next page gives its own refresh up, and sends no third one while two are out.
  const [tab] = await stage.signedIn(1, "alice", { timeout: 3 });
  // And that of the next page: a cookie that came after the sign-out would stay.
  const reply = await stage.holdReply(tab, 2);
  await tab.run(() => {
    session.signOut().catch(() => {});
  });
  await tab.reload();
  await tab.becomes({ status: "ended" });
  await stage.server.until(({ unanswered }) => unanswered === 2);
  await reply();
  await stage.server.until(({ logouts }) => logouts === 1);
  await isOver(stage, [tab]);
});

/** Signed out now, after a reload, and at the server, which was `told` so many times; the cookie is gone. */
async function isOver(stage, tabs, told = 1) {
  // The server has counted it before its reply takes the cookie away.
  await stage.hasNoCookie();
  for (const tab of tabs) {
    await tab.reload();
    await tab.run(() => session.ready);
    assert.equal((await tab.state()).status, "ended");
    assert.deepEqual(await tab.call(), { by: null, status: 401, sub: null });
  }
  assert.equal(await stage.cookie(), undefined);
  const { logouts, reuse_detected } = await stage.server.counters();
  assert.deepEqual({ logouts, reuse_detected }, { logouts: told, reuse_detected: 0 });
}
