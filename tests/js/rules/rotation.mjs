// What the page after a reload does, by what the server does with a spent refresh token. The reload is a session that is
// closed in the middle of its refresh: its marker stays.

import assert from "node:assert/strict";

/** What the next session does first: how many seconds it waits for the cookie of the orphan, or nothing where it sends at once. */
const firstOfNext = ({ run }, more = {}) =>
  run(async (more) => {
    const { echoes, ...options } = more;
    const server = new FakeServer();
    server.echoes = echoes;
    const open = (onEvent) => createSession({ refresh: "/auth/refresh", fetch: server.fetch, onEvent, ...options });
    const before = open();
    await before.ready;
    server.holdRefresh();
    before.refresh().catch(() => {});
    await new Promise((resolve) => {
      const look = () => (server.count("/auth/refresh") > 1 ? resolve() : nextTask().then(look));
      look();
    });
    before.close();
    const first = await new Promise((resolve) => {
      open(({ type, reason, duration }) => {
        if (type === "refresh-started") resolve({});
        if (reason === "orphan") resolve({ waits: duration });
      });
    });
    return first.waits;
  }, more);

/** Whether it is a wait at a server that may revoke: the least one, less the time that has passed, or that for slow replies. */
const isWait = (seconds) => seconds > 1 && seconds <= 9;

export default {
  "nothing waits where presenting a spent cookie does no harm": async (stage) => {
    for (const rotation of ["none", "replays", "refuses"]) {
      assert.equal(await firstOfNext(stage, { name: rotation, server: { rotation } }), undefined, rotation);
    }
  },

  "the next page waits where the server revokes, and where nothing is said": async (stage) => {
    for (const server of [{ rotation: "revokes" }, {}, undefined]) {
      const name = JSON.stringify(server) ?? "unsaid";
      const waits = await firstOfNext(stage, { name, server });
      assert.ok(isWait(waits), `${name}: ${waits} s`);
    }
  },

  "a server that sends the attempt id back is known to recognise it": async (stage) => {
    for (const attemptHeader of ["X-Requested-With", "Idempotency-Key"]) {
      const waits = await firstOfNext(stage, { name: attemptHeader, attemptHeader, echoes: attemptHeader });
      assert.equal(waits, undefined, attemptHeader);
    }
  },

  "another header, or another value, says nothing of attempt ids": async (stage) => {
    const other = await firstOfNext(stage, { name: "other", attemptHeader: "X-Attempt", echoes: "Accept" });
    assert.ok(isWait(other), `${other} s`);
    const none = await firstOfNext(stage, { name: "none", attemptHeader: false, echoes: "X-Requested-With" });
    assert.ok(isWait(none), `${none} s`);
  },

  "what the option says of the server counts more than an echo": async (stage) => {
    const waits = await firstOfNext(stage, { echoes: "X-Requested-With", server: { rotation: "revokes" } });
    assert.ok(isWait(waits), `${waits} s`);
  },

  "where the server refuses, the page asks again until the orphan's cookie has come": async ({ run }) => {
    const seen = await run(async () => {
      const server = new FakeServer();
      const open = () => createSession({ refresh: "/auth/refresh", fetch: server.fetch, server: { rotation: "refuses" } });
      const before = open();
      await before.ready;
      const { session } = before.state;
      server.holdRefresh();
      before.refresh().catch(() => {});
      while (server.count("/auth/refresh") < 2) await nextTask();
      before.close();
      const refused = [401, '{"error":"invalid_grant"}', '{"content-type":"application/json"}'];
      for (let probe = 0; probe < 4; probe++) server.answerRefresh(...refused);
      const next = open();
      const statuses = [];
      next.subscribe(() => statuses.push(next.state.status));
      await until(next, ({ status }) => status !== "unknown");
      return { isSame: next.state.session === session, statuses, sent: server.count("/auth/refresh") };
    });
    assert.deepEqual(seen, { isSame: true, statuses: ["active"], sent: 2 + 4 + 1 });
  },
};
