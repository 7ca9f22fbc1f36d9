// Tokens lapse for all tabs at the same time.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

/** An hour has four lifetimes of a quarter of an hour. */
const RENEWALS = 8;

test("over many lifetimes, five tabs refresh as often as one", async ({ stage }) => {
  const { server } = stage;
  await server.issueTokensFor(2);
  const profile = await stage.newProfile();
  const [alone] = await profile.signedIn(1, "bob");
  const tabs = await stage.signedIn(5);
  const { session } = await tabs[0].state();
  const byAll = () => tabs.reduce((sum, tab) => sum + tab.refreshes, 0);

  // From one renewal of the lone tab to another.
  const before = alone.refreshes;
  await profile.wire.until(() => alone.refreshes > before);
  const begin = alone.refreshes;
  const beginOfAll = byAll();
  const { grown } = await server.during(() =>
    profile.wire.until(() => alone.refreshes === begin + RENEWALS),
  );
  const ofAll = byAll() - beginOfAll;

  stage.say(
    `one tab: ${RENEWALS} refreshes; five tabs: ${ofAll}, by ${tabs.map((tab) => tab.refreshes).join(" + ")}`,
  );
  assert.ok(Math.abs(ofAll - RENEWALS) <= 1, `${ofAll} refreshes of five tabs, ${RENEWALS} of one`);
  assert.equal(grown.refused, 0);
  for (const tab of tabs) {
    await tab.becomes({ status: "active", session });
    assert.deepEqual(await tab.call(), { by: "alice", status: 200, sub: "alice" });
  }
  await profile.close();
});
