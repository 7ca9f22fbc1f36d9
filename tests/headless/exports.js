// The exports of the wasm, of an instance that no other test uses, and a shell that records what
// the core asks of it.

export async function load() {
  const exports = await import(new URL("/wasm-bindgen-test?exports", location.origin));
  const wasm = new URL("/wasm-bindgen-test_bg.wasm", location.origin);
  await exports.default({ module_or_path: wasm });
  return exports;
}

export const monotonic = () => performance.now();

const encode = (value) =>
  btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** An access token of alice. */
export function tokenOf(number) {
  const claims = { sub: "alice", iat: 1_700_000_000, exp: 1_700_000_900, jti: String(number) };
  return `${encode({ alg: "none" })}.${encode(claims)}.${number}`;
}

/** Acts for a core, as `pkg/src/port.js` does. Locks are free, and requests are answered by hand. */
export class Shell {
  core;
  entries = new Map();
  sent = [];
  posted = [];
  answers = [];
  published = [];
  reported = [];
  armed = 0;

  static start({ Core }, flags) {
    const shell = new Shell();
    shell.core = new Core(shell, Number.NaN, Number.NaN, Number.NaN, Number.NaN, flags, "none");
    shell.core.happened("started", 0);
    return shell;
  }

  read = (entry) => this.entries.get(entry);
  store = (entry, text) => void this.entries.set(entry, text);
  remove = (entry) => void this.entries.delete(entry);
  keeps = () => true;
  companion = () => undefined;
  post = (message) => void this.posted.push(message);
  lock = (task, attempt) => {
    const how = { acquire: "granted", "read-again": "read-again" }[task];
    if (how) this.core.locked(attempt, how);
  };
  grant = (...granted) => void this.answers.push(["grant", ...granted]);
  settle = (...settled) => void this.answers.push(["settle", ...settled]);
  deny = (ticket, { code, reason }) => void this.answers.push(["deny", ticket, code, reason]);
  publish = (snapshot) => void this.published.push(snapshot);
  report = (report) => void this.reported.push(report);
  url = (endpoint) => `https://app.test/auth/${endpoint}`;
  init = () => ({ method: "PUT", body: "{}" });
  send = (endpoint, attempt, id, request, token) =>
    void this.sent.push({ endpoint, attempt, id, request, token });
  login = (ticket) => void this.answers.push(["login", ticket]);
  rearm = () => {
    this.armed += 1;
    this.core.arm();
  };
  tick = () => this.core.happened("tick", 0);
  rest = () => void this.answers.push(["rest"]);

  /** Answers the last request with this token. */
  bring(token) {
    const { attempt } = this.sent.at(-1);
    const { read } = this.core.read(token, Number.NaN, Number.NaN, Number.NaN, "sub", undefined);
    this.core.granted("refresh", read, 0, attempt, false);
  }

  /** What is wrong with a token. */
  fault = (token, lifetime) =>
    this.core.read(token, lifetime, Number.NaN, Number.NaN, "sub", undefined).fault;

  /** The last of what was recorded under this name, as JSON. */
  last = (name) => JSON.stringify(this[name].at(-1));

  count = (name) => this[name].length;

  /** What a request is made of. */
  lastRequest() {
    const { request } = this.sent.at(-1);
    const { url, method, credentials, cache, redirect, headers } = request;
    return JSON.stringify([url, method, credentials, cache, redirect, headers.get("accept")]);
  }
}
