// A page is loaded again in the middle of a refresh: the cookie is rotated, and the answer comes when nobody is there.

import assert from "node:assert/strict";

import { test, WITHOUT_ATTEMPT_IDS } from "./fixtures.mjs";
import { LOOK } from "./tab.mjs";
import { DRIVEN_TIME, STOPPED, STOPPED_TIMERS } from "./timers.mjs";

/** How long a reply takes after the rotation, in milliseconds: less than the next page waits at a server that may revoke. */
const ANSWER = 1_000;
/** How long a refresh is waited for, in seconds. */
const QUICK = { timeout: 3 };
/** How long a refresh is out before its page goes, in milliseconds, so that the next one would wait for very long. */
const OUT = 5_000;
/** For `open`: however long it takes to load a page, it has not waited for the cookie for too long. */
const IN_STOPPED_TIME = [WITHOUT_ATTEMPT_IDS, DRIVEN_TIME, STOPPED];

test("a page is reloaded in the middle of its refresh: it goes on", {
  tag: ["@scenario-61"],
}, async ({ stage }) => {
  const [tab] = await stage.signedIn(1, "alice", QUICK);
  const { session } = await tab.state();
  await stage.rotate(tab, ANSWER);
  await tab.reload();
  await tab.becomes({ status: "active", session });
  await stage.goesOn(tab, session);
});

test("a page is reloaded in the middle of its refresh: the orphan's cookie is enough to go on", async ({
  stage,
}) => {
  const { server } = stage;
  const [tab] = await stage.signedIn(1, "alice", {}, IN_STOPPED_TIME);
  const { session } = await tab.state();
  const reply = await stage.holdReply(tab);
  await tab.isSlow();
  await tab.reload();
  await stage.letOrphanCome(tab, reply);
  await tab.becomes({ status: "active", session });
  await orphansCookieWasUsed(server);
  await stage.goesOn(tab, session);
});

test("three reloads in a row, each in the middle of the restoring refresh: the page goes on", {
  tag: ["@scenario-62"],
}, async ({ stage }) => {
  const { server } = stage;
  const [tab] = await stage.signedIn(1, "alice", {}, IN_STOPPED_TIME);
  const { session } = await tab.state();
  let reply = await stage.holdReply(tab);
  for (const reloads of [1, 2, 3]) {
    await tab.isSlow();
    await tab.reload();
    const held = reply;
    reply = await stage.letOrphanCome(tab, () => held({ holdNext: true }));
    await server.until(({ rotated }) => rotated === 1 + reloads);
  }
  await reply();
  await tab.becomes({ status: "active", session });
  const { rotated } = await server.counters();
  assert.equal(rotated, 4);
  await stage.goesOn(tab, session);
});

test("of five tabs the one that refreshes is reloaded: nobody presents the spent cookie", {
  tag: ["@scenario-63"],
}, async ({ stage }) => {
  const { server } = stage;
  const tabs = await stage.signedIn(5, "alice", {}, IN_STOPPED_TIME);
  const [holder, ...others] = tabs;
  const { session } = await holder.state();
  await server.revokeAccess();
  const reply = await stage.holdReply(holder);
  // They get a 401 and wait behind it.
  const calls = stage.callTogether(others, 2);
  await server.until(({ api_401 }) => api_401 === 2 * others.length);
  for (const tab of tabs) await tab.isSlow();
  await holder.reload();
  // Whoever is next waits for its cookie.
  const next = await Promise.any(
    tabs.map(async (tab) => {
      await tab.waitsForOrphan();
      return tab;
    }),
  );
  await stage.letOrphanCome(next, reply);
  for (const tab of tabs) await tab.becomes({ status: "active", session });
  for (const answer of (await calls).answers)
    assert.deepEqual(answer, { by: "alice", status: 200, sub: "alice" });
  await orphansCookieWasUsed(server);
  for (const tab of tabs) await stage.goesOn(tab, session);
});

test("a page is reloaded in the middle of a refresh whose reply is late: it sends the same id, and goes on", async ({
  stage,
}) => {
  const { server } = stage;
  const [tab] = await stage.signedIn(1);
  const { session } = await tab.state();
  // The server sends the attempt id back.
  await tab.run(() => session.refresh());
  const reply = await stage.holdReply(tab);
  await tab.reload();
  await tab.becomes({ status: "active", session });
  assert.deepEqual(await tab.orphanWaits(), []);
  const { rotated, replayed } = await server.counters();
  assert.deepEqual({ rotated, replayed }, { rotated: 1, replayed: 1 });
  await reply();
  await stage.goesOn(tab, session);
});

test("a readable cookie that changes with each rotation ends the wait for the orphan's", async ({
  stage,
}) => {
  const { server } = stage;
  const options = { timeout: 60, companionCookie: "refresh_stamp" };
  const [tab] = await stage.signedIn(1, "alice", options, WITHOUT_ATTEMPT_IDS);
  const { session } = await tab.state();
  const reply = await stage.holdReply(tab);
  // The longer it has been out, the longer the next page waits.
  await tab.page.waitForFunction(
    (out) => Date.now() - events.findLast(({ type }) => type === "refresh-started").at >= out,
    OUT,
    { polling: LOOK },
  );
  await tab.reload();
  await tab.waitsForOrphan();
  const [wait] = await tab.orphanWaits();
  const began = Date.now();
  await reply();
  await tab.becomes({ status: "active", session }, 1_000 * wait);
  stage.say(`${Date.now() - began} ms of a wait of ${wait} s`);
  await orphansCookieWasUsed(server);
  await stage.goesOn(tab, session);
});

test("a page is reloaded twice, and the answers come late, one after the other: it goes on", async ({
  stage,
}) => {
  const { server } = stage;
  const [tab] = await stage.signedIn(1, "alice", QUICK);
  const { session } = await tab.state();
  await tab.run(() => session.refresh());
  // The next page sends at once, and so does the one after it; then both cookies come.
  const answered = await stage.rotate(tab, ANSWER, 2);
  for (const reloads of [1, 2]) {
    await tab.reload();
    await server.until(({ refreshes }) => refreshes >= 1 + reloads);
  }
  await tab.becomes({ status: "active", session });
  await answered();
  await stage.goesOn(tab, session);
});

test("a page that is reloaded in peace waits for nothing but its refresh", {
  tag: ["@scenario-62"],
}, async ({ stage }) => {
  const { server } = stage;
  const options = { ...QUICK, server: { rotation: "revokes" } };
  const [tab] = await stage.signedIn(1, "alice", options);
  const { session } = await tab.state();
  for (const before of STOPPED_TIMERS) await tab.page.addInitScript(before);
  const { grown } = await server.during(async () => {
    await tab.reload();
    await tab.becomes({ status: "active", session });
  });
  assert.equal(grown.refreshes, 1);

  // After an orphan it does wait.
  const reply = await stage.holdReply(tab);
  await tab.reload();
  await tab.waitsForOrphan();
  await reply();
  assert.equal((await server.counters()).refreshes, 1);
  await tab.run(() => letTimersGo());
  await tab.becomes({ status: "active", session });
});

/** The orphan has rotated, and who came next had its cookie: nobody has asked for it a second time. */
async function orphansCookieWasUsed(server) {
  const { rotated, replayed } = await server.counters();
  assert.deepEqual({ rotated, replayed }, { rotated: 2, replayed: 0 });
}
