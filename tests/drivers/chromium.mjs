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

/** Chromium as people have it. */
export const CHROMIUM = { executablePath: process.env.CHROME ?? "/usr/bin/chromium", args: QUIET };

/**
 * Its headless shell, for tests of one page: the same engine with half the work. It has no back/forward cache and freezes no page.
 * Where there is none, Chromium itself.
 */
export const HEADLESS_SHELL = {
  ...CHROMIUM,
  executablePath: process.env.HEADLESS_SHELL || CHROMIUM.executablePath,
};
