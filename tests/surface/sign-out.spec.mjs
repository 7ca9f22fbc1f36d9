// A sign-out ends the session here, whatever becomes of it there.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

const ENDED = { status: "ended", reason: "signed-out", elsewhere: false };

test("it ends the session and tells the server once, with the cookie", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started({ signOut: "/auth/logout" });
    const value = await session.signOut();
    const { method, credentials, keepalive, authorization } = server.calls.at(-1);
    return {
      value,
      state: session.state,
      count: server.count("/auth/logout"),
      method,
      credentials,
      keepalive,
      authorization,
    };
  });
  assert.deepEqual(seen, {
    value: "confirmed",
    state: ENDED,
    count: 1,
    method: "POST",
    credentials: "include",
    keepalive: true,
    authorization: undefined,
  });
});

test("the session is over at once, before the server has answered", async ({ run }) => {
  const seen = await run(async () => {
    let answer;
    const server = new FakeServer();
    const fetch = async (request) =>
      request.url.includes("logout")
        ? new Promise((resolve) => (answer = resolve))
        : server.fetch(request);
    const { session } = await started({ signOut: "/auth/logout", fetch });
    const signedOut = session.signOut();
    await until(session, ({ status }) => status === "ended");
    const early = {
      state: session.state,
      token: (await outcome(session.accessToken())).thrown.code,
    };
    while (!answer) await nextTask();
    answer(new Response(null, { status: 204 }));
    return { ...early, signedOut: await outcome(signedOut) };
  });
  assert.deepEqual(seen, {
    state: ENDED,
    token: "ERR_SESSION_ENDED",
    signedOut: { value: "confirmed" },
  });
});

test("where the server cannot be reached it is pending, and inspect() shows its own cause", {
  tag: ["@scenario-90"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const told = [];
    const { server, session } = await started({
      signOut: "/auth/logout",
      onEvent: (event) => told.push(event),
    });
    // A refresh has failed before, with an error of its own.
    server.failRefresh();
    await outcome(session.refresh());
    const native = new TypeError("network down");
    server.failApi(native);
    const value = await session.signOut();
    await nextTask();
    const { signOut } = session.inspect();
    const { error, since, retryAt, ...rest } = signOut;
    const event = told.find(({ type }) => type === "sign-out-settled");
    session.close();
    return {
      value,
      state: session.state,
      rest,
      times: [typeof since, retryAt > since],
      frozen: Object.isFrozen(signOut),
      error: [
        error.name,
        error.code,
        error.kind,
        error.retryable,
        error instanceof SignOutError,
        /sign-out endpoint/.test(error.message),
      ],
      cause: error.cause === native,
      event: [event.outcome, event.kind, event.tries, event.error.cause === native],
    };
  });
  assert.deepEqual(seen, {
    value: "pending",
    state: ENDED,
    rest: { status: "pending", tries: 0 },
    times: ["number", true],
    frozen: true,
    error: ["SignOutError", "ERR_SIGN_OUT_UNCONFIRMED", "transient", true, true, true],
    cause: true,
    event: ["pending", "transient", 0, true],
  });
});

test("what confirms nothing: a 404, HTML, a 401 without the token, whatever endsSession says", async ({
  run,
}) => {
  const seen = await run(async () => {
    const [json, html] = ['{"content-type":"application/json"}', '{"content-type":"text/html"}'];
    const csrf = { cookie: "csrf", header: "x-csrf" };
    const seen = [];
    for (const [status, headers, more] of [
      [404, html, {}],
      [404, json, {}],
      [200, html, {}],
      [401, json, {}],
      [401, json, { endsSession: [401] }],
      [403, json, { csrf }],
      [410, json, {}],
      [422, json, { endsSession: () => true }],
      [401, html, {}],
      [401, '{"www-authenticate":"Basic"}', {}],
      [429, json, {}],
      [500, json, {}],
    ]) {
      const { server, session } = await started({
        signOut: "/auth/logout",
        ...more,
        name: `${seen.length}`,
      });
      server.answerSignOut(status, "{}", headers);
      const value = await session.signOut();
      const { error } = session.inspect().signOut;
      seen.push([value, error.status, error.cause, session.state.reason]);
      session.close();
    }
    return seen;
  });
  const statuses = [404, 404, 200, 401, 401, 403, 410, 422, 401, 401, 429, 500];
  assert.deepEqual(
    seen,
    statuses.map((status) => ["pending", status, undefined, "signed-out"]),
  );
});

