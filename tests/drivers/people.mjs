// Starts Chromium as people have it: a tab in the background is hidden, its timers are throttled,
// it can be frozen, and pages go into the back/forward cache. Playwright's launcher turns all that
// off, so Playwright only connects.

import { chromium } from "@playwright/test";

import { QUIET } from "./chromium.mjs";
import { address, start } from "./program.mjs";

const PROGRAM = process.env.CHROME ?? "/usr/bin/chromium";
/**
 * A host name of this machine that is not potentially trustworthy, as `127.0.0.1` is: its pages are
 * insecure contexts.
 */
export const INSECURE_HOST = "insecure.test";
const ARGUMENTS = [
  "--headless",
  ...QUIET,
  "--disable-dev-shm-usage",
  "--no-default-browser-check",
  "--disable-crash-reporter",
  `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`,
];

/** Starts a browser. `close` ends it and removes its profile. */
export async function launch() {
  const { child, forget } = await startChromium("--remote-debugging-port=0", [
    "ignore",
    "ignore",
    "pipe",
  ]);
  const endpoint = await address(child, /DevTools listening on (ws:\S+)/);
  const browser = await chromium.connectOverCDP(endpoint, { noDefaults: true });
  const close = async () => {
    const connection = await browser.newBrowserCDPSession();
    // The browser is gone before it can respond.
    await connection.send("Browser.close").catch(() => {});
    await forget();
  };
  return { browser, context: browser.contexts()[0], watch, close };
}

/**
 * Reports uncaught errors and console messages of the pages of a context, until the returned
 * function is called.
 */
function watch(context, complain) {
  const onError = (error) => complain(`uncaught: ${error.error().message ?? error.error()}`);
  const onConsole = (message) => isExpected(message) || complain(`console: ${message.text()}`);
  context.on("weberror", onError).on("console", onConsole);
  return () => context.off("weberror", onError).off("console", onConsole);
}

/** The browser logs each refusal and each lost connection. The tests cause both on purpose. */
function isExpected(message) {
  const { url } = message.location();
  const path = URL.canParse(url) ? new URL(url).pathname : "";
  const noted =
    /^Failed to load resource: (the server .* status of (401|500|503)|net::ERR_(CONNECTION_RESET|INTERNET_DISCONNECTED))/;
  return /^\/(auth|api)\//.test(path) && noted.test(message.text());
}

/** Starts the program with an empty page. */
export function startChromium(debugging, stdio) {
  const args = (profile) => [...ARGUMENTS, debugging, `--user-data-dir=${profile}`, "about:blank"];
  return start(PROGRAM, args, stdio);
}
