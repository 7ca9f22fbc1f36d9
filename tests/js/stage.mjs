// Where a rule is checked: a fresh page with the package in it. Its server is a fake one, and in the page as well.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "@playwright/test";

/** The package under test: another copy of it, to see that the tests can fail. */
const PACKAGE =
  process.env.SILENT_SESSION_PACKAGE ?? fileURLToPath(new URL("../../pkg", import.meta.url));

const BLANK =
  '<!doctype html><title>app</title><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>';
const OWN_FILES = {
  "/page.js": new URL("page.js", import.meta.url),
  "/fake.js": new URL("../headless/fake.js", import.meta.url),
};
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };

/** Answers with files, read once. */
const files = new Map();
const server = createServer(async ({ url }, response) => {
  const type = TYPES[extname(url)];
  if (url === "/") return response.setHeader("content-type", "text/html").end(BLANK);
  const file = OWN_FILES[url] ?? (url.startsWith("/pkg/") && PACKAGE + url.slice("/pkg".length));
  if (!type || !file) return response.writeHead(404).end();
  if (!files.has(url)) files.set(url, readFile(file));
  response
    .setHeader("content-type", type)
    .end(await files.get(url).catch(() => "missing: run `cargo xtask build`"));
});

let browser;

/** Where the pages are. Web Locks want a secure context, and localhost is one. */
export let origin;

export async function launchBrowser() {
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  origin = `http://localhost:${server.address().port}`;
  browser = await chromium.launch({
    executablePath: process.env.CHROME ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
    ],
  });
}

export async function closeBrowser() {
  await browser?.close();
  server.close();
  server.closeAllConnections();
}

/** Stages that are free. A rule gets a new document in a context without storage; the process behind may be used again. */
const free = [];

/** Checks a rule: `check` gets the stage. What the page complains of, and the rule does not take, fails it. */
export async function onStage(check) {
  const stage = free.pop() ?? new Stage(await browser.newContext());
  await stage.open();
  try {
    await check(stage);
    assert.deepEqual(await stage.takeComplaints(), []);
    await stage.clear();
  } catch (error) {
    stage.isSpent = true;
    throw error;
  } finally {
    if (stage.isSpent) await stage.context.close();
    else free.push(stage);
  }
}

class Stage {
  /** The page that was opened first. */
  page;
  /** Set by rules that do to the context what cannot be undone: it is not used again. */
  isSpent = false;
  #complaints = [];

  constructor(context) {
    this.context = context;
    context.on("weberror", (error) =>
      this.#complaints.push(`uncaught: ${error.error().message ?? error.error()}`),
    );
    context.on("console", (message) => this.#complaints.push(`console: ${message.text()}`));
  }

  /** Begins with a new document; the globals of page.js are there. */
  async open() {
    this.page ??= await this.context.newPage();
    await this.page.goto(origin);
    // Only now: the sessions of the document before might have remembered something to the last.
    await this.page.evaluate(() => localStorage.clear());
  }

  /** A second page of the same origin. */
  async openAnother() {
    const page = await this.context.newPage();
    await page.goto(origin);
    return page;
  }

  async clear() {
    for (const page of this.context.pages()) if (page !== this.page) await page.close();
    await this.page.unrouteAll();
    this.page.removeAllListeners("request");
  }

  /** Runs a function in the page. It closes over nothing of Node's. Works detached. */
  run = (inPage, argument) => this.page.evaluate(inPage, argument);

  /** What the pages have complained of so far: errors nobody has caught, and the console. */
  async takeComplaints() {
    // An unhandled rejection is told after the task it came up in.
    for (const page of this.context.pages()) await page.evaluate(() => nextTask());
    return this.#complaints.splice(0);
  }
}
