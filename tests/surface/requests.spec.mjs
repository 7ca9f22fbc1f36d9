// Requests and responses of session.fetch, for all kinds of arguments: in a page and in a worker.
// More ways to call, beside native fetch and against real servers: ../fetch.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("look-alikes of a URL that may carry the token get none, and are sent once", {
  tag: ["@scenario-13", "@scenario-57"],
}, async ({ run, runInWorker }) => {
  const elsewhere = [
    "https://app.test/apiary/me",
    "https://app.test/",
    "https://app.test/api/..%2fauth",
    "https://app.test/api/%2e%2e%2fauth",
    "https://app.test/api/../x/api/me",
    "https://app.test.evil.test/api/me",
    "https://app.test:8443/api/me",
    "http://app.test/api/me",
  ];
  for (const there of [run, runInWorker]) {
    const seen = await there(async (elsewhere) => {
      const { server, session } = await started({ sendTokenTo: ["https://app.test/api"] });
      const seen = [];
      for (const url of [...elsewhere, "HTTPS://APP.TEST:443/x/../api/me"]) {
        const before = server.calls.length;
        const { status } = await session.fetch(url);
        const [call, ...more] = server.calls.slice(before);
        seen.push([status, call.authorization !== undefined, more.length]);
      }
      // Native fetch refuses it before anything is sent.
      const userinfo = await outcome(session.fetch("https://app.test@evil.test/api/me"));
      session.close();
      return [...seen, userinfo.thrown.name];
    }, elsewhere);
    assert.deepEqual(seen, [...elsewhere.map(() => [401, false, 0]), [200, true, 0], "TypeError"]);
  }
});

test("what goes elsewhere is sent with the caller's own arguments", async ({
  run,
  runInWorker,
}) => {
  for (const there of [run, runInWorker]) {
    const seen = await there(async () => {
      const { server, session } = await started();
      const init = { method: "POST", body: "x" };
      await session.fetch("https://other.test/", init);
      const { args } = server.calls.at(-1);
      session.close();
      return [args.length, args[0], args[1] === init];
    });
    assert.deepEqual(seen, [2, "https://other.test/", true]);
  }
});

test("the response is the one that fetch has given, and a request of the caller's is not touched", {
  tag: ["@scenario-20"],
}, async ({ run, runInWorker }) => {
  for (const there of [run, runInWorker]) {
    const seen = await there(async () => {
      const { server, session } = await started();
      server.revoke();
      const request = new Request("/api/put", {
        method: "PUT",
        body: "content",
        headers: { "X-Mine": "1" },
      });
      const response = await session.fetch(request);
      const sent = server.calls.filter(({ url }) => url.includes("/api/put"));
      session.close();
      return {
        isIt: response === sent.at(-1).response,
        status: response.status,
        own: [...request.headers.keys()],
        sent: sent.map(({ method, bytes, request }) => [
          method,
          bytes.split(",").length,
          request.headers.get("x-mine"),
        ]),
      };
    });
    assert.deepEqual(seen, {
      isIt: true,
      status: 200,
      own: ["content-type", "x-mine"],
      sent: [
        ["PUT", 7, "1"],
        ["PUT", 7, "1"],
      ],
    });
  }
});

test("bodies are sent again to the byte, and a stream is not", {
  tag: ["@scenario-10", "@scenario-19"],
}, async ({ run, runInWorker }) => {
  for (const there of [run, runInWorker]) {
    const seen = await there(async () => {
      const form = new FormData();
      form.append("file", new Blob(["content"]), "a.txt");
      const bodies = {
        string: "grüße",
        bytes: new Uint8Array([0, 255, 10, 13]),
        blob: new Blob([new Uint8Array([1, 2, 3])], { type: "image/png" }),
        params: new URLSearchParams({ a: "1 2", b: "&" }),
        form,
        stream: new Blob(["streamed"]).stream(),
      };
      const seen = {};
      for (const [name, body] of Object.entries(bodies)) {
        // Each has a session of its own: after several early rejections tokens are replaced before
        // they are sent.
        const { server, session } = await started({ name });
        server.revoke();
        const init = { method: "POST", body, ...(name === "stream" && { duplex: "half" }) };
        const { status } = await session.fetch("/api/post", init);
        const sent = server.calls.filter(({ url }) => url.includes("/api/post"));
        const forms = sent.map((call) => `${call.method} ${call["content-type"]} ${call.bytes}`);
        seen[name] = [status, sent.length, new Set(forms).size, sent[0].bytes.length > 0];
        session.close();
      }
      return seen;
    });
    const replayed = [200, 2, 1, true];
    assert.deepEqual(seen, {
      string: replayed,
      bytes: replayed,
      blob: replayed,
      params: replayed,
      form: replayed,
      stream: [401, 1, 1, true],
    });
  }
});

test("what is to outlive the page does, and so does its replay", async ({ run, runInWorker }) => {
  for (const there of [run, runInWorker]) {
    const seen = await there(async () => {
      const { server, session } = await started();
      const init = { method: "POST", body: "x", referrer: "", referrerPolicy: "origin" };
      await session.fetch("/api/once", init);
      server.revoke();
      await session.fetch("/api/beacon", { ...init, keepalive: true });
      session.close();
      return server.calls
        .filter(({ url }) => url.includes("/api/"))
        .map(({ args, request, keepalive, bytes }) => [
          keepalive,
          bytes,
          request.referrer,
          request.referrerPolicy,
          // Firefox copies it from no Request.
          keepalive ? args[1] : args[1]?.keepalive,
        ]);
    });
    const again = { keepalive: true, referrer: "", referrerPolicy: "origin" };
    const beacon = [true, "120", "", "origin", again];
    assert.deepEqual(seen, [[false, "120", "", "origin", undefined], beacon, beacon]);
  }
});

