// The callers that wait for the core.

export class Tickets {
  #last = 0;
  #waiting = new Map();
  /** Is told when somebody waits, or nobody does any more. */
  #changed;

  constructor(changed) {
    this.#changed = changed;
  }

  /** Whether somebody waits. */
  get areOpen() {
    return this.#waiting.size > 0;
  }

  /** A new ticket, and what settles when the core has answered it. */
  open() {
    this.#last += 1;
    const ticket = this.#last;
    const promise = new Promise((resolve, reject) =>
      this.#waiting.set(ticket, { resolve, reject }),
    );
    this.#changed();
    return { ticket, promise };
  }

  /** Takes a caller out. What is called on the result does nothing if it has gone. */
  take(ticket) {
    const caller = this.#waiting.get(ticket);
    this.#waiting.delete(ticket);
    this.#changed();
    return caller ?? { resolve() {}, reject() {} };
  }

  rejectAll(error) {
    for (const ticket of [...this.#waiting.keys()]) this.take(ticket).reject(error);
  }
}
