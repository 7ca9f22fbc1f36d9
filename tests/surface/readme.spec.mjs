// The README's examples are files that are compiled: the text is the same.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";

import { test } from "@playwright/test";

const root = new URL("../../", import.meta.url);

test("the README's examples are the files of tests/types/readme", async () => {
  const readme = await readFile(new URL("README.md", root), "utf8");
  const examples = [...readme.matchAll(/^```ts (\S+)\n(.*?)^```$/gms)].map(([, name, text]) => [
    name,
    text,
  ]);
  const folder = new URL("tests/types/readme/", root);
  assert.deepEqual(
    examples.map(([name]) => name).sort(),
    (await readdir(folder)).map((name) => `readme/${name}`).sort(),
  );
  for (const [name, text] of examples) {
    assert.equal(text, await readFile(new URL(`tests/types/${name}`, root), "utf8"), name);
  }
});
