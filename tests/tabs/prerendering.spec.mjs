// A page is loaded before anybody has asked for it, and perhaps nobody will: it sends nothing.

import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

import { Prerenderer } from "../drivers/prerenderer.mjs";
import { CHROMIUM_ONLY, test } from "./fixtures.mjs";

/** Much longer than a page waits for anything when it begins, in milliseconds. */
const LONG = 1_000;

let browser;
test.beforeEach(async () => {
  browser = await Prerenderer.launch();
});
test.afterEach(() => browser?.close());

// Chromium does not grant a prerendered page any lock: so much holds it back anyway.
const ADDRESSES = {
  "": "/tab.html",
  ", though there are no Web Locks": '/tab.html?{"locks":false}',
};

for (const [where, address] of Object.entries(ADDRESSES)) {
  test(`a prerendered page sends nothing${where}; it is signed in once it is shown`, {
    tag: ["@scenario-70", ...CHROMIUM_ONLY],
  }, async ({ stage }) => {
    const { server } = stage;
    const page = await browser.page();
    await page.goTo(`${server.origin}/tab.html`);
    const epoch = await page.run(async () => {
      await signIn("alice");
      return session.state.session;
    });
    await page.goTo(`${server.origin}/elsewhere.html`);
    await server.reset();
    await page.prerender(address);

    const prerendered = await browser.page("prerender");
    await prerendered.run(sessionIsThere);
    await pause(LONG);
    const { refreshes, api_401 } = await server.counters();
    assert.deepEqual({ refreshes, api_401 }, { refreshes: 0, api_401: 0 });

    await page.run((address) => void (location.href = address), address);
    const state = await prerendered.run(() => becomes({ status: "active", sub: "alice" }, 60_000));
    assert.equal(state.session, epoch);
    const activated = await prerendered.run(
      () => performance.getEntriesByType("navigation")[0].activationStart,
    );
    assert.ok(activated > LONG, "it was not prerendered: this proves nothing");
    assert.equal((await server.counters()).refreshes, 1);
  });
}

/** Runs in the page: from then on, the session does what it does. */
async function sessionIsThere() {
  while (typeof session === "undefined") await new Promise((resolve) => setTimeout(resolve, 10));
}
