// A browser without Web Locks, BroadcastChannel or storage, or in which they throw. With real tabs:
// ../tabs/without.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("without Web Locks the sessions of a page take turns; who goes while it waits leaves no gap", {
  tag: ["@scenario-48"],
}, async ({ run, runInWorker }) => {
  for (const there of [run, runInWorker]) {
    const seen = await there(async () => {
      const giveBack = takeAway(navigator, "locks");
      const open = (name) => start({ name });
      const one = open("one");
      one.server.holdRefresh();
      await waitFor(() => one.server.calls.length === 1);
      const [two, three] = [open("two"), open("three")];
      // Sessions of another auth origin do not wait.
      const elsewhere = await started({ refresh: "https://auth.test/auth/refresh" });
      await manyTasks();
      const sent = [two, three].map(({ server }) => server.calls.length);
      const { lock } = one.session.inspect();
      two.session.close();
      one.server.letGo();
      await three.session.ready;
      await one.session.refresh();
      const statuses = [one, three, elsewhere].map(({ session }) => session.state.status);
      for (const { session } of [one, three, elsewhere]) session.close();
      giveBack();
      return { sent, lock, statuses, ofTwo: two.server.calls.length };
    });
    assert.deepEqual(seen, {
      sent: [0, 0],
      lock: "page",
      statuses: ["active", "active", "active"],
      ofTwo: 0,
    });
  }
});

test("without Web Locks the next session waits no longer than the time-out, and a late answer counts", async ({
  run,
  runInWorker,
}) => {
  for (const there of [run, runInWorker]) {
    const seen = await there(async () => {
      const giveBack = takeAway(navigator, "locks");
      // Nobody has to wait for a cookie that may be on the way.
      const server = { rotation: "none" };
      const told = [];
      const onEvent = (event) => told.push(event);
      const one = start({ name: "one", timeout: 1, server, onEvent });
      one.server.holdRefresh();
      await waitFor(() => one.server.calls.length === 1);
      const two = await started({ name: "two", server });
      await until(two.session, ({ status }) => status === "active");
      // The first refresh of `one` has not been answered yet.
      one.server.letGo();
      await until(one.session, ({ status }) => status === "active");
      const { outcome } = await waitFor(() => told.find(({ late }) => late));
      for (const { session } of [one, two]) session.close();
      giveBack();
      return outcome;
    });
    assert.equal(seen, "renewed");
  }
});

test("Web Locks that come back are used again", async ({ run, runInWorker }) => {
  for (const there of [run, runInWorker]) {
    const seen = await there(async () => {
      const giveBack = takeAway(navigator, "locks");
      const { session } = await started();
      const before = session.inspect().lock;
      giveBack();
      const spy = new LockSpy();
      await session.refresh();
      const { lock } = session.inspect();
      session.close();
      return [before, lock, spy.asked.map((asked) => asked.split(" ")[1])];
    });
    assert.deepEqual(seen, ["page", "browser", ["ifAvailable"]]);
  }
});

test("where Web Locks refuse, they are asked once, and the sessions of a page take turns", {
  tag: ["@scenario-82"],
}, async ({ run, runInWorker }) => {
  for (const there of [run, runInWorker]) {
    const seen = await there(async () => {
      // Held by somebody else, which nobody there can know.
      const holder = await holdLock();
      let refusals = 0;
      navigator.locks.request = async () => {
        refusals += 1;
        throw new DOMException("Access to the Locks API is denied.", "SecurityError");
      };
      const one = start({ name: "one" });
      one.server.holdRefresh();
      await waitFor(() => one.server.calls.length === 1);
      const two = start({ name: "two" });
      await manyTasks();
      const sent = two.server.calls.length;
      one.server.letGo();
      await two.session.ready;
      await one.session.refresh();
      const { lock } = two.session.inspect();
      for (const { session } of [one, two]) session.close();
      delete navigator.locks.request;
      holder.letGo();
      return { sent, lock, refusals, status: two.session.state.status };
    });
    assert.deepEqual(seen, { sent: 0, lock: "page", refusals: 1, status: "active" });
  }
});

test("without BroadcastChannel a session works alone, and two take turns", {
  tag: ["@scenario-35"],
}, async ({ run, runInWorker }) => {
  for (const there of [run, runInWorker]) {
    const seen = await there(async () => {
      const giveBack = takeAway(globalThis, "BroadcastChannel");
      const one = start({ signOut: "/auth/logout" });
      one.server.holdRefresh();
      await waitFor(() => one.server.calls.length === 1);
      const two = start();
      await manyTasks();
      const early = two.server.calls.length;
      one.server.letGo();
      await two.session.ready;
      two.session.close();
      const { session, server } = one;
      const { channel, lock, tabs } = session.inspect();
      server.revoke();
      const { status } = await session.fetch("/api/me");
      await session.signIn(server.token());
      const signedOut = await session.signOut();
      session.close();
      giveBack();
      return {
        early,
        channel,
        lock,
        tabs,
        status,
        signedOut,
        refreshes: [one, two].map(({ server }) => server.count("/auth/refresh")),
      };
    });
    assert.deepEqual(seen, {
      early: 0,
      channel: false,
      lock: "browser",
      tabs: [],
      status: 200,
      signedOut: "confirmed",
      refreshes: [2, 1],
    });
  }
});

