// The shell, as the core sees it (`src/web/shell.rs`).

/**
 * What the core calls. It holds its driver weakly: the core is held by the driver, and what the wasm holds is never collected. No
 * method throws: an exception would leave the core in the middle of its work.
 */
export class Port {
  #driver;

  constructor(driver) {
    this.#driver = driver.weakly;
  }

  #with(call) {
    try {
      const driver = this.#driver.deref();
      // That of a core that has crashed is not listened to any more.
      return driver?.port === this ? call(driver) : undefined;
    } catch (error) {
      reportError(error);
      return undefined;
    }
  }

  read(entry) {
    return this.#with(({ entries }) => entries.read(entry));
  }

  store(entry, text) {
    this.#with(({ entries }) => entries.store(entry, text));
  }

  remove(entry) {
    this.#with(({ entries }) => entries.remove(entry));
  }

  keeps() {
    return this.#with(({ entries }) => entries.isKept) === true;
  }

  companion() {
    return this.#with((driver) => driver.companion());
  }

  post(message) {
    this.#with((driver) => driver.post(message));
  }

  lock(task, attempt) {
    this.#with(({ turns }) => turns.perform(task, attempt));
  }

  grant(ticket, token, epoch, generation) {
    this.#with(({ tickets }) => tickets.take(ticket).resolve({ token, epoch, generation }));
  }

  settle(ticket, status) {
    this.#with(({ tickets }) => tickets.take(ticket).resolve(status));
  }

  deny(ticket, denial) {
    this.#with(({ tickets }) => tickets.take(ticket).reject(denial));
  }

  publish(snapshot) {
    this.#with((driver) => driver.publish(snapshot));
  }

  report(report) {
    this.#with(({ view }) => view.report(report));
  }

  url(endpoint) {
    return this.#with(({ requests }) => requests.endpoint(endpoint)?.url);
  }

  init(endpoint) {
    return this.#with(({ requests }) => requests.endpoint(endpoint).init) ?? {};
  }

  send(endpoint, attempt, id, request, token) {
    this.#with(({ requests }) => requests.send(endpoint, attempt, id, request, token));
  }

  login(ticket) {
    this.#with(({ requests }) => requests.login(ticket));
  }

  rearm() {
    this.#with((driver) => driver.arm());
  }

  tick() {
    this.#with((driver) => driver.happened("tick"));
  }

  rest() {
    this.#with((driver) => driver.rest());
  }
}
