// A trial of the driver for WebKit, to be replaced by the specifications of the browsers. Run: node --test.

import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { launch } from "./drivers/webkit.mjs";
import { Server } from "./tabs/server.mjs";
import { Tab } from "./tabs/tab.mjs";

let server;
let webkit;
let www;

/** Nobody sees what the pages send. */
const BLIND = {
  of() {
    throw new Error("nobody sees what the tabs of WebKit send");
  },
};

before(async () => {
  // `tab.js` does not wait for the driver yet.
  www = await mkdtemp(join(tmpdir(), "silent-session-webkit-www-"));
  await cp(fileURLToPath(new URL("tabs/www", import.meta.url)), www, { recursive: true });
  const script = await readFile(join(www, "tab.js"), "utf8");
  await writeFile(join(www, "tab.js"), `import "/begin.js";\n${script}`);
  [server, webkit] = await Promise.all([Server.start({ www }), launch()]);
});

after(async () => {
  await webkit?.close();
  await server?.stop();
  await rm(www, { recursive: true });
});

/** In a page, before the app: each refresh goes under an id of its own, so that a retry is a theft to the server. */
function WITHOUT_ATTEMPT_IDS() {
  const { fetch } = globalThis;
  globalThis.fetch = (request, init) => {
    const { pathname } = new URL(request.url ?? request, location.href);
    if (pathname === "/auth/refresh")
      request.headers.set("x-requested-with", String(Math.random()));
    return fetch(request, init);
  };
}

