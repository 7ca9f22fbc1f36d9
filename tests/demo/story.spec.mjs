// The whole story of the demo. Refreshes are counted by the server; nothing sleeps.

import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";

import { test as base } from "@playwright/test";

import { Server } from "../drivers/auth-server.mjs";
import { collectComplaints } from "./complaints.mjs";
import { DemoPage, recordFaces } from "./demo-page.mjs";
import { Secrets } from "./secrets.mjs";

/** Seconds. Longer than the story, so that no token is renewed where the story does not want it. */
const LONG = 900;
/** Seconds. As short as one can watch. */
const SHORT = 2;
/** How many of these are watched. */
const LIFETIMES = 5;
/** Seconds. No session renews a token earlier: `MIN_REFRESH_INTERVAL` of the machine. */
const EARLIEST = 1;

const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from it what a fixture needs.
  server: async ({}, use) => {
    const server = await Server.start({
      www: fileURLToPath(new URL("../../www", import.meta.url)),
    });
    await use(server);
    await server.stop();
  },
});

/** What the steps share. */
let server;
let context;
let complaints;
let secrets;
let origin;

/** The tab that the story is told in. */
let demo;
/** Another one, in the steps that need it. */
let other;
/** The `session` id of alice's sign-in, which no reload may change. */
let session;

