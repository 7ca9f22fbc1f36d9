// The requests of a page, with what a browser adds to them.

import { newAttempt } from "./attempt.js";
import { exchange } from "./exchange.js";
import { relation } from "./site.js";

/** Methods that need no leave of a preflight (Fetch standard, CORS-safelisted method). */
export const SAFELISTED = ["GET", "HEAD", "POST"];

/** Headers that need none either, whatever they say (Fetch standard, CORS-safelisted request-header). */
const NEED_NO_LEAVE = ["accept", "accept-language", "content-language"];

export class Page {
  #options;
  /** Whom to tell of an answer, so that it can be looked back at. */
  #seen;

  constructor(options, seen) {
    this.#options = options;
    this.#seen = seen;
  }

  get origin() {
    return this.#options.origin;
  }

  /** How the page stands to a URL. */
  relation = (url) => relation(this.origin, url);

  isCrossOrigin = (url) => this.relation(url) !== "same-origin";

  /** Sends a request. `headers` win over those of the browser. */
  async send({ method, url, headers = {}, body, cookie, origin = this.origin, mode = "cors" }) {
    const site = origin === this.origin ? this.relation(url) : "cross-site";
    const isSafe = method === "GET" || method === "HEAD";
    const sent = {
      accept: "*/*",
      "user-agent": "silent-session-check-server",
      "sec-fetch-site": site,
      "sec-fetch-mode": mode,
      "sec-fetch-dest": mode === "navigate" ? "document" : "empty",
      ...(origin !== "null" && { referer: `${origin}/` }),
      // A browser names the origin wherever it is another, and with each request that may change something.
      ...((!isSafe || (mode === "cors" && site !== "same-origin")) && { origin }),
      ...(cookie && { cookie }),
      ...headers,
    };
    const answer = await exchange({
      method,
      url,
      headers: sent,
      body,
      timeout: this.#options.timeout,
    });
    this.#seen(answer);
    return answer;
  }

  /** Asks for leave to send a request with these headers. */
  preflight({ url, method, names, origin = this.origin }) {
    const headers = { "access-control-request-method": method };
    if (names.length > 0) headers["access-control-request-headers"] = [...names].sort().join(",");
    return this.send({ method: "OPTIONS", url, headers, origin });
  }

  /** What a refresh or sign-out carries beside the cookie. `attempt` and `csrf` may be left out. */
  headers({ attempt = newAttempt(), csrf }) {
    const { headers, attemptHeader, csrfHeader, body } = this.#options;
    return {
      ...(body !== undefined && { "content-type": "application/json" }),
      ...headers,
      ...(attempt && { [attemptHeader]: attempt }),
      ...(csrf && { [csrfHeader]: csrf }),
    };
  }

  /** The names of those headers that need leave, in lower case. */
  headersToAskFor() {
    const names = Object.keys(this.headers({ csrf: this.#options.csrfHeader && "value" }));
    return names.map((name) => name.toLowerCase()).filter((name) => !NEED_NO_LEAVE.includes(name));
  }
}
