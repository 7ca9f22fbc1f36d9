// Whether a server could take the path of a URL for another one: what is no separator and no dot to fetch may be one to it.

/** Says nothing to a server that cleans up names: controls, blanks, what has no width, what could not be decoded. */
const JUNK = /[\0-\x20\x7f-\xa0\u2028-\u202f\ufffd\p{Default_Ignorable_Code_Point}]/gu;

/**
 * The separators of steps, and the characters that look like a slash or backslash and become one where text is converted to a
 * smaller character set: division slashes, combining strokes, diagonals, and the yen and won signs of East Asian code pages.
 */
const SEPARATOR = new RegExp(
  `[/\\\\${String.fromCharCode(
    ...[0xa5, 0x337, 0x338, 0x1735, 0x20a9, 0x20e5, 0x2215, 0x2216, 0x2571, 0x2572, 0x27cb, 0x27cd],
    ...[0x29f5, 0x29f6, 0x29f7, 0x29f8, 0x29f9],
  )}]`,
);

/** A path that is longer is taken for one that may: to look at it would take its time. */
const LONGEST = 16_384;

/**
 * Whether there is a slash or backslash in it that is spelt in another way (encoded, once or more often; overlong; of another
 * width), or a step that would be `.` or `..` to somebody: so spelt, or with parameters or junk around it.
 */
export function mayClimb(path) {
  if (path.length > LONGEST) return true;
  const steps = asRead(path).split(SEPARATOR);
  return (
    steps.length !== path.split("/").length ||
    steps.some((step) => /^\.\.?$/.test(step.replace(JUNK, "").replace(/[;#?].*/s, "")))
  );
}

/** As a server may read it in the end: decoded as often as that changes anything, and normalised (Unicode, NFKC). */
function asRead(path) {
  for (let before; before !== path; ) {
    before = path;
    path = path
      .replace(/%(?:25)+/g, "%")
      .replace(/%(?:u([0-9a-f]{4})|([0-9a-f]{2}))/gi, (_, wide, byte) =>
        wide ? ofWide(parseInt(wide, 16)) : String.fromCharCode(parseInt(byte, 16)),
      );
  }
  // The fraction slash, before normalisation makes fractions of it: ½ is none.
  return lenient(path).replaceAll("\u2044", "/").normalize("NFKC");
}

/** A character that is no byte: below U+0100 as the bytes of its UTF-8. */
const ofWide = (code) =>
  code < 0x80 || code > 0xff
    ? String.fromCharCode(code)
    : String.fromCharCode(0xc0 | (code >> 6), 0x80 | (code & 63));

/** UTF-8, also where it is longer than it need be (RFC 3629, section 10), in up to six bytes. What is none cannot be decoded. */
function lenient(bytes) {
  return bytes.replace(/[\xc0-\xfd][\x80-\xbf]+|[\x80-\xff]/g, (sequence) => {
    const [lead, ...rest] = Array.from(sequence, (byte) => byte.charCodeAt(0));
    const length = Math.clz32(~(lead << 24)) - 1;
    if (lead < 0xc0 || rest.length < length) return "\ufffd";
    const code = rest
      .slice(0, length)
      .reduce((code, byte) => code * 64 + (byte & 63), lead & (63 >> length));
    return (code > 0x10ffff ? "\ufffd" : String.fromCodePoint(code)) + sequence.slice(1 + length);
  });
}
