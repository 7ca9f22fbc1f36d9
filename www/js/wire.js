// What goes over the wire: a `fetch` that tells of every answer. Method, path and status only, never a header or a body.

const listeners = new Set();

/** `fetch`, watched. The session sends everything with it: see session.js. */
export async function watchedFetch(input, init) {
  const request = input instanceof Request && init === undefined ? input : new Request(input, init);
  const exchange = { method: request.method, path: new URL(request.url).pathname };
  try {
    const response = await fetch(request);
    tell({ ...exchange, status: response.status });
    return response;
  } catch (error) {
    tell({ ...exchange, status: null });
    throw error;
  }
}

/** Calls `listener` with each `{ method, path, status }`; the status is null where there was no answer. Returns its undo. */
export function watch(listener) {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Runs `work`, and returns with its outcome how many answers came for each path in the meantime. */
export async function tallied(work) {
  const tally = new Map();
  const stop = watch(({ path }) => tally.set(path, (tally.get(path) ?? 0) + 1));
  try {
    return { outcome: await work(), answers: (path) => tally.get(path) ?? 0 };
  } finally {
    stop();
  }
}

function tell(exchange) {
  for (const listener of [...listeners]) listener(exchange);
}
