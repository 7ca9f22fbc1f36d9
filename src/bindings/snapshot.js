/** The JSON of a token's claims, frozen from the leaves up; null where it is none. */
export function parseFrozen(json) {
  try {
    return JSON.parse(json, (_name, value) => Object.freeze(value));
  } catch {
    return null;
  }
}
