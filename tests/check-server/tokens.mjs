// Refresh tokens of a server that does what docs/rotation.md asks for, or fails to in a way that is ordered.

import { createHash, randomUUID } from "node:crypto";

/** How it is done right. */
export const RIGHT = {
  rotates: true,
  /** A retry under the same attempt id is answered with the same successor; `"badly"`: with one that is no good. */
  knowsAttempts: true,
  /** A refresh that is accepted is answered with its attempt id; by default where those are known. */
  returnsAttempts: undefined,
  /** The preceding token is accepted while its successor was never presented; `"same"`: the answer is that successor again. */
  grace: false,
  /** The successor under the id that made it: `"itself"`, `"refused"`. */
  ownAttempt: "itself",
  /** A spent token whose successor was presented: `"ends"` the session, is `"refused"`, `"cleared"` (and its cookie with it), `"accepted"`, or `"breaks"` it all. */
  reuse: "ends",
  /** For so long a spent token is accepted whatever happened, in milliseconds. */
  leniency: 0,
  /** Whether the first refresh of a session takes until all requests are here that were sent by then. */
  gathers: false,
  /** Whether looking and spending are one step, or lie before and after that. */
  atomic: true,
  /**
   * Which refresh is an error while another with the token is at work: of the `"same"` or of `"another"` attempt;
   * `"ends"`: two of different attempts end the session.
   */
  clashes: undefined,
};

export class Tokens {
  #rules;
  #allAreHere;
  #tokens = new Map();
  /** The attempts that are at work, by token. */
  #atWork = new Map();

  /** `allAreHere` settles when no request is on its way. */
  constructor(rules, allAreHere) {
    this.#rules = { ...RIGHT, ...rules };
    this.#allAreHere = allAreHere;
  }

  /** All that were ever issued. */
  get issued() {
    return [...this.#tokens.keys()];
  }

  /** Whether attempt ids are returned. */
  get returnsAttempts() {
    const { returnsAttempts, knowsAttempts, rotates } = this.#rules;
    return returnsAttempts ?? Boolean(knowsAttempts && rotates);
  }

  /** Whether a refusal deletes the cookie. */
  get clears() {
    return this.#rules.reuse === "cleared";
  }

  begin() {
    return this.#issue(`refresh-${randomUUID()}`, { isOver: false });
  }

  end(token) {
    const known = this.#tokens.get(token);
    if (known) known.session.isOver = true;
  }

  /** The token to answer with; `undefined`: refused; throws where the server breaks. */
  async refresh(token, attempt) {
    const { clashes, gathers, atomic } = this.#rules;
    const other = this.#atWork.get(token);
    if (other && clashes === (other === attempt ? "same" : "another"))
      throw new Error("the row is locked");
    if (other && other !== attempt && clashes === "ends") this.end(token);
    this.#atWork.set(token, attempt);
    const seen = this.#tokens.get(token)?.successor;
    if (gathers && !this.#tokens.get(token)?.attempt) await this.#allAreHere();
    this.#atWork.delete(token);
    return this.#decide(token, attempt, atomic ? this.#tokens.get(token)?.successor : seen);
  }

  #decide(token, attempt, successor) {
    const { rotates, ownAttempt } = this.#rules;
    const known = this.#tokens.get(token);
    if (!known || known.session.isOver) return undefined;
    if (!rotates) return token;
    if (successor !== undefined)
      return this.#reused(known, token, attempt, this.#tokens.get(successor));
    if (attempt && known.attempt === attempt) return ownAttempt === "itself" ? token : undefined;
    return this.#rotate(known, token, attempt);
  }

  #reused(known, token, attempt, successor) {
    const { knowsAttempts, grace, reuse, leniency } = this.#rules;
    if (!successor.successor && knowsAttempts && attempt && successor.attempt === attempt) {
      return knowsAttempts === "badly" ? `${known.successor}0` : known.successor;
    }
    if (!successor.successor && grace)
      return grace === "same" ? known.successor : this.#rotate(known, token, attempt);
    if (reuse === "accepted" || Date.now() - known.spentAt < leniency)
      return this.#rotate(known, token, attempt);
    known.session.isOver ||= !["refused", "cleared"].includes(reuse);
    if (reuse === "breaks" && successor.successor) throw new Error("there are two rows");
    return undefined;
  }

  #rotate(known, token, attempt) {
    known.spentAt ??= Date.now();
    const made = createHash("sha256")
      .update(`${token} ${(this.#rules.knowsAttempts && attempt) || randomUUID()}`)
      .digest("hex");
    known.successor = `refresh-${made}`;
    return this.#issue(known.successor, known.session, attempt);
  }

  #issue(token, session, attempt) {
    this.#tokens.set(token, { session, attempt });
    return token;
  }
}
