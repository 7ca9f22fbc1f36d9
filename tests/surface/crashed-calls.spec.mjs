// The wasm traps, for whatever reason: what waits is rejected. crashes.spec.mjs has how the session goes on.

import assert from "node:assert/strict";

import { CHROMIUM } from "../drivers/chromium.mjs";
import { CRASHED, SAID } from "./crashed.mjs";
import { test } from "./fixtures.mjs";

// Without its window Chromium gives the whole page up where a wasm has no memory left.
test.use({ launchOptions: CHROMIUM });

for (const how of ["clock", "unreachable", "memory"]) {
  test(`everything that waits is rejected, and all sessions start again: ${how}`, async ({
    stage,
  }) => {
    const seen = await stage.run(async (how) => {
      watchInstances();
      const signOut = "/auth/logout";
      let logins = 0;
      const calls = {
        fetch: (session) => session.fetch("/api/me"),
        upload: (session) => session.fetch("/api/me", { method: "POST", body: "x" }),
        accessToken: (session) => session.accessToken(),
        refresh: (session) => session.refresh(),
        signIn: (session) => session.signIn(() => void (logins += 1)),
        signOut: (session) => session.signOut(),
      };
      // A refresh is out and unanswered, and everything waits.
      const waiting = Object.entries(calls).map(([name, call]) => {
        const { server, session } = start({ name, signOut });
        server.holdRefresh();
        return { name, server, session, told: outcome(call(session)), states: statesOf(session) };
      });
      await waitFor(() => waiting.some(({ server }) => server.calls.length > 0));
      const passive = waiting[0].session.fetchWith({ passive: true });
      const ofPassive = outcome(passive("/api/me"));
      traps[how]();
      waiting[0].session.refresh().catch(() => {});
      const told = {};
      const published = {};
      for (const { name, states, ...waits } of waiting) {
        told[name] = (await waits.told).thrown;
        published[name] = describe(states.find(({ error }) => error)?.error ?? {});
      }
      told.passive = (await ofPassive).thrown;
      for (const { server } of waiting) server.letGo();
      const after = {};
      for (const { name, session } of waiting) {
        const isOver = name === "signOut";
        await until(session, ({ status }) => status === (isOver ? "ended" : "active"));
        if (!isOver) after[name] = (await session.fetch("/api/me")).status;
        else after[name] = session.state;
      }
      return { told, published, after, logins, instances: countInstances() };
    }, how);
    const { told, published, after, logins, instances } = seen;
    for (const thrown of [...Object.values(told), ...Object.values(published)])
      assert.deepEqual(thrown, CRASHED);
    const { signOut, ...others } = after;
    assert.deepEqual(Object.values(others), [200, 200, 200, 200, 200]);
    assert.deepEqual(signOut, { status: "ended", reason: "signed-out", elsewhere: false });
    assert.deepEqual([logins, instances], [0, 2]);
    assert.deepEqual(await stage.takeComplaints(), [SAID]);
  });
}

test("calls that have waited for the wasm are not made once they are rejected", async ({
  stage,
}) => {
  for (const calls of [0, 1, 2, 3, 4, 5]) {
    await stage.page.reload();
    const seen = await stage.run(async (calls) => {
      watchInstances();
      const { release } = heldWasm();
      const { server, session } = start();
      server.holdRefresh();
      let logins = 0;
      const waiting = [
        session.refresh(),
        session.signIn(() => void (logins += 1)),
        session.fetch("/api/me", { method: "POST" }),
      ].map(outcome);
      traps.unreachable(calls);
      release();
      const codes = (await Promise.all(waiting)).map(({ thrown }) => thrown?.code);
      server.letGo();
      const { status } = await session.fetch("/api/me");
      await manyTasks();
      return [codes, logins, status, server.count("/api/")];
    }, calls);
    assert.deepEqual(seen, [Array(3).fill("ERR_WASM_CRASHED"), 0, 200, 1]);
    assert.deepEqual(await stage.takeComplaints(), [SAID]);
  }
});

test("a login that runs during a crash is rejected, and its result is nobody's", async ({
  stage,
}) => {
  const seen = await stage.run(async () => {
    watchInstances();
    const { server, session } = await started();
    let [calls, letGo] = [0];
    const held = new Promise((resolve) => (letGo = resolve));
    const login = async () => {
      calls += 1;
      await held;
      return server.login("bob");
    };
    const told = outcome(session.signIn(login));
    await waitFor(() => calls > 0);
    traps.unreachable();
    session.inspect();
    const { code } = (await told).thrown;
    letGo();
    await until(session, ({ error }) => error === undefined);
    await manyTasks();
    return [code, calls, session.state.claims.sub];
  });
  assert.deepEqual(seen, ["ERR_WASM_CRASHED", 1, "alice"]);
  assert.deepEqual(await stage.takeComplaints(), [SAID]);
});
