// session.fetchWith({ passive: true }): for polling.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("it waits for the restore, and causes no refresh", async ({ run }) => {
  const seen = await run(async () => {
    const { release } = heldWasm();
    const { server, session } = start();
    const passive = session.fetchWith({ passive: true });
    const early = passive("/api/a");
    release();
    const statuses = [(await early).status];
    server.revoke();
    const refused = await passive("/api/b");
    statuses.push(refused.status, await refused.text());
    // The token is still in hand: somebody else's call replaces it.
    statuses.push(
      server.count("/auth/refresh"),
      (await session.fetch("/api/c")).status,
      (await passive("/api/d")).status,
    );
    return [statuses, server.count("/auth/refresh")];
  });
  assert.deepEqual(seen, [[200, 401, "no", 1, 200, 200], 2]);
});

test("it rejects where no token lives, and goes without where it is optional", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    const { now } = Date;
    Date.now = () => now() + 3_600_000;
    const rejected = (await outcome(session.fetchWith({ passive: true })("/api/a"))).thrown;
    const without = await session.fetchWith({ passive: true, token: "optional" })("/api/b");
    return {
      rejected: [rejected.name, rejected.code, rejected.retryable],
      without: without.status,
      paths: server.calls.map(({ url }) => new URL(url).pathname),
    };
  });
  assert.deepEqual(seen.rejected, ["TokenError", "ERR_TOKEN_NOT_IN_HAND", true]);
  assert.deepEqual([seen.without, seen.paths], [401, ["/auth/refresh", "/api/b"]]);
});

test("its 401 is replayed with a token that somebody else has fetched meanwhile", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { server, session, letGo } = await startedLate();
    server.revoke();
    const answer = session.fetchWith({ passive: true })("/api/a");
    await session.refresh();
    letGo();
    return [(await answer).status, server.count("/api/a"), server.count("/auth/refresh")];
  });
  assert.deepEqual(seen, [200, 2, 2]);
});

test("without a session it goes without a token, or rejects where one is required", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { session } = await started();
    await session.signOut();
    const { status } = await session.fetchWith({ passive: true })("/api/a");
    const { thrown } = await outcome(
      session.fetchWith({ passive: true, token: "required" })("/api/a"),
    );
    return [status, thrown.code];
  });
  assert.deepEqual(seen, [401, "ERR_SESSION_ENDED"]);
});

test("an abort ends its wait for the restore, with the caller's reason, and cancels its body", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { server, session } = start();
    server.holdRefresh();
    while (server.count("/auth/refresh") === 0) await nextTask();
    const controller = new AbortController();
    const reason = { mine: true };
    let cancelled = "not";
    const body = new ReadableStream({ cancel: (reason) => void (cancelled = reason) });
    const init = { method: "POST", body, duplex: "half", signal: controller.signal };
    const answer = session
      .fetchWith({ passive: true })("/api/a", init)
      .catch((error) => error);
    const patient = session.fetchWith({ passive: true })("/api/b");
    await nextTask();
    controller.abort(reason);
    const isReason = [(await answer) === reason, cancelled === reason];
    server.letGo();
    return [isReason, (await patient).status, server.count("/api/a")];
  });
  assert.deepEqual(seen, [[true, true], 200, 0]);
});

test("what it waits with is sent as it was, and a stream once", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = start();
    server.holdRefresh();
    while (server.count("/auth/refresh") === 0) await nextTask();
    const passive = session.fetchWith({ passive: true });
    const init = { method: "PUT", body: new Blob(["streamed"]).stream(), duplex: "half" };
    let clones = 0;
    Request.prototype.clone = () => void (clones += 1);
    const answers = [
      passive("/api/a", init),
      passive("/api/b", { mode: "no-cors" }),
      passive("https://other.test/"),
    ];
    // The last two do not wait.
    await Promise.all(answers.slice(1));
    init.method = "DELETE";
    const before = server.count("/api/a");
    server.letGo();
    const { status } = await answers[0];
    return [before, clones, status, server.member("/api/a", 0, "method")];
  });
  assert.deepEqual(seen, [0, 0, 200, "PUT"]);
});

test("a session that is closed meanwhile ends its wait", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = start();
    server.holdRefresh();
    while (server.count("/auth/refresh") === 0) await nextTask();
    const answer = outcome(session.fetchWith({ passive: true })("/api/a"));
    session.close();
    return (await answer).thrown.code;
  });
  assert.equal(seen, "ERR_SESSION_CLOSED");
});

test("a restore that fails ends its wait", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = start();
    server.failRefresh();
    return (await outcome(session.fetchWith({ passive: true })("/api/a"))).thrown.code;
  });
  assert.equal(seen, "ERR_TOKEN_NOT_IN_HAND");
});

test("its 401 is not replayed with the token of whoever has signed in meanwhile", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { server, session, letGo } = await startedLate();
    server.revoke();
    const answer = session.fetchWith({ passive: true })("/api/a");
    while (server.count("/api/a") === 0) await nextTask();
    await session.signIn(server.token("bob"));
    letGo();
    const response = await answer;
    return [
      response.status,
      await response.text(),
      server.count("/api/a"),
      session.state.claims.sub,
    ];
  });
  assert.deepEqual(seen, [401, "no", 1, "bob"]);
});

test("that its replay is refused counts against nobody", async ({ run }) => {
  const seen = await run(async () => {
    const server = new FakeServer();
    let letGo;
    const held = new Promise((resolve) => (letGo = resolve));
    const fetch = async (...args) => {
      const isApi = String(args[0].url ?? args[0]).includes("/api/a");
      const response = await server.fetch(...args);
      if (isApi && server.count("/api/a") === 1) await held;
      return isApi ? new Response("no", { status: 401 }) : response;
    };
    const session = createSession({ refresh: "/auth/refresh", fetch });
    await session.ready;
    const answer = session.fetchWith({ passive: true })("/api/a");
    await session.refresh();
    letGo();
    const passive = [(await answer).status, server.count("/api/a")];
    // The next call that is rejected still causes a refresh.
    server.revoke();
    return [passive, (await session.fetch("/api/b")).status, server.count("/auth/refresh")];
  });
  assert.deepEqual(seen, [[401, 2], 200, 3]);
});

test("it waits for the restore for as long as a call waits, and no longer", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = start({ patience: 0.2 });
    server.holdRefresh();
    const codes = [];
    for (const policy of [{ passive: true }, { passive: true, token: "required" }]) {
      codes.push((await outcome(session.fetchWith(policy)("/api/a"))).thrown.code);
    }
    return [codes, server.count("/api/a")];
  });
  assert.deepEqual(seen, [["ERR_TOKEN_NOT_IN_HAND", "ERR_TOKEN_NOT_IN_HAND"], 0]);
});

test("where the token is optional it does not wait for the restore", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = start();
    server.holdRefresh();
    while (server.count("/auth/refresh") === 0) await nextTask();
    const { status } = await session.fetchWith({ passive: true, token: "optional" })("/api/a");
    server.letGo();
    return status;
  });
  assert.equal(seen, 401);
});

test("a 401 that is not to be replayed is there to be read, although there is a newer token", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { server, session, letGo } = await startedLate();
    server.revoke();
    const answer = session.fetchWith({ passive: true, replay: false })("/api/a", {
      method: "POST",
      body: "x",
      keepalive: true,
    });
    await session.refresh();
    letGo();
    const response = await answer;
    return [response.status, await response.text(), server.count("/api/a")];
  });
  assert.deepEqual(seen, [401, "no", 1]);
});
