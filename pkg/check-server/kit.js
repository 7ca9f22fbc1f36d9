// What all checks share: the page, the sessions that are made for them, and what was seen of the first one.

import { newAttempt } from "./attempt.js";
import { Page } from "./page.js";
import { Secrets } from "./secrets.js";
import { Session } from "./session.js";
import { tokensIn } from "./token.js";
import { CannotTry, NotTried } from "./verdict.js";

export class Kit {
  options;
  page;
  secrets = new Secrets();
  /** The first session, and what it was answered: `signIn` (not with a cookie given by hand), `first`, `second`. */
  main;
  answers = {};
  /** All answers of the server. */
  seen = [];
  #memory = new Map();
  /** The id of the first refresh. */
  #attempt = newAttempt();

  constructor(options) {
    this.options = options;
    this.page = new Page(options, (answer) => this.#look(answer));
    for (const secret of options.secrets) this.secrets.add(secret);
  }

  /** Gets a session and refreshes it twice. */
  async begin() {
    if (this.options.cookie) {
      this.main = new Session(this.page, this.options, this.secrets);
      await this.#visit(this.main);
      this.main.take(this.options.cookie);
    } else {
      this.main = await this.#signIn();
    }
    this.answers.first = await this.main.refresh({ attempt: this.#attempt });
    if (this.options.cookie && !this.answers.first.isOk) {
      throw new CannotTry(
        `the cookie that was given is refused: the refresh was answered ${this.answers.first.status}`,
      );
    }
    if (this.answers.first.isOk) this.answers.second = await this.main.refresh();
  }

  /** A session of its own, for a check that wears it out. */
  async newSession() {
    this.granted(this.answers.first);
    if (this.options.cookie)
      throw new NotTried("it takes a session of its own: give --sign-in instead of --cookie");
    try {
      return await this.#signIn();
    } catch (error) {
      throw error instanceof CannotTry
        ? new NotTried(`another session could not be had: ${error.message}`)
        : error;
    }
  }

  /** A session of its own, or the first one where there is no other. */
  async anySession() {
    this.granted(this.answers.first);
    return this.options.cookie ? this.main : this.newSession();
  }

  /** The answer to a refresh on which a check builds. */
  granted(answer) {
    if (!answer?.isOk)
      throw new NotTried(
        `a refresh that it builds on was answered ${answer?.status ?? "not at all"}`,
      );
    return answer;
  }

  /** Whether an accepted refresh returns its attempt id in the header that carried it. */
  isReturned = () =>
    this.answers.first?.headers[this.options.attemptHeader.toLowerCase()] === this.#attempt;

  /** What `work` comes to, which is done once for all checks that ask. */
  once(name, work) {
    if (!this.#memory.has(name)) this.#memory.set(name, work());
    return this.#memory.get(name);
  }

  /** The answer to a refresh without the refresh cookie, but with whatever the page has beside it. */
  refused = () => this.once("refused", () => this.main.refresh({ value: "", keep: false }));

  async #signIn() {
    const session = new Session(this.page, this.options, this.secrets);
    await this.#visit(session);
    const answer = await session.signIn();
    if (answer.status >= 400) throw new CannotTry(`the sign-in was answered ${answer.status}`);
    if (session.value === undefined) {
      throw new CannotTry(
        `the sign-in was answered ${answer.status} and set no ${this.options.cookieName ?? "cookie"}`,
      );
    }
    this.answers.signIn ??= answer;
    return session;
  }

  async #visit(session) {
    if (this.options.visit) await session.visit(this.options.visit);
  }

  #look(answer) {
    this.seen.push(answer);
    for (const token of tokensIn(answer, this.options)) this.secrets.add(token);
  }
}