test("a refresh and a sign-out outlive their page, have no signal, and each attempt has its own id", {
  tag: ["@scenario-52", "@scenario-57", "@scenario-65"],
}, async ({ run, runInWorker }) => {
  for (const there of [run, runInWorker]) {
    const seen = await there(async () => {
      const { server, session } = await started({ signOut: "/auth/logout" });
      await session.refresh();
      await session.signOut();
      session.close();
      const ids = server.calls.map((call) => call["x-requested-with"]);
      return {
        ids: [new Set(ids).size, ids.every((id) => /^[0-9a-f]{32}$/.test(id))],
        sent: server.calls.map(({ args, method, credentials, cache, redirect, bytes }) => [
          method,
          credentials,
          cache,
          redirect,
          bytes,
          args[1].keepalive,
          Object.keys(args[1]).sort().join(),
        ]),
        carried: server.calls.filter((call) => call.authorization ?? call["content-type"]),
      };
    });
    const sent = (redirect) => [
      "POST",
      "include",
      "no-store",
      redirect,
      "",
      true,
      "keepalive,referrer,referrerPolicy",
    ];
    assert.deepEqual(seen, {
      ids: [3, true],
      sent: [sent("manual"), sent("manual"), sent("manual")],
      carried: [],
    });
  }
});

test("a refresh that is given up on is not aborted, not by close() either", {
  tag: ["@scenario-66"],
}, async ({ run, runInWorker }) => {
  for (const there of [run, runInWorker]) {
    const isAborted = await there(async () => {
      const { server, session } = start({ timeout: 1 });
      server.holdRefresh();
      await session.ready;
      const { code } = session.state.error;
      session.close();
      const { request, args } = server.calls[0];
      return [code, request.signal.aborted, args[0].signal.aborted];
    });
    assert.deepEqual(isAborted, ["ERR_REFRESH_TIMEOUT", false, false]);
  }
});

test("what the refresh endpoint answers is told apart", {
  tag: ["@scenario-7", "@scenario-54"],
}, async ({ run, runInWorker }) => {
  const html = '{"content-type":"text/html; charset=utf-8"}';
  const date =
    '{"retry-after":"Wed, 21 Oct 2015 07:28:07 GMT","date":"Wed, 21 Oct 2015 07:28:00 GMT"}';
  const unavailable = "ERR_REFRESH_UNAVAILABLE";
  const malformed = "ERR_REFRESH_MALFORMED";
  const cases = [
    [403, "<html>", html, unavailable, "protocol", 403],
    [401, "", '{"www-authenticate":"Basic realm=\\"proxy\\""}', unavailable, "protocol", 401],
    [200, "<html>", html, unavailable, "protocol", 200],
    [500, "{}", "{}", unavailable, "transient", 500],
    [404, "{}", "{}", unavailable, "transient", 404],
    [503, "", '{"retry-after":"7"}', unavailable, "throttled", 503],
    [429, "", date, unavailable, "throttled", 429],
    [503, "", '{"retry-after":"soon"}', unavailable, "transient", 503],
    [200, "", "{}", malformed, "protocol", undefined],
    [200, '{"access_token":7}', "{}", malformed, "protocol", undefined],
    [200, '{"access_token":"opaque"}', "{}", malformed, "protocol", undefined],
    [200, '{"access_token":"opaque","expires_in":"0"}', "{}", malformed, "protocol", undefined],
  ];
  for (const there of [run, runInWorker]) {
    const seen = await there(async (cases) => {
      const seen = [];
      for (const [index, [status, body, headers]] of cases.entries()) {
        const { server, session } = start({
          refresh: `https://auth-${index}.test/auth/refresh`,
        });
        server.answerRefresh(status, body, headers);
        await session.ready;
        const { status: phase, error, retryAt } = session.state;
        seen.push([phase, typeof retryAt, error.code, error.kind, error.status]);
        session.close();
      }
      return seen;
    }, cases);
    assert.deepEqual(
      seen,
      cases.map(([, , , ...told]) => ["unknown", "number", ...told]),
    );
  }
});

test("fifty calls at once cost one refresh", { tag: ["@scenario-1"] }, async ({
  run,
  runInWorker,
}) => {
  for (const there of [run, runInWorker]) {
    const seen = await there(async () => {
      const { server, session } = await started();
      server.revoke();
      const calls = Array.from({ length: 50 }, () => session.fetch("/api/me"));
      const statuses = (await Promise.all(calls)).map(({ status }) => status);
      session.close();
      return [[...new Set(statuses)], server.count("/auth/refresh")];
    });
    assert.deepEqual(seen, [[200], 2]);
  }
});

test("a worker sends by its own fetch where none is given", async ({ page, runInWorker }) => {
  const token = await runInWorker(() => new FakeServer().token());
  const json = { contentType: "application/json" };
  await page.route("**/auth/refresh", (route) =>
    route.fulfill({ ...json, body: JSON.stringify({ access_token: token }) }),
  );
  const carried = [];
  await page.route("**/api/me", (route) => {
    carried.push(route.request().headers().authorization);
    return route.fulfill({ ...json, body: '{"name":"alice"}' });
  });
  const seen = await runInWorker(async () => {
    const session = createSession({ refresh: "/auth/refresh" });
    await session.ready;
    const response = await session.fetch("/api/me");
    return [session.state.status, await response.json()];
  });
  assert.deepEqual(seen, ["active", { name: "alice" }]);
  assert.deepEqual(carried, [`Bearer ${token}`]);
});
