// Validates what createSession is given, once, at the edge. The wasm gets absolute URLs and numbers.

const KNOWN = [
  "attemptHeader", "companionCookie", "fetch", "identity", "leeway", "lockTimeout", "name", "onEvent", "patience", "readToken", "refresh", "refreshAhead", "restore",
  "sendTokenTo", "shareToken", "signOut", "timeout", "wasm",
];

/** The name of a header that fetch takes, or of a cookie (RFC 9110, section 5.6.2; RFC 6265, section 4.1.1). */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** A TypeError that names the option or argument, and says what would be right. */
export function invalid(name, wanted, cause) {
  const error = new TypeError(`${name}: ${wanted}`, cause && { cause });
  error.code = "ERR_INVALID_OPTION";
  return error;
}

/** Options as the wasm reads them; what is not set stays undefined, for its defaults are there. */
export function readOptions(options) {
  if (options === null || typeof options !== "object") {
    throw invalid("refresh", "createSession takes an object with at least the refresh URL");
  }
  for (const name of Object.keys(options)) {
    if (!KNOWN.includes(name)) throw invalid(name, `is not known; there are ${KNOWN.join(", ")}`);
  }
  const refresh = url("refresh", options.refresh);
  const { attemptHeader = "X-Requested-With", name = "default" } = options;
  if (typeof attemptHeader !== "string" || !TOKEN.test(attemptHeader)) {
    throw invalid("attemptHeader", "must be the name of a header");
  }
  if (typeof name !== "string" || name === "") throw invalid("name", "must be a string that is not empty");
  if (options.fetch !== undefined && typeof options.fetch !== "function") {
    throw invalid("fetch", "must be a function like fetch");
  }
  const { companionCookie } = options;
  if (companionCookie !== undefined && (typeof companionCookie !== "string" || !TOKEN.test(companionCookie))) {
    throw invalid("companionCookie", "must be the name of a cookie");
  }
  const { identity, onEvent } = options;
  if (identity !== undefined && typeof identity !== "function" && !isText(identity)) {
    throw invalid("identity", "must be the name of a claim, or a function that tells whose a token is");
  }
  if (onEvent !== undefined && typeof onEvent !== "function") {
    throw invalid("onEvent", "must be a function that is told what happens");
  }
  return {
    refresh: refresh.href,
    authOrigin: refresh.origin,
    signOut: options.signOut === undefined ? undefined : url("signOut", options.signOut).href,
    sendTokenTo: targets(options.sendTokenTo),
    leeway: seconds("leeway", options.leeway, 0),
    timeout: seconds("timeout", options.timeout, 1),
    patience: seconds("patience", options.patience, 0),
    lockTimeout: seconds("lockTimeout", options.lockTimeout, 1),
    shareToken: flag("shareToken", options.shareToken),
    refreshAhead: flag("refreshAhead", options.refreshAhead),
    restore: flag("restore", options.restore),
    fetch: options.fetch,
    readToken: place(options.readToken),
    identity,
    onEvent: onEvent && ((event) => queueMicrotask(() => tell(onEvent, event))),
    attemptHeader,
    companionCookie,
    name,
  };
}

/** What `session.fetch` itself does. */
export const DEFAULT_POLICY = Object.freeze({ token: undefined, replay: undefined, passive: false });

const TOKEN_USES = ["required", "optional", "none"];

/** A policy of `fetchWith`; what is not set stays as `session.fetch` does it. */
export function readPolicy(policy = {}) {
  if (policy === null || typeof policy !== "object") throw invalid("policy", "must be an object");
  for (const name of Object.keys(policy)) {
    if (!Object.hasOwn(DEFAULT_POLICY, name)) {
      throw invalid(name, `is not known; there are ${Object.keys(DEFAULT_POLICY).join(", ")}`);
    }
  }
  const { token } = policy;
  if (token !== undefined && !TOKEN_USES.includes(token)) {
    throw invalid("token", `must be one of ${TOKEN_USES.join(", ")}`);
  }
  const [replay, passive] = ["replay", "passive"].map((name) => flag(name, policy[name]));
  return Object.freeze({ token, replay, passive: passive ?? false });
}

/** In a task of its own: whatever it does, and however long it takes, what it is told of is under way by then. */
function tell(listener, event) {
  try {
    listener(event);
  } catch (error) {
    reportError(error);
  }
}

function targets(list) {
  if (list === undefined) return [globalThis.location?.origin ?? ""];
  if (!Array.isArray(list)) throw invalid("sendTokenTo", "must be a list of origins or URL prefixes");
  return list.map((entry, index) => {
    const { href, search, hash, username, password } = url(`sendTokenTo[${index}]`, entry);
    if (search || hash || username || password) {
      throw invalid(`sendTokenTo[${index}]`, "must be an origin or a path, without user, query and fragment");
    }
    return href;
  });
}

/** Where the token stands: a path, `{ header }` or a function. */
function place(value) {
  if (value === undefined || typeof value === "function") return value;
  if (isText(value) && !value.split(".").includes("")) return value;
  const isHeader = value !== null && typeof value === "object" && Object.keys(value).join() === "header";
  if (isHeader && typeof value.header === "string" && TOKEN.test(value.header)) return { header: value.header };
  throw invalid("readToken", 'must be a path such as "data.jwt", { header: "X-Name" }, or a function');
}

function isText(value) {
  return typeof value === "string" && value !== "";
}

function url(option, value) {
  if (typeof value !== "string" && !(value instanceof URL)) {
    throw invalid(option, "must be a URL, as a string or a URL object");
  }
  let parsed;
  try {
    parsed = new URL(value, globalThis.document?.baseURI ?? globalThis.location?.href);
  } catch (cause) {
    throw invalid(option, "must be a URL; a relative one needs a page to be relative to", cause);
  }
  if (parsed.protocol !== "https:" && parsed.protocol !== "http:") {
    throw invalid(option, `must be a URL of https or http, not of ${parsed.protocol.slice(0, -1)}`);
  }
  return parsed;
}

function seconds(option, value, least) {
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !Number.isFinite(value) || value < least) {
    throw invalid(option, `must be a number of seconds, ${least} or more`);
  }
  return value;
}

function flag(option, value) {
  if (value !== undefined && typeof value !== "boolean") throw invalid(option, "must be true or false");
  return value;
}
