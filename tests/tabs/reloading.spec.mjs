// A page is loaded again in the middle of a refresh: the cookie is rotated, and the answer comes when nobody is there.

import assert from "node:assert/strict";

import { test, WITHOUT_ATTEMPT_IDS } from "./fixtures.mjs";

/** How long a reply takes after the rotation, in milliseconds: less than the next page waits at a server that may revoke. */
const ANSWER = 1_000;
/** How long a refresh is waited for, in seconds. */
const QUICK = { timeout: 3 };

/** Whoever takes so many milliseconds longer than another has waited. */
const MUCH = 350;
/** Of some loads, the fastest is the one that was disturbed least. */
const LOADS = 4;

test("a page is reloaded in the middle of its refresh: it goes on", async ({ stage }) => {
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
  const [tab] = await stage.signedIn(1, "alice", QUICK, WITHOUT_ATTEMPT_IDS);
  const { session } = await tab.state();
  await stage.rotate(tab, ANSWER);
  await tab.reload();
  await tab.becomes({ status: "active", session });
  await orphansCookieWasUsed(server);
  await stage.goesOn(tab, session);
});

test("three reloads in a row, each in the middle of the restoring refresh: the page goes on", async ({
  stage,
}) => {
  const { server } = stage;
  const [tab] = await stage.signedIn(1, "alice", QUICK, WITHOUT_ATTEMPT_IDS);
  const { session } = await tab.state();
  await stage.rotate(tab, ANSWER, 4);
  for (const reloads of [1, 2, 3]) {
    await tab.reload();
    await server.until(({ refreshes }) => refreshes === 1 + reloads);
  }
  await tab.becomes({ status: "active", session });
  const { rotated } = await server.counters();
  assert.equal(rotated, 4);
  await stage.goesOn(tab, session);
});

test("of five tabs the one that refreshes is reloaded: nobody presents the spent cookie", async ({
  stage,
}) => {
  const { server } = stage;
  const tabs = await stage.signedIn(5, "alice", QUICK, WITHOUT_ATTEMPT_IDS);
  const [holder, ...others] = tabs;
  const { session } = await holder.state();
  await server.revokeAccess();
  await stage.rotate(holder, ANSWER);
  // They get a 401 and wait behind it.
  const calls = stage.callTogether(others, 2);
  await server.until(({ api_401 }) => api_401 === 2 * others.length);
  await holder.reload();
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
  const [tab] = await stage.signedIn(1, "alice", QUICK);
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
  const times = {};
  for (const [what, options] of Object.entries({
    without: {},
    with: { companionCookie: "refresh_stamp" },
  })) {
    const [tab] = await stage.signedIn(
      1,
      "alice",
      { ...QUICK, ...options, name: what },
      WITHOUT_ATTEMPT_IDS,
    );
    const { session } = await tab.state();
    // How long answers take, nobody knows yet: it is waited for two seconds.
    const answered = await stage.rotate(tab, ANSWER);
    const began = Date.now();
    await tab.reload();
    await tab.becomes({ status: "active", session });
    times[what] = Date.now() - began;
    await answered();
    await stage.goesOn(tab, session);
    await tab.close();
    await stage.clear();
  }
  stage.say(
    `${times.without} ms without it, ${times.with} ms with it, the answer taking ${ANSWER} ms`,
  );
  assert.ok(times.without > 1.8 * ANSWER && times.with < 1.5 * ANSWER, JSON.stringify(times));
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
    await server.until(({ refreshes }) => refreshes === 1 + reloads);
  }
  await tab.becomes({ status: "active", session });
  await answered();
  await stage.goesOn(tab, session);
});

test("a page that is reloaded in peace takes no longer than its load and a bare refresh", async ({
  stage,
}) => {
  const { server } = stage;
  const [tab] = await stage.signedIn(1, "alice", QUICK);
  const { session } = await tab.state();
  // As people do: timers of a tab that nobody looks at are slow.
  await tab.page.bringToFront();
  const times = { bare: [], reloaded: [] };
  for (let load = 0; load < LOADS; load++) {
    const { grown } = await server.during(async () => {
      await tab.reload();
      await tab.becomes({ status: "active", session });
    });
    assert.equal(grown.refreshes, 1);
    times.reloaded.push(await tab.run(() => settledAt));
  }
  const address = tab.page.url();
  await tab.leave(`/tab.html?${encodeURIComponent('{"restore":false}')}`);
  for (let load = 0; load < LOADS; load++) {
    await tab.reload();
    times.bare.push(
      await tab.run(() => session.ready.then(timeOfBareRefresh).then((took) => settledAt + took)),
    );
  }
  // One that has to wait, of which the rule would tell.
  await tab.page.goto(address);
  await tab.becomes({ status: "active", session });
  await stage.rotate(tab, ANSWER);
  await tab.crash();
  const next = await stage.open({ ...QUICK, server: { rotation: "revokes" } });
  const waiting = await next.run(() => settledAt);

  const shown = (list) => list.map((time) => time.toFixed(0)).join(", ");
  stage.say(
    `bare: ${shown(times.bare)} ms; reloaded: ${shown(times.reloaded)} ms; after an orphan: ${shown([waiting])} ms`,
  );
  const bare = Math.min(...times.bare);
  assert.ok(Math.min(...times.reloaded) < bare + MUCH, "it waits");
  assert.ok(waiting > bare + MUCH, "nothing waits: this proves nothing");
});

/** The orphan has rotated, and who came next had its cookie: nobody has asked for it a second time. */
async function orphansCookieWasUsed(server) {
  const { rotated, replayed } = await server.counters();
  assert.deepEqual({ rotated, replayed }, { rotated: 2, replayed: 0 });
}
