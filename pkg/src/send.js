// Sends a `Request` with whatever `fetch` is.

/**
 * Sends it. Firefox copies no `keepalive` from one `Request` to another, as `fetch` does: it is said once more; and with it what is
 * reset when anything is (the Fetch standard, section 5.4, "new Request"). With `isUnredirected`, a redirect that would be followed
 * is a network error.
 */
export function sendRequest(fetch, request, isUnredirected = false) {
  const { keepalive, referrer, referrerPolicy, redirect } = request;
  const stops = isUnredirected && redirect !== "error" && redirect !== "manual";
  if (!stops && !keepalive) return fetch(request);
  const again = { __proto__: null, keepalive, referrer, referrerPolicy };
  if (stops) again.redirect = "error";
  return fetch(request, again);
}
