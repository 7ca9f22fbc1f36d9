// A page with a session, and the servers that record what it sends.

import { chromium } from "@playwright/test";

import { Recorder } from "./recorder.mjs";

/**
 * The page's own origin and a friend, who get the token; a stranger, who lets the page in and gets none; and one that is
 * closed to other origins.
 */
const ORIGINS = ["own", "friend", "stranger", "closed"];
/** Whom the page asks how far the others are: a browser has a few connections to each origin only. */
const WATCHER = "watcher";

export async function open() {
  const browser = await launch();
  return begin(await browser.newPage(), () => browser.close());
}

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROME ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
    ],
  });

/** In a page of any browser. */
export async function begin(page, closeBrowser) {
  const recorder = await Recorder.start(
    [...ORIGINS, WATCHER],
    ["own", "friend", "stranger", WATCHER],
  );
  const origins = Object.fromEntries([...ORIGINS, WATCHER].map((name) => [name, recorder[name]]));
  const isReady = async () => {
    await page.waitForFunction(() => globalThis.session !== undefined, null, {
      polling: 20,
      timeout: 10_000,
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
  };
  return { recorder, page, renew, close };
}
