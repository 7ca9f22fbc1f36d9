// session.fetchWith: a policy of a derived fetch.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("it derives a function like fetch, with a policy that is checked at once", async ({ run }) => {
  const seen = await run(() => {
    const { session } = start();
    const derived = session.fetchWith({ token: "required" });
    const wrong = [
      null,
      "required",
      { token: "always" },
      { replay: 1 },
      { passive: "yes" },
      { tokens: "none" },
    ];
    return {
      name: derived.name,
      length: derived.length,
      wrong: wrong.map((policy) => thrownBy(() => session.fetchWith(policy))),
    };
  });
  assert.deepEqual([seen.name, seen.length], ["fetch", 1]);
  for (const [index, name] of [
    "policy",
    "policy",
    "token",
    "replay",
    "passive",
    "tokens",
  ].entries()) {
    const { name: kind, code, message } = seen.wrong[index];
    assert.deepEqual(
      [kind, code, message.startsWith(`${name}: `)],
      ["TypeError", "ERR_INVALID_OPTION", true],
      message,
    );
  }
});

test("an empty policy is that of session.fetch", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    server.revoke();
    const { status } = await session.fetchWith({})("/api/me");
    return [status, server.count("/auth/refresh"), server.count("/api/me")];
  });
  assert.deepEqual(seen, [200, 2, 2]);
});

test("required: nothing is sent without a token", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    const required = session.fetchWith({ token: "required" });
    const { status } = await required("/api/me");
    const wrong = [
      ["https://api.test/"],
      ["/api/me", { mode: "no-cors" }],
      ["/api/me", { method: "a b" }],
    ];
    const rejected = [];
    for (const args of wrong) rejected.push((await outcome(required(...args))).thrown);
    const own = await required("/api/me", { headers: { authorization: "Basic eDp5" } });
    await session.signOut();
    rejected.push((await outcome(required("/api/me"))).thrown);
    return {
      status,
      own: own.status,
      rejected: rejected.map(({ name, code, reason }) => [name, code, reason]),
      sent: server.count("/api/me") + server.count("api.test"),
    };
  });
  assert.deepEqual([seen.status, seen.own, seen.sent], [200, 401, 2]);
  const notAllowed = ["TokenError", "ERR_TOKEN_NOT_ALLOWED", null];
  const ended = ["SessionEndedError", "ERR_SESSION_ENDED", "signed-out"];
  assert.deepEqual(
    seen.rejected.map((each) => each.map((value) => value ?? null)),
    [notAllowed, notAllowed, ["TypeError", null, null], ended],
  );
});

test("required: waits for the restore, also while the wasm loads", async ({ run }) => {
  const seen = await run(async () => {
    const { release } = heldWasm();
    const { server, session } = start();
    const answers = ["/api/me", "https://api.test/"].map((url) =>
      outcome(session.fetchWith({ token: "required" })(url)),
    );
    release();
    const [allowed, elsewhere] = await Promise.all(answers);
    return [
      allowed.value.status,
      elsewhere.thrown.code,
      server.calls.map(({ url }) => new URL(url).pathname),
    ];
  });
  assert.deepEqual(seen, [200, "ERR_TOKEN_NOT_ALLOWED", ["/auth/refresh", "/api/me"]]);
});

test("optional: does not wait for the wasm or the restore", async ({ run }) => {
  const seen = await run(async () => {
    const { release } = heldWasm();
    const { server, session } = start();
    const optional = session.fetchWith({ token: "optional" });
    const sent = [(await optional("/api/a")).status];
    server.holdRefresh();
    release();
    while (server.count("/auth/refresh") === 0) await nextTask();
    sent.push((await optional("/api/b")).status);
    server.letGo();
    await session.ready;
    sent.push((await optional("/api/c")).status);
    return [
      sent,
      server.calls.map(({ url, authorization }) => [
        new URL(url).pathname,
        authorization !== undefined,
      ]),
    ];
  });
  assert.deepEqual(seen, [
    [401, 401, 200],
    [
      ["/api/a", false],
      ["/auth/refresh", false],
      ["/api/b", false],
      ["/api/c", true],
    ],
  ]);
});

test("optional: a token that has lapsed is replaced first; where none can be had, it goes without", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { now } = Date;
    const lapsed = async (options) => {
      Date.now = now;
      const { server, session } = await started(options);
      Date.now = () => now() + 3_600_000;
      return { server, optional: session.fetchWith({ token: "optional" }) };
    };
    const well = await lapsed();
    const replaced = [(await well.optional("/api/me")).status, well.server.count("/api/me")];
    const ill = await lapsed({ name: "ill", patience: 0 });
    ill.server.failRefresh();
    const without = [
      (await ill.optional("/api/me")).status,
      ill.server.member("/api/me", 0, "authorization") ?? "none",
    ];
    return [replaced, without];
  });
  assert.deepEqual(seen, [
    [200, 1],
    [401, "none"],
  ]);
});

test("none: the native call, with no token, whatever the session", async ({ run }) => {
  const seen = await run(async () => {
    heldWasm();
    const { server, session } = start();
    const init = { headers: { "x-mine": "1" } };
    const { status } = await session.fetchWith({ token: "none" })("/api/me", init, "more");
    session.close();
    const closed = await session.fetchWith({ token: "none" })("/api/me");
    const { args, authorization } = server.calls[0];
    return [status, closed.status, args.length, args[1] === init, authorization ?? "none"];
  });
  assert.deepEqual(seen, [401, 401, 3, true, "none"]);
});

test("replay false: the 401 is the caller's, and whoever sends next gets a new token", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    server.revoke();
    const once = await session.fetchWith({ replay: false })("/api/a", {
      method: "POST",
      body: "x",
    });
    const next = await session.fetch("/api/b");
    return [
      once.status,
      await once.text(),
      next.status,
      server.count("/api/a"),
      server.count("/api/b"),
      server.count("/auth/refresh"),
    ];
  });
  assert.deepEqual(seen, [401, "no", 200, 1, 1, 2]);
});

test("replay true: a stream is teed, and sent twice to the byte", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    server.revoke();
    const body = new Blob(["streamed"]).stream();
    const { status } = await session.fetchWith({ replay: true })("/api/a", {
      method: "POST",
      body,
      duplex: "half",
    });
    const bytes = [0, 1].map((index) => server.member("/api/a", index, "bytes"));
    return [
      status,
      bytes[0] === bytes[1],
      bytes[0] === [...new TextEncoder().encode("streamed")].join(),
    ];
  });
  assert.deepEqual(seen, [200, true, true]);
});
