// `session.ready`: whether it is known if there is a session.

import { ownMember } from "./own.js";

export class Ready {
  promise;
  #resolve;
  #reject;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Whoever awaits it sees the error; whoever does not is not punished with an unhandled rejection.
    this.promise.catch(() => {});
  }

  /** Settles if this state says so. */
  note(state) {
    const error = ownMember(state, "error");
    // There will never be a core.
    if (error?.retryable === false) this.reject(error);
    else if (state.status !== "unknown" || error) this.#resolve();
  }

  reject(error) {
    this.#reject(error);
  }
}
