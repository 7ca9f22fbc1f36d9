// Somebody signs out while a refresh is on the wire, the answer of which would bring the session back.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

/** How long the answer takes after the rotation, in milliseconds. */
const ANSWER = 1_000;
const QUICK = { timeout: 3 };

test("a sign-out in the middle of the tab's own refresh: nobody is signed in", {
  tag: ["@scenario-73"],
}, async ({ stage }) => {
  const [tab] = await stage.signedIn(1, "alice", QUICK);
  const answered = await stage.rotate(tab, ANSWER);
  const signedOut = tab.signOut();
  await tab.becomes({ status: "ended", reason: "signed-out", elsewhere: false });
  assert.equal((await stage.server.counters()).logouts, 0, "it ends when the server says so");
  await signedOut;
  await answered();
  await isOver(stage, tab);
});

test("a sign-out in the middle of another tab's refresh: nobody is signed in", async ({
  stage,
}) => {
  const [refreshing, other] = await stage.signedIn(2, "alice", QUICK);
  const answered = await stage.rotate(refreshing, ANSWER);
  await other.signOut();
  await refreshing.becomes({ status: "ended", reason: "signed-out", elsewhere: true });
  await answered();
  await isOver(stage, refreshing, other);
});

test("a sign-out after a tab was closed in the middle of its refresh: nobody is signed in", async ({
  stage,
}) => {
  const [gone, other] = await stage.signedIn(2, "alice", QUICK);
  const answered = await stage.rotate(gone, ANSWER);
  await gone.close();
  await other.signOut();
  await answered();
  await isOver(stage, other);
});

test("a sign-out after a reload in the middle of a refresh: nobody is signed in", async ({
  stage,
}) => {
  const [tab] = await stage.signedIn(1, "alice", QUICK);
  const answered = await stage.rotate(tab, ANSWER);
  await tab.reload();
  await tab.signOut();
  await answered();
  await isOver(stage, tab);
});

test("a sign-out in the middle of a refresh, and a reload at once: the server is told", async ({
  stage,
}) => {
  const [tab] = await stage.signedIn(1, "alice", QUICK);
  const answered = await stage.rotate(tab, ANSWER);
  await tab.run(() => {
    session.signOut().catch(() => {});
  });
  await tab.reload();
  await tab.becomes({ status: "ended" });
  await stage.server.until(({ logouts }) => logouts === 1);
  await answered();
  // The server has counted it before its answer takes the cookie away.
  while (await stage.cookie()) await stage.server.counters();
  await isOver(stage, tab);
});

/** Signed out now, after a reload, and at the server; the cookie is gone. */
async function isOver(stage, ...tabs) {
  assert.equal(await stage.cookie(), undefined);
  for (const tab of tabs) {
    await tab.reload();
    await tab.run(() => session.ready);
    assert.equal((await tab.state()).status, "ended");
    assert.deepEqual(await tab.call(), { by: null, status: 401, sub: null });
  }
  assert.equal(await stage.cookie(), undefined);
  const { logouts, reuse_detected } = await stage.server.counters();
  assert.deepEqual({ logouts, reuse_detected }, { logouts: 1, reuse_detected: 0 });
}
