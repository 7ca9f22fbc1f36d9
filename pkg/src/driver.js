// Between a session and its core: carries calls in, and performs what the core asks for. It decides nothing.

import { unlessAborted } from "./bodies.js";
import { crash, openCore } from "./core.js";
import { Endpoint } from "./endpoint.js";
import { makeError } from "./errors.js";
import { outsideZones, ownOrigin, rawCookie } from "./globals.js";
import { Reader } from "./grants.js";
import { inspection } from "./inspection.js";
import { Outside } from "./outside.js";
import { Requests } from "./requests.js";
import { Entries } from "./storage.js";
import { Tickets } from "./tickets.js";
import { Tokens } from "./tokens.js";
import { Turns } from "./turns.js";
import { View } from "./view.js";

/**
 * Drivers that a caller waits for, that have a lock or wait for one, whose first state is not known yet, or that somebody is told
 * events of. They are not collected, even if nobody holds them: what waits may be held by nothing but a timer, and nobody else would
 * give the lock back.
 */
const kept = new Set();

export class Driver {
  /** The wasm's object; `undefined` while it is being compiled, after a crash, and where it cannot be had. */
  core;
  /** What that core calls. */
  port;
  weakly = new WeakRef(this);
  isClosed = false;
  tickets = new Tickets(() => this.keep());
  entries;
  turns;
  requests;
  view;
  tokens;
  #options;
  #outside;
  /** What waits for a core. */
  #queued = [];
  /** Why there will never be one. */
  #failure;

  constructor(options, nativeFetch, state, audience) {
    this.#options = options;
    this.view = new View(this, state, audience);
    this.tokens = new Tokens(this, options.attach);
    this.entries = new Entries(options);
    this.turns = new Turns(this, options.authOrigin);
    const isForeign = options.authOrigin !== ownOrigin();
    const endpoint = (by) => by && new Endpoint(by, options, nativeFetch, isForeign);
    const endpoints = {
      refresh: endpoint(options.refreshBy),
      signOut: endpoint(options.signOutBy),
    };
    const reader = new Reader(options, () => this.view.report({ type: "identity-missing" }));
    this.requests = new Requests(this, reader, endpoints, options.endsSession);
    this.#outside = new Outside(this, options);
  }

  /** Is kept while that is needed. */
  keep() {
    const isWatched = this.view.isAwaited || this.#options.onEvent !== undefined;
    const isOpen = !this.isClosed && this.#failure === undefined;
    if (this.tickets.areOpen || this.turns.isOn || (isOpen && isWatched)) kept.add(this);
    else kept.delete(this);
  }

  /** Has a core made. */
  start() {
    this.keep();
    openCore(this, this.#options);
  }

  /** Whether a refresh, a login or a sign-out of this tab is in flight. */
  get isBusy() {
    return this.core !== undefined && this.enter((core) => core.inspect())?.progress === "sent";
  }

  /** There is a core. */
  begin(core) {
    this.core = core;
    if (this.isClosed) return;
    this.#outside.listen();
    while (this.core === core && this.#queued.length > 0) this.enter(this.#queued.shift());
  }

  /** The core is lost: nothing calls it any more, it is not heard, and what waits is rejected. */
  lose(error) {
    this.core = this.port = undefined;
    this.tokens.drop();
    this.#queued = [];
    this.#outside.release();
    this.requests.forget();
    this.turns.release();
    this.tickets.rejectAll(error);
  }

  /** There will never be a core. */
  fail(error) {
    this.#failure = error;
    this.lose(error);
    this.publishError(error);
  }

  publishError(error) {
    this.view.show({ ...this.view.state, error });
    this.keep();
  }

  /** Starts anew from what is stored and in the cookie. What has ended is not brought back. */
  restart() {
    if (this.isClosed || this.#failure) return;
    const { error: _, ...state } = this.view.state;
    const isOver = state.status === "ended";
    const { restore, hasNone } = this.#options;
    const isNone = restore === false ? hasNone : isOver && state.reason !== "signed-out";
    this.entries.bequeath();
    openCore(this, { __proto__: null, ...this.#options, restore: !isOver, hasNone: isNone });
    if (isOver && this.core) this.view.show(state);
  }

  /** Calls the core, now or once it is there. What it throws is a crash. */
  enter(call) {
    const { core } = this;
    if (core === undefined) {
      if (!this.isClosed && !this.#failure) this.#queued.push(call);
      return undefined;
    }
    try {
      return call(core);
    } catch (error) {
      if (this.core === core) crash(error);
      return undefined;
    }
  }

  /** Calls a method of this core, unless it is lost. */
  tell(core, method, ...args) {
    if (core !== undefined && this.core === core) this.enter(() => core[method](...args));
  }

  /** The same, for who needs what it returns: throws if the core is lost, or by that. */
  query(core, method, ...args) {
    const told = core !== undefined && this.core === core;
    const answer = told && this.enter(() => ({ value: core[method](...args) }));
    if (!answer) throw makeError("ERR_WASM_CRASHED", { retryable: true });
    return answer.value;
  }

  happened(what) {
    this.enter((core) => core.happened(what, 0));
  }

  /** Asks the core, and settles with its answer. The abort of `signal` withdraws the question. */
  ask(question, signal) {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.isClosed) return Promise.reject(makeError("ERR_SESSION_CLOSED"));
    if (signal?.aborted) return Promise.reject(signal.reason);
    const { ticket, promise } = this.tickets.open();
    this.enter((core) => question(core, ticket));
    return unlessAborted(signal, promise, () => {
      this.tickets.take(ticket);
      this.enter((core) => core.happened("withdrawn", ticket));
    });
  }

  /** Settles when there is a core. */
  started() {
    return this.core ?? this.ask((core, ticket) => this.tickets.take(ticket).resolve(core));
  }

  /** Whether an API wants more than another token. */
  wantsMore(challenges, scheme) {
    return this.enter((core) => core.wantsMore(challenges, scheme)) === true;
  }

  publish(snapshot) {
    this.tokens.drop();
    if (snapshot.status === "ended") this.requests.params = undefined;
    this.view.publish(snapshot);
    this.keep();
  }

  post(message) {
    this.#outside.post(message);
  }

  companion() {
    const { companionCookie } = this.#options;
    return companionCookie && rawCookie(companionCookie);
  }

  arm() {
    outsideZones(() => this.enter((core) => core.arm()));
  }

  inspect() {
    const inspected = this.core && this.enter((core) => core.inspect());
    return inspection(this, inspected, this.#outside.hasChannel);
  }

  close() {
    this.isClosed = true;
    this.#queued = [];
    if (this.core) this.happened("closed");
    this.tickets.rejectAll(makeError("ERR_SESSION_CLOSED"));
    this.#outside.unwait();
    this.requests.forget();
    this.view.close();
    this.keep();
  }

  /** Nothing of a closed session is in flight any more. */
  rest() {
    this.#outside.release();
  }
}
