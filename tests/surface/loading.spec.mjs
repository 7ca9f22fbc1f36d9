// A wasm that is compiled late, or not at all: what is called before waits for it.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

/** Every call there is, made at once; what has come of each. */
const callAll = async () => {
  const { session } = start({ signOut: "/auth/logout" });
  const calls = {
    ready: session.ready,
    fetch: session.fetch("/api/me"),
    accessToken: session.accessToken(),
    refresh: session.refresh(),
    signIn: session.signIn(() => Promise.reject(new Error("the login ran"))),
    signOut: session.signOut(),
  };
  const told = {};
  for (const [name, call] of Object.entries(calls)) told[name] = (await outcome(call)).thrown;
  return { told, status: session.state.status };
};

const CALLS = ["accessToken", "fetch", "ready", "refresh", "signIn", "signOut"];

function assertAllUnavailable({ told, status }) {
  assert.deepEqual(Object.keys(told).sort(), CALLS);
  for (const [name, thrown] of Object.entries(told)) {
    assert.deepEqual(
      [name, thrown?.name, thrown?.code],
      [name, "SessionError", "ERR_WASM_UNAVAILABLE"],
    );
  }
  assert.equal(status, "unknown");
}

test("fetch and accessToken wait for the wasm", async ({ run }) => {
  const seen = await run(async () => {
    const { release } = heldWasm();
    const { server, session } = start();
    const calls = [session.fetch("/api/me"), session.accessToken()];
    await nextTask();
    const before = server.calls.length;
    release();
    const [response, token] = await Promise.all(calls);
    return [before, response.status, token === server.good, server.count("/auth/refresh")];
  });
  assert.deepEqual(seen, [0, 200, true, 1]);
});

test("signIn waits for the wasm", async ({ run }) => {
  const seen = await run(async () => {
    const { release } = heldWasm();
    const { server, session } = start({ restore: false });
    const signedIn = session.signIn(async () => JSON.parse(server.login("bob")));
    release();
    await signedIn;
    return session.state.claims.sub;
  });
  assert.equal(seen, "bob");
});

test("refresh waits for the wasm", async ({ run }) => {
  const seen = await run(async () => {
    const { release } = heldWasm();
    const { session } = start();
    const refreshed = session.refresh();
    release();
    await refreshed;
    return session.state.status;
  });
  assert.equal(seen, "active");
});

test("signOut waits for the wasm", async ({ run }) => {
  const seen = await run(async () => {
    const { release } = heldWasm();
    const { server, session } = start({ restore: false, signOut: "/auth/logout" });
    const signedOut = session.signOut();
    release();
    await signedOut;
    return [session.state, server.count("/auth/logout")];
  });
  assert.deepEqual(seen, [{ status: "ended", reason: "signed-out", elsewhere: false }, 1]);
});

test("a request that waits is what it was when it was made", async ({ run }) => {
  const sent = await run(async () => {
    const { release } = heldWasm();
    const { server, session } = start();
    const headers = new Headers({ "content-type": "text/plain" });
    const body = new Uint8Array([1, 2, 3]);
    const init = { method: "PUT", headers, body };
    const url = new URL("/api/echo", location.href);
    const answer = session.fetch(url, init);
    headers.set("content-type", "text/html");
    body.fill(0);
    init.method = "POST";
    url.pathname = "/api/other";
    release();
    await answer;
    const { method, bytes, url: sentTo, "content-type": type } = server.calls.at(-1);
    return { method, bytes, path: new URL(sentTo).pathname, type };
  });
  assert.deepEqual(sent, {
    method: "PUT",
    bytes: "1,2,3",
    path: "/api/echo",
    type: "text/plain",
  });
});

test("a request that waits for the wasm can be aborted", async ({ run }) => {
  const isReason = await run(async () => {
    const { session } = startHeld();
    const reason = new Error("enough");
    const controller = new AbortController();
    const answer = session.fetch("/api/me", { signal: controller.signal });
    controller.abort(reason);
    return answer.catch((error) => error === reason);
  });
  assert.equal(isReason, true);
});

