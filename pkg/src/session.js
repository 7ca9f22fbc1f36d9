// The session that the app has.

import { Driver } from "./driver.js";
import { makeError } from "./errors.js";
import { makeFetch } from "./fetch.js";
import { hasScope } from "./grants.js";
import { Listeners } from "./listeners.js";
import { Nesting } from "./nesting.js";
import { invalid, optionsOf } from "./options/checks.js";
import { readOptions } from "./options/options.js";
import { DEFAULT_POLICY, readPolicy } from "./options/policy.js";
import { ownMember } from "./own.js";
import { Targets } from "./targets.js";

/** What `inspect` tells of a session without a core. */
const NO_CORE = {
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

/** The options that may be functions which the session waits for, by their names in what `readOptions` returns. */
const AWAITED = {
  refreshBy: "refresh",
  signOutBy: "signOut",
  readToken: "readToken",
  csrfToken: "csrf.token",
};

export function createSession(options) {
  const controller = new AbortController();
  return new Session(readOptions(options, controller.signal), controller);
}

class Session {
  #driver;
  #listeners = new Listeners();
  #ready;
  #settleReady;
  #fetch;
  #targets;
  #options;
  #nativeFetch;
  #nesting = new Nesting();
  /** Tells the app's own functions that nobody waits for them any more. */
  #controller;

  constructor(options, controller) {
    this.#options = options;
    this.#controller = controller;
    const { hint, onEvent } = options;
    if (options.restore !== false && hint.saysNone())
      Object.assign(options, { restore: false, hasNone: true });
    for (const [member, name] of Object.entries(AWAITED))
      options[member] = this.#nesting.wrap(name, options[member]);
    this.#ready = new Promise((resolve, reject) => {
      this.#settleReady = { resolve, reject };
    });
    // Whoever awaits it sees the error; whoever does not is not punished with an unhandled rejection.
    this.#ready.catch(() => {});
    const isNone = options.restore === false;
    if (isNone) this.#settleReady.resolve();
    this.#targets = new Targets(options.sendTokenTo);
    // The global one is looked up at each call, so that mocks and instrumentation are seen.
    const { fetch: pinned } = options;
    this.#nativeFetch = pinned ? () => pinned : () => globalThis.fetch;
    const state = isNone
      ? { status: "ended", reason: "none", elsewhere: false }
      : { status: "unknown" };
    const show = (state) => this.#show(state);
    const report = (event) => onEvent?.(event);
    this.#driver = new Driver(options, this.#nativeFetch, Object.freeze(state), { show, report });
    this.#driver.start();
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
    return this.#driver.view.state;
  }

  subscribe(listener) {
    if (typeof listener !== "function") throw invalid("listener", "must be a function");
    return this.#listeners.add(listener, this.#driver.isClosed ? undefined : this);
  }

  async signIn(login) {
    // biome-ignore lint/complexity/noArguments: `signIn(undefined)` is a mistake, and `signIn()` is none.
    if (arguments.length > 0 && !isLogin(login)) {
      throw invalid(
        "login",
        "must be a function, a Response, its JSON, a token, or nothing at all",
      );
    }
    const { requests } = this.#driver;
    // An answer that is there already is waited for by nobody.
    if (login === undefined || typeof login === "function") this.#refuseNested("signIn");
    if (login === undefined) return this.#settled(requests.signInByCookie());
    return this.#settled(
      typeof login === "function"
        ? requests.signInBy(this.#nesting.wrap("signIn", login))
        : requests.begin("sign-in", login),
    );
  }

  async seed(answer) {
    if (!isLogin(answer) || typeof answer === "function")
      throw invalid("answer", "must be a Response, its JSON, or a token");
    return this.#settled(this.#driver.requests.begin("seed", answer));
  }

  async accessToken(options) {
    const { not, minValidity = 0, signal } = optionsOf(options);
    if (not !== undefined && typeof not !== "string")
      throw invalid("not", "must be the token that was refused");
    if (!(minValidity >= 0)) throw invalid("minValidity", "must be a number of seconds, 0 or more");
    if (signal?.aborted) throw signal.reason;
    this.#refuseWithoutToken("accessToken");
    const { token } = await this.#settled(
      this.#driver.tokens.wait(not, minValidity * 1000, signal),
    );
    return token;
  }

  async refresh(options) {
    const { params } = optionsOf(options);
    this.#refuseNested("refresh");
    if (params !== undefined) this.#driver.requests.params = params;
    return this.#settled(this.#driver.ask((core, ticket) => core.happened("refresh", ticket)));
  }

  async signOut() {
    this.#refuseNested("signOut");
    return this.#settled(this.#driver.requests.signOut());
  }

  /** Whether the token's `scope` has the value (RFC 6749, section 3.3). */
  hasScope(scope) {
    return hasScope(this.state.claims, String(scope));
  }

  inspect() {
    return Object.freeze(this.#driver.inspect() ?? { ...NO_CORE });
  }

  close() {
    if (this.#driver.isClosed) return;
    const closed = makeError("ERR_SESSION_CLOSED");
    this.#driver.close();
    this.#controller.abort(closed);
    this.#settleReady.reject(closed);
    this.#listeners.clear();
  }

  /** Rejects with an error where the core has denied what was asked for. */
  async #settled(promise) {
    try {
      return await promise;
    } catch (denial) {
      throw this.#driver.view.errorOf(denial);
    }
  }

  /** What waits for the end of the function that calls it would wait for ever. */
  #refuseNested(method) {
    this.#nesting.refuse(method, this.#driver);
  }

  /** The same of a call that waits only where there is no token. */
  #refuseWithoutToken(method) {
    if (!this.#nesting.isNested || this.state.status === "ended") return;
    if (this.#driver.tokens.held(false) === undefined) this.#refuseNested(method);
  }

  #derive(policy) {
    return makeFetch(
      {
        driver: this.#driver,
        targets: this.#targets,
        attach: this.#options.attach,
        patience: this.#options.patience,
        rejectsToken: this.#options.rejectsToken,
        nativeFetch: this.#nativeFetch,
        refuseNested: () => this.#refuseWithoutToken("fetch"),
      },
      policy,
    );
  }

  #show(state) {
    // There will never be a core.
    const error = ownMember(state, "error");
    if (error?.retryable === false) this.#settleReady.reject(error);
    else if (state.status !== "unknown" || error) this.#settleReady.resolve();
    if (!state.elsewhere) this.#options.hint.note(state);
    this.#listeners.notify();
  }
}

/** What a sign-in can be made of. */
function isLogin(login) {
  return (
    typeof login === "function" ||
    typeof login === "string" ||
    (typeof login === "object" && login !== null)
  );
}
