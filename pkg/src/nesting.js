// Calls of the session by functions of the app that the session waits for.

import { waitsForItself } from "./failures.js";

/** The options that may be functions which the session waits for, by their names in what `readOptions` returns. */
const AWAITED = {
  refreshBy: "refresh",
  signOutBy: "signOut",
  readToken: "readToken",
  csrfToken: "csrf.token",
};

export class Nesting {
  /** Which of these functions is being called. */
  #calling;

  /** A function of the app that the session waits for; anything else as it is. */
  wrap(name, value) {
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

  /** Wraps those that the session waits for. */
  wrapOptions(options) {
    for (const [member, name] of Object.entries(AWAITED))
      options[member] = this.wrap(name, options[member]);
  }

  /** Throws where a call by such a function would wait for its end: for ever. */
  refuse(driver, method) {
    if (this.#calling !== undefined && driver.isBusy) throw waitsForItself(this.#calling, method);
  }

  /** The same of a call that waits only where there is no token. */
  refuseWithoutToken(driver, method) {
    if (this.#calling === undefined || driver.view.state.status === "ended") return;
    if (driver.tokens.held(false) === undefined) this.refuse(driver, method);
  }
}
