// Origins and sites, as browsers tell them apart.

/** Suffixes of two labels under which strangers have their names: the common ones of the Public Suffix List. */
const SHARED = new Set([
  "co.uk",
  "org.uk",
  "com.au",
  "co.nz",
  "co.jp",
  "com.br",
  "co.in",
  "co.za",
  "com.tr",
  "com.mx",
  "github.io",
  "gitlab.io",
  "vercel.app",
  "netlify.app",
  "pages.dev",
  "workers.dev",
  "web.app",
  "herokuapp.com",
  "onrender.com",
  "fly.dev",
  "azurewebsites.net",
  "cloudfront.net",
  "deno.dev",
  "railway.app",
]);

const isAddress = (host) => /^[\d.]+$/.test(host) || host.includes(":");

/** Whether a host is this computer: browsers take it for secure also without TLS. */
export function isLoopback(host) {
  return (
    host === "localhost" ||
    host.endsWith(".localhost") ||
    host === "[::1]" ||
    /^127(\.\d+){3}$/.test(host)
  );
}

/** Whether browsers take a URL for secure. */
export const isSecure = ({ protocol, hostname }) => protocol === "https:" || isLoopback(hostname);

/** Whether a name is one under which anybody can have another. */
export const isPublicSuffix = (domain) => SHARED.has(domain) || !domain.includes(".");

/** The name that somebody has registered. */
function registrable(host) {
  if (isAddress(host)) return host;
  const labels = host.split(".");
  return labels.slice(SHARED.has(labels.slice(-2).join(".")) ? -3 : -2).join(".");
}

/** How a page stands to a URL, in the words of `Sec-Fetch-Site`. A site has one scheme. */
export function relation(origin, url) {
  const page = new URL(origin);
  if (page.origin === url.origin) return "same-origin";
  const isSame =
    page.protocol === url.protocol && registrable(page.hostname) === registrable(url.hostname);
  return isSame ? "same-site" : "cross-site";
}
