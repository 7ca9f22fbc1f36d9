// What a test plays by hand beside a session: other tabs, holders of the lock, what is stored, a
// clock that stands still, a browser that lacks something. For a page and for a worker.

/** After the tasks that are due. */
function nextTask() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(port1.close());
    port2.postMessage(undefined);
  });
}

/** Waits until it is so, and returns what it then is. */
export async function waitFor(isSo) {
  for (;;) {
    const found = await isSo();
    if (found) return found;
    await nextTask();
  }
}

/** Long enough for whatever does not wait for anything. */
export async function manyTasks() {
  for (let task = 0; task < 50; task++) await nextTask();
}

const named = ({ name = "default", refresh = "/auth/refresh" } = {}) => ({
  name,
  url: new URL(refresh, location.href),
});

/**
 * The key of an entry in storage, for the session of these options. Written out: the names are
 * frozen.
 */
export function keyOf(kind, options) {
  const { name, url } = named(options);
  // Those are the cookie's, whatever the session is called.
  if (["attempt", "answered", "in-flight"].includes(kind))
    return `silent-session:1:${kind}:${url.origin} ${url.pathname}`;
  return `silent-session:1:${kind}:${name}:${url.href}`;
}

/** What is stored there. */
export const entry = (kind, options) => localStorage.getItem(keyOf(kind, options)) ?? undefined;

/** Writes it, as another tab would. */
export const writeEntry = (kind, value, options) =>
  localStorage.setItem(keyOf(kind, options), value);

/** Another tab writes it right after it has been read here, once. */
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

/** The states of a session from now on. */
export function statesOf(session) {
  const states = [];
  session.subscribe(() => states.push(session.state));
  return states;
}

const ASKING = "a5ca5ca5ca5ca5ca5ca5ca5ca5ca5ca5";

/** Another tab of the session of these options. */
export class Peer {
  constructor(options) {
    const { name, url } = named(options);
    // Written out: the name is frozen.
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

  /** How many messages of this kind were heard, or how many of them this tab has said. */
  count(kind, from) {
    return this.heard.filter(
      (message) => message.kind === kind && (from === undefined || message.from === from),
    ).length;
  }

  last(kind) {
    return this.heard.findLast((message) => message.kind === kind);
  }

  /** The last message of this kind, as soon as there is one. */
  hears(kind) {
    return waitFor(() => this.last(kind));
  }

  /** How many messages were answers to a hello. */
  answers() {
    return ["here", "token", "began", "over"].reduce((sum, kind) => sum + this.count(kind), 0);
  }

  /**
   * Says hello, and waits for an answer: whatever was said before has been heard by then, and all
   * that was answered to it.
   */
  async ask() {
    // What is still on its way is no answer to this.
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

/** The lock of an auth origin. Written out: the name is frozen. */
export const lockOf = (origin = location.origin) => `silent-session:${origin}`;

// The manager's own methods, which no spy sees.
const { request, query } = globalThis.LockManager?.prototype ?? {};

/** A lock that is asked for by hand, in this page or worker. */
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

/** The same in a worker: to Web Locks another client, as another tab is. */
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

/** Asked for, and had. */
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

/** Waits until so many hold the lock, and so many wait for it. */
export function untilLocks(held, pending, name = lockOf()) {
  const count = (locks) => locks.filter((lock) => lock.name === name).length;
  return waitFor(async () => {
    const now = await query.call(navigator.locks);
    return count(now.held) === held && count(now.pending) === pending;
  });
}

/** Sees what is asked of the lock manager. */
export class LockSpy {
  /** Name and options of each request. */
  asked = [];
  /** When the first was made, by the page's clock. */
  since;
  /** How many looks at who holds what have been answered. */
  looks = 0;

  constructor() {
    navigator.locks.request = (name, options, callback) => {
      this.asked.push(`${name} ${Object.keys(options)}`);
      this.since ??= performance.now();
      return request.call(navigator.locks, name, options, callback);
    };
    navigator.locks.query = async () => {
      const snapshot = await query.call(navigator.locks);
      this.looks += 1;
      return snapshot;
    };
  }
}

/** Has the browser lack a member of this object, until it is given back. */
export function takeAway(owner, name) {
  return replace(owner, name, { value: undefined });
}

/** Has it throw whenever it is looked at. */
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

/** Both clocks, stopped and set by hand. Timers run. */
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
   * They go on from where they stand: nothing is skipped, which a session might take for a sleep.
   */
  resume() {
    const { wall, monotonic } = this.#real;
    const [ahead, began] = [Date.now() - wall.call(Date), performance.now()];
    const started = monotonic.call(performance);
    Date.now = () => wall.call(Date) + ahead;
    performance.now = () => began + monotonic.call(performance) - started;
  }
}
