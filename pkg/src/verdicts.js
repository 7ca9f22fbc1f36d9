// What the answer to a call says of the token that it carried.

import { memberOf } from "./arguments.js";
import { cancel, unlessAborted } from "./bodies.js";
import { parseUrl } from "./globals.js";
import { headerOf } from "./response.js";
import { redirected } from "./targets.js";

/** How many audiences of a token are remembered that have accepted it. */
const MOST_REMEMBERED = 500;

export class Verdicts {
  #session;
  #policy;
  #call;

  constructor(session, policy, call) {
    this.#session = session;
    this.#policy = policy;
    this.#call = call;
  }

  /** Returns "good", "refused", or nothing; or a promise of that, where a function of the app is asked. */
  of(response) {
    // At a redirect to another origin fetch has dropped the token: who answers has not seen it.
    const answeredBy = () => parseUrl(memberOf(response, "url"))?.origin;
    if (isRedirected(response) && answeredBy() !== this.#call.audience.origin) return undefined;
    // A mock's: whatever it is, it is the caller's.
    if (typeof memberOf(response, "status") !== "number") return undefined;
    const told = this.#session.rejectsToken(response);
    if (typeof told?.then !== "function") return this.#sort(told, response);
    return unlessAborted(this.#call.signal, Promise.resolve(told)).then(
      (rejects) => this.#sort(rejects, response),
      (error) => {
        cancel(response);
        throw error;
      },
    );
  }

  #sort(rejects, response) {
    if (typeof rejects !== "boolean") return undefined;
    if (!rejects) return "good";
    const { driver, attach } = this.#session;
    const challenges = headerOf(memberOf(response, "headers"), "www-authenticate");
    return challenges && driver.wantsMore(challenges, attach.scheme) ? undefined : "refused";
  }

  /** Notes a verdict where no refresh follows. */
  learn(verdict, { epoch, generation, accepted }, { origin, path, key }, response) {
    const { driver } = this.#session;
    const judged = (how) =>
      driver.enter((core) => core.judged(how, 0, epoch, generation, origin, path));
    // No other status proves that the token was looked at.
    if (verdict === "good" && memberOf(response, "ok") && !accepted.has(key)) {
      if (accepted.size >= MOST_REMEMBERED) accepted.clear();
      accepted.add(key);
      judged("accepted");
    } else if (verdict === "refused" && !this.#policy.passive) {
      accepted.delete(key);
      judged("replay");
    }
  }

  /** Who has answered. */
  audienceOf(response) {
    const { audience } = this.#call;
    return isRedirected(response) ? redirected(audience) : audience;
  }
}

const isRedirected = (response) => Boolean(memberOf(response, "redirected"));
