// Replies of the server that confirm a sign-out, and replies that leave it pending.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";
import { define } from "./sign-outs.mjs";

const ENDED = { status: "ended", reason: "signed-out", elsewhere: false };

test("a 2xx confirms it, unless it is HTML", { tag: ["@scenario-89"] }, async ({ run }) => {
  await run(define);
  const seen = await run(async () => {
    const seen = [];
    for (const [status, body, headers] of [
      [200, "{}", JSON_TYPE],
      [201, "", "{}"],
      [202, "signed out", '{"content-type":"text/plain"}'],
      [200, "", "{}"],
      [200, "<html>", '{"content-type":"text/html"}'],
      [200, "{}", '{"content-type":"Application/XHTML+XML; charset=utf-8"}'],
      [200, " \n<!doctype html>", '{"content-type":""}'],
    ]) {
      const { server, session } = await opened();
      server.answerSignOut(status, body, headers);
      seen.push([await session.signOut(), entry("sign-out") !== undefined]);
      session.close();
      localStorage.clear();
    }
    return seen;
  });
  const [confirmed, pending] = [
    ["confirmed", false],
    ["pending", true],
  ];
  assert.deepEqual(seen, [...Array(4).fill(confirmed), ...Array(3).fill(pending)]);
});

test("a refusal confirms it if the refresh after it is refused twice, and not otherwise", async ({
  run,
}) => {
  await run(define);
  const seen = await run(async () => {
    const sessions = [];
    for (const status of [400, 401, 403, 404, 410, 422])
      for (const refusals of [0, 1, 2]) sessions.push({ status, refusals });
    // Each has an auth server of its own: otherwise they would wait for each other.
    const outcomes = sessions.map(async ({ status, refusals }, index) => {
      const refresh = `https://auth-${index}.test/auth/refresh`;
      const { server, session } = await opened({ refresh });
      server.answerSignOut(status, "{}", JSON_TYPE);
      for (let time = 0; time < refusals; time++) server.answerRefresh(401, "{}", JSON_TYPE);
      const settled = await session.signOut();
      const isPending = entry("sign-out", { refresh }) !== undefined;
      session.close();
      return [settled, isPending];
    });
    return Promise.all(outcomes);
  });
  const each = [
    ["pending", true],
    ["pending", true],
    ["confirmed", false],
  ];
  assert.deepEqual(seen, Array(6).fill(each).flat());
});

test("what says nothing of it is not its end; it is tried again when the network is back", async ({
  run,
}) => {
  await run(define);
  const seen = await run(async () => {
    const seen = [];
    for (const [status, headers] of [
      [500, JSON_TYPE],
      [503, '{"retry-after":"3600"}'],
      [403, JSON_TYPE],
      [403, '{"content-type":"text/html"}'],
      [0, JSON_TYPE],
    ]) {
      const { server, session } = await opened();
      server.answerSignOut(status, "{}", headers);
      const { kind } = (await session.signOut(), session.inspect().signOut.error);
      const counted = tries();
      dispatchEvent(new Event("online"));
      await waitFor(() => entry("sign-out") === undefined);
      seen.push([kind, counted, server.count("/auth/logout")]);
      session.close();
      localStorage.clear();
    }
    return seen;
  });
  assert.deepEqual(seen, [
    ["transient", "1", 2],
    ["throttled", "1", 2],
    ["rejected", "1", 2],
    ["protocol", "1", 2],
    ["transient", "0", 2],
  ]);
});

test("where the server cannot be reached it is pending, and inspect() shows its own cause", {
  tag: ["@scenario-90"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const told = [];
    const { server, session } = await started({
      signOut: "/auth/logout",
      onEvent: (event) => told.push(event),
    });
    // A refresh has failed before, with an error of its own.
    server.failRefresh();
    await outcome(session.refresh());
    const native = new TypeError("network down");
    server.failApi(native);
    const value = await session.signOut();
    await nextTask();
    const { signOut } = session.inspect();
    const { error, since, retryAt, ...rest } = signOut;
    const event = told.find(({ type }) => type === "sign-out-settled");
    session.close();
    return {
      value,
      state: session.state,
      rest,
      times: [typeof since, retryAt > since],
      frozen: Object.isFrozen(signOut),
      error: [
        error.name,
        error.code,
        error.kind,
        error.retryable,
        error instanceof SignOutError,
        /sign-out endpoint/.test(error.message),
      ],
      cause: error.cause === native,
      event: [event.outcome, event.kind, event.tries, event.error.cause === native],
    };
  });
  assert.deepEqual(seen, {
    value: "pending",
    state: ENDED,
    rest: { status: "pending", tries: 0 },
    times: ["number", true],
    frozen: true,
    error: ["SignOutError", "ERR_SIGN_OUT_UNCONFIRMED", "transient", true, true, true],
    cause: true,
    event: ["pending", "transient", 0, true],
  });
});

