// However many tabs there are, one of them refreshes.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

/** How long a refresh takes, in milliseconds. */
const REFRESH = 300;
/** How much longer than one tab five may take, beyond what their requests cost anyway on a machine of few cores. */
const MORE = 100;
/** Of some rounds, the fastest is the one that was disturbed least; a rule that costs time costs it in each. */
const ROUNDS = 8;
/** How often to see both orders of two messages that race. */
const TIMES = 15;

test("5 tabs × 5 requests after a revocation cost 1 refresh, and the time of one", async ({
  stage,
}) => {
  const { server } = stage;
  const call = async (stage, tabs, user, expected) => {
    await server.reset();
    await server.faults({ refresh: { delay_before_ms: REFRESH } });
    if (expected === 1) await server.revokeAccess();
    const { took, answers } = await stage.callTogether(tabs, 5);
    assert.equal(answers.length, tabs.length * 5);
    for (const answer of answers) assert.deepEqual(answer, { by: user, status: 200, sub: user });
    const { refreshes, reuse_detected, refused } = await server.counters();
    assert.deepEqual(
      { refreshes, reuse_detected, refused },
      { refreshes: expected, reuse_detected: 0, refused: 0 },
    );
    return took;
  };

  // In turns and in the same browser: what slows the machine down slows both down.
  const profile = await stage.newProfile();
  const one = await profile.signedIn(1, "bob");
  const five = await stage.signedIn(5);
  const times = { one: [], five: [], fiveWithoutRefresh: [], oneWithoutRefresh: [] };
  const best = (of) => Math.min(...times[of]);
  const excess = () =>
    best("five") - best("one") - (best("fiveWithoutRefresh") - best("oneWithoutRefresh"));
  for (let round = 0; round < ROUNDS && !(round >= 2 && excess() <= MORE); round++) {
    // A revocation concerns everybody's tokens.
    times.one.push(await call(profile, one, "bob", 1));
    times.oneWithoutRefresh.push(await call(profile, one, "bob", 0));
    times.five.push(await call(stage, five, "alice", 1));
    times.fiveWithoutRefresh.push(await call(stage, five, "alice", 0));
  }
  await profile.close();

  for (const [of, list] of Object.entries(times))
    stage.say(`${of}: ${list.map(Math.round).join(", ")} ms`);
  assert.ok(best("one") >= REFRESH);
  assert.ok(excess() <= MORE, `five tabs take ${excess().toFixed(0)} ms longer than one`);
  for (const tab of five) assert.equal((await tab.state()).status, "active");
});

test("whether the lock or the token reaches the others first makes no difference: 1 refresh each", async ({
  stage,
}) => {
  const { server } = stage;
  const tabs = await stage.signedIn(5);
  const { grown } = await server.during(async () => {
    for (let time = 0; time < TIMES; time++) {
      await server.revokeAccess();
      const { answers } = await stage.callTogether(tabs, 1);
      for (const answer of answers)
        assert.deepEqual(answer, { by: "alice", status: 200, sub: "alice" });
    }
  });
  assert.equal(grown.refreshes, TIMES);
});

test("30 tabs whose token has lapsed, and which need one at the same time, cost 1 refresh", async ({
  stage,
}) => {
  const { server } = stage;
  await server.issueTokensFor(2);
  const tabs = await stage.signedIn(30, "alice", { refreshAhead: false });
  const { session } = await tabs[0].state();
  await Promise.all(tabs.map((tab) => tab.lapses()));
  await server.reset();
  const { answers } = await stage.callTogether(tabs, 1);
  assert.equal(answers.length, 30);
  for (const answer of answers)
    assert.deepEqual(answer, { by: "alice", status: 200, sub: "alice" });
  await costOneRefresh(server, tabs, session);
});

test("30 tabs that were frozen over the expiry, and wake up together, cost 1 refresh", async ({
  stage,
}) => {
  const { server } = stage;
  const tabs = await stage.signedIn(30);
  const { session } = await tabs[0].state();
  await stage.hideAll();
  // Long enough that all are frozen before the first would renew it.
  await server.issueTokensFor(10);
  await tabs[0].run(() => session.refresh());
  const { claims } = await tabs[0].state();
  await Promise.all(tabs.map((tab) => tab.becomes({ jti: claims.jti })));
  await server.reset();
  await Promise.all(tabs.map((tab) => tab.freeze()));
  await Promise.all(tabs.map((tab) => tab.lapses()));
  assert.equal((await server.counters()).refreshes, 0, "a frozen tab has refreshed");
  await Promise.all(tabs.map((tab) => tab.thaw()));
  // Hidden as they are, they renew nothing before somebody uses them.
  await stage.callTogether(tabs, 1);
  await costOneRefresh(server, tabs, session);
});

async function costOneRefresh(server, tabs, session) {
  await Promise.all(tabs.map((tab) => tab.becomes({ status: "active", session, isGood: true })));
  const { refreshes, reuse_detected } = await server.counters();
  assert.deepEqual({ refreshes, reuse_detected }, { refreshes: 1, reuse_detected: 0 });
}
