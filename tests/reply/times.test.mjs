// What a reply says of the life of its token.

import assert from "node:assert/strict";
import { test } from "node:test";

import { readTimes } from "../../pkg/src/times.js";

/** 2023-11-14T22:13:20Z in seconds since 1970. */
const THEN = 1_700_000_000;
const NONE = { expiresIn: Number.NaN, expiresAt: Number.NaN };

const times = (...objects) => readTimes(objects);
const lives = (expiresIn) => ({ ...NONE, expiresIn });
const until = (expiresAt) => ({ ...NONE, expiresAt });

const LIFETIMES = ["expires_in", "expiresIn"];
const DATES = ["expires_at", "expiresAt", "access_expiration", "access_token_expiration"];
const ANY_DATES = ["expires", ...DATES];

test("lifetimes are read in seconds, and expires in milliseconds", () => {
  for (const [name, said, seconds] of [
    ["expires_in", 60, 60],
    ["expiresIn", 60.5, 60.5],
    ["expires", 900_000, 900],
    ["expires", 999_999_999, 999_999.999],
  ]) {
    assert.deepEqual(times({ [name]: said }), lives(seconds), name);
    assert.deepEqual(times({ [name]: String(said) }), lives(seconds), name);
    assert.deepEqual(times({ [name]: ` ${said} ` }), lives(seconds), name);
    assert.deepEqual(times({ [name]: 0 }), lives(0), name);
  }
  assert.deepEqual(times({ expires_in: -1 }), lives(-1));
  for (const name of LIFETIMES) assert.deepEqual(times({ [name]: THEN }), lives(THEN), name);
});

test("dates are read in seconds, in milliseconds and as texts", () => {
  for (const name of ANY_DATES) {
    assert.deepEqual(times({ [name]: THEN }), until(THEN), name);
    assert.deepEqual(times({ [name]: "1700000000" }), until(THEN), name);
    assert.deepEqual(times({ [name]: THEN * 1000 + 500 }), until(THEN + 0.5), name);
    assert.deepEqual(times({ [name]: 1e11 }), until(1e8), name);
    for (const text of [
      "2023-11-14T22:13:20Z",
      " 2023-11-14T22:13:20.000000Z ",
      "2023-11-14T23:13:20+01:00",
      "2023-11-14T17:13:20-05:00",
      "Tue, 14 Nov 2023 22:13:20 GMT",
    ])
      assert.deepEqual(times({ [name]: text }), until(THEN), `${name}: ${text}`);
  }
  assert.deepEqual(times({ expires: 1e9 }), until(1e9));
  assert.deepEqual(times({ expires: "1970-01-01T00:00:00Z" }), until(0), "a date is none in ms");
  for (const name of DATES) {
    assert.deepEqual(times({ [name]: 60 }), until(60), name);
    assert.deepEqual(times({ [name]: 99_999_999_999 }), until(99_999_999_999), name);
  }
});

test("a date without a zone is UTC", () => {
  const zone = process.env.TZ;
  try {
    // The zone of the user must not count.
    for (const TZ of ["UTC", "America/New_York"]) {
      process.env.TZ = TZ;
      for (const text of [
        "2023-11-14T22:13:20",
        "2023-11-14 22:13:20",
        "2023-11-14 22:13:20.000000",
      ])
        assert.deepEqual(times({ expires_at: text }), until(THEN), `${TZ}: ${text}`);
      assert.deepEqual(times({ expires_at: "2023-11-14" }), until(1_699_920_000), TZ);
    }
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});

test("no browser is asked about a text that does not begin with a year", () => {
  for (const text of [
    ...["12023-11-14T22:13:20Z", "99-11-14", "1-2", "Nov -", "+2023-11-14", "-2023-11-14"],
    ...["Nov 14, 2023", "Tue, 14 Nov 2023 22:13:20 +0000", "Tue Nov 14 22:13:20 2023"],
  ])
    for (const name of ANY_DATES) assert.deepEqual(times({ [name]: text }), NONE, text);
});

test("a text that is no date says nothing", () => {
  for (const text of [
    ...["", " ", "soon", "1h", "20231114T221320Z", "-", "é-1", "2023-11-14T2é", "NaN"],
    ...["Infinity", "-Infinity", "1e999", "2023-13-45T99:99:99", "soon GMT", "2023-11-14T"],
  ])
    assert.deepEqual(times({ expires: text, expires_at: text, expires_in: text }), NONE, text);
  assert.deepEqual(times({ expires: "2023" }), lives(2.023));
});

test("a value that is neither a number nor a text says nothing, and hides nothing", () => {
  const odd = [null, undefined, true, [], [60], {}, { valueOf: () => 60 }, 60n, Symbol("60")];
  for (const value of [...odd, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    for (const name of ["expires_in", "expires", "expires_at"]) {
      assert.deepEqual(times({ [name]: value }), NONE, name);
      assert.deepEqual(times({ [name]: value, expiresIn: 60 }), lives(60), name);
      assert.deepEqual(times({ [name]: value, access_expiration: THEN }), until(THEN), name);
    }
  }
});

test("the shortest counts of all that stands in the reply and beside the token", () => {
  const [outer, inner] = [{ expires_in: 60 }, { expires: 30_000 }];
  assert.deepEqual(times(outer, inner), lives(30));
  assert.deepEqual(times(inner, outer), lives(30));
  assert.deepEqual(times({ expires_in: 60, expiresIn: 30 }), lives(30));
  assert.deepEqual(times({ expires_in: 30, expiresIn: 60 }), lives(30));
  assert.deepEqual(times({ expires_at: THEN, expiresAt: THEN - 1 }), until(THEN - 1));
  assert.deepEqual(times({ expires_at: THEN - 1 }, { access_expiration: THEN }), until(THEN - 1));
  assert.deepEqual(times({ expires: THEN, expires_at: THEN - 1 }), until(THEN - 1));
});

test("a lifetime and a date are told apart, and both are told", () => {
  const both = { expiresIn: 200, expiresAt: THEN };
  assert.deepEqual(times({ expires_in: 200, expires_at: THEN }), both);
  assert.deepEqual(times({ expires_in: 200 }, { expires: "2023-11-14T22:13:20Z" }), both);
});

test("what is no object says nothing", () => {
  for (const other of [undefined, null, "expires_in", 60, true, [], [60]])
    assert.deepEqual(times(other, { expires_in: 60 }, other), lives(60), String(other));
  assert.deepEqual(times(), NONE);
});
