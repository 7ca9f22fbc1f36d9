// Five tabs whose token is revoked call at the same time: until the last of them has its reply.

import { callTogether } from "../call-together.mjs";
import { interleave, open } from "../rounds.mjs";

const TABS = 5;
const CALLS = 4;
/** How long the servers take, in milliseconds. */
const DELAYS = { api: 5, auth: 50 };

export const scenario = {
  contenders: ["wrapper", "session", "ky", "axios", "supertokens", "oidc"],
  rounds: 15,
  async run({ browser, server }, { contenders, rounds }) {
    const { auth, delays, origin } = server;
    Object.assign(delays, DELAYS);
    const seen = Object.fromEntries(contenders.map((name) => [name, []]));
    const measure = async (name) => {
      const first = await open(browser, server, name);
      const pages = [first];
      while (pages.length < TABS) {
        const page = await first.context().newPage();
        await page.goto(`${origin}/page/${name}`);
        await page.evaluate(() => bench.first);
        pages.push(page);
      }
      const before = auth.refreshes;
      auth.revoke();
      const told = await Promise.all(pages.map((page) => page.evaluate(callTogether, CALLS)));
      await first.context().close();
      const failed = told.reduce((sum, { failed }) => sum + failed, 0);
      seen[name].push({ refreshes: auth.refreshes - before, "failed calls": failed });
      const since = Math.min(...told.map(({ since }) => since));
      return Math.max(...told.map(({ until }) => until)) - since;
    };
    await interleave(contenders, 1, measure);
    for (const name of contenders) seen[name].length = 0;
    const values = await interleave(contenders, rounds, measure);
    Object.assign(delays, { api: 0, auth: 0 });
    const title = "Five tabs after a revocation: time until all have their replies";
    return [{ title, values, seen, base: "wrapper" }];
  },
};
