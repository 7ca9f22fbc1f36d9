// Somebody else signs in while a refresh of the user before is on the wire, the cookie of which would lie over theirs.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

/** How long the answer takes after the rotation, in milliseconds. */
const ANSWER = 1_000;
const QUICK = { timeout: 3 };

/** How bob signs in; each comes back when the session has him. */
const WAYS = {
  "in the tab that refreshes": async ([refreshing]) => {
    await refreshing.signIn("bob");
    return refreshing;
  },
  "in another tab": async ([, other]) => {
    await other.signIn("bob");
    return other;
  },
  "in another tab, after the one that refreshes was closed": async ([refreshing, other]) => {
    await refreshing.close();
    await other.signIn("bob");
    return other;
  },
  "after a reload of the tab that refreshes": async ([refreshing]) => {
    await refreshing.reload();
    await refreshing.signIn("bob");
    return refreshing;
  },
};

for (const [where, signIn] of Object.entries(WAYS)) {
  test(`bob signs in ${where}, alice's refresh being on the wire: token and cookie are his`, {
    tag: ["@scenario-50", "@scenario-76"],
  }, async ({ stage }) => {
    const { server } = stage;
    const tabs = await stage.signedIn(2, "alice", QUICK);
    const { session } = await tabs[0].state();
    const answered = await stage.rotate(tabs[0], ANSWER);
    const tab = await signIn(tabs);
    const state = await tab.becomes({ status: "active", sub: "bob" });
    assert.notEqual(state.session, session);
    await answered();
    await isOf(
      "bob",
      stage,
      tabs.filter(({ page }) => !page.isClosed()),
    );
    assert.equal((await server.counters()).logins, 1);
  });
}

test("alice's requests that wait for her refresh when bob signs in never go out as his", async ({
  stage,
}) => {
  const { server } = stage;
  const tabs = await stage.signedIn(3);
  const [refreshing, other] = tabs;
  await server.revokeAccess();
  const reply = await stage.holdReply(refreshing);
  const calls = stage.callTogether(tabs, 3);
  await server.until(({ api_401 }) => api_401 === 9);
  await Promise.all(tabs.map((tab) => tab.run(() => keepCalling())));
  const signedIn = other.signIn("bob");
  await reply();
  await signedIn;
  for (const tab of tabs) await tab.becomes({ status: "active", sub: "bob" });
  const kept = await Promise.all(tabs.map((tab) => tab.run(() => stopCalling())));
  const answers = [...(await calls).answers, ...kept.flat()];
  assert.deepEqual(
    answers.filter(({ by, sub }) => by && sub && by !== sub),
    [],
  );
  assert.ok(answers.filter(({ by }) => by === "alice").length >= 9);
  await isOf("bob", stage, tabs);
});

test("bob's login is handed over answered, alice's refresh being on the wire: her late cookie shows nobody else", async ({
  stage,
}) => {
  const [tab] = await stage.signedIn(1, "alice", QUICK);
  const reply = await stage.holdReply(tab);
  // His cookie is there, and then comes hers.
  await tab.run(async () => session.signIn(await login("bob")));
  await tab.becomes({ status: "active", sub: "bob" });
  await reply();
  await tab.run(() => session.refresh().catch(() => {}));
  await tab.becomes({ status: "ended", reason: "replaced" });
  await tab.reload();
  await tab.becomes({ status: "ended" });
  await tab.run(async () => session.signIn(() => login("bob")));
  await isOf("bob", stage, [tab]);
});

/** Token and cookie are this user's, in every tab, and whoever comes next finds the same. */
async function isOf(user, stage, tabs) {
  for (const tab of tabs) {
    const sent = tab.sent("/api/me").length;
    await tab.becomes({ status: "active", sub: user });
    assert.deepEqual(await tab.call(), { by: user, status: 200, sub: user });
    await tab.run(() => session.refresh());
    await tab.becomes({ status: "active", sub: user });
    assert.deepEqual(await tab.call(), { by: user, status: 200, sub: user });
    assert.deepEqual(stage.usersOf(tab.sent("/api/me").slice(sent)), [user, user]);
  }
  await tabs[0].reload();
  await tabs[0].becomes({ status: "active", sub: user });
  const { refused, reuse_detected } = await stage.server.counters();
  assert.deepEqual({ refused, reuse_detected }, { refused: 0, reuse_detected: 0 });
}
