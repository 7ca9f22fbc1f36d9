// How Chromium is started where Playwright does it. Nothing downloads a browser.

/** Those things that a browser does by itself, and that need a network or a GPU, are off. */
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
