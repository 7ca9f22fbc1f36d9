// A browser that lacks something: less is done together, and nothing breaks.

import assert from "node:assert/strict";

import { INSECURE_HOST } from "../drivers/people.mjs";
import { CHROMIUM_ONLY, test } from "./fixtures.mjs";

const LACKS = {
  "Web Locks": () => delete Navigator.prototype.locks,
  BroadcastChannel: () => delete globalThis.BroadcastChannel,
  both: () => {
    delete Navigator.prototype.locks;
    delete globalThis.BroadcastChannel;
  },
  localStorage: () => {
    Object.defineProperty(globalThis, "localStorage", {
      get() {
        throw new DOMException("Access is denied for this document.", "SecurityError");
      },
    });
  },
};

for (const [what, lack] of Object.entries(LACKS)) {
  const lock = /Locks|both/.test(what) ? "page" : "browser";
  const channel = !/Channel|both/.test(what);
  const storage = what !== "localStorage";

  test(`without ${what}: a tab works, says what it lacks, and is restored`, async ({ stage }) => {
    const { server } = stage;
    const tab = await stage.open({}, lack);
    await tab.signIn("alice");
    const seen = await tab.inspect();
    assert.deepEqual(
      { lock: seen.lock, channel: seen.channel, storage: seen.storage },
      { lock, channel, storage },
    );
    await server.revokeAccess();
    const { grown, result } = await server.during(() => tab.run(() => calls(5)));
    for (const answer of result.answers)
      assert.deepEqual(answer, { by: "alice", status: 200, sub: "alice" });
    assert.equal(grown.refreshes, 1);
    await tab.reload();
    await tab.becomes({ status: "active", sub: "alice" });
    await tab.signOut();
    assert.deepEqual(await tab.state(), {
      status: "ended",
      reason: "signed-out",
      elsewhere: false,
    });
  });

  test(`without ${what}: the sessions of one page refresh one after the other`, async ({
    stage,
  }) => {
    const { server } = stage;
    const tab = await stage.open({}, lack);
    await tab.signIn("alice");
    await server.faults({ refresh: { delay_before_ms: 100 } });
    await tab.run(async () => {
      const others = ["b", "c", "d"].map((name) => start({ name }));
      await Promise.all(others.map(({ ready }) => ready));
      await Promise.all([session, ...others].map((each) => each.refresh()));
      const statuses = [session, ...others].map(({ state }) => state.status);
      if (statuses.some((status) => status !== "active")) throw new Error(statuses.join());
    });
    const { max_concurrent_refreshes, reuse_detected, rotated } = await server.counters();
    assert.equal(rotated, 7);
    assert.deepEqual(
      { max_concurrent_refreshes, reuse_detected },
      { max_concurrent_refreshes: 1, reuse_detected: 0 },
    );
  });
}

test("without BroadcastChannel: tabs refresh one after the other, and a sign-out reaches all", async ({
  stage,
}) => {
  const { server } = stage;
  const tabs = await stage.signedIn(3, "alice", {}, LACKS.BroadcastChannel);
  await server.reset();
  await server.faults({ refresh: { delay_before_ms: 100 } });
  await server.revokeAccess();
  const answers = await Promise.all(tabs.map((tab) => tab.call()));
  for (const answer of answers)
    assert.deepEqual(answer, { by: "alice", status: 200, sub: "alice" });
  const { rotated, reuse_detected, max_concurrent_refreshes } = await server.counters();
  assert.deepEqual(
    { rotated, reuse_detected, max_concurrent_refreshes },
    { rotated: 3, reuse_detected: 0, max_concurrent_refreshes: 1 },
  );
  await tabs[0].signIn("bob");
  for (const tab of tabs)
    await tab.becomes({ status: "active", sub: "bob", elsewhere: tab !== tabs[0] });
  await tabs[1].signOut();
  for (const tab of tabs)
    await tab.becomes({ status: "ended", reason: "signed-out", elsewhere: tab !== tabs[1] });
});

test("in an insecure context there are no Web Locks: a tab says so, and works", {
  tag: ["@scenario-48", ...CHROMIUM_ONLY],
}, async ({ stage }) => {
  const { server } = stage;
  const [one, two] = [
    await stage.open({}, undefined, INSECURE_HOST),
    await stage.open({}, undefined, INSECURE_HOST),
  ];
  assert.deepEqual(await one.run(() => [isSecureContext, "locks" in navigator]), [false, false]);
  await one.signIn("alice");
  const { lock, channel } = await one.inspect();
  assert.deepEqual({ lock, channel }, { lock: "page", channel: true });
  await two.becomes({ status: "active", sub: "alice", elsewhere: true });
  await server.revokeAccess();
  const { grown, result } = await server.during(() => one.run(() => calls(5)));
  for (const answer of result.answers)
    assert.deepEqual(answer, { by: "alice", status: 200, sub: "alice" });
  assert.equal(grown.refreshes, 1);
  assert.deepEqual(await two.call(), { by: "alice", status: 200, sub: "alice" });
  await two.signOut();
  await one.becomes({ status: "ended", reason: "signed-out", elsewhere: true });
});
