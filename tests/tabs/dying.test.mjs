// A tab dies in the middle of a refresh: the cookie is rotated, the answer is on its way, and nobody is there for it.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

import { rule } from "./stage.mjs";

/** How long the answer takes after the rotation, in milliseconds: long enough for whatever happens meanwhile. */
const ANSWER = 1500;
/** And until the browser has stored its cookie. */
const STORED = 300;

/** For so long an orphan's answer may come, and nothing is rotated again. */
const QUICK = { timeout: 3 };

const DEATHS = {
  "crashes": (tab) => tab.crash(),
  "is closed": (tab) => tab.close(),
};

for (const [dies, die] of Object.entries(DEATHS)) {
  rule(`a tab ${dies} in the middle of its refresh: another that waits for a token goes on`, async (stage) => {
    const { server } = stage;
    const [holder, other] = await stage.signedIn(2, "alice", QUICK);
    const { session } = await other.state();
    await server.revokeAccess();
    const answered = await beginRefresh(stage, holder);
    // It gets a 401 and waits behind the other one.
    const call = other.call();
    await server.until(({ api_401 }) => api_401 === 1);
    await die(holder);
    assert.deepEqual(await call, { by: "alice", status: 200, sub: "alice" });
    await answered();
    await goesOn(stage, other, session);
  });

  rule(`a tab ${dies} in the middle of its refresh: one that is opened next goes on`, async (stage) => {
    const [holder] = await stage.signedIn(1, "alice", QUICK);
    const { session } = await holder.state();
    const answered = await beginRefresh(stage, holder);
    await die(holder);
    const next = await stage.open(QUICK);
    await next.becomes({ status: "active", session });
    await answered();
    await goesOn(stage, next, session);
  });
}

rule(
  "a tab dies in the middle of its refresh: another refreshes twice before the answer has come, and goes on",
  async (stage) => {
    const [holder, other] = await stage.signedIn(2, "alice", QUICK);
    const { session } = await other.state();
    const answered = await beginRefresh(stage, holder);
    await holder.close();
    await other.run(() => session.refresh());
    await other.run(() => session.refresh());
    await answered();
    await goesOn(stage, other, session);
  },
);

for (const [goes, go] of Object.entries({ ...DEATHS, "is left for another page": (tab) => tab.leave() })) {
  rule(`a tab ${goes} in the middle of its refresh: a session of another name on the same cookie goes on`, async (stage) => {
    const gone = await stage.open({ name: "a", ...QUICK });
    await gone.signIn("alice");
    const other = await stage.open({ name: "b", ...QUICK });
    const { session } = await other.becomes({ status: "active", sub: "alice" });
    const answered = await beginRefresh(stage, gone);
    await go(gone);
    await other.run(() => session.refresh());
    await answered();
    await goesOn(stage, other, session);
  });
}

/** Begins a refresh, and waits until the cookie is rotated. What it returns waits until the answer has come as well. */
async function beginRefresh({ server }, tab) {
  await server.reset();
  await server.faults({ refresh: { delay_after_ms: ANSWER, times: 1 } });
  await tab.beginRefresh();
  await server.until(({ rotated }) => rotated === 1);
  const stored = Date.now() + ANSWER + STORED;
  return () => pause(Math.max(0, stored - Date.now()));
}

/** The session is what it was, and the cookie is good. */
async function goesOn({ server }, tab, session) {
  await tab.run(() => session.refresh());
  await tab.becomes({ status: "active", session });
  assert.deepEqual(await tab.call(), { by: "alice", status: 200, sub: "alice" });
  const { reuse_detected, refused } = await server.counters();
  assert.deepEqual({ reuse_detected, refused }, { reuse_detected: 0, refused: 0 });
}
