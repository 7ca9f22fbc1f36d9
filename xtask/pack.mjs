// Takes a wasm apart into texts: the opposite of `pkg/src/unpack.js`.

import assert from "node:assert/strict";

import { ALPHABET, numbered, SINGLES } from "../pkg/src/alphabet.js";
import {
  AFTER,
  BEFORE,
  follow,
  LOCALS,
  OPCODES,
  STRANDS,
  tables,
  unpack,
} from "../pkg/src/unpack.js";
import { chooseOrder } from "./order.mjs";
import { readNumber, readSections } from "./wasm.mjs";

const CODE = 10;
const [BLOCK, IF, END] = [0x02, 0x04, 0x0b];
/** The opcodes that nothing follows, or what `follow` knows: from, to. */
const OTHER_OPCODES = [
  [0x00, 0x01],
  [0x05, 0x05],
  [0x0b, 0x0b],
  [0x0e, 0x0f],
  [0x11, 0x11],
  [0x1a, 0x1b],
  [0x43, 0xc4],
  [0xd1, 0xd1],
  [0xfc, 0xfc],
];

/** Returns the texts of a wasm, and which bytes are one character, in hexadecimal digits. */
export function pack(wasm) {
  const strands = takeApart(wasm);
  const singles = chooseOrder(strands.flat(), (singles) => write(strands, singles).join());
  const texts = write(strands, singles);

  const unpacked = unpack(texts, singles);
  // It is one, and of the same parts.
  new WebAssembly.Module(unpacked);
  assert.deepEqual(takeApart(unpacked), strands);
  return { texts, singles };
}

/** Returns the texts of strands. */
function write(strands, singles) {
  const characters = numbered(singles).reduce((texts, byte, number) => {
    texts[byte] = charactersOf(number);
    return texts;
  }, []);
  return strands.map((strand) => strand.map((byte) => characters[byte]).join(""));
}

function charactersOf(number) {
  const pair = number - SINGLES;
  const size = ALPHABET.length;
  if (pair < 0) return ALPHABET[number];
  return ALPHABET[SINGLES + Math.floor(pair / size)] + ALPHABET[pair % size];
}

function takeApart(wasm) {
  const strands = Array.from({ length: STRANDS }, () => []);
  let place = BEFORE;
  strands[place].push(...wasm.subarray(0, 8));
  for (const { id, from, to } of readSections(wasm)) {
    if (id === CODE) {
      strands[place].push(id);
      place = AFTER;
      takeCodeApart(wasm, from + 1, strands);
    } else for (const byte of wasm.subarray(from, to)) strands[place].push(byte);
  }
  return strands;
}

function takeCodeApart(wasm, begin, strands) {
  const { strandOf, alignmentOf } = tables();
  let at = begin;
  const byte = (strand) => {
    const value = wasm[at];
    at += 1;
    strands[strand].push(value);
    return value;
  };
  const number = (strand) => {
    const { value, next } = readNumber(wasm, at);
    while (at < next) byte(strand);
    return value;
  };
  const sized = (read) => {
    const { value: size, next } = readNumber(wasm, at);
    at = next;
    read();
    assert.equal(at, next + size);
  };
  const body = () => {
    for (let left = 2 * number(LOCALS); left > 0; left--) number(LOCALS);
    for (let depth = 1; depth > 0; ) {
      const opcode = byte(OPCODES);
      if (opcode >= BLOCK && opcode <= IF) depth += 1;
      if (opcode === END) depth -= 1;
      if (alignmentOf[opcode] >= 0) {
        assert.ok(wasm[at] <= alignmentOf[opcode], "unpack.js knows of one memory only");
        at += 1;
      }
      if (strandOf[opcode] > 0) number(strandOf[opcode]);
      else {
        const isKnown = OTHER_OPCODES.some(([from, to]) => from <= opcode && opcode <= to);
        assert.ok(isKnown, `unpack.js does not know the opcode 0x${opcode.toString(16)}`);
        follow(opcode, byte, number);
      }
    }
  };
  sized(() => {
    for (let functions = number(LOCALS); functions > 0; functions--) sized(body);
  });
}
