// Where a test runs: real tabs of one browser, and the reference server with strict reuse detection.

import assert from "node:assert/strict";

import { until } from "../drivers/until.mjs";
import { Tab } from "./tab.mjs";
import { subjectOf, Wire } from "./wire.mjs";

/** How often something that is under way is looked at, in milliseconds. */
const LOOK = 50;

export class Stage {
  server;
  /** What the tabs have sent. */
  wire;
  /** Every refresh token that was seen by `cookie`. */
  cookies = new Set();
  /** Prints what was measured. */
  say;
  #context;
  /** How many times replies were ordered to be late. */
  #late = 0;
  /** Always there, so that the browser stays, and to look at, so that no tab is seen. */
  #blank;

  constructor(server, context, say) {
    this.server = server;
    this.#context = context;
    [this.#blank] = context.pages();
    this.wire = new Wire(context);
    this.say = say;
  }

  /**
   * A tab with the app. `options` are those of `createSession`; `before` runs in the page before anything of it,
   * be it one function or several.
   */
  async open(options, before, host) {
    const tab = await this.begin(options, before, host);
    await tab.run(() => session.ready);
    return tab;
  }

  /** The same, and it is not waited for what the session is. */
  async begin(options = {}, before = undefined, host = "127.0.0.1") {
    const page = await this.#context.newPage();
    for (const each of [before ?? []].flat()) await page.addInitScript(each);
    const url = new URL(
      `/tab.html?${encodeURIComponent(JSON.stringify(options))}`,
      this.server.origin,
    );
    url.hostname = host;
    await page.goto(url.href);
    return new Tab(page, this.wire);
  }

  /** That many of them, opened at the same time. */
  openMany(count, options, before) {
    return Promise.all(Array.from({ length: count }, () => this.open(options, before)));
  }

  /** The same, with somebody signed in. */
  async signedIn(count, user = "alice", options = {}, before = undefined) {
    const first = await this.open(options, before);
    await first.signIn(user);
    const tabs = [first, ...(await this.openMany(count - 1, options, before))];
    await Promise.all(tabs.map((tab) => tab.becomes({ status: "active", sub: user })));
    return tabs;
  }

  /** A page of the same origin without the app: what any script of the origin can do. */
  async openBystander() {
    const page = await this.#context.newPage();
    await page.goto(`${this.server.origin}/elsewhere.html`);
    return page;
  }

  /** One that listens to the channel of the default session: its globals are `heard` and `everythingStored`. */
  async openEar() {
    const page = await this.#context.newPage();
    await page.goto(`${this.server.origin}/ear.html`);
    return page;
  }

  /** Nobody looks at any tab. */
  hideAll = () => this.#blank.bringToFront();

  /** All tabs make that many calls at the same sign: what came of them, and how many milliseconds all together took. */
  async callTogether(tabs, count) {
    await Promise.all(
      tabs.map((tab) =>
        tab.run((count) => {
          globalThis.called = sign().then(() => calls(count));
        }, count),
      ),
    );
    await tabs[0].run(() => giveSign());
    const made = await Promise.all(tabs.map((tab) => tab.run(() => globalThis.called)));
    return {
      took:
        Math.max(...made.map(({ ended }) => ended)) - Math.min(...made.map(({ began }) => began)),
      answers: made.flatMap(({ answers }) => answers),
    };
  }

  /**
   * Begins a refresh in a tab, and waits until the server has rotated the cookie: from then on the answer takes that many
   * milliseconds, also that of the next ones, `times` in all. What it returns waits until the browser has stored their cookies.
   */
  async rotate(tab, answer, times = 1) {
    await this.server.reset();
    const areStored = await this.#haveLate({ delay_after_ms: answer, times });
    await this.#beginRotation(tab);
    return areStored;
  }

  /**
   * Begins a refresh in a tab, and waits until the server has rotated the cookie. The reply to it is held until what it returns is
   * called, which waits until the browser has stored its cookie. With `holdNext` it holds the reply to the next refresh from then on,
   * and returns the same for that one.
   */
  async holdReply(tab, times = 1) {
    await this.server.reset();
    const reply = await this.#holdNext(times);
    await this.#beginRotation(tab);
    return reply;
  }

  async #beginRotation(tab) {
    await tab.beginRefresh();
    await this.server.until(({ rotated }) => rotated === 1);
  }

  async #holdNext(times = 1) {
    const isStored = await this.#haveLate({ hold: "after", times });
    return async ({ holdNext = false } = {}) => {
      const next = holdNext ? await this.#holdNext() : await this.server.faults({});
      await isStored();
      return next;
    };
  }

  /** Each late reply sets a cookie of its own beside the others: by that it is known that they are stored, whoever sees the reply. */
  async #haveLate(late) {
    this.#late += 1;
    const mark = `late-${this.#late}`;
    await this.server.faults({ refresh: { ...late, mark } });
    const marks = Array.from({ length: late.times }, (_, left) => `${mark}-${left}`);
    return () =>
      until(async () => {
        const names = (await this.#context.cookies()).map(({ name }) => name);
        return marks.every((name) => names.includes(name));
      }, LOOK);
  }

  /**
   * A tab waits for the cookie of a page that has gone: it is let come, and then the time is over for which it is waited for. Returns
   * what `reply` does.
   */
  async letOrphanCome(tab, reply) {
    await tab.waitsForOrphan();
    const next = await reply();
    for (const wait of await tab.orphanWaits()) await tab.passTime(1_000 * (wait + 1));
    return next;
  }

  /** A tab is still in the session, and the cookie is good; nobody was asked to sign in, refused, or taken for a thief. */
  async goesOn(tab, epoch, user = "alice") {
    await tab.run(() => session.refresh());
    await tab.becomes({ status: "active", session: epoch });
    assert.deepEqual(await tab.call(), { by: user, status: 200, sub: user });
    const { logins, refused, reuse_detected } = await this.server.counters();
    assert.deepEqual(
      { logins, refused, reuse_detected },
      { logins: 0, refused: 0, reuse_detected: 0 },
    );
  }

  /** The refresh cookie, as the browser has it and no script. */
  async cookie() {
    const cookie = (await this.#context.cookies()).find(({ name }) => name === "refresh_token");
    if (cookie) this.cookies.add(cookie.value);
    return cookie;
  }

  /** Waits until the browser has no refresh cookie any more. */
  hasNoCookie = () => until(async () => !(await this.cookie()), LOOK);

  /** The network of all tabs goes, or comes back. */
  setOffline = (isOffline) => this.#context.setOffline(isOffline);

  /** With whose tokens these requests were made. */
  usersOf = (requests) =>
    requests.filter(({ token }) => token).map(({ token }) => subjectOf(token));

  /** Nobody is signed in, and nothing of the test before is on its way any more that would set a cookie. */
  async clear() {
    for (let isQuiet = false; !isQuiet; ) {
      // Replies that it holds are let go.
      await this.server.reset();
      await this.server.until(({ unanswered }) => unanswered === 0);
      // What has been answered by now has reached the browser before this page has.
      const page = await this.openBystander();
      await page.evaluate(() => localStorage.clear());
      await page.close();
      // A page that was closed may have sent something only now.
      const { refreshes, logins, logouts, unanswered } = await this.server.counters();
      isQuiet = refreshes + logins + logouts + unanswered === 0;
    }
    await this.#context.clearCookies();
  }

  async close() {
    this.wire.close();
    const pages = this.#context.pages().filter((page) => page !== this.#blank);
    await Promise.all(pages.map((page) => page.close()));
  }
}
