// What a server, or somebody in its way, may answer: the sensible reading, or a typed error. The session stays, nothing
// loops, nothing panics.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

/** In the page: a token with these claims, given as JSON text, so that it may be anything. */
const HELPERS = () => {
  const base64url = (text) =>
    btoa(String.fromCharCode(...new TextEncoder().encode(text)))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");
  globalThis.jwt = (claims) => `${base64url('{"alg":"none"}')}.${base64url(claims)}.c2ln`;
  /** Renews the token of a session that is on, and tells what became of it. */
  globalThis.renewWith = async (status, body, headers = {}) => {
    const { server, session } = await started({ patience: 0.2, restore: true });
    const before = session.state;
    const clock = new StoppedClock();
    server.answerRefresh(
      status,
      body,
      JSON.stringify({ "content-type": "application/json", ...headers }),
    );
    const thrown = await clock.refresh(session, 0.2).then(
      () => undefined,
      ({ code, kind, cause }) => ({ code, kind, cause: cause?.code }),
    );
    // Whatever would loop, would do so now.
    for (let task = 0; task < 20; task++) await nextTask();
    const { status: now, session: epoch, expiresAt, claims } = session.state;
    const isSame = epoch === before.session;
    const lives = expiresAt === null ? null : Math.round((expiresAt - Date.now()) / 1000);
    clock.resume();
    const requests = server.count("/auth/refresh") - 1;
    const api = await session.fetch("/api/me").then(
      ({ status }) => status,
      ({ name }) => name,
    );
    session.close();
    return { thrown, now, isSame, lives, sub: claims?.sub, requests, api };
  };
};

const IAT = 1_700_000_000;
const good = (more = "") => `{"sub":"alice","iat":${IAT},"exp":${IAT + 900}${more}}`;

/** Bodies without a token that is of any use, and what is said of them. The token in hand is used on. */
const USELESS = {
  HTML: ["<!doctype html><title>welcome</title>", "ERR_TOKEN_MISSING"],
  nothing: ["", "ERR_TOKEN_MISSING"],
  null: ["null", "ERR_TOKEN_MISSING"],
  "a list": ["[]", "ERR_TOKEN_MISSING"],
  "a text": ['"token"', "ERR_TOKEN_MISSING"],
  "half of an object": ['{"access_token":"e30.e30.', "ERR_TOKEN_MISSING"],
  "no token": ['{"mfa_required":true}', "ERR_TOKEN_MISSING"],
  "an empty token": ['{"access_token":"","expires_in":60}', "ERR_TOKEN_MISSING"],
  "a token that is a number": ['{"access_token":5,"expires_in":60}', "ERR_TOKEN_MISSING"],
  "a token that is an object": ['{"access_token":{"a":1},"expires_in":60}', "ERR_TOKEN_MISSING"],
  "lone surrogates": [
    '{"access_token":"\\ud800\\udfff\\ud800","expires_in":60}',
    "ERR_TOKEN_MALFORMED",
  ],
  "a line feed in the token": ['{"access_token":"a\\nb","expires_in":60}', "ERR_TOKEN_MALFORMED"],
  "an opaque token without a lifetime": ['{"access_token":"opaque"}', "ERR_TOKEN_MALFORMED"],
  "a lifetime that is none": [
    '{"access_token":"opaque","expires_in":"soon"}',
    "ERR_TOKEN_MALFORMED",
  ],
  "an infinite lifetime": ['{"access_token":"opaque","expires_in":1e999}', "ERR_TOKEN_MALFORMED"],
  "a lifetime of nothing": ['{"access_token":"opaque","expires_in":0}', "ERR_TOKEN_EXPIRED"],
  "a lifetime below nothing": ['{"access_token":"opaque","expires_in":-60}', "ERR_TOKEN_EXPIRED"],
  "a hundred thousand brackets": ["[".repeat(100_000), "ERR_TOKEN_MISSING"],
};

/** Answers with a token: the claims, what else the answer says, and how long the token is thought to live. */
const READ = {
  "a lifetime that is a text": [good(), '"expires_in":"600"', 600],
  "a fractional lifetime": [good(), '"expires_in":599.6', 600],
  "a lifetime that is longer than the token's": [good(), '"expires_in":86400', 900],
  "a lifetime that is an empty text": [good(), '"expires_in":""', 900],
  "a lifetime that is nonsense beside claims": [good(), '"expires_in":{}', 900],
  "exp as a text": [`{"sub":"alice","iat":"${IAT}","exp":"${IAT + 600}"}`, "", 600],
  "fractional dates": [`{"sub":"alice","iat":${IAT}.5,"exp":${IAT + 600}.25}`, "", 600],
  "exp below nothing, and expires_in": ['{"sub":"alice","exp":-5}', '"expires_in":600', 600],
  "no exp": ['{"sub":"alice"}', "", null],
  "exp that is nonsense": ['{"sub":"alice","exp":"never"}', "", null],
  "a huge exp": [`{"sub":"alice","iat":0,"exp":1e300}`, "", Math.round(100 * 365.25 * 86_400)],
  "claims said twice": [
    `{"sub":"bob","sub":"alice","exp":5,"iat":${IAT},"exp":${IAT + 600}}`,
    "",
    600,
  ],
  "deep claims": [good(`,"deep":${"[".repeat(2_000)}${"]".repeat(2_000)}`), "", 900],
  "a token of a hundred kilobytes": [good(`,"long":"${"x".repeat(100_000)}"`), "", 900],
  "claims with lone surrogates": [good(',"name":"\\ud800"'), "", 900],
  "a claim called __proto__": [good(',"__proto__":{"sub":"mallory"}'), "", 900],
};

