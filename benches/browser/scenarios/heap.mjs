// The memory that 10,000 calls leave behind: the heap kept by the second half of them, and the wasm's.

import { cpuMeter, interleave, open } from "../rounds.mjs";

const CALLS = 5_000;

export const scenario = {
  rounds: 3,
  async run({ browser, server }, { contenders, rounds }) {
    const seen = Object.fromEntries(contenders.map((name) => [name, []]));
    const measure = async (name) => {
      const page = await open(browser, server, name, true);
      await page.evaluate(() => (bench.isBlind = true));
      const { collect, heap } = await cpuMeter(page);
      const call = async () => {
        const memory = await page.evaluate(callOften, CALLS);
        for (let time = 0; time < 3; time++) await collect();
        return { heap: await heap(), memory };
      };
      const half = await call();
      const whole = await call();
      await page.context().close();
      seen[name].push({ "wasm, bytes": whole.memory - half.memory });
      return whole.heap - half.heap;
    };
    const values = await interleave(contenders, rounds, measure);
    return [
      { title: "Heap kept by the second half of 10,000 calls", values, seen, unit: "heap, bytes" },
    ];
  },
};

/** Runs in the page. */
async function callOften(calls) {
  for (let count = 0; count < calls; count++) await bench.call("/api/me");
  return bench.memory?.buffer.byteLength ?? 0;
}
