// A tab is opened, loaded again, closed: what it costs, and what the others know of it.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";
import { LOOK } from "./tab.mjs";

/** How long a tab waits for the answers of others that may be there, in milliseconds. */
const ASKING = 100;
/** Of some loads, the fastest is the one that was disturbed least. */
const LOADS = 5;
/** What the key begins with of what a tab leaves in storage that is not alone. */
const COMPANY = "silent-session:1:company:";

test("a sixth tab that is opened later costs no refresh, and is in the same session", async ({
  stage,
}) => {
  const { server } = stage;
  const tabs = await stage.signedIn(5);
  const { session } = await tabs[0].state();
  const { grown, result: sixth } = await server.during(() => stage.open());
  const state = await sixth.becomes({
    status: "active",
    session,
    generation: 1,
    elsewhere: true,
  });
  assert.equal(grown.refreshes, 0);
  const { expiresAt } = await tabs[0].state();
  assert.ok(
    Math.abs(state.expiresAt - expiresAt) < 1_000,
    "its token lapses with that of the others",
  );
  assert.deepEqual(await sixth.call(), { by: "alice", status: 200, sub: "alice" });
  assert.equal(sixth.refreshes, 0);
});

test("tabs list each other; one that is closed, or left, is listed no more", async ({ stage }) => {
  const tabs = await stage.openMany(4);
  const ids = await Promise.all(tabs.map(async (tab) => (await tab.inspect()).tab));
  assert.equal(new Set(ids).size, 4);
  for (const [index, tab] of tabs.entries()) {
    assert.deepEqual((await tab.knows(3)).sort(), ids.filter((id) => id !== ids[index]).sort());
    const { lock, channel } = await tab.inspect();
    assert.deepEqual({ lock, channel }, { lock: "browser", channel: true });
  }
  const [first, closed, left, last] = tabs;
  await closed.close();
  assert.deepEqual((await first.knows(2)).sort(), [ids[2], ids[3]].sort());
  await left.leave();
  assert.deepEqual(await first.knows(1), [ids[3]]);
  assert.deepEqual(await last.knows(1), [ids[0]]);
  await left.comeBack();
  assert.deepEqual((await first.knows(2)).sort(), [ids[2], ids[3]].sort());
});

test("a lone tab that is loaded again costs one refresh, and waits for nobody", async ({
  stage,
}) => {
  const { server } = stage;
  const [tab] = await stage.signedIn(1);
  const { session } = await tab.state();
  const load = async () => {
    const { grown } = await server.during(async () => {
      await tab.reload();
      await tab.becomes({ status: "active", session, elsewhere: false });
    });
    assert.equal(grown.refreshes, 1);
    return tab.run(timeToRefresh);
  };
  const alone = [];
  for (let each = 0; each < LOADS; each++) alone.push(await load());

  // As if another tab had been there when it was left: it has to ask.
  const asking = [];
  for (let each = 0; each < 2; each++) {
    await tab.run(expectCompany);
    asking.push(await load());
  }
  const shown = (times) => times.map((time) => time.toFixed(0)).join(", ");
  stage.say(
    `from the wasm to the refresh: ${shown(alone)} ms; where there may be others: ${shown(asking)} ms`,
  );
  assert.ok(Math.min(...alone) < ASKING / 2, "it waits");
  assert.ok(Math.min(...asking) >= ASKING, "nothing waits: this proves nothing");
});

test("a lone tab leaves no word of company behind; one of two does", async ({ stage }) => {
  const bystander = await stage.openBystander();
  const isThere = (wanted) =>
    bystander.waitForFunction(
      ([prefix, wanted]) =>
        Object.keys(localStorage).some((key) => key.startsWith(prefix)) === wanted,
      [COMPANY, wanted],
      { polling: LOOK },
    );
  const [one, two] = await stage.signedIn(2);
  await one.knows(1);
  await two.knows(1);
  await isThere(true);
  await two.close();
  await one.knows(0);
  await isThere(true);
  await one.close();
  await isThere(false);
});

/** Runs in the page: the milliseconds from the wasm's arrival to the first refresh. */
function timeToRefresh() {
  const entries = performance.getEntriesByType("resource");
  const of = (end) => entries.find(({ name }) => new URL(name).pathname.endsWith(end));
  return of("/auth/refresh").startTime - of(".wasm").responseEnd;
}

/** Runs in the page: it is left as one of several. */
function expectCompany() {
  addEventListener("pagehide", () => {
    const [key] = Object.keys(localStorage).filter((key) =>
      key.startsWith("silent-session:1:session:"),
    );
    localStorage.setItem(key.replace(":session:", ":company:"), "1");
  });
}
