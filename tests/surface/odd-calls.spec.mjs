// Calls of session.fetch with unusual arguments or responses.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("headers that can be read once only arrive, and an authorization in them is the caller's", {
  tag: ["@scenario-11"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const once = (...pairs) => {
      const iterator = pairs[Symbol.iterator]();
      return { [Symbol.iterator]: () => iterator };
    };
    const forms = [
      once,
      (...pairs) => new Map(pairs).entries(),
      (...pairs) => pairs.map((pair) => pair[Symbol.iterator]()),
    ];
    const { server, session } = await started();
    const seen = [];
    for (const form of forms) {
      await session.fetch("/api/me", { headers: form(["content-type", "text/mine"]) });
      const plain = server.calls.at(-1);
      await session.fetch("/api/me", {
        headers: form(["authorization", "Basic eDp5"], ["content-type", "text/mine"]),
      });
      const own = server.calls.at(-1);
      seen.push([
        plain["content-type"],
        plain.authorization === `Bearer ${server.good}`,
        own["content-type"],
        own.authorization,
      ]);
    }
    return [seen, server.count("/auth/refresh")];
  });
  assert.deepEqual(seen, [Array(3).fill(["text/mine", true, "text/mine", "Basic eDp5"]), 1]);
});

test("what such headers make invalid is not sent", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    const headers = () => new Map([["a b", "c"]]).entries();
    const names = [];
    for (const fetch of [nativeFetch, session.fetch])
      names.push((await outcome(fetch("/api/me", { headers: headers() }))).thrown.name);
    return [names, server.count("/api/me")];
  });
  assert.deepEqual(seen, [["TypeError", "TypeError"], 0]);
});

test("an object that reads as a URL is read once, and sent to where it read", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    const reads = [];
    for (const [first, then] of [
      ["/api/a", "https://evil.test/"],
      ["https://evil.test/b", "/api/b"],
    ]) {
      let count = 0;
      await session.fetch({ toString: () => (count++ === 0 ? first : then) });
      reads.push(count);
    }
    const error = new RangeError("mine");
    const isSame = await session
      .fetch({
        toString() {
          throw error;
        },
      })
      .catch((thrown) => thrown === error);
    const sent = server.calls
      .slice(1)
      .map(({ url, authorization }) => [
        new URL(url).pathname,
        new URL(url).host === location.host,
        authorization !== undefined,
      ]);
    return { reads, isSame, sent };
  });
  assert.deepEqual(seen, {
    reads: [1, 1],
    isSame: true,
    sent: [
      ["/api/a", true, true],
      ["/b", false, false],
    ],
  });
});

test("a mode that is no string is a mode all the same", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    const mode = { toString: () => "no-cors" };
    const { status } = await session.fetch("/api/a", { mode });
    const { thrown } = await outcome(session.fetchWith({ token: "required" })("/api/b", { mode }));
    return [
      status,
      server.member("/api/a", 0, "authorization") ?? "none",
      thrown?.code,
      server.count("/api/b"),
    ];
  });
  assert.deepEqual(seen, [401, "none", "ERR_TOKEN_NOT_ALLOWED", 0]);
});

test("what a mock answers is the caller's, whatever it is, and the session goes on", async ({
  run,
}) => {
  const seen = await run(async () => {
    const server = new FakeServer();
    const answers = [
      undefined,
      null,
      5,
      "text",
      {},
      { status: 200 },
      { redirected: true },
      { redirected: true, url: "http://[" },
      { status: 204, headers: {} },
      { status: 200, headers: new Map() },
      {
        get status() {
          throw new Error("no status");
        },
      },
    ];
    let odd;
    const fetch = async (...args) => (odd === undefined ? server.fetch(...args) : odd.answer);
    const session = createSession({ refresh: "/auth/refresh", fetch });
    await session.ready;
    const isSame = [];
    for (const answer of answers) {
      odd = { answer };
      isSame.push(
        (await session.fetch("/api/me", { keepalive: isSame.length % 2 === 0 })) === answer,
      );
      isSame.push((await session.fetch("/api/me", { method: "POST", body: "x" })) === answer);
    }
    odd = undefined;
    return [isSame.every(Boolean), isSame.length, (await session.fetch("/api/me")).status];
  });
  assert.deepEqual(seen, [true, 22, 200]);
});

test("a mock's 401 without anything else is one, and is replaced", async ({ run }) => {
  const seen = await run(async () => {
    const server = new FakeServer();
    const answers = [{ status: 401 }, { status: 200, mine: true }];
    const fetch = async (...args) =>
      String(args[0]?.url ?? args[0]).includes("/auth/") ? server.fetch(...args) : answers.shift();
    const session = createSession({ refresh: "/auth/refresh", fetch });
    await session.ready;
    return [
      (await session.fetch("/api/me", { method: "POST", keepalive: true, body: "x" })).mine,
      server.count("/auth/refresh"),
    ];
  });
  assert.deepEqual(seen, [true, 2]);
});

test("a prefix is taken at its word: what ends with two slashes does not stand for the origin", async ({
  run,
}) => {
  const carried = await run(async () => {
    const { server, session } = await started({
      sendTokenTo: ["https://api.test//", "https://b.test/v1//"],
    });
    const urls = [
      "https://api.test/me",
      "https://b.test/v1/me",
      "https://api.test//me",
      "https://b.test/v1//me",
    ];
    for (const url of urls) await session.fetch(url);
    return server.calls.slice(1).map(({ authorization }) => authorization !== undefined);
  });
  assert.deepEqual(carried, [false, false, true, true]);
});

test("a stream that goes without a token is not held for a replay", async ({ run }) => {
  const seen = await run(async () => {
    const { cancel } = ReadableStream.prototype;
    let cancelled = 0;
    ReadableStream.prototype.cancel = function (reason) {
      cancelled += 1;
      return cancel.call(this, reason);
    };
    const server = new FakeServer();
    let whenSent;
    const fetch = (...args) => {
      whenSent = cancelled;
      return server.fetch(...args);
    };
    const session = createSession({ refresh: "/auth/refresh", restore: false, fetch });
    await session.ready;
    const body = new Blob(["streamed"]).stream();
    const { status } = await session.fetch(
      new Request("/api/echo", { method: "POST", body, duplex: "half" }),
    );
    return [status, whenSent];
  });
  assert.deepEqual(seen, [401, 1]);
});
