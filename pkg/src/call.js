// A call of `session.fetch` that carries the token, in the two forms in which it is sent, and once more after a refusal.

import { cancel, holdBody } from "./bodies.js";
import { sendRequest } from "./send.js";

/** A call that is sent as it was made, with one more header. */
export class ShortCall {
  isKeptAlive = false;
  audience;
  #session;
  #init;
  #url;
  canReplay;

  constructor(session, audience, init, replays) {
    this.#session = session;
    this.audience = audience;
    this.canReplay = replays;
    // As it was resolved at the time of the call.
    this.#url = audience.href;
    this.#init = init;
  }

  get signal() {
    return this.#init.signal;
  }

  /** Sends it once more, with another token. */
  replay({ value }) {
    const { attach, nativeFetch } = this.#session;
    const headers = new Headers(this.#init.headers);
    headers.set(attach.header, value);
    return nativeFetch()(this.#url, { __proto__: null, ...this.#init, headers });
  }

  /** Nobody needs what is there to be sent once more. */
  drop() {}
}

/** A call of which a `Request` was made. */
export class RequestCall {
  audience;
  request;
  #session;
  /** What is sent after a refusal. */
  #spare;

  constructor(session, audience, request, replays) {
    this.#session = session;
    this.audience = audience;
    this.request = request;
    if (replays) this.#spare = hasBody(request) ? request.clone() : request;
  }

  get signal() {
    return this.request.signal;
  }

  get isKeptAlive() {
    return this.request.keepalive === true;
  }

  get canReplay() {
    return this.#spare !== undefined;
  }

  /** Takes the body out of the caller's hands. Returns what gives it back. */
  hold() {
    return holdBody(this.request);
  }

  send(credential, request = this.request) {
    const { attach, nativeFetch } = this.#session;
    request.headers.set(attach.header, credential.value);
    return sendRequest(nativeFetch(), request, attach.isUnredirected);
  }

  sendWithoutToken() {
    return sendRequest(this.#session.nativeFetch(), this.request);
  }

  replay(credential) {
    const spare = this.#spare;
    this.#spare = undefined;
    return this.send(credential, spare);
  }

  /**
   * Whether a 401 to it is not seen: native fetch compares the digest with that of the 401's body, and rejects. Asking twice does no
   * harm.
   */
  get hides401() {
    const { integrity, method } = this.request;
    return Boolean(integrity) && (method === "GET" || method === "HEAD");
  }

  /** The same without its digest and with another signal; and with what is reset when anything is (the Fetch standard, section 5.4). */
  look(credential, signal) {
    const { referrer, referrerPolicy } = this.request;
    const request = new Request(this.request, {
      __proto__: null,
      referrer,
      referrerPolicy,
      integrity: "",
      signal,
    });
    return this.send(credential, request);
  }

  /** The half of a tee that nobody reads holds in memory whatever the other has read. */
  drop() {
    if (this.#spare !== this.request) cancel(this.#spare, this.signal.reason);
    this.#spare = undefined;
  }

  /** As native fetch does with a body that it does not send. */
  abandon() {
    this.drop();
    cancel(this.request, this.signal.reason);
  }
}

/** Whether a request may have a body. Firefox does not show it. */
const hasBody = ({ method, body }) => method !== "GET" && method !== "HEAD" && body !== null;
