// A call of `session.fetch` that carries the token, in the two forms in which it is sent, and once more after a refusal.

import { canBeReadTwice, carriesNone, copyHeaders, memberOf, urlOf } from "./arguments.js";
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

/**
 * Sees what a call is before anything is waited for: `{ call }` if it will carry the token; else `{ args }` for native fetch, and
 * `isForeign` if the token must not go along.
 */
export function prepare(session, { token, replay }, args) {
  const [input, init] = args;
  const { targets } = session;
  if (!targets.find(urlOf(input))) return { args, isForeign: true };
  // A Request would lose its body to the one that is made of it: look before.
  const said = (name) => memberOf(init, name) ?? memberOf(input, name);
  if (carriesNone(said("mode"))) return { args, isForeign: true };
  const headers = said("headers");
  const canLook = canBeReadTwice(headers);
  if (canLook && headers && isAnothers(session, copyHeaders(headers))) return { args };
  const isStream = typeof memberOf(memberOf(init, "body"), "getReader") === "function";
  let request;
  try {
    request = new Request(input, init);
  } catch (error) {
    // Native fetch says it in its own words; what it would miss by now, it must not go without.
    if (canLook && token !== "required") return { args };
    throw error;
  }
  // Asked of the request itself: what it was made of may have read differently each time it was looked at.
  const audience = targets.find(request.url);
  if (!audience || carriesNone(request.mode)) return { args: [request], isForeign: true };
  if (isAnothers(session, request.headers)) return { args: [request] };
  // As native fetch does, it rejects at once.
  if (request.signal.aborted) return { args: [request] };
  // A stream would be held in memory to be sent again; a string, a Blob, a form is not.
  return { call: new RequestCall(session, audience, request, replay ?? !isStream) };
}

/** Whether the token's header is there and has not the token in hand: that, put there by the caller, is ours all the same. */
function isAnothers({ attach, driver }, headers) {
  const brought = headers?.get(attach.header) ?? null;
  return brought !== null && brought !== driver.authorization();
}
