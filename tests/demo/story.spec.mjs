// The whole story of the demo. Refreshes are counted by the server; nothing sleeps.

import { fileURLToPath } from "node:url";

import { test as base } from "@playwright/test";

import { Server } from "../drivers/auth-server.mjs";
import { collectComplaints } from "./complaints.mjs";
import { recordFaces } from "./demo-page.mjs";
import { Secrets } from "./secrets.mjs";
import { ENDINGS } from "./story/endings.mjs";
import { MANY_TABS } from "./story/many-tabs.mjs";
import { ONE_TAB } from "./story/one-tab.mjs";

const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from it what a fixture needs.
  server: async ({}, use) => {
    const server = await Server.start({
      www: fileURLToPath(new URL("../../www", import.meta.url)),
    });
    await use(server);
    await server.stop();
  },
});

const STEPS = [...ONE_TAB, ...MANY_TABS, ...ENDINGS];

test("the demo does what it says", async ({ context, server }) => {
  await recordFaces(context);
  /** The state that the steps share. */
  const story = {
    server,
    origin: server.origin,
    context,
    complaints: collectComplaints(context),
    secrets: new Secrets(context),
    /** The tab that the story is told in. */
    demo: undefined,
    /** Another one, in the steps that need it. */
    other: undefined,
    /** Alice's session. No reload may change its id. */
    session: undefined,
  };
  for (const [name, run] of STEPS) {
    await test.step(name, async () => {
      test.info().annotations.push({ type: name, description: await run(story) });
    });
  }
});
