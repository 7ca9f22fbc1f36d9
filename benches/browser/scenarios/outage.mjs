// The token is revoked, and the auth server answers 503 for a second: what becomes of the calls.

import { callTogether } from "../call-together.mjs";
import { interleave, open } from "../rounds.mjs";

const CALLS = 20;
/** Milliseconds. */
const OUTAGE = 1000;

export const scenario = {
  contenders: ["wrapper", "session", "ky", "axios", "supertokens", "oidc"],
  rounds: 5,
  async run({ browser, server }, { contenders, rounds }) {
    const { auth } = server;
    const seen = Object.fromEntries(contenders.map((name) => [name, []]));
    const measure = async (name) => {
      const page = await open(browser, server, name);
      const before = auth.refreshes;
      auth.revoke();
      auth.isDown = true;
      setTimeout(() => (auth.isDown = false), OUTAGE);
      const { since, until, failed } = await page.evaluate(callTogether, CALLS);
      if (auth.isDown) await new Promise((resolve) => setTimeout(resolve, OUTAGE));
      await page.context().close();
      seen[name].push({ refreshes: auth.refreshes - before, "failed calls": failed });
      return (until - since) / OUTAGE;
    };
    const values = await interleave(contenders, rounds, measure);
    const title = `An outage of a second meets ${CALLS} calls`;
    return [{ title, values, seen, unit: "time / outage" }];
  },
};
