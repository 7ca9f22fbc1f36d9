// Visitors who have never signed in: a cookie that script can read, and that the server sets and clears with the session, says
// that there is one, and its absence that there is none. But only where the server has been asked since it sets the cookie: on
// the day of the first deploy nobody has it yet.

import { documentOfPage, readCookie, withStorage } from "./globals.js";

export class Hint {
  #cookie;
  #key;

  constructor(cookie, name, refreshUrl) {
    this.#cookie = cookie;
    this.#key = `silent-session:1:hint:${name}:${refreshUrl}`;
  }

  /** Whether it is certain that there is no session. A worker cannot read cookies, and is certain of nothing. */
  saysNone() {
    return (
      this.#isReadable() && !this.#isSet() && withStorage((kept) => kept.getItem(this.#key)) === "1"
    );
  }

  /**
   * The server has answered. Where it has refused, it has been asked; where there is a session and no cookie, it sets none: its
   * absence says nothing.
   */
  note({ status, reason }) {
    if (!this.#isReadable()) return;
    if (status === "active" && !this.#isSet()) withStorage((kept) => kept.removeItem(this.#key));
    else if (status === "active" || reason === "none" || reason === "rejected")
      withStorage((kept) => kept.setItem(this.#key, "1"));
  }

  #isReadable() {
    return this.#cookie !== undefined && documentOfPage() !== undefined;
  }

  #isSet() {
    return Boolean(readCookie(this.#cookie));
  }
}
