// A session that nobody holds any more is collected, with what the browser and the wasm hold for it.

import assert from "node:assert/strict";

import { HEADLESS_SHELL } from "../drivers/chromium.mjs";
import { test } from "./fixtures.mjs";

test.use({
  launchOptions: { ...HEADLESS_SHELL, args: [...HEADLESS_SHELL.args, "--js-flags=--expose-gc"] },
});

/** Runs in the page: what the tests below share. */
const prepare = () => {
  watchInstances();
  /** Collects garbage, until that changes nothing any more. */
  globalThis.collect = async (refs) => {
    const count = () => refs.filter((ref) => ref.deref() !== undefined).length;
    for (let times = 0; times < 300 && count() > 0; times++) {
      gc();
      await manyTasks();
    }
    // What was collected is finalized in tasks of its own.
    gc();
    await manyTasks();
    return count();
  };
};

/** Creates 200 sessions, drops them, and returns how many are still there. */
const makeMany = async ([use, options]) => {
  const { fetch } = new FakeServer();
  const make = async (index) => {
    const session = createSession({
      // Sessions of one auth server would take turns.
      refresh: `https://auth-${index}.test/auth/refresh`,
      fetch,
      ...options,
    });
    await (0, eval)(`(${use})`)(session);
    return new WeakRef(session);
  };
  const refs = await Promise.all(Array.from({ length: 200 }, (_, index) => make(index)));
  return collect(refs);
};

/** How they are used before they are dropped. */
const USES = {
  "not at all": [() => {}, { restore: false }],
  "before they are restored": [() => {}],
  "until they are restored": [(session) => session.ready],
  "for a call": [(session) => session.ready.then(() => session.fetch("/api/me"))],
  "until they are signed out": [(session) => session.ready.then(() => session.signOut())],
  "with a subscriber that has gone": [(session) => session.subscribe(() => {})()],
  "until they are closed": [(session) => session.close()],
};

for (const [name, [use, options]] of Object.entries(USES)) {
  test(`600 sessions are collected that were used ${name}`, async ({ run }) => {
    await run(prepare);
    const argument = [String(use), options];
    const alive = [];
    const memory = [];
    for (let times = 0; times < 3; times++) {
      alive.push(await run(makeMany, argument));
      memory.push(await run(() => memoryOfWasm()));
    }
    // One or two may still be on the stack of what has made them: a garbage collector may take any word there for a reference.
    assert.ok(
      alive.every((count) => count <= 2),
      `${alive}`,
    );
    // The second time it may be cut up in another way.
    assert.equal(memory[2], memory[1], `${memory}`);
  });
}

test("a session lives on for as long as somebody listens to it", async ({ run }) => {
  await run(prepare);
  await run(async () => {
    const listened = await started({ name: "listened" });
    listened.session.subscribe(() => {});
    const { session } = await started({ name: "unsubscribed" });
    globalThis.undo = session.subscribe(() => {});
    globalThis.refs = [listened.session, session].map((session) => new WeakRef(session));
  });
  assert.equal(await run(() => collect(refs)), 2);
  assert.deepEqual(await run(() => refs.map((ref) => ref.deref().state.status)), [
    "active",
    "active",
  ]);
  await run(() => undo());
  assert.equal(await run(() => collect(refs)), 1);
  assert.equal(await run(() => refs[0].deref().state.status), "active");
});

test("a caller that waits is answered, though nobody holds its session", async ({ run }) => {
  await run(prepare);
  const code = await run(async () => {
    const told = [];
    // The caller's patience is not over before the first reply.
    const clock = new StoppedClock();
    const onEvent = ({ type }) => type === "refresh-settled" && clock.advance(1_000);
    const ask = () => {
      const fetch = () => Promise.reject(new TypeError("down"));
      const session = createSession({ refresh: "/auth/refresh", fetch, patience: 1, onEvent });
      session.accessToken().catch(({ code }) => told.push(code));
    };
    ask();
    while (told.length === 0) {
      gc();
      await manyTasks();
    }
    return told[0];
  });
  assert.equal(code, "ERR_REFRESH_UNAVAILABLE");
});

/** What keeps a session alive: a part of it that still works. */
const PARTS = {
  fetch: [(session) => session.fetch, (fetch) => fetch("/api/me").then(({ status }) => status)],
  fetchWith: [
    (session) => session.fetchWith({ token: "required" }),
    (fetch) => fetch("/api/me").then(({ status }) => status),
  ],
};

for (const [name, [take, use]] of Object.entries(PARTS)) {
  test(`a session that only its ${name} is left of works`, async ({ run }) => {
    await run(prepare);
    await run(async (take) => {
      const { session } = await started();
      globalThis.part = (0, eval)(`(${take})`)(session);
      globalThis.ref = new WeakRef(session);
    }, String(take));
    await run(() => collect([ref]));
    assert.equal(await run((use) => (0, eval)(`(${use})`)(part), String(use)), 200);
  });
}

test("what was lost in a crash does no harm when it is collected", async ({ stage }) => {
  await stage.run(prepare);
  const alive = await stage.run(makeMany, ["(session) => session.ready"]);
  const seen = await stage.run(async () => {
    const make = async (name) => {
      const { session } = await started({ name });
      return session;
    };
    let sessions = await Promise.all(["a", "b", "c"].map(make));
    traps.memory();
    sessions[0].inspect();
    await Promise.all(sessions.map((session) => session.fetch("/api/me")));
    const refs = sessions.map((session) => new WeakRef(session));
    const kept = await make("kept");
    sessions = undefined;
    const left = await collect(refs);
    await kept.refresh();
    return [left, (await kept.fetch("/api/me")).status];
  });
  assert.deepEqual([alive, seen], [0, [0, 200]]);
  assert.equal((await stage.takeComplaints()).length, 1);
});