const steps = [
  [
    "first visit",
    async () => {
      await server.reset();
      await server.issueTokensFor(LONG);
      demo = await DemoPage.open(context, origin);
      await demo.becomes("ended · none");
      assert.deepEqual(await demo.faces(), ["restoring", "sign-in form"]);
      return "nobody is signed in";
    },
  ],

  [
    "wrong password",
    async () => {
      await demo.fillIn("User", "carol");
      await demo.fillIn("Password", "wonderland");
      await demo.submitFrom("Password");
      const message = await demo.message();
      assert.match(message, /invalid_credentials \(401\)/);
      assert.equal(await demo.status(), "ended · none");
      return message;
    },
  ],

  [
    "second factor",
    async () => {
      await demo.fillIn("Password", "looking-glass");
      await demo.submitFrom("Password");
      await demo.codeIsAskedFor();
      await demo.fillIn("Code", "123456");
      await demo.submitFrom("Code");
      const { who } = await demo.session();
      assert.equal(who, "Carol");
      await demo.click("Sign out");
      await demo.becomes("ended · signed-out");
      return "carol, asked for a code, signed in and out";
    },
  ],

  [
    "signed in",
    async () => {
      await demo.begin("Alice (admin)");
      session = await demo.session();
      assert.equal(session.who, "Alice");
      assert.equal(session.generation, 1);
      return `alice, generation ${session.generation}`;
    },
  ],

  [
    "API 200",
    async () => {
      const { grown } = await server.during(async () => {
        assert.match(await demo.call("Call the API"), /→ 200 · no refresh$/);
        assert.match(await demo.call("Call the admin page"), /→ 200 · no refresh$/);
      });
      assert.equal(grown.api_ok, 2);
      assert.equal(grown.refreshes, 0);
      return "the page for admins too";
    },
  ],

  [
    "renewed ahead of the expiry",
    async () => {
      await server.issueTokensFor(SHORT);
      await demo.click("Refresh now");
      let from;
      const { grown } = await server.during(async () => {
        from = await demo.generation();
        await demo.reachesGeneration(from + 1);
      });
      assert.equal(grown.api_401, 0);
      assert.ok(grown.rotated >= 1);
      await server.issueTokensFor(LONG);
      await demo.click("Refresh now");
      return `generation ${from} → ${from + 1}, without a call`;
    },
  ],

  [
    "lapsed → exactly 1 refresh → 200",
    async () => {
      await server.issueTokensFor(SHORT);
      await demo.setRenewalAhead(false);
      await server.issueTokensFor(LONG);
      await demo.lapses();
      const { grown } = await server.during(async () => {
        assert.match(await demo.call("Call the API"), /→ 200 · 1 refresh, 0 replays$/);
      });
      assert.equal(grown.refreshes, 1);
      assert.equal(grown.api_ok, 1);
      assert.equal(grown.api_401, 0);
      await demo.setRenewalAhead(true);
      return "and no 401, for the expiry is known";
    },
  ],

  [
    "revoked → exactly 1 refresh, 1 replay",
    async () => {
      await demo.click("Revoke my access tokens");
      const { grown } = await server.during(async () => {
        assert.match(await demo.call("Call the API"), /→ 200 · 1 refresh, 1 replay$/);
      });
      assert.deepEqual([grown.refreshes, grown.api_401, grown.api_ok], [1, 1, 1]);
      return "401, refresh, 200";
    },
  ],

  [
    "revoked → 50 concurrent calls",
    async () => {
      await demo.click("Revoke my access tokens");
      const { grown } = await server.during(async () => {
        assert.match(await demo.call("50 calls at once"), /50 × 200 · 1 refresh, /);
      });
      assert.equal(grown.refreshes, 1);
      assert.equal(grown.api_ok, 50);
      return `exactly ${grown.refreshes} refresh, ${grown.api_ok} × 200, ${grown.api_401} × 401 on the way`;
    },
  ],

  [
    "outage → session kept → back",
    async () => {
      const { generation } = await demo.session();
      await demo.click("Take the server down");
      assert.match(await demo.call("Call the API"), /→ 503 /);
      await demo.begin("Refresh now");
      await demo.logs(/POST \/auth\/refresh → 503/);
      assert.equal(await demo.status(), "active");
      await demo.click("Bring it up");
      await demo.reachesGeneration(generation + 1);
      assert.match(await demo.call("Call the API"), /→ 200 /);
      assert.equal((await demo.session()).id, session.id);
      return "503 signs nobody out";
    },
  ],

  [
    "reload in an outage → restored after it",
    async () => {
      await demo.click("Take the server down");
      await demo.page.reload();
      await demo.logs(/Not restored yet \(ERR_REFRESH_UNAVAILABLE\)/);
      assert.equal(await demo.status(), "unknown");
      await demo.click("Bring it up");
      assert.equal((await demo.session()).id, session.id);
      assert.deepEqual(await demo.faces(), ["restoring", "session"]);
      return "unknown, not signed out";
    },
  ],

  [
    "reload → restored",
    async () => {
      const { grown } = await server.during(async () => {
        await demo.page.reload();
        assert.equal((await demo.session()).id, session.id);
      });
      assert.equal(grown.refreshes, 1);
      assert.deepEqual(await demo.faces(), ["restoring", "session"]);
      return "the same session, 1 refresh, no glimpse of the sign-in form";
    },
  ],

  [
    "tab closed and reopened → restored",
    async () => {
      await demo.page.close();
      const { grown } = await server.during(async () => {
        demo = await DemoPage.open(context, origin);
        assert.equal((await demo.session()).id, session.id);
      });
      assert.equal(grown.refreshes, 1);
      return "the same session, 1 refresh";
    },
  ],

  [
    "second tab → no refresh",
    async () => {
      const { grown } = await server.during(async () => {
        other = await demo.openAnother();
        const { id, elsewhere } = await other.session();
        assert.equal(id, session.id);
        assert.ok(elsewhere);
      });
      assert.deepEqual([grown.refreshes, grown.rotated], [0, 0]);
      assert.deepEqual(await other.faces(), ["restoring", "session"]);
      assert.deepEqual(await other.tokenCounts(), { refreshes: 0, handedOver: 1 });
      assert.match(await other.call("Call the API"), /→ 200 · no refresh$/);
      return "the same session, the same token";
    },
  ],

  [
    "tabs list each other",
    async () => {
      await Promise.all([demo.lists([other]), other.lists([demo])]);
      for (const tab of [demo, other]) {
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
    async () => {
      await demo.click("Revoke my access tokens");
      const { grown } = await server.during(async () => {
        const told = await Promise.all([demo, other].map((tab) => tab.call("50 calls at once")));
        for (const text of told) assert.match(text, /50 × 200 · /);
      });
      assert.equal(grown.refreshes, 1);
      assert.equal(grown.api_ok, 100);
      return `exactly ${grown.refreshes} refresh, ${grown.api_ok} × 200`;
    },
  ],

  [
    "closed tab → gone from the list",
    async () => {
      await other.page.close();
      await demo.lists([]);
      return "at once, for it says good-bye";
    },
  ],

  [
    "two tabs → as many refreshes as one",
    async () => {
      await server.issueTokensFor(SHORT);
      await demo.click("Refresh now");
      other = await demo.openAnother();
      await demo.lists([other]);
      const { rotated, seconds, shown } = await renewals([demo, other]);
      await server.issueTokensFor(LONG);
      await demo.click("Refresh now");
      const seen = `${rotated} by two in ${seconds.toFixed(1)} s`;
      // The first of the tokens may be about to be renewed when one begins to watch.
      assert.ok(seconds >= (LIFETIMES - 1) * EARLIEST, `more than one tab takes: ${seen}`);
      // And so say the pages: what one has fetched, the other was handed over.
      assert.ok(
        Math.min(shown.refreshes, shown.handedOver) >= rotated - 1,
        inspect({ rotated, shown }),
      );
      await other.page.close();
      return seen;
    },
  ],

  [
    "three tabs at once",
    async () => {
      const tabs = [demo];
      const { grown } = await server.during(async () => {
        tabs.push(
          ...(await Promise.all([DemoPage.open(context, origin), DemoPage.open(context, origin)])),
        );
        await Promise.all(tabs.map((tab) => tab.becomes("active")));
      });
      assert.equal(grown.refreshes, 0);
      await Promise.all(tabs.map((tab) => tab.click("Refresh now")));
      const sessions = await Promise.all(tabs.map((tab) => tab.session()));
      assert.deepEqual(new Set(sessions.map(({ id }) => id)), new Set([session.id]));
      await Promise.all(tabs.slice(1).map((tab) => tab.page.close()));
      const { max_concurrent_refreshes, reuse_detected } = await server.counters();
      assert.equal(max_concurrent_refreshes, 1);
      assert.equal(reuse_detected, 0);
      return "one session, never two refreshes at once";
    },
  ],

  [
    "no token where a script could find it",
    async () => {
      assert.match(await demo.call("Call the API"), /→ 200 /);
      const cookie = await secrets.refreshCookie();
      assert.equal(cookie.httpOnly, true);
      assert.equal(cookie.sameSite, "Strict");
      const { accessTokens, refreshTokens, urls } = await secrets.seen();
      assert.ok(
        accessTokens > 5 && refreshTokens > 5,
        "so few tokens seen that the search would prove little",
      );
      assert.deepEqual(await secrets.foundIn(demo.page), []);
      return `${accessTokens} + ${refreshTokens} tokens not in storage, document.cookie, page, console, ${urls} URLs`;
    },
  ],

  [
    "signed out → cookie gone, API 401",
    async () => {
      const accessToken = secrets.lastSent;
      assert.equal(await server.callWith(accessToken), 200);
      await demo.click("Sign out");
      await demo.becomes("ended · signed-out");
      assert.equal(await secrets.refreshCookie(), undefined);
      assert.match(await demo.call("Call the API"), /→ 401 · no refresh$/);
      assert.equal(await server.callWith(accessToken), 401);
      return "and the access token is dead at once";
    },
  ],

  [
    "signed in in one tab → in the other",
    async () => {
      other = await demo.openAnother();
      await other.becomes("ended · .*");
      await demo.lists([other]);
      const { grown } = await server.during(async () => {
        await other.begin("Bob (user)");
        const [here, there] = await Promise.all([demo.session(), other.session()]);
        assert.deepEqual([here.who, here.id, here.elsewhere], ["Bob", there.id, true]);
        assert.equal(there.elsewhere, false);
      });
      assert.deepEqual([grown.logins, grown.rotated], [1, 0]);
      await demo.logs(/Signed in as Bob, by another tab/);
      return "bob, without a refresh";
    },
  ],

  [
    "signed out in one tab → in the other",
    async () => {
      const { grown } = await server.during(async () => {
        await other.click("Sign out");
        await Promise.all([demo, other].map((tab) => tab.becomes("ended · signed-out")));
      });
      assert.deepEqual([grown.logouts, grown.refreshes], [1, 0]);
      const [here, there] = await Promise.all([demo.ending(), other.ending()]);
      assert.match(here, /^You have signed out in another tab\./);
      assert.match(there, /^You have signed out\./);
      await demo.logs(/Signed out in another tab/);
      return here;
    },
  ],

  [
    // Scenario 8.
    "403 without refresh",
    async () => {
      await demo.begin("Bob (user)");
      assert.equal((await demo.session()).who, "Bob");
      const { grown } = await server.during(async () => {
        assert.match(await demo.call("Call the admin page"), /→ 403 · no refresh$/);
      });
      assert.deepEqual([grown.refreshes, grown.api_403], [0, 1]);
      return "bob is known, and may not";
    },
  ],

  [
    "a stolen old refresh token",
    async () => {
      const stolen = await secrets.refreshCookie();
      await demo.click("Refresh now");
      assert.notEqual((await secrets.refreshCookie()).value, stolen.value);
      const status = await server.refreshWith(stolen);
      assert.equal(status, 401);
      await demo.begin("Refresh now");
      await Promise.all([demo, other].map((tab) => tab.becomes("ended · rejected")));
      assert.equal(await secrets.refreshCookie(), undefined);
      assert.equal((await server.counters()).reuse_detected, 1);
      assert.match(await demo.ending(), /^The server has ended this session\./);
      assert.match(await other.ending(), /^The server has ended this session, another tab says\./);
      return `${status} for the thief, family revoked, both tabs say so`;
    },
  ],

  [
    "no complaints of any page",
    async () => {
      assert.deepEqual(complaints, []);
      return "no uncaught error, nothing unexpected on the console";
    },
  ],
];

/** How many refreshes the server sees, and these tabs show, in some lifetimes of the token; and how long that takes. */
async function renewals(tabs) {
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

test("the demo does what it says", async ({ context: given, server: started }) => {
  server = started;
  ({ origin } = server);
  context = given;
  await recordFaces(context);
  complaints = collectComplaints(context);
  secrets = new Secrets(context);
  for (const [name, run] of steps) {
    await test.step(name, async () => {
      test.info().annotations.push({ type: name, description: await run() });
    });
  }
});
