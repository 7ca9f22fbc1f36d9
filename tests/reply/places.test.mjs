// Where the access token stands in a reply.

import assert from "node:assert/strict";
import { test } from "node:test";

import { bearer, Fault, findToken, readToken } from "../../pkg/src/reply.js";

const NAMES = ["access_token", "access", "accessToken", "token"];
const MISSING = "ERR_TOKEN_MISSING";
const AMBIGUOUS = "ERR_TOKEN_AMBIGUOUS";
const MALFORMED = "ERR_TOKEN_MALFORMED";

/** The code of the fault that `read` throws, or what it returns. */
function outcome(read) {
  try {
    return read();
  } catch (error) {
    assert.ok(error instanceof Fault, String(error));
    return error.code;
  }
}

const found = (reply) => outcome(() => findToken(reply)?.token);
const at = (path, reply) => outcome(() => readToken(path, reply).token);

test("the common places are recognised, in an envelope too", () => {
  for (const name of NAMES) {
    const reply = { [name]: "one" };
    assert.deepEqual(findToken(reply), { place: name, token: "one", within: reply });
    const wrapped = { data: { [name]: "one", expires_in: 60 } };
    const expected = { place: `data.${name}`, token: "one", within: wrapped.data };
    assert.deepEqual(findToken(wrapped), expected);
  }
  for (const name of ["id_token", "refresh", "refresh_token", "jwt", "Access_Token"])
    assert.equal(found({ [name]: "one" }), undefined, name);
});

test("a value that is empty or not a string is no token", () => {
  const odd = {
    access_token: "",
    access: 5,
    accessToken: { token: "deeper" },
    token: null,
    data: "access_token",
  };
  assert.equal(found(odd), undefined);
  assert.equal(found({ ...odd, data: { access: "one" } }), "one");
  for (const value of [null, undefined, 0, 1, true, [], {}, ["one"], { toString: () => "one" }])
    assert.equal(found({ access_token: value }), undefined, String(value));
});

test("only an object is searched, and a list in place of an envelope is not", () => {
  for (const reply of [undefined, null, "", "access_token", 5, true, [], ["one"], {}])
    assert.equal(found(reply), undefined, JSON.stringify(reply));
  assert.equal(found({ data: Object.assign([], { access: "one" }) }), undefined);
});

test("the same token twice is not ambiguous, and different ones are", () => {
  const twice = { token: "one", access_token: "one" };
  assert.equal(found(twice), "one");
  const data = { access: "one", expires_in: 60 };
  assert.equal(findToken({ ...twice, data }).within, data, "the lifetime may be beside either");
  for (const [reply, first, second] of [
    [{ token: "two", access_token: "one" }, "access_token", "token"],
    [{ access: "one", data: { token: "two" } }, "access", "data.token"],
    [{ data: { token: "two", access: "one" } }, "data.access", "data.token"],
  ]) {
    assert.throws(() => findToken(reply), {
      code: AMBIGUOUS,
      message: `the answer has different tokens in ${first} and ${second}: say which with readToken`,
    });
  }
});

test("a path leads to any member", () => {
  const deep = {
    tokens: { access: { jwt: "one", dead: "" }, list: [{ jwt: "listed" }] },
    "a b": "two",
    access_token: "other",
  };
  assert.equal(at("tokens.access.jwt", deep), "one");
  assert.equal(at("a b", deep), "two");
  assert.equal(at("0", ["one"]), "one");
  assert.equal(at("0.jwt", [{ jwt: "one" }]), "one");
  for (const path of [
    "tokens",
    "tokens.access",
    "tokens.access.dead",
    "tokens.jwt",
    "tokens.list.0.jwt",
    "tokens.access.jwt.length",
    "access.jwt",
    "constructor.name",
    "",
    ".",
  ])
    assert.equal(at(path, deep), MISSING, path);
  for (const reply of [undefined, null, "one", 5, []])
    for (const path of ["a", "a.b", "0", "length"]) assert.equal(at(path, reply), MISSING);
});

