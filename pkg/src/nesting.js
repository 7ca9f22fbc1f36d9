// Calls of the session by functions of the app that the session waits for.

import { waitsForItself } from "./failures.js";

export class Nesting {
  /** Which of these functions is being called. */
  #calling;

  /** Whether such a function is being called. */
  get isNested() {
    return this.#calling !== undefined;
  }

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

  /** Throws where a call by such a function would wait for its end. */
  refuse(method, driver) {
    if (this.#calling !== undefined && driver.isBusy) throw waitsForItself(this.#calling, method);
  }
}
