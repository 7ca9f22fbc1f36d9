// Sessions against the real back ends, from a page on another origin: with a preset, and what nobody can guess.

import assert from "node:assert/strict";

import { testOf, until } from "./fixtures.mjs";

const MANY = 50;
const ALICE = { username: "alice", password: "alice's password" };
const BOB = { username: "bob", password: "bob's password" };

/** How each back end is spoken to: its preset, its URLs, and its sign-in. */
const BACK_ENDS = {
  django: {
    preset: "djRestAuth",
    refresh: "/dj-rest-auth/token/refresh/",
    signOut: { url: "/dj-rest-auth/logout/" },
    signIn: "/dj-rest-auth/login/",
    me: "/api/me/",
    echo: "/api/echo/",
    refreshCookie: "my-refresh-token",
    rotating: ["my-refresh-token"],
  },
  flask: {
    preset: "flaskJwtExtended",
    refresh: "/refresh",
    signOut: { url: "/logout", method: "DELETE" },
    signIn: "/login",
    me: "/api/me",
    echo: "/api/echo",
    refreshCookie: "refresh_token_cookie",
    rotating: ["refresh_token_cookie", "csrf_refresh_token"],
  },
};

for (const [
  name,
  { preset, refresh, signOut, signIn, me, echo, refreshCookie, rotating },
] of Object.entries(BACK_ENDS)) {
  const test = testOf(name);

  test.describe(name, () => {
    /** Makes the page's session, and waits until it is restored, or not. Returns its state. */
    const open = (stage, more = {}) =>
      stage.page.evaluate(
        async ([origin, preset, refresh, signOut, more]) => {
          const { createSession } = await import("/pkg/index.js");
          const presets = await import("/pkg/presets.js");
          globalThis.session = createSession({
            ...presets[preset],
            refresh: origin + refresh,
            signOut: { ...signOut, url: origin + signOut.url },
            sendTokenTo: [origin],
            ...more,
          });
          await session.ready;
          return session.state.reason ?? session.state.status;
        },
        [stage.origin, preset, refresh, signOut, more],
      );

    const enter = (stage, who = ALICE) =>
      stage.page.evaluate(
        async ([url, who]) => {
          const csrf = /csrftoken=([^;]*)/.exec(document.cookie)?.[1];
          const headers = {
            "content-type": "application/json",
            ...(csrf && { "x-csrftoken": csrf }),
          };
          await session.signIn(() =>
            fetch(url, {
              method: "POST",
              credentials: "include",
              headers,
              body: JSON.stringify(who),
            }),
          );
          return session.state.status;
        },
        [stage.origin + signIn, who],
      );

    /** The statuses of so many calls at once, each once. */
    const ask = (stage, times = 1, init = {}, path = me) =>
      stage.page.evaluate(
        async ([url, times, init]) => {
          const answers = Array.from({ length: times }, async (_, index) => {
            const response = await session.fetch(`${url}?${index}`, init);
            return [response.status, await response.text()];
          });
          const all = await Promise.all(answers);
          return { statuses: [...new Set(all.map(([status]) => status))], text: all[0][1] };
        },
        [stage.origin + path, times, init],
      );

    const state = (stage) =>
      stage.page.evaluate(() => session.state.reason ?? session.state.status);
    const untilState = (stage, wanted) =>
      stage.page.waitForFunction(
        (wanted) => (session.state.reason ?? session.state.status) === wanted,
        wanted,
      );

    test("who has no session is told so by one request", async ({ stage }) => {
      assert.equal(await open(stage), "none");
      const { refreshes, refused } = await stage.backend.counters();
      assert.deepEqual([refreshes, refused], [0, 1]);
    });

    test("a sign-in is read without a word of configuration, and names the user", async ({
      stage,
    }) => {
      await open(stage);
      assert.equal(await enter(stage), "active");
      const { statuses, text } = await ask(stage);
      assert.deepEqual(statuses, [200]);
      assert.match(text, /alice/);
      const lives = await stage.page.evaluate(() => session.state.expiresAt - Date.now());
      assert.ok(lives > 200_000 && lives <= 901_000, `${lives} ms`);
    });

    test("a wrong password rejects, and leaves all as it was", async ({ stage }) => {
      await open(stage);
      const error = await enter(stage, { ...ALICE, password: "no" }).catch(
        (error) => error.message,
      );
      assert.match(error, /SignInError/);
      assert.equal(await state(stage), "none");
    });

    test("a token that has lapsed is renewed before anything is sent", async ({ stage }) => {
      await open(stage, { refreshAhead: false });
      await stage.backend.issueTokensFor(2);
      await enter(stage);
      await stage.backend.issueTokensFor(600);
      await stage.page.waitForFunction(() => Date.now() > session.state.expiresAt);
      assert.deepEqual((await ask(stage)).statuses, [200]);
      const { refreshes, api_401 } = await stage.backend.counters();
      assert.deepEqual([refreshes, api_401], [1, 0]);
    });

    test(`${MANY} calls that meet a refused token cost one refresh, and all are answered`, async ({
      stage,
    }) => {
      await open(stage);
      await enter(stage);
      await stage.backend.revokeAccess();
      assert.deepEqual((await ask(stage, MANY)).statuses, [200]);
      assert.equal((await stage.backend.counters()).refreshes, 1);
      assert.equal(await state(stage), "active");
    });

    test("a body that meets a refused token arrives to the byte", async ({ stage }) => {
      await open(stage);
      await enter(stage);
      await stage.backend.revokeAccess();
      const body = JSON.stringify({ text: "grüße ".repeat(1000) });
      const { statuses, text } = await ask(
        stage,
        1,
        { method: "POST", headers: { "content-type": "application/json" }, body },
        echo,
      );
      assert.deepEqual(
        [statuses, text.includes("grüße") || text.includes("gr\\u00fc")],
        [[200], true],
      );
    });

    test("a reload restores the session, and the cookie rotates each time", async ({ stage }) => {
      await open(stage);
      await enter(stage);
      const cookies = new Set([await stage.cookie(refreshCookie)]);
      for (let time = 0; time < 3; time++) {
        await stage.page.reload();
        assert.equal(await open(stage), "active");
        cookies.add(await stage.cookie(refreshCookie));
      }
      assert.equal(cookies.size, 4);
      assert.deepEqual((await ask(stage)).statuses, [200]);
      const { refreshes, refused } = await stage.backend.counters();
      assert.deepEqual([refreshes, refused], [3, 1]);
    });

    test("a page goes away in the middle of a refresh: the next one asks until the cookie is there, and goes on", async ({
      stage,
    }) => {
      const look = () =>
        Promise.all(rotating.map(async (cookie) => [cookie, await stage.cookie(cookie)]));
      const set = async (cookies) => {
        for (const [cookie, value] of cookies) await stage.setCookie(cookie, value);
      };
      await open(stage);
      await enter(stage);
      const spent = await look();
      await stage.page.evaluate(() => session.refresh());
      // What that refresh has brought comes late, as if it were that of the page that goes away.
      const late = await look();
      await set(spent);
      await stage.page.evaluate(
        async ([origin, preset, refresh]) => {
          const { createSession } = await import("/pkg/index.js");
          const presets = await import("/pkg/presets.js");
          session.close();
          await new Promise((sent) => {
            const fetch = () => new Promise(() => sent());
            createSession({ ...presets[preset], refresh: origin + refresh, fetch });
          });
        },
        [stage.origin, preset, refresh],
      );
      await stage.page.reload();
      const { refused } = await stage.backend.counters();
      const [status] = await Promise.all([
        open(stage),
        until(
          () => stage.backend.counters(),
          (counters) => counters.refused >= refused + 2,
        ).then(() => set(late)),
      ]);
      assert.equal(status, "active");
      assert.deepEqual((await ask(stage)).statuses, [200]);
      assert.match((await ask(stage)).text, /alice/);
    });

    test("a sign-out is told to the server with its CSRF token: the cookie is of no use any more", async ({
      stage,
    }) => {
      await open(stage);
      await enter(stage);
      const spent = await stage.cookie(refreshCookie);
      const csrf = await stage.cookie("csrf_refresh_token");
      await stage.page.evaluate(() => session.signOut());
      assert.equal(await state(stage), "signed-out");
      assert.equal((await stage.backend.counters()).sign_outs, 1);
      assert.equal(await stage.cookie(refreshCookie), undefined);
      await stage.setCookie(refreshCookie, spent);
      await stage.setCookie("csrf_refresh_token", csrf);
      await stage.page.evaluate(() => localStorage.clear());
      await stage.page.reload();
      assert.equal(await open(stage), "none");
      await enter(stage, BOB);
      assert.match((await ask(stage)).text, /bob/);
    });

    test("a refresh that the server refuses ends the session", async ({ stage }) => {
      await open(stage);
      await enter(stage);
      await stage.backend.revokeRefresh();
      await stage.page.evaluate(() => void session.refresh().catch(() => {}));
      await untilState(stage, "rejected");
    });

    test("a cookie that is none ends it too", async ({ stage }) => {
      await open(stage);
      await enter(stage);
      await stage.setCookie(refreshCookie, "none.of.yours");
      await stage.page.evaluate(() => void session.refresh().catch(() => {}));
      await untilState(stage, "rejected");
    });

    test("a header that CORS does not let through is named, and signs nobody out", async ({
      stage,
    }) => {
      await open(stage);
      await enter(stage);
      await stage.page.reload();
      // Only Django's list of headers is a short one.
      const status = await open(stage, { attemptHeader: "X-Attempt" });
      if (name === "flask") return assert.equal(status, "active");
      assert.equal(status, "unknown");
      assert.match(await stage.page.evaluate(() => session.state.error.message), /CORS.*X-Attempt/);
    });

    if (name === "flask") {
      test("a CSRF token that is missing is a failure, and no end", async ({ stage }) => {
        await open(stage);
        await enter(stage);
        await stage.setCookie("csrf_refresh_token", undefined);
        await stage.page.evaluate(() => void session.refresh().catch(() => {}));
        await stage.page.waitForFunction(() => session.state.error);
        assert.equal(await state(stage), "active");
      });
    }
  });
}
