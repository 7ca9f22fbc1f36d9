// Web Locks: one writer of the refresh cookie at a time, over all tabs of one browser.
//
// The lock is named `silent-session:` and the auth origin. **The name is frozen**: it says nothing of the session's own name, nor of
// a version, for it is the cookie that is guarded.
//
// The lock of a tab that is closed or killed is free at once. That of a tab that is frozen, or stopped in a debugger, is stolen when
// the same tab has held it for longer than a tab that runs ever does. The machine decides that, and compares who holds it by what is
// reported here. Holders are told by their client id, and all sessions of one page have the same.
//
// Where Web Locks are missing (an insecure context, an old web view) or refused (third-party storage is blocked), there is a queue
// within this page.

import { requestLocally } from "./local-lock.js";

const PREFIX = "silent-session:";

/** Web Locks are there, and refuse. */
let areRefused = false;

const manager = () => {
  const locks = globalThis.navigator?.locks;
  return typeof locks === "object" && locks !== null ? locks : undefined;
};

/** Whether all tabs take turns, or this page's sessions only. */
export const isShared = () => manager() !== undefined && !areRefused;

/** A lock that was requested, or is held. */
export class Lock {
  #name;
  #granted;
  #withdrawal = new AbortController();
  /** "asked", "held", "local" or "gone". */
  #state = "asked";
  /** What gives it back. */
  #giveBack;
  /** Who held it at the last look: a client id. */
  #holder;

  /** Requests it. `granted` is called once, with whether somebody else had it first. */
  constructor(authOrigin, granted) {
    this.#name = PREFIX + authOrigin;
    this.#granted = granted;
    if (isShared()) this.#request({ __proto__: null, ifAvailable: true });
    else this.#askLocally();
  }

  /** Calls `moved` if somebody else has the lock than at the last look. */
  watch(moved) {
    return this.#look(moved, () => {});
  }

  /** The same; but if it is still the same one, takes the lock from there. Those who wait go on waiting. */
  steal(moved) {
    return this.#look(moved, () => {
      this.#withdrawal.abort();
      this.#request({ __proto__: null, steal: true });
    });
  }

  /** Gives it back, or withdraws the request. */
  release() {
    const before = this.#state;
    this.#state = "gone";
    if (before === "asked") this.#withdrawal.abort();
    this.#giveBack?.();
  }

  async #look(moved, same) {
    if (!manager()) return;
    const seen = this.#holder;
    this.#holder = await holderOf(this.#name);
    if (this.#state === "asked") (seen === this.#holder ? same : moved)();
  }

  /** A request that steals or does not wait takes no signal (Web Locks, section 3.1). */
  #request(options) {
    const refused = (error) => error?.name !== "AbortError" && this.#refused();
    try {
      const hold = (lock) => this.#hold(options, lock);
      Promise.resolve(manager().request(this.#name, options, hold)).catch(refused);
    } catch {
      this.#refused();
    }
  }

  /** The lock is ours, or (`null`) somebody else's. Returns what it is held by. */
  #hold(options, lock) {
    // Granted and released at the same time: given back at once.
    if (this.#state !== "asked" && this.#state !== "held") return undefined;
    if (lock === null) {
      this.#request({ __proto__: null, signal: this.#withdrawal.signal });
      holderOf(this.#name).then((holder) => (this.#holder = holder));
      return undefined;
    }
    const wasAsked = this.#state === "asked";
    this.#state = "held";
    const held = new Promise((resolve) => (this.#giveBack = resolve));
    if (wasAsked) this.#granted(!options.ifAvailable);
    return held;
  }

  #refused() {
    if (this.#state !== "asked") return;
    areRefused = true;
    this.#askLocally();
  }

  #askLocally() {
    this.#state = "local";
    const giveBack = requestLocally(this.#name, (contended) => this.#granted(contended));
    // It may have been granted and released already.
    if (this.#state === "gone") giveBack();
    else this.#giveBack = giveBack;
  }
}

/** The client id of who holds it; `undefined` where nobody does, or where it cannot be told. */
async function holderOf(name) {
  try {
    const { held } = await manager().query();
    return held.find((lock) => lock.name === name)?.clientId;
  } catch {
    return undefined;
  }
}
