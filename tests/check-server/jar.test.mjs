// The jar keeps and sends what a browser would.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Jar } from "../../pkg/check-server/jar.js";
import { quoted, Secrets } from "../../pkg/check-server/secrets.js";
import { parseSetCookie } from "../../pkg/check-server/set-cookie.js";
import { relation } from "../../pkg/check-server/site.js";

const HOST = "https://auth.example.com";

/** The names that go along to `to`, of what an answer from `from` has set. */
function sent(list, to, { from = `${HOST}/auth/login`, isCrossSite = false } = {}) {
  const jar = new Jar();
  jar.store({ setCookies: list, url: new URL(from) });
  return jar.for(new URL(to), isCrossSite).map(({ name }) => name);
}

test("a cookie goes to its host, and with a Domain to the hosts below it", () => {
  assert.deepEqual(sent(["a=1"], `${HOST}/auth/refresh`), ["a"]);
  assert.deepEqual(sent(["a=1"], "https://example.com/auth/"), []);
  assert.deepEqual(sent(["a=1; Domain=.Example.com"], "https://other.example.com/auth/"), ["a"]);
  assert.deepEqual(sent(["a=1; Domain=example.com"], "https://badexample.com/auth/"), []);
});

test("it goes to the paths below its own, the longest first; the default is the folder", () => {
  assert.deepEqual(sent(["a=1; Path=/", "b=1; Path=/auth"], `${HOST}/auth`), ["b", "a"]);
  assert.deepEqual(sent(["a=1; Path=/auth"], `${HOST}/authority`), []);
  assert.deepEqual(sent(["a=1"], `${HOST}/other`), []);
  assert.deepEqual(sent(["a=1; Path=auth"], `${HOST}/auth/x`), ["a"]);
});

test("Secure keeps it from http, but for this computer", () => {
  assert.deepEqual(sent(["a=1; Secure"], "http://auth.example.com/auth/"), []);
  for (const from of [
    "http://127.0.0.1:8000/auth/login",
    "http://localhost/auth/login",
    "http://[::1]/auth/login",
  ]) {
    assert.deepEqual(sent(["a=1; Secure"], from, { from }), ["a"], from);
  }
  assert.deepEqual(
    sent(["a=1; Secure"], `${HOST}/auth/`, { from: "http://auth.example.com/auth/" }),
    [],
  );
});

test("across sites only SameSite=None goes along", () => {
  const list = ["a=1", "b=1; SameSite=Lax", "c=1; SameSite=None; Secure", "d=1; SameSite=None"];
  assert.deepEqual(sent(list, `${HOST}/auth/`, { isCrossSite: true }), ["c"]);
});

test("what browsers refuse is not kept", () => {
  for (const refused of [
    "__Host-a=1; Secure; Path=/auth",
    "__Host-a=1; Secure",
    "__Host-a=1; Path=/",
    "__Host-a=1; Secure; Path=/; Domain=auth.example.com",
    "__secure-a=1",
    "a=1; Partitioned",
    "a=1; Domain=other.example.com",
    "a=1; Domain=com",
    `a=${"x".repeat(4096)}`,
  ]) {
    assert.deepEqual(sent([refused], `${HOST}/auth/`), [], refused.slice(0, 80));
  }
  assert.deepEqual(sent(["__Host-a=1; Secure; Path=/"], `${HOST}/auth/`), ["__Host-a"]);
});

test("a lifetime of nothing deletes the cookie of that path", () => {
  assert.deepEqual(sent(["a=1; Max-Age=9", "a=; Max-Age=0"], `${HOST}/auth/`), []);
  assert.deepEqual(sent(["a=1", "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], `${HOST}/auth/`), []);
  assert.deepEqual(sent(["a=1", "a=; Max-Age=0; Path=/"], `${HOST}/auth/`), ["a"]);
});

test("Max-Age wins over Expires, and what is no number counts for nothing", () => {
  const url = new URL(HOST);
  const past = "Expires=Thu, 01 Jan 1970 00:00:00 GMT";
  assert.equal(parseSetCookie(`a=1; Max-Age=60; ${past}`, url).lifetime, 60);
  assert.equal(parseSetCookie("a=1; Max-Age=soon", url).lifetime, undefined);
});

test("pages and URLs are of one site where they share what somebody has registered", () => {
  const stands = (page, url) => relation(page, new URL(url));
  assert.equal(stands("https://app.example.com", "https://app.example.com/x"), "same-origin");
  assert.equal(stands("https://app.example.com", "https://api.example.com/x"), "same-site");
  assert.equal(stands("http://127.0.0.1:1", "http://127.0.0.1:2/x"), "same-site");
  assert.equal(stands("http://localhost:1", "http://127.0.0.1:1/x"), "cross-site");
  assert.equal(stands("http://app.example.com", "https://app.example.com/x"), "cross-site");
  assert.equal(stands("https://app.vercel.app", "https://api.vercel.app/x"), "cross-site");
  assert.equal(stands("https://a.example.co.uk", "https://b.example.co.uk/x"), "same-site");
});

test("secrets are masked, and what a server sends cannot steer a terminal", () => {
  const secrets = new Secrets();
  for (const secret of ["secret-one", "secret-one-and-more", "ok"]) secrets.add(secret);
  assert.equal(secrets.mask("ok: secret-one-and-more, secret-one"), "ok: [masked], [masked]");
  assert.equal(quoted("a\u001b[2Jb"), "`a?[2Jb`");
  assert.equal(quoted("x".repeat(200)).length, 82);
});
