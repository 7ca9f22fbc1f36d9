// Tokens, and where they must not be.

const COOKIE = "refresh_token";

/** Collects every token that goes over the wire of a context, and everything that a page might leave behind. */
export class Secrets {
  /** The access token that was sent last. */
  lastSent;
  #context;
  #accessTokens = new Set();
  #refreshTokens = new Set();
  #answers = [];
  #urls = new Set();
  #messages = [];

  constructor(context) {
    this.#context = context;
    context.on("request", (request) => {
      this.#urls.add(request.url());
      const [scheme, token] = (request.headers().authorization ?? "").split(" ");
      if (scheme !== "Bearer") return;
      this.#accessTokens.add(token);
      this.lastSent = token;
    });
    context.on("response", (response) => {
      // A refusal brings no token, and as nobody reads its body, it might never be at its end.
      const brings = response.ok() && /\/auth\/(login|refresh)$/.test(response.url());
      if (brings) this.#answers.push(this.#read(response));
    });
    context.on("console", (message) => this.#messages.push(message.text()));
  }

  /** The refresh cookie, as the browser has it and no script; undefined where there is none. */
  async refreshCookie() {
    return (await this.#context.cookies()).find(({ name }) => name === COOKIE);
  }

  async seen() {
    await Promise.all(this.#answers);
    return {
      accessTokens: this.#accessTokens.size,
      refreshTokens: this.#refreshTokens.size,
      urls: this.#urls.size,
    };
  }

  /** In which places a token is, or a telling part of one: none, one hopes. */
  async foundIn(page) {
    await Promise.all(this.#answers);
    const places = {
      ...(await page.evaluate(reachable)),
      URLs: [...this.#urls],
      console: this.#messages,
    };
    // Claims and signature of a JWT each for itself too; its header is the same for all, and no secret.
    const parts = [...this.#accessTokens].flatMap((token) => [token, ...token.split(".").slice(1)]);
    const secrets = [...parts, ...this.#refreshTokens];
    return Object.entries(places)
      .filter(([, place]) => secrets.some((secret) => JSON.stringify(place).includes(secret)))
      .map(([name]) => name);
  }

  /** A token need not be sent to have been there. */
  async #read(response) {
    try {
      for (const cookie of await response.headerValues("set-cookie")) {
        const [name, value] = cookie.split(";")[0].split("=");
        if (name === COOKIE && value) this.#refreshTokens.add(value);
      }
      const { access_token } = await response.json();
      if (access_token) this.#accessTokens.add(access_token);
    } catch {
      // The page was left before it was read.
    }
  }
}

/** Runs in the page: all that any script of its origin can read, but for the memory of others. */
async function reachable() {
  const databases = await indexedDB.databases();
  if (databases.length > 0)
    throw new Error("there is an IndexedDB that the story does not know how to search");
  return {
    localStorage: { ...localStorage },
    sessionStorage: { ...sessionStorage },
    caches: await caches.keys(),
    "document.cookie": document.cookie,
    "the page": document.documentElement.outerHTML,
    "window.name": name,
    history: history.state,
  };
}
