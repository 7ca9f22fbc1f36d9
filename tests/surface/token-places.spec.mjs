// Where the token stands in an answer, and how long the answer says that it lives: found without being told, or where the
// app says.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

/** In the page: whose token a session got that asked a server with this answer, or why it got none; and how long it lives. */
const HELPERS = () => {
  globalThis.restoredWith = async (body, headers = {}, options = {}) => {
    const { server, session } = start({ patience: 0.2, ...options });
    server.answerRefresh(
      200,
      typeof body === "string" ? body : JSON.stringify(body),
      JSON.stringify(headers),
    );
    const goOn = stopWallClock();
    await session.ready;
    const { status, error, expiresAt } = session.state;
    const lives =
      Number.isFinite(expiresAt) && expiresAt !== null
        ? Math.round((expiresAt - Date.now()) / 1000)
        : null;
    goOn();
    const token = status === "active" ? await session.accessToken() : undefined;
    session.close();
    return {
      token,
      lives,
      code: error?.code,
      cause: error?.cause?.code,
      message: error?.cause?.message,
    };
  };
};

/** Answers, headers, and the token that is found. */
const RECOGNISED = [
  [{ access_token: "one" }],
  [{ access: "one", refresh: "" }],
  [{ accessToken: "one", refreshToken: "other" }],
  [{ token: "one", access: { manage: true } }],
  [{ data: { access_token: "one" } }],
  [{ data: { access: "one" }, status: "success" }],
  [{ data: { accessToken: "one" }, access_token: "" }],
  [{ data: { token: "one", user: {} }, token: null }],
  [{ access_token: "one", token: "one", data: { token: "one" } }],
  [{ user: {} }, { authorization: "Bearer one" }],
  [{ access_token: "one" }, { authorization: "Bearer two" }],
];

/** What an answer says beside an opaque token, its `Date`, and for how many seconds the token lives. */
const NOW = 1_700_000_000;
const DATE = new Date(NOW * 1000).toUTCString();
const LIFETIMES = [
  [{ expires_in: 300 }, 300],
  [{ expiresIn: "300" }, 300],
  [{ expires: 300_000 }, 300],
  [{ expires: (NOW + 300) * 1000 }, 300],
  [{ expires: "2023-11-14T22:18:20.000Z" }, 300],
  [{ expires: "Tue, 14 Nov 2023 22:18:20 GMT" }, 300],
  [{ expires_at: NOW + 300 }, 300],
  [{ expires_at: String(NOW + 300) }, 300],
  [{ expiresAt: (NOW + 300) * 1000 }, 300],
  [{ expiresAt: "2023-11-14T23:18:20+01:00" }, 300],
  [{ expires_at: "2023-11-14T22:18:20" }, 300],
  [{ expires_at: "2023-11-14 22:18:20" }, 300],
  [{ access_expiration: "2023-11-14T22:18:20.230262Z" }, 300],
  [{ access_token_expiration: "2023-11-14T22:18:20Z", expires_in: 600 }, 300],
  [{ expires_in: 300, expires_at: "soon", expires: "1h" }, 300],
  [{ expires_in: 300, expires_at: NOW - 10 }, 300],
];

test("the token is found in the places that servers use", async ({ run }) => {
  await run(HELPERS);
  for (const [answer, headers] of RECOGNISED) {
    const body = { ...answer, expires_in: 300 };
    const { token, lives } = await run(
      ([body, headers]) => restoredWith(body, headers, { identity: () => "alice" }),
      [body, headers],
    );
    assert.deepEqual([token, lives], ["one", 300], JSON.stringify([answer, headers]));
  }
});

test("a sign-in finds it there as well, in a response and in its JSON", async ({ run }) => {
  const seen = await run(async (recognised) => {
    const tokens = [];
    for (const [answer, headers] of recognised) {
      const json = { ...answer, expires_in: 300 };
      const answers = [new Response(JSON.stringify(json), { headers })];
      if (!headers) answers.push(json);
      for (const answer of answers) {
        const { session } = await started({ restore: false });
        await session.signIn(answer);
        tokens.push(await session.accessToken());
        session.close();
      }
    }
    return tokens;
  }, RECOGNISED);
  assert.deepEqual([...new Set(seen)], ["one"]);
});

test("a JWT in a header wants no JSON beside it, and no body", async ({ run }) => {
  await run(HELPERS);
  const seen = await run(async () => {
    const jwt = new FakeServer().token();
    const seen = [];
    for (const body of ["", "signed in"]) {
      const { token, lives } = await restoredWith(body, { authorization: `Bearer ${jwt}` });
      seen.push([token === jwt, lives]);
    }
    return seen;
  });
  assert.deepEqual(seen, [
    [true, 900],
    [true, 900],
  ]);
});

