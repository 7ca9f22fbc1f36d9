// What the tests of tabs are given: the reference server, a browser as people have it, and a stage with both.

import assert from "node:assert/strict";

import { test as base } from "@playwright/test";

import { Server } from "../drivers/auth-server.mjs";
import { DRIVERS } from "../drivers/drivers.mjs";
import { Stage } from "./stage.mjs";

export const test = base.extend({
  /** Which browser. */
  driver: ["chromium", { option: true, scope: "worker" }],

  /** Arguments of the server, beside the usual ones. */
  serverArguments: [[], { option: true, scope: "worker" }],

  server: [
    async ({ serverArguments }, use) => {
      const server = await Server.start({ more: serverArguments });
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],

  people: [
    async ({ driver, server }, use) => {
      const { launch } = await import(DRIVERS[driver]);
      const people = await launch(server);
      await use(people);
      await people.close();
    },
    { scope: "worker" },
  ],

  /** With no tab open, nobody signed in, and a server without faults. What the pages complain of fails the test. */
  stage: async ({ server, people }, use, testInfo) => {
    const complaints = [];
    const say = (measured) => console.log(`  ${measured}`);
    const unwatch = people.watch(people.context, (complaint) => complaints.push(complaint));
    const stage = new Stage(server, people.context, say);
    await stage.clear();
    await use(stage);
    if (testInfo.status !== testInfo.expectedStatus)
      await testInfo.attach("server.log", { body: server.log.join("\n") });
    await stage.close();
    unwatch();
    assert.deepEqual(complaints, []);
  },
});

/** The tags of tests that need what only Chromium's debugger can do. */
export const CHROMIUM_ONLY = ["@chromium"];

/**
 * For `open`, before the app: each refresh goes under an id of its own. To the server, and to every server that knows no attempt
 * ids, a retry is a theft: whoever presents a spent cookie is signed out. The request is not copied: Firefox forgets `keepalive` then.
 */
export const WITHOUT_ATTEMPT_IDS = () => {
  const { fetch } = globalThis;
  globalThis.fetch = (request, init) => {
    const { pathname } = new URL(request.url ?? request, location.href);
    if (pathname === "/auth/refresh")
      request.headers.set("x-requested-with", String(Math.random()));
    return fetch(request, init);
  };
};
