// Somebody signs in in one tab, and is signed in in all. Nobody's request goes with somebody else's token.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("a sign-in in one tab reaches all, also those in which a session is over", async ({
  stage,
}) => {
  const [one, ...others] = await stage.signedIn(4);
  await others[0].signOut();
  for (const tab of [one, ...others]) await tab.becomes({ status: "ended", reason: "signed-out" });
  const unused = await stage.open({ restore: false });
  const { grown } = await stage.server.during(async () => {
    await one.signIn("bob");
    const { session } = await one.becomes({ status: "active", sub: "bob", elsewhere: false });
    const wanted = { status: "active", sub: "bob", session, elsewhere: true };
    for (const tab of [...others, unused]) await tab.becomes(wanted);
  });
  assert.equal(grown.refreshes, 0);
  for (const tab of [one, ...others, unused]) {
    assert.deepEqual(await tab.call(), { by: "bob", status: 200, sub: "bob" });
  }
});

test("requests that wait when somebody else signs in in one tab do not go with that user's token", async ({
  stage,
}) => {
  const { server } = stage;
  const tabs = await stage.signedIn(5);
  const [one, ...others] = tabs;
  const { session } = await one.state();
  // Alice's requests need another token, and have to wait until bob has signed in.
  await server.faults({ login: { hold: "before" } });
  const signedIn = one.signIn("bob");
  await stage.wire.until(() => one.sent("/auth/login").length === 2);
  const { api_401: before } = await server.counters();
  await server.revokeAccess();
  const calls = stage.callTogether(others, 3);
  await server.until(({ api_401 }) => api_401 - before === 3 * others.length);
  await server.faults({});
  const { answers } = await calls;
  await signedIn;
  for (const tab of tabs) {
    const state = await tab.becomes({ status: "active", sub: "bob", elsewhere: tab !== one });
    assert.notEqual(state.session, session);
  }
  for (const answer of answers) {
    assert.equal(answer.by, "alice");
    assert.notEqual(answer.sub, "bob", "alice's request was made with bob's token");
    assert.ok(
      answer.status === 401 || answer.error === "ERR_SESSION_CHANGED",
      JSON.stringify(answer),
    );
  }
  const later = await stage.callTogether(tabs, 2);
  for (const answer of later.answers)
    assert.deepEqual(answer, { by: "bob", status: 200, sub: "bob" });
  assert.equal((await server.counters()).reuse_detected, 0);
});

test("requests that are on the wire then are not sent again with that user's token", async ({
  stage,
}) => {
  const { server } = stage;
  const [one, ...others] = await stage.signedIn(3);
  await server.faults({ api: { hold: "before" } });
  const calls = stage.callTogether(others, 2);
  await stage.wire.until(() => others.every((tab) => tab.sent("/api/me").length === 2));
  await server.revokeAccess();
  await one.signIn("bob");
  for (const tab of others) await tab.becomes({ status: "active", sub: "bob", elsewhere: true });
  await server.faults({});
  const { answers } = await calls;
  for (const answer of answers) assert.deepEqual(answer, { by: "alice", status: 401, sub: null });
  for (const tab of others)
    assert.deepEqual(new Set(stage.usersOf(tab.sent("/api/me"))), new Set(["alice"]));
});

test("while users change, every request is taken for the user who made it, or for nobody", {
  tag: ["@scenario-77"],
}, async ({ stage }) => {
  const tabs = await stage.signedIn(4);
  // All the time, in all tabs but the first.
  const [one, ...others] = tabs;
  await Promise.all(others.map((tab) => tab.run(() => keepCalling())));
  for (const user of ["bob", "alice", "bob"]) {
    await one.signIn(user);
    for (const tab of others) await tab.becomes({ status: "active", sub: user });
  }
  const answers = (await Promise.all(others.map((tab) => tab.run(() => stopCalling())))).flat();
  const taken = answers.filter(({ sub }) => sub);
  // Who calls while it is not known whose session it will be waits for that.
  assert.deepEqual(
    taken.filter(({ by, sub }) => by && by !== sub),
    [],
  );
  assert.ok(new Set(taken.map(({ sub }) => sub)).size === 2, "too few calls: this proves nothing");
  stage.say(`${answers.length} calls, ${taken.length} of them taken`);
});
