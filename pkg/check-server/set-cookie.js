// A `Set-Cookie` header, read as RFC 6265bis has browsers read it, and why they would refuse the cookie.

import { isPublicSuffix, isSecure } from "./site.js";

/** The most that name and value may measure together, in bytes (RFC 6265bis, section 5.7). */
export const LONGEST = 4096;

/** Reads the header of an answer to a request for `url`. */
export function parseSetCookie(header, url) {
  const [pair, ...rest] = header.split(";");
  const equals = pair.indexOf("=");
  const attributes = new Map(rest.map((text) => attribute(text)));
  const domain = attributes.get("domain")?.replace(/^\./, "").toLowerCase();
  const path = attributes.get("path");
  const cookie = {
    name: pair.slice(0, Math.max(equals, 0)).trim(),
    value: pair.slice(equals + 1).trim(),
    domain: domain || url.hostname,
    hasDomain: Boolean(domain),
    path: path?.startsWith("/") ? path : defaultPath(url),
    hasPath: Boolean(path?.startsWith("/")),
    secure: attributes.has("secure"),
    httpOnly: attributes.has("httponly"),
    partitioned: attributes.has("partitioned"),
    sameSite: attributes.get("samesite")?.toLowerCase(),
    lifetime: lifetime(attributes),
  };
  cookie.isDeleted = cookie.lifetime !== undefined && cookie.lifetime <= 0;
  return cookie;
}

function attribute(text) {
  const [, name, value = ""] = /^([^=]*)=?(.*)$/s.exec(text);
  return [name.trim().toLowerCase(), value.trim()];
}

/** The folder of the URL (RFC 6265, section 5.1.4). */
function defaultPath({ pathname }) {
  return pathname.slice(0, pathname.lastIndexOf("/")) || "/";
}

/** How long it lives, in seconds; `undefined`: until the browser is closed. `Max-Age` wins over `Expires`. */
function lifetime(attributes) {
  const maxAge = attributes.get("max-age");
  if (/^-?\d+$/.test(maxAge)) return Number(maxAge);
  const expires = Date.parse(attributes.get("expires"));
  return Number.isNaN(expires) ? undefined : (expires - Date.now()) / 1000;
}

export function domainMatches(host, { domain, hasDomain }) {
  return host === domain || (hasDomain && host.endsWith(`.${domain}`));
}

/** RFC 6265, section 5.1.4. */
export function pathMatches(path, cookiePath) {
  return (
    path === cookiePath ||
    (path.startsWith(cookiePath) && (cookiePath.endsWith("/") || path[cookiePath.length] === "/"))
  );
}

/** What the name's prefix asks for and the cookie does not have; `undefined`: nothing. */
export function brokenPrefix({ name, secure, path, hasPath, hasDomain }) {
  const prefix = /^__(?:Host|Secure)-/i.exec(name)?.[0].toLowerCase();
  if (prefix && !secure) return "Secure";
  if (prefix !== "__host-") return undefined;
  if (hasDomain) return "no Domain";
  return hasPath && path === "/" ? undefined : "Path=/";
}

/** Whether it is too long for browsers. */
export const isTooLong = ({ name, value }) => Buffer.byteLength(name + value) > LONGEST;

/** Whether browsers refuse to keep it. */
export function isRefused(cookie, url) {
  const { secure, sameSite, partitioned, domain, hasDomain } = cookie;
  return (
    (secure && !isSecure(url)) ||
    ((sameSite === "none" || partitioned) && !secure) ||
    !domainMatches(url.hostname, cookie) ||
    (hasDomain && domain !== url.hostname && isPublicSuffix(domain)) ||
    brokenPrefix(cookie) !== undefined ||
    isTooLong(cookie)
  );
}
