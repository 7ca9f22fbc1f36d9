// The requests that read and write the refresh cookie: refreshes, sign-outs and logins. One is waited for at a time.

import { makeError } from "./errors.js";
import { readLogin } from "./grants.js";
import { own } from "./own.js";
import { refresh, signOut } from "./refreshing.js";

export class Requests {
  #driver;
  #reader;
  #endsSession;
  #endpoints;
  /** The login functions that wait for their turn, by ticket. */
  #logins = new Map();
  /** What the next refresh function is to be given, until a refresh has succeeded. */
  params;
  /** A login has brought the session, and nothing has shown yet that its cookie was kept. */
  isUntried = false;
  /** The error of the last refresh: native, or thrown by a function of the app. */
  native;
  /** The error of the last request of a turn, and which turn that was. */
  #cause;
  /** The same of the last sign-out that was not confirmed. */
  #signOutCause;
  #signOuts = 0;
  /** How many logins are being read whose cookie has come already. */
  #loginsRead = 0;

  constructor(driver, reader, endpoints, endsSession) {
    this.#driver = driver;
    this.#reader = reader;
    this.#endpoints = endpoints;
    this.#endsSession = endsSession;
  }

  endpoint(name) {
    return this.#endpoints[name];
  }

  /** Sends what the core has asked for, and tells it what came of it. Never rejects. */
  async send(name, attempt, id, request, token) {
    const driver = this.#driver;
    const { core } = driver;
    const endpoint = this.#endpoints[name];
    const { params } = this;
    const isDue = () => !driver.isClosed && driver.turns.has(attempt);
    const ask = async () => endpoint.ask(id, request, { params, token }, isDue);
    if (name === "signOut")
      return this.#told(core, "sign-out ", attempt, await signOut(endpoint, ask));
    const reading = { endpoint, reader: this.#reader, endsSession: this.#endsSession };
    const told = own(await refresh(this.#asked(core), reading, ask));
    if (told.read === undefined) {
      this.native = told.error;
      return this.#told(core, "", attempt, told, endpoint.echoes);
    }
    this.isUntried = false;
    // Others may have been given meanwhile.
    if (this.params === params) this.params = undefined;
    driver.tell(core, "granted", "refresh", told.read, 0, attempt, endpoint.echoes);
  }

  /** What reads tokens with this core. A crash there is one. */
  #asked(core) {
    const query =
      (method) =>
      (...args) =>
        this.#driver.query(core, method, ...args);
    return { read: query("read"), claims: query("claims") };
  }

  /** Tells the core what a request without a token has come to. */
  #told(core, step, attempt, told, echoes = false) {
    const { error, how, head } = own(told);
    this.#cause = error === undefined ? undefined : { attempt, error };
    const { status = 0, isForeign = false, pause = Number.NaN } = own(head);
    // A mock may have any.
    const number = typeof status === "number" ? status : 0;
    const args = [step + how, attempt, number, isForeign, pause, echoes];
    this.#driver.tell(core, "answered", ...args);
  }

  /** The error of a sign-out that is not confirmed: its own, and nothing that another request has left. */
  signOutCause({ attempt, isNative }, isNew) {
    if (isNew && isNative && this.#cause?.attempt === attempt) this.#signOutCause = this.#cause;
    return isNative && this.#signOutCause?.attempt === attempt
      ? this.#signOutCause.error
      : undefined;
  }

  /** Signs in with a function, which is called when nothing else is on the wire. */
  async signInBy(login) {
    this.params = undefined;
    let failure;
    const run = async (core) => {
      try {
        return await readLogin(this.#asked(core), this.#reader, await login());
      } catch (error) {
        failure = { error };
        return 0;
      }
    };
    try {
      await this.#driver.ask((core, ticket) => {
        this.#logins.set(ticket, run);
        core.happened("sign-in", ticket);
      });
    } catch (denial) {
      throw failure && denial.code === "ERR_SIGN_IN_INCOMPLETE" ? failure.error : denial;
    }
  }

  /** Runs the login function of this ticket: its turn has come. */
  async login(ticket) {
    const run = this.#logins.get(ticket);
    if (!run) return;
    this.#logins.delete(ticket);
    const { core } = this.#driver;
    const read = await run(core);
    this.isUntried = read !== 0;
    this.#driver.tell(core, "granted", "login", read, ticket, "", false);
  }

  /** Signs in with an answer that is there ("sign-in"), or goes on with the token of the page ("seed"). */
  async begin(how, answer) {
    const signOuts = this.#signOuts;
    this.#loginsRead += 1;
    let core;
    let read;
    try {
      core = await this.#driver.started();
      read = await readLogin(this.#asked(core), this.#reader, answer);
    } finally {
      this.#loginsRead -= 1;
    }
    if (this.#signOuts !== signOuts) throw makeError("ERR_SESSION_ENDED", { reason: "signed-out" });
    if (how === "sign-in") {
      this.isUntried = true;
      this.params = undefined;
    }
    // What one core has read, another does not know.
    if (this.#driver.core !== core) throw makeError("ERR_WASM_CRASHED", { retryable: true });
    return this.#driver.ask((_, ticket) => core.granted(how, read, ticket, "", false));
  }

  signInByCookie() {
    this.params = undefined;
    return this.#driver.ask((core, ticket) => core.happened("cookie", ticket));
  }

  signOut() {
    this.#signOuts += 1;
    const what = this.#loginsRead > 0 ? "sign-out-of-login" : "sign-out";
    return this.#driver.ask((core, ticket) => core.happened(what, ticket));
  }

  /** Nobody waits for a login any more. */
  forget() {
    this.#logins.clear();
  }
}
