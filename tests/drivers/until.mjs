// Waits for what is to be so.

import assert from "node:assert/strict";

/** Looks each so many milliseconds, for a minute. */
export async function until(holds, every = 10) {
  for (const end = Date.now() + 60_000; !(await holds()); ) {
    assert.ok(Date.now() < end, `${holds} stays false`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}

/**
 * Asks a page until a function in it returns something true, for the drivers that have no `waitForFunction` of their own. There may
 * be another page in the tab by then: what fails meanwhile is the cause of the error in the end.
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
