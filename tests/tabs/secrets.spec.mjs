// What any script of the origin can hear and read.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";
import { LOOK } from "./tab.mjs";

test("the channel carries access tokens and nothing of the refresh token; storage no token at all", async ({
  stage,
}) => {
  const ear = await stage.openEar();
  const { cookies } = stage;
  const tabs = await stage.signedIn(3);
  // Each token is sent, and so is known here.
  const callAll = async () => {
    await stage.cookie();
    await stage.callTogether(tabs, 1);
  };
  for (const tab of tabs) {
    await callAll();
    await tab.run(() => session.refresh());
  }
  await callAll();
  await tabs[0].signIn("bob");
  await callAll();
  await tabs[1].signOut();
  await ear.waitForFunction(() => heard.at(-1).kind === "over", undefined, { polling: LOOK });

  const { messages, stored } = await ear.evaluate(() => ({
    messages: heard,
    stored: everythingStored(),
  }));
  const text = JSON.stringify(messages);
  const tokens = [...stage.wire.tokens];
  assert.ok(
    cookies.size >= 5 && tokens.length >= 5,
    "so few tokens that the search would prove little",
  );
  const overheard = tokens.filter((token) => text.includes(token));
  assert.ok(overheard.length >= 4, "no access token is heard: nor would another be");
  for (const kind of ["hello", "token", "over"])
    assert.ok(
      messages.some((message) => message.kind === kind),
      kind,
    );
  assert.deepEqual(
    [...cookies].filter((cookie) => text.includes(cookie)),
    [],
  );
  // Claims and signature of a JWT each for itself too; its header is the same for all.
  const parts = tokens.flatMap((token) => token.split(".").slice(1));
  assert.ok(stored.length > 0);
  assert.deepEqual(
    [...cookies, ...parts].filter((secret) => JSON.stringify(stored).includes(secret)),
    [],
  );
});

test("without shareToken no token is heard; each tab refreshes for itself, one after the other", async ({
  stage,
}) => {
  const { server } = stage;
  const ear = await stage.openEar();
  const tabs = await stage.signedIn(5, "alice", { shareToken: false });
  const { session } = await tabs[0].state();
  await server.reset();
  await server.faults({ refresh: { delay_before_ms: 50 } });
  await server.revokeAccess();
  const { answers } = await stage.callTogether(tabs, 2);
  assert.equal(answers.length, 10);
  for (const answer of answers)
    assert.deepEqual(answer, { by: "alice", status: 200, sub: "alice" });
  const { refreshes, reuse_detected, max_concurrent_refreshes } = await server.counters();
  assert.deepEqual(
    { refreshes, reuse_detected, max_concurrent_refreshes },
    { refreshes: 5, reuse_detected: 0, max_concurrent_refreshes: 1 },
  );
  for (const tab of tabs) await tab.becomes({ status: "active", session });

  // What is no token still passes.
  await tabs[1].signIn("bob");
  for (const tab of tabs) await tab.becomes({ status: "active", sub: "bob" });
  await tabs[2].signOut();
  for (const tab of tabs)
    await tab.becomes({ status: "ended", reason: "signed-out", elsewhere: tab !== tabs[2] });
  await tabs[3].signIn("alice");
  for (const tab of tabs)
    await tab.becomes({ status: "active", sub: "alice", elsewhere: tab !== tabs[3] });
  await stage.callTogether(tabs, 1);
  assert.equal((await server.counters()).max_concurrent_refreshes, 1);

  const messages = await ear.evaluate(() => heard);
  const kinds = new Set(messages.map(({ kind }) => kind));
  assert.ok(kinds.has("began") && kinds.has("over") && kinds.has("hello"), [...kinds].join());
  assert.ok(!kinds.has("token"));
  const tokens = [...stage.wire.tokens];
  assert.ok(tokens.length >= 5);
  assert.deepEqual(
    tokens.filter((token) => JSON.stringify(messages).includes(token)),
    [],
  );
});
