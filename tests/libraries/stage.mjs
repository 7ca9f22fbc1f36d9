// Where a rule is checked: a page with one library in a real Chromium, the reference server, and the API beside it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch } from "../tabs/chromium.mjs";
import { Server } from "../tabs/server.mjs";
import { Api } from "./api/server.mjs";
import { bundle } from "./bundle.mjs";

/** Milliseconds. */
const TIMEOUT = 30_000;

let pages;
let server;
let api;
let chromium;
/** Errors that nobody has caught. */
const uncaught = [];

before(async () => {
  pages = await bundle();
  [server, chromium] = await Promise.all([Server.start({ www: pages.folder }), launch()]);
  api = await Api.start(server.origin);
  chromium.context.on("weberror", (error) =>
    uncaught.push(String(error.error().stack ?? error.error())),
  );
});

after(async () => {
  await chromium?.close();
  await api?.stop();
  await server?.stop();
  await pages?.remove();
});

/**
 * Checks a rule: `check` gets a stage with nobody signed in, and a server without faults. Before it there may be
 * options for `test`, such as why it does not hold yet: `{ todo: "…" }`.
 */
export function rule(title, ...rest) {
  const check = rest.pop();
  test(title, { timeout: TIMEOUT, ...rest[0] }, async () => {
    await chromium.context.clearCookies();
    await server.reset();
    api.addresses.length = 0;
    const stage = { server, api, open };
    try {
      await check(stage);
      assert.deepEqual(uncaught, []);
    } finally {
      uncaught.length = 0;
      await stage.page?.close();
    }
  });

  /** The page with a library, alice being signed in. Later on the counters are those since then. */
  async function open(library, options = {}) {
    this.page = await chromium.context.newPage();
    // The policy of the reference server's pages lets them talk to no other origin; an app's own would name its API.
    const tools = await chromium.context.newCDPSession(this.page);
    await tools.send("Page.setBypassCSP", { enabled: true });
    // What the page before has written down.
    await tools.send("Storage.clearDataForOrigin", {
      origin: server.origin,
      storageTypes: "local_storage",
    });
    const query = encodeURIComponent(JSON.stringify({ library, api: api.origin, options }));
    await this.page.goto(`${server.origin}/page.html?${query}`);
    await this.page.evaluate(() => begin());
    this.before = await server.counters();
    return this.page;
  }
}

/** By how much these counters have grown since the page was opened. */
export async function grown({ server, before }, ...names) {
  const now = await server.counters();
  return Object.fromEntries(names.map((name) => [name, now[name] - before[name]]));
}
