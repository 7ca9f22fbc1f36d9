// The first part of the story: alice in one tab, through expiries, outages and reloads.

import assert from "node:assert/strict";

import { DemoPage } from "../demo-page.mjs";
import { LONG, SHORT } from "./lifetimes.mjs";

export const ONE_TAB = [
  [
    "first visit",
    async (story) => {
      await story.server.reset();
      await story.server.issueTokensFor(LONG);
      story.demo = await DemoPage.open(story.context, story.origin);
      await story.demo.becomes("ended · none");
      assert.deepEqual(await story.demo.faces(), ["restoring", "sign-in form"]);
      return "nobody is signed in";
    },
  ],

  [
    "wrong password",
    async (story) => {
      await story.demo.fillIn("User", "carol");
      await story.demo.fillIn("Password", "wonderland");
      await story.demo.submitFrom("Password");
      const message = await story.demo.message();
      assert.match(message, /invalid_credentials \(401\)/);
      assert.equal(await story.demo.status(), "ended · none");
      return message;
    },
  ],

  [
    "second factor",
    async (story) => {
      await story.demo.fillIn("Password", "looking-glass");
      await story.demo.submitFrom("Password");
      await story.demo.codeIsAskedFor();
      await story.demo.fillIn("Code", "123456");
      await story.demo.submitFrom("Code");
      const { who } = await story.demo.session();
      assert.equal(who, "Carol");
      await story.demo.click("Sign out");
      await story.demo.becomes("ended · signed-out");
      return "carol, asked for a code, signed in and out";
    },
  ],

  [
    "signed in",
    async (story) => {
      await story.demo.begin("Alice (admin)");
      story.session = await story.demo.session();
      assert.equal(story.session.who, "Alice");
      assert.equal(story.session.generation, 1);
      return `alice, generation ${story.session.generation}`;
    },
  ],

  [
    "API 200",
    async (story) => {
      const { grown } = await story.server.during(async () => {
        assert.match(await story.demo.call("Call the API"), /→ 200 · no refresh$/);
        assert.match(await story.demo.call("Call the admin page"), /→ 200 · no refresh$/);
      });
      assert.equal(grown.api_ok, 2);
      assert.equal(grown.refreshes, 0);
      return "the page for admins too";
    },
  ],

  [
    "renewed ahead of the expiry",
    async (story) => {
      await story.server.issueTokensFor(SHORT);
      await story.demo.click("Refresh now");
      let from;
      const { grown } = await story.server.during(async () => {
        from = await story.demo.generation();
        await story.demo.reachesGeneration(from + 1);
      });
      assert.equal(grown.api_401, 0);
      assert.ok(grown.rotated >= 1);
      await story.server.issueTokensFor(LONG);
      await story.demo.click("Refresh now");
      return `generation ${from} → ${from + 1}, without a call`;
    },
  ],

  [
    "lapsed → exactly 1 refresh → 200",
    async (story) => {
      await story.server.issueTokensFor(SHORT);
      await story.demo.setRenewalAhead(false);
      await story.server.issueTokensFor(LONG);
      await story.demo.lapses();
      const { grown } = await story.server.during(async () => {
        assert.match(await story.demo.call("Call the API"), /→ 200 · 1 refresh, 0 replays$/);
      });
      assert.equal(grown.refreshes, 1);
      assert.equal(grown.api_ok, 1);
      assert.equal(grown.api_401, 0);
      await story.demo.setRenewalAhead(true);
      return "and no 401, for the expiry is known";
    },
  ],

  [
    "revoked → exactly 1 refresh, 1 replay",
    async (story) => {
      await story.demo.click("Revoke my access tokens");
      const { grown } = await story.server.during(async () => {
        assert.match(await story.demo.call("Call the API"), /→ 200 · 1 refresh, 1 replay$/);
      });
      assert.deepEqual([grown.refreshes, grown.api_401, grown.api_ok], [1, 1, 1]);
      return "401, refresh, 200";
    },
  ],

  [
    "revoked → 50 concurrent calls",
    async (story) => {
      await story.demo.click("Revoke my access tokens");
      const { grown } = await story.server.during(async () => {
        assert.match(await story.demo.call("50 calls at once"), /50 × 200 · 1 refresh, /);
      });
      assert.equal(grown.refreshes, 1);
      assert.equal(grown.api_ok, 50);
      return `exactly ${grown.refreshes} refresh, ${grown.api_ok} × 200, ${grown.api_401} × 401 on the way`;
    },
  ],

  [
    "outage → session kept → back",
    async (story) => {
      const { generation } = await story.demo.session();
      await story.demo.click("Take the server down");
      assert.match(await story.demo.call("Call the API"), /→ 503 /);
      await story.demo.begin("Refresh now");
      await story.demo.logs(/POST \/auth\/refresh → 503/);
      assert.equal(await story.demo.status(), "active");
      await story.demo.click("Bring it up");
      await story.demo.reachesGeneration(generation + 1);
      assert.match(await story.demo.call("Call the API"), /→ 200 /);
      assert.equal((await story.demo.session()).id, story.session.id);
      return "503 signs nobody out";
    },
  ],

  [
    "reload in an outage → restored after it",
    async (story) => {
      await story.demo.click("Take the server down");
      await story.demo.page.reload();
      await story.demo.logs(/Not restored yet \(ERR_REFRESH_UNAVAILABLE\)/);
      assert.equal(await story.demo.status(), "unknown");
      await story.demo.click("Bring it up");
      assert.equal((await story.demo.session()).id, story.session.id);
      assert.deepEqual(await story.demo.faces(), ["restoring", "session"]);
      return "unknown, not signed out";
    },
  ],

  [
    "reload → restored",
    async (story) => {
      const { grown } = await story.server.during(async () => {
        await story.demo.page.reload();
        assert.equal((await story.demo.session()).id, story.session.id);
      });
      assert.equal(grown.refreshes, 1);
      assert.deepEqual(await story.demo.faces(), ["restoring", "session"]);
      return "the same session, 1 refresh, no glimpse of the sign-in form";
    },
  ],

  [
    "tab closed and reopened → restored",
    async (story) => {
      await story.demo.page.close();
      const { grown } = await story.server.during(async () => {
        story.demo = await DemoPage.open(story.context, story.origin);
        assert.equal((await story.demo.session()).id, story.session.id);
      });
      assert.equal(grown.refreshes, 1);
      return "the same session, 1 refresh";
    },
  ],
];