test("a token that no header can carry is malformed, wherever it stands", () => {
  const headers = (token) => new Map([["x-token", token]]);
  for (const token of ["a b", "a\n", "é", " ", "a\u007f", "a\u0000", "\u{1f511}"]) {
    assert.equal(found({ access: token }), MALFORMED, JSON.stringify(token));
    assert.equal(at("access", { access: token }), MALFORMED, JSON.stringify(token));
    const told = outcome(() => readToken(() => {}, {}, undefined, token).token);
    assert.equal(told, MALFORMED, JSON.stringify(token));
  }
  const header = outcome(() => readToken({ header: "x-token" }, {}, headers("a é")).token);
  assert.equal(header, MALFORMED);
  for (const token of ["!", "~", "a.b-c_d~e+f/g==", "\u0021\u007e"])
    assert.equal(found({ access: token }), token);
});

test("a bearer token is read however its scheme is written", () => {
  for (const header of ["Bearer one", "bearer one", " BEARER   one ", "Bearer one\t"])
    assert.equal(bearer(header), "one", header);
  assert.equal(bearer("Bearer one two"), "one two");
  for (const header of [
    ...["", "Bearer", "Bearer ", "Bearerone", "Basic one", "one", "Tokéns one", "Beareé"],
    ...["x Bearer one", undefined],
  ])
    assert.equal(bearer(header), undefined, header);
});

test("without a token in the body the header Authorization is read, and only then", () => {
  const headers = new Headers({ authorization: "Bearer of-the-header" });
  const read = (reply, of) => outcome(() => readToken(undefined, reply, of).token);
  assert.equal(read({}, headers), "of-the-header");
  assert.equal(read("text", headers), "of-the-header");
  assert.equal(read({ token: "of-the-body" }, headers), "of-the-body");
  for (const value of ["Basic of-the-header", "of-the-header"])
    assert.equal(read({}, new Headers({ authorization: value })), MISSING, value);
  for (const none of [undefined, null, {}, new Headers()])
    assert.equal(read({}, none), MISSING, String(none));
});

test("a header that readToken names has the token alone or after Bearer", () => {
  const read = (value) =>
    outcome(() => readToken({ header: "X-Token" }, { token: "x" }, { get: () => value }).token);
  for (const value of ["one", " one ", "Bearer one"]) assert.equal(read(value), "one", value);
  for (const value of [undefined, null, "", " ", 5]) assert.equal(read(value), MISSING);
  assert.equal(read("Basic one"), MALFORMED);
});

test("a function returns the token, an object that is searched, or nothing", () => {
  const read = (told, reply = { token: "of-the-reply" }) =>
    outcome(() => readToken(() => {}, reply, new Headers({ authorization: "Bearer x" }), told));
  assert.equal(read("one").token, "one");
  assert.equal(read({ data: { access: "two" } }).token, "two");
  for (const nothing of [undefined, null, "", {}, []]) assert.equal(read(nothing), MISSING);
  assert.equal(read({ token: "one", access: "two" }), AMBIGUOUS);
});

test("what may tell the life of a token are the reply and the object that it stands in", () => {
  const data = { token: "one" };
  const tokens = { jwt: "one" };
  const objects = (...args) => readToken(...args).objects;
  assert.deepEqual(objects(undefined, { data }), [{ data }, data]);
  assert.deepEqual(objects("tokens.jwt", { tokens }), [{ tokens }, tokens]);
  const headers = new Headers({ authorization: "Bearer one" });
  assert.deepEqual(objects(undefined, { a: 1 }, headers), [{ a: 1 }, { a: 1 }]);
  assert.deepEqual(objects({ header: "authorization" }, { a: 1 }, headers), [{ a: 1 }, { a: 1 }]);
  assert.deepEqual(
    objects(() => {}, { a: 1 }, undefined, "one"),
    [{ a: 1 }, { a: 1 }],
  );
  assert.deepEqual(
    objects(() => {}, { a: 1 }, undefined, { data }),
    [{ data }, data],
  );
});
