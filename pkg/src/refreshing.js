// What an answer of the auth server is: accepted, refused, or none. What follows is the core's decision.

import { cancel, drain } from "./bodies.js";
import { isOffline } from "./globals.js";
import { faultError } from "./grants.js";
import { Fault } from "./reply.js";
import { bodyOf, ENDING, headerOf, isForeign, isPage, isResponse, retryAfter } from "./response.js";

const MISSING = "ERR_TOKEN_MISSING";

/**
 * Asks for a refresh, and returns what is to be told to the core: `{ read }`, the number of the token that it has read; or `{ how }`,
 * what there was instead, with the `head` of a response. `error` is the native error, or what a function of the app threw.
 */
export async function refresh(core, { endpoint, reader, endsSession }, ask) {
  let answer;
  try {
    answer = await ask();
  } catch (error) {
    return { error, ...unanswered(endpoint, error) };
  }
  try {
    if (isResponse(answer)) return await readRefresh(core, { reader, endsSession }, answer);
    const read = typeof answer === "string" ? reader.readToken : reader.readReply;
    return { read: await read.call(reader, core, answer) };
  } catch (error) {
    return { error: faultError(error), how: codeOf(error) };
  }
}

async function readRefresh(core, { reader, endsSession }, response) {
  const { status } = response;
  const broken = (error) => ({ error, how: "unavailable", head: { status } });
  let body;
  try {
    const isAsked = typeof endsSession === "function";
    if (response.type === "opaqueredirect" || !response.ok) {
      if (isAsked && response.type !== "opaqueredirect") body = await bodyOf(response);
      else drain(response);
      const how = isEnd(endsSession, status, body) ? "ended" : "refused";
      return { how, head: headOf(response) };
    }
    body = await bodyOf(response);
  } catch (error) {
    cancel(response);
    return broken(error);
  }
  try {
    return { read: await reader.readReply(core, body, response) };
  } catch (fault) {
    if (codeOf(fault) !== MISSING) throw fault;
    try {
      // Some say that it is over in an answer that is 200.
      if (typeof endsSession === "function" && isEnd(endsSession, status, body))
        return { how: "rejected", head: { status } };
    } catch (error) {
      return broken(error);
    }
    return { error: faultError(fault), how: MISSING, head: headOf(response) };
  }
}

/** Whether an answer of this status says that the session is over, by the option. */
function isEnd(endsSession = ENDING, status, body) {
  if (typeof endsSession !== "function") return endsSession.includes(status);
  const told = endsSession(status, body);
  // A promise of `false` would be taken for `true`.
  if (typeof told !== "boolean") throw new TypeError("endsSession: must return true or false");
  return told;
}

/** Why there was no answer. A function of the app says by `RefreshRejected` that the session is over. */
function unanswered(endpoint, error) {
  if (!endpoint.isFunction || error?.name !== "RefreshRejected") return { how: unreached() };
  const status = Number.isInteger(error.status) ? error.status : 401;
  return { how: "rejected", head: { status } };
}

const unreached = () => (isOffline() ? "offline" : "unavailable");

const codeOf = (error) => (error instanceof Fault ? error.code : "untold");

/** Asks for a sign-out, and returns the same. A function of the app that does not throw has done it. */
export async function signOut(endpoint, ask) {
  let answer;
  try {
    answer = await ask();
  } catch (error) {
    // A function that fails otherwise than fetch does has been reached.
    const isOwn = endpoint.isFunction && !isOffline() && error?.name !== "TypeError";
    return { error, how: isOwn ? "untold" : unreached() };
  }
  if (!isResponse(answer)) return { how: "done" };
  try {
    return await readSignOut(answer);
  } catch (error) {
    return { error, how: "untold" };
  }
}

async function readSignOut(answer) {
  // Nothing follows it, and whether it has ended the session, a refresh tells.
  if (answer.type === "opaqueredirect") return { how: "rejected" };
  const { status } = answer;
  if (answer.ok && !headerOf(answer.headers, "content-type")?.trim() && (await showsPage(answer)))
    return { how: "foreign", head: { status } };
  drain(answer);
  return { how: "answered", head: headOf(answer) };
}

/** Whether the body is HTML. */
async function showsPage(response) {
  try {
    return isPage(await response.text());
  } catch {
    return false;
  }
}

const headOf = ({ status, headers }) => ({
  status,
  isForeign: isForeign(headers),
  pause: retryAfter(headers),
});