class Stage {
  #blank;
  server = server;
  constructor(context) {
    this.context = context;
    [this.#blank] = context.pages();
  }
  async open(options = {}, before = undefined) {
    const page = await this.context.newPage();
    if (before) await page.addInitScript(before);
    const query = encodeURIComponent(JSON.stringify(options));
    await page.goto(new URL(`/tab.html?${query}`, server.origin).href);
    const tab = new Tab(page, BLIND);
    await tab.run(() => session.ready);
    return tab;
  }
  async signedIn(count, user = "alice", options = {}, before = undefined) {
    const first = await this.open(options, before);
    await first.signIn(user);
    const others = Array.from({ length: count - 1 }, () => this.open(options, before));
    const tabs = [first, ...(await Promise.all(others))];
    await Promise.all(tabs.map((tab) => tab.becomes({ status: "active", sub: user })));
    return tabs;
  }
  async cookie() {
    return (await this.context.cookies(`${server.origin}/auth/`)).find(
      ({ name }) => name === "refresh_token",
    );
  }
  /** The cookie is rotated, and the answer is held until what it returns is called. */
  async holdReply(tab, times = 1) {
    await server.reset();
    await server.faults({ refresh: { hold: "after", times } });
    await tab.beginRefresh();
    await server.until(({ rotated }) => rotated === 1);
    return () => server.faults({});
  }
  async goesOn(tab, epoch, user = "alice") {
    await tab.run(() => session.refresh());
    await tab.becomes({ status: "active", session: epoch });
    assert.deepEqual(await tab.call(), { by: user, status: 200, sub: user });
    const { logins, refused, reuse_detected } = await server.counters();
    assert.deepEqual(
      { logins, refused, reuse_detected },
      { logins: 0, refused: 0, reuse_detected: 0 },
    );
  }
  async clear() {
    const page = await this.context.newPage();
    await page.goto(`${server.origin}/elsewhere.html`);
    await page.evaluate(() => localStorage.clear());
    await this.context.clearCookies(`${server.origin}/auth/`);
    await page.close();
    await server.reset();
  }
  async close() {
    const pages = this.context.pages().filter((page) => page !== this.#blank);
    for (const page of pages) await page.close();
  }
}

function rule(title, check) {
  test(title, { timeout: 120_000 }, async (t) => {
    const stage = new Stage(webkit.context);
    await stage.clear();
    try {
      await check(stage, t);
    } catch (error) {
      for (const line of server.log) t.diagnostic(line);
      throw error;
    } finally {
      await stage.close();
    }
  });
}

const QUICK = { timeout: 3 };

rule(
  "signed in once, a user stays so over the expiry: 50 calls cost one refresh",
  async (stage) => {
    await server.issueTokensFor(2);
    const [tab] = await stage.signedIn(1, "alice", { refreshAhead: false });
    const { session } = await tab.state();
    await tab.lapses();
    const { grown, result } = await server.during(() => tab.run(() => calls(50)));
    for (const answer of result.answers)
      assert.deepEqual(answer, { by: "alice", status: 200, sub: "alice" });
    assert.deepEqual(
      { refreshes: grown.refreshes, api_401: grown.api_401 },
      { refreshes: 1, api_401: 0 },
    );
    await tab.becomes({ status: "active", session });
  },
);

rule("a token that is refused is replaced, and the request sent again", async (stage) => {
  const [tab] = await stage.signedIn(1);
  await server.revokeAccess();
  const { grown, result } = await server.during(() => tab.run(() => calls(5)));
  for (const answer of result.answers)
    assert.deepEqual(answer, { by: "alice", status: 200, sub: "alice" });
  assert.deepEqual(
    { refreshes: grown.refreshes, api_401: grown.api_401 },
    { refreshes: 1, api_401: 5 },
  );
});

rule("a reload restores the session with one refresh", async (stage) => {
  const [tab] = await stage.signedIn(1);
  const { session } = await tab.state();
  const { grown } = await server.during(async () => {
    await tab.reload();
    await tab.becomes({ status: "active", session });
  });
  assert.equal(grown.refreshes, 1);
  assert.deepEqual(await tab.call(), { by: "alice", status: 200, sub: "alice" });
});

rule("a sign-out is one after a reload, and the cookie is gone", async (stage) => {
  const [tab] = await stage.signedIn(1);
  assert.ok(await stage.cookie());
  await tab.signOut();
  assert.equal(await stage.cookie(), undefined);
  await tab.reload();
  await tab.becomes({ status: "ended" });
  assert.deepEqual(await tab.call(), { by: null, status: 401, sub: null });
});

rule(
  "a page is reloaded in the middle of its refresh: it sends the same id, and goes on",
  async (stage) => {
    const [tab] = await stage.signedIn(1, "alice", QUICK);
    const { session } = await tab.state();
    await tab.run(() => session.refresh());
    const reply = await stage.holdReply(tab);
    await tab.reload();
    await tab.becomes({ status: "active", session });
    const { rotated, replayed } = await server.counters();
    assert.deepEqual({ rotated, replayed }, { rotated: 1, replayed: 1 });
    await reply();
    await stage.goesOn(tab, session);
  },
);

rule(
  "reloaded in the middle of its refresh, without attempt ids: the orphan's cookie is enough",
  async (stage) => {
    const [tab] = await stage.signedIn(1, "alice", QUICK, WITHOUT_ATTEMPT_IDS);
    const { session } = await tab.state();
    const reply = await stage.holdReply(tab);
    await tab.reload();
    await tab.waitsForOrphan();
    await reply();
    await tab.becomes({ status: "active", session });
    const { rotated, replayed } = await server.counters();
    assert.deepEqual({ rotated, replayed }, { rotated: 2, replayed: 0 });
    await stage.goesOn(tab, session);
  },
);

rule("a second tab is handed the token, whether or not the server answers", async (stage, t) => {
  const [tab] = await stage.signedIn(1);
  const { session, claims } = await tab.state();
  // A tab that is blocked while it is handed the token also refreshes: nothing of that tells.
  await server.faults({ refresh: { hold: "before" } });
  const { grown, result } = await server.during(() => stage.open());
  await result.becomes({ status: "active", session, jti: claims.jti });
  assert.deepEqual(await result.call(), { by: "alice", status: 200, sub: "alice" });
  await server.faults({});
  t.diagnostic(`refreshes: ${grown.refreshes}`);
  assert.ok(grown.refreshes <= 1);
});

rule("two tabs share one refresh", async (stage) => {
  const tabs = await stage.signedIn(2);
  await server.faults({ refresh: { delay_before_ms: 300 } });
  await server.revokeAccess();
  const { grown, result } = await server.during(() =>
    Promise.all(tabs.map((tab) => tab.run(() => calls(5)))),
  );
  for (const answer of result.flatMap(({ answers }) => answers))
    assert.deepEqual(answer, { by: "alice", status: 200, sub: "alice" });
  assert.deepEqual(
    { refreshes: grown.refreshes, refused: grown.refused },
    { refreshes: 1, refused: 0 },
  );
});

rule("a sign-out in one tab, then a sign-in, reach the other", async (stage) => {
  const [one, two] = await stage.signedIn(2);
  await one.signOut();
  await two.becomes({ status: "ended", reason: "signed-out", elsewhere: true });
  const { grown } = await server.during(async () => {
    await two.signIn("bob");
    await one.becomes({ status: "active", sub: "bob", elsewhere: true });
  });
  assert.equal(grown.refreshes, 0);
  for (const tab of [one, two])
    assert.deepEqual(await tab.call(), { by: "bob", status: 200, sub: "bob" });
});

rule("a sign-out in the middle of another tab's refresh: nobody is signed in", async (stage) => {
  const [refreshing, other] = await stage.signedIn(2, "alice", QUICK);
  const reply = await stage.holdReply(refreshing);
  const signedOut = other.signOut();
  await refreshing.becomes({ status: "ended", reason: "signed-out", elsewhere: true });
  await reply();
  await signedOut;
  assert.equal(await stage.cookie(), undefined);
});

rule(
  "back from the back/forward cache, a tab adopts the token of another: no refresh",
  async (stage, t) => {
    const [left, other] = await stage.signedIn(2);
    await left.leave();
    await server.revokeAccess();
    await other.run(() => session.refresh());
    const { grown } = await server.during(async () => {
      await left.goBack();
      assert.deepEqual(await left.call(), { by: "alice", status: 200, sub: "alice" });
    });
    t.diagnostic(`from the cache: ${await left.run(() => globalThis.isSamePage === true)}`);
    assert.equal(grown.refreshes, 0);
  },
);

rule(
  "the driver: what runs long blocks nobody, and is rejected when its page is gone",
  async (stage) => {
    const [one, two] = [await stage.open(), await stage.open()];
    const long = one.run(
      () =>
        new Promise((resolve) => {
          globalThis.end = resolve;
        }),
    );
    assert.equal(await two.run(() => 1), 1);
    assert.equal(await one.run(() => 2), 2);
    await one.run(() => end("ended"));
    assert.equal(await long, "ended");
    for (const go of [() => one.reload(), () => one.leave(), () => one.close()]) {
      const lost = assert.rejects(one.run(() => new Promise(() => {})));
      await go();
      await lost;
    }
    await assert.rejects(
      two.run(() => Promise.reject(new Error("mine"))),
      /mine/,
    );
    assert.equal(await two.run(() => undefined), undefined);
  },
);
