// A call that carries the token: what is sent, and what is made of the answer.

import { memberOf } from "./arguments.js";
import { cancel, drain, unlessAborted, within } from "./bodies.js";
import { makeError } from "./errors.js";
import { waitsForItself } from "./failures.js";
import { parseUrl } from "./globals.js";
import { headerOf } from "./reply.js";
import { redirected } from "./targets.js";

/** How long a caller waits to know whether there is a 401 behind a rejection, in milliseconds. */
const LOOK_PATIENCE = 10_000;

export class Exchange {
  #session;
  #policy;
  #call;

  constructor(session, policy, call) {
    this.#session = session;
    this.#policy = policy;
    this.#call = call;
  }

  /** Sends the call, with a token where one can be had. Where one is in hand, it is under way when this returns. */
  async run() {
    const call = this.#call;
    const { driver } = this.#session;
    let credential = driver.held(!this.#policy.passive);
    if (credential === undefined) {
      const giveBack = call.hold();
      try {
        credential = await this.#first();
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
      const audience = await this.#hidden401(credential);
      if (audience) return this.#refused(credential, audience, undefined, error);
      call.drop();
      throw error;
    }
    return this.finish(credential, response);
  }

  /** Looks at an answer: learns from it, or refreshes and sends once more. */
  async finish(credential, response) {
    const verdict = await this.#verdict(response);
    const audience = this.#audienceOf(response);
    if (verdict === "refused") return this.#refused(credential, audience, response);
    this.#call.drop();
    this.#learn(verdict, credential, audience, response);
    return response;
  }

  /** What the call carries at first; `undefined`: it goes out without a token. */
  async #first() {
    const { driver, nested, options } = this.#session;
    const { token, passive } = this.#policy;
    const { signal } = this.#call;
    if (passive && token !== "optional") {
      const patience = (options.patience ?? 20) * 1000;
      await unlessAborted(signal, within(patience, driver.view.known()));
    }
    const { status, reason } = driver.view.state;
    if (passive || (token === "optional" && status === "unknown" && !driver.isClosed)) {
      const held = driver.held(false);
      if (held || token === "optional") return held;
      if (driver.isClosed) throw makeError("ERR_SESSION_CLOSED");
      if (status !== "ended") throw makeError("ERR_TOKEN_NOT_IN_HAND");
      return this.#without({ code: "ERR_SESSION_ENDED", reason });
    }
    const calling = nested();
    if (calling) throw waitsForItself(calling, "fetch");
    try {
      return await driver.token(undefined, 0, signal);
    } catch (denial) {
      return this.#without(denial);
    }
  }

  /** Returns where it may go out although there is no token. */
  #without(denial) {
    const { token } = this.#policy;
    const isOver = denial?.code === "ERR_SESSION_ENDED" && token !== "required";
    const isLate = LATE.includes(denial?.code) && token === "optional";
    if (isOver || isLate) return undefined;
    throw denial;
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
    this.#learn(await this.#verdict(answer), next, this.#audienceOf(answer), answer);
    return answer;
  }

  /** What the replay carries; `undefined`: the 401 is the caller's own. */
  async #next(credential, audience) {
    const { driver } = this.#session;
    const { epoch, generation } = credential;
    credential.accepted.delete(audience.key);
    if (this.#policy.passive) {
      // Somebody else may have caused a refresh meanwhile.
      const held = driver.held(false);
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
      return driver.credential(await driver.ask(rejected, this.#call.signal));
    } catch (denial) {
      if (this.#call.signal?.aborted || denial instanceof Error) throw denial;
      if (denial.failure || denial.code === "ERR_SIGN_IN_PENDING") throw denial;
      // The session is over, or another one.
      return undefined;
    }
  }

  /** Who has answered 401 behind a rejection, where it may be the digest of the 401 that did not fit: asked once more without it. */
  async #hidden401(credential) {
    const call = this.#call;
    if (!call.hides401 || !call.canReplay || call.signal.aborted) return undefined;
    // Whatever ends it, what is on the wire then ends as well.
    const stop = new AbortController();
    try {
      const look = Promise.resolve(call.look(credential, stop.signal));
      const answer = await unlessAborted(
        call.signal,
        within(
          LOOK_PATIENCE,
          look.catch(() => undefined),
        ),
      );
      const verdict = answer && (await this.#verdict(answer));
      cancel(answer);
      return verdict === "refused" ? this.#audienceOf(answer) : undefined;
    } catch (error) {
      if (call.signal.aborted) {
        call.drop();
        throw error;
      }
      return undefined;
    } finally {
      stop.abort();
    }
  }

  /** What an answer says of the token: "good", "refused", or nothing. Waits where a function of the app is asked. */
  #verdict(response) {
    // At a redirect to another origin fetch has dropped the token: who answers has not seen it.
    const answeredBy = () => parseUrl(memberOf(response, "url"))?.origin;
    if (isRedirected(response) && answeredBy() !== this.#call.audience.origin) return undefined;
    // A mock's: whatever it is, it is the caller's.
    if (typeof memberOf(response, "status") !== "number") return undefined;
    const { rejectsToken } = this.#session;
    const told = rejectsToken(response);
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

  /** Notes what an answer says of the token that it was sent, where no refresh follows. */
  #learn(verdict, { epoch, generation, accepted }, { origin, path, key }, response) {
    const { driver } = this.#session;
    // No other status proves that the token was looked at.
    if (verdict === "good" && memberOf(response, "ok") && !accepted.has(key)) {
      accepted.add(key);
      driver.enter((core) => core.judged("accepted", 0, epoch, generation, origin, path));
    } else if (verdict === "refused" && !this.#policy.passive) {
      accepted.delete(key);
      driver.enter((core) => core.judged("replay", 0, epoch, generation, origin, path));
    }
  }

  #audienceOf(response) {
    const { audience } = this.#call;
    return isRedirected(response) ? redirected(audience) : audience;
  }
}

const isRedirected = (response) => Boolean(memberOf(response, "redirected"));

/** Why there is no token although there may be a session. */
const LATE = ["ERR_REFRESH_UNAVAILABLE", "ERR_SIGN_IN_PENDING", "ERR_TOKEN_REJECTED"];
