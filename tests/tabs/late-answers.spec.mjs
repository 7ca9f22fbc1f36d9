// An answer comes when nobody waits for it any more. It has rotated the cookie, and so it counts.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";
import { DRIVEN_TIME } from "./timers.mjs";

/** After so many milliseconds a refresh has been given up on, or a caller's patience has ended. */
const [TIMEOUT, PATIENCE] = [16_000, 10_000];

test("a refresh that was given up is not aborted: its late answer counts, and its cookie is kept", {
  tag: ["@scenario-66"],
}, async ({ stage }) => {
  const { server } = stage;
  // Nobody waits for another try when it is given up on: there is none.
  const options = { patience: PATIENCE / 1_000 };
  const [tab] = await stage.signedIn(1, "alice", options, DRIVEN_TIME);
  const { session, generation } = await tab.state();
  const spent = await stage.cookie();
  await tab.run(() => stopTime());
  const reply = await stage.holdReply(tab);
  const code = tab.run(() => session.accessToken({ minValidity: 1e6 }).catch(({ code }) => code));
  await tab.run(() => {});
  await tab.passTime(PATIENCE + 1_000);
  assert.equal(await code, "ERR_REFRESH_TIMEOUT");
  await tab.passTime(TIMEOUT - PATIENCE);
  await tab.fails("transient");
  assert.equal((await tab.state()).generation, generation);
  await reply();
  await tab.becomes({ status: "active", session, generation: generation + 1, error: undefined });
  const { refreshes, rotated } = await server.counters();
  assert.deepEqual({ refreshes, rotated }, { refreshes: 1, rotated: 1 });
  assert.notEqual((await stage.cookie()).value, spent.value);
  await stage.goesOn(tab, session);
});

test("what follows a refresh that was given up carries its attempt id: there is one rotation", async ({
  stage,
}) => {
  const { server } = stage;
  const [tab] = await stage.signedIn(1, "alice", {}, DRIVEN_TIME);
  const { session } = await tab.state();
  const reply = await stage.holdReply(tab);
  const called = tab.run(() => session.accessToken({ minValidity: 1e6 }).catch(() => {}));
  await tab.passTime(TIMEOUT);
  await server.until(({ replayed }) => replayed === 1);
  await called;
  await reply();
  const { refreshes, rotated, replayed } = await server.counters();
  assert.deepEqual({ refreshes, rotated, replayed }, { refreshes: 2, rotated: 1, replayed: 1 });
  await stage.goesOn(tab, session);
});

for (const [what, rotateOnce] of Object.entries({
  "a refresh": (tab) => tab.run(() => session.refresh()),
  "a token that the API has rejected": async (tab, server) => {
    await server.revokeAccess();
    assert.deepEqual(await tab.call(), { by: "alice", status: 200, sub: "alice" });
  },
})) {
  test(`a reply comes after the time-out, and after ${what}: its cookie is no spent one`, async ({
    stage,
  }) => {
    const { server } = stage;
    const [tab] = await stage.signedIn(1, "alice", {}, DRIVEN_TIME);
    const { session } = await tab.state();
    const reply = await stage.holdReply(tab);
    // It is given up on, and a retry is answered.
    await tab.passTime(TIMEOUT);
    await server.until(({ replayed }) => replayed >= 1);
    await tab.becomes({ status: "active", session, error: undefined });
    const { value } = await stage.cookie();
    await rotateOnce(tab, server);
    await reply();
    await tab.page.waitForFunction(() =>
      events.some(({ late, outcome }) => late && outcome === "renewed"),
    );
    const { rotated } = await server.counters();
    assert.equal(
      rotated,
      1,
      "while its reply was out, nothing was rotated that it could overwrite",
    );
    assert.equal((await stage.cookie()).value, value);
    await stage.goesOn(tab, session);
    assert.notEqual((await stage.cookie()).value, value);
  });
}
