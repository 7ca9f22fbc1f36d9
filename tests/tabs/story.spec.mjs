// The main story, in every browser: a person signs in, stays so, has a second tab, and signs out.

import assert from "node:assert/strict";

import { test, WITHOUT_ATTEMPT_IDS } from "./fixtures.mjs";
import { DRIVEN_TIME, STOPPED, STOPPED_TIMERS } from "./timers.mjs";

/** Also in WebKit, where nobody sees what the tabs send, and nobody can freeze one. */
const EVERYWHERE = ["@webkit"];
/** Firefox never says that a page is gone in which something ran. */
const DRIVERS = ["@webkit", "@chromium"];
test("signed in once, a user stays so over the expiry: 50 calls cost one refresh", {
  tag: EVERYWHERE,
}, async ({ stage, server }) => {
  await server.issueTokensFor(2);
  const [tab] = await stage.signedIn(1, "alice", { refreshAhead: false });
  const { session } = await tab.state();
  await tab.lapses();
  // What comes now outlives the calls on whatever machine.
  await server.issueTokensFor(900);
  const { grown, result } = await server.during(() => tab.run(() => calls(50)));
  for (const answer of result.answers)
    assert.deepEqual(answer, { by: "alice", status: 200, sub: "alice" });
  assert.deepEqual(
    { refreshes: grown.refreshes, api_401: grown.api_401 },
    { refreshes: 1, api_401: 0 },
  );
  await tab.becomes({ status: "active", session });
});

test("a token that is refused is replaced, and the request sent again", {
  tag: EVERYWHERE,
}, async ({ stage, server }) => {
  const [tab] = await stage.signedIn(1);
  await server.revokeAccess();
  const { grown, result } = await server.during(() => tab.run(() => calls(5)));
  for (const answer of result.answers)
    assert.deepEqual(answer, { by: "alice", status: 200, sub: "alice" });
  assert.deepEqual(
    { refreshes: grown.refreshes, api_401: grown.api_401 },
    { refreshes: 1, api_401: 5 },
  );
});

test("a reload restores the session with one refresh", { tag: EVERYWHERE }, async ({
  stage,
  server,
}) => {
  const [tab] = await stage.signedIn(1);
  const { session } = await tab.state();
  const { grown } = await server.during(async () => {
    await tab.reload();
    await tab.becomes({ status: "active", session });
  });
  assert.equal(grown.refreshes, 1);
  assert.deepEqual(await tab.call(), { by: "alice", status: 200, sub: "alice" });
});

test("a sign-out is one after a reload, and the cookie is gone", { tag: EVERYWHERE }, async ({
  stage,
}) => {
  const [tab] = await stage.signedIn(1);
  assert.ok(await stage.cookie());
  await tab.signOut();
  assert.equal(await stage.cookie(), undefined);
  await tab.reload();
  await tab.becomes({ status: "ended" });
  assert.deepEqual(await tab.call(), { by: null, status: 401, sub: null });
});

test("a page is reloaded in the middle of its refresh: it sends the same id, and goes on", {
  tag: EVERYWHERE,
}, async ({ stage, server }) => {
  const [tab] = await stage.signedIn(1);
  const { session } = await tab.state();
  await tab.run(() => session.refresh());
  const reply = await stage.holdReply(tab);
  await tab.reload();
  await tab.becomes({ status: "active", session });
  const { rotated, replayed } = await server.counters();
  assert.deepEqual({ rotated, replayed }, { rotated: 1, replayed: 1 });
  await reply();
  await stage.goesOn(tab, session);
});

test("reloaded in the middle of its refresh, without attempt ids: the orphan's cookie is enough", {
  tag: EVERYWHERE,
}, async ({ stage, server }) => {
  const [tab] = await stage.signedIn(1, "alice", {}, [WITHOUT_ATTEMPT_IDS, DRIVEN_TIME, STOPPED]);
  const { session } = await tab.state();
  const reply = await stage.holdReply(tab);
  await tab.isSlow();
  await tab.reload();
  await stage.letOrphanCome(tab, reply);
  await tab.becomes({ status: "active", session });
  const { rotated, replayed } = await server.counters();
  assert.deepEqual({ rotated, replayed }, { rotated: 2, replayed: 0 });
  await stage.goesOn(tab, session);
});

