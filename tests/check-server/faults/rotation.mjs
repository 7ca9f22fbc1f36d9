// Faults of rotation, and of what becomes of an answer that is lost.

const rules = (tokens) => ({ tokens });

export const ROTATION = [
  ["no rotation", "rotation", "wrong", rules({ rotates: false })],
  ["a spent cookie is accepted", "reuse-refused", "wrong", rules({ reuse: "accepted" })],
  ["a spent cookie breaks the server", "reuse-refused", "wrong", rules({ reuse: "breaks" })],
  ["a reuse ends nothing", "reuse-ends-session", "warning", rules({ reuse: "refused" })],
  [
    "looking and spending are two steps",
    "two-at-once",
    "wrong",
    rules({ gathers: true, atomic: false }),
  ],
  [
    "two at once break the server",
    "two-at-once",
    "wrong",
    rules({ gathers: true, clashes: "another" }),
  ],
  [
    "two at once end the session",
    "two-at-once",
    "wrong",
    rules({ gathers: true, clashes: "ends" }),
  ],
  ["a lost answer signs out", "lost-answer", "wrong", rules({ knowsAttempts: false })],
  [
    "nobody is told of attempt ids",
    "attempt-returned",
    "warning",
    rules({ returnsAttempts: false }),
  ],
  ["the cookie of a retry is no good", "lost-answer", "wrong", rules({ knowsAttempts: "badly" })],
  [
    "a successor is refused under its own attempt id",
    "arrived-answer",
    "wrong",
    rules({ ownAttempt: "refused" }),
  ],
  [
    "a retry in the middle breaks the server",
    "resent-at-once",
    "wrong",
    rules({ gathers: true, clashes: "same" }),
  ],
];
