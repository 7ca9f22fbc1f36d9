// Requests with a digest: native fetch compares it with the body of a 401, too, and rejects.

import { cancel, unlessAborted, within } from "./bodies.js";

/** How long a caller waits to know whether there is a 401 behind a rejection, in milliseconds. */
const LOOK_PATIENCE = 10_000;

/**
 * Returns who has answered 401 behind a rejection, which may be about the digest of that 401: the
 * request is sent once more without it.
 */
export async function hidden401(call, verdicts, credential) {
  if (!call.hides401 || !call.canReplay || call.signal.aborted) return undefined;
  // Whatever ends it, what is on the wire then ends as well.
  const stop = new AbortController();
  try {
    const look = Promise.resolve(call.look(credential, stop.signal));
    const answer = await unlessAborted(
      call.signal,
      within(
        LOOK_PATIENCE,
        look.catch(() => undefined),
      ),
    );
    const verdict = answer && (await verdicts.of(answer));
    cancel(answer);
    return verdict === "refused" ? verdicts.audienceOf(answer) : undefined;
  } catch (error) {
    if (call.signal.aborted) {
      call.drop();
      throw error;
    }
    return undefined;
  } finally {
    stop.abort();
  }
}
