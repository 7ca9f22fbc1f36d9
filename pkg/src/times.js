// What a reply says of the life of its token: from lifetimes and dates in any form to plain numbers.
// They become a lifetime in Rust (`src/format/lifetime.rs`).

import { ownMember } from "./own.js";

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
export const parseDate = (value) => Date.parse(withZone(value)) / 1000;

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
