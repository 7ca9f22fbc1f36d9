// An auth server and an API, without a network: behind a stubbed `fetch` in a page, or
// behind a socket in Node.

const encode = (value) =>
  btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** Seconds: no token expires while something is measured. */
const LIFETIME = 3600;

export class Auth {
  /** How many requests have asked for a token. */
  refreshes = 0;
  /** Whether it answers 503 to them. */
  isDown = false;
  #serial = 0;
  #good;

  /** The token that the API accepts. */
  get token() {
    return this.#good ?? this.issue();
  }

  /** Issues another one. */
  issue() {
    const iat = Math.floor(Date.now() / 1000);
    this.#serial += 1;
    const claims = { sub: "alice", iat, exp: iat + LIFETIME, jti: String(this.#serial) };
    this.#good = `${encode({ alg: "none" })}.${encode(claims)}.s`;
    return this.#good;
  }

  /** The API refuses the token from now on. The first refresh gets another; later ones the same. */
  revoke() {
    this.#good = undefined;
  }

  /** What is answered to a request: `{ status, headers, body }`. */
  answer(path, authorization) {
    if (path.startsWith("/api"))
      return reply(this.#good && authorization === `Bearer ${this.#good}` ? 200 : 401, {});
    this.refreshes += 1;
    if (this.isDown) return reply(503, {});
    const { token } = this;
    const body = { access_token: token, token_type: "Bearer", expires_in: LIFETIME };
    const expires = Date.now() + LIFETIME * 1000;
    return reply(
      200,
      { ...body, refresh_token: "refresh" },
      // As supertokens-website has them.
      {
        "front-token": btoa(JSON.stringify({ uid: "alice", ate: expires, up: {} })),
        "st-access-token": token,
        "st-refresh-token": "refresh",
      },
    );
  }
}

const reply = (status, body, headers) => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});
