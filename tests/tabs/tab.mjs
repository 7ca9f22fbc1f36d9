// One tab with the app in it, as its user and its browser treat it.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

/** How long a tab may take to get where it should, in milliseconds: far more than it needs. */
const PATIENCE = 60_000;
/** How often it is looked at, where nothing tells: no frame is drawn of a tab that is hidden. */
export const LOOK = 50;

export class Tab {
  page;
  #wire;
  #debugger;

  constructor(page, wire) {
    this.page = page;
    this.#wire = wire;
  }

  /** Runs a function in the page; the globals of `www/tab.js` are there. Works detached. */
  run = (inPage, argument) => this.page.evaluate(inPage, argument);

  state = () => this.run(() => session.state);
  inspect = () => this.run(() => session.inspect());

  /** Waits until the state, with its claims, has these members, so many milliseconds at the most; `isGood`: its token is within its time. Returns it. */
  becomes(wanted, patience = PATIENCE) {
    return this.run(([wanted, patience]) => becomes(wanted, patience), [wanted, patience]);
  }

  /** Waits until it has heard of exactly that many other tabs; returns their ids. */
  async knows(count) {
    const tabs = await this.page.waitForFunction(
      (count) => {
        const { tabs } = session.inspect();
        return tabs.length === count && tabs;
      },
      count,
      { polling: LOOK, timeout: PATIENCE },
    );
    return tabs.jsonValue();
  }

  /** Waits until a refresh has failed in this way. */
  fails = (kind) =>
    this.page.waitForFunction((kind) => session.inspect().lastFailure?.kind === kind, kind, {
      polling: LOOK,
      timeout: PATIENCE,
    });

  /** So many milliseconds pass in it: it was opened with `DRIVEN_TIME`. */
  passTime = (ms) => this.run((ms) => passTime(ms), ms);

  /** Time passes in it, no faster than the server can follow, until a promise has settled, which it returns. */
  async passTimeUntil(settled) {
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    settled.then(over, over);
    for (; !isOver; await pause(LOOK)) await this.passTime(100);
    return settled;
  }

  /** So many milliseconds pass in it, and its timers are late. */
  setAhead = (ms) => this.run((ms) => setAhead(ms), ms);

  /** Waits until all that want to send a refresh by now have had their turn. */
  turnsAreOver = () =>
    this.run(() => navigator.locks.request(`silent-session:${location.origin}`, () => {}));

  signIn = (user) => this.run((user) => signIn(user), user);
  signOut = () => this.run(() => session.signOut());

  /** Calls the API once: by whom, as far as the page knew, and for whom it was taken. */
  call = () => this.run(() => me());

  /** What came of the calls that it has made as soon as it was woken (`eager`). */
  wakingCalls = () => this.run(() => Promise.all(wakingCalls));

  /** Begins a renewal that nobody here waits for: the tab will not live to see its end. */
  beginRefresh = () =>
    this.run(() => {
      session.refresh().catch(() => {});
    });

  /** So much time passes that the refresh that it has begun is one of the slow ones: its cookie is waited for then for much longer. */
  isSlow = () => this.passTime(1_001);

  /** How long it has put a refresh off for the cookie of a page that has gone, in seconds: the longest each time. */
  orphanWaits = () =>
    this.run(() =>
      events.filter(({ reason }) => reason === "orphan").map(({ duration }) => duration),
    );

  /** Waits until it waits for that cookie. */
  waitsForOrphan = () =>
    this.page.waitForFunction(() => events.some(({ reason }) => reason === "orphan"), undefined, {
      polling: LOOK,
      timeout: PATIENCE,
    });

  /** Waits until the token that it has now is past its time. */
  async lapses() {
    const { expiresAt } = await this.state();
    await pause(Math.max(0, expiresAt - Date.now()));
  }

  /** How many refreshes it has sent. */
  get refreshes() {
    return this.sent("/auth/refresh").length;
  }

  /** What it has sent to a path. */
  sent(path) {
    return this.#wire.of(this, path);
  }

  /** Its network is gone, as far as it knows, or there again. */
  async offline(offline) {
    const conditions = { offline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
    const tools = await this.#debug();
    await tools.send("Network.enable");
    await tools.send("Network.emulateNetworkConditions", conditions);
  }

  reload = () => this.page.reload();
  close = () => this.page.close();

  /** Its renderer dies. */
  async crash() {
    const crashed = this.page.waitForEvent("crash");
    // Nobody is left to answer.
    (await this.#debug()).send("Page.crash").catch(() => {});
    await crashed;
  }

  /** The browser freezes it, as it does with tabs that nobody has looked at for a while. It has to be hidden. */
  async freeze() {
    assert.equal(
      await this.run(() => document.visibilityState),
      "hidden",
      "a tab that is seen is never frozen",
    );
    await this.run(() => {
      globalThis.frozen = new Promise((resolve) =>
        document.addEventListener("freeze", resolve, { once: true }),
      );
    });
    await (await this.#debug()).send("Page.setWebLifecycleState", { state: "frozen" });
    await this.run(() => globalThis.frozen.then(() => {}));
  }

  async thaw() {
    await (await this.#debug()).send("Page.setWebLifecycleState", { state: "active" });
  }

  /** Somebody stops it in the debugger. */
  async stop() {
    const tools = await this.#debug();
    await tools.send("Debugger.enable");
    const stopped = new Promise((resolve) => tools.once("Debugger.paused", resolve));
    tools.send("Runtime.evaluate", { expression: "debugger" }).catch(() => {});
    await stopped;
  }

  /** And lets it go on. */
  async goOn() {
    const tools = await this.#debug();
    await tools.send("Debugger.resume");
    await tools.send("Debugger.disable");
  }

  /** Follows a link, to another page of the site unless it says otherwise: this one goes into the back/forward cache. */
  async leave(to = "/elsewhere.html") {
    await this.run(() => {
      globalThis.isSamePage = true;
    });
    await this.page.goto(new URL(to, this.page.url()).href);
  }

  /** And back, whether or not it is loaded again. */
  async goBack() {
    await this.page.goBack({ waitUntil: "commit" });
    // While it commits, one may still be talking to the page that goes.
    await this.page.waitForFunction(() => globalThis.session, undefined, {
      polling: LOOK,
      timeout: PATIENCE,
    });
  }

  /** And back. Fails if the page was loaded again. */
  async comeBack() {
    await this.page.goBack({ waitUntil: "commit" });
    const isSame = await this.run(() => globalThis.isSamePage === true);
    assert.ok(isSame, "the page was not in the back/forward cache: it was loaded again");
    await this.page.waitForFunction(() => shows.at(-1) === "back", undefined, {
      polling: LOOK,
      timeout: PATIENCE,
    });
  }

  async #debug() {
    this.#debugger ??= await this.page.context().newCDPSession(this.page);
    return this.#debugger;
  }
}
