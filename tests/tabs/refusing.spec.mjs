// A server that refuses a spent cookie, and does nothing else: the next page need not wait for the cookie of an orphan, and
// asks until it is there.

import assert from "node:assert/strict";

import { test, WITHOUT_ATTEMPT_IDS } from "./fixtures.mjs";

test.use({ serverArguments: ["--reuse", "refuses"] });

const REFUSES = { server: { rotation: "refuses" } };
/** How much longer than a quarter of the time that the reply took the next page may take, in milliseconds. */
const MORE = 1_000;

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
  test(`a page ${goes} in the middle of a refresh: the next one is known soon after the cookie has come`, async ({
    stage,
  }) => {
    const { server } = stage;
    const [tab] = await stage.signedIn(1, "alice", REFUSES, WITHOUT_ATTEMPT_IDS);
    const { session } = await tab.state();
    const sentAt = Date.now();
    const reply = await stage.holdReply(tab);
    const [next] = await Promise.all([
      go(stage, tab),
      // The spent cookie was presented, and refused, several times.
      server.until(({ refused }) => refused >= 3).then(reply),
    ]);
    const repliedAt = Date.now();
    await next.becomes({ status: "active", session });
    const [took, known] = [repliedAt - sentAt, Date.now() - repliedAt];
    stage.say(`known ${known} ms after a reply that took ${took} ms`);
    assert.ok(known < took / 4 + MORE, `${known} ms`);
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
