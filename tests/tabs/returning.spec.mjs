// A page that was left comes back from the back/forward cache, as it was. What has happened since it has not heard.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";
import { STOPPED_TIMERS } from "./timers.mjs";

test("back from the cache after another tab has refreshed, a tab adopts its token: no refresh", {
  tag: ["@scenario-46"],
}, async ({ stage }) => {
  const { server } = stage;
  // Nobody waits for a tenth of a second only.
  const [left, other] = await stage.signedIn(2, "alice", {}, STOPPED_TIMERS);
  const { session } = await left.state();
  await left.leave();
  await server.revokeAccess();
  await other.run(() => session.refresh());
  const before = left.refreshes;
  await left.comeBack();
  assert.deepEqual(await left.call(), { by: "alice", status: 200, sub: "alice" });
  assert.equal(left.refreshes, before);
  await left.becomes({ status: "active", session });
  await left.knows(1);
});

test("back from the cache after another tab has signed out, a tab is over before it sends anything", async ({
  stage,
}) => {
  const [left, other] = await stage.signedIn(2);
  await left.leave();
  await other.signOut();
  const sent = left.sent("/api/me").length;
  await left.comeBack();
  assert.deepEqual(await left.state(), {
    status: "ended",
    reason: "signed-out",
    elsewhere: true,
  });
  assert.deepEqual(await left.call(), { by: null, status: 401, sub: null });
  assert.deepEqual(stage.usersOf(left.sent("/api/me").slice(sent)), []);
});

test("back from the cache after somebody else has signed in, a tab sends nothing as its former user", async ({
  stage,
}) => {
  const [left, other] = await stage.signedIn(2);
  await left.leave();
  await other.signIn("bob");
  const sent = left.sent("/api/me").length;
  await left.comeBack();
  const { by, sub } = await left.call();
  assert.notEqual(by, "alice");
  assert.equal(sub, "bob");
  assert.deepEqual(stage.usersOf(left.sent("/api/me").slice(sent)), ["bob"]);
  await left.becomes({ status: "active", sub: "bob", elsewhere: true });
});

test("an app that calls as soon as it is back sends no token after a sign-out", async ({
  stage,
}) => {
  const [left, other] = await stage.signedIn(2, "alice", { eager: true });
  await left.leave();
  await other.signOut();
  const sent = left.sent("/api/me").length;
  await left.comeBack();
  assert.notEqual((await left.wakingCalls()).length, 0);
  assert.deepEqual(stage.usersOf(left.sent("/api/me").slice(sent)), []);
});

test("an app that calls as soon as it is back sends nothing as its former user", async ({
  stage,
}) => {
  const [left, other] = await stage.signedIn(2, "alice", { eager: true });
  await left.leave();
  await other.signIn("bob");
  const sent = left.sent("/api/me").length;
  await left.comeBack();
  for (const { by, sub } of await left.wakingCalls())
    assert.ok(!sub || by !== "alice", `${by}'s call, ${sub}'s token`);
  assert.deepEqual(
    stage.usersOf(left.sent("/api/me").slice(sent)).filter((user) => user === "alice"),
    [],
  );
});

test("a lone page that comes back from the cache goes on with its token, without a refresh", async ({
  stage,
}) => {
  const [left] = await stage.signedIn(1);
  const before = left.refreshes;
  await left.leave();
  await left.comeBack();
  assert.deepEqual(await left.call(), { by: "alice", status: 200, sub: "alice" });
  assert.equal(left.refreshes, before);
});

for (const [when, isLate] of Object.entries({ before: false, after: true })) {
  test(`without locks, a page that comes back from the cache ${when} the reply to its refresh goes on`, async ({
    stage,
  }) => {
    const [left] = await stage.signedIn(1, "alice", { timeout: 3 }, () => {
      delete Navigator.prototype.locks;
    });
    const { session } = await left.state();
    const reply = await stage.holdReply(left);
    await left.leave();
    if (isLate) await reply();
    await left.comeBack();
    const call = left.call();
    if (!isLate) await reply();
    assert.deepEqual(await call, { by: "alice", status: 200, sub: "alice" });
    await stage.goesOn(left, session);
  });
}
