// What must never be printed: the values of cookies, the tokens, and whatever a person has signed in with.

/** Shorter values stand in too many sentences by chance, and are no secrets. */
const SHORTEST = 6;

export class Secrets {
  #values = new Set();

  add(value) {
    if (typeof value === "string" && value.length >= SHORTEST) this.#values.add(value);
  }

  /** The text without them. Sentences are not made of them; this is for what a server repeats in a header. */
  mask(text) {
    const longestFirst = [...this.#values].sort((a, b) => b.length - a.length);
    return longestFirst.reduce((masked, value) => masked.replaceAll(value, "[masked]"), text);
  }
}

/** What a server has sent, fit for a terminal: in quotes, short, without control characters. */
export function quoted(value) {
  const text = String(value).replace(/[^\x20-\x7e]/g, "?");
  return `\`${text.length > 80 ? `${text.slice(0, 77)}...` : text}\``;
}
