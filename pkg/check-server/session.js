// One sign-in: its cookies, and what can be asked with them.

import { Jar } from "./jar.js";
import { parseSetCookie } from "./set-cookie.js";

/** A page that is nobody's. */
export const FOREIGN = "https://foreign.example";

export class Session {
  /** The value of the refresh cookie, whatever became of its attributes: those are for a check of their own. */
  value;
  /** The name of the refresh cookie. */
  name;
  #page;
  #options;
  #secrets;
  #jar = new Jar();

  constructor(page, options, secrets) {
    this.#page = page;
    this.#options = options;
    this.#secrets = secrets;
  }

  /** Takes cookies that were given by hand: the refresh cookie, and others. */
  take([{ name, value }, ...others]) {
    const setCookies = others.map((cookie) => `${cookie.name}=${cookie.value}; Path=/`);
    this.#store({ setCookies, url: this.#options.refresh });
    this.#hold(name, value);
  }

  /** Looks at a page for the cookies that it sets. */
  async visit(url) {
    this.#store(
      await this.#page.send({ method: "GET", url, mode: "navigate", cookie: this.#cookies(url) }),
    );
  }

  /** Signs in; returns the answer. */
  async signIn() {
    const { signIn: url, signInBody: body, signInHeaders, headers, csrfHeader } = this.#options;
    const csrf = this.#csrf();
    const isJson = /^\s*[[{]/.test(body);
    const type = isJson ? "application/json" : "application/x-www-form-urlencoded";
    const all = {
      "content-type": type,
      ...headers,
      ...(csrf && { [csrfHeader]: csrf }),
      ...signInHeaders,
    };
    const answer = await this.#page.send({
      method: "POST",
      url,
      headers: all,
      body,
      cookie: this.#cookies(url),
    });
    this.#store(answer);
    const cookie = pick(answer, this.#options.cookieName);
    if (cookie) this.#hold(cookie.name, cookie.value);
    return answer;
  }

  /**
   * Sends a refresh. `value`: another cookie than the newest; `keep: false`: the answer is lost on the way;
   * `attempt: ""` and `csrf: false` leave out a header; the rest is as in `Page.send`.
   */
  async refresh({
    attempt,
    csrf = true,
    value = this.value,
    keep = true,
    headers,
    ...request
  } = {}) {
    const { refresh: url, method, body } = this.#options;
    const all = {
      ...this.#page.headers({ attempt, csrf: csrf ? this.#csrf() : undefined }),
      ...headers,
    };
    const cookie = this.#cookies(url, value);
    const answer = await this.#page.send({ method, url, body, headers: all, cookie, ...request });
    if (keep) this.#store(answer);
    return answer;
  }

  /** What a foreign page can have a browser send to the refresh endpoint: the cookies, and no header of the page. */
  async forge(method, { type, body } = {}) {
    const headers = type && { "content-type": type };
    const { refresh: url } = this.#options;
    const cookie = this.#cookies(url, this.value);
    const answer = await this.#page.send({
      method,
      url,
      headers,
      body,
      cookie,
      origin: FOREIGN,
      mode: "navigate",
    });
    this.#store(answer);
    return answer;
  }

  /** Signs out. `value: ""`: without a session; `token`: the access token that goes along where the endpoint requires one. */
  async signOut({ value = this.value, token } = {}) {
    const { signOut: url, signOutMethod: method, signOutToken } = this.#options;
    const { "content-type": _, ...headers } = this.#page.headers({ csrf: this.#csrf() });
    if (signOutToken && token) headers.authorization = `Bearer ${token}`;
    return this.#page.send({ method, url, headers, cookie: this.#cookies(url, value) });
  }

  /** What an answer sets under the name of the refresh cookie; `undefined`: nothing. */
  cookieOf(answer) {
    const cookies = answer.setCookies.map((header) => parseSetCookie(header, answer.url));
    return cookies.findLast(({ name }) => name === this.name);
  }

  /** The cookie of the double submit, as it was set. */
  csrfCookie = () => this.#jar.named(this.#options.csrfCookie);

  #hold(name, value) {
    Object.assign(this, { name, value });
    this.#secrets.add(value);
  }

  #store(answer) {
    this.#jar.store(answer);
    for (const header of answer.setCookies)
      this.#secrets.add(parseSetCookie(header, answer.url).value);
    const cookie = this.name && this.cookieOf(answer);
    if (cookie && !cookie.isDeleted) this.value = cookie.value;
  }

  /** `Cookie` for a URL. The refresh cookie goes along with a refresh and a sign-out, and only one of its name. */
  #cookies(url, value) {
    const isCrossSite = this.#page.relation(url) === "cross-site";
    const others = this.#jar.for(url, isCrossSite).filter(({ name }) => name !== this.name);
    const pairs = others.map((cookie) => `${cookie.name}=${cookie.value}`);
    if (value) pairs.unshift(`${this.name}=${value}`);
    return pairs.join("; ");
  }

  /** What is sent in the header of the double submit. */
  #csrf() {
    const value = this.csrfCookie()?.value;
    return value && decoded(value);
  }
}

/** Which of the cookies that a sign-in sets is the refresh cookie. */
function pick(answer, wanted) {
  const cookies = answer.setCookies.map((header) => parseSetCookie(header, answer.url));
  const candidates = cookies.filter(
    (cookie) => !cookie.isDeleted && (wanted === undefined || cookie.name === wanted),
  );
  const score = ({ name, httpOnly, value }) =>
    (httpOnly ? 4 : 0) +
    (/refresh/i.test(name) ? 3 : 0) -
    (/csrf|xsrf|stamp/i.test(name) ? 8 : 0) +
    value.length / 8192;
  return candidates.sort((a, b) => score(b) - score(a))[0];
}

/** Some frameworks encode what stands in the cookie, and want it plain in the header. */
function decoded(value) {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
