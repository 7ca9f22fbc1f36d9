// Whatever a server sends, it is read as plain values or is a fault.

import assert from "node:assert/strict";
import { test } from "node:test";

import { bearer, Fault, readToken } from "../../pkg/src/reply.js";
import {
  headerOf,
  isForeign,
  isResponse,
  parseBody,
  retryAfter,
  serverNow,
} from "../../pkg/src/response.js";
import { readTimes } from "../../pkg/src/times.js";
import { chance, drawHeaders, drawPlace, drawReply, drawText, drawValue } from "./random.mjs";

const CODES = ["ERR_TOKEN_MISSING", "ERR_TOKEN_AMBIGUOUS", "ERR_TOKEN_MALFORMED"];
/** What a header can carry (RFC 6750, section 2.1). */
const SENDABLE = /^[\x21-\x7e]+$/;

const isNone = (number) => Object.is(number, Number.NaN);

function checkNumber(number, what) {
  assert.equal(typeof number, "number", what);
  assert.ok(Number.isFinite(number) || isNone(number), `${what}: ${number}`);
}

/** Whether a text stands anywhere in a value. */
function contains(value, text, seen = new Set()) {
  if (value === text) return true;
  if (Object(value) !== value || seen.has(value)) return false;
  seen.add(value);
  return Object.getOwnPropertyNames(value).some((name) => contains(value[name], text, seen));
}

/** Reads a reply as the client does. Returns the code of the fault, or what was read. */
function read(place, reply, headers, told) {
  checkNumber(retryAfter(headers), "the pause");
  checkNumber(serverNow(headers), "the server's clock");
  assert.equal(typeof isForeign(headers), "boolean");
  let found;
  try {
    found = readToken(place, reply, headers, told);
  } catch (error) {
    assert.ok(error instanceof Fault, String(error?.stack));
    assert.ok(CODES.includes(error.code), error.code);
    return error.code;
  }
  const { token, objects } = found;
  assert.match(token, SENDABLE);
  const header = headerOf(headers, "authorization") ?? "";
  const isThere = contains(reply, token) || contains(told, token) || header.includes(token);
  assert.ok(isThere, "a token out of nowhere");
  const times = readTimes(objects);
  assert.deepEqual(Object.keys(times), ["expiresIn", "expiresAt"]);
  for (const [name, seconds] of Object.entries(times)) checkNumber(seconds, name);
  return { token, ...times };
}

// Scenario 54.
test("random replies are read as plain values, or are a fault", () => {
  const counts = new Map();
  for (let seed = 1; seed <= 40_000; seed++) {
    const draw = chance(seed);
    const reply = draw() % 8 ? drawReply(draw) : drawValue(draw);
    const outcome = read(drawPlace(draw), reply, drawHeaders(draw), drawValue(draw));
    const kind = typeof outcome === "string" ? outcome : "read";
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  // Each outcome is common enough for its rules to be tried.
  for (const kind of [...CODES, "read"])
    assert.ok(counts.get(kind) > 100, `${kind}: ${counts.get(kind)}`);
});

test("random times are numbers or none", () => {
  for (let seed = 1; seed <= 20_000; seed++) {
    const draw = chance(seed);
    const times = readTimes([drawValue(draw), drawReply(draw), drawReply(draw)]);
    for (const [name, seconds] of Object.entries(times)) checkNumber(seconds, `${seed}: ${name}`);
  }
});

test("random texts are bodies, and bearer tokens without space around them", () => {
  for (let seed = 1; seed <= 20_000; seed++) {
    const draw = chance(seed);
    const text = `${drawText(draw)}${drawText(draw)}`;
    isResponse(parseBody(text));
    const token = bearer(text);
    if (token !== undefined) assert.ok(token !== "" && token === token.trim(), text);
  }
});

test("each member that tells a time, with each value that is odd, is a number or none", () => {
  const values = [
    ...[null, true, "", "x", [], {}, 0, -0, -1, -1e300, 1e300, 1e-300, 1 / 0, 0.0001, "900"],
    ...[" 900 ", "-900", "Infinity", "NaN", "0x10", 2 ** 53 + 2, 1700000900, 1700000900000],
    ...[99999999999999, "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2023-13-45T99:99:99"],
    "Thu, 01 Jan 1970 00:00:00 GMT",
  ];
  const members = [
    ...["expires_in", "expiresIn", "expires", "expires_at", "expiresAt", "access_expiration"],
    "access_token_expiration",
  ];
  for (const member of members) {
    for (const value of values) {
      const reply = { access_token: "opaque", [member]: value };
      const outer = read(undefined, reply);
      assert.deepEqual(read(undefined, { data: reply }), outer, `${member}: ${String(value)}`);
      assert.equal(outer.token, "opaque");
    }
  }
});

/** Replies that once found something: the body, the header Authorization, and what is read. */
const FOUND = [
  ['{"data":["one"],"expires_at":"2023-11-14T22:23:20.5Z"}', "", "ERR_TOKEN_MISSING"],
  [
    '{"token":"one","expires_at":"é1-é","expires":1e308,"expiresAt":-1e308}',
    "",
    { token: "one", expiresIn: Number.NaN, expiresAt: -1e308 },
  ],
  [
    '{"token":"one","expires_at":"2023-11-14 22:23:20"}',
    "",
    { token: "one", expiresIn: Number.NaN, expiresAt: 1_700_000_600 },
  ],
  ['{"token":"one","expires_in":"900"}', "", { token: "one", expiresIn: 900 }],
  ['{"token":"one","expires_in":1e300}', "", { token: "one", expiresIn: 1e300 }],
  ['{"token":"one","expires_in":1e999}', "", { token: "one", expiresIn: Number.NaN }],
  ['{"data":{"access":"one","expires":900000}}', "", { token: "one", expiresIn: 900 }],
  ['{"expires_in":60}', "bearer one", { token: "one", expiresIn: 60 }],
  ['{"access_token":5}', "", "ERR_TOKEN_MISSING"],
  ['{"access_token":"one","token":"two","expires_in":60}', "", "ERR_TOKEN_AMBIGUOUS"],
  ['{"mfa":true}', "", "ERR_TOKEN_MISSING"],
  ["<!doctype html>", "", "ERR_TOKEN_MISSING"],
  ["", "", "ERR_TOKEN_MISSING"],
];

test("replies that once found something find nothing", () => {
  for (const [body, authorization, expected] of FOUND) {
    const outcome = read(undefined, parseBody(body), new Map([["authorization", authorization]]));
    const none = { expiresIn: Number.NaN, expiresAt: Number.NaN };
    const whole = typeof expected === "string" ? expected : { ...none, ...expected };
    assert.deepEqual(outcome, whole, body);
  }
});