test("a second tab is handed the token, whether or not the server answers", {
  tag: EVERYWHERE,
}, async ({ stage, server }) => {
  const [tab] = await stage.signedIn(1);
  const { session, claims } = await tab.state();
  // A tab that is blocked while it is handed the token also refreshes: nothing of that tells.
  await server.faults({ refresh: { hold: "before" } });
  const { grown, result } = await server.during(() => stage.open());
  await result.becomes({ status: "active", session, jti: claims.jti });
  assert.deepEqual(await result.call(), { by: "alice", status: 200, sub: "alice" });
  await server.faults({});
  stage.say(`refreshes: ${grown.refreshes}`);
  assert.ok(grown.refreshes <= 1);
});

test("two tabs share one refresh", { tag: EVERYWHERE }, async ({ stage, server }) => {
  const tabs = await stage.signedIn(2);
  await server.faults({ refresh: { hold: "before" } });
  await server.revokeAccess();
  const { api_401: before } = await server.counters();
  const { grown, result } = await server.during(async () => {
    const called = tabs.map((tab) => tab.run(() => calls(5)));
    // All of them wait for it.
    await server.until(({ api_401 }) => api_401 - before === 10);
    await server.faults({});
    return Promise.all(called);
  });
  for (const answer of result.flatMap(({ answers }) => answers))
    assert.deepEqual(answer, { by: "alice", status: 200, sub: "alice" });
  assert.deepEqual(
    { refreshes: grown.refreshes, refused: grown.refused },
    { refreshes: 1, refused: 0 },
  );
});

test("a sign-out in one tab, then a sign-in, reach the other", { tag: EVERYWHERE }, async ({
  stage,
  server,
}) => {
  const [one, two] = await stage.signedIn(2);
  await one.signOut();
  await two.becomes({ status: "ended", reason: "signed-out", elsewhere: true });
  const { grown } = await server.during(async () => {
    await two.signIn("bob");
    await one.becomes({ status: "active", sub: "bob", elsewhere: true });
  });
  assert.equal(grown.refreshes, 0);
  for (const tab of [one, two])
    assert.deepEqual(await tab.call(), { by: "bob", status: 200, sub: "bob" });
});

test("a sign-out in the middle of another tab's refresh: nobody is signed in", {
  tag: EVERYWHERE,
}, async ({ stage }) => {
  const [refreshing, other] = await stage.signedIn(2);
  const reply = await stage.holdReply(refreshing);
  const signedOut = other.signOut();
  await refreshing.becomes({ status: "ended", reason: "signed-out", elsewhere: true });
  await reply();
  await signedOut;
  assert.equal(await stage.cookie(), undefined);
});

test("back from the back/forward cache, a tab adopts the token of another: no refresh", {
  tag: EVERYWHERE,
}, async ({ stage, server }) => {
  // Nobody waits for a tenth of a second only.
  const [left, other] = await stage.signedIn(2, "alice", {}, STOPPED_TIMERS);
  await left.leave();
  await server.revokeAccess();
  await other.run(() => session.refresh());
  const { grown } = await server.during(async () => {
    await left.goBack();
    assert.deepEqual(await left.call(), { by: "alice", status: 200, sub: "alice" });
  });
  stage.say(`from the cache: ${await left.run(() => globalThis.isSamePage === true)}`);
  assert.equal(grown.refreshes, 0);
});

test("the driver: what runs long blocks nobody, and is rejected when its page is gone", {
  tag: DRIVERS,
}, async ({ stage }) => {
  const [one, two] = [await stage.open(), await stage.open()];
  const long = one.run(
    () =>
      new Promise((resolve) => {
        globalThis.end = resolve;
      }),
  );
  assert.equal(await two.run(() => 1), 1);
  assert.equal(await one.run(() => 2), 2);
  await one.run(() => end("ended"));
  assert.equal(await long, "ended");
  for (const go of [() => one.reload(), () => one.leave(), () => one.close()]) {
    const lost = assert.rejects(one.run(() => new Promise(() => {})));
    await go();
    await lost;
  }
  await assert.rejects(
    two.run(() => Promise.reject(new Error("mine"))),
    /mine/,
  );
  assert.equal(await two.run(() => undefined), undefined);
});
