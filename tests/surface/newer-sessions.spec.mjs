// An older session never takes the place of a newer one in storage.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

/** What makes a session write which one it is. */
const WRITES = {
  "a sign-in": ({ session, server }) => session.signIn(server.token()),
  "a sign-out": ({ session }) => session.signOut(),
};

for (const [name, write] of Object.entries(WRITES)) {
  test(`what another tab stores during ${name} stays if it is newer`, async ({ run }) => {
    const seen = await run(async (write) => {
      const seen = [];
      for (const [name, ms] of Object.entries({ newer: 60_000, older: -60_000 })) {
        const both = await started({ name });
        // As that of a session which has begun at another time.
        const [word, id, ...rest] = entry("session", { name }).split(" ");
        const time = (Number.parseInt(id.slice(0, 12), 16) + ms).toString(16).padStart(12, "0");
        const other = [word, time + id.slice(12), ...rest].join(" ");
        overtakeRead("session", other, { name });
        await outcome((0, eval)(`(${write})`)(both));
        seen.push(entry("session", { name }) === other);
        both.session.close();
      }
      return seen;
    }, String(write));
    assert.deepEqual(seen, [true, false]);
  });
}
