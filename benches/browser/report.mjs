// The tables of docs/performance.md, and its plot.

import { readFile, writeFile } from "node:fs/promises";
import { arch, cpus, platform } from "node:os";

import { NAMES } from "./names.mjs";
import { plot } from "./plot.mjs";
import { quantile, ratios } from "./statistics.mjs";

const DOCS = new URL("../../docs/", import.meta.url);

/**
 * A result as a table: ratios to `base`, or else medians in `unit`; and the medians of what was
 * counted.
 */
export function table({ title, values, seen, base, unit }) {
  const counted = Object.keys(Object.values(seen ?? {})[0]?.[0] ?? {}).filter(
    (name) => name !== "isOver",
  );
  const measured = base ? [`against ${base}`, "quartiles"] : [unit];
  const rows = Object.keys(values).map((name) => [
    name === "session" ? `**${NAMES[name]}**` : NAMES[name],
    ...(base ? ratioCells(values[name], values[base]) : [medianCell(values[name])]),
    ...counted.map((count) => integer(seen[name].map((one) => one[count]))),
  ]);
  const header = [title, ...measured, ...counted];
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [
    line(header),
    line(["---", ...header.slice(1).map(() => "---:")]),
    ...rows.map(line),
  ].join("\n");
}

const integer = (values) => String(Math.round(quantile(values, 0.5)));

const medianCell = (values) => {
  const median = quantile(values, 0.5);
  return Math.abs(median) < 10 ? median.toFixed(1) : String(Math.round(median));
};

function ratioCells(values, base) {
  const { low, median, high } = ratios(values, base);
  if (!Number.isFinite(median)) return ["not over in 20 s", ""];
  const text = (ratio) => ratio.toFixed(ratio < 10 ? 2 : 0);
  return [`× ${text(median)}`, `${text(low)} – ${text(high)}`];
}

/** Writes both, of a whole run. */
export async function write(results, version) {
  const file = new URL("performance.md", DOCS);
  const host = `${cpus()[0].model}, ${cpus().length} cores, ${platform()} ${arch()}`;
  const machine = `${host}, Chromium ${version}.`;
  let text = await readFile(file, "utf8");
  text = fill(text, "browser", results.map(table).join("\n\n"));
  text = fill(text, "browser-machine", machine);
  await writeFile(file, text);
  await writeFile(new URL("performance.svg", DOCS), plot(results));
}

function fill(text, name, content) {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [before, rest] = text.split(open);
  const after = rest.split(close)[1];
  return `${before}${open}\n${content}\n${close}${after}`;
}
