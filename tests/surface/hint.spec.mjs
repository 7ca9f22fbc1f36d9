// The session hint: a cookie that the server sets and clears with the session. Visitors without it
// cause no request.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

/**
 * Starts a session with a hint in the page, and waits until its state is known. Counts the
 * refreshes.
 */
const visit = (run, { refuses = false, isSet }) =>
  run(
    async ([refuses, isSet]) => {
      document.cookie = isSet ? "signed_in=1" : "signed_in=; max-age=0";
      const { server, session } = start({ sessionHint: "signed_in" });
      if (refuses) server.answerRefresh(401, "{}", '{"content-type":"application/json"}');
      const atOnce = session.state.status;
      await session.ready;
      const { status, reason } = session.state;
      session.close();
      return { atOnce, status, ...(reason && { reason }), asked: server.calls.length };
    },
    [refuses, isSet],
  );

test("who has never been here costs one request, and no more after that", {
  tag: ["@scenario-53"],
}, async ({ run }) => {
  const first = await visit(run, { refuses: true, isSet: false });
  assert.deepEqual(first, { atOnce: "unknown", status: "ended", reason: "none", asked: 1 });
  const second = await visit(run, { isSet: false });
  assert.deepEqual(second, { atOnce: "ended", status: "ended", reason: "none", asked: 0 });
});

test("with the cookie the session is restored", async ({ run }) => {
  await visit(run, { refuses: true, isSet: false });
  assert.deepEqual(await visit(run, { isSet: true }), {
    atOnce: "unknown",
    status: "active",
    asked: 1,
  });
  assert.equal((await visit(run, { isSet: false })).asked, 0);
});

test("on the day of the first deploy nobody has the cookie, and nobody is signed out", {
  tag: ["@scenario-53"],
}, async ({ run }) => {
  // Signed in, while the server does not set the cookie yet.
  for (let time = 0; time < 3; time++)
    assert.deepEqual(await visit(run, { isSet: false }), {
      atOnce: "unknown",
      status: "active",
      asked: 1,
    });
});

test("a server that does not set it any more signs nobody out", async ({ run }) => {
  await visit(run, { isSet: true });
  // The absent cookie is believed once: the server has cleared it.
  assert.equal((await visit(run, { isSet: false })).asked, 0);
  const signedIn = await run(async () => {
    const { server, session } = start({ sessionHint: "signed_in" });
    await session.ready;
    await session.signIn(server.token());
    session.close();
    return session.state.status;
  });
  assert.equal(signedIn, "active");
  assert.equal((await visit(run, { isSet: false })).asked, 1);
});

test("each session has a hint of its own", async ({ run }) => {
  await visit(run, { refuses: true, isSet: false });
  const asked = await run(async () => {
    const asked = [];
    for (const options of [{ name: "another" }, { refresh: "/auth/refresh?tenant=b" }]) {
      const { server, session } = start({ sessionHint: "signed_in", ...options });
      await session.ready;
      asked.push(server.calls.length);
      session.close();
    }
    return asked;
  });
  assert.deepEqual(asked, [1, 1]);
});

test("a session that another tab has brought says nothing of the cookie", async ({ run }) => {
  const kept = await run(async () => {
    const one = start({ sessionHint: "signed_in" });
    await one.session.ready;
    document.cookie = "signed_in=1";
    // It waits for the other tab as long as that takes.
    const clock = new StoppedClock();
    const two = start({ sessionHint: "signed_in" });
    await two.session.ready;
    clock.resume();
    const { elsewhere } = two.session.state;
    one.session.close();
    two.session.close();
    document.cookie = "signed_in=; max-age=0";
    return [elsewhere, Object.keys(localStorage).filter((key) => key.includes(":hint:")).length];
  });
  assert.deepEqual(kept, [true, 0]);
});

test("a refresh that fails says nothing", async ({ run }) => {
  const asked = await run(async () => {
    const { server, session } = start({ sessionHint: "signed_in" });
    server.failRefresh();
    await session.ready;
    session.close();
    const next = start({ sessionHint: "signed_in" });
    await next.session.ready;
    return [session.state.status, next.server.calls.length];
  });
  assert.deepEqual(asked, ["unknown", 1]);
});

test("where storage is refused each visit costs one request", async ({ run }) => {
  const asked = await run(async () => {
    Object.defineProperty(globalThis, "localStorage", {
      get() {
        throw new DOMException("no", "SecurityError");
      },
      configurable: true,
    });
    const asked = [];
    for (let time = 0; time < 2; time++) {
      const { server, session } = start({ sessionHint: "signed_in" });
      server.answerRefresh(401, "{}", '{"content-type":"application/json"}');
      await session.ready;
      session.close();
      asked.push(server.calls.length);
    }
    delete globalThis.localStorage;
    return asked;
  });
  assert.deepEqual(asked, [1, 1]);
});

test("who was signed in without the cookie, and is refused, costs no request any more", async ({
  run,
}) => {
  const asked = await run(async () => {
    const { server, session } = await started({ sessionHint: "signed_in" });
    server.answerRefresh(401, "{}", '{"content-type":"application/json"}');
    server.answerRefresh(401, "{}", '{"content-type":"application/json"}');
    await outcome(session.refresh());
    const { reason } = session.state;
    session.close();
    const next = start({ sessionHint: "signed_in" });
    await next.session.ready;
    return [reason, next.server.calls.length];
  });
  assert.deepEqual(asked, ["rejected", 0]);
});
