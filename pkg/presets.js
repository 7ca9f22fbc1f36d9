// Options that always go together for a framework: plain objects, to be spread into those of the app.

/**
 * Django with dj-rest-auth and djangorestframework-simplejwt, as their documentation sets them up: the CSRF cookie of Django, a
 * user id in `user_id`, and a refresh that is refused with a 401.
 */
export const djRestAuth = Object.freeze({
  csrf: Object.freeze({ cookie: "csrftoken", header: "X-CSRFToken" }),
  identity: "user_id",
  endsSession: Object.freeze([401]),
  // A blacklisted token is refused, and ends no other; without rotation, or without the blacklist, none is refused.
  server: Object.freeze({ rotation: "refuses" }),
});

/**
 * Flask-JWT-Extended with its refresh token in a cookie: double submit, by a cookie that changes with each rotation; 422 for what
 * is no token. A CSRF token that is missing or wrong is a 401 as well, and no end.
 */
export const flaskJwtExtended = Object.freeze({
  csrf: Object.freeze({ cookie: "csrf_refresh_token", header: "X-CSRF-TOKEN" }),
  companionCookie: "csrf_refresh_token",
  endsSession: ({ status, body }) => (status === 401 || status === 422) && !/csrf/i.test(body?.msg),
  rejectsToken: Object.freeze([401, 422]),
  // Its own refresh view does not rotate; one that does, with its blocklist, refuses the spent token and ends no other.
  server: Object.freeze({ rotation: "refuses" }),
});
