// Where the refresh cookie goes, and for how long it is kept.

import { quoted } from "../secrets.js";
import { domainMatches, isTooLong, LONGEST, pathMatches } from "../set-cookie.js";
import { isPublicSuffix } from "../site.js";
import { findToken, lifetimeOf } from "../token.js";
import { NotTried, right, warning, wrong } from "../verdict.js";
import { cookies, each } from "./cookies.js";

function domain(kit) {
  const complaint = (cookie) => {
    if (!cookie.hasDomain) return undefined;
    if (
      !domainMatches(cookie.url.hostname, cookie) ||
      (cookie.domain !== cookie.url.hostname && isPublicSuffix(cookie.domain))
    ) {
      return wrong(
        `The cookie's Domain is not one that ${cookie.url.hostname} may set: browsers refuse it.`,
        "Leave out Domain.",
      );
    }
    return warning(
      "The cookie has a Domain: pages of several origins share it, no lock reaches across origins, and two of them may present one cookie at the same time.",
      "Leave out Domain; or accept the preceding token for some seconds, and trust every subdomain.",
    );
  };
  return each(
    kit,
    complaint,
    (cookie) => `The cookie has no Domain: it is for ${cookie.domain} alone.`,
  );
}

function path(kit) {
  const { refresh, signOut } = kit.options;
  const complaint = ({ by, path: cookiePath }) => {
    const missed = [refresh, signOut].find(
      (url) => url?.hostname === refresh.hostname && !pathMatches(url.pathname, cookiePath),
    );
    return (
      missed &&
      wrong(
        `The cookie set by ${by} has the Path ${quoted(cookiePath)}: browsers do not send it to ${missed.pathname}.`,
        "Give it a Path that all auth endpoints lie below.",
      )
    );
  };
  return each(
    kit,
    complaint,
    (cookie) => `The cookie's Path ${cookie.path} covers refresh${signOut ? " and sign-out" : ""}.`,
  );
}

function sameCookie(kit) {
  const [one, other] = cookies(kit);
  if (!other) throw new NotTried("the cookie was seen to be set by one answer only");
  if (one.path === other.path && one.domain === other.domain && one.hasDomain === other.hasDomain) {
    return right("Sign-in and refresh set one and the same cookie.");
  }
  return wrong(
    "Sign-in and refresh set the cookie with different Path or Domain: browsers keep two of the name, and present the spent one.",
    "Set Path and Domain to the same values wherever the cookie is set.",
  );
}

/** Browsers keep no cookie for longer, in seconds. */
const LONGEST_LIFE = 400 * 24 * 60 * 60;

function lifetime(kit) {
  const { first } = kit.answers;
  const found = findToken(first, kit.options);
  const least = found ? (lifetimeOf(first, found).lifetime ?? 0) : 0;
  const complaint = ({ by, lifetime: seconds }) => {
    if (seconds === undefined) {
      return warning(
        `The cookie set by ${by} has neither Max-Age nor Expires: it ends with the browser.`,
        "Set Max-Age to what is left of the session.",
      );
    }
    if (seconds < least) {
      return wrong(
        `The cookie set by ${by} lives for ${Math.round(seconds)} s, less than the access token.`,
        "Set Max-Age to what is left of the session, in seconds.",
      );
    }
    return (
      seconds > LONGEST_LIFE &&
      warning(
        "The cookie is to live for more than 400 days: browsers cut that off.",
        "End sessions sooner.",
      )
    );
  };
  return each(
    kit,
    complaint,
    (cookie) => `The cookie is kept for ${(cookie.lifetime / 86400).toFixed(1)} days.`,
  );
}

function size(kit) {
  const complaint = (cookie) =>
    isTooLong(cookie) &&
    wrong(
      `Name and value are longer than ${LONGEST} bytes: browsers refuse the cookie.`,
      "Put an opaque token into it, and keep the rest on the server.",
    );
  return each(
    kit,
    complaint,
    ({ name, value }) => `Name and value are ${Buffer.byteLength(name + value)} bytes long.`,
  );
}

const RULES = "RFC 6265bis";

export const SCOPE = [
  { name: "cookie-domain", source: `${RULES}, Domain; docs/rotation.md`, run: domain },
  { name: "cookie-path", source: `${RULES}, Path`, run: path },
  { name: "cookie-same", source: `${RULES}, storage model`, run: sameCookie },
  { name: "cookie-lifetime", source: `${RULES}, Max-Age and Expires`, run: lifetime },
  { name: "cookie-size", source: `${RULES}, storage model`, run: size },
];
