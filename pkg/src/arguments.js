// The arguments of a call of `fetch`, looked at without changing them.

import { own } from "./own.js";

/** Members of `RequestInit` that native fetch takes as well from a copy; with any other, a `Request` is made. */
const SIMPLE = new Set([
  "method",
  "headers",
  "body",
  "signal",
  "credentials",
  "cache",
  "mode",
  "redirect",
  "referrer",
  "referrerPolicy",
  "priority",
]);

/** Modes of which the browser sends no `Authorization`, or whose answer no script gets. */
export const carriesNone = (mode) => mode === "no-cors" || mode === "navigate";

/** What is no URL and no Request is read once, as native fetch does: it may read differently the next time. */
export function readOnce(input) {
  const isObject = (typeof input === "object" && input !== null) || typeof input === "function";
  return isObject && !/^\[object (Request|URL)\]$/.test(Object.prototype.toString.call(input))
    ? String(input)
    : input;
}

/** The URL of what fetch takes: a string, a `URL`, a `Request`. */
export function urlOf(input) {
  const url = memberOf(input, "url");
  try {
    return typeof url === "string" ? url : String(input);
  } catch {
    return undefined;
  }
}

/** A member of an object; `undefined` where there is none, and where reading it throws. */
export function memberOf(object, name) {
  try {
    return Object(object) === object ? object[name] : undefined;
  } catch {
    return undefined;
  }
}

/** Whether looking into headers leaves them as they are: an iterator is used up by it. */
export function canBeReadTwice(headers) {
  if (typeof headers !== "object" || headers === null || headers instanceof Headers) return true;
  if (Array.isArray(headers)) return headers.every(Array.isArray);
  return headers[Symbol.iterator] === undefined;
}

/** Headers of any form, read by the browser's own rules; `undefined` where it refuses them. */
export function copyHeaders(headers) {
  try {
    return new Headers(headers);
  } catch {
    return undefined;
  }
}

const isPlain = (object) => {
  const prototype = Object.getPrototypeOf(object);
  return prototype === Object.prototype || prototype === null;
};

/** Whether a member reads the same each time: a body that cannot change between two requests, and texts. */
function isRead(name, value) {
  if (value === undefined || typeof value === "string") return true;
  if (name === "headers" || name === "signal") return true;
  return name === "body" && (value === null || value instanceof Blob);
}

/**
 * Returns a copy of `init` with one more header. Returns `undefined` where a call with that copy could differ from one with a
 * `Request`: if `init` is no plain object, its body may change, or the caller has set that header.
 */
export function withHeader(init, { header, isUnredirected }, value) {
  if (init === undefined || init === null)
    return isUnredirected
      ? { __proto__: null, headers: { [header]: value }, redirect: "error" }
      : { __proto__: null, headers: { [header]: value } };
  if (typeof init !== "object" || !isPlain(init)) return undefined;
  const copy = Object.getPrototypeOf(init) === null ? own(init) : { ...init };
  for (const name in copy) if (!SIMPLE.has(name) || !isRead(name, copy[name])) return undefined;
  if (carriesNone(copy.mode)) return undefined;
  const { headers } = copy;
  if (headers === undefined) copy.headers = { [header]: value };
  else {
    const more = canBeReadTwice(headers) ? copyHeaders(headers) : undefined;
    if (more === undefined || more.has(header)) return undefined;
    more.set(header, value);
    copy.headers = more;
  }
  if (isUnredirected && copy.redirect !== "error" && copy.redirect !== "manual")
    copy.redirect = "error";
  return copy;
}
