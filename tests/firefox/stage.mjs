// Where a rule is checked in Firefox: real tabs, and the reference server with strict reuse detection and no grace.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Server } from "../tabs/server.mjs";
import { Tab } from "../tabs/tab.mjs";
import { subjectOf, Wire } from "../tabs/wire.mjs";
import { launch } from "./firefox.mjs";

/** Milliseconds. */
const TIMEOUT = 60_000;

let server;
let firefox;
/** What the pages complain of: errors nobody has caught, and the console. */
const complaints = [];

before(async () => {
  [server, firefox] = await Promise.all([Server.start(), launch()]);
  firefox.context.on("complaint", (complaint) => complaints.push(complaint));
});

after(async () => {
  await firefox?.close();
  await server?.stop();
});

/**
 * Checks a rule: `check` gets a stage with no tab open, nobody signed in, and a server without faults. Before it there
 * may be options for `test`, such as why it does not hold yet: `{ todo: "…" }`.
 */
export function rule(title, ...rest) {
  const check = rest.pop();
  test(title, { timeout: TIMEOUT, ...rest[0] }, async (t) => {
    const stage = new Stage(firefox.context, (line) => t.diagnostic(line));
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

/**
 * In a page, before the app: each refresh goes under an id of its own, so that a retry is a theft to the server, as it
 * is to those that know no attempt ids. The request is not copied: Firefox forgets `keepalive` then.
 */
export function WITHOUT_ATTEMPT_IDS() {
  const { fetch } = globalThis;
  globalThis.fetch = (request, init) => {
    const { pathname } = new URL(request.url ?? request, location.href);
    if (pathname === "/auth/refresh")
      request.headers.set("x-requested-with", String(Math.random()));
    return fetch(request, init);
  };
}

/** In a page, before the app: when it has asked the browser to send a refresh is in its global `refreshesSent`. */
export function noteRefreshes() {
  const { fetch } = globalThis;
  globalThis.refreshesSent = [];
  globalThis.fetch = (request, init) => {
    const { pathname } = new URL(request.url ?? request, location.href);
    if (pathname === "/auth/refresh") refreshesSent.push(performance.now());
    return fetch(request, init);
  };
}

class Stage {
  server = server;
  /** What the tabs have sent. */
  wire;
  /** Prints what was measured. */
  say;
  #context;
  /** Always there, so that the browser stays. */
  #blank;

  constructor(context, say) {
    this.#context = context;
    [this.#blank] = context.pages();
    this.wire = new Wire(context);
    this.say = say;
  }

  /** A tab with the app. `options` are those of `createSession`; `before` runs in the page before anything of it. */
  async open(options = {}, before = undefined) {
    const page = await this.#context.newPage();
    if (before) await page.addInitScript(before);
    await page.goto(
      new URL(`/tab.html?${encodeURIComponent(JSON.stringify(options))}`, server.origin).href,
    );
    const tab = new Tab(page, this.wire);
    await tab.run(() => session.ready);
    return tab;
  }

  /** That many of them, with somebody signed in. */
  async signedIn(count, user = "alice", options = {}, before = undefined) {
    const first = await this.open(options, before);
    await first.signIn(user);
    const others = Array.from({ length: count - 1 }, () => this.open(options, before));
    const tabs = [first, ...(await Promise.all(others))];
    await Promise.all(tabs.map((tab) => tab.becomes({ status: "active", sub: user })));
    return tabs;
  }

  /** The refresh cookie, as the browser has it and no script. */
  async cookie() {
    return (await this.#context.cookies()).find(({ name }) => name === "refresh_token");
  }

  /** With whose tokens these requests were made. */
  usersOf = (requests) =>
    requests.filter(({ token }) => token).map(({ token }) => subjectOf(token));

  async clear() {
    const page = await this.#context.newPage();
    await page.goto(`${server.origin}/elsewhere.html`);
    await page.evaluate(() => localStorage.clear());
    await page.close();
    await this.#context.clearCookies();
    await server.reset();
  }

  async close() {
    this.wire.close();
    const pages = this.#context.pages().filter((page) => page !== this.#blank);
    await Promise.all(pages.map((page) => page.close()));
  }
}
