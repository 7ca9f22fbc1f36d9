// The header that carries the token, and the scope that it is for.

import assert from "node:assert/strict";
import { test } from "node:test";

import { tokenValue } from "../../pkg/src/endpoint.js";
import { hasScope } from "../../pkg/src/grants.js";
import { readAttach } from "../../pkg/src/options/api.js";

test("the scheme stands before the token, where there is one", () => {
  for (const [attach, value] of [
    [undefined, "Bearer a.b.c"],
    [{ header: "X-Token", scheme: "JWT" }, "JWT a.b.c"],
    [{ header: "X-Token", scheme: "" }, "a.b.c"],
  ])
    assert.equal(tokenValue(readAttach(attach), "a.b.c"), value);
});

test("header and scheme are set apart", () => {
  for (const [attach, header, scheme] of [
    [undefined, "Authorization", "Bearer"],
    [{}, "Authorization", "Bearer"],
    [{ scheme: "JWT" }, "Authorization", "JWT"],
    [{ header: "X-Token" }, "X-Token", "Bearer"],
    [{ header: "X-Token", scheme: "" }, "X-Token", ""],
  ]) {
    const read = readAttach(attach);
    assert.deepEqual([read.header, read.scheme], [header, scheme]);
  }
});

test("only a header that fetch drops across origins follows redirects by default", () => {
  for (const [attach, follows] of [
    [undefined, true],
    [{ header: "AUTHORIZATION", scheme: "" }, true],
    [{ header: "X-Token" }, false],
    [{ header: "Proxy-Authorization" }, false],
    [{ header: "X-Authorization" }, false],
    [{ header: "X-Token", followRedirects: true }, true],
    [{ header: "X-Token", followRedirects: false }, false],
  ])
    assert.equal(!readAttach(attach).isUnredirected, follows, JSON.stringify(attach));
});

test("a scope has whole values only", () => {
  const scope = "profile reports:read";
  assert.equal(hasScope({ scope }, "reports:read"), true);
  assert.equal(hasScope({ scope }, "profile"), true);
  for (const absent of ["reports", "read", "Profile", "", " ", "profile reports:read"])
    assert.equal(hasScope({ scope }, absent), false, absent);
  assert.equal(hasScope({ scope: "" }, ""), false);
  assert.equal(hasScope({ scope: "a  b" }, ""), false);
  for (const claims of [undefined, null, {}, { scope: 5 }, { scope: ["profile"] }])
    assert.equal(hasScope(claims, "profile"), false);
});