test("a refusal is confirmed by a refresh that is refused twice", async ({ run }) => {
  const seen = await run(async () => {
    const json = '{"content-type":"application/json"}';
    const told = [];
    const { server, session } = await started({
      signOut: "/auth/logout",
      onEvent: (event) => told.push(event),
    });
    server.answerSignOut(401, "{}", json);
    for (let time = 0; time < 2; time++) server.answerRefresh(401, "{}", json);
    const value = await session.signOut();
    await nextTask();
    const { status, error } = session.inspect().signOut;
    return {
      value,
      status,
      error,
      events: told.filter(({ type }) => type === "sign-out-settled").map(({ at, ...rest }) => rest),
    };
  });
  assert.deepEqual(seen, {
    value: "confirmed",
    status: "confirmed",
    error: null,
    events: [{ type: "sign-out-settled", outcome: "confirmed", tries: 0 }],
  });
});

test("a redirect is not followed, and a refresh tells", async ({ run }) => {
  const seen = await run(async () => {
    const server = new FakeServer();
    const fetch = async (request) => {
      if (!request.url.includes("logout")) return server.fetch(request);
      return new Proxy(new Response(null), {
        get: (target, name) =>
          name === "type" ? "opaqueredirect" : name === "status" ? 0 : Reflect.get(target, name),
      });
    };
    const { session } = start({ signOut: "/auth/logout", fetch });
    await session.ready;
    for (let time = 0; time < 2; time++)
      server.answerRefresh(401, "{}", '{"content-type":"application/json"}');
    return session.signOut();
  });
  assert.equal(seen, "confirmed");
});

test("the access token goes along where the option says so, in the header of attach, and to a function", {
  tag: ["@scenario-91"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const seen = [];
    const asked = [];
    for (const [index, options] of [
      { signOut: { url: "/auth/logout", token: true } },
      {
        signOut: { url: "/auth/logout", token: true },
        attach: { header: "X-Token", scheme: "" },
        sendTokenTo: [],
      },
      { signOut: { url: "/auth/logout", token: false } },
      { signOut: "/auth/logout" },
      { signOut: (ask) => void asked.push(ask) },
    ].entries()) {
      const { server, session } = await started({ ...options, name: String(index) });
      const token = await session.accessToken();
      seen.push(await session.signOut());
      const { headers } = server.calls.at(-1).request;
      const carried = options.attach
        ? headers.get("x-token")
        : headers.get("authorization")?.replace("Bearer ", "");
      seen.push((asked.length > 0 ? asked[0].token : carried) === token);
    }
    return seen;
  });
  assert.deepEqual(seen, [
    "confirmed",
    true,
    "confirmed",
    true,
    "confirmed",
    false,
    "confirmed",
    false,
    "confirmed",
    true,
  ]);
});

test("what a function throws is told, counts unless it is a network error, and no token is printed", {
  tag: ["@scenario-90"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const seen = [];
    for (const thrown of [
      new Error("bridge"),
      { status: 500 },
      new TypeError("Failed to fetch"),
      undefined,
    ]) {
      const told = [];
      const signOut = ({ token }) => {
        if (thrown instanceof Error) thrown.config = { token };
        throw thrown;
      };
      const { session } = await started({
        signOut,
        name: `${seen.length}`,
        onEvent: (event) => told.push(event),
      });
      const token = await session.accessToken();
      const value = await session.signOut();
      await nextTask();
      const { error, tries } = session.inspect().signOut;
      const printed = JSON.stringify([session.inspect(), told, error]);
      seen.push([value, error.cause === thrown, tries, error.kind, printed.includes(token)]);
      session.close();
    }
    return seen;
  });
  assert.deepEqual(seen, [
    ["pending", true, 1, "protocol", false],
    ["pending", true, 1, "protocol", false],
    ["pending", true, 0, "transient", false],
    ["pending", true, 1, "protocol", false],
  ]);
});

