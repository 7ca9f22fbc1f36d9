// Replies of any shape, by a seed.

/** Members that mean something, and others. */
const NAMES = [
  ...["access_token", "access", "accessToken", "token", "data", "tokens", "jwt", "user"],
  ...["expires_in", "expiresIn", "expires", "expires_at", "expiresAt", "access_expiration"],
  ...["access_token_expiration", "__proto__", "constructor", "toString", "length", "0", ""],
];
const TEXTS = [
  ...[
    "",
    " ",
    "one",
    "two",
    "a b",
    "é",
    "\n",
    "\u0000",
    "\ud800",
    "Bearer",
    "Bearer one",
    "bearer ",
  ],
  ...["e30.eyJzdWIiOiJib2IifQ.x", "60", " 900 ", "-900", "1e999", "0x10", "NaN", "Infinity"],
  ...["2023-11-14T22:13:20", "2023-11-14 22:13:20.5", "2023-11-14T22:13:20Z", "é1-é", "1h"],
  ...["9999-12-31T23:59:59Z", "275760-09-13", "2023-13-45T99:99:99", "Nov 14, 2023", "1 GMT"],
  ...["Tue, 14 Nov 2023 22:13:20 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "x GMT", "2040.5", "١٢"],
];
const NUMBERS = [
  ...[0, -0, 1, -1, 60, 900, 900_000, 1e9, 1.7e9, 1.7e12, 1e11, 1e300, -1e300, 1e-300, 0.0001],
  ...[2 ** 53 + 2, Number.MAX_VALUE, Number.NaN, Number.POSITIVE_INFINITY, -1 / 0],
];
const OTHERS = [
  undefined,
  null,
  true,
  false,
  60n,
  Symbol.iterator,
  () => "one",
  /one/,
  new Date(0),
];

/** Draws numbers from 0 to 2^32 - 1 (mulberry32). */
export function chance(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

export const pick = (draw, list) => list[draw() % list.length];

const noise = (draw) =>
  Array.from({ length: draw() % 12 }, () => String.fromCharCode(draw() % 0x180)).join("");

/** Half of them may be tokens. */
export function drawText(draw) {
  const kind = draw() % 8;
  if (kind < 4) return pick(draw, ["one", "two"]);
  return kind < 5 ? noise(draw) : pick(draw, TEXTS);
}

/** A value: a text, a number, something else, or a list or an object of such values. */
export function drawValue(draw, depth = 3) {
  const kind = draw() % 10;
  if (kind < 3) return drawText(draw);
  if (kind < 5) return pick(draw, NUMBERS);
  if (kind < 6) return pick(draw, OTHERS);
  if (depth === 0) return {};
  if (kind < 7) return Array.from({ length: draw() % 3 }, () => drawValue(draw, depth - 1));
  return drawReply(draw, depth - 1);
}

/** An object as JSON or a library may make it. */
export function drawReply(draw, depth = 3) {
  const members = Array.from({ length: draw() % 8 }, () => [
    pick(draw, NAMES),
    drawValue(draw, depth),
  ]);
  const reply = Object.fromEntries(members);
  if (draw() % 8 === 0) Object.setPrototypeOf(reply, null);
  if (draw() % 8 === 0) reply.data = reply;
  return reply;
}

/** Headers as a mock may have them: neither checked nor trimmed. */
export function drawHeaders(draw) {
  const values = new Map();
  for (const name of ["authorization", "date", "retry-after", "content-type", "www-authenticate"])
    if (draw() % 2) values.set(name, draw() % 6 ? drawText(draw) : drawValue(draw, 0));
  return pick(draw, [values, values, values, undefined, null, {}]);
}

/** The option `readToken`. */
export function drawPlace(draw) {
  const path = () => Array.from({ length: 1 + (draw() % 3) }, () => pick(draw, NAMES)).join(".");
  return pick(draw, [undefined, path(), path(), { header: "authorization" }, () => {}]);
}