test("where there is no WebAssembly every call says so, and none hangs", {
  tag: ["@scenario-84"],
}, async ({ stage }) => {
  await stage.run(() => void delete globalThis.WebAssembly);
  const seen = await stage.run(callAll);
  assertAllUnavailable(seen);
  assert.equal(seen.told.ready.retryable, false);
  assert.doesNotMatch(seen.told.ready.message, /Content-Security-Policy/);
  assert.deepEqual(await stage.takeComplaints(), [
    "console: silent-session: the WebAssembly module could not be started",
  ]);
});

test("a wasm that cannot be started is published, and no unhandled rejection", async ({
  stage,
}) => {
  const seen = await stage.run(async () => {
    refuseWasm();
    const { session } = start();
    const { status, error } = session.state;
    return [status, error.code, error.cause.message, session.inspect().phase];
  });
  assert.deepEqual(seen, ["unknown", "ERR_WASM_UNAVAILABLE", "none", "loading"]);
  assert.equal((await stage.takeComplaints()).length, 1);
});

test("the console is told once for each page, and each session's listeners", async ({ stage }) => {
  for (const prepare of ["none", "later"]) {
    await stage.page.reload();
    const seen = await stage.run(async (prepare) => {
      if (prepare === "none") refuseWasm();
      else {
        heldWasm();
        WebAssembly.compile = () => Promise.reject(new Error("none"));
      }
      const codes = [];
      for (const name of ["a", "b", "c"]) {
        const { session } = start({ name });
        session.subscribe(() => codes.push(session.state.error.code));
        const { thrown } = await outcome(session.ready);
        codes.push(thrown.code, session.state.error.code, session.state.error.retryable);
        const passive = session.fetchWith({ passive: true });
        codes.push((await outcome(passive("/api/me"))).thrown.code);
      }
      return [...new Set(codes)];
    }, prepare);
    assert.deepEqual(seen, ["ERR_WASM_UNAVAILABLE", false]);
    assert.equal((await stage.takeComplaints()).length, 1);
  }
});

test("a wasm that cannot be compiled later is published as well", async ({ stage }) => {
  const seen = await stage.run(async () => {
    heldWasm();
    WebAssembly.compile = () => Promise.reject(new Error("none"));
    const { session } = start();
    const told = [];
    session.subscribe(() => told.push(session.state.error.code));
    const { code } = (await outcome(session.fetch("/api/me"))).thrown;
    return [told, code, (await outcome(session.ready)).thrown.code];
  });
  const code = "ERR_WASM_UNAVAILABLE";
  assert.deepEqual(seen, [[code], code, code]);
  assert.equal((await stage.takeComplaints()).length, 1);
});

test("a policy without 'wasm-unsafe-eval' is told by name", { tag: ["@scenario-60"] }, async ({
  stage,
}) => {
  const policy = { "content-security-policy": "script-src 'self'" };
  await stage.page.route("**/", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), ...policy } });
  });
  await stage.page.reload();
  const seen = await stage.run(callAll);
  assertAllUnavailable(seen);
  assert.match(seen.told.ready.message, /'wasm-unsafe-eval'/);
  for (const complaint of await stage.takeComplaints())
    assert.match(complaint, /^console: .*(Content.Security.Policy|CSP)/i);
});

test("the next session tries again, and may succeed", async ({ stage }) => {
  const seen = await stage.run(async () => {
    const { Module } = WebAssembly;
    refuseWasm();
    const first = start().session;
    const failed = (await outcome(first.ready)).thrown.code;
    WebAssembly.Module = Module;
    const { session } = await started();
    return [failed, session.state.status, (await outcome(first.accessToken())).thrown.code];
  });
  assert.deepEqual(seen, ["ERR_WASM_UNAVAILABLE", "active", "ERR_WASM_UNAVAILABLE"]);
  await stage.takeComplaints();
});

test("nothing is fetched but what the session sends", async ({ page, run }) => {
  const urls = [];
  page.on("request", (request) => urls.push(new URL(request.url()).pathname));
  await run(() => Promise.all([started({ name: "a" }), started({ name: "b" })]).then(() => {}));
  assert.deepEqual(urls, []);
});
