// Tokens lapse for all tabs at the same time.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

/** Seconds that a token lives, and the least after which it is renewed: the server counts whole seconds. */
const [LIFETIME, EARLIEST] = [2, 1];
/** An hour has four lifetimes of a quarter of an hour. */
const RENEWALS = 8;

test("over many lifetimes, five tabs refresh once for each", async ({ stage }) => {
  const { server } = stage;
  await server.issueTokensFor(LIFETIME);
  const tabs = await stage.signedIn(5);
  const { session } = await tabs[0].state();
  const byAll = () => tabs.reduce((sum, tab) => sum + tab.refreshes, 0);

  // From one renewal to another.
  const before = byAll();
  await stage.wire.until(() => byAll() > before);
  const began = performance.now();
  const first = byAll();
  const { grown } = await server.during(() => stage.wire.until(() => byAll() >= first + RENEWALS));
  const seconds = (performance.now() - began) / 1_000;

  const each = tabs.map((tab) => tab.refreshes).join(" + ");
  stage.say(`${RENEWALS} refreshes in ${seconds.toFixed(1)} s, by ${each}`);
  // More than one for each token would be quicker. However slow the machine is, it is never too quick.
  assert.ok(seconds >= (RENEWALS - 1) * EARLIEST, `${RENEWALS} refreshes in ${seconds} s`);
  assert.equal(grown.refused, 0);
  for (const tab of tabs) {
    await tab.becomes({ status: "active", session });
    assert.deepEqual(await tab.call(), { by: "alice", status: 200, sub: "alice" });
  }
});
