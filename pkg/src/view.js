// What the app sees: states, events, errors.

import { denialError, refreshError, signOutError } from "./failures.js";
import { parseClaims } from "./grants.js";
import { own, ownMember } from "./own.js";

export class View {
  #driver;
  /** Hears of states and events: `{ show(state), report(event) }`. Nobody does once the session is closed. */
  #audience;
  /** Who waits until it is known whether there is a session, or why that cannot be known. */
  #curious = [];
  state;

  constructor(driver, state, audience) {
    this.#driver = driver;
    this.state = state;
    this.#audience = audience;
  }

  /** Shows a snapshot of the core. */
  publish(snapshot) {
    const { claims, failure, ...state } = own(snapshot);
    if (state.status === "closed") return;
    if (claims !== undefined) state.claims = parseClaims(claims);
    const { retryAt, refreshAt } = own(state);
    if (failure) state.error = this.#refreshError(failure, retryAt ?? refreshAt);
    this.show(state);
  }

  /** Shows a state. */
  show(state) {
    this.state = Object.freeze(state);
    if (!this.isAwaited) for (const caller of this.#curious.splice(0)) this.#tell(caller);
    this.#audience?.show(this.state);
  }

  /** Whether it is not known whether there is a session, and nothing has failed. */
  get isAwaited() {
    return this.state.status === "unknown" && ownMember(this.state, "error") === undefined;
  }

  /**
   * Settles once it is known whether there is a session, or why that cannot be known yet. Rejects
   * where there is no core.
   */
  known() {
    return new Promise((resolve, reject) => {
      if (this.isAwaited) this.#curious.push({ resolve, reject });
      else this.#tell({ resolve, reject });
    });
  }

  #tell({ resolve, reject }) {
    const error = ownMember(this.state, "error");
    if (error?.code.startsWith("ERR_WASM")) reject(error);
    else resolve();
  }

  /** Hands an event to the app. */
  report(told) {
    const { type, failure, ...members } = own(told);
    const event = { type, at: Date.now(), ...members };
    if (failure) {
      const cause = this.#driver.requests.signOutCause(own(failure), true);
      event.error = signOutError(own(failure), cause);
    }
    this.#audience?.report(Object.freeze(event));
  }

  #refreshError(failure, retryAt) {
    const { requests } = this.#driver;
    return refreshError(own(failure), retryAt, requests.native, requests.endpoint("refresh"));
  }

  /** Why a caller did not get what it asked for, as an error. */
  errorOf(denial) {
    if (denial instanceof Error || denial?.code === undefined) return denial;
    const { failure, retryAt, ...told } = own(denial);
    if (failure) return this.#refreshError(failure, retryAt);
    return denialError(own({ retryAt, ...told }), this.#driver.requests.isUntried);
  }

  /** Nobody hears any more. */
  close() {
    this.#audience = undefined;
    for (const { resolve } of this.#curious.splice(0)) resolve();
  }
}
