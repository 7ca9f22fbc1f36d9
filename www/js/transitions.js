// A change of the session's state, in words.

const ENDINGS = {
  none: ["session", "Nobody is signed in"],
  "signed-out": ["session", "Signed out"],
  rejected: ["trouble", "The server has ended the session: somebody has to sign in"],
};

/** The kind of event and its text. */
export function describe(before, after) {
  if (after.status === "ended") return ENDINGS[after.reason];
  if (after.status === "unknown") return ["trouble", `Not restored yet (${after.error?.code}): trying again`];
  if (before.status === "unknown") return ["session", `Restored: still signed in as ${nameOf(after)}`];
  if (before.session !== after.session) return ["session", `Signed in as ${nameOf(after)}`];
  if (before.generation === after.generation && after.error) {
    return ["trouble", `Not renewed (${after.error.code}): the session is kept, trying again`];
  }
  return ["renewed", `A new access token: generation ${after.generation}`];
}

/** Who is signed in, to show. */
export function nameOf({ claims }) {
  return String(claims?.name ?? claims?.sub ?? "somebody");
}
