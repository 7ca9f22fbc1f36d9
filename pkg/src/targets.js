// Where the access token may go.

import { mayClimb } from "./climb.js";
import { baseUrl, parseUrl } from "./globals.js";

/** How many URLs are remembered. An app that calls more of them is looked at anew. */
const MOST_REMEMBERED = 500;

/** Origins and path prefixes that the token may be sent to. */
export class Targets {
  #allowed;
  /** By the text of a URL: who gets the token there, or `undefined`. */
  #remembered = new Map();
  /** What relative URLs were resolved against. */
  #base;

  /** Takes absolute URLs. What is no URL of http(s) allows nothing. A query or a fragment is not looked at. */
  constructor(urls) {
    this.#allowed = urls
      .map((url) => parseUrl(url))
      .filter(isHttp)
      .map(({ origin, pathname }) => ({ origin, path: pathname.replace(/\/$/, "") }));
  }

  /** Who gets the token by this URL: `{ href, origin, path, key }`; `undefined` where it must not go. */
  find(url) {
    if (!/^https?:/i.test(url)) {
      const base = baseUrl();
      if (base !== this.#base) this.#remembered.clear();
      this.#base = base;
    }
    let found = this.#remembered.get(url);
    if (found === undefined && !this.#remembered.has(url)) {
      if (this.#remembered.size >= MOST_REMEMBERED) this.#remembered.clear();
      found = this.#look(url);
      this.#remembered.set(url, found);
    }
    return found;
  }

  #look(text) {
    const url = parseUrl(text, this.#base ?? baseUrl());
    if (!isHttp(url) || !this.#allowed.some((target) => isBelow(target, url))) return undefined;
    const { href, origin, pathname: path } = url;
    return { href, origin, path, key: `${origin} ${path}` };
  }
}

/** The same audience, after a redirect: what it says of the token does not count for who is asked directly. */
export const redirected = ({ href, origin, path }) => ({
  href,
  origin,
  path: `${path} redirected`,
  key: `${origin} ${path} redirected`,
});

const isHttp = (url) => url?.protocol === "https:" || url?.protocol === "http:";

/**
 * Compared after URL parsing, so case, default ports, `..` and user names are as fetch sees them. A prefix ends at a path boundary:
 * `/v1` does not allow `/v10`. What is no separator to fetch may be one to the server: below a prefix URLs with an encoded slash or
 * dot are not allowed, nor `..;`, which is `..` to some.
 */
function isBelow({ origin, path }, url) {
  if (url.origin !== origin) return false;
  const rest = url.pathname.slice(path.length);
  return path === "" || (url.pathname.startsWith(path) && /^(\/|$)/.test(rest) && !mayClimb(rest));
}
