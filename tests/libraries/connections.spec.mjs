// Connections that stay: their token is looked at when they begin, and a server ends them when it is no good any more.

import assert from "node:assert/strict";

import { grown, test } from "./fixtures.mjs";

/** Lifetimes, in seconds. */
const SHORT = 2;
const LONG = 600;

/** What ends an event source and a WebSocket: the session being over, and a server that takes no token. */
const REFUSED = { end: { name: "Refused" }, rejected: { name: "Refused" } };
const NO_TOKEN = {
  end: { name: "SessionEndedError", code: "ERR_SESSION_ENDED" },
  rejected: { name: "TokenError", code: "ERR_TOKEN_REJECTED" },
};
const WAYS = [
  { title: "fetch-event-source", library: "fetch-event-source", ...REFUSED },
  {
    title: "a WebSocket whose token is a subprotocol",
    library: "websocket",
    way: "subprotocol",
    ...NO_TOKEN,
  },
  {
    title: "a WebSocket whose token is the first message",
    library: "websocket",
    way: "message",
    ...NO_TOKEN,
  },
];

for (const { title, library, way, end, rejected } of WAYS) {
  test(`${title}: it is let in`, async ({ stage }) => {
    const page = await stage.open(library);
    await page.evaluate((way) => listen(way), way);
    assert.deepEqual(await page.evaluate(() => heard(1)), ["alice"]);
    assert.deepEqual(await grown(stage, "refreshes", "api_ok", "api_401"), {
      refreshes: 0,
      api_ok: 1,
      api_401: 0,
    });
  });

  test(`${title}: a token that has lapsed is renewed before it connects`, async ({ stage }) => {
    await stage.server.issueTokensFor(SHORT);
    const page = await stage.open(library, { refreshAhead: false });
    await stage.server.issueTokensFor(LONG);
    await page.evaluate(() => lapsed());
    await page.evaluate((way) => listen(way), way);
    assert.deepEqual(await page.evaluate(() => heard(1)), ["alice"]);
    assert.deepEqual(await grown(stage, "refreshes", "api_ok", "api_401"), {
      refreshes: 1,
      api_ok: 1,
      api_401: 0,
    });
  });

  test(`${title}: a token that was revoked before costs one refresh`, async ({ stage }) => {
    const page = await stage.open(library);
    await stage.server.revokeAccess();
    await page.evaluate((way) => listen(way), way);
    assert.deepEqual(await page.evaluate(() => heard(1)), ["alice"]);
    assert.deepEqual(await grown(stage, "refreshes", "api_ok", "api_401"), {
      refreshes: 1,
      api_ok: 1,
      api_401: 1,
    });
  });

  test(`${title}: ended because its token was revoked, it connects again, for one refresh`, async ({
    stage,
  }) => {
    const page = await stage.open(library);
    await page.evaluate((way) => listen(way), way);
    await page.evaluate(() => heard(1));
    await stage.server.revokeAccess();
    await stage.api.recheck();
    assert.deepEqual(await page.evaluate(() => heard(2)), ["alice", "alice"]);
    assert.deepEqual(await grown(stage, "refreshes", "api_ok"), { refreshes: 1, api_ok: 2 });
  });

  test(`${title}: it is not tried for ever when the session is over`, async ({ stage }) => {
    const page = await stage.open(library);
    await page.evaluate((way) => listen(way), way);
    await page.evaluate(() => heard(1));
    await stage.server.revokeAll();
    await stage.api.recheck();
    const { name, code } = await page.evaluate(() => ended);
    assert.deepEqual({ name, code }, { code: undefined, ...end });
    // The second one confirms the first.
    assert.deepEqual(await grown(stage, "refreshes", "refused", "api_ok"), {
      refreshes: 2,
      refused: 2,
      api_ok: 1,
    });
  });

  test(`${title}: it is not tried for ever when brand-new tokens are refused`, async ({
    stage,
  }) => {
    const page = await stage.open(library);
    // However long that takes, they stay brand-new.
    await page.evaluate(() => stopTime());
    await stage.server.faults({ reject_fresh_tokens: true });
    await page.evaluate((way) => listen(way), way);
    const { name, code } = await page.evaluate(() => ended);
    assert.deepEqual({ name, code }, { code: undefined, ...rejected });
    assert.deepEqual(await grown(stage, "refreshes", "api_401"), { refreshes: 1, api_401: 2 });
  });

  test(`${title}: no token is in a URL`, async ({ stage }) => {
    const page = await stage.open(library);
    await page.evaluate((way) => listen(way), way);
    await page.evaluate(() => heard(1));
    assert.deepEqual(stage.api.addresses, [library === "websocket" ? "/live" : "/events"]);
  });
}
