// What the README says of the libraries: the versions are those that are tested, and the lines those of `clients/`.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";

import { test } from "@playwright/test";

import { LIBRARIES } from "./libraries.mjs";

const read = (path) => readFile(new URL(path, import.meta.url), "utf8");

/** The library, its version, its line and what it says of an abort, of each row of the README's table. */
async function rows() {
  const [, section] = (await read("../../README.md")).split(/^## With the libraries you use$/m);
  const row = /^\| `([^`]+)` (\d\S*) \| `([^`]+)` \|.*?\|(.*)\|$/gm;
  return Array.from(
    section.split(/^## /m)[0].matchAll(row),
    ([, library, version, line, abort]) => {
      return { library, version, line, abort: abort.trim() };
    },
  );
}

/** The sources of `clients/` and their names, by the package that they hand `session.fetch` to. */
async function clients() {
  const files = await readdir(new URL("clients/", import.meta.url));
  const all = files.map(async (file) => {
    const source = await read(`clients/${file}`);
    const [, library] = /^import .* from "([^."][^"]*)";$/m.exec(source) ?? [];
    return [library, { source, name: file.replace(/\.mjs$/, "") }];
  });
  return new Map((await Promise.all(all)).filter(([library]) => library));
}

test("the README names each library that is tested, and no other, with its version", async () => {
  const { dependencies } = JSON.parse(await read("package.json"));
  const tested = [...(await clients()).keys()].map(
    (library) => `${library} ${dependencies[library]}`,
  );
  assert.deepEqual(
    (await rows()).map(({ library, version }) => `${library} ${version}`).sort(),
    tested.sort(),
  );
});

test("the versions are exact, and are those that are installed", async () => {
  const { dependencies } = JSON.parse(await read("package.json"));
  const { packages } = JSON.parse(await read("../../package-lock.json"));
  for (const [library, version] of Object.entries(dependencies)) {
    assert.equal(packages[`node_modules/${library}`].version, version, library);
  }
});

/** The README has no room for the lines of the formatter. */
const onOneLine = (source) => source.replaceAll(/\s+/g, " ").replaceAll(/, ([)}\]])/g, " $1");

test("the line of each library is the one that is tested", async () => {
  const tested = await clients();
  for (const { library, line } of await rows()) {
    // What comes after the dots depends on the app.
    const [start] = line.split(" …");
    assert.ok(
      start.includes("session.fetch") && onOneLine(tested.get(library).source).includes(start),
      `${library}: ${line}`,
    );
  }
});

test("an abort is told as the README says", async () => {
  const tested = await clients();
  for (const { library, abort } of await rows()) {
    const { aborted } = LIBRARIES.find(({ name }) => name === tested.get(library).name) ?? {};
    const told = [aborted?.name, aborted?.cause].filter(Boolean);
    assert.deepEqual(
      Array.from(abort.matchAll(/`(\w+Error)`/g), ([, name]) => name),
      told,
      library,
    );
  }
});
