// Starts Chromium as people have it: a tab that nobody looks at is hidden, its timers are slow, it can be frozen, and a
// page that was left goes into the back/forward cache. Playwright's launcher turns all that off, so it only connects.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "@playwright/test";

const PROGRAM = process.env.CHROME ?? "/usr/bin/chromium";
/** A name of this computer that is not trustworthy as `127.0.0.1` is: pages of it are insecure contexts. */
export const INSECURE_HOST = "insecure.test";
const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-dev-shm-usage",
  "--no-first-run",
  "--no-default-browser-check",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-crash-reporter",
  `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`,
];

// So that the browser is ended whatever ends us, but for SIGKILL.
for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

/** A browser and its default context; `close` ends it and forgets it. */
export async function launch() {
  const { child, forget } = await start("--remote-debugging-port=0", ["ignore", "ignore", "pipe"]);
  const browser = await chromium.connectOverCDP(await address(child), { noDefaults: true });
  const close = async () => {
    const connection = await browser.newBrowserCDPSession();
    // It is gone before it can answer.
    await connection.send("Browser.close").catch(() => {});
    await forget();
  };
  return { browser, context: browser.contexts()[0], watch, close };
}

/** Tells what the pages of a context complain of, errors that nobody has caught and the console, until what it returns is called. */
function watch(context, complain) {
  const onError = (error) => complain(`uncaught: ${error.error().message ?? error.error()}`);
  const onConsole = (message) => isExpected(message) || complain(`console: ${message.text()}`);
  context.on("weberror", onError).on("console", onConsole);
  return () => context.off("weberror", onError).off("console", onConsole);
}

/** The browser itself notes each refusal and each lost connection, and the tests want both. */
function isExpected(message) {
  const { url } = message.location();
  const path = URL.canParse(url) ? new URL(url).pathname : "";
  const noted =
    /^Failed to load resource: (the server .* status of (401|500|503)|net::ERR_(CONNECTION_RESET|INTERNET_DISCONNECTED))/;
  return /^\/(auth|api)\//.test(path) && noted.test(message.text());
}

/** The program, with a profile of its own; `forget` waits for its end, and removes that. */
export async function start(debugging, stdio) {
  const profile = await mkdtemp(join(tmpdir(), "silent-session-tabs-"));
  const child = spawn(
    PROGRAM,
    [...ARGUMENTS, debugging, `--user-data-dir=${profile}`, "about:blank"],
    { stdio },
  );
  const kill = () => child.kill("SIGKILL");
  process.on("exit", kill);
  const ended = once(child, "exit");
  const forget = async () => {
    await ended;
    process.off("exit", kill);
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  return { child, forget };
}

/** Where it is to be reached, by its own word. What else it says is read, so that it never has to wait. */
function address(child) {
  let said = "";
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) =>
      reject(new Error(`${PROGRAM} ended with ${code}. It said:\n${said}`)),
    );
    child.stderr.setEncoding("utf8").on("data", (text) => {
      said = (said + text).slice(-10_000);
      const found = /DevTools listening on (ws:\S+)/.exec(said);
      if (found) resolve(found[1]);
    });
  });
}
