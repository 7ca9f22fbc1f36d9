// A tab is opened, loaded again, closed: what it costs, and what the others know of it.

import assert from "node:assert/strict";

import { until } from "../drivers/until.mjs";
import { CHROMIUM_ONLY, test } from "./fixtures.mjs";
import { LOOK } from "./tab.mjs";
import { DRIVEN_TIME, STOPPED, STOPPED_TIMERS } from "./timers.mjs";

/** What the key begins with of what a tab leaves in storage that is not alone. */
const COMPANY = "silent-session:1:company:";

test("a sixth tab that is opened later costs no refresh, and is in the same session", async ({
  stage,
}) => {
  const { server } = stage;
  const tabs = await stage.signedIn(5);
  const { session } = await tabs[0].state();
  // It waits for the others as long as they take.
  const { grown, result: sixth } = await server.during(() => stage.open({}, STOPPED_TIMERS));
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

// Firefox loses now and then what a page says as it is closed: the others list it until they ask again.
test("tabs list each other; one that is closed, or left, is listed no more", {
  tag: CHROMIUM_ONLY,
}, async ({ stage }) => {
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
  // From now on no time passes: whoever waits for some waits for ever.
  for (const before of [DRIVEN_TIME, STOPPED]) await tab.page.addInitScript(before);
  const { grown } = await server.during(async () => {
    await tab.reload();
    await tab.becomes({ status: "active", session, elsewhere: false });
  });
  assert.equal(grown.refreshes, 1);

  // As if another tab had been there when it was left: it has to ask.
  await tab.run(expectCompany);
  const { grown: asking } = await server.during(async () => {
    await tab.reload();
    await until(async () => (await tab.inspect()).progress === "holding");
    await tab.run(() => fetch("/api/public").then(() => {}));
  });
  assert.equal(asking.refreshes, 0, "nothing waits: this proves nothing");
  await tab.passTime(1_000);
  await tab.becomes({ status: "active", session });
});

test("a lone tab leaves no word of company behind; one of two does", {
  tag: CHROMIUM_ONLY,
}, async ({ stage }) => {
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

/** Runs in the page: it is left as one of several. */
function expectCompany() {
  addEventListener("pagehide", () => {
    const [key] = Object.keys(localStorage).filter((key) =>
      key.startsWith("silent-session:1:session:"),
    );
    localStorage.setItem(key.replace(":session:", ":company:"), "1");
  });
}