test("different tokens are an error that says where they stand, and not what they are", async ({
  run,
}) => {
  await run(HELPERS);
  const answer = {
    access_token: "first-secret",
    data: { token: "second-secret" },
    expires_in: 300,
  };
  const { token, code, cause, message } = await run((answer) => restoredWith(answer), answer);
  assert.deepEqual(
    [token, code, cause],
    [undefined, "ERR_REFRESH_MALFORMED", "ERR_TOKEN_AMBIGUOUS"],
  );
  assert.match(message, /\baccess_token and data\.token\b.*\breadToken\b/);
  assert.doesNotMatch(message, /secret/);
  const signedIn = await run(async (answer) => {
    const { session } = await started({ restore: false });
    const { thrown } = await outcome(session.signIn(answer));
    return { ...thrown, status: session.state.status };
  }, answer);
  assert.deepEqual(signedIn, {
    name: "TokenError",
    code: "ERR_TOKEN_AMBIGUOUS",
    message,
    retryable: false,
    status: "ended",
  });
  assert.equal(
    (await run((answer) => restoredWith(answer, {}, { readToken: "data.token" }), answer)).token,
    "second-secret",
  );
});

test("readToken names a path, and no other place counts then", async ({ run }) => {
  await run(HELPERS);
  const answer = {
    access_token: "other",
    tokens: { access: { jwt: "one", expires: 60_000 } },
    expires_in: 300,
  };
  const read = (readToken) =>
    run(([answer, readToken]) => restoredWith(answer, {}, { readToken }), [answer, readToken]);
  const found = await read("tokens.access.jwt");
  assert.deepEqual([found.token, found.lives], ["one", 60]);
  for (const path of ["tokens.access", "tokens.jwt", "jwt"])
    assert.equal((await read(path)).cause, "ERR_TOKEN_MISSING", path);
});

test("readToken names a header, with or without Bearer", async ({ run }) => {
  await run(HELPERS);
  const read = (headers) =>
    run(
      (headers) =>
        restoredWith({ access_token: "other", expires_in: 300 }, headers, {
          readToken: { header: "X-Access-Token" },
        }),
      headers,
    );
  for (const said of ["one", "Bearer one", "bearer  one"]) {
    const { token, lives } = await read({ "x-access-token": said });
    assert.deepEqual([token, lives], ["one", 300], said);
  }
  assert.equal((await read({ authorization: "Bearer one" })).cause, "ERR_TOKEN_MISSING");
  assert.equal((await read({ "x-access-token": "Basic one" })).cause, "ERR_TOKEN_MALFORMED");
});

test("readToken is a function: what it returns is the token, or is read as an answer", async ({
  run,
}) => {
  await run(HELPERS);
  const seen = await run(async () => {
    const answer = { jwt: "one", expires_in: 300 };
    const returns = [
      ({ jwt }) => jwt,
      async ({ jwt }) => jwt,
      ({ jwt }) => ({ token: jwt, expiresIn: 60 }),
      ({ jwt }) => Promise.resolve({ data: { access: jwt }, expires: 60_000 }),
      ({ jwt }, response) => ({
        access_token: jwt,
        expires_in: Number(response.headers.get("x-lifetime")),
      }),
      () => undefined,
      () => null,
      () => "",
      () => ({}),
      () => "a b",
      () => ({ access: "one", token: "two" }),
    ];
    const seen = [];
    for (const readToken of returns) {
      const { token, lives, cause } = await restoredWith(
        answer,
        { "x-lifetime": "90" },
        { readToken },
      );
      seen.push(token ? `${token} ${lives}` : cause);
    }
    return seen;
  });
  assert.deepEqual(seen, [
    "one 300",
    "one 300",
    "one 60",
    "one 60",
    "one 90",
    "ERR_TOKEN_MISSING",
    "ERR_TOKEN_MISSING",
    "ERR_TOKEN_MISSING",
    "ERR_TOKEN_MISSING",
    "ERR_TOKEN_MALFORMED",
    "ERR_TOKEN_AMBIGUOUS",
  ]);
});

