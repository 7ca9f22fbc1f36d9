// Waits for what is to be so.

import assert from "node:assert/strict";

/** Looks each so many milliseconds, for a minute. */
export async function until(holds, every = 10) {
  for (const end = Date.now() + 60_000; !(await holds()); ) {
    assert.ok(Date.now() < end, `${holds} stays false`);
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
