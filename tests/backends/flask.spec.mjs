// Flask-JWT-Extended.

import assert from "node:assert/strict";

import { bearer, claims, forged, INCLUDE, POST, seen, setCookies } from "./answers.mjs";
import { testOf, until } from "./fixtures.mjs";

const test = testOf("flask");

const SIGN_IN = "/login";
const REFRESH = "/refresh";
const SIGN_OUT = "/logout";
const ME = "/api/me";
const ALICE = { username: "alice", password: "alice's password" };
const BOB = { username: "bob", password: "bob's password" };
const MANY = 50;

const REFRESH_COOKIE = "refresh_token_cookie";
const CSRF_COOKIE = "csrf_refresh_token";
const CSRF_HEADER = "X-CSRF-TOKEN";
/** Of both, this long after a sign-in or a refresh, whatever the token says. */
const A_YEAR = "Max-Age=31540000";
const NO_COOKIE =
  'Missing JWT in headers or cookies (Missing Authorization Header; Missing cookie "refresh_token_cookie")';

const saying = (status, msg) => ({ status, body: { msg } });

/** Returns the access token. */
async function signIn(stage, json = ALICE) {
  const { status, body } = await stage.call(SIGN_IN, { json, ...INCLUDE });
  assert.equal(status, 200);
  return body.access_token;
}

/** With the CSRF token that the page reads at that moment. */
async function refresh(stage, method = "POST", path = REFRESH) {
  const csrf = (await stage.readable())[CSRF_COOKIE] ?? "none";
  return seen(await stage.call(path, { method, headers: { [CSRF_HEADER]: csrf }, ...INCLUDE }));
}

const signOut = (stage) => refresh(stage, "DELETE", SIGN_OUT);

/** Both cookies, to put them back. */
async function held(stage) {
  const pairs = [REFRESH_COOKIE, CSRF_COOKIE].map(async (name) => [name, await stage.cookie(name)]);
  return Promise.all(pairs);
}

async function hold(stage, cookies) {
  for (const [name, value] of cookies) await stage.setCookie(name, value);
}

test("a sign-in answers with `access_token` alone; only the token says when it lapses", async ({
  stage,
}) => {
  const { status, body, headers } = await stage.call(SIGN_IN, { json: ALICE, ...INCLUDE });
  const { access_token, ...rest } = body;
  assert.equal(status, 200);
  assert.deepEqual(headers, ["content-length", "content-type"]);
  assert.deepEqual(rest, {});
  const { exp, iat, nbf, jti, csrf, ...others } = claims(access_token);
  assert.equal(exp - iat, 900);
  assert.equal(nbf, iat);
  assert.deepEqual(others, { type: "access", fresh: false, sub: "alice" });
});

test("a sign-in sets the refresh token and its CSRF token, which script reads", async ({
  stage,
}) => {
  const headers = { "Content-Type": "application/json" };
  const response = await stage.direct(SIGN_IN, {
    method: "POST",
    headers,
    body: JSON.stringify(ALICE),
  });
  assert.deepEqual(setCookies(response), {
    [REFRESH_COOKIE]: `HttpOnly; ${A_YEAR}; Path=/`,
    [CSRF_COOKIE]: `${A_YEAR}; Path=/`,
  });
  await signIn(stage);
  const { csrf } = claims(await stage.cookie(REFRESH_COOKIE));
  assert.deepEqual(await stage.readable(), { [CSRF_COOKIE]: csrf });
});

test("a wrong password is a 401", async ({ stage }) => {
  const refused = await stage.call(SIGN_IN, { json: { ...ALICE, password: "no" }, ...INCLUDE });
  assert.deepEqual(seen(refused), saying(401, "Bad username or password"));
});

test("who is signed in signs in again, as somebody else too", async ({ stage }) => {
  await signIn(stage);
  const token = await signIn(stage, BOB);
  assert.deepEqual(seen(await stage.call(ME, bearer(token))), {
    status: 200,
    body: { user: "bob" },
  });
});

