// dj-rest-auth with simplejwt.

import assert from "node:assert/strict";

import { bearer, claims, forged, INCLUDE, POST, seen, setCookies } from "./answers.mjs";
import { testOf, until } from "./fixtures.mjs";

const test = testOf("django");

const SIGN_IN = "/dj-rest-auth/login/";
const REFRESH = "/dj-rest-auth/token/refresh/";
const SIGN_OUT = "/dj-rest-auth/logout/";
const ME = "/api/me/";
const ALICE = { username: "alice", password: "alice's password" };
const BOB = { username: "bob", password: "bob's password" };
const MANY = 50;

const ACCESS_COOKIE = "my-app-auth";
const REFRESH_COOKIE = "my-refresh-token";
const CSRF_COOKIE = "csrftoken";

/** What the API says of a token that it does not take. */
const refusedToken = (message) => ({
  detail: "Given token not valid for any token type",
  code: "token_not_valid",
  messages: [{ token_class: "AccessToken", token_type: "access", message }],
});
/** What the refresh endpoint says of a cookie that it does not take. */
const refusedCookie = (detail) => ({ status: 401, body: { detail, code: "token_not_valid" } });

/** Returns the access token. */
async function signIn(stage, json = ALICE) {
  const { status, body } = await stage.call(SIGN_IN, { json, ...INCLUDE });
  assert.equal(status, 200);
  return body.access;
}

/** Signs in beside the browser, which forgets cookies that have lapsed; returns both tokens. */
async function signInAndKeep(stage) {
  const headers = { "Content-Type": "application/json" };
  const response = await stage.direct(SIGN_IN, {
    method: "POST",
    headers,
    body: JSON.stringify(ALICE),
  });
  const line = response.headers
    .getSetCookie()
    .find((line) => line.startsWith(`${REFRESH_COOKIE}=`));
  return { access: (await response.json()).access, refresh: /=([^;]*)/.exec(line)[1] };
}

test("a sign-in answers with `access`, an empty `refresh` and the user", async ({ stage }) => {
  const { status, body, headers } = await stage.call(SIGN_IN, { json: ALICE, ...INCLUDE });
  const { access, user, ...rest } = body;
  assert.equal(status, 200);
  assert.deepEqual(headers, ["content-length", "content-type"]);
  assert.deepEqual(rest, { refresh: "" });
  assert.equal(user.username, "alice");
  const { exp, iat, jti, ...others } = claims(access);
  // simplejwt reads the clock twice, and these are whole seconds.
  assert.ok([299, 300].includes(exp - iat), `${exp - iat}`);
  assert.deepEqual(others, { token_type: "access", user_id: String(user.pk) });
});

test("a sign-in sets four cookies, of which script reads the CSRF token", async ({ stage }) => {
  const headers = { "Content-Type": "application/json" };
  const response = await stage.direct(SIGN_IN, {
    method: "POST",
    headers,
    body: JSON.stringify(ALICE),
  });
  assert.deepEqual(setCookies(response), {
    [ACCESS_COOKIE]: "HttpOnly; Max-Age=300; Path=/; SameSite=Lax",
    [REFRESH_COOKIE]: "HttpOnly; Max-Age=86400; Path=/; SameSite=Lax",
    [CSRF_COOKIE]: "Max-Age=31449600; Path=/; SameSite=Lax",
    sessionid: "HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax",
  });
  await signIn(stage);
  assert.deepEqual(Object.keys(await stage.readable()), [CSRF_COOKIE]);
});

test("a wrong password is a 400", async ({ stage }) => {
  const { status, body } = await stage.call(SIGN_IN, {
    json: { ...ALICE, password: "no" },
    ...INCLUDE,
  });
  const non_field_errors = ["Unable to log in with provided credentials."];
  assert.deepEqual({ status, body }, { status: 400, body: { non_field_errors } });
});

