// What the kit says of a reply is what the client makes of it. Tables hold both to that: their
// columns `client` are read by tests/formats/replies.rs, too.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { ANSWER } from "../../pkg/check-server/checks/answer.js";
import { Answer } from "../../pkg/check-server/exchange.js";
import { judge } from "../../pkg/check-server/refusal.js";
import { isForeign } from "../../pkg/src/response.js";

/** The rows of a table, without its head. */
async function rows(name) {
  const table = await readFile(new URL(name, import.meta.url), "utf8");
  return table
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((row) => row.split("\t"));
}

const answered = (status, headers, body, at = 0) =>
  new Answer(new URL("https://auth.example.com/"), { statusCode: status, headers }, body, at);

/** What a check says of the answer to the first refresh. */
function verdict(name, answer, options = {}) {
  const check = ANSWER.find((check) => check.name === name);
  return check.run({ answers: { first: answer }, granted: (answer) => answer, options }).verdict;
}

test("a refusal is wrong where the client does not believe it, and nowhere else", async () => {
  const table = await rows("refusals.tsv");
  assert.ok(table.length > 100);
  for (const [status, type, challenge, foreign, client, kit] of table) {
    const row = [status, type, challenge].join("|");
    const headers = { "content-type": type, "www-authenticate": challenge };
    assert.equal(isForeign(new Headers(headers)), foreign === "foreign", row);
    const said = judge(answered(Number(status), headers, "{}"), "without a cookie");
    assert.equal(said.verdict, kit, `${row}: ${said.seen}`);
    if (client === "ended") assert.notEqual(kit, "wrong", row);
    if (client === "foreign") assert.equal(kit, "wrong", row);
    if (client === "unavailable") assert.notEqual(kit, "right", row);
  }
});

/** The local clock of both. */
const NOW = 1_700_000_000;

/** A token of these claims; any other text is a token itself. */
function tokenOf(text) {
  if (!text.startsWith("{")) return text;
  return `e30.${Buffer.from(text).toString("base64url")}.c2ln`;
}

const number = (text) => (text === "" ? undefined : Number(text));

test("a token that the client rejects for its lifetime is wrong", async () => {
  const table = await rows("lifetimes.tsv");
  assert.ok(table.length > 40);
  for (const [token, expiresIn, expiresAt, date, client, kit] of table) {
    const row = [token, expiresIn, expiresAt, date].join("|");
    const body = {
      access_token: tokenOf(token),
      expires_in: number(expiresIn),
      expires_at: number(expiresAt),
    };
    const headers = { "content-type": "application/json" };
    if (date !== "") headers.date = new Date(date * 1000).toUTCString();
    const answer = answered(200, headers, JSON.stringify(body), NOW * 1000);
    assert.equal(verdict("token-lifetime", answer), kit, row);
    if (client !== "accepted") assert.equal(kit, "wrong", row);
  }
});

/** Replies, and what the checks of the token and of its lifetime say. */
const REPLIES = [
  // Each name that the client reads.
  ...["access_token", "access", "accessToken", "token"].flatMap((name) => [
    [{ [name]: "one", expires_in: 900 }, "right", "right"],
    [{ data: { [name]: "one", expires_in: 900 } }, "right", "right"],
    [{ data: { [name]: "one" }, expires_in: 900 }, "right", "right"],
  ]),
  [{ token: "one", expiresIn: 900 }, "right", "right"],
  [{ token: "one", expires: 900_000 }, "right", "right"],
  ...["expires", "expires_at", "expiresAt", "access_expiration", "access_token_expiration"].flatMap(
    (name) => [
      [{ token: "one", [name]: NOW + 900 }, "right", "right"],
      [{ token: "one", [name]: (NOW + 900) * 1000 }, "right", "right"],
      [{ token: "one", [name]: "2023-11-14T22:28:20Z" }, "right", "right"],
      [{ token: "one", [name]: "2023-11-14 22:28:20" }, "right", "right"],
      [{ token: "one", [name]: "in 15 minutes" }, "right", "wrong"],
      [{ token: "one", [name]: "2023-11-14T22:13:19Z" }, "right", "wrong"],
    ],
  ),
  // What the client does not read is nothing to the kit either.
  [{ token: "one", expires_in: null }, "right", "wrong"],
  [{ token: "one", expires_in: "15m" }, "right", "wrong"],
  [{ token: "one", expires_in: true }, "right", "wrong"],
  [{ token: "one", expires_in: "900" }, "right", "warning"],
  [{ token: "one", lifetime: 900 }, "right", "wrong"],
  // The same token twice is one.
  [{ token: "one", access: "one", expires_in: 900 }, "right", "right"],
  [{ token: "one", access: "two", expires_in: 900 }, "wrong", "not tried"],
  [{ token: "one", data: { access: "two" }, expires_in: 900 }, "wrong", "not tried"],
  // No header can carry it.
  [{ token: "one two", expires_in: 900 }, "wrong", "not tried"],
  [{ token: "é", expires_in: 900 }, "wrong", "not tried"],
  [{ token: "", expires_in: 900 }, "wrong", "not tried"],
  [{ token: 5, expires_in: 900 }, "wrong", "not tried"],
  [{ jwt: "one", expires_in: 900 }, "wrong", "not tried"],
  [["one"], "wrong", "not tried"],
  ["one", "wrong", "not tried"],
  [null, "wrong", "not tried"],
];

function tried(name, answer, options) {
  try {
    return verdict(name, answer, options);
  } catch (error) {
    assert.equal(error.constructor.name, "NotTried", error.stack);
    return "not tried";
  }
}

const DATE = new Date(NOW * 1000).toUTCString();

test("a token is found where the client finds it, and lives as long as the client says", () => {
  for (const [reply, found, lives] of REPLIES) {
    // The client does not ask for the type of a body.
    for (const type of ["application/json", "text/plain"]) {
      const headers = { "content-type": type, date: DATE };
      const answer = answered(200, headers, JSON.stringify(reply), NOW * 1000);
      const row = `${type}: ${JSON.stringify(reply)}`;
      assert.equal(tried("refresh-answer", answer), found, row);
      assert.equal(tried("token-lifetime", answer), lives, row);
    }
  }
});

test("the header Authorization is read where the body has no token", () => {
  for (const [authorization, reply, found] of [
    ["Bearer one", { expires_in: 900 }, "right"],
    ["bearer   one ", { expires_in: 900 }, "right"],
    ["Bearer one", { token: "two", expires_in: 900 }, "right"],
    ["Bearer one two", { expires_in: 900 }, "wrong"],
    ["Basic one", { expires_in: 900 }, "wrong"],
    ["Bearer", { expires_in: 900 }, "wrong"],
  ]) {
    const headers = { "content-type": "application/json", date: DATE, authorization };
    const answer = answered(200, headers, JSON.stringify(reply), NOW * 1000);
    assert.equal(tried("refresh-answer", answer), found, authorization);
  }
});

test("--token-field is the path that readToken is", () => {
  const reply = { tokens: { access: { jwt: "one", expires_in: 900 } }, token: "other" };
  const answer = answered(200, { date: DATE }, JSON.stringify(reply), NOW * 1000);
  for (const [tokenField, found, lives] of [
    ["tokens.access.jwt", "right", "right"],
    ["token", "right", "wrong"],
    ["tokens.access", "wrong", "not tried"],
    ["tokens.jwt", "wrong", "not tried"],
  ]) {
    assert.equal(tried("refresh-answer", answer, { tokenField }), found, tokenField);
    assert.equal(tried("token-lifetime", answer, { tokenField }), lives, tokenField);
  }
});
