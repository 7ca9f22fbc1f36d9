// Where a test runs: real tabs of one browser, and the reference server with strict reuse detection.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

import { Tab } from "./tab.mjs";
import { subjectOf, Wire } from "./wire.mjs";

/** How long after an answer was sent its cookie is there, whether or not its page is. */
const STORED = 300;
/** How long something that is under way may take, and how often it is looked at. */
const PATIENCE = 60_000;
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
  async open(options = {}, before = undefined, host = "127.0.0.1") {
    const page = await this.#context.newPage();
    for (const each of [before ?? []].flat()) await page.addInitScript(each);
    const url = new URL(
      `/tab.html?${encodeURIComponent(JSON.stringify(options))}`,
      this.server.origin,
    );
    url.hostname = host;
    await page.goto(url.href);
    const tab = new Tab(page, this.wire);
    await tab.run(() => session.ready);
    return tab;
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
   * milliseconds, also that of the next ones, `times` in all. What it returns waits until the browser has the cookie.
   */
  async rotate(tab, answer, times = 1) {
    await this.server.reset();
    await this.server.faults({ refresh: { delay_after_ms: answer, times } });
    await tab.beginRefresh();
    await this.server.until(({ rotated }) => rotated === 1);
    const stored = Date.now() + answer + STORED;
    return () => pause(Math.max(0, stored - Date.now()));
  }

  /**
   * Begins a refresh in a tab, and waits until the server has rotated the cookie. The reply to it, and to the next ones, `times` in
   * all, is held until what it returns is called.
   */
  async holdReply(tab, times = 1) {
    await this.server.reset();
    await this.server.faults({ refresh: { hold: "after", times } });
    await tab.beginRefresh();
    await this.server.until(({ rotated }) => rotated === 1);
    return () => this.server.faults({});
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
  async hasNoCookie() {
    for (const end = Date.now() + PATIENCE; await this.cookie(); await pause(LOOK)) {
      assert.ok(Date.now() < end, "the refresh cookie is still there");
    }
  }

  /** The network of all tabs goes, or comes back. */
  setOffline = (isOffline) => this.#context.setOffline(isOffline);

  /** With whose tokens these requests were made. */
  usersOf = (requests) =>
    requests.filter(({ token }) => token).map(({ token }) => subjectOf(token));

  async clear() {
    // Replies that it holds are let go: their cookies are there when a page has been loaded.
    await this.server.reset();
    const page = await this.openBystander();
    await page.evaluate(() => localStorage.clear());
    await page.close();
    await this.#context.clearCookies();
    await this.server.reset();
  }

  async close() {
    this.wire.close();
    const pages = this.#context.pages().filter((page) => page !== this.#blank);
    await Promise.all(pages.map((page) => page.close()));
  }
}
