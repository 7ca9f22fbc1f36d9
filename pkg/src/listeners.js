// Who is told of each change of the state.

/** Sessions that somebody listens to: they are not collected, even if nobody holds them. */
const heard = new Set();

export class Listeners {
  #entries = new Set();
  /** The session that is kept for them. */
  #session;

  /** Adds a listener, and keeps the session for as long as there is one. Returns its undo. */
  add(listener, session) {
    // An object of its own, so that one function added twice is called twice and undone one by one.
    const entry = { listener };
    this.#entries.add(entry);
    this.#session = session;
    if (session) heard.add(session);
    // Whoever keeps the function that undoes it does not keep the session.
    let listeners = this;
    return () => {
      if (listeners) listeners.#remove(entry);
      listeners = undefined;
    };
  }

  #remove(entry) {
    this.#entries.delete(entry);
    if (this.#entries.size === 0) this.clear();
  }

  /** Calls all. */
  notify() {
    for (const entry of [...this.#entries]) {
      // Undone by one before it: as with event listeners, it is not called any more.
      if (!this.#entries.has(entry)) continue;
      try {
        entry.listener.call(undefined);
      } catch (error) {
        // As if it had been an event listener: reported, and nobody else's concern.
        reportError(error);
      }
    }
  }

  clear() {
    this.#entries.clear();
    heard.delete(this.#session);
    this.#session = undefined;
  }
}
