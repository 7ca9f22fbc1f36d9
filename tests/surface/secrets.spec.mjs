// Tokens are only in memory, in requests, and in what accessToken returns.

import assert from "node:assert/strict";
import { test } from "./fixtures.mjs";

/** Tokens whose every part can be searched for, and a search. */
const prepare = () => {
  const encode = (value) => btoa(JSON.stringify(value)).replaceAll("=", "");
  const claims = { sub: "alice", iat: 1_700_000_000, exp: 1_700_000_900, scope: "profile" };
  const token = [
    encode({ alg: "HS256", kid: "searched-for" }),
    encode(claims),
    "c2lnbmF0dXJlLXNlYXJjaGVkLWZvcg",
  ].join(".");
  const opaque = "opaque-token-searched-for";
  const secrets = [token, ...token.split("."), opaque];
  const found = (text) => secrets.some((secret) => text.includes(secret));
  /** The texts of an error and all its causes. */
  const tell = (error) => {
    if (!(error instanceof Error)) return JSON.stringify(error) ?? String(error);
    const members = Object.getOwnPropertyNames(error).filter((name) => name !== "cause");
    const own = members.map((name) =>
      typeof error[name] === "string" ? error[name] : JSON.stringify(error[name]),
    );
    return [
      String(error),
      JSON.stringify(error),
      ...own,
      error.cause ? tell(error.cause) : "",
    ].join("\n");
  };
  Object.assign(globalThis, {
    token,
    opaque,
    found,
    tell,
    answer: JSON.stringify({ access_token: token }),
  });
};

test("no token is in the state, in storage, or on anything that can be reached from the session", async ({
  run,
}) => {
  await run(prepare);
  const seen = await run(async () => {
    const { server, session } = start();
    server.answerRefresh(200, answer, "{}");
    await session.ready;
    await session.signIn({ access_token: token });
    const names = Object.getOwnPropertyNames(session).concat(
      Object.getOwnPropertyNames(Object.getPrototypeOf(session)),
    );
    const reachable = names
      .map((name) => `${name}: ${String(session[name])} ${JSON.stringify(session[name])}`)
      .join();
    const storage = JSON.stringify([
      { ...localStorage },
      { ...sessionStorage },
      document.cookie,
      name,
      history.state,
    ]);
    return {
      isSearched: found(await session.accessToken()),
      remembers: localStorage.length,
      state: found(JSON.stringify(session.state)),
      reachable: found(reachable + JSON.stringify(session)),
      storage: found(storage),
    };
  });
  assert.deepEqual(seen, {
    isSearched: true,
    remembers: 3,
    state: false,
    reachable: false,
    storage: false,
  });
});

test("the remembered sign-in names nobody", async ({ origin, run }) => {
  const stored = await run(async () => {
    await started();
    return { ...localStorage };
  });
  assert.deepEqual(Object.keys(stored).sort(), [
    `silent-session:1:answered:${origin} /auth/refresh`,
    `silent-session:1:company:default:${origin}/auth/refresh`,
    `silent-session:1:session:default:${origin}/auth/refresh`,
  ]);
  assert.doesNotMatch(JSON.stringify(stored), /alice/);
});

test("no token is in an error of any kind", async ({ run }) => {
  await run(prepare);
  const seen = await run(async () => {
    const { server, session } = start({ signOut: "/auth/logout" });
    server.answerRefresh(200, answer, "{}");
    await session.ready;
    const caught = (promise) =>
      promise.then(
        () => "nothing",
        (error) => error,
      );
    const errors = {};
    errors.malformed = await caught(session.signIn(opaque));
    errors.malformedAnswer = await caught(
      session.signIn(new Response(JSON.stringify({ access_token: opaque }))),
    );
    errors.refused = await caught(session.signIn(new Response(answer, { status: 401 })));
    errors.wrong = await caught(session.accessToken({ not: { token } }));
    const offline = start({ name: "b" });
    offline.server.answerRefresh(200, JSON.stringify({ access_token: opaque }), "{}");
    await offline.session.ready;
    errors.refresh = offline.session.state.error;
    server.failApi(new TypeError("network down"));
    await session.signOut();
    errors.unconfirmed = session.inspect().signOut.error;
    errors.ended = await caught(session.accessToken({ not: token }));
    session.close();
    errors.closed = await caught(session.signIn(token));
    return Object.entries(errors).map(([name, error]) => [name, error.code, found(tell(error))]);
  });
  assert.deepEqual(seen, [
    ["malformed", "ERR_TOKEN_MALFORMED", false],
    ["malformedAnswer", "ERR_TOKEN_MALFORMED", false],
    ["refused", "ERR_SIGN_IN_REFUSED", false],
    ["wrong", "ERR_INVALID_OPTION", false],
    ["refresh", "ERR_REFRESH_MALFORMED", false],
    ["unconfirmed", "ERR_SIGN_OUT_UNCONFIRMED", false],
    ["ended", "ERR_SESSION_ENDED", false],
    ["closed", "ERR_SESSION_CLOSED", false],
  ]);
});

test("a wrong option is named, and not repeated", async ({ run }) => {
  await run(prepare);
  const seen = await run(async () => {
    const wrong = [
      { refresh: { token } },
      { refresh: "/r", name: [token] },
      { refresh: "/r", leeway: token },
      { refresh: `ftp://${opaque}` },
    ];
    return wrong.map((options) => found(thrownBy(() => createSession(options)).message));
  });
  assert.deepEqual(seen, Array(4).fill(false));
});

test("the console is silent, whatever happens", async ({ stage }) => {
  await stage.run(async () => {
    const { server, session } = start({ signOut: "/auth/logout" });
    server.failRefresh();
    await session.ready;
    await session.accessToken();
    server.answerRefresh(200, "<html>", '{"content-type":"text/html"}');
    await outcome(session.refresh());
    server.revoke();
    await session.fetch("/api/me");
    server.answerRefresh(401, "{}", "{}");
    await outcome(session.refresh());
    await outcome(session.signIn("opaque"));
    server.failApi(new TypeError("network down"));
    await outcome(session.signOut());
    session.close();
  });
  assert.deepEqual(await stage.takeComplaints(), []);
});
