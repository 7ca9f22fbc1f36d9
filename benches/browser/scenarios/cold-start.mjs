// From the start of a page to the first reply of the API, with nothing in the cache. Native has a
// token at hand, and all others ask for one first.

import { interleave } from "../rounds.mjs";

const LINES = {
  "From the start of a page to the first reply": undefined,
  "From the start of a page to the first reply, slow line": {
    network: { latency: 150, download: 1.6e6, upload: 1.6e6 },
    slowdown: 4,
  },
};

export const scenario = {
  // The others keep their token in storage that script can read, and ask for none.
  contenders: ["native", "wrapper", "session", "ky", "axios"],
  rounds: 15,
  async run({ browser, server }, { contenders, rounds }) {
    const results = [];
    for (const [title, line] of Object.entries(LINES)) {
      const seen = Object.fromEntries(contenders.map((name) => [name, []]));
      const measure = async (name) => {
        const context = await browser.newContext();
        const page = await context.newPage();
        if (line) await slowDown(await context.newCDPSession(page), line);
        await page.goto(`${server.origin}/page/${name}`);
        const [first, tasks] = await page.evaluate(async () => [await bench.first, bench.tasks]);
        seen[name].push({
          "long tasks": tasks.length,
          "of them the longest, ms": Math.max(0, ...tasks),
        });
        await context.close();
        return first;
      };
      await interleave(contenders, 1, measure);
      for (const name of contenders) seen[name].length = 0;
      const values = await interleave(contenders, rounds, measure);
      results.push({ title, values, seen, base: "native" });
    }
    return results;
  },
};

async function slowDown(devtools, { network, slowdown }) {
  await devtools.send("Network.enable");
  await devtools.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: network.latency,
    downloadThroughput: network.download / 8,
    uploadThroughput: network.upload / 8,
  });
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
}
