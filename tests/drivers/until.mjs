// Waits for a condition.

import assert from "node:assert/strict";

/** Checks a condition every so many milliseconds, for a minute. */
export async function until(holds, every = 10) {
  for (const end = Date.now() + 60_000; !(await holds()); ) {
    assert.ok(Date.now() < end, `${holds} stays false`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}

/**
 * Waits until a function returns a truthy value in a page, for the drivers without a
 * `waitForFunction` of their own. Another page may be loaded meanwhile: the last failure becomes
 * the cause of the final error.
 */
export async function untilTrue(page, inPage, argument, { polling = 20, timeout = 60_000 } = {}) {
  let error;
  for (const end = Date.now() + timeout; ; await new Promise((go) => setTimeout(go, polling))) {
    const value = await page.evaluate(inPage, argument).catch((cause) => {
      error = cause;
    });
    if (value) return { jsonValue: () => value };
    if (Date.now() > end) throw new Error(`${inPage} stays false`, { cause: error });
  }
}
