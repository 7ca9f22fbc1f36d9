// An endpoint that reads and writes the refresh cookie: how it is asked, and what is seen of its answer.

import { own } from "./own.js";
import { isResponse, serverNow } from "./response.js";
import { sendRequest } from "./send.js";

export class Endpoint {
  #by;
  #attemptHeader;
  #csrf;
  #attach;
  #nativeFetch;
  /** The names of the headers that a CORS preflight asks leave for; empty on the page's own origin. */
  preflighted;
  /** By how many seconds the server's clock was ahead of ours in the last answer; `null` where that could not be read. */
  skew = null;
  /** Whether the last answer has sent the attempt id back: the server recognises attempt ids. */
  echoes = false;

  constructor(by, { attemptHeader, csrfHeader, csrfToken, attach }, nativeFetch, isForeign) {
    this.#by = by;
    this.#attemptHeader = attemptHeader;
    this.#csrf = csrfToken && { header: csrfHeader, token: csrfToken };
    this.#attach = attach;
    this.#nativeFetch = nativeFetch;
    const own = this.isFunction ? [] : by.headers.map(([name]) => name);
    const names = this.isFunction ? [] : [...own, attemptHeader, this.#csrf?.header];
    this.preflighted = isForeign ? names.filter(Boolean).join(", ") : "";
  }

  /** Whether the app's own function is asked, and not a server. */
  get isFunction() {
    return typeof this.#by === "function";
  }

  get url() {
    return this.isFunction ? undefined : this.#by.url;
  }

  /** The options of a request: a new object. */
  get init() {
    return own(this.#by.init);
  }

  /**
   * Asks, and returns the answer. `id` is the attempt id, and `request` what Rust has built. `isDue`: whether that is still to be
   * done, once it is known what to ask with.
   */
  async ask(id, request, { params, token }, isDue) {
    const answer = this.isFunction
      ? await this.#by(id, params, token)
      : await this.#send(id, request, token, isDue);
    if (isResponse(answer)) {
      const server = serverNow(answer.headers);
      if (Number.isFinite(server)) this.skew = Math.round(server - Date.now() / 1000);
      // Across origins that header has to be exposed.
      const name = this.#attemptHeader;
      this.echoes = Boolean(name) && answer.headers.get?.(name) === id;
    } else if (!this.isFunction) {
      throw new TypeError("fetch has brought no Response");
    }
    return answer;
  }

  #send(id, request, token, isDue) {
    if (request instanceof Error) throw request;
    const { headers } = request;
    for (const [name, value] of this.#by.headers) headers.set(name, value);
    if (this.#attemptHeader) headers.set(this.#attemptHeader, id);
    if (token !== undefined) headers.set(this.#attach.header, tokenValue(this.#attach, token));
    if (!this.#csrf) return sendRequest(this.#nativeFetch(), request);
    return this.#sendWithCsrf(request, isDue);
  }

  async #sendWithCsrf(request, isDue) {
    const value = await this.#csrf.token();
    if (typeof value === "string" && value !== "") request.headers.set(this.#csrf.header, value);
    // A CSRF token may have taken its time: by now the turn may be somebody else's.
    if (!isDue()) throw new Error("csrf: the token came too late");
    return sendRequest(this.#nativeFetch(), request);
  }
}

/** The value of the header that carries the token. It is for a request only, and never for a log or a URL. */
export const tokenValue = ({ scheme }, token) => (scheme ? `${scheme} ${token}` : token);
