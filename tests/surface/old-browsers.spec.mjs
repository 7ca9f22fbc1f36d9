// The oldest browsers that are supported lack these; a session works without them.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

/** What is taken away before the package is loaded: an owner and a name. */
const MISSING = {
  "URL.canParse": "URL",
  "URL.parse": "URL",
  "AbortSignal.any": "AbortSignal",
  "AbortSignal.timeout": "AbortSignal",
  "AbortSignal.prototype.throwIfAborted": "AbortSignal.prototype",
  "Object.hasOwn": "Object",
  "Object.groupBy": "Object",
  "Array.fromAsync": "Array",
  "Array.prototype.at": "Array.prototype",
  "Array.prototype.findLast": "Array.prototype",
  "Array.prototype.toSorted": "Array.prototype",
  "Array.prototype.with": "Array.prototype",
  "String.prototype.at": "String.prototype",
  "String.prototype.isWellFormed": "String.prototype",
  "Promise.withResolvers": "Promise",
  "Promise.try": "Promise",
  "Map.groupBy": "Map",
  "Set.prototype.union": "Set.prototype",
  "Response.json": "Response",
  "crypto.randomUUID": "Crypto.prototype",
  structuredClone: "globalThis",
  scheduler: "globalThis",
  Iterator: "globalThis",
};

test("a session works without what old browsers lack", async ({ stage }) => {
  stage.isSpent = true;
  await stage.page.addInitScript((missing) => {
    for (const [path, owner] of Object.entries(missing))
      delete (0, eval)(owner)[path.split(".").pop()];
  }, MISSING);
  await stage.page.reload();
  const seen = await stage.run(async (missing) => {
    const { server, session } = await started({
      signOut: "/auth/logout",
      sendTokenTo: ["/api", "https://api.test/v1"],
    });
    const { signal } = new AbortController();
    const statuses = [];
    statuses.push((await session.fetch("/api/me", { signal })).status);
    server.revoke();
    statuses.push((await session.fetch(new Request("/api/me"), { signal })).status);
    const isToken = (await session.accessToken({ signal })) === server.good;
    const stopped = session.accessToken({ signal: AbortSignal.abort("why") });
    const aborted = await stopped.catch((reason) => reason);
    await session.signIn(() => new Response(server.login("bob")));
    const { sub } = session.state.claims;
    const signedOut = await session.signOut();
    const there = missing.filter((path) => (0, eval)(`typeof ${path}`) !== "undefined");
    return { statuses, isToken, aborted, sub, signedOut, there };
  }, Object.keys(MISSING));
  assert.deepEqual(seen, {
    statuses: [200, 200],
    isToken: true,
    aborted: "why",
    sub: "bob",
    signedOut: "confirmed",
    there: [],
  });
});
