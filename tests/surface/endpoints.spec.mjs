// The requests that are sent to the refresh and the sign-out endpoint.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("a URL alone is a POST without a body, with cookies and the attempt id", async ({ run }) => {
  const seen = await run(async () => {
    const { server } = await started();
    const { method, credentials, redirect, cache, keepalive, bytes, request } = server.calls[0];
    return [
      method,
      credentials,
      redirect,
      cache,
      keepalive,
      bytes,
      [...request.headers].map(([name]) => name),
    ];
  });
  assert.deepEqual(seen, [
    "POST",
    "include",
    "manual",
    "no-store",
    true,
    "",
    ["accept", "x-requested-with"],
  ]);
});

test("method, headers, body and credentials are those of the options; what keeps a cookie safe stays", async ({
  run,
}) => {
  const seen = await run(async () => {
    const ask = {
      url: "/auth/refresh",
      method: "put",
      headers: { "x-tenant": "a", accept: "text/plain" },
      body: { grant_type: "refresh_token" },
      credentials: "same-origin",
    };
    const out = { url: "/auth/logout", method: "DELETE", headers: [["x-tenant", "b"]] };
    const { server, session } = await started({ refresh: ask, signOut: out });
    ask.body.grant_type = "another";
    server.answerSignOut(204, null, "{}");
    await session.signOut();
    return server.calls.map(
      ({ method, credentials, redirect, cache, keepalive, bytes, request }) => ({
        method,
        credentials,
        redirect,
        cache,
        keepalive,
        body: String.fromCharCode(...bytes.split(",").filter(Boolean)),
        headers: Object.fromEntries(
          [...request.headers].filter(([name]) => name !== "x-requested-with"),
        ),
        hasId: /^[0-9a-f]{32}$/.test(request.headers.get("x-requested-with")),
      }),
    );
  });
  const always = { cache: "no-store", keepalive: true, hasId: true };
  assert.deepEqual(seen, [
    {
      method: "PUT",
      credentials: "same-origin",
      redirect: "manual",
      ...always,
      body: '{"grant_type":"refresh_token"}',
      headers: { accept: "text/plain", "content-type": "application/json", "x-tenant": "a" },
    },
    {
      method: "DELETE",
      credentials: "include",
      redirect: "manual",
      ...always,
      body: "",
      headers: { accept: "application/json", "x-tenant": "b" },
    },
  ]);
});

test("a body is JSON, a form, or a text; a GET has none", async ({ run }) => {
  const seen = await run(async () => {
    const seen = [];
    const bodies = [
      { body: [1] },
      { body: new URLSearchParams({ a: "1 2" }) },
      { body: "text" },
      { body: { a: 1 }, headers: { "content-type": "application/vnd.api+json" } },
      { method: "GET" },
    ];
    for (const [index, members] of bodies.entries()) {
      const { server } = await started({
        refresh: { url: "/auth/refresh", ...members },
        name: String(index),
      });
      const { method, bytes, request } = server.calls[0];
      seen.push([
        method,
        String.fromCharCode(...bytes.split(",").filter(Boolean)),
        request.headers.get("content-type"),
      ]);
    }
    return seen;
  });
  assert.deepEqual(seen, [
    ["POST", "[1]", "application/json"],
    ["POST", "a=1+2", "application/x-www-form-urlencoded;charset=UTF-8"],
    ["POST", "text", "text/plain;charset=UTF-8"],
    ["POST", '{"a":1}', "application/vnd.api+json"],
    ["GET", "", null],
  ]);
});

test("the attempt id goes by another header, or not at all", async ({ run }) => {
  const seen = await run(async () => {
    const other = await started({ attemptHeader: "Idempotency-Key" });
    const none = await started({ attemptHeader: false, name: "none" });
    return [other, none].map(({ server }) => [...server.calls[0].request.headers.keys()]);
  });
  assert.deepEqual(seen, [["accept", "idempotency-key"], ["accept"]]);
});

