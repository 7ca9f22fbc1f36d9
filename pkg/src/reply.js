// Reads the reply of an auth server: from objects of JavaScript to plain values. The client and the
// server kit read by the same rules. Numbers become a lifetime in Rust (`src/format/lifetime.rs`).

import { ownMember } from "./own.js";

/** The places where servers put the access token: paths of members. */
export const PLACES = [
  // RFC 6749, section 5.1.
  "access_token",
  // simplejwt, dj-rest-auth.
  "access",
  "accessToken",
  "token",
  // Frameworks that wrap every reply in an envelope.
  "data.access_token",
  "data.access",
  "data.accessToken",
  "data.token",
];

/** Members with a lifetime in seconds. The first is that of RFC 6749, section 5.1. */
export const LIFETIMES = ["expires_in", "expiresIn"];
/** The member with a lifetime in milliseconds (Directus), or a date. */
export const EITHER = "expires";
/** Members with a date. The last two are dj-rest-auth's. */
export const DATES = ["expires_at", "expiresAt", "access_expiration", "access_token_expiration"];
/** The least number that is a date in seconds (2001), and no lifetime in milliseconds (11 days). */
export const A_DATE = 1e9;
/** The least number that is a date in milliseconds. As seconds it would be in the year 5138. */
export const IN_MILLISECONDS = 1e11;

/**
 * Statuses that end a session by default: an invalid request, an invalid token, one that may not
 * (RFC 6749, section 5.2; RFC 9110, section 15.5).
 */
export const ENDING = [400, 401, 403];

const isRecord = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** What a reply is wrong in: the code of an error, and a message that knows more. */
export class Fault {
  constructor(code, message) {
    this.code = code;
    this.message = message;
  }
}

/** Whether a header can carry the token (RFC 6750, section 2.1). */
const isSendable = (token) => /^[!-~]+$/.test(token);

function sendable(found) {
  if (isSendable(found.token)) return found;
  throw new Fault(
    "ERR_TOKEN_MALFORMED",
    "the access token has characters that no header can carry",
  );
}

/**
 * The token at a path: `{ token, within }`, with the object that it stands in; `undefined` where
 * there is none. An empty text is no token: dj-rest-auth sends `"refresh": ""` for the token in its
 * cookie.
 */
function at(reply, path) {
  const names = path.split(".");
  const name = names.pop();
  let within = reply;
  for (const outer of names) {
    within = Object(within) === within ? ownMember(within, outer) : undefined;
    if (!isRecord(within)) return undefined;
  }
  const token = Object(within) === within ? ownMember(within, name) : undefined;
  return typeof token === "string" && token !== "" ? { token, within } : undefined;
}

/**
 * The token of a reply in the recognised places: `{ token, place, within }`, with the object that
 * may tell its life; `undefined` where there is none.
 */
export function findToken(reply) {
  let found;
  for (const place of PLACES) {
    const other = at(reply, place);
    if (!other) continue;
    if (!found) found = { place, token: other.token, within: other.within };
    else if (found.token !== other.token)
      throw new Fault(
        "ERR_TOKEN_AMBIGUOUS",
        `the answer has different tokens in ${found.place} and ${place}: say which with readToken`,
      );
    // The lifetime may be beside either of them.
    else if (found.within === reply) found.within = other.within;
  }
  return found && sendable(found);
}

/** The token of a header such as `Authorization: Bearer …` (RFC 6750, section 2.1). */
export const bearer = (header) => /^\s*bearer +(\S.*?)\s*$/i.exec(header ?? "")?.[1];

const missing = () => new Fault("ERR_TOKEN_MISSING");

function usual(reply, headers) {
  return findToken(reply) ?? alone(bearer(headerOf(headers, "authorization")), reply);
}

/** A token from elsewhere. What the reply says of its life counts all the same. */
function alone(token, reply) {
  if (typeof token !== "string" || token === "") throw missing();
  return sendable({ token, within: reply });
}

/**
 * The token of a reply, and what tells its life: `{ token, objects }`, with the `place` if it is a
 * recognised one. The argument `place` is the option `readToken`, and `told` what it returned where
 * it is a function.
 */
