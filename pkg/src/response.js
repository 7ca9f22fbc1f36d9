// The parts of a response that are not its token. It may be a mock's, and lack any of them.

import { parseDate } from "./times.js";

/**
 * Statuses that end a session by default: an invalid request, an invalid token, one that may not
 * (RFC 6749, section 5.2; RFC 9110, section 15.5).
 */
export const ENDING = [400, 401, 403];

/** Whether it is an object, or a list. */
export const isObject = (value) => typeof value === "object" && value !== null;

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
