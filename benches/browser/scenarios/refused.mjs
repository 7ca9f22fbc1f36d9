// 1,000 calls that meet a 401: all at once, or half of them after the refresh. `fetch` is stubbed.

import { cpuMeter, interleave, open } from "../rounds.mjs";

const CALLS = 1000;
/** Before: as many calls as an application has made by then. */
const WARM_UP = 300;
/** Whoever has not finished by then is left out. Milliseconds. */
const PATIENCE = 20_000;

const CASES = {
  "1,000 calls meet one 401": 0,
  "500 of 1,000 calls get their 401 after the refresh": CALLS / 2,
};

export const scenario = {
  contenders: ["wrapper", "session", "ky", "axios", "supertokens", "oidc"],
  rounds: 9,
  async run({ browser, server }, { contenders, rounds }) {
    const results = [];
    for (const [what, late] of Object.entries(CASES)) {
      const seen = Object.fromEntries(contenders.map((name) => [name, []]));
      const measure = async (name) => {
        // A contender that did not finish will not finish the next time either.
        if (seen[name].some(({ isOver }) => !isOver)) return Number.NaN;
        const page = await open(browser, server, name, true);
        const meter = await cpuMeter(page);
        await page.evaluate(warmUp, WARM_UP);
        await meter.collect();
        const time = await meter.measure(async () => {
          seen[name].push(await page.evaluate(beRefused, [CALLS, late, PATIENCE]));
        });
        await page.context().close();
        return seen[name].at(-1).isOver ? time : Number.NaN;
      };
      const values = await interleave(contenders, rounds, measure);
      results.push({ title: `CPU where ${what}`, values, seen, base: "wrapper" });
    }
    return results;
  },
};

/** Runs in the page. */
async function warmUp(calls) {
  for (let count = 0; count < calls; count++) await bench.call("/api/me");
}

/** Runs in the page. */
async function beRefused([calls, late, patience]) {
  const { auth, call } = bench;
  let release;
  const released = new Promise((resolve) => (release = resolve));
  bench.hold = (path, status) => (status === 401 && path === "/api/late" ? released : undefined);
  const before = auth.refreshes;
  auth.revoke();
  let failed = 0;
  const one = (path) =>
    call(path).then(
      ({ status }) => (failed += Number(status !== 200)),
      () => (failed += 1),
    );
  const all = (path, length) => Promise.all(Array.from({ length }, () => one(path)));
  const act = async () => {
    const waiting = all("/api/late", late);
    await all("/api/me", calls - late);
    release();
    await waiting;
    return true;
  };
  const isOver = await Promise.race([
    act(),
    new Promise((resolve) => setTimeout(resolve, patience, false)),
  ]);
  return { isOver, refreshes: auth.refreshes - before, "failed calls": failed };
}
