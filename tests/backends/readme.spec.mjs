// What the README says of versions is what is tested.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { test } from "@playwright/test";

const read = (path) => readFile(new URL(path, import.meta.url), "utf8");

/** The name in `requirements.txt` of what the README calls otherwise. */
const PACKAGES = {
  simplejwt: "djangorestframework_simplejwt",
  "Django REST framework": "djangorestframework",
};

test("the README tells the versions that are installed", async () => {
  const requirements = (await read("requirements.txt")).toLowerCase().trim().split("\n");
  const row = /^\| what \|(.*)\|$/m.exec(await read("README.md"))[1];
  const told = Array.from(row.matchAll(/([A-Za-z][\w -]*?) (\d[\d.]*)/g), ([, name, version]) => {
    return `${PACKAGES[name] ?? name}==${version}`.toLowerCase();
  });
  assert.equal(told.length, 8);
  assert.deepEqual(
    told.filter((one) => !requirements.includes(one)),
    [],
  );
});
