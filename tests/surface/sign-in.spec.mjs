// Sign-ins by a function, a response or a cookie. A failed one leaves the state unchanged.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

/** Arguments of signIn, as source. */
const LOGINS = [
  "async () => new Response(server.login('bob'))",
  "async () => JSON.parse(server.login('bob'))",
  "async () => server.token('bob')",
  "() => new Response(server.login('bob'))",
  "() => ({ access_token: server.token('bob') })",
  "() => ({ then: (resolve) => resolve(server.token('bob')) })",
  "new Response(server.login('bob'))",
  "JSON.parse(server.login('bob'))",
  "server.token('bob')",
];

/** Signs in with an invalid argument. Returns the error, and whether the state is unchanged. */
const fail = async (source) => {
  const { server, session } = await started();
  const { state } = session;
  let told = 0;
  session.subscribe(() => (told += 1));
  const login = (0, eval)(`(${source})`);
  const thrown = await session.signIn(login).then(
    () => "nothing",
    (error) => error,
  );
  const isUntouched =
    session.state === state && told === 0 && (await session.accessToken()) === server.good;
  return {
    thrown: describe(thrown),
    isUntouched,
    response: thrown.response?.bodyUsed,
    body: thrown.body,
  };
};

test("an answer begins a session in every form", async ({ run }) => {
  const seen = [];
  for (const source of LOGINS) {
    const told = await run(async (login) => {
      const { server, session } = await started();
      const value = await session.signIn(new Function("server", `return (${login})`)(server));
      const { status, claims, generation } = session.state;
      const { status: answered } = await session.fetch("/api/me");
      session.close();
      return [value, status, claims.sub, generation, answered];
    }, source);
    seen.push([source, ...told]);
  }
  assert.deepEqual(
    seen,
    LOGINS.map((source) => [source, undefined, "active", "bob", 1, 200]),
  );
});

test("signIn() begins a session with one refresh, where there was none", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started({ restore: false });
    await session.signIn();
    return [session.state.status, server.count("/auth/refresh")];
  });
  assert.deepEqual(seen, ["active", 1]);
});

test("signIn() without a cookie rejects with a SessionEndedError", async ({ run }) => {
  const { name, code } = await run(async () => {
    const { server, session } = await started({ restore: false });
    server.answerRefresh(401, "{}", "{}");
    return (await outcome(session.signIn())).thrown;
  });
  assert.deepEqual([name, code], ["SessionEndedError", "ERR_SESSION_ENDED"]);
});

test("a login waits for a refresh that is on the wire", async ({ run }) => {
  const order = await run(async () => {
    const { server, session } = await started();
    const order = [];
    server.holdRefresh();
    const refreshed = outcome(session.refresh()).then(() => order.push("refreshed"));
    const signedIn = session.signIn(() => {
      order.push("login");
      return server.token("bob");
    });
    await nextTask();
    order.push("let go");
    server.letGo();
    await Promise.all([refreshed, signedIn]);
    return [...order, session.state.claims.sub];
  });
  assert.deepEqual(order, ["let go", "refreshed", "login", "bob"]);
});

test("what is no login rejects with a TypeError, and does not throw", async ({ run }) => {
  const seen = await run(async () => {
    const { session } = await started();
    const wrong = [undefined, null, 5, true, Symbol("login"), 5n];
    return Promise.all(wrong.map(async (each) => (await outcome(session.signIn(each))).thrown));
  });
  for (const thrown of seen)
    assert.deepEqual([thrown?.name, thrown?.code], ["TypeError", "ERR_INVALID_OPTION"]);
});

test("what a login throws is passed on by identity, and the state stays", {
  tag: ["@scenario-34"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const { session } = await started();
    const { state } = session;
    const thrown = [new Error("offline"), { mine: true }, "text"];
    const logins = thrown.flatMap((each) => [
      () => Promise.reject(each),
      () => {
        throw each;
      },
    ]);
    const caught = [];
    for (const login of logins) caught.push(await session.signIn(login).catch((error) => error));
    return [...caught.map((each, index) => each === thrown[index >> 1]), session.state === state];
  });
  assert.deepEqual(seen, Array(7).fill(true));
});

test("a session that was there is over for those who wait", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    server.holdRefresh();
    const refreshed = outcome(session.refresh());
    await nextTask();
    await session.signIn(server.token("bob"));
    return { ...(await refreshed).thrown, sub: session.state.claims.sub, message: undefined };
  });
  const { name, code, sub } = seen;
  assert.deepEqual([name, code, sub], ["SessionChangedError", "ERR_SESSION_CHANGED", "bob"]);
});

/** Logins that do not work, what is thrown, whether the response was read, and the body. */
const FAILURES = {
  "a refused login rejects, and its response is unread": [
    'async () => new Response(\'{"error":"no"}\', { status: 401 })',
    "SignInError",
    "ERR_SIGN_IN_REFUSED",
    false,
    undefined,
  ],
  "a refused response rejects, and is unread": [
    "new Response('no', { status: 500 })",
    "SignInError",
    "ERR_SIGN_IN_REFUSED",
    false,
    undefined,
  ],
  "a response without a token rejects with its body": [
    'async () => new Response(\'{"second_factor":"code"}\')',
    "SignInError",
    "ERR_SIGN_IN_INCOMPLETE",
    true,
    { second_factor: "code" },
  ],
  "JSON without a token rejects with it": [
    "() => ({ second_factor: 'code' })",
    "SignInError",
    "ERR_SIGN_IN_INCOMPLETE",
    undefined,
    { second_factor: "code" },
  ],
  "a response that is no JSON rejects with its text": [
    "new Response('hello')",
    "SignInError",
    "ERR_SIGN_IN_INCOMPLETE",
    true,
    "hello",
  ],
  "an opaque token without a lifetime rejects": [
    "() => ({ access_token: 'opaque' })",
    "TokenError",
    "ERR_TOKEN_MALFORMED",
    undefined,
    undefined,
  ],
  "an opaque token alone rejects": [
    "'opaque'",
    "TokenError",
    "ERR_TOKEN_MALFORMED",
    undefined,
    undefined,
  ],
};

for (const [title, [source, name, code, response, body]] of Object.entries(FAILURES)) {
  test(`${title}; the state stays`, async ({ run }) => {
    const seen = await run(fail, source);
    const told = {
      name: seen.thrown.name,
      code: seen.thrown.code,
      response: seen.response,
      body: seen.body,
    };
    assert.deepEqual(
      { ...told, isUntouched: seen.isUntouched },
      { name, code, response, body, isUntouched: true },
    );
    assert.equal(seen.thrown.retryable, false);
  });
}
