// Reads the binary format of WebAssembly (specification, chapter 5).

/** The sections: the number of each, its body, and where they stand. */
export function* readSections(wasm) {
  for (let from = 8; from < wasm.length; ) {
    const { value: length, next } = readNumber(wasm, from + 1);
    const to = next + length;
    yield { id: wasm[from], body: wasm.subarray(next, to), from, to };
    from = to;
  }
}

/** An unsigned LEB128. */
export function readNumber(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at];
    at += 1;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, next: at };
  }
}
