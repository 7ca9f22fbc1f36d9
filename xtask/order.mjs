// Chooses the characters that stand for the bytes of the wasm, for Brotli's sake.
//
// Brotli predicts a character from the classes of the two before it (RFC 7932, section 7.1, mode
// UTF8). The classes are made for text: vowels, consonants, digits, and so on. Which byte becomes
// which character is ours to choose, so bytes are sorted into classes by what follows them: two
// bytes change places wherever that makes prediction better, until no change does.

import { brotliCompressSync } from "node:zlib";
import { ALPHABET, SINGLES } from "../pkg/src/alphabet.js";

/** The classes: by the list for the character before, by `coarse` for the one before that. */
const CLASSES = [
  { has: / /, coarse: 0 },
  { has: /%/, coarse: 1 },
  { has: /[([{<]/, coarse: 1 },
  { has: /[)\]}>]/, coarse: 1 },
  { has: /[,:;]/, coarse: 1 },
  { has: /\./, coarse: 1 },
  { has: /=/, coarse: 1 },
  { has: /\d/, coarse: 2 },
  { has: /[AEIOU]/, coarse: 2 },
  { has: /[A-Z]/, coarse: 2 },
  { has: /[aeiou]/, coarse: 3 },
  { has: /[a-z]/, coarse: 3 },
  { has: /./, coarse: 1 },
];
const classOf = (character) => CLASSES.findIndex(({ has }) => has.test(character));
/** About how many bits Brotli needs to describe a histogram. */
const HISTOGRAM = 60;

/** From which length on a repetition is taken to be copied and not predicted: each is tried. */
const LENGTHS = [4, 5, 6];

/**
 * Returns the bytes that become one character, in the order of the alphabet and in hexadecimal
 * digits: the one of several orders with which Brotli compresses best what `write` returns.
 */
export function chooseOrder(bytes, write) {
  const counts = new Array(256).fill(0);
  for (const byte of bytes) counts[byte] += 1;
  const singles = [...counts.keys()]
    .sort((one, other) => counts[other] - counts[one] || one - other)
    .slice(0, SINGLES)
    .sort((one, other) => one - other);
  const orders = LENGTHS.map((length) =>
    Buffer.from(sortIntoClasses(bytes, singles, length)).toString("hex"),
  );
  const sizes = orders.map((order) => brotliCompressSync(write(order)).length);
  return orders[sizes.indexOf(Math.min(...sizes))];
}

/** Returns the bytes as the alphabet is to have them. */
function sortIntoClasses(bytes, singles, length) {
  const slots = Array.from(ALPHABET, classOf);
  const triples = countTriples(bytes, singles, length);
  // Any other byte begins with one of the last two characters.
  const classes = slots.slice(0, SINGLES + 1);
  let least = cost(triples, classes);
  for (let isBetter = true; isBetter; ) {
    isBetter = false;
    for (let one = 0; one < SINGLES; one++) {
      for (let other = 0; other < one; other++) {
        if (classes[one] === classes[other]) continue;
        swap(classes, one, other);
        const changed = cost(triples, classes);
        if (changed < least - 0.1) {
          least = changed;
          isBetter = true;
        } else swap(classes, one, other);
      }
    }
  }
  const members = CLASSES.map((_, number) => singles.filter((_, at) => classes[at] === number));
  return slots.slice(0, SINGLES).map((number) => members[number].shift());
}

function swap(list, one, other) {
  [list[one], list[other]] = [list[other], list[one]];
}

/** Returns `[first, second, third, count]` of what is not copied, by the numbers of the singles. */
function countTriples(bytes, singles, length) {
  const numberOf = Array.from({ length: 256 }, (_, byte) => singles.indexOf(byte)).map((number) =>
    number < 0 ? SINGLES : number,
  );
  const text = Buffer.from(bytes).toString("latin1");
  const triples = new Map();
  const seen = new Map();
  let copied = 0;
  for (let at = 2; at < bytes.length; at++) {
    const next = text.slice(at, at + length);
    const before = seen.get(next);
    seen.set(next, at);
    if (at >= copied && before !== undefined) {
      copied = at + length;
      while (copied < text.length && text[copied] === text[before + copied - at]) copied += 1;
    }
    if (at < copied) continue;
    const triple = [at - 2, at - 1, at].map((place) => numberOf[bytes[place]]);
    const key = triple.join();
    if (!triples.has(key)) triples.set(key, [...triple, 0]);
    triples.get(key)[3] += 1;
  }
  return [...triples.values()];
}

/** Returns the bits that the third ones take when predicted from the classes of the two before. */
function cost(triples, classes) {
  const width = SINGLES + 1;
  const counts = new Float64Array(CLASSES.length * 4 * width);
  for (const [first, second, third, count] of triples)
    counts[(classes[second] * 4 + CLASSES[classes[first]].coarse) * width + third] += count;
  let bits = 0;
  for (let from = 0; from < counts.length; from += width) {
    let sum = 0;
    for (const count of counts.subarray(from, from + width)) {
      if (count === 0) continue;
      sum += count;
      bits -= count * Math.log2(count);
    }
    if (sum > 0) bits += sum * Math.log2(sum) + HISTOGRAM;
  }
  return bits;
}
