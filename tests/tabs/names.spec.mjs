// Sessions of several names in one browser share the cookie, and so the turns at it; nothing else.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("sessions of different names neither list, nor tell, nor hear each other", async ({
  stage,
}) => {
  const [a, alsoA] = await stage.openMany(2, { name: "a" });
  const b = await stage.open({ name: "b" });
  const unset = await stage.open();
  await a.signIn("alice");
  await alsoA.becomes({ status: "active", sub: "alice", elsewhere: true });
  await a.knows(1);
  // Whatever was said to the others has been heard by now: they answer later than the one that was told.
  for (const tab of [b, unset]) {
    assert.deepEqual(await tab.state(), { status: "ended", reason: "none", elsewhere: false });
    assert.deepEqual((await tab.inspect()).tabs, []);
  }
  await b.run(() => session.signIn());
  const { session: ofB } = await b.becomes({ status: "active", sub: "alice", elsewhere: false });
  assert.notEqual(ofB, (await a.state()).session);
  await a.signOut();
  await alsoA.becomes({ status: "ended", reason: "signed-out" });
  assert.equal((await b.state()).status, "active");
});

test("sessions of different names take turns at the cookie", { tag: ["@scenario-80"] }, async ({
  stage,
}) => {
  const { server } = stage;
  const first = await stage.open({ name: "a" });
  await first.signIn("alice");
  const others = await Promise.all(["b", "c", "d"].map((name) => stage.open({ name })));
  const tabs = [first, ...others];
  await server.reset();
  await server.faults({ refresh: { delay_before_ms: 100 } });
  await server.revokeAccess();
  const { answers } = await stage.callTogether(tabs, 2);
  for (const answer of answers)
    assert.deepEqual(answer, { by: "alice", status: 200, sub: "alice" });
  const { rotated, reuse_detected, max_concurrent_refreshes } = await server.counters();
  assert.deepEqual(
    { rotated, reuse_detected, max_concurrent_refreshes },
    { rotated: 4, reuse_detected: 0, max_concurrent_refreshes: 1 },
  );
});

test("one page holds sessions of several names, and each has its own tabs", async ({ stage }) => {
  const [one, two] = await stage.openMany(2);
  await one.run(() => void (globalThis.other = start({ name: "other", restore: false })));
  await two.run(() => void (globalThis.other = start({ name: "other", restore: false })));
  await one.run(() => signIn("bob", other));
  await two.run(
    (patience) => becomes({ status: "active", sub: "bob", elsewhere: true }, patience, other),
    60_000,
  );
  await two.knows(1);
  assert.deepEqual(await two.run(() => other.inspect().tabs), [
    await one.run(() => other.inspect().tab),
  ]);
  for (const tab of [one, two]) assert.equal((await tab.state()).status, "ended");
});
