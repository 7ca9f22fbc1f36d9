// A cookie jar, as a browser has one (RFC 6265bis).

import { domainMatches, isRefused, parseSetCookie, pathMatches } from "./set-cookie.js";
import { isSecure } from "./site.js";

export class Jar {
  #cookies = new Map();

  /** Keeps what an answer sets, and forgets what it deletes. */
  store(answer) {
    for (const header of answer.setCookies) {
      const cookie = parseSetCookie(header, answer.url);
      if (isRefused(cookie, answer.url)) continue;
      const key = [cookie.name, cookie.domain, cookie.path, cookie.hasDomain].join(";");
      this.#cookies.delete(key);
      if (!cookie.isDeleted) this.#cookies.set(key, cookie);
    }
  }

  /** What goes along with a request, the longest path first. `isCrossSite`: only what is meant for it. */
  for(url, isCrossSite) {
    return [...this.#cookies.values()]
      .filter(
        (cookie) => domainMatches(url.hostname, cookie) && pathMatches(url.pathname, cookie.path),
      )
      .filter(
        (cookie) =>
          (!cookie.secure || isSecure(url)) && (!isCrossSite || cookie.sameSite === "none"),
      )
      .sort((a, b) => b.path.length - a.path.length);
  }

  /** A cookie by its name, wherever it is for. */
  named(name) {
    return [...this.#cookies.values()].find((cookie) => cookie.name === name);
  }
}
