// The wasm as text: bytes are numbered by how often they occur, the most frequent first. Each of these is one character, and any
// other byte is two. This compresses better than hexadecimal digits or base64, and no minifier changes it: all characters are
// printable ASCII, and none ends a string or is escaped (`docs/size.md` has the figures).

/** The characters in the order of their numbers. */
export const ALPHABET = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))
  .filter((character) => !"\"'\\`$<&".includes(character))
  .join("");

/** How many bytes are one character. The characters after them begin a pair. */
export const SINGLES = ALPHABET.length - 2;

/** Returns the bytes of a text. `order` lists all bytes by their numbers, in hexadecimal digits. */
export function decode(text, order) {
  const byNumber = order.match(/../g).map((digits) => Number.parseInt(digits, 16));
  const numberOf = new Uint8Array(128);
  for (let number = 0; number < ALPHABET.length; number++)
    numberOf[ALPHABET.charCodeAt(number)] = number;
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    let number = numberOf[text.charCodeAt(at)];
    if (number >= SINGLES) {
      at += 1;
      const block = number - SINGLES;
      number = SINGLES + block * ALPHABET.length + numberOf[text.charCodeAt(at)];
    }
    bytes[length] = byNumber[number];
    length += 1;
  }
  return bytes.subarray(0, length);
}
