// What the tabs send, as the browser sees it.

/** The requests to the auth server and the API, each with its tab and the access token that it carried. */
export class Wire {
  #requests = [];
  #watchers = new Set();
  #context;

  constructor(context) {
    this.#context = context.on("request", this.#note);
  }

  #note = (request) => {
    const { pathname } = new URL(request.url());
    if (!/^\/(auth|api)\//.test(pathname)) return;
    const [, token] = /^Bearer (.+)$/.exec(request.headers().authorization ?? "") ?? [];
    this.#requests.push({ page: request.frame().page(), path: pathname, token });
    for (const watcher of this.#watchers) watcher();
  };

  /** Waits until what was sent is as wanted. */
  until(isWanted) {
    return new Promise((resolve) => {
      const look = () => {
        if (!isWanted()) return;
        this.#watchers.delete(look);
        resolve();
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** What a tab has sent to a path, in order. */
  of(tab, path) {
    if (this.#context.isBlind) throw new Error("nobody sees what the tabs of this browser send");
    return this.#requests.filter((request) => request.page === tab.page && request.path === path);
  }

  /** Every access token that any tab has sent. */
  get tokens() {
    return new Set(this.#requests.map(({ token }) => token).filter(Boolean));
  }

  /** Looks no more. */
  close() {
    this.#context.off("request", this.#note);
  }
}

/** Whose an access token is. */
export function subjectOf(token) {
  return JSON.parse(Buffer.from(token.split(".")[1], "base64url")).sub;
}
