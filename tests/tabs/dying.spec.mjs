// A tab dies in the middle of a refresh: the cookie is rotated, the answer is on its way, and nobody is there for it.

import assert from "node:assert/strict";

import { CHROMIUM_ONLY, test, WITHOUT_ATTEMPT_IDS } from "./fixtures.mjs";
import { DRIVEN_TIME, STOPPED } from "./timers.mjs";

/** How long the answer takes after the rotation, in milliseconds: long enough for whatever happens meanwhile. */
const ANSWER = 1500;

/** For so long an orphan's answer may come, and nothing is rotated again. */
const QUICK = { timeout: 3 };

/** For `open`: however long it takes to open one, no tab has waited for the cookie for too long. */
const BEFORE = [WITHOUT_ATTEMPT_IDS, DRIVEN_TIME, STOPPED];

const DEATHS = {
  crashes: (tab) => tab.crash(),
  "is closed": (tab) => tab.close(),
};

for (const [dies, die] of Object.entries(DEATHS)) {
  const needs = die === DEATHS.crashes ? CHROMIUM_ONLY : [];
  test(`a tab ${dies} in the middle of its refresh: another that waits for a token goes on`, {
    tag: ["@scenario-47", ...needs],
  }, async ({ stage }) => {
    const { server } = stage;
    const [holder, other] = await stage.signedIn(2, "alice", {}, BEFORE);
    const { session } = await other.state();
    await server.revokeAccess();
    const reply = await stage.holdReply(holder);
    // It gets a 401 and waits behind the other one.
    const call = other.call();
    await server.until(({ api_401 }) => api_401 === 1);
    await holder.isSlow();
    await die(holder);
    await stage.letOrphanCome(other, reply);
    assert.deepEqual(await call, { by: "alice", status: 200, sub: "alice" });
    await stage.goesOn(other, session);
  });

  test(`a tab ${dies} in the middle of its refresh: one that is opened next goes on`, {
    tag: ["@scenario-61", ...needs],
  }, async ({ stage }) => {
    const [holder] = await stage.signedIn(1, "alice", {}, BEFORE);
    const { session } = await holder.state();
    const reply = await stage.holdReply(holder);
    await holder.isSlow();
    await die(holder);
    const next = await stage.begin({}, BEFORE);
    await stage.letOrphanCome(next, reply);
    await next.becomes({ status: "active", session });
    await stage.goesOn(next, session);
  });
}

test("a tab dies in the middle of its refresh: another refreshes twice before the answer has come, and goes on", async ({
  stage,
}) => {
  const [holder, other] = await stage.signedIn(2, "alice", QUICK);
  const { session } = await other.state();
  const answered = await stage.rotate(holder, ANSWER);
  await holder.close();
  await other.run(() => session.refresh());
  await other.run(() => session.refresh());
  await answered();
  await stage.goesOn(other, session);
});

for (const [goes, go] of Object.entries({
  ...DEATHS,
  "is left for another page": (tab) => tab.leave(),
})) {
  const needs = go === DEATHS.crashes ? CHROMIUM_ONLY : [];
  test(`a tab ${goes} in the middle of its refresh: a session of another name on the same cookie goes on`, {
    tag: needs,
  }, async ({ stage }) => {
    const gone = await stage.open({ name: "a", ...QUICK });
    await gone.signIn("alice");
    const other = await stage.open({ name: "b", ...QUICK });
    const { session } = await other.becomes({ status: "active", sub: "alice" });
    const answered = await stage.rotate(gone, ANSWER);
    await go(gone);
    await other.run(() => session.refresh());
    await answered();
    await stage.goesOn(other, session);
  });
}
