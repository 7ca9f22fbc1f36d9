// 64 calls at a time over the loopback, each body read: CPU of the page's main thread.

import { cpuMeter, interleave, openAll } from "../rounds.mjs";

const AT_A_TIME = 64;
const TIMES = 8;

export const scenario = {
  async run(stage, { contenders, rounds }) {
    const { pages, close } = await openAll(stage, contenders, false);
    const meters = {};
    for (const name of contenders) meters[name] = await cpuMeter(pages[name]);
    const measure = (name) =>
      meters[name].measure(() => pages[name].evaluate(callTogether, [AT_A_TIME, TIMES]));
    await interleave(contenders, 2, measure);
    const values = await interleave(contenders, rounds, measure);
    await close();
    const title = "CPU of 64 calls at a time over the loopback";
    return [{ title, values, base: "native" }];
  },
};

/** Runs in the page. */
async function callTogether([calls, times]) {
  const one = async () => {
    const response = await bench.call("/api/me");
    // axios has read it already.
    await response.text?.();
  };
  for (let time = 0; time < times; time++) await Promise.all(Array.from({ length: calls }, one));
}
