// The second part: tabs that share the session.

import assert from "node:assert/strict";

import { DemoPage } from "../demo-page.mjs";

export const MANY_TABS = [
  [
    "second tab → no refresh",
    async (story) => {
      const { grown } = await story.server.during(async () => {
        [story.other] = await story.demo.openPatient(async () => [await story.demo.openAnother()]);
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
    "three tabs at once",
    async (story) => {
      const tabs = [story.demo];
      const { grown } = await story.server.during(async () => {
        const open = () => DemoPage.open(story.context, story.origin);
        tabs.push(...(await story.demo.openPatient(() => Promise.all([open(), open()]))));
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
