// Faults of the refresh cookie.

const DAY = 86400;

/** Rules that set the cookie with these attributes, or with those of a function of whose answer it is. */
const attributes = (list, more) => ({
  attributes: typeof list === "function" ? list : () => list,
  ...more,
});

const GOOD = "HttpOnly; Secure; SameSite=Strict; Path=/auth; Max-Age=1209600";
const without = (attribute) => attributes(GOOD.replace(`${attribute}; `, ""));
const instead = (attribute, other) => attributes(GOOD.replace(attribute, other));
const bySignIn = (attribute, other) => (by) =>
  by === "/auth/login" ? GOOD.replace(attribute, other) : GOOD;

export const COOKIE = [
  ["script can read it", "cookie-httponly", "wrong", without("HttpOnly")],
  [
    "script can read that of the sign-in",
    "cookie-httponly",
    "wrong",
    attributes(bySignIn("HttpOnly; ", "")),
  ],
  ["no SameSite", "cookie-samesite", "warning", without("SameSite=Strict")],
  ["SameSite of no known value", "cookie-samesite", "warning", instead("Strict", "Yes")],
  ["SameSite=None, not partitioned", "cookie-samesite", "warning", instead("Strict", "None")],
  [
    "SameSite=None for a page of the same site",
    "cookie-samesite",
    "warning",
    instead("Strict", "None; Partitioned"),
  ],
  [
    "SameSite=None without Secure",
    "cookie-samesite",
    "wrong",
    attributes("HttpOnly; SameSite=None; Path=/auth; Max-Age=9999"),
  ],
  ["a Domain", "cookie-domain", "warning", instead("Path", "Domain=127.0.0.1; Path")],
  [
    "the Domain of somebody else",
    "cookie-domain",
    "wrong",
    instead("Path", "Domain=example.com; Path"),
  ],
  ["a Path that misses the sign-out", "cookie-path", "wrong", instead("/auth", "/auth/refresh")],
  [
    "a Path of its own at the sign-in",
    "cookie-same",
    "wrong",
    attributes(bySignIn("Path=/auth", "Path=/")),
  ],
  [
    "it ends with the browser",
    "cookie-lifetime",
    "warning",
    attributes("HttpOnly; Secure; SameSite=Strict; Path=/auth", clearing()),
  ],
  ["it lapses before the token", "cookie-lifetime", "wrong", instead("1209600", "600")],
  ["it is to live for years", "cookie-lifetime", "warning", instead("1209600", String(1000 * DAY))],
  ["__Host- with another Path", "cookie-prefix", "wrong", { name: "__Host-refresh" }],
  [
    "__Secure- without Secure",
    "cookie-prefix",
    "wrong",
    { ...without("Secure"), name: "__Secure-refresh" },
  ],
  ["it is too long", "cookie-size", "wrong", { name: `refresh${"x".repeat(4096)}` }],
];

/** A sign-out that deletes a cookie without Max-Age. */
function clearing() {
  return {
    edit: (answer, { url }) =>
      url === "/auth/logout" &&
      answer.cookies?.splice(
        0,
        Number.POSITIVE_INFINITY,
        ...answer.cookies.map((cookie) => `${cookie}; Max-Age=0`),
      ),
  };
}
