// From the text in `dist/wasm.js` to the wasm. `xtask/pack.mjs` writes that text, and `docs/size.md` says what each step saves.
//
// The code is taken apart into strands of what is alike: opcodes, offsets, numbers of functions … Apart they compress better than
// side by side. The opcodes tell from which strand the next number comes (WebAssembly, section 5.4). The alignment of what is
// loaded and stored is left out, for it is a hint that nobody needs.

import { ALPHABET, numbered, SINGLES } from "./alphabet.js";

/** The bytes before the code of the functions, the number of its section included, and the bytes after it. */
export const BEFORE = 0;
export const AFTER = 1;
export const OPCODES = 2;
/** The number of functions, and the types of their variables. */
export const LOCALS = 3;
export const OTHERS = 4;
export const OFFSETS = 5;
export const TABLES = 6;
/** The opcodes that one number follows, by strands. */
const FOLLOWED = [
  [OTHERS, 0x25, 0x26, 0x3f, 0x40, 0xd0, 0xd2],
  [7, 0x02, 0x03, 0x04], // the type of a block
  [8, 0x0c, 0x0d], // a label
  [9, 0x10], // a function
  [10, 0x20, 0x21, 0x22], // a variable of the function
  [11, 0x23, 0x24], // a global variable
  [12, 0x41],
  [13, 0x42],
];
/** The number of strands. */
export const STRANDS = 14;
/** The natural alignment of what is loaded and stored, by opcodes from 0x28 on. */
const ALIGNMENTS = "23230011001122232301012";
/** The count of numbers that follow the second byte of an opcode of two. */
const FOLLOWING = "000000002121212111";

/** Returns, by opcodes, from which strand a number follows, and what is the natural alignment. */
export function tables() {
  const strandOf = new Uint8Array(256);
  const alignmentOf = new Int8Array(256).fill(-1);
  for (const [strand, ...opcodes] of FOLLOWED)
    for (const opcode of opcodes) strandOf[opcode] = strand;
  for (let index = 0; index < ALIGNMENTS.length; index++) {
    strandOf[0x28 + index] = OFFSETS;
    alignmentOf[0x28 + index] = Number(ALIGNMENTS[index]);
  }
  return { strandOf, alignmentOf };
}

/**
 * Goes on behind an opcode that is not followed by one number alone. `byte` and `number` take the next one from a strand, and
 * return it.
 */
export function follow(opcode, byte, number) {
  let left = 0;
  // br_table
  if (opcode === 0x0e) for (left = number(TABLES); left >= 0; left--) number(TABLES);
  else if (opcode === 0xfc) left = Number(FOLLOWING[byte(OPCODES)]);
  // call_indirect
  else if (opcode === 0x11) left = 2;
  for (; left > 0; left--) number(OTHERS);
  // f32.const, f64.const
  if (opcode === 0x43 || opcode === 0x44)
    for (left = opcode === 0x43 ? 4 : 8; left > 0; left--) byte(OTHERS);
}

/** Returns the wasm of these texts. `singles` lists the bytes that are one character, in hexadecimal digits. */
export function unpack(texts, singles) {
  const { strandOf, alignmentOf } = tables();
  const byNumber = numbered(singles);
  const numberOf = new Uint8Array(128);
  // By characters; below zero for one that begins a pair.
  const byteOf = new Int16Array(128);
  for (let index = 0; index < ALPHABET.length; index++) {
    const character = ALPHABET.charCodeAt(index);
    const block = index - SINGLES;
    numberOf[character] = index;
    byteOf[character] = block < 0 ? byNumber[index] : ~(SINGLES + block * ALPHABET.length);
  }
  const encoder = new TextEncoder();
  const strands = texts.map((text) => encoder.encode(text));
  const taken = new Uint32Array(STRANDS);
  // A function is two characters at least, and its size takes five bytes.
  const wasm = new Uint8Array(4 * strands.reduce((sum, strand) => sum + strand.length, 0));
  let length = 0;

  const byte = (strand) => {
    const characters = strands[strand];
    let value = byteOf[characters[taken[strand]]];
    taken[strand] += 1;
    if (value < 0) {
      value = byNumber[~value + numberOf[characters[taken[strand]]]];
      taken[strand] += 1;
    }
    wasm[length] = value;
    length += 1;
    return value;
  };
  /** A number in LEB128. */
  const number = (strand) => {
    for (let value = 0, shift = 0; ; shift += 7) {
      const digit = byte(strand);
      value |= (digit & 0x7f) << shift;
      if (digit < 0x80) return value;
    }
  };
  const all = (strand) => {
    while (taken[strand] < strands[strand].length) byte(strand);
  };
  /** Writes something with its size before it. The size takes five digits: it is known at the end only. */
  const sized = (write) => {
    length += 5;
    const start = length;
    write();
    for (let digit = 0; digit < 5; digit++)
      wasm[start - 5 + digit] =
        (((length - start) >>> (7 * digit)) & 0x7f) | (digit < 4 ? 0x80 : 0);
  };
  const body = () => {
    for (let left = 2 * number(LOCALS); left > 0; left--) number(LOCALS);
    for (let depth = 1; depth > 0; ) {
      const opcode = byte(OPCODES);
      const strand = strandOf[opcode];
      if (opcode === 0x0b) depth -= 1;
      else if (strand === 0) follow(opcode, byte, number);
      else {
        // block, loop, if
        if (opcode < 0x05) depth += 1;
        if (alignmentOf[opcode] >= 0) {
          wasm[length] = alignmentOf[opcode];
          length += 1;
        }
        number(strand);
      }
    }
  };

  all(BEFORE);
  sized(() => {
    for (let functions = number(LOCALS); functions > 0; functions--) sized(body);
  });
  all(AFTER);
  return wasm.subarray(0, length);
}
