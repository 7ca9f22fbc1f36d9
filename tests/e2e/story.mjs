// A story is a list of steps, each with a name and with what was seen. It ends at the first that fails.

import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";

const SCREENSHOT = fileURLToPath(new URL("../../target/e2e/failure.png", import.meta.url));

/**
 * Takes the steps in order and prints a line for each.
 *
 * @param {[name: string, run: () => Promise<string>][]} steps what each run returns is what it saw
 * @param {() => import("@playwright/test").Page} page which page to take a picture of when a step fails
 * @returns {Promise<boolean>} whether all have passed
 */
export async function tell(steps, page) {
  for (const [name, run] of steps) {
    try {
      console.log(`${name.padEnd(42)} ${await run()}`.trimEnd());
    } catch (error) {
      console.error(`\nFAILED: ${name}\n\n${inspect(error)}\n\nscreenshot: ${await picture(page)}`);
      return false;
    }
  }
  console.log(`\nall ${steps.length} steps passed`);
  return true;
}

async function picture(page) {
  try {
    await mkdir(new URL(".", `file://${SCREENSHOT}`), { recursive: true });
    await page().screenshot({ path: SCREENSHOT, fullPage: true });
    return SCREENSHOT;
  } catch (error) {
    return `none (${error.message})`;
  }
}
