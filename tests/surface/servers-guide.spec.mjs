// docs/servers.md recommends only options that exist, and each name in it exists.

import assert from "node:assert/strict";
import { access, readFile } from "node:fs/promises";

import { test } from "@playwright/test";
import * as presets from "../../pkg/presets.js";
import { RefreshRejected } from "../../pkg/src/options/endpoints.js";
import { readOptions } from "../../pkg/src/options/options.js";

const root = new URL("../../", import.meta.url);
const guide = await readFile(new URL("docs/servers.md", root), "utf8");

/** The texts of the sections, by their titles. */
const sections = new Map(
  guide
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf("\n")), section]),
);
/** The links in the first column of the first table. */
const frameworks = [
  ...guide.slice(0, guide.indexOf("\n## ")).matchAll(/^\| \[(.+?)\]\(#(.+?)\) \|/gm),
].map(([, name, anchor]) => ({ name, anchor }));
const recipes = (text) =>
  [...text.matchAll(/^```js\n(createSession\(\{.*?)^```$/gms)].map(([, recipe]) => recipe);

/** The argument of the call, evaluated with what an app imports. */
function optionsOf(recipe) {
  const scope = { ...presets, RefreshRejected, createSession: (options) => options };
  return new Function(...Object.keys(scope), `"use strict"; return ${recipe}`)(
    ...Object.values(scope),
  );
}

/** Reads options as a page of that origin does. */
function read(options) {
  globalThis.location = new URL("https://app.example.com/");
  try {
    return readOptions(options, new AbortController().signal);
  } finally {
    delete globalThis.location;
  }
}

test("every framework of the guide's table has a section with options, and a link that leads there", () => {
  assert.ok(frameworks.length >= 11, `${frameworks.length} frameworks`);
  for (const { name, anchor } of frameworks) {
    assert.ok(sections.has(name), `there is no section ${name}`);
    assert.equal(recipes(sections.get(name)).length, 1, `recipes of ${name}`);
    // The anchor that GitHub generates.
    assert.equal(
      anchor,
      name
        .toLowerCase()
        .replace(/[^\w\- ]/g, "")
        .replaceAll(" ", "-"),
    );
  }
});

test("the guide's options are read as they are written", () => {
  const all = recipes(guide);
  assert.equal(all.length, frameworks.length);
  for (const recipe of all) {
    const options = optionsOf(recipe);
    const { refresh, signOutBy, sendTokenTo } = read(options);
    assert.equal(new URL(refresh).origin, "https://api.example.com", recipe);
    assert.ok(signOutBy, recipe);
    assert.deepEqual(sendTokenTo, ["https://api.example.com/"], recipe);
  }
});

test("a wrong name in the guide would not pass", () => {
  assert.throws(
    () => read(optionsOf('createSession({ refresh: "/auth/refresh", endSession: [401] });')),
    { code: "ERR_INVALID_OPTION" },
  );
});

test("the files that the guide links to are there", async () => {
  const links = [...guide.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, link]) => link);
  assert.ok(links.length > 5);
  for (const link of new Set(links)) await access(new URL(link, new URL("docs/", root)));
});
