// Where a rule is checked: real tabs of one browser, and the reference server with strict reuse detection.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";

import { launch } from "./chromium.mjs";
import { Server } from "./server.mjs";
import { Tab } from "./tab.mjs";
import { subjectOf, Wire } from "./wire.mjs";

/** Milliseconds. */
const TIMEOUT = 60_000;
/** How long after an answer was sent its cookie is there, whether or not its page is. */
const STORED = 300;
/** How long something that is under way may take, and how often it is looked at. */
const PATIENCE = 10_000;
const LOOK = 50;

/**
 * For `open`, before the app: each refresh goes under an id of its own. To the server, and to every server that knows
 * no attempt ids, a retry is a theft: whoever presents a spent cookie is signed out.
 */
export const WITHOUT_ATTEMPT_IDS = () => {
  const send = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const request = new Request(input, init);
    if (new URL(request.url).pathname === "/auth/refresh") {
      request.headers.set("x-requested-with", String(Math.random()));
    }
    return send(request);
  };
};

/** Arguments of the server of this file, beside the usual ones. */
export const serverArguments = [];

let server;
let chromium;
/** What the pages complain of: errors nobody has caught, and the console. */
const complaints = [];

before(async () => {
  [server, chromium] = await Promise.all([Server.start({ more: serverArguments }), launch()]);
  collectComplaints(chromium.context);
});

after(async () => {
  await chromium?.close();
  await server?.stop();
});

function collectComplaints(context) {
  context.on("weberror", (error) =>
    complaints.push(`uncaught: ${error.error().message ?? error.error()}`),
  );
  context.on(
    "console",
    (message) => isExpected(message) || complaints.push(`console: ${message.text()}`),
  );
}

/** The browser itself notes each refusal and each lost connection, and the rules want both. */
function isExpected(message) {
  const { url } = message.location();
  const path = URL.canParse(url) ? new URL(url).pathname : "";
  const noted =
    /^Failed to load resource: (the server .* status of (401|500|503)|net::ERR_(CONNECTION_RESET|INTERNET_DISCONNECTED))/;
  return /^\/(auth|api)\//.test(path) && noted.test(message.text());
}

/**
 * Checks a rule: `check` gets a stage with no tab open, nobody signed in, and a server without faults. Before it there
 * may be options for `test`, such as why it does not hold yet: `{ todo: "…" }`.
 */
export function rule(title, ...rest) {
  const check = rest.pop();
  test(title, { timeout: TIMEOUT, ...rest[0] }, async (t) => {
    const stage = new Stage(chromium.context, (line) => t.diagnostic(line));
    await stage.clear();
    try {
      await check(stage);
      assert.deepEqual(complaints, []);
    } catch (error) {
      for (const line of server.log) t.diagnostic(line);
      throw error;
    } finally {
      await stage.close();
      complaints.length = 0;
    }
  });
}

class Stage {
  server = server;
  /** What the tabs have sent. */
  wire;
  /** Every refresh token that was seen by `cookie`. */
  cookies = new Set();
  /** Prints what was measured. */
  say;
  #context;
  /** Always there in the first profile, so that the browser stays, and to look at, so that no tab is seen. */
  #blank;

  constructor(context, say) {
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
    const url = new URL(`/tab.html?${encodeURIComponent(JSON.stringify(options))}`, server.origin);
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
    await page.goto(`${server.origin}/elsewhere.html`);
    return page;
  }

  /** One that listens to the channel of the default session: its globals are `heard` and `everythingStored`. */
  async openEar() {
    const page = await this.#context.newPage();
    await page.goto(`${server.origin}/ear.html`);
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
    await server.reset();
    await server.faults({ refresh: { delay_after_ms: answer, times } });
    await tab.beginRefresh();
    await server.until(({ rotated }) => rotated === 1);
    const stored = Date.now() + answer + STORED;
    return () => pause(Math.max(0, stored - Date.now()));
  }

  /**
   * Begins a refresh in a tab, and waits until the server has rotated the cookie. The reply to it, and to the next ones, `times` in
   * all, is held until what it returns is called.
   */
  async holdReply(tab, times = 1) {
    await server.reset();
    await server.faults({ refresh: { hold: "after", times } });
    await tab.beginRefresh();
    await server.until(({ rotated }) => rotated === 1);
    return () => server.faults({});
  }

  /** A tab is still in the session, and the cookie is good; nobody was asked to sign in, refused, or taken for a thief. */
  async goesOn(tab, epoch, user = "alice") {
    await tab.run(() => session.refresh());
    await tab.becomes({ status: "active", session: epoch });
    assert.deepEqual(await tab.call(), { by: user, status: 200, sub: user });
    const { logins, refused, reuse_detected } = await server.counters();
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

  /** A browser profile of its own, with its own cookie: somebody else's browser. */
  async newProfile() {
    const context = await chromium.browser.newContext();
    collectComplaints(context);
    return new Stage(context, this.say);
  }

  async clear() {
    const page = await this.openBystander();
    await page.evaluate(() => localStorage.clear());
    await page.close();
    await this.#context.clearCookies();
    await server.reset();
  }

  async close() {
    this.wire.close();
    if (!this.#blank) return this.#context.close();
    const pages = this.#context.pages().filter((page) => page !== this.#blank);
    await Promise.all(pages.map((page) => page.close()));
  }
}
