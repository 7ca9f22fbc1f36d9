// Other tabs by hand: what they say on the channel, what they do at the lock. One file, for the server of the test
// runner gets stuck when a page loads many at once.

/** Another tab of a session. */
export class Peer {
  constructor(channel) {
    this.heard = [];
    this.channel = new BroadcastChannel(channel);
    this.echoes = new BroadcastChannel(channel);
    this.id = crypto.randomUUID();
    this.channel.onmessage = ({ data }) =>
      data?.echo ? data.echo === this.id && this.echoed() : this.heard.push(data);
  }

  /** Resolves when all that was said until now, in this page, was heard. */
  hasHeard() {
    return new Promise((resolve) => {
      this.echoed = resolve;
      this.echoes.postMessage({ echo: this.id });
    });
  }

  say(message) {
    this.channel.postMessage(message);
  }

  /** How many messages of this kind were heard. */
  count(kind) {
    return this.heard.filter((message) => message.kind === kind).length;
  }

  /** How many messages were answers to a hello. */
  answers() {
    return this.heard.filter(({ kind }) => ["here", "token", "began", "over"].includes(kind))
      .length;
  }

  /** How many of them this tab has said. */
  countFrom(from, kind) {
    return this.heard.filter((message) => message.from === from && message.kind === kind).length;
  }

  /** The last message of this kind. */
  last(kind) {
    return this.heard.findLast((message) => message.kind === kind);
  }

  lastKind() {
    return this.heard.at(-1).kind;
  }

  /** All that was heard, as text. */
  text() {
    return JSON.stringify(this.heard);
  }
}

const closed = [];
const { close } = BroadcastChannel.prototype;
BroadcastChannel.prototype.close = function () {
  closed.push(this.name);
  return close.call(this);
};

/** How many channels of this name were closed, that of a session or of a test. */
export function countClosed(channel) {
  return closed.filter((name) => name === channel).length;
}

const isId = (value) => typeof value === "string" && /^[0-9a-f]{32}$/.test(value);
const isDigest = (value) => typeof value === "string" && /^[0-9a-f]{16}$/.test(value);
const isTime = (value) => Number.isInteger(value) && value >= 0;

/** What is the same in all messages of one kind: their members, the types of these, and values that are no id, token or time. */
export function form(message) {
  const valueForm = ([name, value]) => {
    if (["from", "epoch", "until"].includes(name) && isId(value)) return [name, "an id"];
    if (name === "subject" && isDigest(value)) return [name, "a digest"];
    if (["lifetime", "age", "sent"].includes(name) && isTime(value)) return [name, "milliseconds"];
    return [name, name === "token" ? typeof value : value];
  };
  return JSON.stringify(Object.fromEntries(Object.entries(message).map(valueForm).sort()));
}

/** The same message, but for these members. */
export function altered(message, members) {
  return { ...message, ...JSON.parse(members) };
}

/** An unsigned JWT. */
export function jwt(claims) {
  const encode = (text) => btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `${encode('{"alg":"none"}')}.${encode(claims)}.x`;
}

const DIGITS = "0123456789abcdef0123456789abcdef";
const MISSING = Symbol("missing");
const NO_TEXT = [MISSING, null, 1, NaN, true, [], {}, ""];
const NO_ID = [
  ...NO_TEXT,
  DIGITS.slice(1),
  `${DIGITS}0`,
  `g${DIGITS.slice(1)}`,
  "é".repeat(16),
  ` ${DIGITS.slice(1)}`,
  [DIGITS],
];
const NO_EPOCH = [...NO_ID, "f".repeat(32)];
const NO_TIME = [MISSING, -1, NaN, Infinity, -Infinity, "1", true, [], [1], {}, ""];
const NO_VALUE = {
  v: [MISSING, null, 0, 2, 1.5, -1, NaN, Infinity, "1", true, [1], {}],
  from: NO_ID,
  kind: [...NO_TEXT, "Hello", "hello ", "later", "__proto__", "constructor", ["hello"]],
  epoch: NO_EPOCH,
  until: NO_EPOCH,
  subject: [...NO_TEXT, "--", "g".repeat(16), "alice", DIGITS, ["-"]],
  token: [
    ...NO_TEXT,
    "a b",
    "a\nb",
    "a\r\nx-evil: 1",
    "a\tb",
    "tökén",
    "\0",
    "a\u007f",
    " ",
    "\ud800",
    ["a"],
  ],
  lifetime: NO_TIME,
  age: [...NO_TIME, null],
  sent: [...NO_TIME, null],
  reason: [...NO_TEXT, "Signed-out", "signed out", "expired", ["rejected"]],
};

