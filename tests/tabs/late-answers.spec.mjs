// An answer comes when nobody waits for it any more. It has rotated the cookie, and so it counts.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

/** How long the answer takes after the rotation, in milliseconds, and how long it is waited for, in seconds. */
const ANSWER = 2_000;
const TIMEOUT = { timeout: 1 };
/** Nobody waits for the next try, which comes a quarter of a second later at the earliest: there is none. */
const IMPATIENT = { ...TIMEOUT, patience: 1.2 };

test("a refresh that was given up is not aborted: its late answer counts, and its cookie is kept", {
  tag: ["@scenario-66"],
}, async ({ stage }) => {
  const { server } = stage;
  const [tab] = await stage.signedIn(1, "alice", IMPATIENT);
  const { session, generation } = await tab.state();
  const spent = await stage.cookie();
  await server.reset();
  await server.faults({ refresh: { hold: "after" } });
  assert.equal(
    await tab.run(() => session.refresh().catch(({ code }) => code)),
    "ERR_REFRESH_TIMEOUT",
  );
  assert.equal((await tab.state()).generation, generation);
  await server.faults({});
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
  const [tab] = await stage.signedIn(1, "alice", TIMEOUT);
  const { session } = await tab.state();
  const answered = await stage.rotate(tab, ANSWER);
  await tab.run(() => session.accessToken({ minValidity: 1e6 }).catch(() => {}));
  await answered();
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
    const [tab] = await stage.signedIn(1, "alice", TIMEOUT);
    const { session } = await tab.state();
    const reply = await stage.holdReply(tab);
    // It is given up on, and a retry is answered.
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
