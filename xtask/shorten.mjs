// Gives the imports and exports of the wasm short names, in the wasm and in wasm-bindgen's JavaScript together.

import assert from "node:assert/strict";

import { readNumber, readSections } from "./wasm.mjs";

const IMPORTS = 2;
const EXPORTS = 7;

/** Returns both with short names. */
export function shorten(wasm, glue) {
  const names = new Map();
  const short = (name, kind) => {
    const key = `${kind} ${name}`;
    if (!names.has(key)) names.set(key, shortName(names.size));
    return names.get(key);
  };
  const sections = [...readSections(wasm)].map(({ id, body }) => {
    if (id === IMPORTS)
      return { id, body: renamed(body, 2, (name, at) => short(name, at ? "import" : "module")) };
    if (id === EXPORTS) return { id, body: renamed(body, 1, (name) => short(name, "export")) };
    return { id, body };
  });
  const bytes = Buffer.concat([
    wasm.subarray(0, 8),
    ...sections.map(({ id, body }) =>
      Buffer.concat([Buffer.from([id]), number(body.length), body]),
    ),
  ]);
  const used = new Set();
  const rename = (kind) => (whole, before, name) => {
    const key = `${kind} ${name}`;
    if (!names.has(key)) return whole;
    used.add(key);
    return before + names.get(key);
  };
  const text = glue
    .replace(/(\bwasm\.)(\w+)/g, rename("export"))
    .replace(/(^ {8})(\w+)(?=: )/gm, rename("import"))
    .replace(/(^ {8}")([^"]+)(?=": import0)/gm, rename("module"));
  const missed = [...names.keys()].filter((key) => !used.has(key) && !key.startsWith("export"));
  assert.deepEqual(missed, [], "names that the glue does not have");
  return { wasm: bytes, glue: text };
}

/** a, b, … Z, aa, ab, … */
function shortName(index) {
  const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const last = letters[index % letters.length];
  return index < letters.length ? last : shortName(Math.floor(index / letters.length) - 1) + last;
}

/** Renames what begins each entry of a section: so many names. */
function renamed(body, count, rename) {
  let { value: entries, next: at } = readNumber(body, 0);
  const parts = [body.subarray(0, at)];
  for (; entries > 0; entries--) {
    for (let which = 0; which < count; which++) {
      const { value: length, next } = readNumber(body, at);
      at = next + length;
      const name = Buffer.from(rename(body.subarray(next, at).toString(), which));
      parts.push(number(name.length), name);
    }
    const end = endOfEntry(body, at, count === 2);
    parts.push(body.subarray(at, end));
    at = end;
  }
  return Buffer.concat(parts);
}

/** The end of what an import or an export is: its kind, and an index or a type (WebAssembly, section 5.5). */
function endOfEntry(body, at, isImport) {
  const kind = body[at];
  if (!isImport || kind === 0) return readNumber(body, at + 1).next;
  assert.equal(kind, 3, "only functions and globals are imported");
  return at + 3;
}

function number(value) {
  const bytes = [];
  for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value % 128) + 0x80);
  return Buffer.from([...bytes, value]);
}
