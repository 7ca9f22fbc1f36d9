// Refresh tokens that rotate, by the rule of docs/rotation.md. In memory, for examples: in an app these are two tables, and `rotate` is
// one transaction that locks the row of the token before it reads the rest.

import { createHash, createHmac, randomBytes, randomUUID } from "node:crypto";

/** Milliseconds for which a retry of one attempt gets the same answer. */
const REPLAY_WINDOW = 60_000;
/** 32 hexadecimal digits, or a UUID. `XMLHttpRequest`, which old code sends, is none. */
const ATTEMPT_ID = /^[0-9a-f-]{32,36}$/i;

export class RefreshTokens {
  /** Derives successors. In an app it is configured, and the same in all processes. */
  #key = randomBytes(32);
  /** By the hash of the token: only hashes are stored. */
  #tokens = new Map();
  #lifetime;

  /** `lifetime` of a session, in seconds: however often it is refreshed, it ends then. */
  constructor(lifetime) {
    this.#lifetime = lifetime;
  }

  /** The first token of a new family: a sign-in. */
  begin(user) {
    const token = randomBytes(32).toString("base64url");
    const family = {
      id: randomUUID(),
      user,
      endsAt: Date.now() + this.#lifetime * 1000,
      revoked: false,
    };
    return this.#issue(token, { family });
  }

  /** What follows on this token; nothing where it is refused. */
  rotate(token, attempt) {
    const row = this.#tokens.get(hash(token));
    if (!row || row.family.revoked || Date.now() >= row.family.endsAt) return undefined;
    const known = ATTEMPT_ID.test(attempt) ? attempt : undefined;
    const isRetry = ({ attempt, issuedAt }) =>
      known !== undefined && attempt === known && Date.now() - issuedAt < REPLAY_WINDOW;
    if (!row.successor) {
      // Its cookie has come, and the client does not know: itself again.
      if (isRetry(row)) return this.#answer(token, row);
      const successor =
        known === undefined ? randomBytes(32).toString("base64url") : this.#derive(token, known);
      row.successor = hash(successor);
      return this.#issue(successor, { family: row.family, attempt: known });
    }
    const successor = this.#tokens.get(row.successor);
    // The answer was lost: the same successor again, as long as nobody has presented it.
    if (isRetry(successor) && !successor.successor)
      return this.#answer(this.#derive(token, known), successor);
    row.family.revoked = true;
    return undefined;
  }

  /** Ends the session of this token, whichever of its family it is. */
  end(token) {
    const row = this.#tokens.get(hash(token));
    if (row) row.family.revoked = true;
  }

  #derive(token, attempt) {
    return createHmac("sha256", this.#key).update(`${token} ${attempt}`).digest("base64url");
  }

  #issue(token, { family, attempt }) {
    const row = { family, attempt, issuedAt: Date.now(), successor: undefined };
    this.#tokens.set(hash(token), row);
    return this.#answer(token, row);
  }

  /** `attempt`: the id that would be recognised if it came again, to be returned. */
  #answer(token, { family: { id, user, endsAt }, attempt }) {
    return {
      token,
      user,
      family: id,
      attempt,
      maxAge: Math.max(0, Math.floor((endsAt - Date.now()) / 1000)),
    };
  }
}

function hash(token) {
  return createHash("sha256").update(String(token)).digest("base64url");
}
