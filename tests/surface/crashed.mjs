// The error and the message of a session whose wasm has crashed.

/** What everything that waits is rejected with, and what is published. */
export const CRASHED = {
  name: "SessionError",
  code: "ERR_WASM_CRASHED",
  message: "the WebAssembly module has crashed, and the session starts again from what is stored",
  retryable: true,
};

/** What is printed, once. */
export const SAID = `console: silent-session: ${CRASHED.message}`;
