// An auth server and an API inside the page. A test sets their responses, and looks at the requests
// that they receive.

const encode = (value) =>
  btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** A response, whatever the prototype of its options has got. */
const respond = (body, init) => new Response(body, { __proto__: null, ...init });

export class FakeServer {
  constructor() {
    this.calls = [];
    this.refreshAnswers = [];
    this.signOutAnswers = [];
    this.apiAnswers = [];
    this.lifetime = 900;
    this.serial = 0;
    this.good = undefined;
    this.scope = "profile";
    /** The header and the scheme by which the API expects the token. */
    this.attach = { header: "Authorization", scheme: "Bearer" };
    /** The header in which a granted refresh sends the attempt id back. */
    this.echoes = undefined;
    this.fetch = (...args) => this.#answer(args);
  }

  /** Issues a token. The API rejects the one before. */
  token(sub = "alice") {
    this.serial += 1;
    const iat = 1_700_000_000;
    const claims = {
      sub,
      iat,
      exp: iat + this.lifetime,
      scope: this.scope,
      jti: String(this.serial),
    };
    this.good = `${encode({ alg: "none" })}.${encode(claims)}.${this.serial}`;
    return this.good;
  }

  login(sub) {
    return JSON.stringify({
      access_token: this.token(sub),
      token_type: "Bearer",
      expires_in: this.lifetime,
    });
  }

  revoke() {
    this.good = undefined;
  }

  /** Sets the next response of the refresh endpoint: a status, a body, headers as JSON. */
  answerRefresh(status, body, headers) {
    this.refreshAnswers.push({ status, body, headers: JSON.parse(headers) });
  }

  /** Holds the response to the next refresh until `letGo` is called. */
  holdRefresh() {
    let letGo;
    this.refreshAnswers.push({ held: new Promise((resolve) => (letGo = resolve)) });
    this.letGo = letGo;
  }

  failRefresh() {
    this.refreshAnswers.push({ error: new TypeError("network down") });
  }

  /**
   * Sets the next response of the sign-out endpoint, by default a 204. A status of 0 is a network
   * error.
   */
  answerSignOut(status, body, headers) {
    this.signOutAnswers.push({ status, body, headers: JSON.parse(headers) });
  }

  /** Sets the next response of the API: a status, headers as JSON. */
  answerApi(status, headers) {
    this.apiAnswers.push({ status, headers: JSON.parse(headers) });
  }

  failApi(error) {
    this.apiAnswers.push({ error });
  }

  count(part) {
    return this.calls.filter((call) => call.url.includes(part)).length;
  }

  /** A member of the n-th call whose URL has this part. */
  member(part, index, name) {
    return this.calls.filter((call) => call.url.includes(part))[index]?.[name];
  }

  async #answer(args) {
    const request = new Request(...args);
    const call = { args, url: request.url, request };
    for (const name of ["method", "keepalive", "credentials", "redirect", "cache"])
      call[name] = request[name];
    for (const name of ["authorization", "content-type", "x-requested-with"]) {
      call[name] = request.headers.get(name) ?? undefined;
    }
    this.calls.push(call);
    call.bytes = Array.from(new Uint8Array(await request.arrayBuffer())).join();
    if (request.url.includes("/auth/refresh")) return this.#refresh(request);
    if (request.url.includes("/auth/logout")) return this.#signOut();
    const answer = this.apiAnswers.shift();
    if (answer?.error) throw answer.error;
    if (answer) return respond("", answer);
    const { header, scheme } = this.attach;
    const isGood =
      this.good !== undefined && request.headers.get(header) === `${scheme} ${this.good}`.trim();
    call.response = isGood
      ? respond("{}", { status: request.url.includes("/forbidden") ? 403 : 200 })
      : respond("no", { status: 401 });
    return call.response;
  }

  #signOut() {
    const answer = this.signOutAnswers.shift() ??
      this.apiAnswers.shift() ?? { __proto__: null, status: 204, body: null };
    if (answer.error) throw answer.error;
    if (answer.status === 0) throw new TypeError("network down");
    return respond(answer.body, answer);
  }

  async #refresh(request) {
    const answer = this.refreshAnswers.shift();
    if (answer?.error) throw answer.error;
    if (answer?.held) await answer.held;
    else if (answer) return respond(answer.body, answer);
    const echo = this.echoes && { [this.echoes]: request.headers.get(this.echoes) };
    return respond(this.login(), { headers: { "content-type": "application/json", ...echo } });
  }
}
