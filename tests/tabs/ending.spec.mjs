// A session that ends in one tab is over in all.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("a sign-out in one tab ends all: elsewhere, but in the one", async ({ stage }) => {
  const { server } = stage;
  const tabs = await stage.signedIn(5);
  const [one, ...others] = tabs;
  await one.signOut();
  assert.deepEqual(await one.state(), { status: "ended", reason: "signed-out", elsewhere: false });
  const ended = { status: "ended", reason: "signed-out", elsewhere: true };
  for (const tab of others) assert.deepEqual(await tab.becomes({ status: "ended" }), ended);
  const sent = stage.wire.tokens.size;
  const { answers } = await stage.callTogether(tabs, 2);
  for (const answer of answers) assert.deepEqual(answer, { by: null, status: 401, sub: null });
  assert.equal(stage.wire.tokens.size, sent);
  assert.equal((await server.counters()).logouts, 1);
  assert.equal(await stage.cookie(), undefined);
});

test("requests that wait in other tabs when one signs out get no token", async ({ stage }) => {
  const { server } = stage;
  const [one, ...others] = await stage.signedIn(4);
  await server.faults({ refresh: { hold: "before" } });
  await server.revokeAccess();
  const calls = stage.callTogether(others, 3);
  await server.until(({ api_401 }) => api_401 === 9);
  const signedOut = one.signOut();
  const { answers } = await calls;
  await server.faults({});
  await signedOut;
  for (const answer of answers) assert.deepEqual(answer, { by: "alice", status: 401, sub: null });
  for (const tab of others)
    await tab.becomes({ status: "ended", reason: "signed-out", elsewhere: true });
  assert.equal((await server.counters()).reuse_detected, 0);
  await stage.hasNoCookie();
});

test("a session that the server has ended is over in all tabs, with one refresh and one that confirms it", async ({
  stage,
}) => {
  const { server } = stage;
  const tabs = await stage.signedIn(5);
  await server.revokeAll();
  const { grown, result } = await server.during(() => stage.callTogether(tabs, 1));
  for (const answer of result.answers)
    assert.deepEqual(answer, { by: "alice", status: 401, sub: null });
  const states = await Promise.all(
    tabs.map((tab) => tab.becomes({ status: "ended", reason: "rejected" })),
  );
  assert.equal(states.filter(({ elsewhere }) => !elsewhere).length, 1);
  assert.equal(grown.refreshes, 2);
});