const show = (value) =>
  typeof value === "object" || typeof value === "string" ? JSON.stringify(value) : String(value);

/** All ways to spoil one member of a message: pairs of what was done, and what it became. */
export function spoiled(message) {
  return Object.keys(message).flatMap((name) =>
    NO_VALUE[name].map((value) => {
      const spoiled = { ...message, [name]: value };
      if (value === MISSING) delete spoiled[name];
      return [`${name}: ${show(value)}`, spoiled];
    }),
  );
}

/** What is no message at all. */
export function junk() {
  const all = [
    undefined,
    null,
    0,
    1,
    NaN,
    true,
    "",
    "hello",
    '{"v":1}',
    [],
    [1],
    {},
    { v: 1 },
    new Map([["v", 1]]),
  ];
  all.push(
    1n,
    new Date(0),
    new Error("x"),
    /x/,
    new Uint8Array(4),
    new Blob(["x"]),
    new String("hello"),
  );
  const cyclic = { v: 1, from: DIGITS };
  cyclic.kind = cyclic;
  return [...all, cyclic];
}

// The manager's own methods, which no spy sees.
const { request, query } = LockManager.prototype;

/** A lock that is asked for by hand, in this page. */
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

const WORKER = `
  onmessage = ({ data: name }) => {
    let letGo;
    const hold = () => {
      postMessage("holds");
      return new Promise((resolve) => (letGo = resolve));
    };
    postMessage("waits");
    navigator.locks.request(name, hold).then(() => postMessage("released"), (error) => postMessage(error.name));
    onmessage = () => letGo();
  };
`;

/** The same in a worker: to Web Locks another client, as another tab is. */
class LockElsewhere {
  constructor(name) {
    this.state = "starts";
    this.worker = new Worker(URL.createObjectURL(new Blob([WORKER], { type: "text/javascript" })));
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

export const lockHere = (name) => new LockHere(name);
export const lockElsewhere = (name) => new LockElsewhere(name);

/** How many hold this lock, or wait for it ("held", "pending"). */
export async function count(what, name) {
  const locks = await query.call(navigator.locks);
  return locks[what].filter((lock) => lock.name === name).length;
}

/** Sees what is asked of the lock manager. */
export class Spy {
  constructor() {
    this.requests = [];
    this.looks = 0;
    navigator.locks.request = (name, options, callback) => {
      this.requests.push(`${name} ${Object.keys(options)}`);
      return request.call(navigator.locks, name, options, callback);
    };
    navigator.locks.query = async () => {
      const snapshot = await query.call(navigator.locks);
      this.looks += 1;
      return snapshot;
    };
  }

  asked() {
    return this.requests.join(", ");
  }

  goHome() {
    delete navigator.locks.request;
    delete navigator.locks.query;
  }
}

/** Takes a member of a global away, or (of "") a global, or breaks it, until it is called back. */
export class Taken {
  constructor(owner, name, isBroken) {
    this.owner = owner
      .split(".")
      .reduce((owner, name) => (name === "" ? owner : owner[name]), globalThis);
    this.name = name;
    this.own = Object.getOwnPropertyDescriptor(this.owner, name);
    const refuse = () => {
      throw new DOMException("refused", "SecurityError");
    };
    if (!isBroken)
      Object.defineProperty(this.owner, name, { value: undefined, configurable: true });
    else Object.defineProperty(this.owner, name, { get: refuse, configurable: true });
    if (!isBroken && owner === "") delete this.owner[name];
  }

  giveBack() {
    if (this.own) Object.defineProperty(this.owner, this.name, this.own);
    else delete this.owner[this.name];
  }
}

/**
 * A page whose Web Locks are there and refuse. Sessions remember that for as long as the page lives, so these are of
 * an instance of the wasm that nobody else uses.
 */
export class RefusedPage {
  static async open() {
    const instance = await import(new URL("/wasm-bindgen-test?refused", location.origin));
    await instance.default({
      module_or_path: new URL("/wasm-bindgen-test_bg.wasm", location.origin),
    });
    return new RefusedPage(instance.Core);
  }

  constructor(Core) {
    this.Core = Core;
    this.refusals = 0;
    navigator.locks.request = async () => {
      this.refusals += 1;
      throw new DOMException("Access to the Locks API is denied in this context.", "SecurityError");
    };
  }

  start(options, fetch) {
    return new this.Core({ ...JSON.parse(options), fetch }, () => {});
  }

  leave() {
    delete navigator.locks.request;
  }
}
