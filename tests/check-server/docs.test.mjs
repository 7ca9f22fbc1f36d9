// What is written about the kit is so.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { readArguments } from "../../pkg/check-server/arguments.js";
import { GROUPS } from "../../pkg/check-server/checks/index.js";
import { HELP } from "../../pkg/check-server/help.js";

const text = await readFile(new URL("../../docs/check-server.md", import.meta.url), "utf8");

test("docs/check-server.md has each check, in their order, and no other", () => {
  const [, table] = text.split("## What it tries");
  const first = table.split("\n").filter((line) => line.startsWith("| `"));
  const listed = first.flatMap((line) =>
    [...line.split("|")[1].matchAll(/`([a-z-]+)`/g)].map(([, name]) => name),
  );
  assert.deepEqual(
    listed,
    GROUPS.flatMap(({ checks }) => checks.map(({ name }) => name)),
  );
});

test("its options and those of --help are there", () => {
  const commands = text.replace(/^.*cargo xtask server .*$/m, "").replaceAll("npx --package", "");
  const named = new Set(
    [...`${commands}${HELP}`.matchAll(/(?<![\w-])--([a-z-]+[a-z])/g)].map(([, name]) => name),
  );
  for (const name of named) {
    // One that is not known is named in the message.
    const { message } = thrownBy(() => readArguments([`--${name}`, "x"]));
    assert.doesNotMatch(message, /Unknown option/, name);
  }
});

function thrownBy(work) {
  try {
    work();
  } catch (error) {
    return error;
  }
  return { message: "" };
}
