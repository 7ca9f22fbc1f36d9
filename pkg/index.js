// The package's entry: a session that is there at once, while its wasm loads behind.

import { invalid } from "./checks.js";
import loadWasm, { Core, hasScope, makeError } from "./dist/silent_session.js";
import { hold, lock } from "./held-call.js";
import { DEFAULT_POLICY, readOptions, readPolicy } from "./options.js";

export {
  RefreshError,
  SessionChangedError,
  SessionEndedError,
  SessionError,
  SignInError,
  SignOutError,
  TokenError,
} from "./dist/silent_session.js";
export { RefreshRejected } from "./endpoints.js";

/** What is known of a session while its wasm loads. */
const NOT_LOADED = {
  version: null,
  phase: "loading",
  progress: "idle",
  deadline: null,
  skew: null,
  lastFailure: null,
  signOut: null,
  tab: null,
  tabs: [],
  lock: null,
  channel: false,
  storage: false,
};

/** The options that may be functions which the session waits for, by their names in the wasm's options. */
const AWAITED = {
  refreshBy: "refresh",
  signOutBy: "signOut",
  readToken: "readToken",
  csrfToken: "csrf.token",
};

/** One load for all sessions of a page; a load that failed may be tried again by the next session. */
let loading;

function load(wasm) {
  loading ??= loadWasm(wasm === undefined ? undefined : { module_or_path: wasm }).catch((cause) => {
    loading = undefined;
    throw unavailable(cause);
  });
  return loading;
}

/** Why the wasm is not there. The commonest cause by far deserves a sentence of its own. */
function unavailable(cause) {
  if (/content.security.policy|\bCSP\b/i.test(cause?.message)) {
    const hint =
      "the page's Content-Security-Policy forbids WebAssembly: its script-src needs 'wasm-unsafe-eval'";
    return makeError("ERR_WASM_UNAVAILABLE", { cause }, hint);
  }
  return makeError("ERR_WASM_UNAVAILABLE", { cause, retryable: true });
}

export function createSession(options) {
  const controller = new AbortController();
  return new Session(readOptions(options, controller.signal), options.wasm, controller);
}

class Session {
  /** The wasm session, once it is there. */
  #core;
  /** The same as a promise. */
  #loaded;
  #abandon;
  #state;
  #listeners = new Set();
  #closed = false;
  #ready;
  #settleReady;
  #fetch;
  /** What `session.fetch` sends with: the pinned one, or the global one of now. */
  #nativeFetch;
  /** Where the token may go: what goes elsewhere need not wait for the wasm. */
  #targets;
  /** Which header of a request makes it the caller's own. */
  #header;
  #hint;
  /** Which function of the app's, that the session waits for, is being called. */
  #calling;
  /** Tells the app's own functions that nobody waits for them any more. */
  #controller;

