// A call that carries the token: what is sent, and what is made of the answer.

import { cancel, drain, unlessAborted } from "./bodies.js";
import { firstToken } from "./first-token.js";
import { hidden401 } from "./integrity.js";
import { Verdicts } from "./verdicts.js";

export class Exchange {
  #session;
  #policy;
  #call;
  #verdicts;

  constructor(session, policy, call) {
    this.#session = session;
    this.#policy = policy;
    this.#call = call;
    this.#verdicts = new Verdicts(session, policy, call);
  }

  /** Sends the call, with a token where one can be had. Where one is in hand, it is under way when this returns. */
  async run() {
    const call = this.#call;
    const { driver } = this.#session;
    let credential = driver.tokens.held(!this.#policy.passive);
    if (credential === undefined) {
      const giveBack = call.hold();
      try {
        credential = await firstToken(this.#session, this.#policy, call.signal);
      } catch (error) {
        giveBack();
        call.abandon();
        throw driver.view.errorOf(error);
      }
      giveBack();
      if (credential === undefined) {
        call.drop();
        return call.sendWithoutToken();
      }
    }
    let response;
    try {
      response = await call.send(credential);
    } catch (error) {
      const audience = await hidden401(call, this.#verdicts, credential);
      if (audience) return this.#refused(credential, audience, undefined, error);
      call.drop();
      throw error;
    }
    return this.finish(credential, response);
  }

  /** Looks at an answer: learns from it, or refreshes and sends once more. */
  async finish(credential, response) {
    const verdict = await this.#verdicts.of(response);
    const audience = this.#verdicts.audienceOf(response);
    if (verdict === "refused") return this.#refused(credential, audience, response);
    this.#call.drop();
    this.#verdicts.learn(verdict, credential, audience, response);
    return response;
  }

  /** The token was refused: with this answer, or with one that the caller could not be shown. */
  async #refused(credential, audience, response, error) {
    const call = this.#call;
    const own = () => {
      call.drop();
      if (error) throw error;
      return response;
    };
    let next;
    try {
      next = await this.#next(credential, audience);
    } catch (denial) {
      call.drop();
      cancel(response);
      throw this.#session.driver.view.errorOf(denial);
    }
    if (!next || !call.canReplay) return own();
    // For as long as there is more to come, the body of a `keepalive` request counts against the quota of the page.
    if (response && call.isKeptAlive) await unlessAborted(call.signal, drain(response));
    else cancel(response);
    const answer = await call.replay(next);
    this.#verdicts.learn(
      await this.#verdicts.of(answer),
      next,
      this.#verdicts.audienceOf(answer),
      answer,
    );
    return answer;
  }

  /** What the replay carries; `undefined`: the 401 is the caller's own. */
  async #next(credential, audience) {
    const { driver } = this.#session;
    const { epoch, generation } = credential;
    credential.accepted.delete(audience.key);
    if (this.#policy.passive) {
      // Somebody else may have caused a refresh meanwhile.
      const held = driver.tokens.held(false);
      return held?.epoch === epoch && held.generation !== generation ? held : undefined;
    }
    const { origin, path } = audience;
    const rejected = (core, ticket) =>
      core.judged("rejected", ticket, epoch, generation, origin, path);
    if (!this.#call.canReplay) {
      // The caller gets its 401, and whoever sends next a new token.
      driver.ask(rejected).catch(() => {});
      return undefined;
    }
    try {
      return driver.tokens.credential(await driver.ask(rejected, this.#call.signal));
    } catch (denial) {
      if (this.#call.signal?.aborted || denial instanceof Error) throw denial;
      if (denial.failure || denial.code === "ERR_SIGN_IN_PENDING") throw denial;
      // The session is over, or another one.
      return undefined;
    }
  }
}
