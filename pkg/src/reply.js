// The access token in the reply of an auth server: from objects of JavaScript to plain values. The
// client and the server kit read by the same rules.

import { ownMember } from "./own.js";
import { headerOf, isObject } from "./response.js";

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

const withObjects = ({ token, place, within }, reply) => ({
  token,
  place,
  objects: [reply, within],
});
