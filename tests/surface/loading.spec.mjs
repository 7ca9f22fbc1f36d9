// Calls before the wasm has loaded wait for it.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

const WASM = "**/silent_session_bg.wasm";

/** Values of `wasm`, as source. */
const FORMS = [
  "'/pkg/dist/silent_session_bg.wasm'",
  "new URL('/pkg/dist/silent_session_bg.wasm', location.href)",
  "await fetch('/pkg/dist/silent_session_bg.wasm')",
  "fetch('/pkg/dist/silent_session_bg.wasm')",
  "await (await fetch('/pkg/dist/silent_session_bg.wasm')).arrayBuffer()",
  "new Uint8Array(await (await fetch('/pkg/dist/silent_session_bg.wasm')).arrayBuffer())",
  "await WebAssembly.compileStreaming(fetch('/pkg/dist/silent_session_bg.wasm'))",
];

/** Makes every kind of call at once. Returns their outcomes. */
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
    const { wasm, release } = heldWasm();
    const { server, session } = start({ wasm });
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
    const { wasm, release } = heldWasm();
    const { server, session } = start({ wasm, restore: false });
    const signedIn = session.signIn(async () => JSON.parse(server.login("bob")));
    release();
    await signedIn;
    return session.state.claims.sub;
  });
  assert.equal(seen, "bob");
});

test("refresh waits for the wasm", async ({ run }) => {
  const seen = await run(async () => {
    const { wasm, release } = heldWasm();
    const { session } = start({ wasm });
    const refreshed = session.refresh();
    release();
    await refreshed;
    return session.state.status;
  });
  assert.equal(seen, "active");
});

test("signOut waits for the wasm", async ({ run }) => {
  const seen = await run(async () => {
    const { wasm, release } = heldWasm();
    const { server, session } = start({ wasm, restore: false, signOut: "/auth/logout" });
    const signedOut = session.signOut();
    release();
    await signedOut;
    return [session.state, server.count("/auth/logout")];
  });
  assert.deepEqual(seen, [{ status: "ended", reason: "signed-out", elsewhere: false }, 1]);
});

test("a request that waits is what it was when it was made", async ({ run }) => {
  const sent = await run(async () => {
    const { wasm, release } = heldWasm();
    const { server, session } = start({ wasm });
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
    const { session } = start({ wasm: heldWasm().wasm });
    const reason = new Error("enough");
    const controller = new AbortController();
    const answer = session.fetch("/api/me", { signal: controller.signal });
    controller.abort(reason);
    return answer.catch((error) => error === reason);
  });
  assert.equal(isReason, true);
});

test("where the wasm is not found every call says so, and none hangs", {
  tag: ["@scenario-84"],
}, async ({ stage }) => {
  await stage.page.route(WASM, (route) => route.fulfill({ status: 404, body: "not found" }));
  const seen = await stage.run(callAll);
  assertAllUnavailable(seen);
  assert.equal(seen.told.ready.retryable, true);
  assert.doesNotMatch(seen.told.ready.message, /Content-Security-Policy/);
  for (const complaint of await stage.takeComplaints())
    assert.match(complaint, /^console: Failed to load.*404/);
});

test("where nobody awaits ready, a wasm that is not found is no unhandled rejection", {
  tag: ["@scenario-84"],
}, async ({ stage }) => {
  await stage.page.route(WASM, (route) => route.fulfill({ status: 404, body: "not found" }));
  await stage.run(async () => {
    // The test awaits one call, and not `ready`, to know when loading has failed.
    const { session } = start();
    await outcome(session.accessToken());
  });
  for (const complaint of await stage.takeComplaints())
    assert.match(complaint, /^console: Failed to load.*404/);
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

test("the next session tries again to load, and may succeed", async ({ stage }) => {
  await stage.page.route(WASM, (route) => route.fulfill({ status: 404, body: "not found" }), {
    times: 1,
  });
  const seen = await stage.run(async () => {
    const first = start().session;
    const failed = (await outcome(first.ready)).thrown.code;
    const { session } = await started();
    return [failed, session.state.status, (await outcome(first.accessToken())).thrown.code];
  });
  assert.deepEqual(seen, ["ERR_WASM_UNAVAILABLE", "active", "ERR_WASM_UNAVAILABLE"]);
  await stage.takeComplaints();
});

test("two sessions load the wasm once", async ({ page, run }) => {
  let loads = 0;
  page.on("request", (request) => (loads += request.url().endsWith(".wasm")));
  await run(() => Promise.all([started({ name: "a" }), started({ name: "b" })]).then(() => {}));
  assert.equal(loads, 1);
});

test("wasm may be a URL, a response, bytes or a module", async ({ page, run }) => {
  const told = [];
  for (const form of FORMS) {
    await page.reload();
    const status = await run(async (source) => {
      const wasm = await (0, eval)(`(async () => ({ wasm: ${source} }))()`);
      return (await started(wasm)).session.state.status;
    }, form);
    told.push([form, status]);
  }
  assert.deepEqual(
    told,
    FORMS.map((form) => [form, "active"]),
  );
});
