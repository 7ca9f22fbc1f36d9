// A server that refuses a spent cookie, and does nothing else: the next page need not wait for the cookie of an orphan, and
// asks until it is there.

import assert from "node:assert/strict";

import { CHROMIUM_ONLY, test, WITHOUT_ATTEMPT_IDS } from "./fixtures.mjs";

test.use({ serverArguments: ["--reuse", "refuses"] });

const REFUSES = { server: { rotation: "refuses" } };
/** How often the next page has presented the spent cookie, and been refused, before the reply comes. */
const PROBES = 3;

/** Nobody had to sign in, and the newest cookie is good. */
async function goesOn({ server }, tab, session) {
  await tab.run(() => session.refresh());
  await tab.becomes({ status: "active", session });
  assert.equal((await server.counters()).logins, 0);
}

for (const [goes, go] of Object.entries({
  "is reloaded": (_stage, tab) => tab.reload().then(() => tab),
  "is closed": (stage, tab) => tab.close().then(() => stage.open(REFUSES, WITHOUT_ATTEMPT_IDS)),
  crashes: (stage, tab) => tab.crash().then(() => stage.open(REFUSES, WITHOUT_ATTEMPT_IDS)),
})) {
  const needs = goes === "crashes" ? CHROMIUM_ONLY : [];
  test(`a page ${goes} in the middle of a refresh: the next one is known with its first probe after the cookie has come`, {
    tag: needs,
  }, async ({ stage }) => {
    const { server } = stage;
    const [tab] = await stage.signedIn(1, "alice", REFUSES, WITHOUT_ATTEMPT_IDS);
    const { session } = await tab.state();
    const reply = await stage.holdReply(tab);
    const [next] = await Promise.all([
      go(stage, tab),
      server.until(({ refused }) => refused >= PROBES).then(reply),
    ]);
    const { refused: before } = await server.counters();
    await next.becomes({ status: "active", session });
    const { refused, rotated } = await server.counters();
    // One may have been on its way when the reply came.
    assert.ok(refused <= before + 1, `${refused - before} were refused after it`);
    assert.equal(rotated, 2);
    assert.deepEqual(await next.orphanWaits(), []);
    assert.deepEqual(await next.run(() => states), ["unknown", "active"]);
    await goesOn(stage, next, session);
  });
}

test("a session that is over ends when no cookie can come any more", async ({ stage }) => {
  const { server } = stage;
  const [tab] = await stage.signedIn(1, "alice", { ...REFUSES, timeout: 1 }, WITHOUT_ATTEMPT_IDS);
  const reply = await stage.holdReply(tab);
  await server.revokeAll();
  await tab.reload();
  await tab.becomes({ status: "ended", reason: "rejected" });
  await reply();
});
