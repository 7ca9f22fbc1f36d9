// The session card: which of its three faces is shown, and who is signed in.

import { hideLife, showLife } from "./life.js";
import { session } from "./session.js";
import { nameOf } from "./transitions.js";

const element = (id) => document.getElementById(id);
const faces = {
  unknown: element("restoring"),
  ended: element("signed-out"),
  active: element("signed-in"),
};

const ENDED = {
  none: "Nobody is signed in. Sign in as:",
  "signed-out": "You have signed out. Sign in again as:",
  rejected: "The server has ended this session. Sign in again as:",
  replaced: "Somebody else's cookie has taken the place of this session. Sign in again as:",
};

const ENDED_ELSEWHERE = {
  ...ENDED,
  "signed-out": "You have signed out in another tab. Sign in again as:",
  rejected: "The server has ended this session, another tab says. Sign in again as:",
};

/** Shows a state. */
export function showCard(state) {
  showFace(state.status);
  const badge = element("status");
  const label = state.status === "ended" ? `ended · ${state.reason}` : state.status;
  if (badge.textContent !== label) badge.textContent = label;
  badge.dataset.status = label;
  hideLife();
  if (state.status === "active") showActive(state);
  if (state.status === "ended") {
    element("ended-note").textContent = (state.elsewhere ? ENDED_ELSEWHERE : ENDED)[state.reason];
  }
  if (state.status === "unknown" && state.error) {
    const at = new Date(state.retryAt).toLocaleTimeString([], { hour12: false });
    element("restoring-note").textContent =
      `The server cannot say (${state.error.code}). Trying again at ${at}.`;
  }
}

function showFace(status) {
  const losesFocus = Object.entries(faces).some(
    ([name, face]) => name !== status && face.contains(document.activeElement),
  );
  for (const [name, face] of Object.entries(faces)) face.hidden = name !== status;
  // Whoever works by keyboard goes on from here, and not from the top of the page.
  if (losesFocus) element("session-title").focus();
}

function showActive(state) {
  element("who").textContent = nameOf(state);
  // It begins with the time, and so like that of the last sign-in.
  element("session-id").textContent = state.session.slice(-8);
  element("session-id").title = state.session;
  element("session-elsewhere").hidden = !state.elsewhere;
  element("generation").textContent = String(state.generation);
  const scopes = ["profile", "admin"].filter((scope) => session.hasScope(scope));
  element("scopes").replaceChildren(
    ...scopes.map((scope) => Object.assign(document.createElement("li"), { textContent: scope })),
  );
  showLife(state);
}