  constructor(options, wasm, controller) {
    this.#controller = controller;
    this.#hint = options.hint;
    if (options.restore !== false && this.#hint.saysNone())
      Object.assign(options, { restore: false, hasNone: true });
    this.#state = Object.freeze(
      options.restore === false
        ? { status: "ended", reason: "none", elsewhere: false }
        : { status: "unknown" },
    );
    this.#ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject };
    });
    // Whoever awaits it sees the error; whoever does not is not punished with an unhandled rejection.
    this.#ready.catch(() => {});
    const closed = new Promise((_, reject) => (this.#abandon = reject));
    const loaded = load(wasm).then(() => {
      if (this.#closed) throw makeError("ERR_SESSION_CLOSED");
      for (const [member, name] of Object.entries(AWAITED))
        options[member] = this.#awaited(name, options[member]);
      this.#core = new Core(options, (state) => this.#publish(state));
      if (options.restore === false) this.#settleReady.resolve();
      return this.#core;
    });
    // Who waits for the wasm waits no longer than the session is open.
    this.#loaded = Promise.race([loaded, closed]);
    this.#loaded.catch((error) => this.#settleReady.reject(error));
    this.#nativeFetch = options.fetch ? () => options.fetch : () => globalThis.fetch;
    this.#targets = options.sendTokenTo
      .filter((url) => URL.canParse(url))
      .map((url) => new URL(url));
    this.#header = options.attach.header;
    this.#fetch = this.#derive(DEFAULT_POLICY);
  }

  get fetch() {
    return this.#fetch;
  }

  fetchWith(policy) {
    return this.#derive(readPolicy(policy));
  }

  get ready() {
    return this.#ready;
  }

  get state() {
    return this.#state;
  }

  subscribe(listener) {
    if (typeof listener !== "function") throw invalid("listener", "must be a function");
    // An object of its own, so that one function subscribed twice is called twice and undone one by one.
    const entry = { listener };
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  async signIn(login) {
    // biome-ignore lint/complexity/noArguments: `signIn(undefined)` is a mistake, and `signIn()` is none.
    if (arguments.length > 0 && !isLogin(login)) {
      throw invalid(
        "login",
        "must be a function, a Response, its JSON, a token, or nothing at all",
      );
    }
    // A reply that is there already is waited for by nobody.
    if (login === undefined || typeof login === "function") this.#refuseNested("signIn");
    return (await this.#loaded).signIn(this.#awaited("signIn", login));
  }

  async seed(answer) {
    if (!isLogin(answer) || typeof answer === "function")
      throw invalid("answer", "must be a Response, its JSON, or a token");
    return (await this.#loaded).seed(answer);
  }

  async accessToken({ not, minValidity = 0, signal } = {}) {
    if (not !== undefined && typeof not !== "string")
      throw invalid("not", "must be the token that was refused");
    if (!(minValidity >= 0)) throw invalid("minValidity", "must be a number of seconds, 0 or more");
    signal?.throwIfAborted();
    const calling = this.#calling;
    const core = this.#core ?? (await unlessAborted(this.#loaded, signal));
    return named(
      calling,
      "accessToken",
      core.accessToken(not, minValidity, signal, calling !== undefined),
    );
  }

  async refresh({ params } = {}) {
    this.#refuseNested("refresh");
    return (await this.#loaded).refresh(params);
  }

  async signOut() {
    this.#refuseNested("signOut");
    return (await this.#loaded).signOut();
  }

  hasScope(scope) {
    const claimed = this.#state.claims?.scope;
    return typeof claimed === "string" && hasScope(claimed, String(scope));
  }

  inspect() {
    return Object.freeze(this.#core?.inspect() ?? { ...NOT_LOADED });
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#core?.close();
    const closed = makeError("ERR_SESSION_CLOSED");
    this.#controller.abort(closed);
    this.#abandon(closed);
    this.#settleReady.reject(closed);
    this.#listeners.clear();
  }

  /** A function of the app's that the session waits for; anything else as it is. */
  #awaited(name, value) {
    if (typeof value !== "function") return value;
    return (...args) => {
      const before = this.#calling;
      this.#calling = name;
      try {
        return value(...args);
      } finally {
        this.#calling = before;
      }
    };
  }

  /** What waits for the end of the function that calls it would wait for ever. */
  #refuseNested(method) {
    if (this.#calling !== undefined && this.#core?.isBusy())
      throw waitsForItself(this.#calling, method);
  }

  #derive(policy) {
    const fetch = (...args) => this.#send(args, policy);
    Object.defineProperty(fetch, "name", { value: "fetch" });
    Object.defineProperty(fetch, "length", { value: 1 });
    return fetch;
  }

  async #send(args, policy) {
    // Without an argument: native fetch knows best what is wrong with that.
    if (args.length === 0 || policy.token === "none") return this.#nativeFetch()(...args);
    args[0] = readOnce(args[0]);
    const calling = this.#calling;
    if (this.#core)
      return named(calling, "fetch", this.#core.fetch(args, policy, calling !== undefined));
    if (policy.token === "optional" && !this.#closed) return this.#nativeFetch()(...args);
    // The arguments may change meanwhile: a Request is what they are now.
    const { request, isStream, isForeign, isOwn } = hold(args, this.#targets, this.#header, policy);
    if (isOwn) return this.#nativeFetch()(request);
    if (request) {
      const unlock = lock(request);
      const core = await unlessAborted(this.#loaded, request.signal)
        .finally(unlock)
        .catch((error) => {
          // As native fetch does with a body that it does not send.
          request.body?.cancel(request.signal.reason).catch(() => {});
          throw error;
        });
      return core.fetchHeld(request, isStream, policy);
    }
    if (isForeign && policy.token === "required") throw makeError("ERR_TOKEN_NOT_ALLOWED");
    return this.#nativeFetch()(...args);
  }

  #publish(state) {
    if (state === undefined) return;
    this.#state = state;
    if (state.status !== "unknown" || state.error) this.#settleReady.resolve();
    if (!state.elsewhere) this.#hint.note(state);
    for (const entry of [...this.#listeners]) {
      // Undone by one before it: as with event listeners, it is not called any more.
      if (!this.#listeners.has(entry)) continue;
      try {
        entry.listener.call(undefined);
      } catch (error) {
        // As if it had been an event listener: reported, and nobody else's concern.
        reportError(error);
      }
    }
  }
}

function waitsForItself(calling, method) {
  const message = `session.${method} was called by the ${calling} function, which the session waits for, without a valid token: it would wait for itself. Call fetch there, or the session once ${calling} is done`;
  return makeError("ERR_WAITS_FOR_ITSELF", {}, message);
}

/** A call whose error names the function that made it. */
function named(calling, method, promise) {
  if (calling === undefined) return promise;
  return promise.catch((error) => {
    throw error?.code === "ERR_WAITS_FOR_ITSELF" ? waitsForItself(calling, method) : error;
  });
}

/** What is no URL and no Request is read once, as native fetch does: it may read differently the next time. */
function readOnce(input) {
  const isObject = (typeof input === "object" && input !== null) || typeof input === "function";
  return isObject && !/^\[object (Request|URL)\]$/.test(Object.prototype.toString.call(input))
    ? String(input)
    : input;
}

/** What a sign-in can be made of. */
function isLogin(login) {
  return (
    typeof login === "function" ||
    typeof login === "string" ||
    (typeof login === "object" && login !== null)
  );
}

/** Waits, unless the caller's own signal says to stop. */
function unlessAborted(promise, signal) {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
