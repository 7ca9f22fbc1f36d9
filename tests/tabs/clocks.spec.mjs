// Clocks that are wrong, that are set while the page is open, or that stand still while the machine sleeps.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";
import { DRIVEN_TIME } from "./timers.mjs";

const HOUR = 3_600_000;
/** Seconds that a token lives. */
const LIFETIME = 3_600;
/**
 * How often the API is called in the tests that are about lifetimes, and how many milliseconds lie between two calls: none is made
 * near the end of a token, so that it makes no difference how much time passes by itself.
 */
const [CALLS, STEP] = [22, 400_000];
/** How many of these tokens have an end meanwhile. */
const ENDS = Math.floor((CALLS * STEP) / (LIFETIME * 1_000));

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

/** Calls the API: nobody is refused. */
async function calls(tab) {
  assert.deepEqual(await tab.call(), { by: "alice", status: 200, sub: "alice" });
}

/** A few seconds pass, with calls in them: whatever was put off for a while has been done then. */
async function fewSeconds(tab) {
  for (let second = 0; second < 5; second++) {
    await calls(tab);
    await tab.passTime(1_000);
    await tab.turnsAreOver();
  }
}

/** Calls the API over some lifetimes, which pass for the server, too. Each time `pass` lets one step of them pass in the tab. */
async function callsOverLifetimes(stage, tab, pass) {
  for (let call = 1; call <= CALLS; call++) {
    await stage.server.setClock(call * STEP);
    await pass();
    await calls(tab);
    await tab.turnsAreOver();
  }
}

for (const [where, WRONG] of Object.entries({ ahead: AHEAD, behind: BEHIND })) {
  test(`a clock that is hours ${where} makes no loop, and no token lapses unseen`, {
    tag: ["@scenario-37"],
  }, async ({ stage }) => {
    const { server } = stage;
    await server.issueTokensFor(LIFETIME);
    const [tab] = await stage.signedIn(1, "alice", {}, [DRIVEN_TIME, WRONG]);
    await tab.becomes({ isGood: true });
    const { grown } = await server.during(() =>
      callsOverLifetimes(stage, tab, async () => {
        await tab.setAhead(STEP);
        // Now the timers fire that are due.
        await tab.passTime(1);
      }),
    );
    const { refreshes, api_401 } = grown;
    assert.deepEqual({ refreshes, api_401 }, { refreshes: ENDS, api_401: 0 });
  });
}

test("a clock that is set forward costs one refresh at the most, and one that is set back none", {
  tag: ["@scenario-44"],
}, async ({ stage }) => {
  const { server } = stage;
  const [tab] = await stage.signedIn(1, "alice", {}, DRIVEN_TIME);
  const jump = async (wall) => {
    const { grown } = await server.during(async () => {
      await set(tab, { wall });
      await wake(tab, 50);
      await fewSeconds(tab);
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
    const [tab] = await stage.signedIn(1, "alice", {}, DRIVEN_TIME);
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
  const [tab] = await stage.signedIn(1, "alice", {}, DRIVEN_TIME);
  const wakeUps = async (expected) => {
    const { refreshes: before } = await server.counters();
    const { grown } = await server.during(async () => {
      await wake(tab, 50);
      await server.until(({ refreshes }) => refreshes - before >= expected);
      await fewSeconds(tab);
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
  await server.issueTokensFor(LIFETIME);
  const [tab] = await stage.signedIn(1, "alice", {}, DRIVEN_TIME);
  await stage.hideAll();
  assert.equal(await tab.run(() => document.visibilityState), "hidden");
  // Time passes, and no timer has fired yet.
  const { grown } = await server.during(() =>
    callsOverLifetimes(stage, tab, () => tab.setAhead(STEP)),
  );
  const { refreshes, api_401 } = grown;
  assert.deepEqual({ refreshes, api_401 }, { refreshes: ENDS, api_401: 0 });
});
