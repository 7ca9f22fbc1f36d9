// Faults of the answer to a refresh that is granted.

import { jwt } from "../server.mjs";
import { edit, header, isRefresh, isSignIn, json } from "./edits.mjs";

/** Seconds since 1970. */
const now = () => Math.floor(Date.now() / 1000);

/** A token with such claims, and `expires_in` to go with it. */
const claims = (change, expires_in) =>
  json(() => ({
    access_token: jwt({ iat: now(), exp: now() + 900, ...change(now()) }),
    expires_in,
  }));

const date = (offset) =>
  edit(isRefresh, ({ headers }) => (headers.date = new Date(Date.now() + offset).toUTCString()));

export const ANSWER = [
  ["HTML", "refresh-answer", "wrong", edit(isRefresh, page, 200)],
  [
    "a redirect",
    "refresh-answer",
    "wrong",
    edit(isRefresh, (answer) => (answer.status = 302), 200),
  ],
  [
    "a server error",
    "refresh-answer",
    "wrong",
    edit(isRefresh, (answer) => (answer.status = 500), 200),
  ],
  ["no token", "refresh-answer", "wrong", json(() => ({ ok: true }))],
  [
    "a token in a field that is not known",
    "refresh-answer",
    "wrong",
    json(({ access_token }) => ({ jwt: access_token })),
  ],
  ["two tokens", "refresh-answer", "wrong", json((body) => ({ ...body, token: "another-token" }))],
  [
    "expires_in in milliseconds",
    "token-lifetime",
    "wrong",
    json((body) => ({ ...body, expires_in: 900_000 })),
  ],
  [
    "the same with an opaque token",
    "token-lifetime",
    "wrong",
    json(() => ({ token: "an-opaque-token", expires_in: 900_000 })),
  ],
  [
    "expires_in is a date",
    "token-lifetime",
    "wrong",
    json((body) => ({ ...body, expires_in: now() + 900 })),
  ],
  [
    "expires_in is no number",
    "token-lifetime",
    "wrong",
    json((body) => ({ ...body, expires_in: "15m" })),
  ],
  [
    "expires_in is a text",
    "token-lifetime",
    "warning",
    json((body) => ({ ...body, expires_in: "900" })),
  ],
  [
    "expires_in is not what exp says",
    "token-lifetime",
    "wrong",
    json((body) => ({ ...body, expires_in: 3600 })),
  ],
  ["exp in milliseconds", "token-lifetime", "wrong", claims((at) => ({ exp: (at + 900) * 1000 }))],
  ["a token that has lapsed", "token-lifetime", "wrong", claims((at) => ({ exp: at - 10 }))],
  ["a token for seconds", "token-lifetime", "warning", claims((at) => ({ exp: at + 10 }))],
  ["a token for a week", "token-lifetime", "warning", claims((at) => ({ exp: at + 7 * 86400 }))],
  [
    "an opaque token without a lifetime",
    "token-lifetime",
    "wrong",
    json(() => ({ access_token: "an-opaque-token" })),
  ],
  [
    "a JWT without a lifetime",
    "token-lifetime",
    "warning",
    json(() => ({ access_token: jwt({ sub: "alice" }) })),
  ],
  [
    "a date that is none",
    "token-lifetime",
    "wrong",
    json(({ access_token }) => ({ access_token, expires_at: "in 15 minutes" })),
  ],
  [
    "a date that is not what exp says",
    "token-lifetime",
    "wrong",
    json((body) => ({ ...body, expires_at: now() + 3600 })),
  ],
  [
    "a token that no header can carry",
    "refresh-answer",
    "wrong",
    json((body) => ({ ...body, access_token: "two words" })),
  ],
  [
    "the refresh token in the answer",
    "refresh-token-hidden",
    "wrong",
    json((body) => ({ ...body, refreshToken: "another" })),
  ],
  ["the same at the sign-in", "refresh-token-hidden", "wrong", edit(isSignIn, tell)],
  [
    "the same in a cookie that can be read",
    "refresh-token-hidden",
    "wrong",
    edit(isRefresh, copy, 200),
  ],
  [
    "an answer that caches keep",
    "no-store",
    "wrong",
    header(isRefresh, "cache-control", "private", 200),
  ],
  ["a sign-in that caches keep", "no-store", "wrong", header(isSignIn, "cache-control")],
  ["a Date of an hour ago", "server-clock", "warning", hourAgo()],
  ["no Date", "server-clock", "warning", edit(isRefresh, (answer) => (answer.hasNoDate = true))],
  [
    "an iat in local time",
    "server-clock",
    "wrong",
    claims((at) => ({ iat: at + 7200, exp: at + 8100 })),
  ],
  ["an iat far before the Date", "server-clock", "wrong", date(7_200_000)],
];

function page(answer) {
  answer.headers["content-type"] = "text/html";
  answer.text = "<!doctype html>";
}

function tell(answer) {
  answer.json.refresh_token = answer.cookies[0].split(/[=;]/)[1];
}

function copy(answer) {
  answer.cookies.push(`copy=${answer.cookies[0].split(/[=;]/)[1]}`);
}

/** Clock and tokens are behind together. */
function hourAgo() {
  const behind = claims((at) => ({ iat: at - 3600, exp: at - 2700 }), 900);
  const dated = date(-3_600_000);
  return {
    edit: (answer, request) => {
      for (const rules of [behind, dated]) rules.edit(answer, request);
    },
  };
}
