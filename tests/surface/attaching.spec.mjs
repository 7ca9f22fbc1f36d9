// The header and the scheme by which a request carries its token.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("the header and the scheme are as set, with the first request and with the replay; accessToken() gives the bare token", async ({
  run,
}) => {
  const seen = await run(async () => {
    const ways = [
      undefined,
      {},
      { scheme: "JWT" },
      { scheme: "" },
      { header: "X-Api-Token" },
      { header: "x-api-token", scheme: "" },
      { header: "AUTHORIZATION", scheme: "Token" },
    ];
    const seen = [];
    for (const attach of ways) {
      const { server, session } = await started({
        attach,
        name: JSON.stringify(attach) ?? "default",
      });
      server.revoke();
      const { status } = await session.fetch("/api/me", { method: "POST", body: "x" });
      const carried = server.calls
        .filter(({ url }) => url.endsWith("/api/me"))
        .map(({ request }) => {
          const [name, value] = [...request.headers].find(
            ([, value]) => value.split(".").length === 3,
          );
          return `${name}: ${value}`.replace(/\S+\.(\d)$/, "$1");
        });
      seen.push([status, ...carried, (await session.accessToken()) === server.good]);
      session.close();
    }
    return seen;
  });
  const expected = [
    "authorization: Bearer ",
    "authorization: Bearer ",
    "authorization: JWT ",
    "authorization: ",
    "x-api-token: Bearer ",
    "x-api-token: ",
    "authorization: Token ",
  ];
  assert.deepEqual(
    seen,
    expected.map((before) => [200, `${before}1`, `${before}2`, true]),
  );
});

test("a request that brings the header is the caller's own, also while the wasm loads", async ({
  run,
}) => {
  const seen = await run(async () => {
    const attach = { header: "X-Api-Token" };
    const { release } = heldWasm();
    const { server, session } = start({ attach });
    const inits = [
      { headers: { "x-api-token": "mine" } },
      { headers: [["X-API-TOKEN", "mine"]] },
      { headers: new Headers({ "X-Api-Token": "" }) },
    ];
    const isSame = [];
    const callAll = async () => {
      for (const init of inits) {
        await session.fetch("/api/me", init);
        const { args, request } = server.calls.at(-1);
        isSame.push(args[0] === "/api/me" && args[1] === init && request.redirect === "follow");
      }
    };
    await callAll();
    release();
    await session.ready;
    await callAll();
    const request = new Request("/api/me", inits[0]);
    await session.fetch(request);
    isSame.push(server.calls.at(-1).args[0] === request);
    return [isSame, server.count("/auth/refresh")];
  });
  assert.deepEqual(seen, [Array(7).fill(true), 1]);
});

test("an Authorization of the caller's goes beside a token in another header", async ({ run }) => {
  const seen = await run(async () => {
    const init = { headers: { authorization: "Basic eDp5" } };
    const attach = { header: "X-Api-Token", scheme: "" };
    const { release } = heldWasm();
    const { server, session } = start({ attach });
    const held = session.fetch("/api/a", init);
    release();
    await held;
    await session.fetch("/api/b", init);
    return server.calls
      .slice(1)
      .map(({ request, authorization }) => [
        authorization,
        request.headers.get("x-api-token") === server.good,
      ]);
  });
  assert.deepEqual(seen, Array(2).fill(["Basic eDp5", true]));
});

test("the token in hand that the caller has put there itself is replaced when it is refused", {
  tag: ["@scenario-12"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started({
      attach: { header: "X-Api-Token", scheme: "JWT" },
    });
    const headers = { "x-api-token": `JWT ${await session.accessToken()}` };
    server.revoke();
    return [(await session.fetch("/api/me", { headers })).status, server.count("/auth/refresh")];
  });
  assert.deepEqual(seen, [200, 2]);
});

