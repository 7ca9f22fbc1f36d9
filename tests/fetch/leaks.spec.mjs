// Where the token is seen: where it is allowed, and nowhere else. Over all the ways to spell a URL, and all redirects.

import assert from "node:assert/strict";

import { open, test } from "./fixtures.mjs";

let stage;

/**
 * Calls a session whose token may go to `sendTokenTo`, each URL once: what the servers were sent, in order, `"token"` or not.
 * `{own}` and the like stand for origins. `attach` is an option of the session.
 */
async function carried(sendTokenTo, urls, init = {}, attach = { header: "authorization" }) {
  const fill = (text) =>
    text.replaceAll(
      /\{(\w+)\}/g,
      (_, name) => stage.recorder[name] ?? new URL(stage.recorder.own)[name],
    );
  const seen = [];
  const name = String(Math.random());
  for (const url of urls) {
    const before = stage.recorder.requests.length;
    await stage.page.evaluate(
      async ([name, sendTokenTo, attach, url, init]) => {
        globalThis.sessions ??= new Map();
        const make = () => createSession({ refresh: "/auth/refresh", name, sendTokenTo, attach });
        if (!sessions.has(name)) sessions.set(name, make());
        const session = sessions.get(name);
        await session.ready;
        await session
          .fetch(url, init)
          .then((response) => response.text())
          .catch(() => {});
      },
      [name, sendTokenTo.map(fill), attach, fill(url), init],
    );
    const sent = stage.recorder.requests.slice(before);
    seen.push([url, ...sent.map(({ headers }) => (headers[attach.header] ? "token" : "none"))]);
  }
  return seen;
}

/** So many requests each. */
const each = (urls, ...what) => urls.map((url) => [url, ...what]);

