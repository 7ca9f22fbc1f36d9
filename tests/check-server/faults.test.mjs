// One fault at a time: the check that it concerns finds it, and no other complains.

import assert from "node:assert/strict";
import { test } from "node:test";

import { GROUPS } from "../../pkg/check-server/checks/index.js";
import { ANSWER } from "./faults/answer.mjs";
import { COOKIE } from "./faults/cookie.mjs";
import { CORS } from "./faults/cors.mjs";
import { API, FORGED, SIGN_OUT, TAKES_FORMS } from "./faults/others.mjs";
import { REFUSALS } from "./faults/refusals.mjs";
import { ROTATION } from "./faults/rotation.mjs";
import { complaints, tried } from "./kit.mjs";

/** What is wrong, which check finds it, its verdict, the rules of such a server, and perhaps more arguments. */
const FAULTS = [
  ...ANSWER,
  ...COOKIE,
  ...ROTATION,
  ...REFUSALS,
  ...CORS,
  ...API,
  ...FORGED,
  ...SIGN_OUT,
];

for (const [fault, check, verdict, rules, more] of FAULTS) {
  test(`${check}: ${fault}`, async () => {
    const results = await tried(rules, more);
    const all = complaints(results);
    assert.deepEqual(all, { [check]: verdict });
    const { seen, advice, source } = results.find(({ name }) => name === check);
    for (const sentence of [seen, advice]) assert.match(sentence, /^[A-Z].*\.$/);
    assert.notEqual(source, "");
  });
}

test("a form that rotates a cookie which no SameSite keeps from it is wrong", async () => {
  const attributes = () => "HttpOnly; Secure; Path=/auth; Max-Age=1209600";
  const all = complaints(await tried({ ...TAKES_FORMS, attributes }));
  assert.deepEqual(all, { "cookie-samesite": "warning", "csrf-form": "wrong" });
});

test("a page of another site gets no cookie that is for one site", async () => {
  const origin = "https://app.example.com";
  const all = complaints(
    await tried({ allows: (other) => other === origin }, ["--origin", origin]),
  );
  assert.deepEqual(all, { "cookie-samesite": "wrong", "csrf-token": "wrong" });
});

test("every check has a fault that makes it complain", () => {
  const found = new Set(FAULTS.map(([, check]) => check));
  const names = GROUPS.flatMap(({ checks }) => checks.map(({ name }) => name));
  // Without TLS nothing but this computer can be reached here: see program.test.mjs.
  assert.deepEqual(
    names.filter((name) => !found.has(name)),
    ["cookie-secure"],
  );
});
