// The same calls with a token that the server does not take any more: after one refresh and one replay, what the last
// request was and what the caller saw are as if native fetch had been told the new token.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { compareAll, same } from "./compare.mjs";
import { open } from "./stage.mjs";

let stage;

before(async () => {
  stage = await open();
});

after(() => stage?.close());

/**
 * Calls that are not sent twice: to elsewhere, with an authorization of their own, streams; and those that native fetch
 * rejects anyway. Aborts have rules of their own.
 */
const NOT_REPLAYED = /to (stranger|closed)|of (stranger|closed)|, \d+ to|headers #14|mode #2|stream|abort|^a time-out|^any of|reset|integrity #2/;

describe("a call whose token is refused", () => {
  test("is replayed as it was", { timeout: 300_000 }, async (t) => {
    const all = await stage.page.evaluate(() => globalThis.names);
    const names = all.filter((name) => !NOT_REPLAYED.test(name));
    t.diagnostic(`${names.length} calls`);
    const ways = [{ how: "native", mark: "rn" }, { how: "session", mark: "rs", more: "&refuse" }];
    let replayed = 0;
    // One by one: each costs a refresh, and a brand-new token that is refused costs none.
    await compareAll(stage, names, ways, 1, (name, native, session) => {
      same(session.caller, native.caller);
      same(session.server.slice(session.server.length - native.server.length).map(strip), native.server.map(strip));
      if (session.server.length > native.server.length) {
        replayed += 1;
        const [first, second] = session.server.slice(-2);
        same(strip(first), strip(second));
        assert.notEqual(first.authorization, second.authorization);
      }
    });
    t.diagnostic(`${replayed} were refused and replayed; ${stage.recorder.refreshes} refreshes`);
    assert.ok(replayed > names.length / 2);
  });
});

/** Another token each time. */
const strip = ({ authorization, ...others }) => ({ ...others, own: authorization?.startsWith("Basic") ?? false });
