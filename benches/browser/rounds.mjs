// Interleaved rounds: each contender has its turn in each of them, so that other work of the
// machine affects all alike.

/** Measures each contender once per round, in varying order. Returns lists by contender. */
export async function interleave(contenders, rounds, measure) {
  const values = Object.fromEntries(contenders.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const shift = round % contenders.length;
    const order = [...contenders.slice(shift), ...contenders.slice(0, shift)];
    for (const name of order) values[name].push(await measure(name, round));
  }
  return values;
}

/** Opens a page of each contender in a browser context of its own. */
export async function openAll({ browser, server }, contenders, isStubbed) {
  const pages = {};
  for (const name of contenders) pages[name] = await open(browser, server, name, isStubbed);
  const close = async () => {
    for (const page of Object.values(pages)) await page.context().close();
  };
  return { pages, close };
}

/** Opens a page of a contender, whose first call has been answered. */
export async function open(browser, server, name, isStubbed = false) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${server.origin}/page/${name}${isStubbed ? "?stub=1" : ""}`);
  await page.evaluate(() => bench.first);
  return page;
}

/** Measures the CPU time of a page's main thread in seconds, without that of other programs. */
export async function cpuMeter(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
  const read = async (name) => {
    const { metrics } = await devtools.send("Performance.getMetrics");
    return metrics.find((metric) => metric.name === name).value;
  };
  const collect = () => devtools.send("HeapProfiler.collectGarbage");
  const measure = async (run) => {
    const before = await read("TaskDuration");
    await run();
    return (await read("TaskDuration")) - before;
  };
  return { measure, collect, heap: () => read("JSHeapUsedSize") };
}