test("who is signed in signs in again with the CSRF token only", async ({ stage }) => {
  await signIn(stage);
  const refused = await stage.call(SIGN_IN, { json: BOB, ...INCLUDE });
  assert.deepEqual(seen(refused), {
    status: 403,
    body: { detail: "CSRF Failed: CSRF token missing." },
  });
  const headers = { "X-CSRFToken": await stage.cookie(CSRF_COOKIE) };
  const { body } = await stage.call(SIGN_IN, { json: BOB, headers, ...INCLUDE });
  assert.equal(body.user.username, "bob");
});

test("nobody signs in while the browser holds an access cookie that is refused", async ({
  stage,
}) => {
  await signIn(stage);
  await stage.backend.revokeAccess();
  const headers = { "X-CSRFToken": await stage.cookie(CSRF_COOKIE) };
  const { status, body } = await stage.call(SIGN_IN, { json: ALICE, headers, ...INCLUDE });
  assert.deepEqual({ status, body }, { status: 401, body: refusedToken("Token is expired") });
});

test("a token that has lapsed is a 401, whose challenge no page can read", async ({ stage }) => {
  await stage.backend.issueTokensFor(1);
  const token = await signIn(stage);
  const lapsed = await until(
    () => stage.call(ME, bearer(token)),
    ({ status }) => status !== 200,
  );
  assert.deepEqual(seen(lapsed), { status: 401, body: refusedToken("Token is expired") });
  assert.deepEqual(lapsed.headers, ["content-length", "content-type"]);
  const { headers } = await stage.direct(ME, bearer(token));
  assert.equal(headers.get("www-authenticate"), 'Bearer realm="api"');
});

test("a token that was revoked, is none, or is missing is a 401 too", async ({ stage }) => {
  const token = await signIn(stage);
  await stage.backend.revokeAccess();
  assert.deepEqual(seen(await stage.call(ME, bearer(token))), {
    status: 401,
    body: refusedToken("Token is expired"),
  });
  for (const wrong of [forged(token), "none"]) {
    const body = refusedToken("Token is invalid");
    assert.deepEqual(seen(await stage.call(ME, bearer(wrong))), { status: 401, body });
  }
  const missing = await stage.call(ME);
  assert.deepEqual(seen(missing), {
    status: 401,
    body: { detail: "Authentication credentials were not provided." },
  });
});

test("the API takes the access cookie in place of a token, where the page sends cookies", async ({
  stage,
}) => {
  await signIn(stage);
  assert.deepEqual(seen(await stage.call(ME, INCLUDE)), { status: 200, body: { user: "alice" } });
  // A token comes before it.
  assert.equal((await stage.call(ME, { ...INCLUDE, ...bearer("none") })).status, 401);
});

