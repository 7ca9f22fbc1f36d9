// Errors are told apart by class, and by `code` within one.

import type { EndReason, ErrorCode, FailureKind } from "silent-session";
import {
  RefreshError,
  SessionChangedError,
  SessionEndedError,
  SessionError,
  SignInError,
  SignOutError,
  TokenError,
} from "silent-session";

/** All codes: one that is added or dropped does not compile here. */
const MESSAGES: Record<ErrorCode, string> = {
  ERR_INVALID_OPTION: "",
  ERR_REFRESH_MALFORMED: "",
  ERR_REFRESH_TIMEOUT: "",
  ERR_REFRESH_UNAVAILABLE: "",
  ERR_SESSION_CHANGED: "",
  ERR_SESSION_CLOSED: "",
  ERR_SESSION_ENDED: "",
  ERR_SIGN_IN_INCOMPLETE: "",
  ERR_SIGN_IN_PENDING: "",
  ERR_SIGN_IN_REFUSED: "",
  ERR_SIGN_OUT_UNCONFIRMED: "",
  ERR_TOKEN_AMBIGUOUS: "",
  ERR_TOKEN_EXPIRED: "",
  ERR_TOKEN_MALFORMED: "",
  ERR_TOKEN_MISSING: "",
  ERR_TOKEN_NOT_ALLOWED: "",
  ERR_TOKEN_NOT_IN_HAND: "",
  ERR_TOKEN_REJECTED: "",
  ERR_WAITS_FOR_ITSELF: "",
  ERR_WASM_CRASHED: "",
  ERR_WASM_UNAVAILABLE: "",
};

export function tell(error: unknown): unknown {
  if (error instanceof SessionEndedError) {
    const reason: EndReason = error.reason;
    return reason;
  }
  if (error instanceof RefreshError) {
    const status: number | undefined = error.status;
    const kind: FailureKind = error.kind;
    return kind === "throttled" ? error.retryAt : status;
  }
  if (error instanceof SignOutError) {
    const kind: FailureKind = error.kind;
    return error.status ?? kind;
  }
  if (error instanceof SignInError) {
    const response: Response | undefined = error.response;
    // @ts-expect-error: the body may be anything
    const body: object = error.body;
    return error.code === "ERR_SIGN_IN_REFUSED" ? response?.status : body;
  }
  if (error instanceof SessionError) {
    const { code, message, name, cause, retryable, retryAt } = error;
    const known: [ErrorCode, string, string, unknown, boolean, number | undefined] = [
      code,
      message,
      name,
      cause,
      retryable,
      retryAt,
    ];
    // @ts-expect-error: there is no such code
    if (error.code === "ERR_SESSION_LOST") return undefined;
    // @ts-expect-error: a reason is a SessionEndedError's
    void error.reason;
    if (error.code === "ERR_TOKEN_REJECTED") {
      const narrowed: "ERR_TOKEN_REJECTED" = error.code;
      return narrowed;
    }
    return MESSAGES[known[0]];
  }
  return undefined;
}

export function isReadOnly(error: SessionError): void {
  // @ts-expect-error: read-only
  error.code = "ERR_SESSION_ENDED";
  // @ts-expect-error: read-only
  error.retryable = true;
}

/** All are SessionErrors, and so Errors. */
export const classes: (new (code: ErrorCode, message: string) => SessionError)[] = [
  RefreshError,
  SessionChangedError,
  SessionEndedError,
  SessionError,
  SignInError,
  SignOutError,
  TokenError,
];
export const error: Error = new SessionError("ERR_SESSION_CLOSED", "closed", {
  cause: 1,
  retryable: true,
  retryAt: 0,
});
// @ts-expect-error: there is no such code
new SessionError("ERR_OTHER", "");
// @ts-expect-error: there is no such detail
new SessionError("ERR_SESSION_CLOSED", "", { token: "" });
