// Each contender bundled as an application has it.

import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));

/**
 * The script of a page. `bench.first` resolves when the first reply of the API has come, to the
 * milliseconds since the page began to load; `bench.tasks` are the lengths of long tasks.
 */
const page = (name) => `
  import { start } from "./contenders/${name}.mjs";
  bench.tasks = [];
  const note = (list) => bench.tasks.push(...list.getEntries().map(({ duration }) => duration));
  new PerformanceObserver(note).observe({ type: "longtask", buffered: true });
  const first = async () => {
    bench.call = await start();
    const { status } = await bench.call("/api/first");
    if (status !== 200) throw new Error("first call: " + status);
    return performance.now();
  };
  bench.first = first();
`;

/** Returns the text of the scripts by their names. */
export async function bundle(contenders) {
  const scripts = new Map();
  const options = {
    absWorkingDir: here,
    bundle: true,
    minify: true,
    target: "es2022",
    write: false,
  };
  for (const name of contenders) {
    const stdin = { contents: page(name), resolveDir: here };
    const { outputFiles } = await build({ ...options, stdin, format: "esm" });
    scripts.set(`${name}.js`, outputFiles[0].text);
  }
  const { outputFiles } = await build({ ...options, entryPoints: ["stub.mjs"], format: "iife" });
  return scripts.set("stub.js", outputFiles[0].text);
}
