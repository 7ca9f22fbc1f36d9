// A digest of the caller must not hide a 401: native fetch rejects before anybody sees the status.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("a GET or HEAD is looked at once more, refreshed and replayed; the look's answer is cancelled", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { server, session, seen, init } = await digesting();
    const statuses = [];
    for (const method of ["GET", "HEAD"]) {
      server.revoke();
      statuses.push((await session.fetch("/api/me", init({ method }))).status);
    }
    return [
      statuses,
      seen.looks.map(({ request }) => request.method),
      seen.looks.map(({ response }) => response.bodyUsed),
      server.count("/auth/refresh"),
    ];
  });
  assert.deepEqual(seen, [[200, 200], ["GET", "HEAD"], [true, true], 3]);
});

test("the look has the referrer of the request, and goes out no more once it was in vain", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { server, session, seen, init } = await digesting();
    server.revoke();
    await session.fetch("/api/me", init({ referrer: "/elsewhere", referrerPolicy: "unsafe-url" }));
    await session.fetch("/api/me", init({ referrer: "" }));
    server.revoke();
    const controller = new AbortController();
    seen.look = () => {
      controller.abort();
      return new Promise(() => {});
    };
    await outcome(session.fetch("/api/never", init({ signal: controller.signal })));
    const { request } = seen.looks.at(-1);
    return [
      seen.looks[0].request.referrer.slice(location.origin.length),
      seen.looks[0].request.referrerPolicy,
      request.signal.aborted,
    ];
  });
  assert.deepEqual(seen, ["/elsewhere", "unsafe-url", true]);
});

test("what is not to be replayed is not looked at", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session, seen, init } = await digesting();
    server.revoke();
    const { thrown } = await outcome(session.fetchWith({ replay: false })("/api/me", init()));
    return [thrown.message, seen.looks.length, server.count("/auth/refresh")];
  });
  assert.deepEqual(seen, ["Failed to fetch", 0, 1]);
});

test("any other method rejects as native fetch does, and is sent once", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session, seen, init } = await digesting();
    server.revoke();
    const names = [];
    for (const method of ["POST", "PUT", "DELETE"])
      names.push(
        (await outcome(session.fetch("/api/me", init({ method, body: "x" })))).thrown.name,
      );
    return [names, seen.looks.length, server.count("/api/me"), server.count("/auth/refresh")];
  });
  assert.deepEqual(seen, [["TypeError", "TypeError", "TypeError"], 0, 3, 1]);
});

test("where it is no 401, the caller gets what native fetch has rejected with", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session, seen, init } = await digesting();
    server.answerApi(404, "{}");
    server.answerApi(404, "{}");
    const { thrown } = await outcome(session.fetch("/api/me", init()));
    return [thrown.message, seen.looks.length, server.count("/auth/refresh")];
  });
  assert.deepEqual(seen, ["Failed to fetch", 1, 1]);
});

test("an abort during the look rejects with the caller's reason", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session, seen, init } = await digesting();
    const reason = { mine: true };
    const rejected = [];
    for (const path of ["/api/never", "/api/soon"]) {
      server.revoke();
      const controller = new AbortController();
      seen.look = () => {
        controller.abort(reason);
        return path === "/api/never" ? new Promise(() => {}) : undefined;
      };
      rejected.push(
        await session
          .fetch(path, init({ signal: controller.signal }))
          .catch((error) => error === reason),
      );
    }
    return [rejected, server.count("/auth/refresh")];
  });
  assert.deepEqual(seen, [[true, true], 1]);
});

test("what was aborted before is not looked at", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session, seen, init } = await digesting();
    const controller = new AbortController();
    const error = new TypeError("Failed to fetch");
    server.failApi(error);
    const answer = session
      .fetch("/api/me", init({ signal: controller.signal }))
      .catch((thrown) => thrown === error);
    controller.abort();
    return [await answer, seen.looks.length];
  });
  assert.deepEqual(seen, [true, 0]);
});

test("a look that nobody answers holds the caller for ten seconds", async ({ stage }) => {
  const { page, run } = stage;
  await stage.stopClock();
  const answer = run(async () => {
    const { server, session, seen, init } = await digesting();
    server.revoke();
    seen.look = () => new Promise(() => {});
    globalThis.answer = session.fetch("/api/me", init()).catch((error) => error.message);
    globalThis.looks = seen.looks;
    while (seen.looks.length === 0) await nextTask();
    return Promise.race([globalThis.answer, nextTask().then(() => "waits")]);
  });
  assert.equal(await answer, "waits");
  await page.clock.fastForward(9_000);
  assert.equal(
    await run(() => Promise.race([globalThis.answer, nextTask().then(() => "waits")])),
    "waits",
  );
  await page.clock.fastForward(1_100);
  assert.equal(await run(() => globalThis.answer), "Failed to fetch");
  assert.equal(await run(() => globalThis.looks[0].request.signal.aborted), true);
});
