// A sign-out ends the session locally, whatever the server replies.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

const ENDED = { status: "ended", reason: "signed-out", elsewhere: false };

test("it ends the session and tells the server once, with the cookie", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started({ signOut: "/auth/logout" });
    const value = await session.signOut();
    const { method, credentials, keepalive, authorization } = server.calls.at(-1);
    return {
      value,
      state: session.state,
      count: server.count("/auth/logout"),
      method,
      credentials,
      keepalive,
      authorization,
    };
  });
  assert.deepEqual(seen, {
    value: "confirmed",
    state: ENDED,
    count: 1,
    method: "POST",
    credentials: "include",
    keepalive: true,
    authorization: undefined,
  });
});

test("the session is over at once, before the server has answered", async ({ run }) => {
  const seen = await run(async () => {
    let answer;
    const server = new FakeServer();
    const fetch = async (request) =>
      request.url.includes("logout")
        ? new Promise((resolve) => (answer = resolve))
        : server.fetch(request);
    const { session } = await started({ signOut: "/auth/logout", fetch });
    const signedOut = session.signOut();
    await until(session, ({ status }) => status === "ended");
    const early = {
      state: session.state,
      token: (await outcome(session.accessToken())).thrown.code,
    };
    while (!answer) await nextTask();
    answer(new Response(null, { status: 204 }));
    return { ...early, signedOut: await outcome(signedOut) };
  });
  assert.deepEqual(seen, {
    state: ENDED,
    token: "ERR_SESSION_ENDED",
    signedOut: { value: "confirmed" },
  });
});

test("the access token goes along where the option says so, in the header of attach, and to a function", {
  tag: ["@scenario-91"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const seen = [];
    const asked = [];
    for (const [index, options] of [
      { signOut: { url: "/auth/logout", token: true } },
      {
        signOut: { url: "/auth/logout", token: true },
        attach: { header: "X-Token", scheme: "" },
        sendTokenTo: [],
      },
      { signOut: { url: "/auth/logout", token: false } },
      { signOut: "/auth/logout" },
      { signOut: (ask) => void asked.push(ask) },
    ].entries()) {
      const { server, session } = await started({ ...options, name: String(index) });
      const token = await session.accessToken();
      seen.push(await session.signOut());
      const { headers } = server.calls.at(-1).request;
      const carried = options.attach
        ? headers.get("x-token")
        : headers.get("authorization")?.replace("Bearer ", "");
      seen.push((asked.length > 0 ? asked[0].token : carried) === token);
    }
    return seen;
  });
  assert.deepEqual(seen, [
    "confirmed",
    true,
    "confirmed",
    true,
    "confirmed",
    false,
    "confirmed",
    false,
    "confirmed",
    true,
  ]);
});

test("without the option it is local: it sends nothing, and holds in the next page until somebody signs in", {
  tag: ["@scenario-92"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    const { length } = server.calls;
    const value = await session.signOut();
    const { status } = session.inspect().signOut;
    session.close();
    const next = start();
    await next.session.ready;
    const later = [
      next.session.state,
      next.server.calls.length,
      next.session.inspect().signOut.status,
    ];
    await next.session.signIn();
    return {
      value,
      status,
      state: session.state,
      sent: server.calls.length - length,
      later,
      signedIn: next.session.state.status,
    };
  });
  assert.deepEqual(seen, {
    value: "local",
    status: "local",
    state: ENDED,
    sent: 0,
    later: [ENDED, 0, "local"],
    signedIn: "active",
  });
});

test("where the server has said that there is no session it sends nothing, and the reason stays", async ({
  run,
}) => {
  const seen = await run(async () => {
    const json = '{"content-type":"application/json"}';
    const seen = [];
    for (const [index, isHinted] of [false, true].entries()) {
      const { server, session } = start({
        signOut: "/auth/logout",
        name: `anonymous-${index}`,
        ...(isHinted && { sessionHint: "signed_in" }),
      });
      server.answerRefresh(401, "{}", json);
      await session.ready;
      seen.push(await session.signOut(), session.state.reason, server.count("/auth/logout"));
      session.close();
      if (!isHinted) continue;
      // The hint tells now, so no request is sent.
      const next = start({
        signOut: "/auth/logout",
        name: `anonymous-${index}`,
        sessionHint: "signed_in",
      });
      await next.session.ready;
      seen.push(await next.session.signOut(), next.session.state.reason, next.server.calls.length);
    }
    const { server, session } = await started({ signOut: "/auth/logout", name: "rejected" });
    for (let time = 0; time < 2; time++) server.answerRefresh(401, "{}", json);
    await outcome(session.refresh());
    seen.push(await session.signOut(), session.state.reason, server.count("/auth/logout"));
    return seen;
  });
  assert.deepEqual(seen, [
    ...Array(3).fill(["confirmed", "none", 0]).flat(),
    "confirmed",
    "rejected",
    0,
  ]);
});

test("a cookie that has come with a login which is still being read is signed out for real", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { server, session } = start({ signOut: "/auth/logout" });
    server.answerRefresh(401, "{}", '{"content-type":"application/json"}');
    await session.ready;
    const login = outcome(session.signIn(new Response(server.login())));
    const value = await session.signOut();
    return [value, (await login).thrown?.code, server.count("/auth/logout"), session.state.reason];
  });
  assert.deepEqual(seen, ["confirmed", "ERR_SESSION_ENDED", 1, "signed-out"]);
});

test("refresh rejects after it, and a sign-in begins a session again", {
  tag: ["@scenario-4"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    await session.signOut();
    const { code, reason } = (await outcome(session.refresh())).thrown;
    await session.signIn(() => server.token());
    return [code, reason, session.state.status, session.state.generation];
  });
  assert.deepEqual(seen, ["ERR_SESSION_ENDED", "signed-out", "active", 1]);
});
