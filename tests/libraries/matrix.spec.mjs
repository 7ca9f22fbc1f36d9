// Each library, with `session.fetch` in it.

import assert from "node:assert/strict";
import { grown, test } from "./fixtures.mjs";
import { LIBRARIES } from "./libraries.mjs";

const MANY = 50;
const FILE = 200_000;
/** Lifetimes, in seconds. */
const SHORT = 2;
const LONG = 600;

for (const { name, aborted } of LIBRARIES) {
  test(`${name}: a call with a good token costs one request`, async ({ stage }) => {
    const page = await stage.open(name);
    assert.equal(await page.evaluate(() => client.me()), "alice");
    assert.deepEqual(await grown(stage, "refreshes", "api_ok", "api_401"), {
      refreshes: 0,
      api_ok: 1,
      api_401: 0,
    });
  });

  test(`${name}: a token that has lapsed is renewed before anything is sent`, async ({ stage }) => {
    await stage.server.issueTokensFor(SHORT);
    const page = await stage.open(name, { refreshAhead: false });
    await stage.server.issueTokensFor(LONG);
    await page.evaluate(() => lapsed());
    assert.equal(await page.evaluate(() => client.me()), "alice");
    assert.deepEqual(await grown(stage, "refreshes", "api_ok", "api_401"), {
      refreshes: 1,
      api_ok: 1,
      api_401: 0,
    });
  });

  test(`${name}: a token that was revoked costs a 401, one refresh and one replay`, async ({
    stage,
  }) => {
    const page = await stage.open(name);
    await stage.server.revokeAccess();
    assert.equal(await page.evaluate(() => client.me()), "alice");
    assert.deepEqual(await grown(stage, "refreshes", "api_ok", "api_401"), {
      refreshes: 1,
      api_ok: 1,
      api_401: 1,
    });
  });

  test(`${name}: ${MANY} calls at once with a revoked token cost one refresh, and all succeed`, async ({
    stage,
  }) => {
    const page = await stage.open(name);
    await stage.server.revokeAccess();
    assert.deepEqual(
      await page.evaluate((count) => callMany(count), MANY),
      Array(MANY).fill("alice"),
    );
    assert.deepEqual(await grown(stage, "refreshes", "api_ok"), { refreshes: 1, api_ok: MANY });
  });

  test(`${name}: a file that meets a revoked token arrives to the byte`, async ({ stage }) => {
    const page = await stage.open(name);
    await stage.server.revokeAccess();
    assert.deepEqual(await page.evaluate((length) => upload(length), FILE), {
      length: FILE,
      same: true,
    });
    assert.deepEqual(await grown(stage, "refreshes", "api_401"), { refreshes: 1, api_401: 1 });
  });

  test(`${name}: a call that is aborted during a refresh rejects at once, and the refresh goes on`, async ({
    stage,
  }) => {
    const page = await stage.open(name);
    await stage.server.revokeAccess();
    const { error, isOut, others } = await page.evaluate(() => abortOneOfTwo());
    const told = Object.fromEntries(Object.keys(aborted).map((member) => [member, error[member]]));
    assert.deepEqual(told, aborted, JSON.stringify(error));
    assert.ok(isOut, "it rejected only after the refresh");
    assert.deepEqual(others, ["alice", "alice"]);
    assert.deepEqual(await grown(stage, "refreshes"), { refreshes: 1 });
  });
}
