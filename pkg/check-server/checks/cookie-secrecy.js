// Who gets to see the refresh cookie: scripts, the network, other sites.

import { quoted } from "../secrets.js";
import { brokenPrefix } from "../set-cookie.js";
import { isSecure } from "../site.js";
import { warning, wrong } from "../verdict.js";
import { each } from "./cookies.js";

function httpOnly(kit) {
  const complaint = ({ name, by, httpOnly }) =>
    !httpOnly &&
    wrong(
      `The cookie ${name}, set by ${by}, can be read by every script of the page.`,
      "Add HttpOnly.",
    );
  return each(kit, complaint, ({ name }) => `The cookie ${name} is HttpOnly.`);
}

function secure(kit) {
  const { refresh } = kit.options;
  if (!isSecure(refresh)) {
    return wrong(
      "The refresh endpoint is reached without TLS.",
      "Serve it over https, and make the cookie Secure.",
    );
  }
  const complaint = ({ name, by, secure: isSet }) =>
    refresh.protocol === "https:" &&
    !isSet &&
    wrong(`The cookie ${name}, set by ${by}, also travels without TLS.`, "Add Secure.");
  const seen = (cookie) =>
    cookie.secure
      ? "The cookie is Secure."
      : `The cookie is not Secure, which will do on ${refresh.origin} only.`;
  return each(kit, complaint, seen);
}

function sameSite(kit) {
  const isCrossSite = kit.page.relation(kit.options.refresh) === "cross-site";
  const complaint = ({ by, sameSite: value, secure: isSecureCookie, partitioned }) => {
    const said = value === undefined ? "no SameSite" : `SameSite=${quoted(value).slice(1, -1)}`;
    if (value === "none" && !isSecureCookie) {
      return wrong(
        `The cookie set by ${by} is SameSite=None without Secure: browsers refuse it.`,
        "Add Secure.",
      );
    }
    if (isCrossSite && value !== "none") {
      return wrong(
        `The cookie has ${said}, and the page ${kit.options.origin} is of another site: browsers do not send it.`,
        "Serve page and endpoint under one registered domain, or set SameSite=None; Secure; Partitioned.",
      );
    }
    if (value === "none" && !partitioned) {
      return warning(
        "The cookie is SameSite=None and not partitioned: any site can have it rotated, and browsers that block third-party cookies drop it.",
        isCrossSite
          ? "Add Partitioned."
          : "Set SameSite=Strict or Lax: the page is of the same site.",
      );
    }
    if (value === "none" && !isCrossSite) {
      return warning(
        "The cookie is SameSite=None for a page of the same site.",
        "Set SameSite=Strict or Lax.",
      );
    }
    const isKnown = ["strict", "lax", "none"].includes(value);
    return (
      !isKnown &&
      warning(
        `The cookie has ${said}: what that means differs by browser.`,
        "Set SameSite=Strict, or Lax.",
      )
    );
  };
  return each(
    kit,
    complaint,
    (cookie) =>
      `The cookie is SameSite=${cookie.sameSite}${cookie.partitioned ? "; Partitioned" : ""}.`,
  );
}

function prefix(kit) {
  const complaint = (cookie) => {
    const missing = brokenPrefix(cookie);
    return (
      missing &&
      wrong(
        `The name ${cookie.name} promises ${missing}, and the cookie set by ${cookie.by} breaks it: browsers refuse it.`,
        `Set it with ${missing}, or rename it.`,
      )
    );
  };
  const seen = ({ name }) =>
    name.startsWith("__")
      ? `The cookie keeps what ${name} promises.`
      : "The cookie's name has no prefix that promises anything.";
  return each(kit, complaint, seen);
}

const RULES = (attribute) => `RFC 10017, cookies; RFC 6265bis, ${attribute}`;

export const SECRECY = [
  { name: "cookie-httponly", source: RULES("HttpOnly"), run: httpOnly },
  { name: "cookie-secure", source: RULES("Secure"), run: secure },
  { name: "cookie-samesite", source: RULES("SameSite"), run: sameSite },
  { name: "cookie-prefix", source: RULES("cookie name prefixes"), run: prefix },
];
