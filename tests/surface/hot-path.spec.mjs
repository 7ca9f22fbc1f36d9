// What a call does while a token is live: the causes of its time, which are the same on every
// machine. `cargo xtask bench --browser` measures the time itself.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

/** Calls that are counted together, so that what happens now and then is seen. */
const CALLS = 50;

const SHORT_CALLS = {
  "a plain GET": () => ["/api/me"],
  "a POST with headers and a body": () => [
    "/api/me",
    { method: "POST", headers: { "content-type": "application/json", "x-a": "1" }, body: "{}" },
  ],
  "a GET with a signal": () => ["/api/me", { signal: new AbortController().signal }],
};

for (const [what, args] of Object.entries(SHORT_CALLS)) {
  test(`${what} calls the wasm once and makes one promise`, async ({ run }) => {
    const seen = await run(count, [String(prepare), String(args), CALLS]);
    const none = { requests: 0, clones: 0, timers: 0, events: 0 };
    assert.deepEqual(seen, { ...none, wasm: CALLS, promises: CALLS });
  });

  test(`${what} settles one microtask after fetch`, async ({ run }) => {
    const seen = await run(countMicrotasks, [String(prepare), String(args)]);
    assert.deepEqual(seen, { fetch: 1, session: 2 });
  });

  test(`${what} holds one promise beside that of fetch`, async ({ page, run }) => {
    await run(startPending, [String(prepare), String(args), CALLS]);
    const before = await livePromises(page);
    await run(() => pending.start());
    assert.equal((await livePromises(page)) - before, 2 * CALLS);
  });
}

for (const [what, init, clones] of [
  ["without a body", { method: "DELETE" }, 0],
  ["with a body", { method: "PUT", body: "{}" }, 1],
]) {
  test(`a Request ${what} is copied once and cloned ${clones} times`, async ({ run }) => {
    const args = `() => [new Request("/api/me", ${JSON.stringify(init)})]`;
    const { promises, ...seen } = await run(count, [String(prepare), args, CALLS]);
    const once = { requests: CALLS, wasm: CALLS, timers: 0, events: 0 };
    assert.deepEqual(seen, { ...once, clones: clones * CALLS });
  });
}

/** Runs in the page. Returns a session with a live token, its `fetch`, and what counts. */
async function prepare() {
  const counts = { requests: 0, clones: 0, wasm: 0, timers: 0, events: 0, promises: 0 };
  const counted = (name, original) =>
    new Proxy(original, {
      apply(target, self, args) {
        counts[name] += 1;
        return Reflect.apply(target, self, args);
      },
      construct(target, args, newTarget) {
        counts[name] += 1;
        return Reflect.construct(target, args, newTarget);
      },
    });
  // The exports of an instance cannot be replaced.
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(target, args) {
      const wrap = (value) => (typeof value === "function" ? counted("wasm", value) : value);
      const exports = Object.entries(new target(...args).exports);
      return { exports: Object.fromEntries(exports.map(([name, value]) => [name, wrap(value)])) };
    },
  });

  const { Promise: NativePromise } = globalThis;
  const server = new FakeServer();
  const ok = new Response("{}");
  const waiting = [];
  let isHeld = false;
  /** Returns a promise, and makes no `Request` of what it is given. */
  const fetch = (input) => {
    if (input instanceof Request && input.url.endsWith("/auth/refresh"))
      return NativePromise.resolve(new Response(server.login()));
    return isHeld
      ? new NativePromise((resolve) => waiting.push(resolve))
      : NativePromise.resolve(ok);
  };
  const session = createSession({ refresh: "/auth/refresh", fetch });
  await session.ready;
  // The first success of a token is news.
  await session.fetch("/api/me");
  await nextTask();
  return {
    session,
    fetch,
    hold: () => (isHeld = true),
    release: () => {
      for (const resolve of waiting) resolve(ok);
    },
    /** Counts what is done from now on. */
    count() {
      globalThis.Request = counted("requests", Request);
      Request.prototype.clone = counted("clones", Request.prototype.clone);
      for (const name of ["setTimeout", "setInterval", "requestAnimationFrame", "queueMicrotask"])
        globalThis[name] = counted("timers", globalThis[name]);
      for (const name of ["addEventListener", "dispatchEvent"])
        EventTarget.prototype[name] = counted("events", EventTarget.prototype[name]);
      for (const { prototype } of [BroadcastChannel, MessagePort])
        prototype.postMessage = counted("events", prototype.postMessage);
      // `then` takes the constructor of its promise from there, and `await` calls `then` where
      // that is not the native one.
      globalThis.Promise = counted("promises", Promise);
      Promise.prototype.constructor = globalThis.Promise;
      for (const name in counts) counts[name] = 0;
      return counts;
    },
  };
}

/** Runs in the page: what some calls do until they have settled, all together. */
async function count([prepare, args, calls]) {
  const evaluate = (source) => (0, eval)(`(${source})`);
  const { session, hold, release, count } = await evaluate(prepare)();
  const given = Array.from({ length: calls }, evaluate(args));
  hold();
  const counts = count();
  const results = given.map((args) => session.fetch(...args));
  release();
  // To await a promise would be counted.
  for (let turn = 0; turn < 100; turn++) await undefined;
  const seen = { ...counts };
  let settled = 0;
  for (const result of results) result.then(() => (settled += 1));
  await undefined;
  if (settled !== calls) throw new Error(`${settled} of ${calls} calls have settled`);
  return seen;
}

/** Runs in the page: how many microtasks run until a call has settled. */
async function countMicrotasks([prepare, args]) {
  const evaluate = (source) => (0, eval)(`(${source})`);
  const { session, fetch } = await evaluate(prepare)();
  const count = async (fetch) => {
    let isSettled = false;
    let turns = 0;
    fetch(...evaluate(args)()).then(() => (isSettled = true));
    for (; !isSettled; turns++) await undefined;
    return turns;
  };
  return { fetch: await count(fetch), session: await count(session.fetch) };
}

/** Runs in the page: prepares calls that are not answered. */
async function startPending([prepare, args, calls]) {
  const evaluate = (source) => (0, eval)(`(${source})`);
  const { session, hold } = await evaluate(prepare)();
  hold();
  const given = Array.from({ length: calls }, evaluate(args));
  globalThis.pending = {
    start: () => {
      pending.results = given.map((args) => session.fetch(...args));
    },
  };
}

/** How many promises of the page can be reached, those of async functions included. */
async function livePromises(page) {
  const devtools = await page.context().newCDPSession(page);
  const { result } = await devtools.send("Runtime.evaluate", { expression: "Promise.prototype" });
  const { objects } = await devtools.send("Runtime.queryObjects", {
    prototypeObjectId: result.objectId,
  });
  const counted = await devtools.send("Runtime.callFunctionOn", {
    objectId: objects.objectId,
    functionDeclaration: "function () { return this.length; }",
    returnByValue: true,
  });
  await devtools.detach();
  return counted.result.value;
}