test("what confirms nothing: a 404, HTML, a 401 without the token, whatever endsSession says", async ({
  run,
}) => {
  const seen = await run(async () => {
    const [json, html] = ['{"content-type":"application/json"}', '{"content-type":"text/html"}'];
    const csrf = { cookie: "csrf", header: "x-csrf" };
    const seen = [];
    for (const [status, headers, more] of [
      [404, html, {}],
      [404, json, {}],
      [200, html, {}],
      [401, json, {}],
      [401, json, { endsSession: [401] }],
      [403, json, { csrf }],
      [410, json, {}],
      [422, json, { endsSession: () => true }],
      [401, html, {}],
      [401, '{"www-authenticate":"Basic"}', {}],
      [429, json, {}],
      [500, json, {}],
    ]) {
      const { server, session } = await started({
        signOut: "/auth/logout",
        ...more,
        name: `${seen.length}`,
      });
      server.answerSignOut(status, "{}", headers);
      const value = await session.signOut();
      const { error } = session.inspect().signOut;
      seen.push([value, error.status, error.cause, session.state.reason]);
      session.close();
    }
    return seen;
  });
  const statuses = [404, 404, 200, 401, 401, 403, 410, 422, 401, 401, 429, 500];
  assert.deepEqual(
    seen,
    statuses.map((status) => ["pending", status, undefined, "signed-out"]),
  );
});

test("a refusal is confirmed by a refresh that is refused twice", async ({ run }) => {
  const seen = await run(async () => {
    const json = '{"content-type":"application/json"}';
    const told = [];
    const { server, session } = await started({
      signOut: "/auth/logout",
      onEvent: (event) => told.push(event),
    });
    server.answerSignOut(401, "{}", json);
    for (let time = 0; time < 2; time++) server.answerRefresh(401, "{}", json);
    const value = await session.signOut();
    await nextTask();
    const { status, error } = session.inspect().signOut;
    return {
      value,
      status,
      error,
      events: told.filter(({ type }) => type === "sign-out-settled").map(({ at, ...rest }) => rest),
    };
  });
  assert.deepEqual(seen, {
    value: "confirmed",
    status: "confirmed",
    error: null,
    events: [{ type: "sign-out-settled", outcome: "confirmed", tries: 0 }],
  });
});

test("a redirect is not followed, and a refresh tells", async ({ run }) => {
  const seen = await run(async () => {
    const server = new FakeServer();
    const fetch = async (request) => {
      if (!request.url.includes("logout")) return server.fetch(request);
      return new Proxy(new Response(null), {
        get: (target, name) =>
          name === "type" ? "opaqueredirect" : name === "status" ? 0 : Reflect.get(target, name),
      });
    };
    const { session } = start({ signOut: "/auth/logout", fetch });
    await session.ready;
    for (let time = 0; time < 2; time++)
      server.answerRefresh(401, "{}", '{"content-type":"application/json"}');
    return session.signOut();
  });
  assert.equal(seen, "confirmed");
});

test("what a function throws is told, counts unless it is a network error, and no token is printed", {
  tag: ["@scenario-90"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const seen = [];
    for (const thrown of [
      new Error("bridge"),
      { status: 500 },
      new TypeError("Failed to fetch"),
      undefined,
    ]) {
      const told = [];
      const signOut = ({ token }) => {
        if (thrown instanceof Error) thrown.config = { token };
        throw thrown;
      };
      const { session } = await started({
        signOut,
        name: `${seen.length}`,
        onEvent: (event) => told.push(event),
      });
      const token = await session.accessToken();
      const value = await session.signOut();
      await nextTask();
      const { error, tries } = session.inspect().signOut;
      const printed = JSON.stringify([session.inspect(), told, error]);
      seen.push([value, error.cause === thrown, tries, error.kind, printed.includes(token)]);
      session.close();
    }
    return seen;
  });
  assert.deepEqual(seen, [
    ["pending", true, 1, "protocol", false],
    ["pending", true, 1, "protocol", false],
    ["pending", true, 0, "transient", false],
    ["pending", true, 1, "protocol", false],
  ]);
});
