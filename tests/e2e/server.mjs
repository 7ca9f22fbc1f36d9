// The reference server as the story's teller sees it: its counters, its test controls, and what a thief would send.

/** The server at an origin. */
export class Server {
  #origin;

  constructor(origin) {
    this.#origin = origin;
  }

  async counters() {
    const response = await fetch(`${this.#origin}/test/counters`);
    if (!response.ok)
      throw new Error(`no counters (${response.status}): was it started with --test-controls?`);
    return response.json();
  }

  /** By how much each counter has grown while `work` was done. */
  async during(work) {
    const before = await this.counters();
    await work();
    const after = await this.counters();
    return Object.fromEntries(Object.keys(after).map((name) => [name, after[name] - before[name]]));
  }

  /** Zero counters, no faults. */
  reset() {
    return this.#order("reset");
  }

  /** How long the access tokens live that are issued from now on, in seconds. */
  issueTokensFor(access_seconds) {
    return this.#order("lifetime", { access_seconds });
  }

  /** The status of a refresh with this cookie, as somebody would send it who has stolen it. */
  async refreshWith(cookie) {
    const response = await fetch(`${this.#origin}/auth/refresh`, {
      method: "POST",
      headers: { cookie: `${cookie.name}=${cookie.value}`, "x-requested-with": "a-thief" },
    });
    return response.status;
  }

  /** The status of an API call with this access token. */
  async callWith(accessToken) {
    const response = await fetch(`${this.#origin}/api/me`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    return response.status;
  }

  async #order(name, details) {
    const body = details && JSON.stringify(details);
    const response = await fetch(`${this.#origin}/test/${name}`, { method: "POST", body });
    if (!response.ok) throw new Error(`/test/${name}: ${response.status} ${await response.text()}`);
  }
}