test("a token that has lapsed is a 401, without a challenge", async ({ stage }) => {
  await stage.backend.issueTokensFor(1);
  const token = await signIn(stage);
  const lapsed = await until(
    () => stage.call(ME, bearer(token)),
    ({ status }) => status !== 200,
  );
  assert.deepEqual(seen(lapsed), saying(401, "Token has expired"));
  assert.deepEqual(lapsed.headers, ["content-length", "content-type"]);
  const { headers } = await stage.direct(ME, bearer(token));
  assert.equal(headers.get("www-authenticate"), null);
});

test("a token that was revoked or is missing is a 401 too, and one that is none a 422", async ({
  stage,
}) => {
  const token = await signIn(stage);
  await stage.backend.revokeAccess();
  assert.deepEqual(
    seen(await stage.call(ME, bearer(token))),
    saying(401, "Token has been revoked"),
  );
  assert.deepEqual(seen(await stage.call(ME)), saying(401, "Missing Authorization Header"));
  assert.deepEqual(seen(await stage.call(ME, bearer("none"))), saying(422, "Not enough segments"));
  assert.deepEqual(
    seen(await stage.call(ME, bearer(forged(token)))),
    saying(422, "Signature verification failed"),
  );
});

test("a refresh wants the cookie and its CSRF token, and answers with `access_token`", async ({
  stage,
}) => {
  const first = await signIn(stage);
  const { status, body } = await refresh(stage);
  assert.equal(status, 200);
  assert.deepEqual(Object.keys(body), ["access_token"]);
  assert.notEqual(body.access_token, first);
  assert.deepEqual(seen(await stage.call(ME, bearer(body.access_token))), {
    status: 200,
    body: { user: "alice" },
  });
});

test("a refresh sets both cookies anew", async ({ stage }) => {
  await signIn(stage);
  const [[, token], [, csrf]] = await held(stage);
  await refresh(stage);
  const [[, newToken], [, newCsrf]] = await held(stage);
  assert.notEqual(newToken, token);
  assert.notEqual(newCsrf, csrf);
  const headers = { Cookie: `${REFRESH_COOKIE}=${newToken}`, [CSRF_HEADER]: newCsrf };
  assert.deepEqual(setCookies(await stage.direct(REFRESH, { method: "POST", headers })), {
    [REFRESH_COOKIE]: `HttpOnly; ${A_YEAR}; Path=/`,
    [CSRF_COOKIE]: `${A_YEAR}; Path=/`,
  });
});

test("a refresh without the CSRF token, or with another, is a 401 that spends nothing", async ({
  stage,
}) => {
  await signIn(stage);
  assert.deepEqual(seen(await stage.call(REFRESH, POST)), saying(401, "Missing CSRF token"));
  const other = await stage.call(REFRESH, { ...POST, headers: { [CSRF_HEADER]: "another" } });
  assert.deepEqual(seen(other), saying(401, "CSRF double submit tokens do not match"));
  assert.equal((await refresh(stage)).status, 200);
});

test("a refresh takes a body of any kind, and POST only", async ({ stage }) => {
  await signIn(stage);
  const headers = { [CSRF_HEADER]: (await stage.readable())[CSRF_COOKIE] };
  assert.equal((await stage.call(REFRESH, { ...POST, headers, body: "text" })).status, 200);
  assert.equal((await stage.call(REFRESH, { ...INCLUDE, headers })).status, 405);
});

test("an access token that goes along with a refresh or a sign-out makes it a 422", async ({
  stage,
}) => {
  const token = await signIn(stage);
  const headers = { [CSRF_HEADER]: await stage.cookie(CSRF_COOKIE), ...bearer(token).headers };
  for (const [method, path] of [
    ["POST", REFRESH],
    ["DELETE", SIGN_OUT],
  ]) {
    const refused = await stage.call(path, { method, headers, ...INCLUDE });
    assert.deepEqual(seen(refused), saying(422, "Only refresh tokens are allowed"));
  }
  assert.equal((await refresh(stage)).status, 200);
});

test("a spent cookie is refused, and the one that came after it is not", async ({ stage }) => {
  await signIn(stage);
  const spent = await held(stage);
  await refresh(stage);
  const newest = await held(stage);
  await hold(stage, spent);
  assert.deepEqual(await refresh(stage), saying(401, "Token has been revoked"));
  await hold(stage, newest);
  assert.equal((await refresh(stage)).status, 200);
  const { refreshes, refused } = await stage.backend.counters();
  assert.deepEqual({ refreshes, refused }, { refreshes: 2, refused: 1 });
});

