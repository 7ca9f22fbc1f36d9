// Everything that runs in a browser: `npx playwright test --project=NAME` runs one project of it.

import { defineConfig } from "@playwright/test";

import { HEADLESS_SHELL } from "./tests/drivers/chromium.mjs";

/** One project: a folder of `tests`, by default in Playwright's way to run Chromium. */
const project = (name, more) => ({
  name,
  testDir: `tests/${name}`,
  // Playwright clears it at the start, and another project may be running.
  outputDir: `target/playwright/${name}`,
  ...more,
});

export default defineConfig({
  globalSetup: "./tests/drivers/bundle.mjs",
  testMatch: "**/*.spec.mjs",
  reporter: "list",
  // A limit and nothing else: on a machine with other work a test may take ten times as long as it should.
  timeout: 120_000,
  workers: 4,
  forbidOnly: true,
  // The pages have nothing to look at, but for the demo.
  use: {
    launchOptions: HEADLESS_SHELL,
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: false },
  },
  projects: [
    project("surface", { fullyParallel: true }),
    project("tabs", { timeout: 240_000 }),
    project("fetch", { timeout: 300_000 }),
    project("demo", { use: { trace: "retain-on-failure" } }),
    project("libraries"),
    project("backends"),
    project("firefox", {
      testDir: "tests",
      testMatch: ["tabs/*.spec.mjs", "fetch/{differential,keepalive,leaks}.spec.mjs"],
      grepInvert: /@chromium/,
      timeout: 300_000,
      use: { driver: "firefox" },
    }),
    project("webkit", {
      testDir: "tests/tabs",
      grep: /@webkit/,
      timeout: 300_000,
      workers: 1,
      use: { driver: "webkit" },
    }),
  ],
});
