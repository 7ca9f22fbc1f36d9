// Faults of refusals, and of answers that say nothing about the session.

import { edit, header, isRefresh } from "./edits.mjs";

const GARBAGE = /no-such-refresh-token/;
const isGarbage = (request) => isRefresh(request) && GARBAGE.test(request.headers.cookie);
const isStranger = (request) =>
  isRefresh(request) && !/refresh_token=/.test(request.headers.cookie);

const isJson = (request) =>
  isRefresh(request) && request.headers["content-type"] === "application/json";

const status = (concerns, value) => edit(concerns, (answer) => (answer.status = value));
const instead = (concerns, type, text) =>
  edit(concerns, (answer) => {
    answer.headers["content-type"] = type;
    answer.text = text;
  });

/** An error that deletes the cookie. */
const deleting = (concerns) =>
  edit(concerns, (answer) => (answer.cookies = ["refresh_token=; Path=/auth; Max-Age=0"]));

/** The same faults with and without a cookie. */
const both = (...fault) => [
  [`without a cookie: ${fault[0]}`, "refused-without-cookie", fault[1], fault[2](isStranger)],
  [
    `with one that is no good: ${fault[0]}`,
    "refused-garbage-cookie",
    fault[1],
    fault[2](isGarbage),
  ],
];

export const REFUSALS = [
  ...both("200", "wrong", (concerns) => status(concerns, 200)),
  ...both("a redirect", "wrong", (concerns) => status(concerns, 302)),
  ...both("500", "wrong", (concerns) => status(concerns, 500)),
  ...both("409", "wrong", (concerns) => status(concerns, 409)),
  ...both("419", "warning", (concerns) => status(concerns, 419)),
  ...both("429", "warning", (concerns) => status(concerns, 429)),
  ...both("HTML", "wrong", (concerns) =>
    instead(concerns, "text/html; charset=utf-8", "<h1>Sign in</h1>"),
  ),
  ...both("plain text", "warning", (concerns) => instead(concerns, "text/plain", "Unauthorized")),
  ...both("Basic", "wrong", (concerns) =>
    header(concerns, "www-authenticate", 'Basic realm="app"'),
  ),
  ...both("XHTML", "wrong", (concerns) =>
    instead(concerns, "application/xhtml+xml", "<html xmlns='http://www.w3.org/1999/xhtml'/>"),
  ),
  ...both("Digest", "warning", (concerns) =>
    header(concerns, "www-authenticate", 'Digest realm="app", nonce="n"'),
  ),
  ...both("Basic after Bearer", "warning", (concerns) =>
    header(concerns, "www-authenticate", 'Bearer, Basic realm="app"'),
  ),
  [
    "with one that is no good: no answer",
    "refused-garbage-cookie",
    "wrong",
    edit(isGarbage, (answer) => (answer.drops = true)),
  ],
  [
    "405 deletes the cookie",
    "cookie-survives-errors",
    "wrong",
    deleting(({ method }) => method === "DELETE"),
  ],
  ["a broken body ends the session", "cookie-survives-errors", "wrong", { ends: isJson }],
  [
    "another method ends the session",
    "cookie-survives-errors",
    "wrong",
    { ends: ({ method }) => method === "DELETE" },
  ],
];