test("the function gets the JSON, or the text that is none, and the response, read; a bare token asks nobody", async ({
  run,
}) => {
  const seen = await run(async () => {
    const asked = [];
    const readToken = (answer, response) => {
      asked.push([answer, response && [response.status, response.bodyUsed]]);
      return { access_token: "one", expires_in: 300 };
    };
    const { server, session } = start({ readToken, identity: () => "alice" });
    server.answerRefresh(201, JSON.stringify({ a: 1 }), "{}");
    await session.ready;
    server.answerRefresh(200, "jwt=one", "{}");
    await session.refresh();
    await session.signIn(new Response("[1]"));
    await session.signIn({ b: 2 });
    await session.signIn(server.token());
    return asked;
  });
  assert.deepEqual(seen, [
    [{ a: 1 }, [201, true]],
    ["jwt=one", [200, true]],
    [[1], [200, true]],
    [{ b: 2 }, undefined],
  ]);
});

test("what the function throws is the cause of a failed refresh, and a sign-in rejects with it", async ({
  run,
}) => {
  const seen = await run(async () => {
    const cause = new Error("not today");
    const told = [];
    for (const fails of [
      () => {
        throw cause;
      },
      () => Promise.reject(cause),
      () => 5,
      () => true,
    ]) {
      let reads = ({ access_token }) => access_token;
      const { session } = await started({ readToken: (answer) => reads(answer) });
      const { session: before } = session.state;
      reads = fails;
      const refreshed = session.refresh();
      await until(session, ({ error }) => error);
      const { status, session: after, error } = session.state;
      const signedIn = await session.signIn({ access_token: "one" }).catch((error) => error);
      told.push([
        status,
        before === after,
        error.code,
        error.cause === cause,
        error.cause.name,
        signedIn === cause,
        signedIn.name,
      ]);
      reads = ({ access_token }) => access_token;
      await refreshed;
      session.close();
    }
    return told;
  });
  const thrown = ["active", true, "ERR_REFRESH_MALFORMED", true, "Error", true, "Error"];
  const odd = ["active", true, "ERR_REFRESH_MALFORMED", false, "TypeError", false, "TypeError"];
  assert.deepEqual(seen, [thrown, thrown, odd, odd]);
});

test("a sign-in without a token in the place that was named is incomplete", async ({ run }) => {
  const seen = await run(async () => {
    const bodies = [];
    for (const readToken of ["data.jwt", { header: "x-jwt" }, () => undefined]) {
      const { session } = await started({ restore: false, readToken });
      const { code, body } = await session
        .signIn(new Response('{"mfa":true}'))
        .catch((error) => error);
      bodies.push([code, body]);
    }
    return bodies;
  });
  for (const each of seen) assert.deepEqual(each, ["ERR_SIGN_IN_INCOMPLETE", { mfa: true }]);
});

test("lifetimes are read under the names and in the units that servers use, whatever time it is here", async ({
  run,
}) => {
  await run(HELPERS);
  for (const clock of [undefined, 0, 4e12]) {
    await run((clock) => {
      const { now } = Date;
      if (clock !== undefined) Date.now = () => clock;
      globalThis.goOn = () => (Date.now = now);
    }, clock);
    for (const [said, seconds] of LIFETIMES) {
      for (const answer of [
        { access_token: "one", ...said },
        { data: { access_token: "one", ...said } },
      ]) {
        const { token, lives, cause } = await run(
          ([answer, date]) => restoredWith(answer, { date }),
          [answer, DATE],
        );
        assert.deepEqual(
          [token, lives, cause],
          ["one", seconds, undefined],
          `${clock}: ${JSON.stringify(answer)}`,
        );
      }
    }
    await run(() => goOn());
  }
});

test("a date that has passed by the server's clock is the end of a token; by ours alone it is not", async ({
  run,
}) => {
  await run(HELPERS);
  const answer = { access_token: "one", expires_at: NOW };
  assert.equal(
    (await run(([answer, date]) => restoredWith(answer, { date }), [answer, DATE])).cause,
    "ERR_TOKEN_EXPIRED",
  );
  const { token, lives } = await run((answer) => restoredWith(answer), answer);
  assert.deepEqual([token, lives], ["one", null]);
  const ahead = await run(() => {
    stopWallClock();
    return restoredWith({ access_token: "one", expiresAt: Date.now() + 300_000 });
  });
  assert.deepEqual([ahead.token, ahead.lives], ["one", 300]);
});

test("a date in milliseconds that is a JWT's own exp, or a second later, changes nothing", async ({
  run,
}) => {
  await run(HELPERS);
  const lives = await run(async () => {
    const token = new FakeServer().token();
    const { exp } = JSON.parse(atob(token.split(".")[1]));
    return (
      await restoredWith({
        access: token,
        access_expiration: new Date(exp * 1000 + 900).toISOString(),
      })
    ).lives;
  });
  assert.equal(lives, 900);
});
