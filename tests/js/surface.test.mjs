// Runs the rules of rules/*.mjs, each in a document of its own, all in one browser.

import { readdirSync } from "node:fs";
import { after, before, describe, test } from "node:test";

import { closeBrowser, launchBrowser, onStage } from "./stage.mjs";

const folder = new URL("rules/", import.meta.url);
const files = readdirSync(folder)
  .filter((file) => file.endsWith(".mjs"))
  .sort();
const concepts = await Promise.all(
  files.map(async (file) => [
    file.replace(".mjs", ""),
    (await import(new URL(file, folder))).default,
  ]),
);

/** Milliseconds: whoever waits for what never comes fails alone. */
const TIMEOUT = 10_000;

describe("the JavaScript surface", () => {
  before(launchBrowser);
  after(closeBrowser);
  for (const [concept, rules] of concepts) {
    describe(concept, { concurrency: 2 }, () => {
      for (const [rule, check] of Object.entries(rules))
        test(rule, { timeout: TIMEOUT }, () => onStage(check));
    });
  }
});