test("what the server could not be told it is told later", async ({ stage }) => {
  const { page, run } = stage;
  await page.clock.install();
  await page.reload();
  await run(async () => {
    Object.assign(globalThis, await started({ signOut: "/auth/logout" }));
    server.failApi(new TypeError("network down"));
    await outcome(session.signOut());
  });
  assert.equal(await run(() => server.count("/auth/logout")), 1);
  // A refresh comes first, to see whose session there is; and between the two there are tasks, which are no matter of the clock.
  const told = () => run(() => nextTask().then(() => server.count("/auth/logout")));
  for (let second = 0; second < 10 && (await told()) < 2; second++) await page.clock.runFor(1_000);
  assert.equal(await told(), 2);
});

test("without the option it is local: it sends nothing, and holds in the next page until somebody signs in", {
  tag: ["@scenario-92"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    const { length } = server.calls;
    const value = await session.signOut();
    const { status } = session.inspect().signOut;
    session.close();
    const next = start();
    await next.session.ready;
    const later = [
      next.session.state,
      next.server.calls.length,
      next.session.inspect().signOut.status,
    ];
    await next.session.signIn();
    return {
      value,
      status,
      state: session.state,
      sent: server.calls.length - length,
      later,
      signedIn: next.session.state.status,
    };
  });
  assert.deepEqual(seen, {
    value: "local",
    status: "local",
    state: ENDED,
    sent: 0,
    later: [ENDED, 0, "local"],
    signedIn: "active",
  });
});

test("where the server has said that there is no session it sends nothing, and the reason stays", async ({
  run,
}) => {
  const seen = await run(async () => {
    const json = '{"content-type":"application/json"}';
    const seen = [];
    for (const [index, isHinted] of [false, true].entries()) {
      const { server, session } = start({
        signOut: "/auth/logout",
        name: `anonymous-${index}`,
        ...(isHinted && { sessionHint: "signed_in" }),
      });
      server.answerRefresh(401, "{}", json);
      await session.ready;
      seen.push(await session.signOut(), session.state.reason, server.count("/auth/logout"));
      session.close();
      if (!isHinted) continue;
      // The hint says so now, and nobody is asked.
      const next = start({
        signOut: "/auth/logout",
        name: `anonymous-${index}`,
        sessionHint: "signed_in",
      });
      await next.session.ready;
      seen.push(await next.session.signOut(), next.session.state.reason, next.server.calls.length);
    }
    const { server, session } = await started({ signOut: "/auth/logout", name: "rejected" });
    for (let time = 0; time < 2; time++) server.answerRefresh(401, "{}", json);
    await outcome(session.refresh());
    seen.push(await session.signOut(), session.state.reason, server.count("/auth/logout"));
    return seen;
  });
  assert.deepEqual(seen, [
    ...Array(3).fill(["confirmed", "none", 0]).flat(),
    "confirmed",
    "rejected",
    0,
  ]);
});

test("a cookie that has come with a login which is still being read is signed out for real", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { server, session } = start({ signOut: "/auth/logout" });
    server.answerRefresh(401, "{}", '{"content-type":"application/json"}');
    await session.ready;
    const login = outcome(session.signIn(new Response(server.login())));
    const value = await session.signOut();
    return [value, (await login).thrown?.code, server.count("/auth/logout"), session.state.reason];
  });
  assert.deepEqual(seen, ["confirmed", "ERR_SESSION_ENDED", 1, "signed-out"]);
});

test("refresh rejects after it, and a sign-in begins a session again", {
  tag: ["@scenario-4"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    await session.signOut();
    const { code, reason } = (await outcome(session.refresh())).thrown;
    await session.signIn(() => server.token());
    return [code, reason, session.state.status, session.state.generation];
  });
  assert.deepEqual(seen, ["ERR_SESSION_ENDED", "signed-out", "active", 1]);
});
