// session.fetch while the wasm is compiled asynchronously: like native fetch, but calls that will carry a token wait.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("what carries no token waits for nothing, and gets the caller's own arguments", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { server, session } = startHeld({
      sendTokenTo: ["/api/v1", "https://api.test"],
    });
    const calls = [
      ["/api/v10"],
      ["/other", { method: "POST", body: "x" }],
      ["https://other.test/"],
      ["/api/v1/a", { mode: "no-cors" }],
      ["/api/v1/b", { headers: { Authorization: "Basic eDp5" } }],
      ["/api/v1/c", { headers: [["authorization", "Basic eDp5"]] }],
      [new Request("/api/v1/d", { headers: { authorization: "Basic eDp5" } })],
      [new Request("/api/v1/e", { mode: "no-cors" })],
      ["https://api.test:8443/"],
      ["https://api.test/", { method: "a b" }],
    ];
    const same = [];
    for (const args of calls) {
      await outcome(session.fetch(...args));
      const sent = server.calls.pop()?.args;
      // The last one is invalid: native fetch rejects it.
      same.push(
        sent && sent.length === args.length && sent.every((each, index) => each === args[index]),
      );
    }
    return same;
  });
  assert.deepEqual(seen, [...Array(9).fill(true), undefined]);
});

test("it goes on where the wasm cannot be loaded; what wants a token does not", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = startWithoutWasm({
      sendTokenTo: ["/api/v1"],
    });
    await outcome(session.ready);
    const elsewhere = (await session.fetch("/api/v2")).status;
    const { code } = (await outcome(session.fetch("/api/v1"))).thrown;
    return [elsewhere, code, server.calls.length];
  });
  assert.deepEqual(seen, [401, "ERR_WASM_UNAVAILABLE", 1]);
});

test("a stream is sent once and not held, and its 401 is the caller's", async ({ run }) => {
  const seen = await run(async () => {
    const { release } = heldWasm();
    const { server, session } = start();
    const counts = { clones: 0 };
    const { clone } = Request.prototype;
    Request.prototype.clone = function () {
      counts.clones += 1;
      return clone.call(this);
    };
    const streamed = () => ({
      method: "POST",
      body: new Blob(["streamed"]).stream(),
      duplex: "half",
    });
    const plain = session.fetch("/api/a", streamed());
    const teed = session.fetchWith({ replay: true })("/api/b", streamed());
    const text = session.fetch("/api/c", { method: "POST", body: "text" });
    for (let each = 0; each < 3; each++) server.answerApi(401, "{}");
    release();
    const statuses = await Promise.all(
      [plain, teed, text].map(async (answer) => (await answer).status),
    );
    return {
      ...counts,
      statuses,
      sent: ["/api/a", "/api/b", "/api/c"].map((path) => server.count(path)),
    };
  });
  assert.deepEqual(seen, { clones: 2, statuses: [401, 200, 200], sent: [1, 2, 2] });
});

test("an abort cancels the body's source with the caller's reason", async ({ run }) => {
  const seen = await run(async () => {
    const { session } = startHeld();
    const controller = new AbortController();
    let cancelled = "not";
    const body = new ReadableStream({ cancel: (reason) => void (cancelled = reason) });
    const answer = session
      .fetch("/api/a", { method: "POST", body, duplex: "half", signal: controller.signal })
      .catch((error) => error);
    await nextTask();
    const reason = { mine: true };
    controller.abort(reason);
    return [(await answer) === reason, cancelled === reason];
  });
  assert.deepEqual(seen, [true, true]);
});

test("a wasm that cannot be loaded cancels the body's source", async ({ run }) => {
  const seen = await run(async () => {
    const { session } = startWithoutWasm();
    let isCancelled = false;
    const body = new ReadableStream({ cancel: () => void (isCancelled = true) });
    const { code } = (
      await outcome(session.fetch("/api/a", { method: "POST", body, duplex: "half" }))
    ).thrown;
    await nextTask();
    return [code, isCancelled];
  });
  assert.deepEqual(seen, ["ERR_WASM_UNAVAILABLE", true]);
});

