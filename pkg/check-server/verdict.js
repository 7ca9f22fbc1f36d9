// What a check comes to.

export const RIGHT = "right";
export const WRONG = "wrong";
export const WARNING = "warning";
export const NOT_TRIED = "not tried";

/** As it should be. `seen`: what was seen, in one sentence. */
export const right = (seen) => ({ verdict: RIGHT, seen });

/** Something breaks, or somebody gets what is not theirs. `advice`: what to do about it, in one sentence. */
export const wrong = (seen, advice) => ({ verdict: WRONG, seen, advice });

/** It works, and there is a reason to do otherwise. */
export const warning = (seen, advice) => ({ verdict: WARNING, seen, advice });

/** Thrown by a check that cannot be made. The message says why. */
export class NotTried extends Error {}

/** Thrown where nothing at all can be tried: no server, no session. */
export class CannotTry extends Error {}