test("what is odd about an answer is read sensibly, or is a typed error, and ends nothing", {
  tag: ["@scenario-54"],
}, async ({ run }) => {
  await run(HELPERS);
  for (const [what, [body, cause]] of Object.entries(USELESS)) {
    const seen = await run((body) => renewWith(200, body), body);
    assert.equal(seen.thrown?.cause, cause, `${what}: ${JSON.stringify(seen)}`);
    const { code, kind } = seen.thrown;
    assert.deepEqual(
      [code, kind, seen.now, seen.isSame, seen.requests],
      ["ERR_REFRESH_MALFORMED", "protocol", "active", true, 1],
      what,
    );
  }
  for (const [what, [claims, more, lives]] of Object.entries(READ)) {
    const body = `{"access_token":"TOKEN"${more && `,${more}`}}`;
    const seen = await run(
      ([claims, body]) => renewWith(200, body.replace("TOKEN", jwt(claims))),
      [claims, body],
    );
    const { thrown, now, isSame, sub, requests } = seen;
    assert.deepEqual(
      [thrown, now, isSame, sub, requests],
      [undefined, "active", true, "alice", 1],
      `${what}: ${JSON.stringify(seen)}`,
    );
    const isAsSaid = lives === null ? seen.lives === null : Math.abs(seen.lives - lives) <= 1;
    assert.ok(isAsSaid, `${what}: lives for ${seen.lives}, not ${lives}`);
  }
});

test("HTML under any status, and the challenge of a proxy, end nothing", async ({ run }) => {
  await run(HELPERS);
  for (const [status, headers] of [
    [200, { "content-type": "text/html" }],
    [401, { "content-type": "text/html" }],
    [403, { "content-type": "TEXT/HTML; charset=utf-8" }],
    [400, { "www-authenticate": 'Basic realm="proxy"' }],
    [401, { "www-authenticate": "Negotiate" }],
  ]) {
    const seen = await run(
      ([status, headers]) => renewWith(status, "<html>", headers),
      [status, headers],
    );
    const { thrown, now, isSame } = seen;
    assert.deepEqual(
      [thrown?.kind, now, isSame],
      ["protocol", "active", true],
      `${status} ${JSON.stringify(headers)}`,
    );
  }
});

test("claims that are no object are none; the token is used", async ({ run }) => {
  await run(HELPERS);
  for (const claims of ["[1]", "null", '"text"', "5", "not JSON"]) {
    const { thrown, now, lives } = await run(
      (claims) => renewWith(200, JSON.stringify({ access_token: jwt(claims), expires_in: 300 })),
      claims,
    );
    // Whose it is it does not say: it may be anybody's.
    assert.deepEqual([thrown?.code, now, lives], ["ERR_SESSION_CHANGED", "active", 300], claims);
  }
});

test("a body of some megabytes is read", async ({ run }) => {
  await run(HELPERS);
  const large = await run(() =>
    renewWith(
      200,
      JSON.stringify({ padding: "x".repeat(5_000_000), access_token: "opaque", expires_in: 300 }),
    ),
  );
  assert.deepEqual(
    [large.thrown?.code, large.now, large.lives],
    ["ERR_SESSION_CHANGED", "active", 300],
  );
});

test("users whose ids are numbers are told apart", async ({ run }) => {
  await run(HELPERS);
  const seen = await run(async () => {
    const { server, session } = start();
    const sessions = [];
    for (const sub of [5, 5, 6]) {
      server.answerRefresh(
        200,
        JSON.stringify({ access_token: jwt(`{"sub":${sub}}`), expires_in: 300 }),
        "{}",
      );
      if (sessions.length === 0) await session.ready;
      else await outcome(session.refresh());
      sessions.push(session.state.session);
    }
    return [sessions[0] === sessions[1], sessions[1] === sessions[2]];
  });
  assert.deepEqual(seen, [true, false]);
});

test("a sign-in with a token that no header can carry rejects, and changes nothing", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { session } = await started();
    const { session: before } = session.state;
    const outcomes = [];
    for (const token of ["a b", "a\u00e9", "\ud800", "a\n"]) {
      outcomes.push(
        (await outcome(session.signIn({ access_token: token, expires_in: 60 }))).thrown?.code,
      );
      outcomes.push((await outcome(session.signIn(token))).thrown?.code);
    }
    return { outcomes, isSame: session.state.session === before };
  });
  assert.deepEqual([...new Set(seen.outcomes)], ["ERR_TOKEN_MALFORMED"]);
  assert.ok(seen.isSame);
});
