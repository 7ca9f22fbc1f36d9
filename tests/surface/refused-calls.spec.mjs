// Calls whose token is rejected and that cannot simply be sent again.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("where no token can be had it rejects with a RefreshError, and the 401 is cancelled", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { server, session } = await started({ patience: 0 });
    server.revoke();
    server.failRefresh();
    const { thrown } = await outcome(session.fetch("/api/me"));
    return [
      thrown.name,
      server.member("/api/me", 0, "response").bodyUsed,
      server.count("/api/me"),
      session.state.status,
    ];
  });
  assert.deepEqual(seen, ["RefreshError", true, 1, "active"]);
});

test("an abort in the middle of the refresh rejects with the caller's reason, and the 401 is cancelled", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    server.revoke();
    server.holdRefresh();
    const controller = new AbortController();
    const reason = { mine: true };
    const answer = session
      .fetch("/api/me", { signal: controller.signal })
      .catch((error) => error === reason);
    while (server.count("/auth/refresh") < 2) await nextTask();
    controller.abort(reason);
    const isReason = await answer;
    server.letGo();
    return [isReason, server.member("/api/me", 0, "response").bodyUsed, server.count("/api/me")];
  });
  assert.deepEqual(seen, [true, true, 1]);
});

test("where the session ends meanwhile, the caller gets its 401, to be read", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    server.revoke();
    server.holdRefresh();
    const answer = session.fetch("/api/me");
    while (server.count("/auth/refresh") < 2) await nextTask();
    await session.signOut();
    server.letGo();
    const response = await answer;
    return [response.status, await response.text(), server.count("/api/me")];
  });
  assert.deepEqual(seen, [401, "no", 1]);
});

test("where somebody else signs in meanwhile, the caller gets its 401, and nothing goes out as the other", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    server.revoke();
    server.holdRefresh();
    const answer = session.fetch("/api/me", { method: "POST", body: "of alice" });
    while (server.count("/auth/refresh") < 2) await nextTask();
    const signedIn = session.signIn(server.token("bob"));
    server.letGo();
    await signedIn;
    const response = await answer;
    return [
      response.status,
      await response.text(),
      server.count("/api/me"),
      session.state.claims.sub,
    ];
  });
  assert.deepEqual(seen, [401, "no", 1, "bob"]);
});

test("a 401 without an end is cancelled, and not read, before the request is sent again", {
  tag: ["@scenario-14"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const server = new FakeServer();
    const body = { pulled: 0, cancelled: false };
    const fetch = async (...args) => {
      const response = await server.fetch(...args);
      if (response.status !== 401) return response;
      const pull = (controller) => {
        body.pulled += 1;
        controller.enqueue(new Uint8Array(1));
      };
      return new Response(
        new ReadableStream(
          { pull, cancel: () => void (body.cancelled = true) },
          { highWaterMark: 0 },
        ),
        { status: 401 },
      );
    };
    const session = createSession({ refresh: "/auth/refresh", fetch });
    await session.ready;
    server.revoke();
    const { status } = await session.fetch("/api/me");
    return { status, ...body };
  });
  assert.deepEqual(seen, { status: 200, pulled: 0, cancelled: true });
});
