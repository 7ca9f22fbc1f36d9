// What becomes of a call of session.fetch that is made while the wasm loads: what it goes by in src/browser/fetch/request.rs,
// as far as that cannot wait.

import { mayClimb } from "./dist/silent_session.js";

/** Modes of which the browser sends no `Authorization`, or whose answer no script gets. */
const CARRY_NONE = ["no-cors", "navigate"];

/**
 * A `Request` of what the arguments are now, and whether its body is a stream in them; `isOwn`: with an authorization of the
 * caller's. No request: the arguments go to native fetch as they are; `isForeign`: because the token must not go along. `header` is what the token goes in.
 */
export function hold([input, init], targets, header, { token }) {
  const url = parse(input);
  const said = (name) => init?.[name] ?? input?.[name];
  if (!targets.some((target) => isBelow(target, url)) || CARRY_NONE.includes(said("mode")))
    return { isForeign: true };
  const headers = said("headers");
  const canLook = canBeReadTwice(headers);
  if (canLook && brings(headers, header)) return {};
  try {
    const request = new Request(input, init);
    // Headers that could not be looked into before.
    return request.headers.has(header)
      ? { request, isOwn: true }
      : { request, isStream: typeof init?.body?.getReader === "function" };
  } catch (error) {
    // Native fetch says it in its own words; what it would miss by now, it must not go without.
    if (canLook && token !== "required") return {};
    throw error;
  }
}

function parse(input) {
  const base = globalThis.document?.baseURI ?? globalThis.location?.href;
  const url = typeof input?.url === "string" ? input.url : input;
  return URL.canParse(url, base) ? new URL(url, base) : undefined;
}

function isBelow(target, url) {
  if (url?.origin !== target.origin) return false;
  const prefix = target.pathname.replace(/\/$/, "");
  const rest = url.pathname.slice(prefix.length);
  return (
    prefix === "" || (url.pathname.startsWith(prefix) && /^(\/|$)/.test(rest) && !mayClimb(rest))
  );
}

/** Whether looking into headers leaves them as they are: an iterator is used up by it. */
function canBeReadTwice(headers) {
  if (typeof headers !== "object" || headers === null || headers instanceof Headers) return true;
  if (Array.isArray(headers)) return headers.every(Array.isArray);
  return headers[Symbol.iterator] === undefined;
}

function brings(headers, name) {
  try {
    // A copy, so that every form of `HeadersInit` is read by the browser's own rules.
    return new Headers(headers).has(name);
  } catch {
    return false;
  }
}

/** Takes the body out of the caller's hands until it is sent, as sending it does. Returns what gives it back. */
export function lock({ body }) {
  const reader = body?.getReader();
  return () => reader?.releaseLock();
}
