// The package's entry.

export {
  RefreshError,
  SessionChangedError,
  SessionEndedError,
  SessionError,
  SignInError,
  SignOutError,
  TokenError,
} from "./src/errors.js";
export { RefreshRejected } from "./src/options/endpoints.js";
export { createSession } from "./src/session.js";
