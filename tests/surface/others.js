// Everything beside the session that a test controls: other tabs, holders of the lock, stored
// entries, a clock that stands still, missing browser APIs. For a page and for a worker.

/** Resolves after the tasks that are due. */
function nextTask() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(port1.close());
    port2.postMessage(undefined);
  });
}

/** Waits until a function returns a truthy value, and returns that value. */
export async function waitFor(isSo) {
  for (;;) {
    const found = await isSo();
    if (found) return found;
    await nextTask();
  }
}

/** Waits for more tasks than anything takes that needs no timer and no other tab. */
export async function manyTasks() {
  for (let task = 0; task < 50; task++) await nextTask();
}

const named = ({ name = "default", refresh = "/auth/refresh" } = {}) => ({
  name,
  url: new URL(refresh, location.href),
});

/**
 * The storage key of an entry, for a session with these options. Written out, because the names are
 * frozen.
 */
export function keyOf(kind, options) {
  const { name, url } = named(options);
  // These entries belong to the cookie, whatever the name of the session.
  if (["attempt", "answered", "in-flight", "spent"].includes(kind))
    return `silent-session:1:${kind}:${url.origin} ${url.pathname}`;
  return `silent-session:1:${kind}:${name}:${url.href}`;
}

/** Reads a stored entry. */
export const entry = (kind, options) => localStorage.getItem(keyOf(kind, options)) ?? undefined;

/** Writes an entry, as another tab would. */
export const writeEntry = (kind, value, options) =>
  localStorage.setItem(keyOf(kind, options), value);

/** Lets another tab overwrite an entry right after its next read, once. */
export function overtakeRead(kind, value, options) {
  const { getItem } = Storage.prototype;
  Storage.prototype.getItem = function (key) {
    const found = getItem.call(this, key);
    if (key === keyOf(kind, options)) {
      Storage.prototype.getItem = getItem;
      this.setItem(key, value);
    }
    return found;
  };
}

/** Collects the states of a session from now on. */
export function statesOf(session) {
  const states = [];
  session.subscribe(() => states.push(session.state));
  return states;
}

const ASKING = "a5ca5ca5ca5ca5ca5ca5ca5ca5ca5ca5";

/** Another tab with a session of these options, played by the test. */
export class Peer {
  constructor(options) {
    const { name, url } = named(options);
    // Written out, because the name is frozen.
    this.channel = new BroadcastChannel(`silent-session:${name}:${url.href}`);
    this.echoes = new BroadcastChannel(this.channel.name);
    this.heard = [];
    this.channel.onmessage = ({ data }) => {
      if (data?.echo === undefined) this.heard.push(data);
      else if (data.echo === this.id) this.echoed();
    };
    this.id = crypto.randomUUID();
  }

  say(message) {
    this.channel.postMessage(message);
  }

  /** Counts the messages of this kind, or those of them that came from this tab. */
  count(kind, from) {
    return this.heard.filter(
      (message) => message.kind === kind && (from === undefined || message.from === from),
    ).length;
  }

  last(kind) {
    return this.heard.findLast((message) => message.kind === kind);
  }

  /** Waits for a message of this kind. Returns the last one. */
  hears(kind) {
    return waitFor(() => this.last(kind));
  }

  /** Counts the replies to a hello. */
  answers() {
    return ["here", "token", "began", "over"].reduce((sum, kind) => sum + this.count(kind), 0);
  }

  /**
   * Sends a hello and waits for a reply. By then all earlier messages, and the replies to them,
   * have arrived.
   */
  async ask() {
    // Messages that are still on the way are no reply to this.
    const echoed = new Promise((resolve) => (this.echoed = resolve));
    this.echoes.postMessage({ echo: this.id });
    await echoed;
    const before = this.answers();
    this.say({ v: 1, from: ASKING, kind: "hello" });
    await waitFor(() => this.answers() > before);
  }

  leave() {
    this.channel.close();
    this.echoes.close();
  }
}

/** An unsigned JWT. */
export function jwt(claims) {
  const encode = (value) =>
    btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `${encode({ alg: "none" })}.${encode(claims)}.x`;
}

/** The lock of an auth origin. Written out, because the name is frozen. */
export const lockOf = (origin = location.origin) => `silent-session:${origin}`;

// The original methods, which no spy replaces.
const { request, query } = globalThis.LockManager?.prototype ?? {};

/** A request for the lock that the test makes in this page or worker. */
class LockHere {
  constructor(name) {
    this.state = "waits";
    const hold = () => {
      this.state = "holds";
      return new Promise((resolve) => (this.letGo = resolve));
    };
    request.call(navigator.locks, name, hold).then(
      () => (this.state = "released"),
      (error) => (this.state = error.name),
    );
  }
}

