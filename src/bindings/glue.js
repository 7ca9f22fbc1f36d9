// What the JavaScript surface is made with, in one file: a page loads few at once. The error classes, and what each code says:
// codes are the contract, messages may change. And claims, frozen.

/** The base of every error of ours. No message, member or cause of it holds a token. */
export class SessionError extends Error {
  constructor(code, message, { cause, ...details } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retryable = false;
    for (const [name, value] of Object.entries(details)) {
      if (value !== undefined) this[name] = value;
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

const KINDS = {
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
  ERR_SIGN_OUT_UNCONFIRMED: [SignOutError, unconfirmed],
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
  ERR_WASM_UNAVAILABLE: [SessionError, "the WebAssembly module could not be loaded"],
};

/** Why a sign-out is not confirmed. `step` is the request that failed: the sign-out, or the refresh that looks whose session there is. */
function unconfirmed({ kind, status, step }) {
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

/** An error of the class that belongs to the code; with its usual message, or one that knows more. */
export function makeError(code, { step, ...details } = {}, message) {
  const [Class, usual] = KINDS[code];
  message ??= typeof usual === "string" ? usual : usual({ ...details, step });
  return new Class(code, message, details);
}

/** The JSON of a token's claims, frozen from the leaves up; null where it is none. */
export function parseFrozen(json) {
  try {
    const claims = JSON.parse(json, (_name, value) => Object.freeze(value));
    return typeof claims === "object" && !Array.isArray(claims) ? claims : null;
  } catch {
    return null;
  }
}
