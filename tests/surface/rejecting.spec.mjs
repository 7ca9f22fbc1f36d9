// API responses that reject the token. `rejectsToken` as a function: rejecting-function.spec.mjs.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

/**
 * Sends one call for each of these responses. Returns the status that the caller gets, and the
 * number of refreshes.
 */
const answers = async ([options, answers]) => {
  const seen = [];
  for (const [index, [status, challenge]] of answers.entries()) {
    const { server, session } = await started({ ...options, name: String(index) });
    server.answerApi(status, JSON.stringify(challenge ? { "www-authenticate": challenge } : {}));
    seen.push([(await session.fetch("/api/me")).status, server.count("/auth/refresh") - 1]);
    session.close();
  }
  return seen;
};

/** The caller gets each response, and nothing is refreshed. */
const kept = (statuses) => statuses.map((status) => [status, 0]);
/** Each call is sent again after a refresh. */
const replaced = (statuses) => statuses.map(() => [200, 1]);
const only = (statuses) => statuses.map((status) => [status]);

/**
 * Sends five calls that get the same response, then one whose token was revoked. That one succeeds
 * if the breaker is closed.
 */
const afterFive = async ([options, status, challenge]) => {
  const { server, session } = await started({
    ...options,
    name: JSON.stringify([options, challenge]),
  });
  const seen = [];
  for (let time = 0; time < 5; time++) {
    server.answerApi(status, JSON.stringify({ "www-authenticate": challenge }));
    seen.push((await session.fetch("/api/me")).status);
  }
  const refreshes = server.count("/auth/refresh");
  server.revoke();
  return [new Set(seen).size, seen[0], refreshes, (await session.fetch("/api/me")).status];
};

test("by default a 401 does, and nothing else", { tag: ["@scenario-8"] }, async ({ run }) => {
  assert.deepEqual(await run(answers, [{}, only([401])]), replaced([401]));
  const others = [400, 402, 403, 407, 419, 422, 440, 498, 500, 503];
  assert.deepEqual(await run(answers, [{}, only(others)]), kept(others));
  assert.deepEqual(await run(answers, [{}, [[403, 'Bearer error="invalid_token"']]]), kept([403]));
});

test("a list replaces the default", async ({ run }) => {
  const rejectsToken = [403, 419, 498, 419];
  assert.deepEqual(
    await run(answers, [{ rejectsToken }, only(rejectsToken)]),
    replaced(rejectsToken),
  );
  assert.deepEqual(
    await run(answers, [{ rejectsToken }, only([401, 418, 404, 500])]),
    kept([401, 418, 404, 500]),
  );
  assert.deepEqual(await run(answers, [{ rejectsToken: [] }, only([401, 403])]), kept([401, 403]));
});

test("a list that changes later changes nothing", async ({ run }) => {
  const seen = await run(async () => {
    const rejectsToken = [401];
    const { release } = heldWasm();
    const { server, session } = start({ rejectsToken });
    rejectsToken[0] = 403;
    release();
    await session.ready;
    server.revoke();
    return (await session.fetch("/api/me")).status;
  });
  assert.equal(seen, 200);
});

test("a scope that is missing, or another way to authenticate, refreshes nothing and does not count, whatever the option", async ({
  run,
}) => {
  const challenges = [
    'Bearer error="insufficient_scope", scope="admin"',
    'bearer realm="a, b=\\"c\\"", ERROR=insufficient_user_authentication',
    'Basic realm="x", DPoP algs="ES256", error="insufficient_scope"',
    'Negotiate YII==, Bearer error="insufficient_scope"',
  ];
  for (const challenge of challenges) {
    assert.deepEqual(await run(afterFive, [{}, 401, challenge]), [1, 401, 1, 200], challenge);
    assert.deepEqual(
      await run(afterFive, [{ rejectsToken: [401, 403] }, 403, challenge]),
      [1, 403, 1, 200],
      challenge,
    );
  }
  const predicate = await run(async () => {
    const { server, session } = await started({
      rejectsToken: ({ status }) => status >= 400,
      name: "asked",
    });
    server.answerApi(
      403,
      JSON.stringify({ "www-authenticate": 'Bearer error="insufficient_scope"' }),
    );
    return [(await session.fetch("/api/me")).status, server.count("/auth/refresh")];
  });
  assert.deepEqual(predicate, [403, 1]);
});

