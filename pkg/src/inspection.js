// What `inspect` tells.

import { signOutError } from "./failures.js";
import { isShared } from "./lock.js";
import { own } from "./own.js";

/** Of a session without a core. */
const NO_CORE = {
  version: null,
  phase: "loading",
  progress: "idle",
  deadline: null,
  skew: null,
  lastFailure: null,
  signOut: null,
  tab: null,
  tabs: [],
  lock: null,
  channel: false,
  storage: false,
};

/** Returns how a session is, by what the core says of it, and how it stands to the other tabs. */
export function inspection({ requests, entries }, inspected, hasChannel) {
  if (inspected === undefined) return { ...NO_CORE };
  const { signOut, tab, tabs, ...report } = own(inspected);
  return {
    ...report,
    skew: requests.endpoint("refresh").skew,
    signOut: signOut && progress(requests, own(signOut)),
    tab,
    tabs,
    lock: isShared() ? "browser" : "page",
    channel: hasChannel,
    storage: entries.isKept,
  };
}

/** How far a sign-out has come. */
function progress(requests, { failure, ...progress }) {
  const cause = failure && requests.signOutCause(own(failure), false);
  return Object.freeze({
    ...progress,
    error: failure ? signOutError(own(failure), cause) : null,
  });
}
