// session.fetch is fetch, with a token where it may go.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("it has fetch's name and length, works detached, and is the same each time", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    const { fetch } = session;
    const response = await fetch("/api/me");
    return [
      fetch.name,
      fetch.length,
      response.status,
      response === server.calls.at(-1).response,
      fetch === session.fetch,
    ];
  });
  assert.deepEqual(seen, ["fetch", 1, 200, true, true]);
});

test("what native fetch rejects with a TypeError rejects so, and nothing throws", async ({
  run,
}) => {
  const seen = await run(async () => {
    const wrong = [
      ["http://["],
      ["/api/me", { method: "GET", body: "x" }],
      ["/api/me", 5],
      ["/api/me", { headers: { "a b": "c" } }],
    ];
    const names = async (fetch) => {
      const promises = wrong.map((args) => fetch(...args));
      return Promise.all(
        promises.map(async (each) => each instanceof Promise && (await outcome(each)).thrown?.name),
      );
    };
    const { release } = heldWasm();
    const early = start({ fetch: undefined, restore: false }).session;
    const queued = names(early.fetch);
    release();
    const { session } = await started({ fetch: undefined, restore: false });
    return {
      native: await names(nativeFetch),
      queued: await queued,
      loaded: await names(session.fetch),
    };
  });
  assert.deepEqual(seen.native, Array(4).fill("TypeError"));
  assert.deepEqual(seen, { native: seen.native, queued: seen.native, loaded: seen.native });
});

test("fetch() without an argument rejects as native fetch does, and sends nothing", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { release } = heldWasm();
    const { server, session } = start();
    const queued = outcome(session.fetch());
    release();
    await session.ready;
    const all = [await outcome(nativeFetch()), await queued, await outcome(session.fetch())];
    return {
      names: all.map(({ thrown }) => thrown?.name),
      sent: server.calls.map(({ url }) => new URL(url).pathname),
    };
  });
  assert.deepEqual(seen, { names: Array(3).fill("TypeError"), sent: ["/auth/refresh"] });
});

test("an error of fetch is passed on by identity", async ({ run }) => {
  const isSame = await run(async () => {
    const { server, session } = await started();
    const error = new TypeError("network down");
    server.failApi(error);
    return session.fetch("/api/me").catch((caught) => caught === error);
  });
  assert.equal(isSame, true);
});

test("the token goes to the page's own origin by default, in every form of input", {
  tag: ["@scenario-13"],
}, async ({ run }) => {
  const carried = await run(async () => {
    const { server, session } = await started();
    const inputs = [
      "/api/me",
      "api/me",
      `${location.origin}/api/me`,
      new URL("/api/me", location.href),
      new Request("/api/me"),
      "https://api.test/me",
      "//api.test/me",
      new URL("https://api.test/me"),
      new Request("https://api.test/me"),
      `${location.protocol}//${location.hostname}:1/api/me`,
      "data:,x",
    ];
    for (const input of inputs) await session.fetch(input);
    return server.calls.slice(1).map((call) => call.authorization === `Bearer ${server.good}`);
  });
  assert.deepEqual(carried, [...Array(5).fill(true), ...Array(6).fill(false)]);
});

test("a list replaces the default; a prefix ends at a path boundary", async ({ run }) => {
  const carried = await run(async () => {
    const { server, session } = await started({
      sendTokenTo: ["https://api.test/v1", new URL("https://b.test")],
    });
    const inputs = [
      "https://api.test/v1",
      "https://api.test/v1/me",
      "https://b.test/any?a=1",
      "/api/me",
      "https://api.test/v10",
      "https://api.test/",
      "https://api.test/v1/../v2",
      "https://api.test.evil.test/v1",
    ];
    for (const input of inputs) await session.fetch(input);
    return server.calls.slice(1).map(({ authorization }) => authorization !== undefined);
  });
  assert.deepEqual(carried, [true, true, true, ...Array(5).fill(false)]);
});

test("an empty list sends the token nowhere", async ({ run }) => {
  const authorization = await run(async () => {
    const { server, session } = await started({ sendTokenTo: [] });
    await session.fetch("/api/me");
    return server.calls.at(-1).authorization ?? "none";
  });
  assert.equal(authorization, "none");
});

test("the token in hand that the caller has put there itself is replaced when it is refused", async ({
  run,
}) => {
  const { statuses, refreshes, tokens } = await run(async () => {
    const { server, session } = await started();
    const authorization = `Bearer ${await session.accessToken()}`;
    server.revoke();
    const statuses = [];
    for (const headers of [
      { authorization },
      [["Authorization", authorization]],
      new Headers({ authorization }),
    ]) {
      statuses.push((await session.fetch("/api/me", { headers })).status);
    }
    const tokens = [0, 1].map(
      (index) => server.member("/api/me", index, "authorization") === authorization,
    );
    return { statuses, refreshes: server.count("/auth/refresh"), tokens };
  });
  // The first call replaced the token. For the others the old one is a header of the caller's own.
  assert.deepEqual(statuses, [200, 401, 401]);
  assert.deepEqual([refreshes, tokens], [2, [true, false]]);
});

