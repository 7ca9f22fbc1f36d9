// What the headers of a reply say.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ENDING, headerOf, isForeign, retryAfter, serverNow } from "../../pkg/src/response.js";

/** Tue, 14 Nov 2023 22:13:20 GMT in seconds since 1970. */
const THEN = 1_700_000_000;
const DATE = "Tue, 14 Nov 2023 22:13:20 GMT";
const MOST = 2 ** 32 - 1;

/** Headers as a mock has them: a text is neither checked nor trimmed. */
const headers = (values) => ({ get: (name) => values[name.toLowerCase()] });
const asked = (text, date) => retryAfter(headers({ "retry-after": text, date }));

// Scenario 55.
test("Retry-After is read in whole seconds", () => {
  for (const [text, seconds] of [
    ["120", 120],
    [" 0 ", 0],
    ["007", 7],
    ["4294967295", MOST],
    ["4294967296", MOST],
    ["99999999999999999999", MOST],
    ["9".repeat(400), MOST],
  ])
    assert.equal(asked(text), seconds, text);
});

test("Retry-After is read as a date, by the server's clock where there is one", () => {
  const { now } = Date;
  Date.now = () => (THEN - 30) * 1000;
  try {
    assert.equal(asked(DATE), 30);
    assert.equal(asked(` ${DATE} `, "Tue, 14 Nov 2023 22:12:20 GMT"), 60);
    assert.equal(asked(DATE, "soon"), 30, "a clock that cannot be read is none");
    assert.equal(asked("2023-11-14T22:13:20Z"), 30);
    assert.equal(asked(DATE, "Tue, 14 Nov 2023 22:14:20 GMT"), -60, "the core asks for >= 0");
    assert.ok(asked("Fri, 31 Dec 9999 23:59:59 GMT") > MOST);
  } finally {
    Date.now = now;
  }
});

test("any other Retry-After is none", () => {
  for (const text of [
    ...[undefined, "", " ", "-5", "1.5", "+5", "never", "١٢", "0x10", "1e3", "Infinity", "1 2"],
    // Browsers would read these as dates.
    ...["2040.5", "5 s", "Nov 14, 2099", "99/99", "1/1/2099"],
  ])
    for (const date of [undefined, "Thu, 01 Jan 1970 00:00:00 GMT"])
      assert.equal(asked(text, date), Number.NaN, text);
});

test("the server's clock is the header Date", () => {
  assert.equal(serverNow(new Headers({ date: DATE })), THEN);
  assert.equal(serverNow(headers({ date: "Thu, 01 Jan 1970 00:00:00 GMT" })), 0);
  for (const text of [undefined, "", " ", "soon", "1", "2023", "1700000000", "Nov 14, 2023"])
    assert.equal(serverNow(headers({ date: text })), Number.NaN, text);
});

test("a header is a text, whatever a mock has", () => {
  assert.equal(headerOf(new Headers({ date: DATE }), "Date"), DATE);
  for (const value of [null, undefined, 5, {}, ["a"]])
    assert.equal(headerOf({ get: () => value }, "date"), undefined);
  const throws = { get: () => assert.fail("no such header") };
  for (const odd of [undefined, null, {}, "date", 5, [], new Map(), { get: 5 }, throws])
    assert.equal(headerOf(odd, "date"), undefined);
});

test("a refusal has one of three statuses by default", () => {
  assert.deepEqual(ENDING, [400, 401, 403]);
});

// Scenario 68.
test("a reply in HTML, or with a proxy's challenge, is not the auth server's", () => {
  const foreign = (type, challenge) =>
    isForeign(headers({ "content-type": type, "www-authenticate": challenge }));
  for (const type of [
    ...["text/html", " Text/HTML; charset=utf-8", "application/xhtml+xml", "TEXT/HTML"],
  ])
    assert.equal(foreign(type), true, type);
  for (const type of [
    ...[undefined, "", "application/json", "text/plain", "text/xml", "a text/html", "html"],
  ])
    assert.equal(foreign(type), false, type);
  for (const challenge of ['Basic realm="proxy"', "NEGOTIATE", " ntlm abc"]) {
    assert.equal(foreign(undefined, challenge), true, challenge);
    assert.equal(foreign("application/json", challenge), true, challenge);
  }
  for (const challenge of [
    ...[undefined, "", "Bearer", 'Bearer error="invalid_token"', 'Digest realm="app"', "DPoP"],
    ...['Bearer, Basic realm="app"', 'Bearer realm="Basic"'],
  ])
    assert.equal(foreign("application/json", challenge), false, challenge);
});
