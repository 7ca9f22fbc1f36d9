// A sign-out ends the session here, whatever becomes of it there.

import assert from "node:assert/strict";

const ENDED = { status: "ended", reason: "signed-out", elsewhere: false };

export default {
  "it ends the session and tells the server once, with the cookie": async ({ run }) => {
    const seen = await run(async () => {
      const { server, session } = await started({ signOut: "/auth/logout" });
      const value = await session.signOut();
      const { method, credentials, keepalive, authorization } = server.calls.at(-1);
      return { value, state: session.state, count: server.count("/auth/logout"), method, credentials, keepalive, authorization };
    });
    assert.deepEqual(seen, {
      value: undefined, state: ENDED, count: 1, method: "POST", credentials: "include", keepalive: true, authorization: undefined,
    });
  },

  "the session is over at once, before the server has answered": async ({ run }) => {
    const seen = await run(async () => {
      let answer;
      const server = new FakeServer();
      const fetch = async (request) =>
        request.url.includes("logout") ? new Promise((resolve) => (answer = resolve)) : server.fetch(request);
      const { session } = await started({ signOut: "/auth/logout", fetch });
      const signedOut = session.signOut();
      await until(session, ({ status }) => status === "ended");
      const early = { state: session.state, token: (await outcome(session.accessToken())).thrown.code };
      while (!answer) await nextTask();
      answer(new Response(null, { status: 204 }));
      return { ...early, signedOut: await outcome(signedOut) };
    });
    assert.deepEqual(seen, { state: ENDED, token: "ERR_SESSION_ENDED", signedOut: { value: undefined } });
  },

  "where the server cannot be told it rejects, and is over all the same": async ({ run }) => {
    const seen = await run(async () => {
      const { server, session } = await started({ signOut: "/auth/logout" });
      const native = new TypeError("network down");
      server.failApi(native);
      const error = await session.signOut().catch((caught) => caught);
      const { cause } = error;
      const told = { error: describe(error), cause: describe(cause), isOurs: cause instanceof RefreshError, state: session.state };
      session.close();
      return { ...told, error: { ...told.error, message: "" }, cause: { ...told.cause, message: "" } };
    });
    assert.deepEqual(seen, {
      error: { name: "SessionError", code: "ERR_SIGN_OUT_UNCONFIRMED", message: "", retryable: true },
      cause: { name: "RefreshError", code: "ERR_REFRESH_UNAVAILABLE", message: "", retryable: true },
      isOurs: true, state: ENDED,
    });
  },

  "what the server could not be told it is told later": async (stage) => {
    stage.isSpent = true;
    const { page, run } = stage;
    await page.clock.install();
    await page.reload();
    await run(async () => {
      Object.assign(globalThis, await started({ signOut: "/auth/logout" }));
      server.failApi(new TypeError("network down"));
      await outcome(session.signOut());
    });
    assert.equal(await run(() => server.count("/auth/logout")), 1);
    // A refresh comes first, to see whose session there is; and between the two there are tasks, which are no matter of the clock.
    const told = () => run(() => nextTask().then(() => server.count("/auth/logout")));
    for (let second = 0; second < 10 && (await told()) < 2; second++) await page.clock.runFor(1_000);
    assert.equal(await told(), 2);
  },

  "without the option it resolves and sends nothing": async ({ run }) => {
    const seen = await run(async () => {
      const { server, session } = await started();
      const { length } = server.calls;
      const signedOut = await outcome(session.signOut());
      return { signedOut, state: session.state, sent: server.calls.length - length };
    });
    assert.deepEqual(seen, { signedOut: { value: undefined }, state: ENDED, sent: 0 });
  },

  "refresh rejects after it, and a sign-in begins a session again": async ({ run }) => {
    const seen = await run(async () => {
      const { server, session } = await started();
      await session.signOut();
      const { code, reason } = (await outcome(session.refresh())).thrown;
      await session.signIn(() => server.token());
      return [code, reason, session.state.status, session.state.generation];
    });
    assert.deepEqual(seen, ["ERR_SESSION_ENDED", "signed-out", "active", 1]);
  },
};
