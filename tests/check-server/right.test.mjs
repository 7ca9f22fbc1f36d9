// A server that is right is told so, whatever it is like beside.

import assert from "node:assert/strict";
import { test } from "node:test";

import { edit, header, isSignIn, isSignOut } from "./faults/edits.mjs";
import { complaints, tried } from "./kit.mjs";

test("of a server that is right in all respects nothing is said, and everything is tried", async () => {
  const results = await tried();
  assert.deepEqual(
    results.filter(({ verdict }) => verdict !== "right"),
    [],
  );
});

test("a grace for the preceding token will do instead of attempt ids", async () => {
  assert.deepEqual(
    complaints(
      await tried({ tokens: { knowsAttempts: false, grace: true, ownAttempt: "itself" } }),
    ),
    {},
  );
});

test("a grace of some seconds is told by --grace, and reuse is tried after it", async () => {
  const rules = { tokens: { leniency: 2000 } };
  assert.deepEqual(complaints(await tried(rules, ["--grace", "2.1"])), {});
});

test("a cookie with the prefix __Host- and one that is partitioned are as good", async () => {
  const attributes = (more) => () => `HttpOnly; Secure; Path=/; Max-Age=1209600; ${more}`;
  const host = { name: "__Host-refresh_token", attributes: attributes("SameSite=Lax") };
  assert.deepEqual(complaints(await tried(host)), {});
  const origin = "https://app.example.com";
  const partitioned = {
    attributes: attributes("SameSite=None; Partitioned"),
    allows: (other) => other === origin,
  };
  const results = await tried(partitioned, ["--origin", origin]);
  assert.deepEqual(
    complaints(results),
    { "csrf-token": "wrong" },
    "a page of another site can read no cookie",
  );
});

test("a sign-out may require the access token, and is sent it by --sign-out-token", async () => {
  const refused = edit(isSignOut, (answer, { headers }) => {
    if (!/^Bearer e/.test(headers.authorization)) answer.status = 401;
  });
  assert.deepEqual(complaints(await tried(refused, ["--sign-out-token"])), {});
});

test("a sign-out may clear cookies", async () => {
  assert.deepEqual(
    complaints(await tried(header(isSignOut, "clear-site-data", '"cache", "cookies"'))),
    {},
  );
});

test("a page that is visited first may set the CSRF cookie", async () => {
  const set = "csrf=a%20token; Secure; SameSite=Strict; Path=/";
  const rules = {
    edit: (answer, request) => {
      if (isSignIn(request)) answer.cookies.splice(1);
      if (request.url === "/page") answer.cookies = [set];
    },
    // It is compared as the framework has encoded it, and sent as it is meant.
    refusal: ({ method, headers }) =>
      method !== "POST" ? 405 : headers["x-csrf-token"] !== "a token" && 403,
  };
  assert.deepEqual(
    complaints(await tried(rules, ({ origin }) => ["--visit", `${origin}/page`])),
    {},
  );
});

test("where no more sign-ins are let in, what takes one is not tried and says so", async () => {
  let count = 0;
  const refused = edit(isSignIn, (answer) => {
    if (++count > 1) Object.assign(answer, { status: 429, cookies: [] });
  });
  const results = await tried(refused);
  assert.deepEqual(complaints(results), {});
  const { verdict, seen } = results.find(({ name }) => name === "lost-answer");
  assert.equal(verdict, "not tried");
  assert.match(seen, /another session could not be had: the sign-in was answered 429/);
});
