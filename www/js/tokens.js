// Where the tokens of this tab came from: it has fetched them itself, or another tab has handed them over.

import { REFRESH } from "./session.js";
import { watch } from "./wire.js";

let refreshes = 0;
let handedOver = 0;
/** A refresh has brought a token that the state does not show yet. */
let fetched = false;

watch(({ path, status }) => {
  if (path !== REFRESH) return;
  refreshes += 1;
  fetched ||= status === 200;
});

/** To be told of each change of the state. Returns whether it is a token that another tab has handed over. */
export function countToken(before, after) {
  const isSameSession = after.session === before.session;
  if (isSameSession && after.generation === before.generation) return false;
  // That of a session which has just begun here came with the login.
  const isHandedOver = after.status === "active" && !fetched && (isSameSession || after.elsewhere);
  fetched = false;
  if (isHandedOver) handedOver += 1;
  return isHandedOver;
}

/** How many refreshes this tab has sent, and how many tokens it got without one. */
export function tokenCounts() {
  return { refreshes, handedOver };
}
