// The answer to a refresh that is granted.

import { serverNow } from "../../src/response.js";
import { numberOf } from "../../src/times.js";
import { quoted } from "../secrets.js";
import { parseSetCookie } from "../set-cookie.js";
import { claimsOf, findToken, headersOf, lifetimeOf, readAnswer } from "../token.js";
import { NotTried, right, warning, wrong } from "../verdict.js";

/** The token of the first refresh, with what tells its life. */
function token(kit) {
  const found = findToken(kit.granted(kit.answers.first), kit.options);
  if (!found) throw new NotTried("no access token was found");
  return found;
}

/** Faults of a token that is there, by their codes: what to do. */
const CURES = {
  ERR_TOKEN_AMBIGUOUS:
    "Send one, or name its place by --token-field, and to the client by readToken.",
  ERR_TOKEN_MALFORMED: "Issue tokens of printable ASCII without spaces (RFC 6750, section 2.1).",
};

function answer({ answers: { first }, options }) {
  const asFor = 'Answer 200 with JSON: {"access_token": …, "expires_in": seconds}.';
  if (first.isRedirect) {
    return wrong(
      `A refresh is answered ${first.status}, a redirect: the client follows none.`,
      asFor,
    );
  }
  if (!first.isOk) {
    return wrong(
      `A refresh with a good cookie is answered ${first.status}.`,
      `${asFor} See --header, --csrf-cookie and --body, if it wants more than the cookie.`,
    );
  }
  const { place, fault } = readAnswer(first, options);
  const cure = CURES[fault?.code];
  if (cure) return wrong(`A refresh is answered ${first.status}, but ${fault.message}.`, cure);
  if (fault && !first.isJson) {
    return wrong(
      `A refresh is answered ${first.status} with ${first.type || "no content type"} and not with JSON.`,
      asFor,
    );
  }
  if (fault) {
    return wrong(
      "The answer to a refresh has no access token in a field that is recognised.",
      `${asFor} Or name its place by --token-field.`,
    );
  }
  return right(`A refresh is answered ${first.status}; the access token stands in ${place}.`);
}

/** What is very short or very long for an access token, in seconds. */
const SHORT = 30;
const LONG = 24 * 60 * 60;

function life(kit) {
  const { lifetime, mistake, quirk, isOpaque } = lifetimeOf(kit.answers.first, token(kit));
  if (mistake) {
    return wrong(
      `The lifetime is not to be relied on: ${mistake}.`,
      "Send expires_in as a number of seconds, and exp in seconds since 1970.",
    );
  }
  if (lifetime === undefined && isOpaque) {
    return wrong(
      "The token is opaque, and the answer does not say how long it lives: the client rejects it.",
      "Send expires_in, in seconds.",
    );
  }
  if (lifetime === undefined) {
    return warning(
      "Neither the answer nor the token says how long the token lives.",
      "Send expires_in, in seconds: else each token is used until it is refused.",
    );
  }
  const seconds = Math.round(lifetime);
  if (lifetime <= 0) {
    return wrong(
      `The access token has lapsed when it comes: its lifetime is ${seconds} s.`,
      "Issue tokens that live for some minutes; look at the server's clock.",
    );
  }
  if (quirk) return warning(`${quirk}.`, "Send it as a JSON number.");
  if (lifetime < SHORT) {
    return warning(
      `The access token lives for ${seconds} s: it is renewed all the time.`,
      "Issue tokens that live for some minutes.",
    );
  }
  if (lifetime > LONG) {
    return warning(
      `The access token lives for ${Math.round(seconds / 3600)} h: a stolen one is of use for as long.`,
      "Issue tokens that live for some minutes.",
    );
  }
  return right(`The access token lives for ${seconds} s.`);
}

function hidden(kit) {
  const advice = "Send the refresh token in the HttpOnly cookie and nowhere else.";
  const { main, answers } = kit;
  for (const [by, given] of Object.entries({
    "the sign-in": answers.signIn,
    "a refresh": answers.first,
  })) {
    if (!given) continue;
    const value = main.cookieOf(given)?.value;
    const place = readable(given, value, main.name);
    if (place) {
      return wrong(
        `The answer to ${by} has the refresh token in ${place}, where every script can read it.`,
        advice,
      );
    }
  }
  return right("The refresh token stands in the cookie alone.");
}

/** Where a script could read a refresh token. */
function readable(given, value, name) {
  const others = given.setCookies
    .map((header) => parseSetCookie(header, given.url))
    .filter((cookie) => cookie.name !== name);
  const other = others.find((cookie) => !cookie.httpOnly && value && cookie.value === value);
  if (other) return `the cookie ${other.name}`;
  const fields = [];
  const walk = (json, path) => {
    for (const [key, member] of Object.entries(Object(json))) {
      const isNamed = /^refresh(_?token)?$/i.test(key);
      if (typeof member === "string" && member !== "" && (member === value || isNamed)) {
        fields.push([...path, key].join("."));
      } else if (Object(member) === member) walk(member, [...path, key]);
    }
  };
  walk(given.body, []);
  return fields[0] && `the field ${quoted(fields[0])}`;
}

function noStore({ answers, granted }) {
  granted(answers.first);
  for (const [by, given] of Object.entries({
    "a refresh": answers.first,
    "the sign-in": answers.signIn,
  })) {
    if (given && !given.list("cache-control").includes("no-store")) {
      return wrong(
        `The answer to ${by} has no Cache-Control: no-store: a cache may keep the token.`,
        "Add Cache-Control: no-store.",
      );
    }
  }
  return right("Answers with tokens are not stored by caches.");
}

/** By how many seconds clocks may differ. */
const SKEW = 60;

function clock(kit) {
  const given = kit.granted(kit.answers.first);
  const date = serverNow(headersOf(given));
  if (Number.isNaN(date)) {
    return warning(
      "The answer has no Date.",
      "Send it: a client with a wrong clock reckons by it.",
    );
  }
  const found = findToken(given, kit.options);
  const iat = numberOf(found && claimsOf(found.token)?.iat);
  const ahead = Math.round(iat - date);
  if (Math.abs(ahead) > SKEW) {
    return wrong(
      `The token's iat is ${Math.abs(ahead)} s ${ahead > 0 ? "after" : "before"} the answer's Date.`,
      "Issue tokens by a clock in UTC that is set, and at each refresh a new one.",
    );
  }
  const skew = Math.round(date - given.at / 1000);
  if (Math.abs(skew) > SKEW) {
    return warning(
      `The server's Date is ${Math.abs(skew)} s ${skew > 0 ? "ahead of" : "behind"} this machine's clock.`,
      "Look which of them is wrong, and set it.",
    );
  }
  return right("Date, iat and this machine's clock agree.");
}

const GRANTED = "RFC 6749, section 5.1";

export const ANSWER = [
  { name: "refresh-answer", source: GRANTED, run: answer },
  { name: "token-lifetime", source: `${GRANTED}; RFC 7519, section 4.1.4`, run: life },
  { name: "refresh-token-hidden", source: "RFC 10017, cookies", run: hidden },
  { name: "no-store", source: `${GRANTED}; RFC 9111, section 5.2.2.5`, run: noStore },
  { name: "server-clock", source: "RFC 9110, section 6.6.1; RFC 7519, section 4.1.6", run: clock },
];