test("a 401 that asks for another way to authenticate refreshes nothing, and does not count", {
  tag: ["@scenario-83"],
}, async ({ run }) => {
  const { statuses, refreshes, status } = await run(async () => {
    const { server, session } = await started();
    const statuses = [];
    for (let time = 0; time < 5; time++) {
      server.answerApi(
        401,
        JSON.stringify({
          "www-authenticate": 'Bearer error="insufficient_user_authentication", acr_values="mfa"',
        }),
      );
      statuses.push((await session.fetch("/api/me")).status);
    }
    // The breaker is closed: a token that is refused is replaced at once.
    server.revoke();
    statuses.push((await session.fetch("/api/me")).status);
    return { statuses, refreshes: server.count("/auth/refresh"), status: session.state.status };
  });
  assert.deepEqual([statuses, refreshes, status], [[401, 401, 401, 401, 401, 200], 2, "active"]);
});

test("a Request whose body is a stream is teed once, and the half that is not needed is cancelled", {
  tag: ["@scenario-18"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const { session } = await started();
    const counts = { clones: 0, cancelled: 0 };
    const { clone } = Request.prototype;
    const { cancel } = ReadableStream.prototype;
    Request.prototype.clone = function () {
      counts.clones += 1;
      return clone.call(this);
    };
    ReadableStream.prototype.cancel = function (reason) {
      counts.cancelled += 1;
      return cancel.call(this, reason);
    };
    const body = new Blob(["streamed"]).stream();
    const request = new Request("/api/echo", { method: "POST", body, duplex: "half" });
    const { status } = await session.fetch(request);
    return { ...counts, status };
  });
  assert.deepEqual(seen, { clones: 1, cancelled: 1, status: 200 });
});

test("a request that brings its own Authorization is passed on untouched", {
  tag: ["@scenario-11"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    const init = { headers: { Authorization: "Basic eDp5" } };
    const { status } = await session.fetch("/api/me", init);
    const { args, authorization } = server.calls.at(-1);
    return [
      status,
      authorization,
      args[0] === "/api/me",
      args[1] === init,
      server.count("/auth/refresh"),
    ];
  });
  assert.deepEqual(seen, [401, "Basic eDp5", true, true, 1]);
});

test("a 401 refreshes once and sends once more; many at a time share the refresh", {
  tag: ["@scenario-2"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    server.revoke();
    const init = { method: "PUT", body: "grüße" };
    const responses = await Promise.all([
      session.fetch("/api/a", init),
      session.fetch("/api/b", init),
      session.fetch("/api/c", init),
    ]);
    const bodies = server.calls.filter(({ method }) => method === "PUT").map(({ bytes }) => bytes);
    return [
      responses.map(({ status }) => status),
      server.count("/auth/refresh"),
      bodies.length,
      new Set(bodies).size,
    ];
  });
  assert.deepEqual(seen, [[200, 200, 200], 2, 6, 1]);
});

test("a session that has ended sends without a token", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    await session.signOut();
    const { status } = await session.fetch("/api/me");
    return [status, server.calls.at(-1).authorization ?? "none", server.count("/auth/refresh")];
  });
  assert.deepEqual(seen, [401, "none", 1]);
});

test("a request without a token in time rejects with a RefreshError", async ({ run }) => {
  const thrown = await run(async () => {
    const { server, session } = start({ patience: 0 });
    server.failRefresh();
    await session.ready;
    server.failRefresh();
    return (await outcome(session.fetch("/api/me"))).thrown;
  });
  assert.deepEqual(
    [thrown.name, thrown.code, thrown.retryable],
    ["RefreshError", "ERR_REFRESH_UNAVAILABLE", true],
  );
});

test("an abort ends the wait for a token, with the signal's own reason", {
  tag: ["@scenario-15"],
}, async ({ run }) => {
  const isReason = await run(async () => {
    const { server, session } = start();
    server.holdRefresh();
    const reason = { mine: true };
    const controller = new AbortController();
    const answer = session.fetch("/api/me", { signal: controller.signal });
    await nextTask();
    controller.abort(reason);
    return answer.catch((error) => error === reason);
  });
  assert.equal(isReason, true);
});

test("the global fetch is looked up at each call", async ({ run }) => {
  const seen = await run(async () => {
    const [first, second] = [new FakeServer(), new FakeServer()];
    globalThis.fetch = first.fetch;
    const session = createSession({
      refresh: "/auth/refresh",
    });
    await session.ready;
    globalThis.fetch = second.fetch;
    await session.refresh();
    await session.fetch("/api/me");
    await session.fetch("https://api.test/");
    const told = [first.calls.length, second.calls.length, globalThis.fetch === second.fetch];
    session.close();
    return told;
  });
  assert.deepEqual(seen, [1, 3, true]);
});

test("the fetch of the options is used, whatever the global one becomes", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    let others = 0;
    globalThis.fetch = async () => void (others += 1);
    await session.fetch("/api/me");
    await session.fetch("https://api.test/");
    await session.refresh();
    return [server.calls.length, others];
  });
  assert.deepEqual(seen, [4, 0]);
});
