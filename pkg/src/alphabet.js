// The characters that stand for the bytes of the wasm: each of the most frequent bytes is one
// character, and any other byte is two. No minifier changes the text: all characters are printable
// ASCII, and none ends a string or is escaped. Which byte is which character is chosen for Brotli
// (`xtask/order.mjs`).

/** The characters that begin a pair. */
const LEADS = ".%";

/** The characters in the order of their numbers; those that begin a pair come last. */
export const ALPHABET =
  Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))
    .filter((character) => !`"'\\\`$<&${LEADS}`.includes(character))
    .join("") + LEADS;

/** The number of bytes that are one character. */
export const SINGLES = ALPHABET.length - LEADS.length;

/**
 * All bytes by their numbers: those of `singles`, in hexadecimal digits; the others follow in their
 * own order.
 */
export const numbered = (singles) => [
  ...new Set([
    ...singles.match(/../g).map((digits) => Number.parseInt(digits, 16)),
    ...Array(256).keys(),
  ]),
];
