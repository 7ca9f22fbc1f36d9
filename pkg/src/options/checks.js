// What options are checked by.

import { own } from "../own.js";

/** The name of a header that fetch takes, of a scheme or of a cookie (RFC 9110, section 5.6.2; RFC 6265, section 4.1.1). */
export const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** A TypeError that names the option or argument, and says what would be right. */
export function invalid(name, wanted, cause) {
  const error = new TypeError(`${name}: ${wanted}`, cause && { cause });
  error.code = "ERR_INVALID_OPTION";
  return error;
}

/** Returns the own members of the options of a call. */
export function optionsOf(options = {}) {
  if (Object(options) !== options) throw invalid("options", "must be an object");
  return own(options);
}

/** Returns the object's own members: no others than these. `prefix` goes before a name that is not known. */
export function known(value, names, prefix = "") {
  for (const name of Object.keys(value)) {
    if (!names.includes(name))
      throw invalid(prefix + name, `is not known; there are ${names.join(", ")}`);
  }
  return own(value);
}

export function cookieName(option, value) {
  if (typeof value !== "string" || !TOKEN.test(value))
    throw invalid(option, "must be the name of a cookie");
  return value;
}

/** Whether it is the status of an answer that refuses. */
export const isRefusal = (status) => Number.isInteger(status) && status >= 400 && status <= 599;

export function flag(option, value) {
  if (value !== undefined && typeof value !== "boolean")
    throw invalid(option, "must be true or false");
  return value;
}

/** The name of a header that scripts may set: others the browser would drop without a word (the Fetch standard, "forbidden request-header"). */
export function headerName(option, value) {
  if (typeof value !== "string" || !TOKEN.test(value))
    throw invalid(option, "must be the name of a header");
  const { headers } = new Request("https://api.invalid/");
  headers.set(value, "x");
  if (!headers.has(value))
    throw invalid(option, `must be a header that scripts may set, which ${value} is not`);
  return value;
}

/** Whether it is a string that is not empty. */
export const isText = (value) => typeof value === "string" && value !== "";

/** A number of seconds. */
export function seconds(option, value, least) {
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !Number.isFinite(value) || value < least) {
    throw invalid(option, `must be a number of seconds, ${least} or more`);
  }
  return value;
}