test("a refresh is refused without a cookie, or with one that is revoked, has lapsed or is none", async ({
  stage,
}) => {
  assert.deepEqual(await refresh(stage), saying(401, NO_COOKIE));
  await signIn(stage);
  await stage.backend.revokeRefresh();
  assert.deepEqual(await refresh(stage), saying(401, "Token has been revoked"));
  await stage.setCookie(REFRESH_COOKIE, forged(await stage.cookie(REFRESH_COOKIE)));
  assert.deepEqual(await refresh(stage), saying(422, "Signature verification failed"));
  await stage.setCookie(REFRESH_COOKIE, "none");
  assert.deepEqual(await refresh(stage), saying(422, "Not enough segments"));
  assert.equal(await stage.cookie(REFRESH_COOKIE), "none", "a refusal removes no cookie");
  await stage.backend.issueTokensFor(1, 1);
  const token = await signIn(stage);
  await until(
    () => stage.direct(ME, bearer(token)),
    ({ status }) => status !== 200,
  );
  assert.deepEqual(await refresh(stage), saying(401, "Token has expired"));
});

test("a refresh for an account that was removed is a 401", async ({ stage }) => {
  await stage.backend.addUser("carol", "carol's password");
  await signIn(stage, { username: "carol", password: "carol's password" });
  await stage.backend.removeUser("carol");
  assert.deepEqual(await refresh(stage), saying(401, "Error loading the user carol"));
});

test("a sign-out is a DELETE with the CSRF token, and removes both cookies", async ({ stage }) => {
  const token = await signIn(stage);
  const spent = await held(stage);
  const refused = await stage.call(SIGN_OUT, { method: "DELETE", ...INCLUDE });
  assert.deepEqual(seen(refused), saying(401, "Missing CSRF token"));
  assert.deepEqual(await signOut(stage), saying(200, "Refresh token successfully revoked"));
  const { sign_ins, sign_outs } = await stage.backend.counters();
  assert.deepEqual({ sign_ins, sign_outs }, { sign_ins: 1, sign_outs: 1 });
  assert.deepEqual(await held(stage), [
    [REFRESH_COOKIE, undefined],
    [CSRF_COOKIE, undefined],
  ]);
  // The access token lives on.
  assert.equal((await stage.call(ME, bearer(token))).status, 200);
  await hold(stage, spent);
  assert.deepEqual(await refresh(stage), saying(401, "Token has been revoked"));
});

test("a sign-out of nobody is a 401, and so is a second one, which removes no cookie", async ({
  stage,
}) => {
  assert.deepEqual(await signOut(stage), saying(401, NO_COOKIE));
  await signIn(stage);
  const spent = await held(stage);
  await signOut(stage);
  await hold(stage, spent);
  assert.deepEqual(await signOut(stage), saying(401, "Token has been revoked"));
  assert.deepEqual(await held(stage), spent);
});

test("CORS lets every header through", async ({ stage }) => {
  await signIn(stage);
  for (const name of ["X-Requested-With", "X-Attempt", "X-XSRF-TOKEN"]) {
    const headers = { [CSRF_HEADER]: (await stage.readable())[CSRF_COOKIE], [name]: "a" };
    assert.equal((await stage.call(REFRESH, { ...POST, headers })).status, 200, name);
  }
});

test(`${MANY} calls at once all succeed, and with a revoked token none does`, async ({ stage }) => {
  const token = await signIn(stage);
  const statuses = async () =>
    (await stage.callMany(MANY, ME, bearer(token))).map(({ status }) => status);
  assert.deepEqual(await statuses(), Array(MANY).fill(200));
  await stage.backend.revokeAccess();
  assert.deepEqual(await statuses(), Array(MANY).fill(401));
  const { api_ok, api_401 } = await stage.backend.counters();
  assert.deepEqual({ api_ok, api_401 }, { api_ok: MANY, api_401: MANY });
});

test("an upload arrives to the byte", async ({ stage }) => {
  const token = await signIn(stage);
  const body = "é\n".repeat(50_000);
  assert.equal(
    (await stage.call("/api/echo", { method: "POST", body, ...bearer(token) })).body,
    body,
  );
});
