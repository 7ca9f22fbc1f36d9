// What is a response, and what its body is.

import assert from "node:assert/strict";
import { test } from "node:test";

import { bodyOf, isPage, isResponse, parseBody } from "../../pkg/src/response.js";

test("a response is recognised by its shape", () => {
  const text = async () => "";
  for (const response of [new Response(), { text, headers: {} }, { text, headers: new Map() }])
    assert.equal(isResponse(response), true);
  for (const other of [
    ...[undefined, null, "", "text", 5, true, [], {}, () => {}, { access_token: "one" }],
    ...[{ text: "text", headers: {} }, { text }, { headers: {} }, { text, headers: null }],
    { text, headers: "date" },
  ])
    assert.equal(isResponse(other), false, JSON.stringify(other));
});

test("a body is its JSON, or its text where it is none", async () => {
  for (const [text, body] of [
    ['{"token":"one"}', { token: "one" }],
    [' ["one"] ', ["one"]],
    ['"one"', "one"],
    ["null", null],
    ["5", 5],
    ["", ""],
    ["one", "one"],
    ["{", "{"],
    ["<!doctype html>", "<!doctype html>"],
  ]) {
    assert.deepEqual(parseBody(text), body);
    assert.deepEqual(await bodyOf(new Response(text)), body);
  }
  await assert.rejects(bodyOf({ text: () => Promise.reject(new TypeError("gone")) }), TypeError);
});

test("a body that begins with a tag is a page", () => {
  for (const text of ["<!doctype html>", " \n<html>", "<"]) assert.equal(isPage(text), true, text);
  for (const text of ["", " ", "{}", "a <b>"]) assert.equal(isPage(text), false, text);
});