test("a token in another header than Authorization follows no redirect, unless that is wanted", async ({
  run,
}) => {
  const seen = await run(async () => {
    const redirects = async (attach) => {
      const { server, session } = await started({ attach, name: JSON.stringify(attach) });
      const send = async (...args) => {
        await outcome(session.fetch(...args));
        return server.calls.at(-1).redirect;
      };
      const seen = [
        await send("/api/me"),
        await send("/api/me", { method: "POST", body: "x", keepalive: true }),
      ];
      seen.push(
        await send("/api/me", { redirect: "manual" }),
        await send(new Request("/api/me", { redirect: "error" })),
      );
      server.revoke();
      seen.push(await send("/api/me"));
      // These requests carry no token.
      seen.push(await send("https://api.test/"), await send("/api/me", { mode: "no-cors" }));
      await session.signOut();
      seen.push(await send("/api/me"));
      session.close();
      return seen;
    };
    return [
      await redirects({ header: "X-Api-Token" }),
      await redirects({ header: "X-Api-Token", followRedirects: true }),
      await redirects({ scheme: "" }),
    ];
  });
  const stays = ["error", "error", "manual", "error", "error", "follow", "follow", "follow"];
  const follows = ["follow", "follow", "manual", "error", "follow", "follow", "follow", "follow"];
  assert.deepEqual(seen, [stays, follows, follows]);
});

test("what is said again for that leaves the rest of the request as it is", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started({ attach: { header: "X-Api-Token" } });
    const members = [
      "method",
      "mode",
      "credentials",
      "cache",
      "integrity",
      "keepalive",
      "referrer",
      "referrerPolicy",
    ];
    const inits = [
      {},
      { referrer: "" },
      { referrer: `${location.origin}/from?here`, referrerPolicy: "origin" },
      { referrerPolicy: "no-referrer", keepalive: true },
      {
        method: "PUT",
        mode: "same-origin",
        credentials: "omit",
        cache: "reload",
        integrity: "sha256-AAAA",
      },
    ];
    const differences = [];
    for (const init of inits) {
      await session.fetch("/api/me", init);
      const [plain, { request }] = [new Request("/api/me", init), server.calls.at(-1)];
      differences.push(...members.filter((name) => request[name] !== plain[name]));
    }
    const bytes = [];
    server.revoke();
    for (const body of ["grüße", new Blob(["streamed"]).stream(), new Blob(["blob"])]) {
      await session.fetch("/api/echo", { method: "POST", body, duplex: "half" });
      bytes.push(String.fromCharCode(...server.calls.at(-1).bytes.split(",")));
    }
    return [differences, bytes, server.count("/api/echo")];
  });
  assert.deepEqual(seen, [[], ["grÃ¼Ã\u009fe", "streamed", "blob"], 4]);
});

test("a request that is looked at once more for a 401 that integrity hides follows none either", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { server, session, seen, init } = await digesting({
      attach: { header: "X-Api-Token", scheme: "" },
    });
    server.revoke();
    const { status } = await session.fetch("/api/me", init());
    return [
      status,
      server.calls.filter(({ url }) => url.endsWith("/api/me")).map(({ redirect }) => redirect),
      seen.looks.length,
    ];
  });
  assert.deepEqual(seen, [200, ["error", "error", "error"], 1]);
});

test("fetchWith goes by it", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started({ attach: { header: "X-Api-Token", scheme: "" } });
    const required = session.fetchWith({ token: "required" });
    const statuses = [
      (await required("/api/a")).status,
      (await required("/api/b", { headers: { "x-api-token": "mine" } })).status,
    ];
    statuses.push(
      (await session.fetchWith({ passive: true })("/api/c")).status,
      (await session.fetchWith({ token: "none" })("/api/d")).status,
    );
    return [statuses, server.calls.slice(1).map(({ redirect }) => redirect)];
  });
  assert.deepEqual(seen, [
    [200, 401, 200, 401],
    ["error", "follow", "error", "follow"],
  ]);
});

test("an object that changes later changes nothing", async ({ run }) => {
  const seen = await run(async () => {
    const attach = { header: "X-Api-Token", scheme: "JWT" };
    const { release } = heldWasm();
    const { server, session } = start({ attach });
    Object.assign(attach, { header: "Authorization", scheme: "", followRedirects: true });
    release();
    return [(await session.fetch("/api/me")).status, server.calls.at(-1).redirect];
  });
  assert.deepEqual(seen, [200, "error"]);
});
