// The last part: how sessions end, and what is left behind.

import assert from "node:assert/strict";

export const ENDINGS = [
  [
    "no token where a script could find it",
    async (story) => {
      assert.match(await story.demo.call("Call the API"), /→ 200 /);
      const cookie = await story.secrets.refreshCookie();
      assert.equal(cookie.httpOnly, true);
      assert.equal(cookie.sameSite, "Strict");
      const { accessTokens, refreshTokens, urls } = await story.secrets.seen();
      assert.ok(
        accessTokens > 5 && refreshTokens > 5,
        "so few tokens seen that the search would prove little",
      );
      assert.deepEqual(await story.secrets.foundIn(story.demo.page), []);
      return `${accessTokens} + ${refreshTokens} tokens not in storage, document.cookie, page, console, ${urls} URLs`;
    },
  ],

  [
    "signed out → cookie gone, API 401",
    async (story) => {
      const accessToken = story.secrets.lastSent;
      assert.equal(await story.server.callWith(accessToken), 200);
      await story.demo.click("Sign out");
      await story.demo.becomes("ended · signed-out");
      assert.equal(await story.secrets.refreshCookie(), undefined);
      assert.match(await story.demo.call("Call the API"), /→ 401 · no refresh$/);
      assert.equal(await story.server.callWith(accessToken), 401);
      return "and the access token is dead at once";
    },
  ],

  [
    "signed in in one tab → in the other",
    async (story) => {
      story.other = await story.demo.openAnother();
      await story.other.becomes("ended · .*");
      await story.demo.lists([story.other]);
      const { grown } = await story.server.during(async () => {
        await story.other.begin("Bob (user)");
        const [here, there] = await Promise.all([story.demo.session(), story.other.session()]);
        assert.deepEqual([here.who, here.id, here.elsewhere], ["Bob", there.id, true]);
        assert.equal(there.elsewhere, false);
      });
      assert.deepEqual([grown.logins, grown.rotated], [1, 0]);
      await story.demo.logs(/Signed in as Bob, by another tab/);
      return "bob, without a refresh";
    },
  ],

  [
    "signed out in one tab → in the other",
    async (story) => {
      const { grown } = await story.server.during(async () => {
        await story.other.click("Sign out");
        await Promise.all(
          [story.demo, story.other].map((tab) => tab.becomes("ended · signed-out")),
        );
      });
      assert.deepEqual([grown.logouts, grown.refreshes], [1, 0]);
      const [here, there] = await Promise.all([story.demo.ending(), story.other.ending()]);
      assert.match(here, /^You have signed out in another tab\./);
      assert.match(there, /^You have signed out\./);
      await story.demo.logs(/Signed out in another tab/);
      return here;
    },
  ],

  [
    // Scenario 8.
    "403 without refresh",
    async (story) => {
      await story.demo.begin("Bob (user)");
      assert.equal((await story.demo.session()).who, "Bob");
      const { grown } = await story.server.during(async () => {
        assert.match(await story.demo.call("Call the admin page"), /→ 403 · no refresh$/);
      });
      assert.deepEqual([grown.refreshes, grown.api_403], [0, 1]);
      return "bob is known, and may not";
    },
  ],

  [
    "a stolen old refresh token",
    async (story) => {
      const stolen = await story.secrets.refreshCookie();
      await story.demo.click("Refresh now");
      assert.notEqual((await story.secrets.refreshCookie()).value, stolen.value);
      const status = await story.server.refreshWith(stolen);
      assert.equal(status, 401);
      await story.demo.begin("Refresh now");
      await Promise.all([story.demo, story.other].map((tab) => tab.becomes("ended · rejected")));
      assert.equal(await story.secrets.refreshCookie(), undefined);
      assert.equal((await story.server.counters()).reuse_detected, 1);
      assert.match(await story.demo.ending(), /^The server has ended this session\./);
      assert.match(
        await story.other.ending(),
        /^The server has ended this session, another tab says\./,
      );
      return `${status} for the thief, family revoked, both tabs say so`;
    },
  ],

  [
    "no complaints of any page",
    async (story) => {
      assert.deepEqual(story.complaints, []);
      return "no uncaught error, nothing unexpected on the console";
    },
  ],
];
