// Writes the wasm as a module: `node xtask/embed.mjs WASM GLUE MODULE`. The names in GLUE are shortened in place.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";

import { ALPHABET, decode, SINGLES } from "../pkg/src/decode.js";
import { shorten } from "./shorten.mjs";

const [wasm, glue, module] = process.argv.slice(2);
const short = shorten(await readFile(wasm), await readFile(glue, "utf8"));
const bytes = short.wasm;
// It is one.
new WebAssembly.Module(bytes);
await writeFile(glue, short.glue);

const counts = new Array(256).fill(0);
for (const byte of bytes) counts[byte] += 1;
const order = [...counts.keys()].sort((one, other) => counts[other] - counts[one] || one - other);

const texts = new Array(256);
for (const [number, byte] of order.entries()) {
  const pair = number - SINGLES;
  const size = ALPHABET.length;
  texts[byte] =
    pair < 0
      ? ALPHABET[number]
      : ALPHABET[SINGLES + Math.floor(pair / size)] + ALPHABET[pair % size];
}
const text = Array.from(bytes, (byte) => texts[byte]).join("");
const digits = Buffer.from(order).toString("hex");
assert.deepEqual(Buffer.from(decode(text, digits)), bytes);

await writeFile(module, `export const order = "${digits}";\nexport const text = "${text}";\n`);
