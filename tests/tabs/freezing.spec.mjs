// A tab stops in the middle of a refresh, with the lock in its hand, and does not die.

import assert from "node:assert/strict";

import { CHROMIUM_ONLY, test } from "./fixtures.mjs";
import { STOPPED_TIMERS } from "./timers.mjs";

/** Seconds. Whoever holds the lock does not give up by itself before it is halted, however long that takes. */
const HOLDER = { timeout: 100, lockTimeout: 100 };
/** The others wait for the lock no longer than a refresh of their own may take on a machine that is busy. */
const OTHERS = { timeout: 10, lockTimeout: 10, patience: 100 };
/** When the reply to the refresh comes: while they wait, or when they have gone on. */
const [SOON, LATE] = [false, true];

const FREEZING = { halt: (tab) => tab.freeze(), goOn: (tab) => tab.thaw() };

halting("a tab that is frozen in the middle of its refresh", SOON, FREEZING);
halting(
  "a tab that is frozen in the middle of a refresh whose answer is long in coming",
  LATE,
  FREEZING,
);
halting("a tab that is stopped in the debugger in the middle of its refresh", SOON, {
  halt: (tab) => tab.stop(),
  goOn: (tab) => tab.goOn(),
});
// Chromium may throw it out of the cache where others want its lock: then they need not wait, and it is loaded again.
halting("a page that is left in the middle of its refresh, for the back/forward cache,", SOON, {
  halt: (tab) => tab.leave(),
  goOn: (tab) => tab.page.goBack({ waitUntil: "commit" }),
  least: 0,
  needs: [],
});

/** Those who wait go on while it is halted still: that is the bound, whatever the machine takes for it. */
function halting(
  who,
  isLate,
  { halt, goOn, least = OTHERS.lockTimeout * 1_000, needs = CHROMIUM_ONLY },
) {
  test(`${who} holds the others up for a bounded time, and all stay signed in`, {
    tag: ["@scenario-47", ...needs],
  }, async ({ stage }) => {
    const { server } = stage;
    const [holder] = await stage.signedIn(1, "alice", HOLDER);
    const { session } = await holder.state();
    const others = await stage.openMany(2, OTHERS);
    for (const tab of others) await tab.becomes({ status: "active", session });
    await server.reset();
    await server.revokeAccess();
    await server.faults({ refresh: { hold: "after", times: 1 } });
    await holder.beginRefresh();
    await server.until(({ rotated }) => rotated === 1);
    // They get a 401 and wait behind it.
    const calls = stage.callTogether(others, 1);
    await server.until(({ api_401 }) => api_401 === others.length);
    await halt(holder);
    if (!isLate) await server.faults({});

    const { took, answers } = await calls;
    if (isLate) await server.faults({});
    stage.say(`the others went on after ${took.toFixed(0)} ms`);
    for (const answer of answers)
      assert.deepEqual(answer, { by: "alice", status: 200, sub: "alice" });
    assert.ok(took > least, "nobody waited for the lock: this proves nothing");
    // One of them has refreshed, and the other has adopted. Where the first answer is still out, the server sees the
    // same attempt id again, and takes it for what it is.
    const { refreshes, replayed } = await server.counters();
    assert.equal(refreshes, 2);
    assert.ok(replayed <= 1, `${replayed} replayed`);

    await goOn(holder);
    await holder.becomes({ status: "active", session });
    assert.deepEqual(await holder.call(), { by: "alice", status: 200, sub: "alice" });
    await holder.run(() => session.refresh());
    for (const tab of [holder, ...others]) await tab.becomes({ status: "active", session });
    const { reuse_detected, refused } = await server.counters();
    assert.deepEqual({ reuse_detected, refused }, { reuse_detected: 0, refused: 0 });
  });
}

test("a tab that was frozen while another refreshed adopts the token, and sends no refresh", {
  tag: CHROMIUM_ONLY,
}, async ({ stage }) => {
  const { server } = stage;
  // Nobody waits for a tenth of a second only.
  const [frozen, other] = await stage.signedIn(2, "alice", {}, STOPPED_TIMERS);
  await frozen.freeze();
  await server.revokeAccess();
  await other.run(() => session.refresh());
  const before = frozen.refreshes;
  await frozen.thaw();
  assert.deepEqual(await frozen.call(), { by: "alice", status: 200, sub: "alice" });
  assert.equal(frozen.refreshes, before);
});

// Chromium lets messages through to a frozen tab; others may not, or lose them.
const WITHOUT_CHANNEL = () => delete globalThis.BroadcastChannel;

for (const [hearing, before] of Object.entries({
  "": undefined,
  ", and heard nothing of it,": WITHOUT_CHANNEL,
})) {
  test(`a tab that was frozen while another signed out${hearing} is over before it sends anything`, {
    tag: CHROMIUM_ONLY,
  }, async ({ stage }) => {
    const [frozen, other] = await stage.signedIn(2, "alice", {}, before);
    await frozen.freeze();
    await other.signOut();
    const sent = frozen.sent("/api/me").length;
    await frozen.thaw();
    assert.deepEqual(await frozen.call(), { by: null, status: 401, sub: null });
    assert.deepEqual(stage.usersOf(frozen.sent("/api/me").slice(sent)), []);
    assert.deepEqual(await frozen.state(), {
      status: "ended",
      reason: "signed-out",
      elsewhere: true,
    });
  });
}

test("an app that calls as soon as its tab is thawed sends no token after a sign-out", {
  tag: CHROMIUM_ONLY,
}, async ({ stage }) => {
  const [frozen, other] = await stage.signedIn(2, "alice", { eager: true }, WITHOUT_CHANNEL);
  await frozen.freeze();
  await other.signOut();
  const sent = frozen.sent("/api/me").length;
  await frozen.thaw();
  await frozen.becomes({ status: "ended", reason: "signed-out", elsewhere: true });
  assert.notEqual((await frozen.wakingCalls()).length, 0);
  assert.deepEqual(stage.usersOf(frozen.sent("/api/me").slice(sent)), []);
});

test("a tab that was frozen while somebody else signed in sends nothing as its former user", {
  tag: CHROMIUM_ONLY,
}, async ({ stage }) => {
  const [frozen, other] = await stage.signedIn(2);
  await frozen.freeze();
  await other.signIn("bob");
  const sent = frozen.sent("/api/me").length;
  await frozen.thaw();
  assert.deepEqual(await frozen.call(), { by: "bob", status: 200, sub: "bob" });
  assert.deepEqual(stage.usersOf(frozen.sent("/api/me").slice(sent)), ["bob"]);
  await frozen.becomes({ status: "active", sub: "bob", elsewhere: true });
});
