// Lifetimes of access tokens.

/** Seconds. Longer than the story, so that no token is renewed where the story does not want it. */
export const LONG = 900;
/** Seconds. As short as one can watch. */
export const SHORT = 2;