export function readToken(place, reply, headers, told) {
  if (typeof place === "function") {
    if (isObject(told)) return withObjects(usual(told, undefined), told);
    return withObjects(alone(told, reply), reply);
  }
  if (typeof place === "string") {
    const found = at(reply, place);
    if (!found) throw missing();
    return withObjects(sendable(found), reply);
  }
  if (place !== undefined) {
    const header = headerOf(headers, place.header);
    return withObjects(alone(bearer(header) ?? header?.trim(), reply), reply);
  }
  return withObjects(usual(reply, headers), reply);
}

const isObject = (value) => typeof value === "object" && value !== null;

const withObjects = ({ token, place, within }, reply) => ({
  token,
  place,
  objects: [reply, within],
});

/**
 * A header of a response, which may be a mock's. Across origins only what is exposed
 * (`Access-Control-Expose-Headers`).
 */
export function headerOf(headers, name) {
  try {
    const value = headers?.get?.(name);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What objects say of the life of a token: `{ expiresIn, expiresAt }`, in seconds and in seconds
 * since 1970; NaN where they do not.
 */
export function readTimes(objects) {
  const times = { expiresIn: Number.NaN, expiresAt: Number.NaN };
  const sooner = (name, seconds) => {
    if (Number.isFinite(seconds) && !(times[name] <= seconds)) times[name] = seconds;
  };
  for (const object of new Set(objects.filter((object) => Object(object) === object))) {
    for (const name of LIFETIMES) sooner("expiresIn", numberOf(ownMember(object, name)));
    const either = dateOf(ownMember(object, EITHER));
    if (either?.isDate || either?.seconds >= A_DATE) sooner("expiresAt", either.seconds);
    else if (either) sooner("expiresIn", either.seconds / 1000);
    for (const name of DATES) sooner("expiresAt", dateOf(ownMember(object, name))?.seconds);
  }
  return times;
}

/** Some servers write numbers as texts. */
export function numberOf(value) {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
}

/** A number, or a date in another form: `{ seconds, isDate }`. */
function dateOf(value) {
  const number = numberOf(value);
  if (Number.isFinite(number))
    return number >= IN_MILLISECONDS
      ? { seconds: number / 1000, isDate: true }
      : { seconds: number, isDate: false };
  const seconds = parseDate(value);
  return Number.isFinite(seconds) ? { seconds, isDate: true } : undefined;
}

/** A date in a text, in seconds since 1970; NaN for what is none. */
const parseDate = (value) => Date.parse(withZone(value)) / 1000;

/**
 * A date of ISO 8601 or of HTTP (RFC 9110, section 5.6.7) with its zone; `undefined` for any other
 * text, which a browser might still parse. A date without a zone is UTC: a browser would use the
 * zone of its user, which no server knows.
 */
function withZone(value) {
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  if (text.endsWith(" GMT")) return text;
  if (!/^\d{4}-/.test(text)) return undefined;
  const zoneless = /^(.{10}).([\d:.]*)$/.exec(text);
  return zoneless ? `${zoneless[1]}T${zoneless[2]}Z` : text;
}

/** The server's clock in seconds since 1970, where it may be read; else NaN. */
export const serverNow = (headers) => parseDate(headerOf(headers, "date"));

/** The pause that `Retry-After` asks for (RFC 9110, section 10.2.3) in seconds; NaN for none. */
export function retryAfter(headers) {
  const asked = headerOf(headers, "retry-after")?.trim() ?? "";
  if (/^\d+$/.test(asked)) return Math.min(Number(asked), 0xffff_ffff);
  const now = serverNow(headers);
  return parseDate(asked) - (Number.isFinite(now) ? now : Date.now() / 1000);
}

/**
 * Whether the headers show that a response is not the auth server's. The auth server sends no HTML,
 * and asks for no password the way a proxy does (RFC 7617, RFC 4559).
 */
export const isForeign = (headers) =>
  /^\s*(text\/html|application\/xhtml)/i.test(headerOf(headers, "content-type") ?? "") ||
  /^\s*(basic|negotiate|ntlm)/i.test(headerOf(headers, "www-authenticate") ?? "");

/** Whether a body of no named type is HTML. */
export const isPage = (text) => text.trimStart().startsWith("<");

/** Whether it is a response, by its shape: a mock, or a polyfill, has a class of its own. */
export const isResponse = (reply) =>
  isObject(reply) && typeof reply.text === "function" && isObject(reply.headers);

/** The body of a response: its JSON, or its text where it is none. */
export const bodyOf = async (response) => parseBody(await response.text());

/** The JSON in a text, or the text where there is none. */
export function parseBody(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
