// What confirms a sign-out is one rule, of the kit and of the client: one table holds both to it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { readReply } from "../../pkg/check-server/sign-out-reply.js";

test("the kit reads the replies to a sign-out as the client does", async () => {
  const table = await readFile(new URL("sign-out-replies.tsv", import.meta.url), "utf8");
  const [, ...rows] = table.trimEnd().split("\n");
  assert.ok(rows.length > 100);
  for (const row of rows) {
    const [status, type, challenge, says] = row.split("\t");
    assert.equal(
      readReply({
        status: Number(status),
        headers: { "content-type": type, "www-authenticate": challenge },
      }),
      says,
      row,
    );
  }
});
