// Writes the wasm as a module: `node xtask/embed.mjs WASM GLUE MODULE`. The names in GLUE are shortened in place.

import { readFile, writeFile } from "node:fs/promises";

import { pack } from "./pack.mjs";
import { shorten } from "./shorten.mjs";

const [wasm, glue, module] = process.argv.slice(2);
const short = shorten(await readFile(wasm), await readFile(glue, "utf8"));
const { texts, order } = pack(short.wasm);
await writeFile(glue, short.glue);
const strings = texts.map((text) => `"${text}"`).join(",\n");
await writeFile(
  module,
  `export const order = "${order}";\nexport const texts = [\n${strings},\n];\n`,
);
