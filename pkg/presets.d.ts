/**
 * Options that always go together for a framework: plain objects, to be spread into those of {@link createSession}, before what
 * is to be otherwise.
 */

import type { SessionOptions } from "./index.js";

/**
 * Django with dj-rest-auth and djangorestframework-simplejwt, as their documentation sets them up. `csrf`: the cookie and header
 * of Django (`CSRF_COOKIE_NAME`, `CSRF_HEADER_NAME`); the sign-out wants it. `identity`: the claim `user_id` (`USER_ID_CLAIM`);
 * these tokens have no `sub`. `endsSession`: 401. `server.rotation`: `"refuses"`, as the blacklist does
 * (`ROTATE_REFRESH_TOKENS`, `BLACKLIST_AFTER_ROTATION`); it fits without rotation as well.
 */
export declare const djRestAuth: Readonly<
  Pick<SessionOptions, "csrf" | "identity" | "endsSession" | "server">
>;

/**
 * Flask-JWT-Extended with its refresh token in a cookie (`JWT_TOKEN_LOCATION`), and double submit on (`JWT_COOKIE_CSRF_PROTECT`).
 * `csrf`: the cookie and header that it uses (`JWT_REFRESH_CSRF_COOKIE_NAME`, `JWT_REFRESH_CSRF_HEADER_NAME`); the cookie changes
 * with each rotation, so it is the `companionCookie` too. `endsSession`: 401 and 422, but not where the CSRF token is what is
 * wrong. `rejectsToken`: 401, and 422 for what is no token of this server. `server.rotation`: `"refuses"`, which fits a view that
 * does not rotate, and one that rotates with a blocklist. If yours ends the session when a spent token comes again, set
 * `server: { rotation: "revokes" }` after the preset.
 */
export declare const flaskJwtExtended: Readonly<
  Pick<SessionOptions, "csrf" | "companionCookie" | "endsSession" | "rejectsToken" | "server">
>;
