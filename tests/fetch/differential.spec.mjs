// The same calls through native fetch and through session.fetch, seen by the caller and by the server: equal, but for
// the token where it belongs.

import assert from "node:assert/strict";

import { compareAll, same } from "./compare.mjs";
import { open, say, test } from "./fixtures.mjs";

/** How many calls are made at once, and by how many the page is worn out: a browser has room for some dozens of wasm memories. */
const AT_A_TIME = 24;
const OF_A_PAGE = 200;

/** When calls are made, and what the page calls that. */
const MOMENTS = {
  "signed in, they": "session",
  "while the wasm loads, they": "loading",
  "while the restore is out, they": "restoring",
  "while the restore is out, and passive, they": "passive",
};

test.describe("session.fetch and native fetch", () => {
  let stage;
  /** Native fetch is the same at all moments. */
  const natives = new Map();

  test.beforeAll(async ({ driver }) => {
    stage = await open(driver);
  });

  test.afterAll(() => stage?.close());

  for (const moment of Object.keys(MOMENTS))
    test(`${moment} differ in the token only, where it belongs`, async ({ driver }) => {
      const names = await stage.page.evaluate(() => globalThis.names);
      say(`${names.length} calls`);
      const ours = [stage.recorder.own, stage.recorder.friend];
      const how = MOMENTS[moment];
      const ways = [
        { how: "native", mark: `native-${how}`, seen: natives },
        { how, mark: how },
      ];
      const compare = (name, native, session) => {
        same(session.caller, native.caller);
        // Firefox asks leave of an origin that it is redirected to for what it has dropped by then.
        const firstOnly = driver === "firefox" && name.endsWith("to closed, follow");
        same(
          comparable(name, session.server, firstOnly),
          comparable(name, native.server, firstOnly),
        );
        for (const [index, { origin, authorization }] of session.server.entries()) {
          if (isOwn(authorization)) continue;
          if (!ours.includes(origin))
            assert.equal(authorization, undefined, "the token has gone elsewhere");
          // A redirect across origins drops it.
          else if (index === 0 && !carriesNone(name))
            assert.match(authorization ?? "none", /^Bearer opaque-/);
        }
      };
      for (let first = 0; first < names.length; first += OF_A_PAGE) {
        await stage.renew();
        await compareAll(stage, names.slice(first, first + OF_A_PAGE), ways, AT_A_TIME, compare);
      }
    });
});

/** Of calls to where the token belongs. */
const carriesNone = (name) => name.startsWith("mode #2");

/** The caller's own. */
const isOwn = (authorization) => authorization?.startsWith("Basic") ?? false;

/** What has to be the same of what the server saw. */
function comparable(name, server, firstOnly) {
  const seen = server.map(({ authorization, ...others }) => ({
    ...others,
    own: isOwn(authorization),
  }));
  // Whether it left before the abort came is a race, natively as well.
  if (name.startsWith("aborted at once") || name === "a time-out") return [];
  // The browser sends it again by itself, when it was on a connection that had been used before. And what does not fit its
  // digest is looked at once more: it may have been a 401.
  if (firstOnly || name.startsWith("a reset") || name.startsWith("integrity #2"))
    return seen.slice(0, 1);
  return seen;
}
