// The whole story of the demo, in headless Chromium: node tests/e2e/demo.mjs http://127.0.0.1:4180
//
// The server needs --test-controls and --root. Refreshes are counted by the server; nothing sleeps.

import assert from "node:assert/strict";

import { launch } from "./browser.mjs";
import { collectComplaints } from "./complaints.mjs";
import { DemoPage } from "./demo-page.mjs";
import { Secrets } from "./secrets.mjs";
import { Server } from "./server.mjs";
import { tell } from "./story.mjs";

/** Seconds. Longer than the story, so that no token is renewed where the story does not want it. */
const LONG = 900;
/** Seconds. As short as one can watch. */
const SHORT = 2;

const [address] = process.argv.slice(2);
if (!URL.canParse(address)) {
  console.error("usage: node tests/e2e/demo.mjs <origin of a server with --test-controls and --root>");
  process.exit(2);
}

const { origin } = new URL(address);
const server = new Server(origin);
const browser = await launch();
const context = await browser.newContext();
context.setDefaultTimeout(20_000);
const complaints = collectComplaints(context);
const secrets = new Secrets(context);

/** The tab that the story is told in. */
let demo;
/** The `session` id of alice's sign-in, which no reload may change. */
let session;

const steps = [
  ["first visit", async () => {
    await server.reset();
    await server.issueTokensFor(LONG);
    demo = await DemoPage.open(context, origin);
    await demo.becomes("ended · none");
    assert.deepEqual(await demo.faces(), ["restoring", "sign-in form"]);
    return "nobody is signed in";
  }],

  ["wrong password", async () => {
    await demo.fillIn("User", "carol");
    await demo.fillIn("Password", "wonderland");
    await demo.submitFrom("Password");
    const message = await demo.message();
    assert.match(message, /invalid_credentials \(401\)/);
    assert.equal(await demo.status(), "ended · none");
    return message;
  }],

  ["second factor", async () => {
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
  }],

  ["signed in", async () => {
    await demo.begin("Alice (admin)");
    session = await demo.session();
    assert.equal(session.who, "Alice");
    assert.equal(session.generation, 1);
    return `alice, generation ${session.generation}`;
  }],

  ["API 200", async () => {
    const grown = await server.during(async () => {
      assert.match(await demo.call("Call the API"), /→ 200 · no refresh$/);
      assert.match(await demo.call("Call the admin page"), /→ 200 · no refresh$/);
    });
    assert.equal(grown.api_ok, 2);
    assert.equal(grown.refreshes, 0);
    return "the page for admins too";
  }],

  ["renewed ahead of the expiry", async () => {
    await server.issueTokensFor(SHORT);
    await demo.click("Refresh now");
    let from;
    const grown = await server.during(async () => {
      from = await demo.generation();
      await demo.reachesGeneration(from + 1);
    });
    assert.equal(grown.api_401, 0);
    assert.ok(grown.rotated >= 1);
    await server.issueTokensFor(LONG);
    await demo.click("Refresh now");
    return `generation ${from} → ${from + 1}, without a call`;
  }],

  ["lapsed → exactly 1 refresh → 200", async () => {
    await server.issueTokensFor(SHORT);
    await demo.setRenewalAhead(false);
    await server.issueTokensFor(LONG);
    await demo.lapses();
    const grown = await server.during(async () => {
      assert.match(await demo.call("Call the API"), /→ 200 · 1 refresh, 0 replays$/);
    });
    assert.equal(grown.refreshes, 1);
    assert.equal(grown.api_ok, 1);
    assert.equal(grown.api_401, 0);
    await demo.setRenewalAhead(true);
    return "and no 401, for the expiry is known";
  }],

  ["revoked → exactly 1 refresh, 1 replay", async () => {
    await demo.click("Revoke my access tokens");
    const grown = await server.during(async () => {
      assert.match(await demo.call("Call the API"), /→ 200 · 1 refresh, 1 replay$/);
    });
    assert.deepEqual([grown.refreshes, grown.api_401, grown.api_ok], [1, 1, 1]);
    return "401, refresh, 200";
  }],

  ["revoked → 50 concurrent calls", async () => {
    await demo.click("Revoke my access tokens");
    const grown = await server.during(async () => {
      assert.match(await demo.call("50 calls at once"), /50 × 200 · 1 refresh, /);
    });
    assert.equal(grown.refreshes, 1);
    assert.equal(grown.api_ok, 50);
    return `exactly ${grown.refreshes} refresh, ${grown.api_ok} × 200, ${grown.api_401} × 401 on the way`;
  }],

  ["outage → session kept → back", async () => {
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
  }],

  ["reload in an outage → restored after it", async () => {
    await demo.click("Take the server down");
    await demo.page.reload();
    await demo.logs(/Not restored yet \(ERR_REFRESH_UNAVAILABLE\)/);
    assert.equal(await demo.status(), "unknown");
    await demo.click("Bring it up");
    assert.equal((await demo.session()).id, session.id);
    assert.deepEqual(await demo.faces(), ["restoring", "session"]);
    return "unknown, not signed out";
  }],

  ["reload → restored", async () => {
    const grown = await server.during(async () => {
      await demo.page.reload();
      assert.equal((await demo.session()).id, session.id);
    });
    assert.equal(grown.refreshes, 1);
    assert.deepEqual(await demo.faces(), ["restoring", "session"]);
    return "the same session, 1 refresh, no glimpse of the sign-in form";
  }],

  ["tab closed and reopened → restored", async () => {
    await demo.page.close();
    const grown = await server.during(async () => {
      demo = await DemoPage.open(context, origin);
      assert.equal((await demo.session()).id, session.id);
    });
    assert.equal(grown.refreshes, 1);
    return "the same session, 1 refresh";
  }],

  ["three tabs at once", async () => {
    const others = await Promise.all([DemoPage.open(context, origin), DemoPage.open(context, origin)]);
    const tabs = [demo, ...others];
    await Promise.all(tabs.map((tab) => tab.becomes("active")));
    await Promise.all(tabs.map((tab) => tab.click("Refresh now")));
    const sessions = await Promise.all(tabs.map((tab) => tab.session()));
    assert.deepEqual(new Set(sessions.map(({ id }) => id)), new Set([session.id]));
    await Promise.all(others.map((tab) => tab.page.close()));
    const { max_concurrent_refreshes, reuse_detected } = await server.counters();
    assert.equal(max_concurrent_refreshes, 1);
    assert.equal(reuse_detected, 0);
    return "one session, never two refreshes at once";
  }],

  ["no token where a script could find it", async () => {
    assert.match(await demo.call("Call the API"), /→ 200 /);
    const cookie = await secrets.refreshCookie();
    assert.equal(cookie.httpOnly, true);
    assert.equal(cookie.sameSite, "Strict");
    const { accessTokens, refreshTokens, urls } = await secrets.seen();
    assert.ok(accessTokens > 5 && refreshTokens > 5, "so few tokens seen that the search would prove little");
    assert.deepEqual(await secrets.foundIn(demo.page), []);
    return `${accessTokens} + ${refreshTokens} tokens not in storage, document.cookie, page, console, ${urls} URLs`;
  }],

  ["signed out → cookie gone, API 401", async () => {
    const accessToken = secrets.lastSent;
    assert.equal(await server.callWith(accessToken), 200);
    await demo.click("Sign out");
    await demo.becomes("ended · signed-out");
    assert.equal(await secrets.refreshCookie(), undefined);
    assert.match(await demo.call("Call the API"), /→ 401 · no refresh$/);
    assert.equal(await server.callWith(accessToken), 401);
    return "and the access token is dead at once";
  }],

  ["403 without refresh", async () => {
    await demo.begin("Bob (user)");
    assert.equal((await demo.session()).who, "Bob");
    const grown = await server.during(async () => {
      assert.match(await demo.call("Call the admin page"), /→ 403 · no refresh$/);
    });
    assert.deepEqual([grown.refreshes, grown.api_403], [0, 1]);
    return "bob is known, and may not";
  }],

  ["a stolen old refresh token", async () => {
    const stolen = await secrets.refreshCookie();
    await demo.click("Refresh now");
    assert.notEqual((await secrets.refreshCookie()).value, stolen.value);
    const status = await server.refreshWith(stolen);
    assert.equal(status, 401);
    await demo.begin("Refresh now");
    await demo.becomes("ended · rejected");
    assert.equal(await secrets.refreshCookie(), undefined);
    assert.equal((await server.counters()).reuse_detected, 1);
    return `${status} for the thief, family revoked, the page says so`;
  }],

  ["no complaints of any page", async () => {
    assert.deepEqual(complaints, []);
    return "no uncaught error, nothing unexpected on the console";
  }],
];

try {
  const passed = await tell(steps, () => demo.page);
  process.exitCode = passed ? 0 : 1;
} finally {
  await browser.close();
}
// For whoever looks at the demo next.
await server.reset();
