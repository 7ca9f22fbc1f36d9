// CPU per call while a token is live, with a `fetch` that answers at once.

import { cpuMeter, interleave, openAll } from "../rounds.mjs";

/** How long a contender is measured in each round, in seconds of CPU time. */
const TIME = 0.03;
const CASES = {
  "plain GET": ["/api/me"],
  "with headers and a body": [
    "/api/me",
    { method: "POST", headers: { "content-type": "application/json", "x-a": "1" }, body: "{}" },
  ],
};

export const scenario = {
  async run(stage, { contenders, rounds }) {
    const { pages, close } = await openAll(stage, contenders, true);
    const meters = {};
    for (const name of contenders) {
      meters[name] = await cpuMeter(pages[name]);
      await pages[name].evaluate(() => (bench.isBlind = true));
    }
    const results = [];
    for (const [what, args] of Object.entries(CASES)) {
      const calls = Object.fromEntries(contenders.map((name) => [name, 500]));
      const measure = async (name) => {
        const act = () => pages[name].evaluate(callOften, [args, calls[name]]);
        return (await meters[name].measure(act)) / calls[name];
      };
      // Twice as a warm-up; the second one tells how many calls take that time.
      await interleave(contenders, 1, measure);
      const first = await interleave(contenders, 1, measure);
      for (const name of contenders)
        calls[name] = Math.min(20_000, Math.max(100, Math.round(TIME / first[name][0])));
      await interleave(contenders, 1, measure);
      const values = await interleave(contenders, rounds, measure);
      results.push({ title: `CPU per call, \`fetch\` stubbed: ${what}`, values, base: "wrapper" });
    }
    await close();
    return results;
  },
};

/** Runs in the page. */
async function callOften([args, calls]) {
  const { call } = bench;
  for (let count = 0; count < calls; count++) await call(...args);
}