test("where storage is refused or full a session works, says so, and keeps nothing", {
  tag: ["@scenario-82"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const seen = [];
    for (const [owner, member] of [
      [globalThis, "localStorage"],
      [Storage.prototype, "setItem"],
    ]) {
      const giveBack = refuse(owner, member);
      const { server, session } = await started({ signOut: "/auth/logout" });
      const { storage } = session.inspect();
      server.revoke();
      const answers = [(await session.fetch("/api/me")).status, await session.signOut()];
      await session.signIn(server.token());
      answers.push((await session.fetch("/api/me")).status);
      await session.refresh();
      session.close();
      giveBack();
      seen.push({ storage, answers, kept: localStorage.length });
    }
    return seen;
  });
  const each = { storage: false, answers: [200, "confirmed", 200], kept: 0 };
  assert.deepEqual(seen, [each, each]);
});

test("a worker has no storage, says so, and works", async ({ runInWorker }) => {
  const seen = await runInWorker(async () => {
    const { server, session } = await started({ signOut: "/auth/logout" });
    const { storage, channel, lock } = session.inspect();
    server.revoke();
    const { status } = await session.fetch("/api/me");
    await session.signIn(() => new Response(server.login("bob")));
    const { sub } = session.state.claims;
    const signedOut = await session.signOut();
    const { authorization } = server.calls.at(-1);
    await session.fetch("/api/me");
    const carried = [authorization, server.calls.at(-1).authorization];
    session.close();
    return { storage, channel, lock, status, sub, signedOut, carried, state: session.state };
  });
  assert.deepEqual(seen, {
    storage: false,
    channel: true,
    lock: "browser",
    status: 200,
    sub: "bob",
    signedOut: "confirmed",
    carried: [undefined, undefined],
    state: { status: "ended", reason: "signed-out", elsewhere: false },
  });
});

test("a sign-out that fails where storage is refused or full is pursued until it is confirmed", async ({
  stage,
}) => {
  const { page, run } = stage;
  await page.clock.install();
  await page.reload();
  for (const isFull of [false, true]) {
    await run(async (isFull) => {
      globalThis.giveBack = isFull
        ? refuse(Storage.prototype, "setItem")
        : refuse(globalThis, "localStorage");
      Object.assign(globalThis, await started({ signOut: "/auth/logout" }));
      server.answerSignOut(500, "{}", '{"content-type":"application/json"}');
      globalThis.signedOut = await session.signOut();
    }, isFull);
    // No event comes: only time brings the next try.
    const told = () => run(() => nextTask().then(() => server.count("/auth/logout")));
    while ((await told()) < 2) await page.clock.runFor(1_000);
    const seen = await run(async () => {
      await waitFor(() => session.inspect().signOut.status === "confirmed");
      dispatchEvent(new Event("online"));
      const refreshed = await outcome(session.refresh());
      const seen = [signedOut, refreshed.thrown.code, server.count("/auth/logout")];
      seen.push(session.inspect().storage, session.state.status);
      session.close();
      giveBack();
      return [...seen, localStorage.length];
    });
    assert.deepEqual(seen, ["pending", "ERR_SESSION_ENDED", 2, false, "ended", 0]);
  }
});

test("storage that has room again is used again", async ({ run }) => {
  const seen = await run(async () => {
    const giveBack = refuse(Storage.prototype, "setItem");
    const { server, session } = await started();
    const seen = [session.inspect().storage];
    giveBack();
    await session.refresh();
    seen.push(session.inspect().storage);
    await session.signIn(server.token());
    return [...seen, entry("session").startsWith("begun ")];
  });
  assert.deepEqual(seen, [false, true, true]);
});

test("a marker that cannot be read is waited for by nobody", async ({ run }) => {
  const seen = await run(async () => {
    const id = "e".repeat(32);
    writeEntry("attempt", `${"f".repeat(32)} ${id} ${Date.now()} out -`);
    const giveBack = refuse(globalThis, "localStorage");
    const told = [];
    const { server } = await started({ onEvent: ({ reason }) => told.push(reason) });
    const sent = server.calls[0]["x-requested-with"];
    giveBack();
    return [sent === id, told.includes("orphan")];
  });
  assert.deepEqual(seen, [false, false]);
});
