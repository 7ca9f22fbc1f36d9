// Clocks that are wrong, that are set while the page is open, or that stand still while the machine sleeps.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

import { test } from "./fixtures.mjs";

const HOUR = 3_600_000;
/** Seconds. The server counts whole ones: a token lives for up to one less than it says. */
const SHORT = 6;

/** For `open`: clocks that can be set. `clocks.wall` and `clocks.monotonic` are how much they are ahead. */
const SETTABLE_CLOCKS = () => {
  globalThis.clocks = { wall: 0, monotonic: 0 };
  const { now } = Date;
  const monotonic = performance.now.bind(performance);
  Date.now = () => now() + clocks.wall;
  performance.now = () => monotonic() + clocks.monotonic;
};
const AHEAD = () => {
  clocks.wall = 5 * 3_600_000;
};
const BEHIND = () => {
  clocks.wall = -5 * 3_600_000;
};

const set = (tab, change) => tab.run((change) => void Object.assign(clocks, change), change);

/** Everything that tells a page that it may have slept, that many times. */
const wake = (tab, times) =>
  tab.run((times) => {
    for (let time = 0; time < times; time++) {
      for (const kind of ["focus", "visibilitychange", "online", "resume", "pageshow"]) {
        const target = kind === "visibilitychange" || kind === "resume" ? document : window;
        target.dispatchEvent(new Event(kind, { bubbles: true }));
      }
    }
  }, times);

/** Calls the API for some time, a few times a second: nobody is ever refused. */
async function callsFor(tab, ms) {
  for (const end = Date.now() + ms; Date.now() < end; await pause(200)) {
    assert.deepEqual(await tab.call(), { by: "alice", status: 200, sub: "alice" });
  }
}

for (const [where, WRONG] of Object.entries({ ahead: AHEAD, behind: BEHIND })) {
  test(`a clock that is hours ${where} makes no loop, and no token lapses unseen`, {
    tag: ["@scenario-37"],
  }, async ({ stage }) => {
    const { server } = stage;
    await server.issueTokensFor(SHORT);
    const [tab] = await stage.signedIn(1, "alice", {}, [SETTABLE_CLOCKS, WRONG]);
    await tab.becomes({ isGood: true });
    const { grown } = await server.during(() => callsFor(tab, 2.5 * SHORT * 1_000));
    assert.ok(grown.refreshes >= 2 && grown.refreshes <= 5, `${grown.refreshes} refreshes`);
    assert.equal(grown.api_401, 0);
  });
}

test("a clock that is set forward costs one refresh at the most, and one that is set back none", {
  tag: ["@scenario-44"],
}, async ({ stage }) => {
  const { server } = stage;
  const [tab] = await stage.signedIn(1, "alice", {}, SETTABLE_CLOCKS);
  const jump = async (wall) => {
    const { grown } = await server.during(async () => {
      await set(tab, { wall });
      await wake(tab, 50);
      await callsFor(tab, 1_500);
    });
    assert.equal(grown.api_401, 0);
    return grown.refreshes;
  };
  assert.equal(await jump(5 * HOUR), 1);
  assert.equal(await jump(4 * HOUR), 0);
  assert.equal(await jump(-20 * HOUR), 0);
  // The token came at five o'clock, as it were.
  assert.equal(await jump(0), 0);
  assert.equal(await jump(6 * HOUR), 1);
});

for (const [which, sleep] of Object.entries({
  "the monotonic clock": { wall: HOUR, monotonic: 0 },
  "the wall clock": { wall: 0, monotonic: HOUR },
  "no clock": { wall: HOUR, monotonic: HOUR },
})) {
  test(`after a sleep in which ${which} stood still, the first request waits for one refresh`, {
    tag: ["@scenario-43"],
  }, async ({ stage }) => {
    const { server } = stage;
    const [tab] = await stage.signedIn(1, "alice", {}, SETTABLE_CLOCKS);
    // While it slept, the token has lapsed for the server, too.
    await server.revokeAccess();
    const { grown } = await server.during(async () => {
      await set(tab, sleep);
      assert.deepEqual(await tab.call(), { by: "alice", status: 200, sub: "alice" });
      await wake(tab, 10);
      assert.deepEqual(await tab.call(), { by: "alice", status: 200, sub: "alice" });
    });
    assert.deepEqual(
      { refreshes: grown.refreshes, api_401: grown.api_401 },
      { refreshes: 1, api_401: 0 },
    );
  });
}

test("whatever wakes a page, and however often: one refresh when it is due, and none when it is not", {
  tag: ["@scenario-24", "@scenario-38"],
}, async ({ stage }) => {
  const { server } = stage;
  const [tab] = await stage.signedIn(1, "alice", {}, SETTABLE_CLOCKS);
  const wakeUps = async (expected) => {
    const { refreshes: before } = await server.counters();
    const { grown } = await server.during(async () => {
      await wake(tab, 50);
      await server.until(({ refreshes }) => refreshes - before >= expected);
      await pause(1_000);
    });
    assert.equal(grown.refreshes, expected);
  };
  await wakeUps(0);
  await set(tab, { wall: HOUR });
  await wakeUps(1);
  await wakeUps(0);
});

test("a hidden tab, whose timers are slow, is in time for each request", {
  tag: ["@scenario-45"],
}, async ({ stage }) => {
  const { server } = stage;
  await server.issueTokensFor(SHORT);
  const [tab] = await stage.signedIn(1);
  await stage.hideAll();
  assert.equal(await tab.run(() => document.visibilityState), "hidden");
  const { grown } = await server.during(() => callsFor(tab, 2.5 * SHORT * 1_000));
  assert.equal(grown.api_401, 0);
  assert.ok(grown.refreshes >= 2 && grown.refreshes <= 5, `${grown.refreshes} refreshes`);
});
