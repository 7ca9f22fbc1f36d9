// A refresh that is answered by a redirect: a proxy, or a login page, wants somebody to sign in.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

/** A session whose refreshes are redirected from the second on. */
const prepare = () => {
  globalThis.startRedirected = async (options) => {
    const server = new FakeServer();
    let isRedirected = false;
    const fetch = (...args) => {
      const { url } = new Request(...args);
      if (!isRedirected || !url.includes("/auth/refresh")) return server.fetch(...args);
      const redirect = new Response("");
      Object.defineProperties(redirect, {
        type: { value: "opaqueredirect" },
        status: { value: 0 },
        ok: { value: false },
      });
      return Promise.resolve(redirect);
    };
    const session = createSession({ refresh: "/auth/refresh", patience: 1, fetch, ...options });
    await session.ready;
    isRedirected = true;
    return { session, server };
  };
};

test("a redirect is named, and the session goes on", async ({ run }) => {
  await run(prepare);
  const seen = await run(async () => {
    const { session } = await startRedirected();
    const clock = new StoppedClock();
    const { thrown } = await outcome(clock.refresh(session, 1));
    const { status, error } = session.state;
    const { kind } = error;
    return { thrown, status, kind, answer: (await session.fetch("/api/me")).status };
  });
  const { thrown, ...others } = seen;
  assert.deepEqual(others, { status: "active", kind: "protocol", answer: 200 });
  assert.match(thrown.message, /redirect/);
  assert.deepEqual([thrown.code, thrown.retryable], ["ERR_REFRESH_UNAVAILABLE", true]);
});

test("endsSession is asked about a redirect, and may end the session", async ({ run }) => {
  await run(prepare);
  const seen = await run(async () => {
    const seen = [];
    for (const ends of [true, false]) {
      const asked = [];
      const endsSession = (answer) => {
        asked.push([answer.status, answer.body === undefined]);
        return ends;
      };
      const options = { name: `ends ${ends}`, endsSession, patience: ends ? 100 : 1 };
      const { session } = await startRedirected(options);
      // An end is confirmed by a second refresh, which takes time.
      const refreshed = ends ? session.refresh() : new StoppedClock().refresh(session, 1);
      await outcome(refreshed);
      seen.push([session.state.status, session.state.reason ?? "none", asked]);
    }
    return seen;
  });
  const [ended, active] = seen;
  assert.deepEqual(ended.slice(0, 2), ["ended", "rejected"]);
  assert.deepEqual(active.slice(0, 2), ["active", "none"]);
  for (const asked of [...ended[2], ...active[2]]) assert.deepEqual(asked, [0, true]);
  assert.ok(active[2].length > 0);
});
