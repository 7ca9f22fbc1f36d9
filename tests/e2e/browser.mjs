// Starts the browser that the stories are told in.

import { chromium } from "@playwright/test";

/** Headless Chromium: `CHROME` says which; by default Debian's. It calls nobody but the demo. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROME ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
