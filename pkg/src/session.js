// The session that the app has.

import { Driver } from "./driver.js";
import { makeError } from "./errors.js";
import { makeFetch } from "./fetch.js";
import { hasScope } from "./grants.js";
import { Listeners } from "./listeners.js";
import { Nesting } from "./nesting.js";
import { checkAnswer, checkLogin, readTokenOptions } from "./options/calls.js";
import { invalid, optionsOf } from "./options/checks.js";
import { DEFAULT_POLICY, readPolicy } from "./options/policy.js";
import { Ready } from "./ready.js";
import { Targets } from "./targets.js";

export class Session {
  #driver;
  #listeners = new Listeners();
  #ready = new Ready();
  #fetch;
  /** What calls of `fetch` need of the session. */
  #calls;
  #hint;
  #nesting = new Nesting();
  /** Tells the app's own functions that nobody waits for them any more. */
  #controller;

  constructor(options, controller) {
    const { attach, fetch: pinned, hint, patience, rejectsToken } = options;
    this.#hint = hint;
    this.#controller = controller;
    this.#nesting.wrapOptions(options);
    // The global one is looked up at each call, so that mocks and instrumentation are seen.
    const nativeFetch = pinned ? () => pinned : () => globalThis.fetch;
    const state =
      options.restore === false
        ? { status: "ended", reason: "none", elsewhere: false }
        : { status: "unknown" };
    this.#ready.note(state);
    const show = (state) => this.#show(state);
    const report = (event) => options.onEvent?.(event);
    this.#driver = new Driver(options, nativeFetch, Object.freeze(state), { show, report });
    this.#driver.start();
    const targets = new Targets(options.sendTokenTo);
    const driver = this.#driver;
    const refuseNested = () => this.#nesting.refuseWithoutToken(driver, "fetch");
    this.#calls = { driver, targets, attach, patience, rejectsToken, nativeFetch, refuseNested };
    this.#fetch = makeFetch(this.#calls, DEFAULT_POLICY);
  }

  get fetch() {
    return this.#fetch;
  }

  fetchWith(policy) {
    return makeFetch(this.#calls, readPolicy(policy));
  }

  get ready() {
    return this.#ready.promise;
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
    if (arguments.length > 0) checkLogin(login);
    const { requests } = this.#driver;
    // An answer that is there already is waited for by nobody.
    if (login === undefined || typeof login === "function")
      this.#nesting.refuse(this.#driver, "signIn");
    if (login === undefined) return this.#settled(requests.signInByCookie());
    return this.#settled(
      typeof login === "function"
        ? requests.signInBy(this.#nesting.wrap("signIn", login))
        : requests.begin("sign-in", login),
    );
  }

  async seed(answer) {
    checkAnswer(answer);
    return this.#settled(this.#driver.requests.begin("seed", answer));
  }

  async accessToken(options) {
    const { not, minValidity, signal } = readTokenOptions(options);
    if (signal?.aborted) throw signal.reason;
    this.#nesting.refuseWithoutToken(this.#driver, "accessToken");
    const { token } = await this.#settled(
      this.#driver.tokens.wait(not, minValidity * 1000, signal),
    );
    return token;
  }

  async refresh(options) {
    const { params } = optionsOf(options);
    this.#nesting.refuse(this.#driver, "refresh");
    if (params !== undefined) this.#driver.requests.params = params;
    return this.#settled(this.#driver.ask((core, ticket) => core.happened("refresh", ticket)));
  }

  async signOut() {
    this.#nesting.refuse(this.#driver, "signOut");
    return this.#settled(this.#driver.requests.signOut());
  }

  /** Whether the token's `scope` has the value (RFC 6749, section 3.3). */
  hasScope(scope) {
    return hasScope(this.state.claims, String(scope));
  }

  inspect() {
    return Object.freeze(this.#driver.inspect());
  }

  close() {
    if (this.#driver.isClosed) return;
    const closed = makeError("ERR_SESSION_CLOSED");
    this.#driver.close();
    this.#controller.abort(closed);
    this.#ready.reject(closed);
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

  #show(state) {
    this.#ready.note(state);
    if (!state.elsewhere) this.#hint.note(state);
    this.#listeners.notify();
  }
}