test.describe("the token", () => {
  test.beforeAll(async ({ driver }) => {
    stage = await open(driver);
  });

  test.afterAll(() => stage?.close());

  test("goes to an allowed prefix, however it is spelt", async () => {
    const urls = [
      "{own}/v1",
      "{own}/v1/",
      "{own}/v1/me",
      "{own}/v1?q",
      "{own}/v1#f",
      "{own}/v1/a%20b",
      "{own}/x/../v1/me",
      "{own}/./v1/me",
      "{own}/x/%2e%2e/v1/me",
      "{own}\\v1\\me",
      "HTTP://127.0.0.1:{port}/v1/me",
      "http://127.1:{port}/v1/me",
      "http://0x7f.0.0.1:{port}/v1/me",
      " {own}/v1/me\t",
      "/v1/me",
      "//127.0.0.1:{port}/v1/me",
      "{own}/v1//double",
      "{own}/v1/a;b=..",
      "{own}/v1/.well-known",
      "{own}/v1/..hidden",
      "{own}/v1/.../a",
      "{own}/v1/100%25",
      "{own}/v1/%E9t%E9",
      "{own}/v1/caf%C3%A9",
      "{own}/v1/wait…",
      "{own}/v1/a%20%3f%23b",
      "{own}/v1/%zz%",
      "{own}/v1/.été",
      "{own}/v1/..été",
      "{own}/v1/.@scope/x",
      "{own}/v1/.$meta",
      "{own}/v1/.(a)",
      "{own}/v1/a%2eb",
      "{own}/v1/日本/😀",
    ];
    assert.deepEqual(await carried(["{own}/v1"], urls), each(urls, "token"));
  });

  test("does not go beside it", async () => {
    const urls = [
      "{own}/",
      "{own}/v10",
      "{own}/v1x/me",
      "{own}/V1/me",
      "{own}/v1/../v2",
      "{own}/v1/%2e%2e/v2",
      "{own}/v1/..\\v2",
      "{own}/v1%2fme",
      "{own}/v1/..%2fv2",
      "{own}/v1/..%5Cv2",
      "{own}/v1/%252e%252e/v2",
      "{own}/v1/a%25252Fb",
      "{own}/v1/..;/v2",
      "{own}/v1/.;/v2",
      "{own}/v1/%2e%2e;/v2",
      "{own}/v1/..%%32fv2",
      "{own}/v1/..%25%32%66v2",
      "{own}/v1/..%3b/v2",
      "{own}/v1/%2e.%255cv2",
      // What a server may cut off, or read in another way.
      "{own}/v1/..%20/v2",
      "{own}/v1/..%00/v2",
      "{own}/v1/..%09/v2",
      "{own}/v1/..%23/v2",
      "{own}/v1/..%3f/v2",
      "{own}/v1/.%20/v2",
      "{own}/v1/%c0%ae%c0%ae/v2",
      "{own}/v1/..%c0%afv2",
      "{own}/v1/..%e0%80%afv2",
      "{own}/v1/..%f0%80%80%afv2",
      "{own}/v1/..%c1%9cv2",
      "{own}/v1/%u002e%u002e/v2",
      "{own}/v1/..%U002Fv2",
      "{own}/v1/%25u002e./v2",
      "{own}/v1/．．/v2",
      "{own}/v1/..／v2",
      "{own}/v1/..＼v2",
      "{own}/v1/‥/v2",
      "{own}/v1/․․/v2",
      "{own}/v1/﹒./v2",
      "{own}/v1/..﹨v2",
      "{own}/v1/︰/v2",
      "{own}/v1/%uff0e%uff0e/v2",
      "{own}/v1/%f8%80%80%80%ae%f8%80%80%80%ae/v2",
      "{own}/v1/%fc%80%80%80%80%ae./v2",
      "{own}/v1/%00../v2",
      "{own}/v1/%20../v2",
      "{own}/v1/%e2%80%8b../v2",
      "{own}/v1/.%00./v2",
      "{own}/v1/%2e%00%2e",
      "{friend}/v1/me",
      "{stranger}/v1/me",
      "http://localhost:{port}/v1/me",
      "{own}//v1/me",
    ];
    const seen = await carried(["{own}/v1"], urls);
    for (const [url, ...what] of seen)
      assert.ok(
        what.every((one) => one === "none"),
        `${url}: ${what}`,
      );
    // All but localhost, which may be another address, were really asked.
    for (const [url, ...what] of seen)
      assert.ok(what.length > 0 || url.includes("localhost"), `${url} was not sent`);
  });

  test("does not go where a host only looks like an allowed one", async () => {
    // Nobody resolves them: what would be sent is seen at the global fetch.
    const urls = [
      "https://api.test.evil.test/",
      "https://api.test./",
      "https://api.tést/",
      "https://xapi.test/",
      "https://api.test@evil.test/",
      "https://api.test:8443/",
      "http://api.test/",
      "https://apì.test/",
      "https://api.test%2eevil.test/",
      "https://evil.test/https://api.test/",
      "https://evil.test\\@api.test/",
      "https://evil.test#@api.test/",
      "https://evil.test?api.test",
      "blob:https://api.test/x",
      "wss://api.test/",
    ];
    const allowed = [
      "https://api.test/",
      "https://API.TEST/",
      "https://api.test:443/",
      "https://api。test/",
      "https:api.test/",
      "https://api.test\\x",
      "https://ａｐｉ.test/",
    ];
    const seen = await stage.page.evaluate(
      async (urls) => {
        const session = createSession({
          refresh: "/auth/refresh",
          name: "hosts",
          sendTokenTo: ["https://api.test"],
        });
        await session.ready;
        const { fetch } = globalThis;
        const seen = [];
        globalThis.fetch = async (input, init) => {
          const headers = input instanceof Request ? input.headers : new Headers(init?.headers);
          seen.push(headers.has("authorization"));
          return new Response("");
        };
        for (const url of urls) await session.fetch(url);
        globalThis.fetch = fetch;
        return seen;
      },
      [...urls, ...allowed],
    );
    assert.deepEqual(seen, [...urls.map(() => false), ...allowed.map(() => true)]);
  });

  for (const status of [301, 302, 303, 307, 308]) {
    test(`is dropped by the browser at a redirect to another origin, and kept within one (${status})`, async () => {
      for (const method of ["GET", "POST"]) {
        const init = method === "POST" ? { method, body: "x" } : {};
        const to = (target) =>
          `{own}/v1/a?status=${status}&to=${encodeURIComponent(target.replace("{own}", stage.recorder.own))}`;
        const across = ["friend", "stranger"].map((name) => to(`${stage.recorder[name]}/end`));
        assert.deepEqual(
          await carried(["{own}/v1", "{friend}"], across, init),
          each(across, "token", "none"),
        );
        // A path prefix is no boundary against an open redirect: the README says so.
        const within = [to("/elsewhere")];
        assert.deepEqual(await carried(["{own}/v1"], within, init), each(within, "token", "token"));
        // Away and back again: it does not come back with it.
        const back = [
          to(
            `${stage.recorder.stranger}/b?status=${status}&to=${encodeURIComponent(`${stage.recorder.own}/v1/end`)}`,
          ),
        ];
        assert.deepEqual(
          await carried(["{own}/v1"], back, init),
          each(back, "token", "none", "none"),
        );
      }
    });
  }

  for (const status of [301, 302, 303, 307, 308]) {
    test(`in another header follows no redirect, and follows all of them where that is wanted (${status})`, async () => {
      const to = (target) =>
        `{own}/v1/a?status=${status}&to=${encodeURIComponent(target.replace("{own}", stage.recorder.own))}`;
      const across = ["friend", "stranger"].map((name) => to(`${stage.recorder[name]}/end`));
      const within = [to("/elsewhere")];
      for (const init of [
        {},
        { method: "POST", body: "x" },
        { keepalive: true },
        { integrity: "sha256-AAAA" },
      ]) {
        const attach = { header: "x-api-token", scheme: "" };
        // With a digest native fetch rejects, and what may be behind it is looked at once more.
        const sent = init.integrity ? ["token", "token"] : ["token"];
        assert.deepEqual(
          await carried(["{own}/v1", "{friend}"], across, init, attach),
          each(across, ...sent),
        );
        assert.deepEqual(await carried(["{own}/v1"], within, init, attach), each(within, ...sent));
      }
      // The README warns of it: the browser does not drop it.
      const attach = { header: "x-api-token", scheme: "", followRedirects: true };
      assert.deepEqual(
        await carried(["{own}/v1", "{friend}"], across, {}, attach),
        each(across, "token", "token"),
      );
    });
  }

  test("in another header has a redirect rejected as native fetch does it, or seen by who follows it by hand", async () => {
    const url = `/v1/a?status=307&to=${encodeURIComponent(`${stage.recorder.stranger}/end`)}`;
    const seen = await stage.page.evaluate(async (url) => {
      const session = createSession({
        refresh: "/auth/refresh",
        name: "stays",
        attach: { header: "x-api-token" },
      });
      const { name } = await session.fetch(url).catch((error) => error);
      const { type } = await session.fetch(url, { redirect: "manual" });
      return [name, type, (await session.fetch("/v1/a")).status];
    }, url);
    assert.deepEqual(seen, ["TypeError", "opaqueredirect", 200]);
  });

  test("in another header that is replaced stays as well", async () => {
    const recorder = stage.recorder;
    const url = `/v1/a?mark=${Math.random()}&refuse&status=307&to=${encodeURIComponent(`${recorder.stranger}/end`)}`;
    const before = recorder.requests.length;
    await stage.page.evaluate(async (url) => {
      const session = createSession({
        refresh: "/auth/refresh",
        name: "replays",
        attach: { header: "x-api-token" },
      });
      await session.fetch(url).catch(() => {});
    }, url);
    const sent = recorder.requests
      .slice(before)
      .map(({ origin, headers }) => [
        origin === recorder.own,
        headers["x-api-token"] !== undefined,
      ]);
    assert.deepEqual(sent, [
      [true, true],
      [true, true],
    ]);
  });

  test("a 401 of somebody else, after a redirect, refreshes nothing", async () => {
    const { refreshes } = stage.recorder;
    const url = `{own}/v1/a?status=307&to=${encodeURIComponent(`${stage.recorder.stranger}/end?status=401`)}`;
    assert.deepEqual(await carried(["{own}/v1"], [url, url]), each([url, url], "token", "none"));
    assert.equal(stage.recorder.refreshes - refreshes, 1, "the restore alone");
  });

  test("does not go with mode no-cors", async () => {
    assert.deepEqual(
      await carried(["{own}/v1"], ["{own}/v1/me"], { mode: "no-cors" }),
      each(["{own}/v1/me"], "none"),
    );
  });
});
