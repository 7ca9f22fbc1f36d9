// Paths that a server could resolve to others: pkg/src/climb.js alone.

import assert from "node:assert/strict";

import { test } from "@playwright/test";

import { mayClimb } from "../../pkg/src/climb.js";

/** The path as the browser parses it. */
const pathOf = (path) => new URL(path, "https://api.test").pathname;

const CLIMBING = [
  // Separators that are encoded once or more often.
  "/..%2fx",
  "/..%5Cx",
  "/a%25252Fb",
  "/..%%32fx",
  "/..%25%32%66x",
  "/%2e.%255cx",
  // Encoded dots; parameters, and characters that a server may cut off or clean up.
  "/%252e%252e/x",
  "/..;/x",
  "/.;/x",
  "/%2e%2e;/x",
  "/..%3b/x",
  "/..%20/x",
  "/..%00/x",
  "/..%09/x",
  "/..%23/x",
  "/..%3f/x",
  "/.%20/x",
  "/%00../x",
  "/%20../x",
  "/%09../x",
  "/.%00./x",
  "/%2e%00%2e",
  "/%E2%80%8B../x",
  "/.%E2%81%A1./x",
  "/.%EF%B8%8F./x",
  "/.%CD%8F./x",
  // Overlong UTF-8, and invalid UTF-8.
  "/%c0%ae%c0%ae/x",
  "/..%c0%afx",
  "/..%e0%80%afx",
  "/..%f0%80%80%afx",
  "/..%c1%9cx",
  "/%f8%80%80%80%ae%f8%80%80%80%ae/x",
  "/%fc%80%80%80%80%ae./x",
  "/.%ff./x",
  "/..%c3/x",
  // Another encoding.
  "/%u002e%u002e/x",
  "/..%U002Fx",
  "/%25u002e./x",
  "/%uff0e%uff0e/x",
  "/..%u2215x",
  // Characters that normalise to dots or slashes.
  "/．．/x",
  "/..／x",
  "/..＼x",
  "/‥/x",
  "/․․/x",
  "/﹒./x",
  "/..﹨x",
  "/︰/x",
  "/..∕x",
  "/℅",
];

const PLAIN = [
  "",
  "/",
  "/me",
  "/.well-known",
  "/..hidden",
  "/.../a",
  "/100%25",
  "/%E9t%E9",
  "/caf%C3%A9",
  "/wait…",
  "/a%20%3f%23b",
  "/%zz%",
  "//double",
  "/a;b=..",
  "/.été",
  "/..été/x",
  "/.@scope/x",
  "/.$meta",
  "/.(a)",
  "/a%2eb",
  "/日本語/x",
  "/😀",
  "/a%2e%2e",
  "/½",
  "/%",
  "/a b",
  "/👩‍💻",
  "/a%u12",
  "/%25252525",
];

test("a path that a server may read as another one is told", () => {
  // The parser resolves some of them by itself: fetch asks another path as well.
  for (const path of CLIMBING) assert.ok(mayClimb(pathOf(path)), path);
});

test("a plain path is one, whatever it is written in", () => {
  for (const path of PLAIN) assert.ok(!mayClimb(path && pathOf(path)), path);
});

test("what is too long to be looked at may be anything", () => {
  assert.ok(!mayClimb(`/${"a".repeat(16_000)}`) && !mayClimb(`/${"%25".repeat(5_000)}`));
  assert.ok(mayClimb(`/${"a".repeat(20_000)}`));
});

/** What looks like a slash or backslash, or becomes one in a smaller character set. */
const SLASHES = "⁄∕／⧸╱∖＼﹨⧵⧹╲⟋⟍⧶⧷᜵¥₩⃥\u0337\u0338";
/** The same of a dot. */
const DOTS = "․．﹒";

test("all spellings of what may become a separator are told", () => {
  const hex = (character) => character.charCodeAt(0).toString(16).padStart(4, "0");
  for (const character of SLASHES)
    for (const spelt of [character, encodeURIComponent(character), `%u${hex(character)}`])
      for (const again of [spelt, spelt.replaceAll("%", "%25"), spelt.replaceAll("%", "%2525")])
        for (const path of [`/..${again}admin`, `/a${again}..${again}x`, `/a${again}x`])
          assert.ok(mayClimb(pathOf(path)), `U+${hex(character)} in ${path}`);
});

test("all spellings of what may become a dot are told", () => {
  const hex = (character) => character.charCodeAt(0).toString(16).padStart(4, "0");
  for (const character of DOTS)
    for (const spelt of [character, encodeURIComponent(character), `%u${hex(character)}`])
      for (const path of [`/${spelt}${spelt}/x`, `/.${spelt}/x`, `/a/${spelt}/x`])
        assert.ok(mayClimb(pathOf(path)), `U+${hex(character)} in ${path}`);
});
