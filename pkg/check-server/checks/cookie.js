// The attributes of the refresh cookie, wherever it is set.

import { LONGEST, brokenPrefix, domainMatches, isTooLong, pathMatches } from "../set-cookie.js";
import { quoted } from "../secrets.js";
import { isPublicSuffix, isSecure } from "../site.js";
import { lifetimeOf, findToken } from "../token.js";
import { NotTried, right, warning, wrong } from "../verdict.js";

/** The cookie as each answer sets it; `by`: whose answer. */
function cookies({ main, answers }) {
  const set = Object.entries({ "the sign-in": answers.signIn, "the refresh": answers.first })
    .map(([by, answer]) => ({ by, url: answer?.url, ...(answer && main.cookieOf(answer)) }))
    .filter(({ name, isDeleted }) => name !== undefined && !isDeleted);
  if (set.length === 0) throw new NotTried("no answer sets the refresh cookie");
  return set;
}

/** The first complaint about one of them, or `seen`. */
function each(kit, complaint, seen) {
  const set = cookies(kit);
  for (const cookie of set) {
    const found = complaint(cookie);
    if (found) return found;
  }
  return right(seen(set.at(-1)));
}

function httpOnly(kit) {
  const complaint = ({ name, by, httpOnly }) =>
    !httpOnly && wrong(`The cookie ${name}, set by ${by}, can be read by every script of the page.`, "Add HttpOnly.");
  return each(kit, complaint, ({ name }) => `The cookie ${name} is HttpOnly.`);
}

function secure(kit) {
  const { refresh } = kit.options;
  if (!isSecure(refresh)) {
    return wrong("The refresh endpoint is reached without TLS.", "Serve it over https, and make the cookie Secure.");
  }
  const complaint = ({ name, by, secure: isSet }) =>
    refresh.protocol === "https:" &&
    !isSet &&
    wrong(`The cookie ${name}, set by ${by}, also travels without TLS.`, "Add Secure.");
  const seen = (cookie) =>
    cookie.secure ? "The cookie is Secure." : `The cookie is not Secure, which will do on ${refresh.origin} only.`;
  return each(kit, complaint, seen);
}

function sameSite(kit) {
  const isCrossSite = kit.page.relation(kit.options.refresh) === "cross-site";
  const complaint = ({ by, sameSite: value, secure: isSecureCookie, partitioned }) => {
    const said = value === undefined ? "no SameSite" : `SameSite=${quoted(value).slice(1, -1)}`;
    if (value === "none" && !isSecureCookie) {
      return wrong(`The cookie set by ${by} is SameSite=None without Secure: browsers refuse it.`, "Add Secure.");
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
        isCrossSite ? "Add Partitioned." : "Set SameSite=Strict or Lax: the page is of the same site.",
      );
    }
    if (value === "none" && !isCrossSite) {
      return warning("The cookie is SameSite=None for a page of the same site.", "Set SameSite=Strict or Lax.");
    }
    const isKnown = ["strict", "lax", "none"].includes(value);
    return !isKnown && warning(`The cookie has ${said}: what that means differs by browser.`, "Set SameSite=Strict, or Lax.");
  };
  return each(kit, complaint, (cookie) => `The cookie is SameSite=${cookie.sameSite}${cookie.partitioned ? "; Partitioned" : ""}.`);
}

function domain(kit) {
  const complaint = (cookie) => {
    if (!cookie.hasDomain) return undefined;
    if (!domainMatches(cookie.url.hostname, cookie) || (cookie.domain !== cookie.url.hostname && isPublicSuffix(cookie.domain))) {
      return wrong(`The cookie's Domain is not one that ${cookie.url.hostname} may set: browsers refuse it.`, "Leave out Domain.");
    }
    return warning(
      "The cookie has a Domain: pages of several origins share it, no lock reaches across origins, and two of them may present one cookie at the same time.",
      "Leave out Domain; or accept the preceding token for some seconds, and trust every subdomain.",
    );
  };
  return each(kit, complaint, (cookie) => `The cookie has no Domain: it is for ${cookie.domain} alone.`);
}

function path(kit) {
  const { refresh, signOut } = kit.options;
  const complaint = ({ by, path: cookiePath }) => {
    const missed = [refresh, signOut].find((url) => url?.hostname === refresh.hostname && !pathMatches(url.pathname, cookiePath));
    return (
      missed &&
      wrong(
        `The cookie set by ${by} has the Path ${quoted(cookiePath)}: browsers do not send it to ${missed.pathname}.`,
        "Give it a Path that all auth endpoints lie below.",
      )
    );
  };
  return each(kit, complaint, (cookie) => `The cookie's Path ${cookie.path} covers refresh${signOut ? " and sign-out" : ""}.`);
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
  const token = findToken(first, kit.options);
  const least = token ? (lifetimeOf(first, token.token).lifetime ?? 0) : 0;
  const complaint = ({ by, lifetime: seconds }) => {
    if (seconds === undefined) {
      return warning(`The cookie set by ${by} has neither Max-Age nor Expires: it ends with the browser.`, "Set Max-Age to what is left of the session.");
    }
    if (seconds < least) {
      return wrong(`The cookie set by ${by} lives for ${Math.round(seconds)} s, less than the access token.`, "Set Max-Age to what is left of the session, in seconds.");
    }
    return seconds > LONGEST_LIFE && warning("The cookie is to live for more than 400 days: browsers cut that off.", "End sessions sooner.");
  };
  return each(kit, complaint, (cookie) => `The cookie is kept for ${(cookie.lifetime / 86400).toFixed(1)} days.`);
}

function prefix(kit) {
  const complaint = (cookie) => {
    const missing = brokenPrefix(cookie);
    return (
      missing &&
      wrong(`The name ${cookie.name} promises ${missing}, and the cookie set by ${cookie.by} breaks it: browsers refuse it.`, `Set it with ${missing}, or rename it.`)
    );
  };
  const seen = ({ name }) => (name.startsWith("__") ? `The cookie keeps what ${name} promises.` : "The cookie's name has no prefix that promises anything.");
  return each(kit, complaint, seen);
}

function size(kit) {
  const complaint = (cookie) =>
    isTooLong(cookie) && wrong(`Name and value are longer than ${LONGEST} bytes: browsers refuse the cookie.`, "Put an opaque token into it, and keep the rest on the server.");
  return each(kit, complaint, ({ name, value }) => `Name and value are ${Buffer.byteLength(name + value)} bytes long.`);
}

const BIS = "RFC 6265bis";

export const COOKIE = [
  { name: "cookie-httponly", source: `RFC 10017, cookies; ${BIS}, HttpOnly`, run: httpOnly },
  { name: "cookie-secure", source: `RFC 10017, cookies; ${BIS}, Secure`, run: secure },
  { name: "cookie-samesite", source: `RFC 10017, cookies; ${BIS}, SameSite`, run: sameSite },
  { name: "cookie-domain", source: `${BIS}, Domain; docs/rotation.md`, run: domain },
  { name: "cookie-path", source: `${BIS}, Path`, run: path },
  { name: "cookie-same", source: `${BIS}, storage model`, run: sameCookie },
  { name: "cookie-lifetime", source: `${BIS}, Max-Age and Expires`, run: lifetime },
  { name: "cookie-prefix", source: `${BIS}, cookie name prefixes`, run: prefix },
  { name: "cookie-size", source: `${BIS}, storage model`, run: size },
];
