// Faults at requests that are forged, at the sign-out, and of the API.

import { edit, header, isApi, isSignOut } from "./edits.mjs";

const hasAttempt = ({ headers }) => Boolean(headers["x-requested-with"]);
const hasCsrf = ({ headers }) => Boolean(headers["x-csrf-token"]);
const isForm = ({ headers }) => headers["content-type"] === "application/x-www-form-urlencoded";
const isGet = ({ method }) => method === "GET";
const isPost = ({ method }) => method === "POST";

/** Nobody asks for the header of a form, or of a page's own refresh. */
const takesForms = (request) =>
  !isPost(request) ? 405 : hasAttempt(request) && !hasCsrf(request) && 403;
const takesGets = (request) =>
  !isGet(request) && (!isPost(request) ? 405 : !hasCsrf(request) && 403);
const asksForAttempt = (request) => (!isPost(request) ? 405 : !hasAttempt(request) && 400);
const asksForGet = (request) => (!isGet(request) ? 405 : !hasCsrf(request) && 403);
const isWithoutCsrf = (request) => isPost(request) && hasAttempt(request) && !hasCsrf(request);

/** Rules of a server that takes forms. */
export const TAKES_FORMS = { refusal: takesForms };

export const FORGED = [
  ["a form rotates the cookie", "csrf-form", "warning", TAKES_FORMS],
  ["a form ends the session", "csrf-form", "wrong", { ends: isForm }],
  ["a GET rotates the cookie", "csrf-get", "wrong", { refusal: takesGets }],
  ["a refresh is a GET", "csrf-get", "warning", { refusal: asksForGet }, ["--method", "GET"]],
  ["a GET ends the session", "csrf-get", "wrong", { ends: isGet }],
  ["nobody compares the CSRF token", "csrf-token", "wrong", { refusal: asksForAttempt }],
  [
    "there is no such cookie",
    "csrf-token",
    "wrong",
    { refusal: asksForAttempt },
    ["--csrf-cookie", "xsrf"],
  ],
  ["a missing CSRF token ends the session", "csrf-token", "wrong", { ends: isWithoutCsrf }],
];

export const SIGN_OUT = [
  ["500", "sign-out-answer", "wrong", edit(isSignedIn, (answer) => (answer.status = 500))],
  ["a redirect", "sign-out-answer", "wrong", edit(isSignedIn, (answer) => (answer.status = 302))],
  ["404", "sign-out-answer", "wrong", edit(isSignedIn, (answer) => (answer.status = 404))],
  [
    "HTML",
    "sign-out-answer",
    "wrong",
    header(isSignedIn, "content-type", "text/html; charset=utf-8"),
  ],
  ["HTML of no type", "sign-out-answer", "wrong", edit(isSignedIn, untyped)],
  [
    "a Basic challenge",
    "sign-out-answer",
    "wrong",
    header(isSignedIn, "www-authenticate", 'Basic realm="proxy"'),
  ],
  [
    "401 without the access token",
    "sign-out-answer",
    "wrong",
    edit(isWithoutToken, (answer) => (answer.status = 401)),
  ],
  [
    "the cookie is not deleted",
    "sign-out-cookie",
    "wrong",
    edit(isSignOut, (answer) => (answer.cookies = [])),
  ],
  ["another cookie is deleted", "sign-out-cookie", "wrong", edit(isSignOut, elsewhere)],
  ["the cookie is emptied", "sign-out-cookie", "wrong", edit(isSignOut, emptied)],
  ["the session goes on", "sign-out-session", "wrong", { signsOut: false }],
  [
    "403 without a session",
    "sign-out-again",
    "warning",
    edit(isStranger, (answer) => (answer.status = 403)),
  ],
  [
    "404 without a session",
    "sign-out-again",
    "warning",
    edit(isStranger, (answer) => (answer.status = 404)),
  ],
  [
    "a page without a session",
    "sign-out-again",
    "wrong",
    header(isStranger, "content-type", "text/html"),
  ],
  [
    "500 without a session",
    "sign-out-again",
    "wrong",
    edit(isStranger, (answer) => (answer.status = 500)),
  ],
  [
    "storage is cleared",
    "sign-out-storage",
    "wrong",
    header(isSignOut, "clear-site-data", '"cookies", "storage"'),
  ],
  [
    "everything is cleared",
    "sign-out-storage",
    "wrong",
    header(isSignOut, "clear-site-data", '"*"'),
  ],
  ["the answer may be kept", "sign-out-no-store", "warning", header(isSignOut, "cache-control")],
];

export const API = [
  [
    "a good token is refused",
    "api-good-token",
    "wrong",
    edit(isApi, (answer) => (answer.status = 403), 200),
  ],
  [
    "a bad token is accepted",
    "api-bad-token",
    "wrong",
    edit(isApi, (answer) => (answer.status = 200), 401),
  ],
  [
    "a redirect to a page",
    "api-bad-token",
    "wrong",
    edit(isApi, (answer) => (answer.status = 302), 401),
  ],
  [
    "403 for a bad token",
    "api-bad-token",
    "wrong",
    edit(isApi, (answer) => (answer.status = 403), 401),
  ],
  [
    "422 for a bad token",
    "api-bad-token",
    "warning",
    edit(isApi, (answer) => (answer.status = 422), 401),
  ],
  ["no challenge", "api-bad-token", "warning", header(isApi, "www-authenticate", undefined, 401)],
  [
    "a challenge of its own",
    "api-bad-token",
    "warning",
    header(isApi, "www-authenticate", "Token", 401),
  ],
  ["a Basic challenge", "api-bad-token", "wrong", header(isApi, "www-authenticate", "Basic", 401)],
  [
    "a challenge that no refresh cures",
    "api-bad-token",
    "wrong",
    header(isApi, "www-authenticate", 'Bearer error="insufficient_scope"', 401),
  ],
  [
    "a 401 without CORS",
    "api-cors",
    "wrong",
    header(isApi, "access-control-allow-origin", undefined, 401),
  ],
  [
    "a preflight that wants a token",
    "api-cors",
    "wrong",
    edit(isAskingApi, (answer) => (answer.status = 401)),
  ],
  [
    "a preflight that allows `*`",
    "api-cors",
    "wrong",
    header(isAskingApi, "access-control-allow-headers", "*"),
  ],
  [
    "answers that are kept",
    "api-cache",
    "wrong",
    header(isApi, "cache-control", "private, max-age=60", 200),
  ],
  [
    "answers of which nothing is said",
    "api-cache",
    "warning",
    header(isApi, "cache-control", undefined, 200),
  ],
];

function isSignedIn(request) {
  return isSignOut(request) && /refresh_token=/.test(request.headers.cookie);
}

function isWithoutToken(request) {
  return isSignedIn(request) && !request.headers.authorization;
}

function isStranger(request) {
  return isSignOut(request) && !isSignedIn(request);
}

function isAskingApi({ method, url }) {
  return method === "OPTIONS" && url === "/api/me";
}

function elsewhere(answer) {
  answer.cookies = answer.cookies.map((cookie) => cookie.replace("Path=/auth", "Path=/"));
}

function emptied(answer) {
  answer.cookies = answer.cookies.map((cookie) => cookie.replace("; Max-Age=0", ""));
}

function untyped(answer) {
  delete answer.headers["content-type"];
  Object.assign(answer, { status: 200, text: "<!doctype html>" });
}
