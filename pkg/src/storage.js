// `localStorage`: what the browser remembers from one page to the next and from tab to tab. It holds no token and no name; but
// whoever can read these entries can test guesses of the name by their check values.
//
// | entry | belongs to |
// | --- | --- |
// | `silent-session:1:session:<name>:<refresh URL>` | the session: which sign-in it is |
// | `silent-session:1:sign-out:<name>:<refresh URL>` | the session: a sign-out that the server may not know of |
// | `silent-session:1:company:<name>:<refresh URL>` | the session: `1` if another tab was there |
// | `silent-session:1:attempt:<auth origin> <refresh path>` | the cookie: the marker of the last refresh |
// | `silent-session:1:answered:<auth origin> <refresh path>` | the cookie: the last reply |
// | `silent-session:1:in-flight:<auth origin> <refresh path>` | the cookie: refreshes that are out and unanswered |
// | `silent-session:1:spent:<auth origin> <refresh path>` | the cookie: what all tabs have spent on refreshes |
//
// Two sessions by different names on one cookie find each other's attempts. **Names and values are frozen**
// (`src/format/entries.rs` writes the values): old tabs outlive deploys. Where storage is refused (a sandboxed frame, a worker, a
// full disk) nothing is remembered.

import { withStorage } from "./globals.js";

const OF_SESSION = ["session", "sign-out", "company"];

export class Entries {
  #name;
  #refreshUrl;
  #path;
  #authOrigin;
  /** Whether the last entry could not be written. */
  #isRefused = false;
  /** Which sign-in it is, where the browser does not keep it. */
  #session;
  /** What the next read of that is to return, for a core that takes the place of another. */
  #inherited;

  constructor({ name, refresh, authOrigin }) {
    this.#name = name;
    this.#refreshUrl = refresh;
    this.#authOrigin = authOrigin;
    this.#path = refresh.startsWith(authOrigin) ? refresh.slice(authOrigin.length) : refresh;
  }

  #key(entry) {
    return OF_SESSION.includes(entry)
      ? `silent-session:1:${entry}:${this.#name}:${this.#refreshUrl}`
      : `silent-session:1:${entry}:${this.#authOrigin} ${this.#path}`;
  }

  /** Whether the browser keeps what is stored: it may refuse, or be full. */
  get isKept() {
    return !this.#isRefused && withStorage(() => true) === true;
  }

  /** Whether a `storage` event for this key concerns the session. */
  isAbout(key) {
    return key === this.#key("session") || key === this.#key("in-flight");
  }

  read(entry) {
    const text = withStorage((storage) => storage.getItem(this.#key(entry)));
    if (entry === "session" && this.#inherited !== undefined) {
      const inherited = this.#inherited;
      this.#inherited = undefined;
      return inherited;
    }
    return typeof text === "string" ? text : undefined;
  }

  /** A quota that is used up leaves the old entry: it names another person, or a session that is over. */
  store(entry, text) {
    withStorage((storage) => {
      this.#isRefused = true;
      storage.setItem(this.#key(entry), text);
      this.#isRefused = false;
    });
    if (entry === "session") this.#session = this.isKept ? undefined : text;
  }

  /** The core has crashed: the next one goes on with its session. */
  bequeath() {
    this.#inherited = this.#session;
  }

  remove(entry) {
    withStorage((storage) => storage.removeItem(this.#key(entry)));
  }
}
