// The error classes, and what each code says. The codes are the contract; messages may change.

import { own } from "./own.js";

/** What a server said may contain tokens: these members are not enumerable, so no log prints them. */
const HIDDEN = ["body", "response"];

/** The base of all errors of this package. No message contains a token. */
export class SessionError extends Error {
  constructor(code, message, members) {
    const { cause, ...details } = own(members);
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retryable = false;
    for (const [name, value] of Object.entries(details)) {
      if (value === undefined) continue;
      const enumerable = !HIDDEN.includes(name);
      Object.defineProperty(this, name, { value, enumerable, configurable: true, writable: true });
    }
  }
  get name() {
    return "SessionError";
  }
}

export class SessionEndedError extends SessionError {
  get name() {
    return "SessionEndedError";
  }
}

export class SessionChangedError extends SessionError {
  get name() {
    return "SessionChangedError";
  }
}

export class RefreshError extends SessionError {
  get name() {
    return "RefreshError";
  }
}

export class TokenError extends SessionError {
  get name() {
    return "TokenError";
  }
}

export class SignOutError extends SessionError {
  get name() {
    return "SignOutError";
  }
}

export class SignInError extends SessionError {
  get name() {
    return "SignInError";
  }
}

const CODES = {
  ERR_REFRESH_MALFORMED: [
    RefreshError,
    "the refresh endpoint answered without a usable access token",
  ],
  ERR_REFRESH_TIMEOUT: [RefreshError, "the refresh endpoint did not answer in time"],
  ERR_REFRESH_UNAVAILABLE: [
    RefreshError,
    "the refresh endpoint could not be reached, or could not answer",
  ],
  ERR_SESSION_CHANGED: [SessionChangedError, "another session has begun meanwhile"],
  ERR_SESSION_CLOSED: [SessionError, "the session object was closed"],
  ERR_SESSION_ENDED: [SessionEndedError, "there is no session: somebody has to sign in"],
  ERR_SIGN_IN_INCOMPLETE: [
    SignInError,
    "the login was answered without an access token (see body)",
  ],
  ERR_SIGN_IN_PENDING: [
    SessionError,
    "there is no access token: the function given to signIn() is still running. If it calls this session itself, it waits for itself: call fetch there",
  ],
  ERR_SIGN_IN_REFUSED: [SignInError, "the login was refused (see response)"],
  ERR_SIGN_OUT_UNCONFIRMED: [SignOutError, "signed out here, but the server has not confirmed it"],
  ERR_TOKEN_AMBIGUOUS: [TokenError, "the answer has different tokens: say which with readToken"],
  ERR_TOKEN_EXPIRED: [
    TokenError,
    "the access token had lapsed by the server's own clock when it came",
  ],
  ERR_TOKEN_MALFORMED: [
    TokenError,
    "the access token is no JWT, and its lifetime (expires_in) is missing",
  ],
  ERR_TOKEN_MISSING: [TokenError, "there is no access token in the answer"],
  ERR_TOKEN_NOT_ALLOWED: [
    TokenError,
    "this request may not carry the access token: its URL is not in sendTokenTo, or its mode is no-cors",
  ],
  ERR_TOKEN_NOT_IN_HAND: [
    TokenError,
    "there is no access token that lives, and a passive request causes no refresh",
  ],
  ERR_TOKEN_REJECTED: [
    TokenError,
    "a brand-new access token was refused: another one would be refused too",
  ],
  ERR_WAITS_FOR_ITSELF: [
    SessionError,
    "a function that the session waits for has called the session, which would wait for itself: call fetch there",
  ],
  ERR_WASM_CRASHED: [
    SessionError,
    "the WebAssembly module has crashed, and the session starts again from what is stored",
  ],
  ERR_WASM_UNAVAILABLE: [SessionError, "the WebAssembly module could not be started"],
};

/** Errors that may not occur the next time. */
const RETRYABLE = ["ERR_SIGN_IN_PENDING", "ERR_TOKEN_NOT_IN_HAND", "ERR_TOKEN_REJECTED"];

/** Returns the error with this code, and with its usual message or a better one. */
export function makeError(code, details, message) {
  const [Class, usual] = CODES[code];
  const retryable = RETRYABLE.includes(code) || undefined;
  return new Class(code, message ?? usual, { retryable, ...details });
}
