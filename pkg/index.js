// The package's entry.

export { createSession } from "./src/create.js";
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
