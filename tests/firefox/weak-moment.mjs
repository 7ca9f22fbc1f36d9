// The weak moment of a refresh: the cookie is rotated, and the answer is on its way.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

/** Milliseconds from the rotation to the answer: it comes while the next page waits for it, or after that. */
export const ANSWERS = { soon: 300, late: 1500 };
/** And until the browser has stored its cookie. */
const STORED = 300;

/** Options of a session: for so long (in seconds) an orphan's answer may come, and nothing is rotated again. */
export const QUICK = { timeout: 3 };

/** Begins a refresh, and waits until the cookie is rotated. What it returns waits until the answer has come as well. */
export async function beginRefresh({ server }, tab, answer = ANSWERS.late) {
  await server.reset();
  await server.faults({ refresh: { delay_after_ms: answer, times: 1 } });
  await tab.beginRefresh();
  await server.until(({ rotated }) => rotated === 1);
  const stored = Date.now() + answer + STORED;
  return () => pause(Math.max(0, stored - Date.now()));
}

/** The session is what it was, the cookie is good, and nobody had to sign in. */
export async function goesOn({ server }, tab, { session, sub }) {
  await tab.run(() => session.refresh());
  await tab.becomes({ status: "active", session, sub });
  assert.deepEqual(await tab.call(), { by: sub, status: 200, sub });
  const { logins, refused, reuse_detected } = await server.counters();
  assert.deepEqual(
    { logins, refused, reuse_detected },
    { logins: 0, refused: 0, reuse_detected: 0 },
  );
}

/** Which session it is, and whose. */
export async function identity(tab) {
  const { session, claims } = await tab.state();
  return { session, sub: claims.sub };
}