test("a refresh wants the cookie only, and answers with `access` and its expiry", async ({
  stage,
}) => {
  const first = await signIn(stage);
  const { status, body } = await stage.call(REFRESH, POST);
  const { access, access_expiration, ...rest } = body;
  assert.equal(status, 200);
  assert.deepEqual(rest, {});
  assert.notEqual(access, first);
  assert.match(access_expiration, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  // Read a moment later than the token was made.
  const later = Date.parse(access_expiration) / 1000 - claims(access).exp;
  assert.ok(later >= 0 && later < 2, `${later} s`);
  assert.deepEqual(seen(await stage.call(ME, bearer(access))), {
    status: 200,
    body: { user: "alice" },
  });
});

test("a refresh sets both cookies anew, and not the CSRF token", async ({ stage }) => {
  await signIn(stage);
  const before = [await stage.cookie(REFRESH_COOKIE), await stage.cookie(CSRF_COOKIE)];
  await stage.call(REFRESH, POST);
  const after = [await stage.cookie(REFRESH_COOKIE), await stage.cookie(CSRF_COOKIE)];
  assert.notEqual(after[0], before[0]);
  assert.equal(after[1], before[1]);
  const headers = { Cookie: `${REFRESH_COOKIE}=${after[0]}` };
  assert.deepEqual(setCookies(await stage.direct(REFRESH, { method: "POST", headers })), {
    [ACCESS_COOKIE]: "HttpOnly; Max-Age=300; Path=/; SameSite=Lax",
    [REFRESH_COOKIE]: "HttpOnly; Max-Age=86400; Path=/; SameSite=Lax",
  });
});

test("a refresh takes an empty JSON object or a form, and no text; a token in it comes first", async ({
  stage,
}) => {
  await signIn(stage);
  assert.equal((await stage.call(REFRESH, { json: {}, ...INCLUDE })).status, 200);
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  assert.equal((await stage.call(REFRESH, { ...POST, headers, body: "a=b" })).status, 200);
  const other = await stage.call(REFRESH, { json: { refresh: "none" }, ...INCLUDE });
  assert.deepEqual(seen(other), refusedCookie("Token is invalid"));
  const { status, body } = await stage.call(REFRESH, { ...POST, body: "text" });
  const detail = 'Unsupported media type "text/plain;charset=UTF-8" in request.';
  assert.deepEqual({ status, body }, { status: 415, body: { detail } });
  assert.equal((await stage.call(REFRESH, INCLUDE)).status, 405);
});

test("a token that goes along with a refresh does not matter", async ({ stage }) => {
  await signIn(stage);
  assert.equal((await stage.call(REFRESH, { ...POST, ...bearer("none") })).status, 200);
});

test("a spent cookie is refused, and the one that came after it is not", async ({ stage }) => {
  await signIn(stage);
  const spent = await stage.cookie(REFRESH_COOKIE);
  await stage.call(REFRESH, POST);
  const newest = await stage.cookie(REFRESH_COOKIE);
  await stage.setCookie(REFRESH_COOKIE, spent);
  assert.deepEqual(seen(await stage.call(REFRESH, POST)), refusedCookie("Token is blacklisted"));
  await stage.setCookie(REFRESH_COOKIE, newest);
  assert.equal((await stage.call(REFRESH, POST)).status, 200);
  const { refreshes, refused } = await stage.backend.counters();
  assert.deepEqual({ refreshes, refused }, { refreshes: 2, refused: 1 });
});

test("a refresh is refused without a cookie, or with one that is revoked, has lapsed or is none", async ({
  stage,
}) => {
  const refresh = async () => seen(await stage.call(REFRESH, POST));
  assert.deepEqual(await refresh(), refusedCookie("No valid refresh token found."));
  await signIn(stage);
  await stage.backend.revokeRefresh();
  assert.deepEqual(await refresh(), refusedCookie("Token is blacklisted"));
  for (const wrong of [forged(await stage.cookie(REFRESH_COOKIE)), "none"]) {
    await stage.setCookie(REFRESH_COOKIE, wrong);
    assert.deepEqual(await refresh(), refusedCookie("Token is invalid"));
    assert.equal(await stage.cookie(REFRESH_COOKIE), wrong, "a refusal removes no cookie");
  }
  await stage.setCookie(REFRESH_COOKIE);
  await stage.setCookie(ACCESS_COOKIE);
  await stage.backend.issueTokensFor(1, 1);
  const lapsed = await signInAndKeep(stage);
  await until(
    () => stage.direct(ME, bearer(lapsed.access)),
    ({ status }) => status !== 200,
  );
  await stage.setCookie(REFRESH_COOKIE, lapsed.refresh);
  assert.deepEqual(await refresh(), refusedCookie("Token is expired"));
});

test("a refresh for an account that was removed is a 500, in HTML", async ({ stage }) => {
  await stage.backend.addUser("carol", "carol's password");
  await signIn(stage, { username: "carol", password: "carol's password" });
  await stage.backend.removeUser("carol");
  const { status, body } = await stage.call(REFRESH, POST);
  assert.equal(status, 500);
  assert.match(body, /<title>Server Error \(500\)<\/title>/);
});

test("a sign-out wants the CSRF token while there is an access cookie", async ({ stage }) => {
  await signIn(stage);
  const refused = await stage.call(SIGN_OUT, POST);
  assert.deepEqual(seen(refused), {
    status: 403,
    body: { detail: "CSRF Failed: CSRF token missing." },
  });
  const headers = { "X-CSRFToken": (await stage.readable())[CSRF_COOKIE] };
  const done = await stage.call(SIGN_OUT, { ...POST, headers });
  assert.deepEqual(seen(done), { status: 200, body: { detail: "Successfully logged out." } });
  const { sign_ins, sign_outs } = await stage.backend.counters();
  assert.deepEqual({ sign_ins, sign_outs }, { sign_ins: 1, sign_outs: 1 });
  for (const name of [REFRESH_COOKIE, ACCESS_COOKIE, "sessionid"]) {
    assert.equal(await stage.cookie(name), undefined, name);
  }
  assert.equal(await stage.cookie(CSRF_COOKIE), headers["X-CSRFToken"]);
});

test("a sign-out wants no CSRF token with an access token in a header, or without an access cookie", async ({
  stage,
}) => {
  const token = await signIn(stage);
  assert.equal((await stage.call(SIGN_OUT, { ...POST, ...bearer(token) })).status, 200);
  await signIn(stage);
  await stage.setCookie(ACCESS_COOKIE);
  assert.equal((await stage.call(SIGN_OUT, POST)).status, 200);
});

test("a sign-out with a token that is refused does nothing", async ({ stage }) => {
  await signIn(stage);
  const { status, body } = await stage.call(SIGN_OUT, { ...POST, ...bearer("none") });
  assert.deepEqual({ status, body }, { status: 401, body: refusedToken("Token is invalid") });
  assert.equal((await stage.call(REFRESH, POST)).status, 200);
});

test("a sign-out revokes the refresh token, and the access token lives on", async ({ stage }) => {
  const token = await signIn(stage);
  const spent = await stage.cookie(REFRESH_COOKIE);
  await stage.call(SIGN_OUT, { ...POST, ...bearer(token) });
  await stage.setCookie(REFRESH_COOKIE, spent);
  assert.deepEqual(seen(await stage.call(REFRESH, POST)), refusedCookie("Token is blacklisted"));
  assert.equal((await stage.call(ME, bearer(token))).status, 200);
});

test("a sign-out of nobody is a 401, and so is a second one with the same cookie", async ({
  stage,
}) => {
  const signOut = async () => seen(await stage.call(SIGN_OUT, POST));
  const none = await signOut();
  assert.deepEqual(none, {
    status: 401,
    body: { detail: "Refresh token was not included in cookie data." },
  });
  await signIn(stage);
  await stage.setCookie(ACCESS_COOKIE);
  const spent = await stage.cookie(REFRESH_COOKIE);
  await signOut();
  await stage.setCookie(REFRESH_COOKIE, spent);
  assert.deepEqual(await signOut(), { status: 401, body: { detail: "Token is blacklisted" } });
  assert.equal(await stage.cookie(REFRESH_COOKIE), undefined);
});

test("CORS lets two headers of our kind through, and no other", async ({ stage }) => {
  await signIn(stage);
  for (const name of ["X-Requested-With", "X-CSRFToken"]) {
    assert.equal(
      (await stage.call(REFRESH, { ...POST, headers: { [name]: "a" } })).status,
      200,
      name,
    );
  }
  for (const name of ["X-Attempt", "X-CSRF-Token", "X-XSRF-TOKEN"]) {
    assert.deepEqual(
      await stage.call(REFRESH, { ...POST, headers: { [name]: "a" } }),
      { error: "TypeError" },
      name,
    );
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
    (await stage.call("/api/echo/", { method: "POST", body, ...bearer(token) })).body,
    body,
  );
});
