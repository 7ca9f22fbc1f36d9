// The second part: tabs that share the session.

import assert from "node:assert/strict";
import { inspect } from "node:util";

import { DemoPage } from "../demo-page.mjs";
import { LONG, SHORT } from "./lifetimes.mjs";

/** How many lifetimes are watched. */
const LIFETIMES = 5;
/** Seconds. No session renews a token earlier: `MIN_REFRESH_INTERVAL` of the machine. */
const EARLIEST = 1;

export const MANY_TABS = [
  [
    "second tab → no refresh",
    async (story) => {
      const { grown } = await story.server.during(async () => {
        story.other = await story.demo.openAnother();
        const { id, elsewhere } = await story.other.session();
        assert.equal(id, story.session.id);
        assert.ok(elsewhere);
      });
      assert.deepEqual([grown.refreshes, grown.rotated], [0, 0]);
      assert.deepEqual(await story.other.faces(), ["restoring", "session"]);
      assert.deepEqual(await story.other.tokenCounts(), { refreshes: 0, handedOver: 1 });
      assert.match(await story.other.call("Call the API"), /→ 200 · no refresh$/);
      return "the same session, the same token";
    },
  ],

  [
    "tabs list each other",
    async (story) => {
      await Promise.all([story.demo.lists([story.other]), story.other.lists([story.demo])]);
      for (const tab of [story.demo, story.other]) {
        assert.deepEqual(await tab.tabsFacts(), {
          turns: "all tabs of the browser",
          hearing: "yes",
        });
      }
      return "they take turns, and hear each other";
    },
  ],

  [
    "revoked → 50 concurrent calls in each tab",
    async (story) => {
      await story.demo.click("Revoke my access tokens");
      const { grown } = await story.server.during(async () => {
        const told = await Promise.all(
          [story.demo, story.other].map((tab) => tab.call("50 calls at once")),
        );
        for (const text of told) assert.match(text, /50 × 200 · /);
      });
      assert.equal(grown.refreshes, 1);
      assert.equal(grown.api_ok, 100);
      return `exactly ${grown.refreshes} refresh, ${grown.api_ok} × 200`;
    },
  ],

  [
    "closed tab → gone from the list",
    async (story) => {
      await story.other.page.close();
      await story.demo.lists([]);
      return "at once, for it says good-bye";
    },
  ],

  [
    "two tabs → as many refreshes as one",
    async (story) => {
      await story.server.issueTokensFor(SHORT);
      await story.demo.click("Refresh now");
      story.other = await story.demo.openAnother();
      await story.demo.lists([story.other]);
      const { rotated, seconds, shown } = await renewals(story, [story.demo, story.other]);
      await story.server.issueTokensFor(LONG);
      await story.demo.click("Refresh now");
      const seen = `${rotated} by two in ${seconds.toFixed(1)} s`;
      // The first of the tokens may be about to be renewed when one begins to watch.
      assert.ok(seconds >= (LIFETIMES - 1) * EARLIEST, `more than one tab takes: ${seen}`);
      // And so say the pages: what one has fetched, the other was handed over.
      assert.ok(
        Math.min(shown.refreshes, shown.handedOver) >= rotated - 1,
        inspect({ rotated, shown }),
      );
      await story.other.page.close();
      return seen;
    },
  ],

  [
    "three tabs at once",
    async (story) => {
      const tabs = [story.demo];
      const { grown } = await story.server.during(async () => {
        tabs.push(
          ...(await Promise.all([
            DemoPage.open(story.context, story.origin),
            DemoPage.open(story.context, story.origin),
          ])),
        );
        await Promise.all(tabs.map((tab) => tab.becomes("active")));
      });
      assert.equal(grown.refreshes, 0);
      await Promise.all(tabs.map((tab) => tab.click("Refresh now")));
      const sessions = await Promise.all(tabs.map((tab) => tab.session()));
      assert.deepEqual(new Set(sessions.map(({ id }) => id)), new Set([story.session.id]));
      await Promise.all(tabs.slice(1).map((tab) => tab.page.close()));
      const { max_concurrent_refreshes, reuse_detected } = await story.server.counters();
      assert.equal(max_concurrent_refreshes, 1);
      assert.equal(reuse_detected, 0);
      return "one session, never two refreshes at once";
    },
  ],
];

/**
 * Watches some lifetimes of the token. Counts the refreshes that the server sees and that these
 * tabs show, and the seconds that it takes.
 */
async function renewals({ server }, tabs) {
  const counts = async () => {
    const all = await Promise.all(tabs.map((tab) => tab.tokenCounts()));
    const sum = (name) => all.reduce((total, each) => total + each[name], 0);
    return { refreshes: sum("refreshes"), handedOver: sum("handedOver") };
  };
  const comeBy = (tokens) =>
    Promise.all(tabs.map(async (tab) => tab.reachesGeneration((await tab.generation()) + tokens)));
  // From the beginning of a lifetime on.
  await comeBy(1);
  const before = await counts();
  const began = performance.now();
  const {
    grown: { rotated },
  } = await server.during(() => comeBy(LIFETIMES));
  const seconds = (performance.now() - began) / 1000;
  const after = await counts();
  const shown = {
    refreshes: after.refreshes - before.refreshes,
    handedOver: after.handedOver - before.handedOver,
  };
  return { rotated, shown, seconds };
}