test("a relative URL is relative to the document's base", async ({ run }) => {
  const seen = await run(async () => {
    const base = document.head.appendChild(
      Object.assign(document.createElement("base"), { href: "https://api.test/v1/" }),
    );
    const { server, session } = startHeld({
      refresh: `${location.origin}/auth/refresh`,
      sendTokenTo: [location.origin],
    });
    // Of another origin because of the base URL, so that it does not wait.
    await session.fetch("me");
    base.remove();
    return server.calls.map(({ url }) => url);
  });
  assert.deepEqual(seen, ["https://api.test/v1/me"]);
});

test("required: what may carry no token rejects at once", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = startHeld();
    const required = session.fetchWith({ token: "required" });
    const { code } = (await outcome(required("https://api.test/"))).thrown;
    const { name } = (await outcome(required("/api/me", { method: "a b" }))).thrown;
    const own = await required("/api/me", { headers: { authorization: "Basic eDp5" } });
    return [code, name, own.status, server.calls.length];
  });
  assert.deepEqual(seen, ["ERR_TOKEN_NOT_ALLOWED", "TypeError", 401, 1]);
});

test("its arguments are read when it is called", async ({ run }) => {
  const seen = await run(async () => {
    const { release } = heldWasm();
    const { server, session } = start();
    const init = {
      method: "POST",
      body: new URLSearchParams({ a: "1" }),
      headers: new Headers({ "content-type": "text/mine" }),
    };
    const answer = session.fetch("/api/me", init);
    init.method = "DELETE";
    init.body.set("a", "2");
    init.headers.set("content-type", "text/other");
    release();
    await answer;
    const { method, bytes, authorization, ...others } = server.calls.at(-1);
    return [
      method,
      String.fromCharCode(...bytes.split(",")),
      others["content-type"],
      authorization !== undefined,
    ];
  });
  assert.deepEqual(seen, ["POST", "a=1", "text/mine", true]);
});

test("a URL below a prefix that a server may read as another waits no more than others that carry no token", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { server, session } = startHeld({
      sendTokenTo: ["/v1", "https://api.test//"],
    });
    const urls = ["/v1/..%2felsewhere", "/v1/%2e%2e;/x", "https://api.test/me"];
    for (const url of urls) await session.fetch(url);
    return [
      server.calls.map(({ args, authorization }) => [args[0], authorization ?? "none"]),
      (await outcome(session.fetchWith({ token: "required" })(urls[0]))).thrown.code,
    ];
  });
  assert.deepEqual(seen, [
    [
      ["/v1/..%2felsewhere", "none"],
      ["/v1/%2e%2e;/x", "none"],
      ["https://api.test/me", "none"],
    ],
    "ERR_TOKEN_NOT_ALLOWED",
  ]);
});

test("an authorization of the caller's in whatever iterable waits for nothing", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = startHeld();
    const pairs = [
      ["Authorization", "Basic eDp5"],
      ["content-type", "text/mine"],
    ];
    for (const headers of [new Map(pairs), new Map(pairs).entries(), new Set(pairs)])
      await session.fetch("/api/me", { method: "POST", body: "x", headers });
    return server.calls.map((call) => [call.authorization, call["content-type"], call.bytes]);
  });
  assert.deepEqual(seen, Array(3).fill(["Basic eDp5", "text/mine", "120"]));
});

test("what headers that can be read once make invalid is not sent", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = startHeld();
    const { thrown } = await outcome(
      session.fetch("/api/me", { headers: new Map([["a b", "c"]]).entries() }),
    );
    return [thrown.name, server.calls.length];
  });
  assert.deepEqual(seen, ["TypeError", 0]);
});

test("close() ends every wait", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = startHeld();
    const required = session.fetchWith({ token: "required" });
    const waits = [
      session.ready,
      session.fetch("/api/a"),
      required("/api/b"),
      session.accessToken(),
      session.refresh(),
      session.signOut(),
      session.signIn("a.b.c"),
    ];
    session.close();
    waits.push(session.fetchWith({ token: "optional" })("/api/c"));
    const codes = await Promise.all(waits.map(async (wait) => (await outcome(wait)).thrown.code));
    return [new Set(codes).size, codes[0], codes.length, server.calls.length];
  });
  assert.deepEqual(seen, [1, "ERR_SESSION_CLOSED", 8, 0]);
});
