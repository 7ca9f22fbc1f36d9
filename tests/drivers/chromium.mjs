// Options for Playwright's launcher. Nothing downloads a browser.

/** Turns off background services that need a network or a GPU. */
export const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const CHROMIUM = { executablePath: process.env.CHROME ?? "/usr/bin/chromium", args: QUIET };
