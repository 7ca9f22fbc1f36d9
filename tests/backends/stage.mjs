// Where a rule is checked: a page in a real Chromium, and a back end on another origin.

import { after, before, test } from "node:test";

import { launch } from "../tabs/chromium.mjs";
import { Backend } from "./backend.mjs";
import { servePages } from "./pages.mjs";

/** Milliseconds. */
const TIMEOUT = 30_000;
/** To cookies two ports of one host are one. */
const ONE_HOST = { page: "127.0.0.1", backend: "127.0.0.1" };

/**
 * What checks the rules of a back end, by the name of its folder; for the tests of a file, or of a `describe`. `hosts`:
 * where the browser finds the page and the back end.
 */
export function rulesOf(name, hosts = ONE_HOST, cookieDomain) {
  let pages;
  let backend;
  let chromium;

  before(async () => {
    pages = await servePages(hosts.page);
    [backend, chromium] = await Promise.all([
      Backend.start(name, pages.origin, cookieDomain),
      launch(),
    ]);
  });

  after(async () => {
    await chromium?.close();
    await backend?.stop();
    await pages?.stop();
  });

  /** `check` gets a stage with nobody signed in. */
  return (title, check) => {
    test(title, { timeout: TIMEOUT }, async (t) => {
      await chromium.context.clearCookies();
      await backend.reset();
      const page = await chromium.context.newPage();
      try {
        await page.goto(pages.origin);
        await page.evaluate(() => localStorage.clear());
        await check(new Stage(page, backend, hosts.backend));
      } catch (error) {
        t.diagnostic(`the back end said:\n${backend.log}`);
        throw error;
      } finally {
        await page.close();
      }
    });
  };
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
