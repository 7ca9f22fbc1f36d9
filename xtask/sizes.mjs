// Prints the sizes of what a page loads: the wasm, wasm-bindgen's glue, and the entry in pkg/.

import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { weigh } from "./compress.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));

const loaded = readdirSync(join(root, "pkg"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(js|wasm)$/.test(entry.name))
  .map((entry) =>
    relative(root, join(entry.parentPath ?? entry.path, entry.name))
      .split(sep)
      .join("/"),
  )
  // A program of its own.
  .filter((file) => !file.startsWith("pkg/check-server/"))
  .sort();

const rows = loaded.map((file) => [file, ...weigh(readFileSync(join(root, file)))]);

const sum = (column) => rows.reduce((total, row) => total + row[column], 0);
rows.push(["in all", sum(1), sum(2), sum(3)]);

const title = ["what a page loads, in bytes", "raw", "gzip -9", "brotli 11"];
const width = Math.max(...[title, ...rows].map(([name]) => name.length));
const line = ([name, ...cells]) =>
  name.padEnd(width) + cells.map((cell) => String(cell).padStart(10)).join("");
console.log([title, ...rows].map(line).join("\n"));
