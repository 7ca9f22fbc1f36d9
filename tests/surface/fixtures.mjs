// Where a rule of the public surface is checked: a fresh page with the package in it. Its server is a fake one, and in the page as well.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

import { test as base } from "@playwright/test";

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

export const test = base.extend({
  /** Where the pages are. Web Locks want a secure context, and localhost is one. */
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

  /** What the pages complain of, and a test does not take, fails it. */
  stage: async ({ context, page, origin }, use) => {
    const stage = new Stage(context, page, origin);
    await page.goto(origin);
    await use(stage);
    assert.deepEqual(await stage.takeComplaints(), []);
  },

  /** Runs a function in the page. It closes over nothing of Node's. */
  run: ({ stage }, use) => use(stage.run),
});

/** Answers with files, read once. */
const files = new Map();

async function serveFile({ url }, response) {
  const type = TYPES[extname(url)];
  if (url === "/") return response.setHeader("content-type", "text/html").end(BLANK);
  const file = OWN_FILES[url] ?? (url.startsWith("/pkg/") && PACKAGE + url.slice("/pkg".length));
  if (!type || !file) return response.writeHead(404).end();
  if (!files.has(url)) files.set(url, readFile(file));
  response
    .setHeader("content-type", type)
    .end(await files.get(url).catch(() => "missing: run `cargo xtask build`"));
}

class Stage {
  /** The page that was opened first. */
  page;
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
  }

  /** A second page of the same origin. */
  async openAnother() {
    const page = await this.#context.newPage();
    await page.goto(this.#origin);
    return page;
  }

  /** Runs a function in the page. It closes over nothing of Node's. Works detached. */
  run = (inPage, argument) => this.page.evaluate(inPage, argument);

  /** What the pages have complained of so far: errors nobody has caught, and the console. */
  async takeComplaints() {
    // An unhandled rejection is told after the task it came up in.
    for (const page of this.#context.pages()) await page.evaluate(() => nextTask());
    return this.#complaints.splice(0);
  }
}
