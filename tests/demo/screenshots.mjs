// Pictures of the demo to look at: node tests/demo/screenshots.mjs /tmp/pictures
//
// Light and dark, narrow and wide; signed out, signed in, after some calls, in a second tab, and signed out elsewhere.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "@playwright/test";

import { Server } from "../drivers/auth-server.mjs";
import { CHROMIUM } from "../drivers/chromium.mjs";
import { DemoPage } from "./demo-page.mjs";

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error("usage: node tests/demo/screenshots.mjs <folder>");
  process.exit(2);
}

const WIDTHS = { narrow: 390, wide: 1280 };

await mkdir(folder, { recursive: true });
const server = await Server.start({ www: fileURLToPath(new URL("../../www", import.meta.url)) });
const { origin } = server;
const browser = await chromium.launch(CHROMIUM);
try {
  for (const colorScheme of ["light", "dark"]) {
    for (const [name, width] of Object.entries(WIDTHS)) {
      await pictures(`${colorScheme}-${name}`, { colorScheme, viewport: { width, height: 860 } });
    }
  }
} finally {
  await browser.close();
  await server.stop();
}

async function pictures(name, options) {
  await server.reset();
  // Still, so that no picture catches something on its way.
  const context = await browser.newContext({ ...options, reducedMotion: "reduce" });
  const demo = await DemoPage.open(context, origin);
  const take = async (moment, { page } = demo) => {
    const path = join(folder, `${name}-${moment}.png`);
    await page.screenshot({ path, fullPage: true });
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    console.log(path, excess > 0 ? `OVERFLOWS by ${excess} px` : "");
  };

  await demo.becomes("ended · none");
  await demo.fillIn("User", "carol");
  await demo.fillIn("Password", "looking-glass");
  await demo.submitFrom("Password");
  await demo.codeIsAskedFor();
  await take("1-signed-out");

  await demo.begin("Bob (user)");
  await demo.session();
  await take("2-signed-in");

  await demo.call("Call the API");
  await demo.click("Revoke my access tokens");
  await demo.call("50 calls at once");
  await demo.call("Call the admin page");
  await demo.click("Take the server down");
  await demo.begin("Refresh now");
  await demo.logs(/POST \/auth\/refresh → 503/);
  await demo.click("Bring it up");
  await demo.reachesGeneration(3);
  await take("3-after-calls");

  const other = await demo.openAnother();
  await other.lists([demo]);
  await demo.click("Refresh now");
  await other.reachesGeneration(2);
  await take("4-second-tab", other);

  await demo.click("Sign out");
  await other.becomes("ended · signed-out");
  await take("5-signed-out-elsewhere", other);
  await context.close();
}
