// The access token, as requests carry it.

import { crash } from "./core.js";
import { tokenValue } from "./endpoint.js";

export class Tokens {
  #driver;
  #attach;
  /** The token of the last call. It is dropped with each change of the state. */
  #held;

  constructor(driver, attach) {
    this.#driver = driver;
    this.#attach = attach;
  }

  drop() {
    this.#held = undefined;
  }

  /** A token for a call that waits for nothing; `undefined` where it would have to. `uses`: a request will carry it. */
  held(uses) {
    const { core } = this.#driver;
    if (core === undefined) return undefined;
    try {
      const number = core.tokenNumber(Date.now(), performance.now(), uses);
      if (number === 0) return undefined;
      if (this.#held?.number !== number) this.#held = this.credential(core.token(), number);
      return this.#held;
    } catch (error) {
      if (this.#driver.core === core) crash(error);
      return undefined;
    }
  }

  /** The value of the token's header, of the current token. It may have expired. */
  authorization() {
    const current = this.#driver.core && this.#driver.enter((core) => core.token());
    return current && tokenValue(this.#attach, current.token);
  }

  /** A token, as a request carries it. `accepted`: who has accepted it. */
  credential(granted, number) {
    if (granted === undefined) return undefined;
    const value = tokenValue(this.#attach, granted.token);
    return { ...granted, number, value, accepted: new Set() };
  }

  /** Waits for a token. Rejects with a denial of the core, or an error. */
  async wait(not, minValidity, signal) {
    const wanted = (core, ticket) => core.wantToken(ticket, not ?? "", minValidity);
    return this.credential(await this.#driver.ask(wanted, signal));
  }
}