test("parameters of one user do not go into another's refresh", async ({ run }) => {
  const seen = await run(async () => {
    const seen = [];
    const ways = [
      (session, server) => session.signIn(server.token("bob")),
      (session, server) => session.signIn(() => server.token("bob")),
      (session) => session.signIn(),
      (session, server) => session.signOut().then(() => session.signIn(server.token("bob"))),
    ];
    for (const [index, way] of ways.entries()) {
      const server = new FakeServer();
      const asked = [];
      let fails = false;
      const refresh = ({ params }) => {
        asked.push(params ?? null);
        if (fails) throw new Error("busy");
        return server.token("bob");
      };
      const session = createSession({ refresh, fetch: server.fetch, name: String(index) });
      await session.ready;
      fails = true;
      void session.refresh({ params: "of alice" }).catch(() => {});
      await until(session, (state) => state.error);
      fails = false;
      const before = asked.length;
      await way(session, server);
      await session.refresh();
      seen.push(asked.slice(before).some((params) => params !== null));
      session.close();
    }
    return seen;
  });
  assert.deepEqual(seen, [false, false, false, false]);
});

test("a function refreshes: with a Response, an object, a token; under one lock, once for all", async ({
  run,
}) => {
  const seen = await run(async () => {
    const server = new FakeServer();
    const asked = [];
    let answer = () => server.fetch("/auth/refresh");
    const refresh = (ask) => {
      asked.push(ask);
      return answer();
    };
    const session = createSession({ refresh, name: "by-function", fetch: server.fetch });
    await session.ready;
    const seen = [session.state.status];
    answer = async () => JSON.parse(server.login());
    await session.refresh({ params: { tenant: "b" } });
    seen.push((await session.fetch("/api/me")).status);
    answer = () => server.token();
    server.revoke();
    const all = await Promise.all(["/api/a", "/api/b", "/api/c"].map((url) => session.fetch(url)));
    seen.push(all.map(({ status }) => status));
    const { signal } = asked[0];
    seen.push(
      signal.aborted,
      asked.map(({ params }) => params),
      asked.every(({ attempt }) => /^[0-9a-f]{32}$/.test(attempt)),
      Object.keys(asked[0]),
    );
    session.close();
    return [...seen, signal.aborted, signal.reason.code];
  });
  assert.deepEqual(seen, [
    "active",
    200,
    [200, 200, 200],
    false,
    [undefined, { tenant: "b" }, undefined],
    true,
    ["signal", "attempt", "params"],
    true,
    "ERR_SESSION_CLOSED",
  ]);
});

test("parameters go along until a refresh has succeeded", async ({ run }) => {
  const seen = await run(async () => {
    const server = new FakeServer();
    const asked = [];
    let fails = false;
    const refresh = ({ params }) => {
      asked.push([params ?? null, fails]);
      if (fails) throw new Error("bridge is busy");
      return server.token();
    };
    const session = createSession({
      refresh,
      name: "by-function",
      fetch: server.fetch,
      patience: 0.2,
    });
    await session.ready;
    fails = true;
    const clock = new StoppedClock();
    const failing = clock.refresh(session, 0.2, { params: "admin" });
    const { code } = (await outcome(failing)).thrown;
    clock.resume();
    fails = false;
    // There is a pause between two tries.
    while ((await outcome(session.refresh())).thrown);
    await session.refresh();
    return [code.startsWith("ERR_REFRESH"), asked];
  });
  const [isFailure, [[atFirst], ...asked]] = seen;
  assert.deepEqual([isFailure, atFirst], [true, null]);
  const succeeded = asked.findIndex(([, failed]) => !failed);
  for (const [index, [params]] of asked.entries()) {
    assert.equal(params, index <= succeeded ? "admin" : null, JSON.stringify(seen));
  }
  assert.ok(succeeded > 0 && succeeded < asked.length - 1, JSON.stringify(seen));
});

test("a function signs out, and is not told twice", async ({ run }) => {
  const seen = await run(async () => {
    const asked = [];
    const { session } = await started({
      signOut: async (ask) => void asked.push(Object.keys(ask)),
    });
    await session.signOut();
    return [asked, session.state.reason];
  });
  assert.deepEqual(seen, [[["signal", "attempt", "token"]], "signed-out"]);
});

