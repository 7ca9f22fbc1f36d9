// The lock of the turn that this tab has, or waits for.

import { isShared, Lock } from "./lock.js";

/** Drivers that have a lock, or wait for one. They are not collected: nobody else would give it back. */
const kept = new Set();

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

  /** Whether all tabs take turns, or this page's sessions only. */
  get areShared() {
    return isShared();
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
    kept.delete(this.#driver);
    const lock = this.#lock;
    this.#lock = this.#attempt = undefined;
    lock?.release();
  }

  #acquire(attempt) {
    const before = this.#lock;
    kept.add(this.#driver);
    this.#attempt = attempt;
    this.#lock = new Lock(this.#authOrigin, (isLate) =>
      this.#tell(attempt, isLate ? "granted-late" : "granted"),
    );
    before?.release();
  }
}
