// Presets are options, to be spread into others.

import { createSession } from "silent-session";
import { djRestAuth, flaskJwtExtended } from "silent-session/presets";

createSession({
  ...djRestAuth,
  refresh: "/dj-rest-auth/token/refresh/",
  signOut: "/dj-rest-auth/logout/",
});
createSession({
  ...flaskJwtExtended,
  refresh: "/refresh",
  signOut: { url: "/logout", method: "DELETE" },
  rejectsToken: [401],
});
createSession({ ...flaskJwtExtended, refresh: "/refresh", server: { rotation: "revokes" } });
// @ts-expect-error: where it is refreshed, nobody can guess
createSession({ ...djRestAuth });
// @ts-expect-error: they are frozen
djRestAuth.identity = "sub";
