// Frames: `about:srcdoc` has the origin of its parent, a sandboxed one has none.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

/** Runs a function in a new frame with the package, and returns what that sends. */
const prepare = () => {
  globalThis.inFrame = (run, sandbox) => {
    const frame = document.createElement("iframe");
    if (sandbox !== undefined) frame.sandbox = sandbox;
    const { origin } = location;
    frame.srcdoc = `<script type="module">
      const send = (told) => parent.postMessage(told, "*");
      addEventListener("unhandledrejection", ({ reason }) => send({ thrown: String(reason) }));
      try {
        await import("${origin}/page.js");
        send({ value: await (${run})("${origin}") });
      } catch (error) {
        send({ thrown: String(error) });
      }
    </script>`;
    const told = new Promise((resolve) => {
      addEventListener("message", ({ data }) => resolve(data), { once: true });
    });
    document.body.append(frame);
    return told;
  };
};

test("an about:srcdoc frame has the origin of its page, and its calls carry the token", async ({
  run,
}) => {
  await run(prepare);
  const seen = await run(() =>
    inFrame(async () => {
      const { server, session } = await started();
      const { status } = await session.fetch("/api/me");
      return [location.origin, status, server.calls.at(-1).authorization?.slice(0, 7)];
    }),
  );
  assert.deepEqual(seen, { value: ["null", 200, "Bearer "] });
});

test("a sandboxed frame has no origin, storage or locks, and its session works all the same", async ({
  run,
}) => {
  await run(prepare);
  const seen = await run(() =>
    inFrame(async (origin) => {
      const { server, session } = await started({
        refresh: `${origin}/auth/refresh`,
        signOut: `${origin}/auth/logout`,
        sendTokenTo: [`${origin}/api`],
        sessionHint: "hint",
        companionCookie: "companion",
        csrf: { header: "X-Csrf", cookie: "csrf" },
      });
      const { status } = await session.fetch(`${origin}/api/me`);
      const { storage, lock, channel } = session.inspect();
      await session.refresh();
      const signedOut = await session.signOut();
      const own = start({ name: "own", refresh: `${origin}/auth/refresh` });
      await own.session.ready;
      const foreign = own.server.calls.length;
      await own.session.fetch(`${origin}/api/me`);
      const { authorization } = own.server.calls.at(-1);
      return {
        self: self.origin,
        status,
        storage,
        lock,
        channel,
        signedOut,
        foreign,
        authorization: authorization ?? "none",
        server: server.calls.length,
      };
    }, "allow-scripts"),
  );
  const { channel: _, ...value } = seen.value ?? seen;
  assert.deepEqual(value, {
    self: "null",
    status: 200,
    storage: false,
    lock: "page",
    signedOut: "confirmed",
    foreign: 1,
    authorization: "none",
    server: 4,
  });
});
