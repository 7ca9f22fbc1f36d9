// Bodies that nobody will read, and bodies that wait.

import { outsideZones } from "./globals.js";

/** How much of a body is read to its end. A longer one is cancelled. */
const SMALL = 65_536;
/** For how many milliseconds. */
const DRAIN_PATIENCE = 2_000;

/**
 * Cancels the body of a request or a response, and tells its source why: unread it would hold its connection, and the other half of
 * a tee its memory.
 */
export function cancel(message, reason) {
  try {
    // A locked stream rejects.
    Promise.resolve(message?.body?.cancel?.(reason)).catch(() => {});
  } catch {
    // The body of a mock may throw.
  }
}

/**
 * Reads what is left of a response to its end, where that is not far: a cancelled body shows as a failed request in the browser's
 * tools. For as long as there is more to come, the body of a `keepalive` request also counts against the quota of the page (the Fetch
 * standard, "HTTP-network-or-cache fetch").
 */
export async function drain(response) {
  let reader;
  try {
    reader = response.body?.getReader();
  } catch {
    // Somebody reads it already.
  }
  if (!reader) return;
  const readToEnd = async () => {
    for (let size = 0; size <= SMALL; ) {
      const { done, value } = await reader.read();
      if (done) return;
      size += value?.byteLength ?? SMALL;
    }
  };
  await within(
    DRAIN_PATIENCE,
    readToEnd().catch(() => {}),
  );
  cancel({ body: reader });
  // Chromium takes it off the account at the end of the task.
  await pause(0);
}

/** Takes the body of a request out of the caller's hands until it is sent, as sending it does. Returns what gives it back. */
export function holdBody({ body }) {
  if (!body || body.locked) return () => {};
  const reader = body.getReader();
  return () => reader.releaseLock();
}

const pause = (ms) => outsideZones(() => new Promise((resolve) => setTimeout(resolve, ms)));

/** Waits for so many milliseconds and no longer: then resolves to `undefined`. */
export function within(ms, promise) {
  return outsideZones(() => {
    let timer;
    const passed = new Promise((resolve) => (timer = setTimeout(resolve, ms)));
    return Promise.race([promise, passed]).finally(() => clearTimeout(timer));
  });
}

/** Waits, unless the caller's own signal says to stop: then rejects with its reason, and calls `stop`. */
export function unlessAborted(signal, promise, stop = () => {}) {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => {
      stop();
      reject(signal.reason);
    };
    if (signal.aborted) return abort();
    outsideZones(() => signal.addEventListener("abort", abort, { __proto__: null, once: true }));
    promise.finally(() => signal.removeEventListener("abort", abort)).then(resolve, reject);
  });
}
