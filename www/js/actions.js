// The buttons: what one can do to the session and to the server.

import { call } from "./calls.js";
import { log, logError } from "./log.js";
import { bringUp, revokeAccessTokens, takeDown } from "./server.js";
import { session } from "./session.js";

const ACTIONS = {
  "call-api": () => call("/api/me"),
  "call-admin": () => call("/api/admin"),
  "call-often": () => call("/api/me", 50),
  refresh: () => session.refresh(),
  "sign-out": () => session.signOut(),
  revoke: () =>
    revokeAccessTokens().then(() =>
      log("order", "The server refuses all access tokens issued so far"),
    ),
  "take-down": () => takeDown().then(() => log("order", "The server is down: it answers 503")),
  "bring-up": () => bringUp().then(() => log("order", "The server is up again")),
};

const buttons = [...document.querySelectorAll("button[data-action]")];

/** Makes the buttons work. `settled` is called after each action. */
export function offerActions(settled) {
  for (const button of buttons) {
    button.addEventListener("click", () => {
      if (button.ariaDisabled !== "true" && button.ariaBusy !== "true") run(button).then(settled);
    });
  }
}

/** Disables what there is no session for. Not by `disabled`: that would take the focus from under the user's finger. */
export function showActions({ status }) {
  for (const button of buttons) {
    if (button.dataset.needs) button.ariaDisabled = String(status !== button.dataset.needs);
  }
}

async function run(button) {
  button.ariaBusy = "true";
  try {
    await ACTIONS[button.dataset.action]();
  } catch (error) {
    logError(error);
  } finally {
    button.ariaBusy = null;
  }
}
