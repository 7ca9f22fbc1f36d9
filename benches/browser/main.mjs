// `cargo xtask bench --browser`: compares the package with what people use instead, in headless
// Chromium.

import { parseArgs } from "node:util";

import { chromium } from "@playwright/test";

import { CHROMIUM } from "../../tests/drivers/chromium.mjs";
import { bundle } from "./bundles.mjs";
import { table, write } from "./report.mjs";
import { serve } from "./server.mjs";

const ROUNDS = 25;
const CONTENDERS = ["native", "wrapper", "session", "ky", "axios", "supertokens", "oidc"];

/** The files in `scenarios`, the most important first. */
const SCENARIOS = ["calls", "loopback", "refused", "cold-start", "five-tabs", "outage", "heap"];

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: String(ROUNDS) } },
});
const rounds = Number(options.rounds);
const unknown = positionals.find((name) => !SCENARIOS.includes(name));
if (unknown) throw new Error(`no scenario ${unknown}; there are ${SCENARIOS.join(", ")}`);
const chosen = positionals.length > 0 ? positionals : SCENARIOS;

const scripts = await bundle(CONTENDERS);
const server = await serve(scripts);
const browser = await chromium.launch(CHROMIUM);
const stage = { browser, server };
try {
  const results = [];
  for (const file of chosen) {
    console.log(`${file} …`);
    const { scenario } = await import(`./scenarios/${file}.mjs`);
    const { run, contenders = CONTENDERS, rounds: most = rounds } = scenario;
    server.auth.issue();
    const told = await run(stage, { contenders, rounds: Math.min(rounds, most) });
    for (const result of told) console.log(`\n${table(result)}\n`);
    results.push(...told);
  }
  // A part of it is not for the docs.
  if (positionals.length === 0) await write(results, browser.version());
} finally {
  await browser.close();
  server.close();
}
