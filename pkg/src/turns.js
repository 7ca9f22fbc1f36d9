// The lock of the turn that this tab has, or waits for.

import { Lock } from "./lock.js";

export class Turns {
  #driver;
  #authOrigin;
  #attempt;
  #lock;

  constructor(driver, authOrigin) {
    this.#driver = driver;
    this.#authOrigin = authOrigin;
  }

  /** Tells the core what has happened to the lock of a turn. */
  #tell(attempt, how) {
    this.#driver.enter((core) => core.locked(attempt, how));
  }

  /** Whether it has a lock, or waits for one. */
  get isOn() {
    return this.#attempt !== undefined;
  }

  /** Whether a turn has not been given up, and its lock is not somebody else's. */
  has(attempt) {
    return this.#attempt === attempt;
  }

  /** Performs a task of the core. */
  perform(task, attempt) {
    if (task === "acquire") return this.#acquire(attempt);
    if (task === "read-again") return this.#tell(attempt, task);
    if (this.#attempt !== attempt) return undefined;
    if (task === "release") return this.release();
    return this.#lock[task](() => this.#tell(attempt, "moved"));
  }

  release() {
    const lock = this.#lock;
    this.#lock = this.#attempt = undefined;
    lock?.release();
    this.#driver.keep();
  }

  #acquire(attempt) {
    const before = this.#lock;
    this.#attempt = attempt;
    this.#lock = new Lock(this.#authOrigin, (isLate) =>
      this.#tell(attempt, isLate ? "granted-late" : "granted"),
    );
    before?.release();
    this.#driver.keep();
  }
}
