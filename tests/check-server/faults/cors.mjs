// Faults of CORS.

import { PAGE } from "../server.mjs";
import { edit, header, isPreflight, isRefresh, isSignOut } from "./edits.mjs";

const ORIGIN = "access-control-allow-origin";
const CREDENTIALS = "access-control-allow-credentials";
const HEADERS = "access-control-allow-headers";
const EXPOSED = "access-control-expose-headers";

const isAsking = (path) => (request) => isPreflight(request) && request.url === path;
const isAskingToRefresh = isAsking("/auth/refresh");
const [NOBODY, ANYBODY] = [undefined, "*"];

export const CORS = [
  [
    "the preflight is refused",
    "cors-preflight",
    "wrong",
    edit(isAskingToRefresh, (answer) => (answer.status = 401)),
  ],
  [
    "the preflight names nobody",
    "cors-preflight",
    "wrong",
    header(isAskingToRefresh, ORIGIN, NOBODY),
  ],
  [
    "it forbids the attempt header",
    "cors-preflight",
    "wrong",
    header(isAskingToRefresh, HEADERS, "x-csrf-token"),
  ],
  [
    "it forbids the CSRF header",
    "cors-preflight",
    "wrong",
    header(isAskingToRefresh, HEADERS, "x-requested-with"),
  ],
  ["it allows `*`", "cors-preflight", "wrong", header(isAskingToRefresh, HEADERS, ANYBODY)],
  ["it forbids the method", "cors-preflight", "wrong", put(), ["--method", "PUT"]],
  ["an answer for anybody", "cors-answer", "wrong", header(isRefresh, ORIGIN, ANYBODY, 200)],
  [
    "an answer for somebody else",
    "cors-answer",
    "wrong",
    header(isRefresh, ORIGIN, `${PAGE}1`, 200),
  ],
  [
    "an answer without credentials",
    "cors-answer",
    "wrong",
    header(isRefresh, CREDENTIALS, NOBODY, 200),
  ],
  ["a refusal without CORS", "cors-refusal", "wrong", header(isRefresh, ORIGIN, NOBODY, 401)],
  [
    "a sign-out without a preflight",
    "cors-sign-out",
    "wrong",
    header(isAsking("/auth/logout"), ORIGIN, NOBODY),
  ],
  ["a sign-out without CORS", "cors-sign-out", "wrong", header(isSignOut, ORIGIN, NOBODY)],
  ["any origin is repeated", "cors-foreign-origin", "wrong", { allows: () => true }],
  [
    "`null` is allowed",
    "cors-foreign-origin",
    "wrong",
    { allows: (origin) => [PAGE, "null"].includes(origin) },
  ],
  [
    "a prefix of the origin will do",
    "cors-foreign-origin",
    "wrong",
    { allows: (origin) => origin.startsWith("http://127.0.0.1") },
  ],
  ["nothing is exposed", "cors-exposed", "warning", header(isRefresh, EXPOSED, NOBODY)],
  [
    "the attempt id is not exposed",
    "cors-exposed",
    "warning",
    header(isRefresh, EXPOSED, "Date, Retry-After"),
  ],
  [
    "a token in a header that is not exposed",
    "cors-exposed",
    "wrong",
    edit(isRefresh, inHeader, 200),
  ],
  ["answers do not vary", "cors-vary", "warning", header(isRefresh, "vary", NOBODY)],
];

/** A refresh by PUT, which nobody has told the preflight of. */
function put() {
  return {
    refusal: ({ method, headers }) =>
      method !== "PUT" ? 405 : headers["x-csrf-token"] ? undefined : 403,
  };
}

function inHeader(answer) {
  answer.headers.authorization = `Bearer ${answer.json.access_token}`;
  answer.json = { expires_in: 900 };
}
