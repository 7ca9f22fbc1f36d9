// The body of a call that is never sent: its source is cancelled as by native fetch, with the
// caller's reason if there is one.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("an abort cancels it, whatever the call was waiting for", async ({ run }) => {
  const seen = await run(async () => {
    const restoring = () => {
      const both = start();
      both.server.holdRefresh();
      return both;
    };
    const renewing = async () => {
      const both = await started();
      both.server.revoke();
      both.server.holdRefresh();
      void outcome(both.session.fetch("/api/first"));
      return both;
    };
    const policies = [
      {},
      { replay: true },
      { replay: false },
      { token: "required" },
      { token: "required", replay: true },
    ];
    const lines = [];
    for (const begin of [restoring, renewing]) {
      for (const policy of policies) {
        const { server, session } = await begin();
        const before = server.count("/auth/refresh");
        while (server.count("/auth/refresh") === (begin === restoring ? 0 : before))
          await nextTask();
        const controller = new AbortController();
        const reason = { mine: true };
        let cancelled = "not";
        const body = new ReadableStream({ cancel: (reason) => void (cancelled = reason) });
        const init = { method: "POST", body, duplex: "half", signal: controller.signal };
        const answer = session
          .fetchWith(policy)("/api/a", init)
          .catch((error) => error);
        await nextTask();
        controller.abort(reason);
        const isReason = (await answer) === reason;
        // At most two refreshes are left unanswered.
        server.letGo();
        await outcome(session.accessToken());
        // The source of a stream that was teed for a replay gets the reasons of both halves.
        const areReasons = [cancelled].flat().every((each) => each === reason);
        lines.push([isReason, areReasons, server.count("/api/a")]);
        session.close();
      }
    }
    return lines;
  });
  assert.deepEqual(seen, Array(10).fill([true, true, 0]));
});

test("a session that ends cancels it where a token is required", async ({ run }) => {
  const seen = await run(async () => {
    const lines = [];
    for (const policy of [{ token: "required" }, { token: "required", replay: true }]) {
      const { server, session } = start();
      server.holdRefresh();
      while (server.count("/auth/refresh") === 0) await nextTask();
      let isCancelled = false;
      const body = new ReadableStream({ cancel: () => void (isCancelled = true) });
      const answer = outcome(
        session.fetchWith(policy)("/api/a", { method: "POST", body, duplex: "half" }),
      );
      await nextTask();
      session.close();
      const { code } = (await answer).thrown;
      server.letGo();
      await nextTask();
      lines.push([code, isCancelled, server.count("/api/a")]);
    }
    return lines;
  });
  assert.deepEqual(seen, Array(2).fill(["ERR_SESSION_CLOSED", true, 0]));
});
