// A page goes away between the rotation and its answer. Nobody is signed out by it.

import assert from "node:assert/strict";

import { noteRefreshes, rule, WITHOUT_ATTEMPT_IDS } from "./stage.mjs";
import { ANSWERS, beginRefresh, goesOn, identity, QUICK } from "./weak-moment.mjs";

/** Who waits for an orphan's cookie waits for half a second at least: in milliseconds, by far less. */
const AT_ONCE = 250;

/** How a page goes away; returns the page that is there next. `before` runs in that before anything of it. */
const GOINGS = {
  "is reloaded": (_stage, tab) => tab.reload().then(() => tab),
  "is closed": (stage, tab, before) => tab.close().then(() => stage.open(QUICK, before)),
  "is left for another page": (stage, tab, before) =>
    tab.leave().then(() => stage.open(QUICK, before)),
};

for (const [goes, go] of Object.entries(GOINGS)) {
  for (const [when, answer] of Object.entries(ANSWERS)) {
    rule(
      `a page ${goes} in the middle of its refresh, whose answer comes ${when}: still signed in`,
      async (stage) => {
        const [tab] = await stage.signedIn(1, "alice", QUICK);
        const before = await identity(tab);
        const answered = await beginRefresh(stage, tab, answer);
        const next = await go(stage, tab);
        await next.becomes({ status: "active", ...before });
        await answered();
        await goesOn(stage, next, before);
      },
    );
  }
}

for (const [goes, go] of Object.entries(GOINGS)) {
  const title = `a page ${goes} in the middle of its refresh: the cookie comes, and is enough to go on`;
  rule(title, async (stage) => {
    const [tab] = await stage.signedIn(1, "alice", QUICK, WITHOUT_ATTEMPT_IDS);
    const before = await identity(tab);
    await beginRefresh(stage, tab, ANSWERS.soon);
    const next = await go(stage, tab, WITHOUT_ATTEMPT_IDS);
    await next.becomes({ status: "active", ...before });
    await goesOn(stage, next, before);
  });
}

rule(
  "three reloads in a row, each in the middle of the restoring refresh: still signed in",
  async (stage) => {
    const { server } = stage;
    const [tab] = await stage.signedIn(1, "alice", QUICK);
    const before = await identity(tab);
    const answered = await beginRefresh(stage, tab, 700);
    await server.faults({ refresh: { delay_after_ms: 700, times: 3 } });
    for (const reload of [1, 2, 3]) {
      await tab.reload();
      await server.until(({ rotated, replayed }) => rotated + replayed === 1 + reload);
    }
    await tab.reload();
    await tab.becomes({ status: "active", ...before });
    await answered();
    await goesOn(stage, tab, before);
  },
);

rule(
  "five tabs, of which the one that refreshes for all is reloaded: all are still signed in",
  async (stage) => {
    const { server } = stage;
    const [holder, ...others] = await stage.signedIn(5, "alice", QUICK);
    const before = await identity(holder);
    await server.revokeAccess();
    const answered = await beginRefresh(stage, holder);
    // They get a 401 and wait behind it.
    const calls = Promise.all(others.map((tab) => tab.call()));
    await server.until(({ api_401 }) => api_401 === others.length);
    await holder.reload();
    for (const answer of await calls)
      assert.deepEqual(answer, { by: "alice", status: 200, sub: "alice" });
    for (const tab of [holder, ...others]) await tab.becomes({ status: "active", ...before });
    await answered();
    for (const tab of [holder, ...others]) await goesOn(stage, tab, before);
  },
);

rule("an undisturbed reload costs one refresh, and waits for nothing", async (stage) => {
  const [tab] = await stage.signedIn(1, "alice", {}, noteRefreshes);
  const { session } = await tab.state();
  const waits = [];
  for (let reload = 0; reload < 3; reload++) {
    const { grown } = await stage.server.during(async () => {
      await tab.reload();
      await tab.becomes({ status: "active", session });
    });
    assert.deepEqual(
      { refreshes: grown.refreshes, rotated: grown.rotated },
      { refreshes: 1, rotated: 1 },
    );
    waits.push(
      await tab.run(() => {
        const wasm = performance
          .getEntriesByType("resource")
          .find(({ name }) => name.endsWith(".wasm"));
        return refreshesSent[0] - wasm.responseEnd;
      }),
    );
  }
  stage.say(`sent ${waits.join(", ")} ms after the wasm was there`);
  // A rule that costs time costs it in each.
  assert.ok(Math.min(...waits) < AT_ONCE, `${waits}`);
});
