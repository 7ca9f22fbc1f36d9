// What a library's test is given: a page with it in a real Chromium, the reference server, and the API beside it.

import assert from "node:assert/strict";

import { test as base } from "@playwright/test";

import { Server } from "../drivers/auth-server.mjs";
import { DRIVEN_TIME } from "../tabs/timers.mjs";
import { Api } from "./api/server.mjs";
import { bundle } from "./bundle.mjs";

export const test = base.extend({
  server: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from it what a fixture needs.
    async ({}, use) => {
      const pages = await bundle();
      const server = await Server.start({ www: pages.folder });
      await use(server);
      await server.stop();
      await pages.remove();
    },
    { scope: "worker" },
  ],

  api: [
    async ({ server }, use) => {
      const api = await Api.start(server.origin);
      await use(api);
      await api.stop();
    },
    { scope: "worker" },
  ],

  // The policy of the reference server's pages lets them talk to no other origin; an app's own would name its API.
  bypassCSP: true,

  /** With nobody signed in, and a server without faults. An error that nobody catches fails the test. */
  stage: async ({ page, server, api }, use) => {
    await page.addInitScript(DRIVEN_TIME);
    await server.reset();
    api.addresses.length = 0;
    const uncaught = [];
    page.on("pageerror", (error) => uncaught.push(String(error.stack ?? error)));
    await use(new Stage(page, server, api));
    assert.deepEqual(uncaught, []);
  },
});

class Stage {
  server;
  api;
  /** The counters when the page was opened. */
  before;
  #page;

  constructor(page, server, api) {
    this.#page = page;
    this.server = server;
    this.api = api;
  }

  /** The page with a library, alice being signed in. */
  async open(library, options = {}) {
    const query = encodeURIComponent(JSON.stringify({ library, api: this.api.origin, options }));
    await this.#page.goto(`${this.server.origin}/page.html?${query}`);
    await this.#page.evaluate(() => begin());
    this.before = await this.server.counters();
    return this.#page;
  }
}

/** By how much these counters have grown since the page was opened. */
export async function grown({ server, before }, ...names) {
  const now = await server.counters();
  return Object.fromEntries(names.map((name) => [name, now[name] - before[name]]));
}
