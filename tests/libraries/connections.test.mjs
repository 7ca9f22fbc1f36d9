// Connections that stay: their token is looked at when they begin, and a server ends them when it is no good any more.

import assert from "node:assert/strict";

import { grown, rule } from "./stage.mjs";

const WAYS = [
  { title: "fetch-event-source", library: "fetch-event-source" },
  { title: "a WebSocket whose token is a subprotocol", library: "websocket", way: "subprotocol" },
  { title: "a WebSocket whose token is the first message", library: "websocket", way: "message" },
];

for (const { title, library, way } of WAYS) {
  rule(`${title}: it is let in`, async (stage) => {
    const page = await stage.open(library);
    await page.evaluate((way) => listen(way), way);
    assert.deepEqual(await page.evaluate(() => heard(1)), ["alice"]);
    assert.deepEqual(await grown(stage, "refreshes", "api_ok", "api_401"), { refreshes: 0, api_ok: 1, api_401: 0 });
  });

  rule(`${title}: a token that has lapsed is renewed before it connects`, async (stage) => {
    await stage.server.issueTokensFor(2);
    const page = await stage.open(library, { refreshAhead: false });
    await page.evaluate(() => lapsed());
    await page.evaluate((way) => listen(way), way);
    assert.deepEqual(await page.evaluate(() => heard(1)), ["alice"]);
    assert.deepEqual(await grown(stage, "refreshes", "api_ok", "api_401"), { refreshes: 1, api_ok: 1, api_401: 0 });
  });

  rule(`${title}: a token that was revoked before costs one refresh`, async (stage) => {
    const page = await stage.open(library);
    await stage.server.revokeAccess();
    await page.evaluate((way) => listen(way), way);
    assert.deepEqual(await page.evaluate(() => heard(1)), ["alice"]);
    assert.deepEqual(await grown(stage, "refreshes", "api_ok", "api_401"), { refreshes: 1, api_ok: 1, api_401: 1 });
  });

  rule(`${title}: ended because its token was revoked, it connects again, for one refresh`, async (stage) => {
    const page = await stage.open(library);
    await page.evaluate((way) => listen(way), way);
    await page.evaluate(() => heard(1));
    await stage.server.revokeAccess();
    await stage.api.recheck();
    assert.deepEqual(await page.evaluate(() => heard(2)), ["alice", "alice"]);
    assert.deepEqual(await grown(stage, "refreshes", "api_ok"), { refreshes: 1, api_ok: 2 });
  });

  rule(`${title}: no token is in a URL`, async (stage) => {
    const page = await stage.open(library);
    await page.evaluate((way) => listen(way), way);
    await page.evaluate(() => heard(1));
    assert.deepEqual(stage.api.addresses, [library === "websocket" ? "/live" : "/events"]);
  });
}
