// A function that the session waits for must not wait for the session.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

/**
 * Defines in the page: calls by name, to be made inside of a function, and a session without a
 * valid token.
 */
const HELPERS = () => {
  globalThis.CALLS = {
    fetch: (session) => session.fetch("/api/csrf"),
    accessToken: (session) => session.accessToken(),
    refresh: (session) => session.refresh(),
    signIn: (session) => session.signIn(() => "never asked"),
    signOut: (session) => session.signOut(),
  };
  /** A session whose restoring refresh has failed, so that calls wait for the next one. Its clock stands still. */
  globalThis.unknown = async (options) => {
    const { server, session } = start({ patience: 2, ...options });
    server.failRefresh();
    await session.ready;
    const clock = new StoppedClock();
    return { server, session, clock };
  };
};

test("each call in the function given to signIn fails at once, and names the mistake", async ({
  run,
}) => {
  await run(HELPERS);
  const seen = await run(async () => {
    const seen = {};
    for (const [name, call] of Object.entries(CALLS)) {
      // Whatever does not fail at once never does.
      const forever = { patience: 1e6, timeout: 1e6, lockTimeout: 1e6 };
      const { server, session, clock } = await unknown(forever);
      let inner;
      await session.signIn(async () => {
        inner = await outcome(call(session));
        return server.token("bob");
      });
      const { code, message } = inner.thrown ?? {};
      seen[name] = [code, message, session.state.claims?.sub];
      session.close();
      clock.resume();
    }
    return seen;
  });
  for (const [name, [code, message, user]] of Object.entries(seen)) {
    assert.deepEqual([code, user], ["ERR_WAITS_FOR_ITSELF", "bob"], name);
    assert.match(message, new RegExp(`session\\.${name} .*signIn function`), name);
  }
});

test("each function that the session waits for is told by name", {
  tag: ["@scenario-108"],
}, async ({ run }) => {
  await run(HELPERS);
  const seen = await run(async () => {
    const seen = {};
    const server = new FakeServer();
    const ask =
      (name, result) =>
      async (...args) => {
        seen[name] ??= (await outcome(session.accessToken())).thrown;
        return result(...args);
      };
    let session = silent.createSession({
      refresh: ask("refresh", () => server.token()),
      fetch: server.fetch,
      name: "one",
    });
    await session.ready;
    session.close();
    session = silent.createSession({
      refresh: "/auth/refresh",
      fetch: server.fetch,
      readToken: ask("readToken", (body) => body.access_token),
      csrf: { header: "X-CSRF", token: ask("csrf.token", () => "a token") },
    });
    await session.ready;
    session.close();
    return seen;
  });
  for (const name of ["refresh", "readToken", "csrf.token"]) {
    assert.equal(seen[name]?.code, "ERR_WAITS_FOR_ITSELF", name);
    assert.match(seen[name].message, new RegExp(`the ${name} function`));
  }
});

test("a sign-out function that calls signOut or signIn is told so", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started({
      signOut: async () => {
        const calls = [session.signOut(), session.signIn(() => server.token())].map(outcome);
        seen.push(...(await Promise.all(calls)).map(({ thrown }) => thrown?.code));
      },
    });
    const seen = [];
    await session.signOut();
    return [...seen, session.state.status];
  });
  assert.deepEqual(seen, ["ERR_WAITS_FOR_ITSELF", "ERR_WAITS_FOR_ITSELF", "ended"]);
});

test("with a valid token, for another URL, or from elsewhere a call goes through", {
  tag: ["@scenario-108"],
}, async ({ run }) => {
  await run(HELPERS);
  const seen = await run(async () => {
    const valid = await started();
    const seen = {};
    await valid.session.signIn(async () => {
      seen.token = typeof (await valid.session.accessToken());
      seen.fetched = (await valid.session.fetch("/api/csrf")).status;
      return valid.server.token("bob");
    });
    const { server, session } = await unknown({ patience: 20 });
    let letGo;
    const held = new Promise((resolve) => (letGo = resolve));
    let outside;
    const signedIn = session.signIn(async () => {
      // A call from elsewhere during the login waits, and gets the token of the login.
      queueMicrotask(() => (outside = session.accessToken()));
      seen.foreign = (await session.fetch("https://elsewhere.invalid/")).status;
      await held;
      return server.token("bob");
    });
    await nextTask();
    await nextTask();
    letGo();
    await signedIn;
    seen.outside = typeof (await outside);
    seen.ended = await (async () => {
      await session.signOut();
      let status;
      await session.signIn(async () => {
        status = (await session.fetch("/api/csrf")).status;
        return server.token("carol");
      });
      return status;
    })();
    return seen;
  });
  const { token, fetched, foreign, outside, ended } = seen;
  assert.deepEqual([token, fetched, outside], ["string", 200, "string"]);
  assert.ok(foreign > 0 && ended > 0, JSON.stringify(seen));
});

test("after an await it cannot be told apart, and is named when its patience has run out", async ({
  run,
}) => {
  await run(HELPERS);
  const { code, message, retryable } = await run(async () => {
    const { server, session, clock } = await unknown();
    let inner;
    await session.signIn(async () => {
      await nextTask();
      const call = outcome(session.fetch("/api/csrf"));
      clock.resume();
      inner = await call;
      return server.token("bob");
    });
    return inner.thrown;
  });
  assert.deepEqual([code, retryable], ["ERR_SIGN_IN_PENDING", true]);
  assert.match(message, /function given to signIn\(\).*waits for itself/);
});

test("twenty thousand calls that wait for one refresh are answered soon", async ({ run }) => {
  const took = await run(async () => {
    const one = async (many) => {
      const { server, session } = start();
      server.holdRefresh();
      const before = performance.now();
      const calls = Array.from({ length: many }, () => session.accessToken());
      await nextTask();
      server.letGo();
      const tokens = await Promise.all(calls);
      if (tokens.some((token) => token !== server.good)) throw new Error("another token");
      session.close();
      return (performance.now() - before) / many;
    };
    await one(100);
    return [await one(2_000), await one(20_000)];
  });
  // tests/size/steps counts the steps of each caller. Where each call looked at all others, these
  // took minutes.
  test.info().annotations.push({ type: "measured", description: `${took} ms each` });
});
