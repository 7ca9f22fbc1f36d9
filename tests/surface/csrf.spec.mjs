// Headers that protect refreshes and sign-outs against forged requests.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("a CSRF cookie is read at each attempt anew, for refreshes and sign-outs", async ({ run }) => {
  const seen = await run(async () => {
    const csrf = { cookie: "csrf_refresh_token", header: "X-CSRF-TOKEN" };
    document.cookie = "csrf_refresh_token_2=other";
    const { server, session } = await started({ csrf, signOut: "/auth/logout" });
    document.cookie = "csrf_refresh_token=one%3D";
    await session.refresh();
    document.cookie = "csrf_refresh_token=two";
    server.answerSignOut(204, null, "{}");
    await session.signOut();
    for (const name of ["csrf_refresh_token", "csrf_refresh_token_2"])
      document.cookie = `${name}=; max-age=0`;
    return server.calls.map(({ request }) => request.headers.get("x-csrf-token"));
  });
  assert.deepEqual(seen, [null, "one=", "two"]);
});

test("a CSRF cookie that is no percent-encoding is sent as it is", async ({ run }) => {
  const seen = await run(async () => {
    document.cookie = "csrf=100%zz";
    const { server } = await started({ csrf: { cookie: "csrf", header: "X-CSRF" } });
    return server.calls[0].request.headers.get("x-csrf");
  });
  assert.equal(seen, "100%zz");
});

test("a CSRF cookie may have a prefix that keeps sibling hosts out", async ({ run }) => {
  const seen = await run(async () => {
    document.cookie = "__Host-csrf=host; Secure; Path=/";
    const { server } = await started({ csrf: { cookie: "__Host-csrf", header: "X-CSRF" } });
    document.cookie = "__Host-csrf=; Secure; Path=/; max-age=0";
    return server.calls[0].request.headers.get("x-csrf");
  });
  assert.equal(seen, "host");
});

test("a CSRF token may come from a function, and from a promise", async ({ run }) => {
  const seen = await run(async () => {
    let count = 0;
    const token = () => ((count += 1) === 1 ? "first" : Promise.resolve("second"));
    const { server, session } = await started({ csrf: { token, header: "X-XSRF-TOKEN" } });
    await session.refresh();
    await session.fetch("https://elsewhere.test/");
    await session.fetch("/api/me");
    return server.calls.map(({ request }) => request.headers.get("x-xsrf-token"));
  });
  assert.deepEqual(seen, ["first", "second", null, null]);
});

test("a CSRF function that throws is a refresh that failed, with its cause", async ({ run }) => {
  const seen = await run(async () => {
    const error = new Error("no meta tag");
    const { server, session } = start({
      csrf: {
        token: () => {
          throw error;
        },
        header: "X-CSRF",
      },
    });
    await session.ready;
    const { status } = session.state;
    return [
      status,
      session.state.error.code,
      session.state.error.cause === error,
      server.calls.length,
    ];
  });
  assert.deepEqual(seen, ["unknown", "ERR_REFRESH_UNAVAILABLE", true, 0]);
});

test("a CSRF token that comes when the attempt was given up on sends nothing any more", async ({
  run,
}) => {
  const seen = await run(async () => {
    const letGo = [];
    let isSlow = false;
    const token = () =>
      isSlow ? new Promise((resolve) => letGo.push(() => resolve("late"))) : "quick";
    const { server, session } = await started({
      csrf: { token, header: "X-CSRF" },
      timeout: 1,
      patience: 0.2,
    });
    const late = () =>
      server.calls.filter(({ request }) => request.headers.get("x-csrf") === "late").length;
    isSlow = true;
    await outcome(session.refresh());
    isSlow = false;
    // After the time-out of a second the next session has its turn.
    await session.signIn(() => server.token("alice"));
    for (const go of letGo) go();
    for (let turn = 0; turn < 20; turn++) await nextTask();
    const afterSignIn = late();
    isSlow = true;
    void outcome(session.refresh());
    while (letGo.length < 2) await nextTask();
    session.close();
    for (const go of letGo) go();
    for (let turn = 0; turn < 20; turn++) await nextTask();
    return [afterSignIn, late()];
  });
  assert.deepEqual(seen, [0, 0]);
});

test("RefreshRejected is for functions that refresh: thrown elsewhere it is a failure", async ({
  run,
}) => {
  const seen = await run(async () => {
    let isOver = false;
    const token = () => {
      if (isOver) throw new RefreshRejected();
      return "t";
    };
    const { session } = await started({ csrf: { token, header: "X-CSRF" } });
    isOver = true;
    void session.refresh().catch(() => {});
    await until(session, (state) => state.error || state.status === "ended");
    return [session.state.status, session.state.error?.kind];
  });
  assert.deepEqual(seen, ["active", "transient"]);
});
