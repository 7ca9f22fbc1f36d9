// A change of the session's state, in words.

const ENDINGS = {
  none: ["session", "Nobody is signed in"],
  "signed-out": ["session", "Signed out"],
  rejected: ["trouble", "The server has ended the session: somebody has to sign in"],
  replaced: [
    "trouble",
    "Somebody else's cookie has taken the place of the session: somebody has to sign in",
  ],
};

const ENDINGS_ELSEWHERE = {
  ...ENDINGS,
  "signed-out": ["session", "Signed out in another tab"],
  rejected: [
    "trouble",
    "The server has ended the session, another tab says: somebody has to sign in",
  ],
};

/** The kind of event and its text. `isHandedOver`: it brought a token that another tab has handed over. */
export function describe(before, after, isHandedOver) {
  if (after.status === "ended")
    return (after.elsewhere ? ENDINGS_ELSEWHERE : ENDINGS)[after.reason];
  if (after.status === "unknown") return describeUnknown(after);
  if (before.session !== after.session) return ["session", describeBeginning(before, after)];
  if (before.generation === after.generation && after.error) {
    return ["trouble", `Not renewed (${after.error.code}): the session is kept, trying again`];
  }
  const source = isHandedOver ? "handed over by another tab" : "fetched by this one";
  return ["renewed", `A new access token: generation ${after.generation}, ${source}`];
}

/** The server has not answered; or a session has begun in another tab, and its token is on its way. */
function describeUnknown({ error }) {
  if (!error) return ["session", "Another tab has signed in"];
  return ["trouble", `Not restored yet (${error.code}): trying again`];
}

function describeBeginning(before, after) {
  const name = nameOf(after);
  if (after.elsewhere) return `Signed in as ${name}, by another tab`;
  return before.status === "unknown"
    ? `Restored: still signed in as ${name}`
    : `Signed in as ${name}`;
}

/** Who is signed in, to show. */
export function nameOf({ claims }) {
  return String(claims?.name ?? claims?.sub ?? "somebody");
}
