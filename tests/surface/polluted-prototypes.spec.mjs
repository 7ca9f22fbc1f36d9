// What another script has put on `Object.prototype` is no option, no part of a reply or a message,
// and changes no request.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

/** Names, each with something else on the prototype in turn. */
const NAMES = {
  options:
    "attach attemptHeader companionCookie csrf endsSession fetch identity leeway lockTimeout name onEvent patience readToken refresh refreshAhead rejectsToken restore sendTokenTo server sessionHint shareToken signOut timeout",
  "members of options": "header scheme followRedirects rotation url headers cookie token",
  "options of methods": "not minValidity params replay passive",
  "members of replies":
    "access_token access accessToken data expires_in expiresIn expires expires_at expiresAt access_expiration sub sid exp iat scope redirected",
  "members of messages": "v from kind session epoch generation life owner at late",
  "members of what other APIs take": "once capture steal ifAvailable type cause fatal stream",
  "members of what the wasm returns":
    "status reason elsewhere claims failure retryAt refreshAt error fault isNative code read hasOwner progress tabs",
  "what the shell says to itself":
    "hasNone signOutToken signOutBy refreshBy csrfHeader csrfToken attempt how head challenge pause tickets port core tab by response retryable",
};

/** Everything that can be done, and what was sent and seen meanwhile, as text. */
const doAll = () => {
  globalThis.doAll = async () => {
    localStorage.clear();
    const server = new FakeServer();
    const trace = [];
    const fetch = (input, init) => {
      const request = new Request(input, init);
      const { url, method, credentials, cache, mode, redirect, integrity, keepalive } = request;
      const headers = [...request.headers].filter(([name]) => name !== "x-requested-with");
      trace.push([url, method, credentials, cache, mode, redirect, integrity, keepalive, headers]);
      return server.fetch(request);
    };
    const name = `session ${Math.random()}`;
    const options = { name, refresh: "/auth/refresh", signOut: "/auth/logout", fetch };
    const session = createSession(options);
    const see = (told) => {
      const { status, reason, elsewhere, claims } = { __proto__: null, ...session.state };
      trace.push([told, Object.keys(session.state), status, reason, elsewhere, claims?.sub]);
    };
    await session.ready;
    see();
    const get = async (...args) => (await session.fetch(...args)).status;
    see(await get("/api/a"));
    see(await get("/api/a", { method: "PUT", headers: { "x-a": "b" }, body: "x" }));
    see(await get(new Request("/api/a")));
    see(await get("https://other.test/api"));
    server.revoke();
    see(await get("/api/a"));
    see((await session.fetchWith({ token: "required" })("/api/a")).status);
    see((await session.accessToken()) === server.good);
    see((await session.accessToken({})) === server.good);
    see(await session.refresh());
    see((await outcome(session.signIn({ reply: "without a token" }))).thrown.code);
    await session.signIn({ jwt: 1, access_token: server.token("bob"), expires_in: 900 });
    see(session.hasScope("admin"));
    server.failRefresh();
    see((await outcome(session.refresh())).thrown.code);
    const peer = new Peer({ name, refresh: "/auth/refresh" });
    peer.say({ v: 1, from: "a".repeat(32), kind: "token" });
    await peer.ask();
    peer.leave();
    see(Object.keys(session.inspect()));
    see(await session.signOut());
    session.close();
    await manyTasks();
    return JSON.stringify(trace);
  };
};

/** Returns whether anything has changed with these names on the prototype, and what. */
const pollute = async (names) => {
  const clean = await doAll();
  const values = [
    "evil",
    ["https://other.test"],
    true,
    Object.assign(() => "evil", { header: "X-Evil", url: "https://evil.test/" }),
  ];
  const seen = [];
  for (const value of values) {
    for (const name of names) {
      const descriptor = { __proto__: null, value, configurable: true, writable: true };
      Object.defineProperty(Object.prototype, name, descriptor);
    }
    try {
      seen.push(await doAll());
    } catch (error) {
      seen.push(String(error.stack));
    } finally {
      for (const name of names) delete Object.prototype[name];
    }
  }
  return { seen, clean };
};

for (const [kind, names] of Object.entries(NAMES)) {
  test(`a prototype has no ${kind}`, async ({ run }) => {
    await run(doAll);
    const { seen, clean } = await run(pollute, names.split(" "));
    const all = names.split(" ");
    // Which of them it was.
    if (seen.some((trace) => trace !== clean))
      for (const name of all) {
        const { seen, clean } = await run(pollute, [name]);
        for (const trace of seen) assert.deepEqual([name, trace], [name, clean]);
      }
    for (const trace of seen) assert.equal(trace, clean);
  });
}

test("a call without options is sent without those of a prototype", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    const evil = { __proto__: null, method: "DELETE", credentials: "omit", cache: "reload" };
    Object.assign(evil, { mode: "same-origin", redirect: "error", keepalive: true });
    for (const [name, value] of Object.entries(evil))
      Object.defineProperty(Object.prototype, name, {
        __proto__: null,
        value,
        configurable: true,
        writable: true,
      });
    await session.fetch("/api/a");
    await session.fetch(new Request("/api/b"));
    for (const name in evil) delete Object.prototype[name];
    return server.calls.slice(-2).map(({ request }) => {
      const { method, credentials, cache, mode, redirect, keepalive } = request;
      return [method, credentials, cache, mode, redirect, keepalive];
    });
  });
  const plain = ["GET", "same-origin", "default", "cors", "follow", false];
  assert.deepEqual(seen, [plain, plain]);
});