const HOLDER = `
  onmessage = ({ data: name }) => {
    let letGo;
    const hold = () => {
      postMessage("holds");
      return new Promise((resolve) => (letGo = resolve));
    };
    postMessage("waits");
    navigator.locks.request(name, hold).then(
      () => postMessage("released"),
      (error) => postMessage(error.name),
    );
    onmessage = () => letGo();
  };
`;

/** A request from a worker, which is another client to Web Locks, as another tab is. */
class LockElsewhere {
  constructor(name) {
    this.state = "starts";
    this.worker = new Worker(URL.createObjectURL(new Blob([HOLDER], { type: "text/javascript" })));
    this.worker.onmessage = ({ data }) => (this.state = data);
    this.worker.postMessage(name);
  }

  letGo() {
    this.worker.postMessage("let go");
  }

  kill() {
    this.worker.terminate();
  }
}

export const askForLock = (name = lockOf()) => new LockHere(name);
export const askForLockElsewhere = (name = lockOf()) => new LockElsewhere(name);

/** Requests the lock, and waits until it is granted. */
export async function holdLock(name) {
  const lock = askForLock(name);
  await waitFor(() => lock.state === "holds");
  return lock;
}

export async function holdLockElsewhere(name) {
  const lock = askForLockElsewhere(name);
  await waitFor(() => lock.state === "holds");
  return lock;
}

/** Waits until so many requests hold the lock and so many are pending. */
export function untilLocks(held, pending, name = lockOf()) {
  const count = (locks) => locks.filter((lock) => lock.name === name).length;
  return waitFor(async () => {
    const now = await query.call(navigator.locks);
    return count(now.held) === held && count(now.pending) === pending;
  });
}

/** Records the calls of the lock manager. */
export class LockSpy {
  /** The name and the options of each request. */
  asked = [];
  /** The number of queries that have returned. */
  looks = 0;

  constructor() {
    navigator.locks.request = (name, options, callback) => {
      this.asked.push(`${name} ${Object.keys(options)}`);
      return request.call(navigator.locks, name, options, callback);
    };
    navigator.locks.query = async () => {
      const snapshot = await query.call(navigator.locks);
      this.looks += 1;
      return snapshot;
    };
  }
}

/** Removes a member of an object until it is given back. */
export function takeAway(owner, name) {
  return replace(owner, name, { value: undefined });
}

/** Makes a member throw on access. */
export function refuse(owner, name) {
  return replace(owner, name, {
    get() {
      throw new DOMException("refused", "SecurityError");
    },
  });
}

function replace(owner, name, descriptor) {
  const own = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { ...descriptor, configurable: true });
  return () => {
    if (own) Object.defineProperty(owner, name, own);
    else delete owner[name];
  };
}

/**
 * Stops the wall clock until the returned function is called: the dates of a session are then exact.
 * Everything that waits goes on by the other clock.
 */
export function stopWallClock() {
  const { now } = Date;
  const stopped = now();
  Date.now = () => stopped;
  return () => {
    Date.now = now;
  };
}

/** Stops both clocks. The test sets them; timers still run. */
export class StoppedClock {
  #real = { wall: Date.now, monotonic: performance.now };
  #passed = 0;

  constructor() {
    const [wall, monotonic] = [Date.now(), performance.now()];
    Date.now = () => wall + this.#passed;
    performance.now = () => monotonic + this.#passed;
  }

  advance(ms) {
    this.#passed += ms;
  }

  /**
   * Asks for a refresh (with these options), and waits for its outcome. No time passes until it has failed for the first
   * time, however long that takes; then the caller's patience is over.
   */
  async refresh(session, patience, options) {
    const refreshed = session.refresh(options);
    // The caller handles it.
    refreshed.catch(() => {});
    const { error: before } = session.state;
    const failed = waitFor(() => session.state.error !== before);
    await Promise.race([refreshed.catch(() => {}), failed]);
    this.advance(patience * 1000);
    return refreshed;
  }

  /**
   * Lets time pass in steps, one every 20 ms. While the page or the worker stands still no time
   * passes: steps are not made up for. Returns a function that stops the clock again.
   */
  walk(step = 20) {
    const steps = setInterval(() => this.advance(step), 20);
    return () => clearInterval(steps);
  }

  /** Lets both clocks go on from the current value. A jump would look like a sleep to a session. */
  resume() {
    const { wall, monotonic } = this.#real;
    const [ahead, began] = [Date.now() - wall.call(Date), performance.now()];
    const started = monotonic.call(performance);
    Date.now = () => wall.call(Date) + ahead;
    performance.now = () => began + monotonic.call(performance) - started;
  }
}
