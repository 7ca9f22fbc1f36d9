// The whole story of the demo. Refreshes are counted by the server; nothing sleeps.

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

import { test as base } from "@playwright/test";

import { Server } from "../drivers/auth-server.mjs";
import { SHIPPED } from "../drivers/package.mjs";
import { until } from "../drivers/until.mjs";
import { DRIVEN_TIME, STOPPABLE_TIMERS } from "../tabs/timers.mjs";
import { collectComplaints } from "./complaints.mjs";
import { DemoPage, letStopTimers, recordFaces } from "./demo-page.mjs";
import { Secrets } from "./secrets.mjs";
import { ENDINGS } from "./story/endings.mjs";
import { LONG } from "./story/lifetimes.mjs";
import { MANY_TABS } from "./story/many-tabs.mjs";
import { ONE_TAB } from "./story/one-tab.mjs";

/** Milliseconds after which a token that lives for `LONG` is to be renewed, in every tab, and is good still. */
const DUE = 850_000;
/** The number of lifetimes that two tabs live through. */
const LIFETIMES = 5;

const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from it what a fixture needs.
  server: async ({}, use) => {
    const server = await Server.start({
      www: fileURLToPath(new URL("../../www", import.meta.url)),
      pkg: SHIPPED,
    });
    await use(server);
    await server.stop();
  },
});

const STEPS = [...ONE_TAB, ...MANY_TABS, ...ENDINGS];

test("the demo does what it says", async ({ context, server }) => {
  await recordFaces(context);
  await context.addInitScript(STOPPABLE_TIMERS);
  await letStopTimers(context);
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

test("two tabs of the demo send as many refreshes as one would", async ({ context, server }) => {
  await context.addInitScript(DRIVEN_TIME);
  await server.issueTokensFor(LONG);
  const one = await DemoPage.open(context, server.origin);
  await one.becomes("ended · none");
  await one.begin("Alice (admin)");
  await one.becomes("active");
  const two = await one.openAnother();
  const tabs = [one, two];
  await Promise.all([one.lists([two]), two.lists([one])]);
  const sum = async (name) => {
    const all = await Promise.all(tabs.map((tab) => tab.tokenCounts()));
    return all.reduce((total, counts) => total + counts[name], 0);
  };
  const before = { refreshes: await sum("refreshes"), handedOver: await sum("handedOver") };
  const generations = await Promise.all(tabs.map((tab) => tab.generation()));

  const { grown } = await server.during(async () => {
    for (let tokens = 1; tokens <= LIFETIMES; tokens++) {
      await server.setClock(tokens * DUE);
      // It is as late in both of them before anything comes of that.
      await Promise.all(tabs.map(({ page }) => page.evaluate((ms) => setAhead(ms), DUE)));
      await Promise.all(tabs.map(({ page }) => page.evaluate(() => passTime(1))));
      for (const [index, tab] of tabs.entries())
        await tab.reachesGeneration(generations[index] + tokens);
      await one.turnsAreOver();
    }
  });
  assert.deepEqual(
    { refreshes: grown.refreshes, rotated: grown.rotated },
    { refreshes: LIFETIMES, rotated: LIFETIMES },
  );
  // And so say the pages: what one has fetched, the other was handed over.
  for (const name of ["refreshes", "handedOver"])
    await until(async () => (await sum(name)) - before[name] === LIFETIMES);
});
