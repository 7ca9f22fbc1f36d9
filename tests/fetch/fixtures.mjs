// A page with a session, and the servers that record what it sends.

import assert from "node:assert/strict";

import { test as base } from "@playwright/test";

import { DRIVERS } from "../drivers/drivers.mjs";
import { Recorder } from "./recorder.mjs";

/**
 * The page's own origin and a friend, who get the token; a stranger, who lets the page in and gets none; and one that is
 * closed to other origins.
 */
const ORIGINS = ["own", "friend", "stranger", "closed"];
/** Whom the page asks how far the others are: a browser has a few connections to each origin only. */
const WATCHER = "watcher";

export const test = base.extend({
  /** Which browser: `"chromium"` or `"firefox"`. */
  driver: ["chromium", { option: true, scope: "worker" }],
});

/** Prints what was measured. */
export const say = (measured) => console.log(`  ${measured}`);

/** A page of that browser, and the servers. */
export async function open(driver = "chromium") {
  const { launch } = await import(DRIVERS[driver]);
  const { context, watch, close: closeBrowser } = await launch();
  const uncaught = [];
  // Firefox does not tell them from its lines for each answer that is refused, and for each origin that is closed.
  watch(context, (complaint) => complaint.startsWith("uncaught") && uncaught.push(complaint));
  const page = await context.newPage();
  const recorder = await Recorder.start(
    [...ORIGINS, WATCHER],
    ["own", "friend", "stranger", WATCHER],
  );
  const origins = Object.fromEntries([...ORIGINS, WATCHER].map((name) => [name, recorder[name]]));
  const isReady = async () => {
    await page.waitForFunction(() => globalThis.session !== undefined, null, {
      polling: 20,
      timeout: 60_000,
    });
    await page.evaluate(async () => void (await session.ready));
  };
  await page.goto(`${recorder.own}/files/page.html#${encodeURIComponent(JSON.stringify(origins))}`);
  await isReady();
  /** The page as it was at first, with a session of its own. */
  const renew = async () => {
    await page.reload();
    await isReady();
  };
  const close = async () => {
    await closeBrowser();
    recorder.stop();
    assert.deepEqual(uncaught, []);
  };
  return { recorder, page, renew, close };
}