test("a network error of another origin names what CORS would have to let through", async ({
  run,
}) => {
  const seen = await run(async () => {
    const messages = [];
    for (const [index, refresh] of ["https://auth.test/auth/refresh", "/auth/refresh"].entries()) {
      const { server, session } = start({
        refresh: { url: refresh, headers: { "x-tenant": "a" } },
        csrf: { cookie: "c", header: "X-CSRF" },
        name: String(index),
      });
      server.failRefresh();
      await session.ready;
      messages.push(session.state.error.message);
    }
    return messages;
  });
  assert.match(seen[0], /CORS.*x-tenant, X-Requested-With, X-CSRF$/);
  assert.doesNotMatch(seen[1], /CORS/);
});

test("what is wrong names the member", async ({ run }) => {
  const seen = await run(() => {
    const wrong = {
      "refresh.url": { refresh: {} },
      "refresh.method": { refresh: { url: "/r", method: "TRACE" } },
      "refresh.headers": { refresh: { url: "/r", headers: { "a b": "c" } } },
      "refresh.body": { refresh: { url: "/r", body: new Date() } },
      "refresh.credentials": { refresh: { url: "/r", credentials: "always" } },
      "refresh.path": { refresh: { url: "/r", path: "/" } },
      "signOut.token": { refresh: "/r", signOut: { url: "/s", token: "yes" } },
      "refresh.token": { refresh: { url: "/r", token: true } },
      "signOut.body": { refresh: "/r", signOut: { url: "/s", method: "HEAD", body: "x" } },
      signOut: { refresh: "/r", signOut: null },
      attemptHeader: { refresh: "/r", attemptHeader: true },
      csrf: { refresh: "/r", csrf: { header: "x" } },
      "csrf.header": { refresh: "/r", csrf: { cookie: "a" } },
      "csrf.cookie": { refresh: "/r", csrf: { header: "x", cookie: "a b" } },
      "csrf.token": { refresh: "/r", csrf: { header: "x", token: "t" } },
      "csrf.name": { refresh: "/r", csrf: { name: "x" } },
      endsSession: { refresh: "/r", endsSession: [200] },
      sessionHint: { refresh: "/r", sessionHint: "a=b" },
    };
    return Object.entries(wrong).map(([name, options]) => [
      name,
      thrownBy(() => createSession(options)),
    ]);
  });
  const more = await run(() =>
    [
      ["refresh", { refresh: "https://u:p@auth.test/r" }],
      ["refresh.url", { refresh: { url: "https://u@auth.test/r" } }],
      ["refresh.body", { refresh: { url: "/r", body: { n: 1n } } }],
      [
        "refresh.headers",
        { refresh: { url: "/r", headers: { "x-requested-with": "XMLHttpRequest" } } },
      ],
      ["signOut.headers", { refresh: "/r", signOut: { url: "/s", headers: { Cookie: "a=b" } } }],
      [
        "signOut.headers",
        { refresh: "/r", signOut: { url: "/s", token: true, headers: { authorization: "x" } } },
      ],
      ["attemptHeader", { refresh: "/r", attemptHeader: "Sec-Attempt" }],
      ["csrf.header", { refresh: "/r", csrf: { header: "Proxy-X", cookie: "c" } }],
      ["csrf", { refresh: () => {}, name: "a", csrf: { header: "X", cookie: "c" } }],
      ["attach.header", { refresh: "/r", attach: { header: "Content-Type" } }],
      ["refresh.body", { refresh: { url: "/r", method: "GET", body: "x" } }],
    ].map(([name, options]) => [name, thrownBy(() => createSession(options))]),
  );
  for (const [name, thrown] of [...seen, ...more])
    assert.ok(
      thrown.code === "ERR_INVALID_OPTION" && thrown.message.startsWith(`${name}: `),
      `${name}: ${JSON.stringify(thrown)}`,
    );
});

test("a method is sent in capitals, also one that fetch leaves as it is", async ({ run }) => {
  const method = await run(async () => {
    const { server } = await started({ refresh: { url: "/auth/refresh", method: "patch" } });
    return server.calls[0].request.method;
  });
  assert.equal(method, "PATCH");
});
