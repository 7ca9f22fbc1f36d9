// Validates what createSession is given, once, at the edge. The wasm gets absolute URLs and numbers.

import { ownOrigin } from "../globals.js";
import { Hint } from "../hint.js";
import { readAttach, readRejectsToken, readTargets } from "./api.js";
import { cookieName, flag, headerName, invalid, isText, known, seconds } from "./checks.js";
import { readEndpoint, readSignOut } from "./endpoints.js";
import { readCsrf, readEnding, readPlace, readServer } from "./server.js";

const KNOWN = [
  "attach",
  "attemptHeader",
  "companionCookie",
  "csrf",
  "endsSession",
  "fetch",
  "identity",
  "leeway",
  "lockTimeout",
  "name",
  "onEvent",
  "patience",
  "readToken",
  "refresh",
  "refreshAhead",
  "rejectsToken",
  "restore",
  "sendTokenTo",
  "server",
  "sessionHint",
  "shareToken",
  "signOut",
  "timeout",
];

/** Options as the wasm reads them; what is not set stays undefined, for its defaults are there. */
export function readOptions(options, signal) {
  if (options === null || typeof options !== "object") {
    throw invalid("refresh", "createSession takes an object with at least the refresh URL");
  }
  options = known(options, KNOWN);
  const attach = readAttach(options.attach);
  const refresh = readEndpoint("refresh", options.refresh, (call, attempt, params) =>
    call({ signal, attempt, params }),
  );
  const signOut =
    options.signOut === undefined
      ? undefined
      : readSignOut(options.signOut, attach, (call, attempt, _, token) =>
          call({ signal, attempt, token }),
        );
  const { attemptHeader = "X-Requested-With", name = "default" } = options;
  if (attemptHeader !== false) headerName("attemptHeader", attemptHeader);
  for (const [option, endpoint] of [
    ["refresh", refresh],
    ["signOut", signOut],
  ]) {
    const taken = endpoint?.by.headers?.find(
      ([name]) => name === String(attemptHeader).toLowerCase(),
    );
    if (taken)
      throw invalid(
        `${option}.headers`,
        `has ${taken[0]}, which carries the attempt id: give that another name by attemptHeader`,
      );
  }
  if (typeof name !== "string" || name === "")
    throw invalid("name", "must be a string that is not empty");
  // Two apps of one origin would hand each other their tokens: nothing else tells them apart.
  if (refresh.url === undefined && options.name === undefined) {
    throw invalid(
      "name",
      "must be set where refresh is a function: it tells this session from those of other apps of the origin",
    );
  }
  if (options.fetch !== undefined && typeof options.fetch !== "function") {
    throw invalid("fetch", "must be a function like fetch");
  }
  const { companionCookie, sessionHint, identity, onEvent } = options;
  for (const [option, value] of Object.entries({ companionCookie, sessionHint }))
    if (value !== undefined) cookieName(option, value);
  if (identity !== undefined && typeof identity !== "function" && !isText(identity)) {
    throw invalid(
      "identity",
      "must be the name or the path of a claim, or a function that tells whose a token is",
    );
  }
  if (onEvent !== undefined && typeof onEvent !== "function") {
    throw invalid("onEvent", "must be a function that is told what happens");
  }
  // A function is named by the session's name alone, and takes turns with what else this origin does.
  const authOrigin = refresh.url?.origin ?? ownOrigin() ?? "";
  const refreshUrl = refresh.url?.href ?? `${authOrigin}/`;
  return {
    __proto__: null,
    refresh: refreshUrl,
    authOrigin,
    refreshBy: refresh.by,
    signOutBy: signOut?.by,
    signOutToken: signOut?.token,
    ...readCsrf(options.csrf, [refresh, signOut]),
    // A function is given the attempt id, and sends it in its own way.
    ...readServer(options.server, attemptHeader !== false || refresh.url === undefined),
    // A CSRF token that is missing is a 403 of most frameworks, and no end.
    endsSession: readEnding(options.endsSession ?? (options.csrf && [400, 401])),
    hint: new Hint(sessionHint, name, refreshUrl),
    sendTokenTo: readTargets(options.sendTokenTo),
    attach,
    rejectsToken: readRejectsToken(options.rejectsToken),
    leeway: seconds("leeway", options.leeway, 0),
    timeout: seconds("timeout", options.timeout, 1),
    patience: seconds("patience", options.patience, 0),
    lockTimeout: seconds("lockTimeout", options.lockTimeout, 1),
    shareToken: flag("shareToken", options.shareToken),
    refreshAhead: flag("refreshAhead", options.refreshAhead),
    restore: flag("restore", options.restore),
    fetch: options.fetch,
    readToken: readPlace(options.readToken),
    identity,
    onEvent: onEvent && ((event) => queueMicrotask(() => tell(onEvent, event))),
    attemptHeader: attemptHeader || undefined,
    companionCookie,
    name,
  };
}

/** In a task of its own: whatever it does, and however long it takes, what it is told of is under way by then. */
function tell(listener, event) {
  try {
    listener(event);
  } catch (error) {
    reportError(error);
  }
}
