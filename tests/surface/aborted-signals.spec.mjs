// A signal that is aborted already: as with native fetch, the call rejects in the same microtask.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

/** Calls with an aborted signal, as functions of `fetch`. */
const CALLS = {
  "a string": (fetch, signal) => fetch("/api/me", { signal }),
  "a URL": (fetch, signal) => fetch(new URL("/api/me", location.href), { signal }),
  "a Request": (fetch, signal) => fetch(new Request("/api/me", { signal })),
  "a Request and a signal": (fetch, signal) => fetch(new Request("/api/me"), { signal }),
  "a body": (fetch, signal) => fetch("/api/me", { method: "POST", body: "x", signal }),
  "a body that may change": (fetch, signal) =>
    fetch("/api/me", { method: "POST", body: new Uint8Array(1), signal }),
  "a stream": (fetch, signal) =>
    fetch("/api/me", { method: "POST", body: new ReadableStream(), duplex: "half", signal }),
  headers: (fetch, signal) => fetch("/api/me", { headers: { "x-a": "b" }, signal }),
  "another origin": (fetch, signal) => fetch("https://other.test/", { signal }),
  integrity: (fetch, signal) => fetch("/api/me", { integrity: "sha256-x", signal }),
};

for (const [name, call] of Object.entries(CALLS)) {
  test(`an aborted call of ${name} rejects when native fetch does`, async ({ run }) => {
    const seen = await run(async (call) => {
      const make = (0, eval)(`(${call})`);
      const signal = AbortSignal.abort();
      /** How many microtasks it takes. */
      const count = async (fetch) => {
        let ticks = 0;
        let reason;
        make(fetch, signal).catch((error) => (reason = error));
        while (reason === undefined && ticks < 100) {
          ticks += 1;
          await undefined;
        }
        return [ticks, reason === signal.reason];
      };
      const { session } = await started({ name: "active", fetch: undefined, refresh: answering() });
      const unknown = start({
        name: "unknown",
        fetch: undefined,
        refresh: () => new Promise(() => {}),
      });
      const ended = start({ name: "ended", fetch: undefined, restore: false });
      const of = [session, unknown.session, ended.session].map((session) => session.fetch);
      const counts = [];
      for (const fetch of [nativeFetch, ...of, session.fetchWith({ passive: true })])
        counts.push(await count(fetch));
      return counts;

      function answering() {
        const server = new FakeServer();
        return async () => JSON.parse(server.login());
      }
    }, String(call));
    const [native, ...others] = seen;
    for (const ours of others) assert.deepEqual(ours, native);
  });
}
