// Nothing that a mock, a polyfill or a function of the app returns makes a refresh hang.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

/** What fetch, or the app's own function, could return, as source. */
const ODD = [
  "undefined",
  "null",
  "5",
  "''",
  "true",
  "Symbol('x')",
  "[]",
  "{}",
  "() => {}",
  "Promise.reject(undefined)",
  "Promise.reject('x')",
  "{ then(resolve) { resolve(5); } }",
  "{ get then() { throw new Error('then'); } }",
  "response({ text: () => 'not async' })",
  "response({ text: () => undefined })",
  "response({ text: async () => 5 })",
  "response({ text: async () => null })",
  "response({ text: async () => ({}) })",
  "response({ text: () => { throw new Error('text'); } })",
  "response({ text: () => Promise.reject(undefined) })",
  "response({ text: 'no function' })",
  "response({ headers: {} })",
  "response({ headers: null })",
  "response({ headers: { get: 5 } })",
  "response({ headers: { get() { throw new Error('get'); } } })",
  "response({ headers: { get: () => 5 } })",
  "response({ headers: { get: () => Promise.resolve('x') } })",
  "response({ headers: { get: () => ({}) } })",
  "response({ status: undefined })",
  "response({ status: '200' })",
  "response({ status: 1e9 })",
  "response({ status: NaN })",
  "response({ status: Symbol('x') })",
  "response({ status: 401, ok: false })",
  "response({ status: 503, ok: false, body: null })",
  "response({ status: 503, ok: false, body: 5 })",
  "response({ status: 503, ok: false, body: { getReader: () => undefined } })",
  "response({ status: 503, ok: false, body: { getReader: () => ({ read: () => undefined }) } })",
  "response({ status: 503, ok: false, body: { getReader() { throw new Error('reader'); } } })",
  "response({ status: 503, ok: false, body: { getReader: () => ({ read: async () => ({}) }) } })",
  "response({ type: 'opaqueredirect', ok: false, status: 0, body: {} })",
  "response({ ok: undefined })",
  "response({ get ok() { throw new Error('ok'); } })",
  "response({ get status() { throw new Error('status'); } })",
  "response({ get type() { throw new Error('type'); } })",
  "response({ get body() { throw new Error('body'); } })",
  "response({ ok: false, get body() { throw new Error('body'); } })",
  "Object.assign(new Response('{}'), { text: undefined })",
  "Response.error()",
  "used()",
];

/** Returns which of them a session has not got over. */
const tryAll = async ([sources, kind]) => {
  globalThis.response = (members) => {
    const usual = {
      ok: true,
      status: 200,
      type: "basic",
      headers: new Headers(),
      text: async () => "{}",
    };
    return Object.defineProperties(usual, Object.getOwnPropertyDescriptors(members));
  };
  globalThis.used = () => {
    const response = new Response("{}");
    response.text();
    return response;
  };
  const one = async (source, index, throws) => {
    const server = new FakeServer();
    let odd;
    const answer = (usual) => {
      if (odd === undefined) return usual();
      const value = (0, eval)(`(${odd})`);
      odd = undefined;
      if (throws) throw value;
      return value;
    };
    const { fetch } = server;
    const isFunction = kind === "function";
    const session = createSession({
      name: `${kind} ${index} ${throws}`,
      // Longer than the test may take.
      timeout: 600,
      refresh: isFunction
        ? () => answer(async () => ({ access_token: server.token(), expires_in: 900 }))
        : `https://auth-${index}-${throws}.test/auth/refresh`,
      signOut: isFunction ? () => answer(async () => {}) : "/auth/logout",
      fetch: (...args) => (isFunction ? fetch(...args) : answer(() => fetch(...args))),
    });
    await session.ready;
    odd = source;
    const refreshed = await outcome(session.refresh());
    const { status } = session.state;
    odd = source;
    const signedOut = await outcome(session.signOut());
    session.close();
    const isRight = status === "active" && !signedOut.thrown;
    return isRight ? [] : [[source, throws, JSON.stringify([refreshed, status, signedOut])]];
  };
  const bad = await Promise.all(
    sources.flatMap((source, index) =>
      // A rejected promise that is thrown is nobody's.
      [false, true]
        .filter((throws) => !throws || !source.includes("reject"))
        .map((throws) => one(source, index, throws)),
    ),
  );
  return bad.flat();
};

for (const kind of ["fetch", "function"]) {
  test(`whatever a ${kind} answers, the next refresh goes out at once`, async ({ run }) => {
    assert.deepEqual(await run(tryAll, [ODD, kind]), []);
  });
}
