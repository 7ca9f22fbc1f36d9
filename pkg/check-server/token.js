// The token of an answer, and how long the answer says that it lives. The client's own rules read
// both.

import { Fault, PLACES, readToken } from "../src/reply.js";
import { serverNow } from "../src/response.js";
import {
  A_DATE,
  DATES,
  EITHER,
  IN_MILLISECONDS,
  LIFETIMES,
  numberOf,
  readTimes,
} from "../src/times.js";

/** The place of a token that stands in no body. */
export const HEADER = "the header Authorization";

/** Headers as the client reads them. */
export const headersOf = ({ headers }) => ({ get: (name) => headers[name.toLowerCase()] });

/**
 * Reads the token of an answer: `{ token, place, objects }`, with the objects that may tell its
 * life; or `{ fault }`, why the client finds none.
 */
export function readAnswer(answer, { tokenField }) {
  try {
    const found = readToken(tokenField, answer.body, headersOf(answer));
    return { ...found, place: found.place ?? tokenField ?? HEADER };
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    return { fault };
  }
}

/** The same, or `undefined` where the client finds no token. */
export function findToken(answer, options) {
  const found = readAnswer(answer, options);
  return found.fault ? undefined : found;
}

/** All tokens of an answer, even where the client finds none because there are several. */
export function tokensIn(answer, { tokenField }) {
  const places = [tokenField, ...PLACES];
  const found = places.map((place) => findToken(answer, { tokenField: place })?.token);
  return [...new Set(found.filter(Boolean))];
}

/** A JWS in compact serialization, its claims in base64url. The signature may be empty. */
const JWS = /^[^.]+\.((?:[\w-]{4})*(?:[\w-]{2}(?:==)?|[\w-]{3}=?)?)\.[^.]*$/;

/**
 * The claims of a JWT, not verified; `undefined` for an opaque token. The client decodes them in
 * Rust (`src/format/claims.rs`): tests/check-server/lifetimes.tsv holds both to the same.
 */
export function claimsOf(token) {
  const encoded = JWS.exec(token)?.[1];
  if (encoded === undefined) return undefined;
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const claims = JSON.parse(decoder.decode(Buffer.from(encoded, "base64url")));
    return Object(claims) === claims && !Array.isArray(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What an answer says about the life of its token: `lifetime` in seconds; `mistake`, why that is
 * not to be relied on; `quirk`, what is odd about how it is said. Each may be missing. `isOpaque`:
 * whether the token has no claims.
 */
export function lifetimeOf(answer, { token, objects }) {
  const claims = claimsOf(token);
  const [exp, iat] = [numberOf(claims?.exp), numberOf(claims?.iat)];
  if (exp >= IN_MILLISECONDS) return { mistake: "the claim exp is in milliseconds" };
  if (iat >= IN_MILLISECONDS) return { mistake: "the claim iat is in milliseconds" };
  const now = serverNow(headersOf(answer));
  const since = [iat, now].find(Number.isFinite) ?? answer.at / 1000;
  const members = membersOf(objects);
  const all = [{ name: "exp", seconds: exp - since }, ...members.map((said) => lives(said, since))];
  const known = all.filter(({ seconds }) => Number.isFinite(seconds));
  const [first, ...others] = known;
  const text = members.find(({ name, value }) => isLifetime(name) && typeof value === "string");
  return {
    isOpaque: claims === undefined,
    lifetime: first && Math.min(...known.map(({ seconds }) => seconds)),
    mistake:
      members.map(mistakeOf).find(Boolean) ??
      known.map((said) => mistakenUnit(said, first)).find(Boolean) ??
      others.map((said) => contradiction(said, first)).find(Boolean),
    quirk: text && `The field ${text.name} is a text`,
  };
}

const isLifetime = (name) => LIFETIMES.includes(name);

/** The members that may tell the life of a token: `{ name, value, expiresIn, expiresAt }`. */
function membersOf(objects) {
  const found = [];
  for (const object of new Set(objects.filter((object) => Object(object) === object))) {
    for (const name of [...LIFETIMES, EITHER, ...DATES]) {
      const value = object[name] ?? undefined;
      if (value !== undefined) found.push({ name, value, ...readTimes([{ [name]: value }]) });
    }
  }
  return found;
}

const lives = ({ name, expiresIn, expiresAt }, since) => ({
  name,
  seconds: Number.isNaN(expiresIn) ? expiresAt - since : expiresIn,
});

/** The client reads nothing out of some values, and other values are not what is meant. */
function mistakeOf({ name, expiresIn, expiresAt }) {
  if (isLifetime(name)) {
    if (Number.isNaN(expiresIn)) return `${name} is no number`;
    return expiresIn >= A_DATE ? `${name} is a date and not a number of seconds` : undefined;
  }
  const isRead = Number.isFinite(expiresIn) || Number.isFinite(expiresAt);
  return isRead ? undefined : `${name} is no date that the client reads`;
}

/** Whether a lifetime is in milliseconds. It is compared with the first, or looks like it. */
function mistakenUnit({ name, seconds }, first) {
  if (!isLifetime(name)) return undefined;
  const isAlone = isLifetime(first.name);
  const isMilliseconds = isAlone
    ? seconds >= 60_000 && seconds % 1000 === 0
    : near(seconds / 1000, first.seconds);
  return isMilliseconds ? `${name} is in milliseconds` : undefined;
}

function contradiction({ name, seconds }, first) {
  if (near(seconds, first.seconds)) return undefined;
  const whose = first.name === "exp" ? "the token's own exp" : first.name;
  return `${name} says ${Math.round(seconds)} s, and ${whose} ${Math.round(first.seconds)} s`;
}

/** Two lifetimes of one token may differ by what an answer takes. */
const near = (one, other) => Math.abs(one - other) <= Math.max(5, other * 0.05);
