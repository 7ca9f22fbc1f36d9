// The stage of the tests: a fresh page with the package and a fake server in it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";

import { test as base } from "@playwright/test";

import { BUNDLED } from "../drivers/package.mjs";

/** How many times slower than it is the processor is for pages: to see that no test depends on that. */
const SLOWED = Number(process.env.SILENT_SESSION_SLOWED ?? 1);

const BLANK =
  '<!doctype html><title>app</title><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>';
const OWN_FILES = {
  "/page.js": new URL("page.js", import.meta.url),
  "/fake.js": new URL("fake.js", import.meta.url),
  "/others.js": new URL("others.js", import.meta.url),
  "/traps.js": new URL("traps.js", import.meta.url),
};
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };

export const test = base.extend({
  /** The origin of the pages. Web Locks need a secure context, and localhost is one. */
  origin: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from it what a fixture needs.
    async ({}, use) => {
      const server = createServer(serveFile);
      await new Promise((resolve) => server.listen(0, "localhost", resolve));
      await use(`http://localhost:${server.address().port}`);
      server.close();
      server.closeAllConnections();
    },
    { scope: "worker" },
  ],

  /** Stages for reuse: to create a context takes longer than most tests. */
  free: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from it what a fixture needs.
    async ({}, use) => {
      const free = [];
      await use(free);
      for (const stage of free) await stage.close();
    },
    { scope: "worker" },
  ],

  /**
   * A new document in a context with empty storage. A complaint of a page fails the test, unless
   * the test takes it.
   */
  stage: async ({ browser, free, origin }, use, testInfo) => {
    const stage = free.pop() ?? (await Stage.make(browser, origin));
    await stage.open();
    await use(stage);
    const complaints = await stage.takeComplaints();
    if (complaints.length > 0 || testInfo.errors.length > 0 || stage.isSpent) await stage.close();
    else free.push(await stage.clear());
    assert.deepEqual(complaints, []);
  },

  page: ({ stage }, use) => use(stage.page),

  /** Runs a function in the page. It closes over nothing of Node's. */
  run: ({ stage }, use) => use(stage.run),

  /**
   * Runs a function in a dedicated worker of the page, which has the same globals, without document
   * and storage. One at a time.
   */
  runInWorker: ({ stage }, use) => use(stage.runInWorker),
});

/** The files that were served, read once. */
const files = new Map();

async function serveFile({ url }, response) {
  const type = TYPES[extname(url)];
  if (url === "/") return response.setHeader("content-type", "text/html").end(BLANK);
  const file = OWN_FILES[url] ?? (url.startsWith("/pkg/") && BUNDLED + url.slice("/pkg".length));
  if (!type || !file) return response.writeHead(404).end();
  if (!files.has(url)) files.set(url, readFile(file));
  response
    .setHeader("content-type", type)
    // A sandboxed frame is of no origin.
    .setHeader("access-control-allow-origin", "*")
    .end(await files.get(url).catch(() => "missing: run `cargo xtask build`"));
}

class Stage {
  /** The page that was opened first. */
  page;
  /** Whether the context cannot be reused: its clock is a fake one. */
  isSpent = false;
  #context;
  #origin;
  #complaints = [];

  constructor(context, page, origin) {
    this.#context = context;
    this.page = page;
    this.#origin = origin;
    context.on("weberror", (error) =>
      this.#complaints.push(`uncaught: ${error.error().message ?? error.error()}`),
    );
    context.on("console", (message) => this.#complaints.push(`console: ${message.text()}`));
    const { clock } = page;
    const install = clock.install.bind(clock);
    clock.install = (options) => {
      this.isSpent = true;
      return install(options);
    };
  }

  static async make(browser, origin) {
    const context = await browser.newContext();
    return new Stage(context, await slowed(await context.newPage()), origin);
  }

  /** Opens a new document with empty storage and the globals of page.js. */
  async open() {
    await this.page.goto(this.#origin);
    // Not earlier: the sessions of the previous document may have stored something to the last.
    await this.page.evaluate(() => {
      localStorage.clear();
      sessionStorage.clear();
    });
  }

  /** Opens a new document whose clock stands still, except where the test lets `page.clock` run. */
  async stopClock() {
    const { clock } = this.page;
    await clock.install({ time: Date.now() });
    await this.page.reload();
    await clock.pauseAt(Date.now() + 3_600_000);
  }

  /** Undoes what the test has done, except in storage, which the next document clears. */
  async clear() {
    for (const page of this.#context.pages()) if (page !== this.page) await page.close();
    await this.page.unrouteAll();
    this.page.removeAllListeners("request");
    await this.#context.clearCookies();
    return this;
  }

  close = () => this.#context.close();

  /** Opens a second page of the same origin. */
  async openAnother() {
    const page = await slowed(await this.#context.newPage());
    await page.goto(this.#origin);
    return page;
  }

  /** Runs a function in the page. It closes over nothing of Node's. Works detached. */
  run = (inPage, argument) => this.page.evaluate(inPage, argument);

  runInWorker = async (inWorker, argument) => {
    const told = await this.page.evaluate(runInWorker, [String(inWorker), argument]);
    if (told.thrown !== undefined) throw new Error(`in the worker: ${told.thrown}`);
    return told.value;
  };

  /**
   * Returns and removes the complaints of the pages so far: uncaught errors and console messages.
   */
  async takeComplaints() {
    // An unhandled rejection is reported after the task in which it occurred.
    for (const page of this.#context.pages()) await page.evaluate(() => nextTask());
    return this.#complaints.splice(0);
  }
}

async function slowed(page) {
  if (SLOWED > 1) {
    const chromium = await page.context().newCDPSession(page);
    await chromium.send("Emulation.setCPUThrottlingRate", { rate: SLOWED });
  }
  return page;
}

/** Runs in the page. */
async function runInWorker([inWorker, argument]) {
  const next = () =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(`in the worker: ${message}`));
    });
  if (!globalThis.worker) {
    globalThis.worker = new Worker("/page.js", { type: "module" });
    await next();
  }
  worker.postMessage({ inWorker, argument });
  return next();
}
