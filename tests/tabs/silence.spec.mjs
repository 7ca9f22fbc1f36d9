// The refresh endpoint accepts requests, and never replies. Over HTTP/1.1 six of them block the page's other requests.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

/** The most that may be unanswered. */
const MOST = 2;
/** Seconds. Callers give up before the next time-out. */
const IMPATIENT = { timeout: 1, patience: 0.5 };
/** How often a page polls: more often than there are connections. */
const POLLS = 10;

/** Calls of the API, one after the other: those that need a token fail for want of one, and one without a token is answered. */
const poll = (tab, times) =>
  tab.run(async (times) => {
    const answers = [];
    for (let time = 0; time < times; time++) {
      answers.push([(await me()).error, (await fetch("/api/public")).status]);
    }
    return answers;
  }, times);

for (const count of [1, 3]) {
  test(`${count} of its tabs poll an API while refreshes hang: two are out, and the API is reached`, async ({
    stage,
  }) => {
    const { server } = stage;
    const tabs = await stage.signedIn(count, "alice", IMPATIENT);
    const { session } = await tabs[0].state();
    await server.reset();
    await server.revokeAccess();
    await server.faults({ refresh: { hold: "before" } });
    const polled = (await Promise.all(tabs.map((tab) => poll(tab, POLLS)))).flat();
    // Wherever a refresh may still be sent, it is by now.
    await server.until(({ refreshes }) => refreshes === MOST);
    polled.push(...(await Promise.all(tabs.map((tab) => poll(tab, POLLS)))).flat());
    assert.deepEqual(new Set(polled.map(([, status]) => status)), new Set([200]));
    assert.ok(
      polled.every(([error]) => /^ERR_REFRESH_/.test(error)),
      JSON.stringify(polled),
    );
    const { refreshes, max_concurrent_refreshes } = await server.counters();
    assert.deepEqual(
      { refreshes, max_concurrent_refreshes },
      { refreshes: MOST, max_concurrent_refreshes: MOST },
    );
    // Once it replies, all goes on.
    await server.faults({});
    for (const tab of tabs) {
      await tab.becomes({ status: "active", session, error: undefined });
      assert.deepEqual(await tab.call(), { by: "alice", status: 200, sub: "alice" });
    }
    // By a tab that is not in a hurry.
    await stage.goesOn(await stage.open(), session);
  });
}
