// What a call of `session.fetch` is, seen before anything is waited for.

import { canBeReadTwice, carriesNone, copyHeaders, memberOf, urlOf } from "./arguments.js";
import { RequestCall } from "./call.js";

/**
 * Sees what a call is before anything is waited for: `{ call }` if it will carry the token; else `{ args }` for native fetch, and
 * `isForeign` if the token must not go along.
 */
export function prepare(session, { token, replay }, args) {
  const [input, init] = args;
  const { targets } = session;
  if (!targets.find(urlOf(input))) return { args, isForeign: true };
  // A Request would lose its body to the one that is made of it: look before.
  const said = (name) => memberOf(init, name) ?? memberOf(input, name);
  if (carriesNone(said("mode"))) return { args, isForeign: true };
  const headers = said("headers");
  const canLook = canBeReadTwice(headers);
  if (canLook && headers && isAnothers(session, copyHeaders(headers))) return { args };
  const isStream = typeof memberOf(memberOf(init, "body"), "getReader") === "function";
  let request;
  try {
    request = new Request(input, init);
  } catch (error) {
    // Native fetch says it in its own words; what it would miss by now, it must not go without.
    if (canLook && token !== "required") return { args };
    throw error;
  }
  // Asked of the request itself: what it was made of may have read differently each time it was looked at.
  const audience = targets.find(request.url);
  if (!audience || carriesNone(request.mode)) return { args: [request], isForeign: true };
  if (isAnothers(session, request.headers)) return { args: [request] };
  // As native fetch does, it rejects at once.
  if (request.signal.aborted) return { args: [request] };
  // A stream would be held in memory to be sent again; a string, a Blob, a form is not.
  return { call: new RequestCall(session, audience, request, replay ?? !isStream) };
}

/** Whether the token's header is there and has not the token in hand: that, put there by the caller, is ours all the same. */
function isAnothers({ attach, driver }, headers) {
  const brought = headers?.get(attach.header) ?? null;
  return brought !== null && brought !== driver.tokens.authorization();
}