test("the error of another scheme is not ours; that of the scheme the token goes by is", async ({
  run,
}) => {
  const challenge = 'JWT error="insufficient_scope"';
  const others = [
    [401, challenge],
    [401, 'Bearer realm="x", Basic error="insufficient_scope"'],
    [401, 'Bearer realm="error=insufficient_scope"'],
  ];
  assert.deepEqual(await run(answers, [{}, others]), replaced(others));
  const seen = await run(async (challenge) => {
    const { server, session } = await started({ attach: { scheme: "jwt" } });
    server.answerApi(401, JSON.stringify({ "www-authenticate": challenge }));
    return [(await session.fetch("/api/me")).status, server.count("/auth/refresh")];
  }, challenge);
  assert.deepEqual(seen, [401, 1]);
});

test("the second rejection is the caller's, and there is no third attempt", async ({ run }) => {
  const seen = await run(async () => {
    const seen = [];
    for (const [index, rejectsToken] of [[419], async ({ status }) => status === 419].entries()) {
      const { server, session } = await started({ rejectsToken, name: String(index) });
      for (let time = 0; time < 4; time++) server.answerApi(419, "{}");
      const statuses = [
        (await session.fetch("/api/me")).status,
        (await session.fetch("/api/me")).status,
      ];
      seen.push([statuses, server.count("/api/me"), server.count("/auth/refresh")]);
    }
    return seen;
  });
  // The breaker is open for the second: the API has refused a brand-new token.
  assert.deepEqual(seen, Array(2).fill([[419, 419], 3, 2]));
});

test("a path whose 401 says nothing of the token is exempted by its URL, or for one call", {
  tag: ["@scenario-123"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const PATH = "/api/change-password";
    /** A server that answers 401 to a wrong current password, with a session of its own. */
    const create = async (options) => {
      const server = new FakeServer();
      const fetch = async (...args) => {
        const { url } = new Request(...args);
        const response = url.includes(PATH)
          ? new Response("wrong password", { status: 401 })
          : await server.fetch(...args);
        if (url.includes(PATH)) seen.sent += 1;
        return Object.defineProperty(response, "url", { value: url });
      };
      const seen = { sent: 0 };
      const session = silent.createSession({ refresh: "/auth/refresh", fetch, ...options });
      await session.ready;
      return { server, session, seen };
    };
    const ways = [
      [{}, (session) => session.fetch],
      [
        { rejectsToken: ({ status, url }) => status === 401 && new URL(url).pathname !== PATH },
        (session) => session.fetch,
      ],
      [{}, (session) => session.fetchWith({ replay: false })],
    ];
    const results = [];
    for (const [index, [options, way]] of ways.entries()) {
      const { server, session, seen } = await create({ ...options, name: `exempt-${index}` });
      const response = await way(session)(PATH, { method: "POST", body: "old and new" });
      const [status, text, refreshes] = [
        response.status,
        await response.text(),
        server.count("/auth/refresh") - 1,
      ];
      // A token that is rejected for real is replaced at once.
      server.revoke();
      const other = await session.fetch("/api/me");
      results.push([seen.sent, status, text, refreshes, other.status]);
      session.close();
    }
    return results;
  });
  assert.deepEqual(seen, [
    [2, 401, "wrong password", 1, 200],
    [1, 401, "wrong password", 0, 200],
    [1, 401, "wrong password", 0, 200],
  ]);
});

test("a 401 behind a redirect is not held against a path that is asked directly", {
  tag: ["@scenario-125"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const server = new FakeServer();
    let redirects = true;
    const fetch = async (...args) => {
      const { url } = new Request(...args);
      if (!url.includes("/api/") || !redirects) return server.fetch(...args);
      const response = new Response("no", { status: 401 });
      return Object.defineProperties(response, {
        redirected: { value: true },
        url: { value: url },
      });
    };
    const session = silent.createSession({ refresh: "/auth/refresh", fetch });
    await session.ready;
    const through = [
      (await session.fetch("/api/me")).status,
      (await session.fetch("/api/me")).status,
    ];
    redirects = false;
    server.revoke();
    return [...through, (await session.fetch("/api/me")).status];
  });
  assert.deepEqual(seen, [401, 401, 200]);
});
