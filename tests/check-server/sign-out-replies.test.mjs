// What confirms a sign-out is one rule, of the kit and of the client: one table holds both to it.
// tests/scenarios/confirming_sign_outs.rs reads it, too.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { readReply } from "../../pkg/check-server/sign-out-reply.js";
import { isForeign } from "../../pkg/src/response.js";

test("the kit reads the replies to a sign-out as the client does", async () => {
  const table = await readFile(new URL("sign-out-replies.tsv", import.meta.url), "utf8");
  const [, ...rows] = table.trimEnd().split("\n");
  assert.ok(rows.length > 100);
  for (const row of rows) {
    const [status, type, challenge, foreign, says] = row.split("\t");
    const headers = { "content-type": type, "www-authenticate": challenge };
    assert.equal(isForeign(new Headers(headers)), foreign === "foreign", row);
    assert.equal(readReply({ status: Number(status), headers, text: "" }), says, row);
  }
});

test("a 2xx of no type whose body is a page confirms nothing, and any other does", () => {
  for (const [type, text, says] of [
    [undefined, "<!doctype html>", "unconfirmed"],
    [" ", "\n<html>", "unconfirmed"],
    [undefined, "{}", "confirmed"],
    [undefined, "", "confirmed"],
    ["text/plain", "<!doctype html>", "confirmed"],
  ])
    assert.equal(readReply({ status: 200, headers: { "content-type": type }, text }), says);
  assert.equal(readReply({ status: 404, headers: {}, text: "<html>" }), "refused");
});
