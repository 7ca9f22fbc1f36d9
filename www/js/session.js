// The one session of this page. All of silent-session that an app needs to set up.

import { createSession } from "/pkg/index.js";
import { watchedFetch } from "./wire.js";

export const REFRESH = "/auth/refresh";

/** Whether tokens are renewed ahead of their expiry: `?ahead=off` says no. */
export const refreshAhead = new URLSearchParams(location.search).get("ahead") !== "off";

export const session = createSession({
  refresh: REFRESH,
  signOut: "/auth/logout",
  refreshAhead,
  // Only so that the demo can show what is sent.
  fetch: watchedFetch,
});

/** Sends the login; to be given to `session.signIn`. */
export function login(credentials) {
  return watchedFetch("/auth/login", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(credentials),
  });
}
