// Writes the wasm as a module: `node xtask/embed.mjs WASM GLUE MODULE [--debug]`. GLUE, which is
// wasm-bindgen's JavaScript, is made smaller in place; that of a debug build keeps all its checks.

import { readFile, writeFile } from "node:fs/promises";

import { pack } from "./pack.mjs";
import { shorten } from "./shorten.mjs";
import { instantiating, trim } from "./trim.mjs";

const [wasm, glue, module, debug] = process.argv.slice(2);
const smaller = debug ? instantiating : trim;
const short = shorten(await readFile(wasm), smaller(await readFile(glue, "utf8")));
const { texts, singles } = pack(short.wasm);
await writeFile(glue, short.glue);
const strings = texts.map((text) => `"${text}"`).join(",\n");
await writeFile(
  module,
  `export const singles = "${singles}";\nexport const texts = [\n${strings},\n];\n`,
);
