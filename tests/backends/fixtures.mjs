// Where a test runs: a page in a real Chromium, and a back end on another origin.

import assert from "node:assert/strict";

import { test as base } from "@playwright/test";

import { Backend } from "./backend.mjs";
import { servePages } from "./pages.mjs";

/** To cookies two ports of one host are one. */
const ONE_HOST = { page: "127.0.0.1", backend: "127.0.0.1" };

/**
 * The tests of a back end, by the name of its folder. `hosts`: where the browser finds the page and the back end. A test is given a
 * `stage` with nobody signed in.
 */
export function testOf(name, hosts = ONE_HOST, cookieDomain) {
  return base.extend({
    pages: [
      // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from it what a fixture needs.
      async ({}, use) => {
        const pages = await servePages(hosts.page);
        await use(pages);
        await pages.stop();
      },
      { scope: "worker" },
    ],

    backend: [
      async ({ pages }, use) => {
        const backend = await Backend.start(name, pages.origin, cookieDomain);
        await use(backend);
        await backend.stop();
      },
      { scope: "worker" },
    ],

    stage: async ({ page, pages, backend }, use, testInfo) => {
      await backend.reset();
      const uncaught = [];
      page.on("pageerror", (error) => uncaught.push(String(error.stack ?? error)));
      await page.goto(pages.origin);
      await use(new Stage(page, backend, hosts.backend));
      assert.deepEqual(uncaught, []);
      if (testInfo.status !== testInfo.expectedStatus) {
        await testInfo.attach("backend.log", { body: String(backend.log) });
      }
    },
  });
}

class Stage {
  page;
  backend;
  /** The back end's, for the browser. */
  origin;

  constructor(page, backend, host) {
    this.page = page;
    this.backend = backend;
    this.origin = `http://${host}:${new URL(backend.origin).port}`;
  }

  /** What the page gets from `fetch`: status, body, and which headers it may read; or that there is no answer. */
  call(path, init = {}) {
    return this.page.evaluate(seenByPage, [this.origin + path, init]);
  }

  /** The same, `count` times at once. */
  callMany(count, path, init = {}) {
    return Promise.all(Array.from({ length: count }, () => this.call(path, init)));
  }

  /** What the server sends, also where the page may not read it. */
  direct(path, init) {
    return fetch(this.backend.origin + path, init);
  }

  /** The value of a cookie that the browser holds for the back end, whoever may read it. */
  async cookie(name) {
    const cookies = await this.page.context().cookies(this.origin);
    return cookies.find((cookie) => cookie.name === name)?.value;
  }

  /** Puts one into the browser, or removes it. */
  async setCookie(name, value) {
    const context = this.page.context();
    await context.clearCookies({ name });
    if (value) await context.addCookies([{ name, value, url: this.origin }]);
  }

  /** What the page reads of its `document.cookie`, by name. */
  async readable() {
    const cookies = await this.page.evaluate(() => document.cookie);
    return Object.fromEntries(
      cookies
        .split("; ")
        .filter(Boolean)
        .map((pair) => pair.split("=")),
    );
  }
}

/** Runs in the page. */
async function seenByPage([url, { json, ...init }]) {
  if (json) {
    init.method ??= "POST";
    init.headers = { "Content-Type": "application/json", ...init.headers };
    init.body = JSON.stringify(json);
  }
  let response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    return { error: error.name };
  }
  const text = await response.text();
  const isJson = response.headers.get("content-type") === "application/json";
  return {
    status: response.status,
    body: isJson ? JSON.parse(text) : text,
    headers: [...response.headers.keys()],
  };
}

/** Asks until the answer is as wanted. */
export async function until(ask, isWanted) {
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
  }
}
