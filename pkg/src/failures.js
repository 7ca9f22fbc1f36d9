// What failed, as errors for the app.

import { makeError } from "./errors.js";

const COOKIE_HINT =
  'the server has refused the first refresh after the sign-in: the browser may not have kept its cookie, or not send it. See its SameSite, Secure, Domain and Path; a login of another origin needs credentials: "include"';
const FUNCTION_HINT =
  "the refresh function did not settle in time. If it calls this session itself, it waits for itself: call fetch there";
const REDIRECT_HINT =
  "the refresh endpoint answered with a redirect, which is not followed: a proxy may want somebody to sign in there";

/** Returns why a refresh failed. `native` is the error of the last request, `refresh` its endpoint. */
export function refreshError(failure, retryAt, native, refresh) {
  const { code, kind, status, isNative, fault } = failure;
  const isUnread = code === "ERR_REFRESH_UNAVAILABLE" && kind !== "rejected" && kind !== "protocol";
  let cause = isNative || isUnread ? native : undefined;
  if (fault) cause = native?.code === fault ? native : makeError(fault);
  const details = { kind, retryable: true, retryAt, status, cause };
  return makeError(code, details, hint(failure, refresh));
}

function hint({ code, kind, status }, refresh) {
  if (code === "ERR_REFRESH_TIMEOUT") return refresh.isFunction ? FUNCTION_HINT : undefined;
  if (status === 0) return REDIRECT_HINT;
  const isUnreached = code === "ERR_REFRESH_UNAVAILABLE" && kind === "transient" && !status;
  return isUnreached && refresh.preflighted ? corsHint(refresh.preflighted) : undefined;
}

/** Across origins the browser does not tell a network error from a refusal by CORS. */
const corsHint = (headers) =>
  `the refresh endpoint could not be reached; or, as it is on another origin, its CORS headers refuse this page: Access-Control-Allow-Origin has to name this origin, Access-Control-Allow-Credentials has to be true, Access-Control-Allow-Headers has to list ${headers}`;

/** Returns why a caller did not get what it asked for. `isUntried`: the cookie of a sign-in was not seen to be kept. */
export function denialError({ code, reason, retryAt }, isUntried) {
  const isHinted = reason === "rejected" && isUntried;
  return makeError(code, { reason, retryAt }, isHinted ? COOKIE_HINT : undefined);
}

/** Returns why the server has not confirmed a sign-out. */
export function signOutError({ kind, status, step }, cause) {
  const details = { kind, retryable: true, status, cause };
  return makeError("ERR_SIGN_OUT_UNCONFIRMED", details, unconfirmed(kind, status, step));
}

function unconfirmed(kind, status, step) {
  const endpoint = `the ${step} endpoint`;
  const odd =
    step === "refresh"
      ? `${endpoint} answered without a usable access token`
      : "the signOut function threw (see cause)";
  const why = {
    offline: "there is no network",
    protocol: status
      ? `${endpoint} answered ${status}, but not in the auth server's own format`
      : odd,
    rejected: `${endpoint} ${status ? `answered ${status}` : "redirected"}, and no refresh has shown that the session is over`,
    throttled: `${endpoint} asked to wait`,
    transient: `${endpoint} ${status === undefined ? "was not reached, or did not answer in time" : `answered ${status}`}`,
  };
  return `signed out here, but the server has not confirmed it: ${why[kind]}`;
}

/** Returns the error of a call that a function of the app has made which the session waits for. */
export function waitsForItself(calling, method) {
  const message = `session.${method} was called by the ${calling} function, which the session waits for, without a valid token: it would wait for itself. Call fetch there, or the session once ${calling} is done`;
  return makeError("ERR_WAITS_FOR_ITSELF", {}, message);
}
