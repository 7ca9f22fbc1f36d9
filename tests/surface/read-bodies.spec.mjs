// A cancelled body shows as a failed request in the browser's tools: small ones are read to their end.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("bodies that nobody needs are read to their end, and not cancelled", async ({ run }) => {
  const seen = await run(async () => {
    // However long it takes to read them: the two seconds for that do not run out.
    const { setTimeout: native } = globalThis;
    globalThis.setTimeout = (run, ms) => (ms === 2_000 ? 0 : native(run, ms));
    const seen = [];
    const bodyOf = (size) => {
      const told = { isRead: false, isCancelled: false };
      seen.push(told);
      let left = size;
      return new ReadableStream({
        pull(controller) {
          if (left > 0) controller.enqueue(new Uint8Array(Math.min(left, 1_000)));
          else {
            told.isRead = true;
            controller.close();
          }
          left -= 1_000;
        },
        cancel: () => void (told.isCancelled = true),
      });
    };
    const json = '{"content-type":"application/json"}';
    for (const status of [400, 401, 403, 404, 429, 500, 503]) {
      const { server, session } = await started({ name: `${status}`, signOut: "/auth/logout" });
      for (let times = 0; times < 2; times++) server.answerRefresh(status, bodyOf(3_000), json);
      session.refresh().catch(() => {});
      await waitFor(() => server.count("/auth/refresh") > 1);
      await manyTasks();
      session.close();
    }
    for (const status of [200, 202, 400, 401, 500]) {
      const { server, session } = await started({ name: `out ${status}`, signOut: "/auth/logout" });
      server.answerSignOut(status, bodyOf(3_000), json);
      await session.signOut();
      await manyTasks();
      session.close();
    }
    const small = seen.splice(0).filter(({ isRead, isCancelled }) => isCancelled || !isRead);
    const { server, session } = await started({ name: "large", signOut: "/auth/logout" });
    server.answerSignOut(200, bodyOf(1e9), json);
    await session.signOut();
    await waitFor(() => seen.at(-1).isCancelled);
    session.close();
    return [small.length, seen.length];
  });
  // A second answer of a refresh may not have been asked for yet.
  assert.equal(seen[1], 1);
  assert.ok(seen[0] <= 7, `${seen[0]} were not read`);
});
