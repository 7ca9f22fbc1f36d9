// Angular waits until no task of its zone is pending: what the session arms belongs to no zone of the
// caller.

import assert from "node:assert/strict";
import { createRequire } from "node:module";

import { test } from "./fixtures.mjs";

const ZONE = createRequire(import.meta.url).resolve("zone.js");

/** Each is called in a zone of its own, and may take what was prepared outside of it. */
const CALLS = {
  createSession: ({ server }) => {
    const session = createSession({ refresh: "/auth/refresh", name: "in", fetch: server.fetch });
    return session.ready;
  },
  fetch: ({ session }) => session.fetch("/api/me"),
  "fetch, several": ({ session }) =>
    Promise.all([session.fetch("/api/a"), session.fetch("/api/b", { method: "PUT", body: "x" })]),
  "fetch, expired": ({ session, server }) => {
    server.revoke();
    return session.fetch(new Request("/api/me"));
  },
  "fetch with a signal": ({ session, server, signal }) => {
    server.revoke();
    return session.fetch("/api/me", { signal });
  },
  "fetch with keepalive": ({ session, server }) => {
    server.revoke();
    return session.fetch("/api/me", { keepalive: true });
  },
  "fetch, aborted while it waits": async ({ waiting, signal, abort }) => {
    const call = waiting.session.fetch("/api/me", { signal }).catch(() => {});
    abort();
    await call;
  },
  "fetch, passive": async ({ waiting, signal, abort }) => {
    const fetch = waiting.session.fetchWith({ passive: true });
    const call = fetch("/api/me", { signal }).catch(() => {});
    abort();
    await call;
  },
  "fetch with a digest": async ({ digest, init }) => {
    digest.server.revoke();
    await digest.session.fetch("/api/me", init).catch(() => {});
  },
  accessToken: ({ session, server, signal }) => session.accessToken({ not: server.good, signal }),
  refresh: ({ session }) => session.refresh(),
  "refresh that fails": ({ session, server }) => {
    server.failRefresh();
    return session.refresh().catch(() => {});
  },
  "refresh that is refused": ({ session, server }) => {
    server.answerRefresh(503, "{}", "{}");
    return session.refresh().catch(() => {});
  },
  signIn: ({ session, server }) => session.signIn(() => server.token()),
  seed: ({ session, server }) => session.seed(server.token()),
  signOut: ({ session }) => session.signOut(),
  subscribe: ({ session }) => session.subscribe(() => {}),
  close: ({ session }) => session.close(),
};

test("no timer and no listener of a session belongs to the zone of its caller", async ({
  stage,
}) => {
  stage.isSpent = true;
  await stage.page.addInitScript({ path: ZONE });
  await stage.page.reload();
  for (const [name, call] of Object.entries(CALLS)) {
    const tasks = await stage.run(
      async ([name, call]) => {
        const controller = new AbortController();
        const both = await started({ name, signOut: "/auth/logout" });
        const waiting = start({ refresh: "https://auth.test/auth/refresh" });
        waiting.server.holdRefresh();
        const digest = await digesting({ name: `${name} digests` });
        const prepared = {
          ...both,
          waiting,
          digest,
          init: digest.init(),
          signal: controller.signal,
          abort: () => Zone.root.run(() => nextTask().then(() => controller.abort())),
        };
        const tasks = [];
        const zone = Zone.current.fork({
          name: "caller's",
          onScheduleTask(delegate, _, target, task) {
            if (task.type !== "microTask") tasks.push(`${task.type} ${task.source}`);
            return delegate.scheduleTask(target, task);
          },
        });
        const called = (0, eval)(`(${call})`);
        await zone.run(() => called(prepared));
        await manyTasks();
        for (const { session } of [both, waiting, digest]) session.close();
        return tasks;
      },
      [name, String(call)],
    );
    assert.deepEqual([name, tasks], [name, []]);
  }
});
