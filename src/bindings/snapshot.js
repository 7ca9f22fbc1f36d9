/** The JSON of a token's claims, frozen from the leaves up; null where it is none. */
export function parseFrozen(json) {
  try {
    const claims = JSON.parse(json, (_name, value) => Object.freeze(value));
    return typeof claims === "object" && !Array.isArray(claims) ? claims : null;
  } catch {
    return null;
  }
}
