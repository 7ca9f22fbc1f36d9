// Errors are known by class and code.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

/** The classes, and what else they are. */
const CLASSES = [
  "RefreshError",
  "SessionChangedError",
  "SessionEndedError",
  "SignInError",
  "SignOutError",
  "TokenError",
];

test("the package exports createSession, the classes, and nothing else", async ({ run }) => {
  const names = await run(() => Object.keys(silent).sort());
  assert.deepEqual(names, [...CLASSES, "RefreshRejected", "SessionError", "createSession"].sort());
});

test("every class is a SessionError and an Error, and has its own name", async ({ run }) => {
  const seen = await run(
    (names) =>
      names.map((name) => {
        const error = new silent[name]("ERR_SESSION_CLOSED", "a message");
        return [
          error instanceof SessionError,
          error instanceof Error,
          error.name,
          error.message,
          error.retryable,
        ];
      }),
    CLASSES,
  );
  assert.deepEqual(
    seen,
    CLASSES.map((name) => [true, true, name, "a message", false]),
  );
});

test("what is thrown is of the exported class, and of no other", async ({ run }) => {
  const seen = await run(async () => {
    const { session } = await started({ signOut: "/auth/logout" });
    const thrown = async (promise) =>
      promise.then(
        () => undefined,
        (error) => error,
      );
    const errors = [
      await thrown(session.signIn(new Response(null, { status: 401 }))),
      await thrown(session.signIn("opaque")),
      await thrown(session.signOut().then(() => session.accessToken())),
    ];
    const offline = start({ name: "b" });
    offline.server.failRefresh();
    await offline.session.ready;
    errors.push(offline.session.state.error);
    offline.session.close();
    errors.push(await thrown(offline.session.accessToken()));
    const classes = {
      RefreshError,
      SessionChangedError,
      SessionEndedError,
      SignInError,
      TokenError,
    };
    return errors.map((error) => {
      const kinds = Object.keys(classes).filter((name) => error instanceof classes[name]);
      return [
        error.constructor === (classes[kinds[0]] ?? SessionError),
        error instanceof SessionError,
        ...kinds,
      ];
    });
  });
  assert.deepEqual(seen, [
    [true, true, "SignInError"],
    [true, true, "TokenError"],
    [true, true, "SessionEndedError"],
    [true, true, "RefreshError"],
    [true, true],
  ]);
});

test("an error has the members that have a value, and its message is no member of its JSON", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { session } = await started({ restore: false });
    const ended = await session.accessToken().catch((error) => error);
    const { session: other, server } = start({ name: "b" });
    server.answerRefresh(503, "", '{"retry-after":"7"}');
    const before = Date.now();
    await other.ready;
    const after = Date.now();
    const { error } = other.state;
    return {
      ended: [
        Object.keys(ended).sort(),
        String(ended).startsWith("SessionEndedError: "),
        typeof ended.stack,
      ],
      refresh: [
        Object.keys(error).sort(),
        error.status,
        error.retryable,
        // What the server asks for, and up to half of that on top.
        error.retryAt >= before + 7_000 && error.retryAt <= after + 10_500,
      ],
    };
  });
  assert.deepEqual(seen, {
    ended: [["code", "reason", "retryable"], true, "string"],
    refresh: [["code", "kind", "retryAt", "retryable", "status"], 503, true, true],
  });
});

test("an answer without a usable token is told to be malformed, and why", async ({ run }) => {
  const seen = await run(async () => {
    const told = [];
    for (const body of ["{}", "not JSON", '{"access_token":"opaque"}', '{"access_token":5}']) {
      const { server, session } = start();
      server.answerRefresh(200, body, "{}");
      await session.ready;
      const { error } = session.state;
      told.push([error.name, error.code, error.retryable, error.cause?.name, error.cause?.code]);
      session.close();
    }
    return told;
  });
  const malformed = (code) => ["RefreshError", "ERR_REFRESH_MALFORMED", true, "TokenError", code];
  const [missing, noLifetime] = [malformed("ERR_TOKEN_MISSING"), malformed("ERR_TOKEN_MALFORMED")];
  assert.deepEqual(seen, [missing, missing, noLifetime, missing]);
});

test("an unanswered refresh is told to have timed out; a late answer is still used", async ({
  stage,
}) => {
  const { page, run } = stage;
  await stage.stopClock();
  await run(async () => {
    Object.assign(globalThis, start({ timeout: 5 }));
    server.holdRefresh();
    while (server.calls.length === 0) await nextTask();
  });
  await page.clock.runFor(5_001);
  const { code, retryable } = await run(async () => {
    await session.ready;
    return describe(session.state.error);
  });
  assert.deepEqual([code, retryable], ["ERR_REFRESH_TIMEOUT", true]);
  const status = await run(async () => {
    server.letGo();
    await until(session, ({ status }) => status === "active");
    return session.state.status;
  });
  assert.equal(status, "active");
});
