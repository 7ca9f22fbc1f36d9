// A connection dies after the rotation. Where it was used before, Firefox sends the POST again by itself.

import assert from "node:assert/strict";

import { noteRefreshes, rule } from "./stage.mjs";

rule(
  "the connection dies after the rotation, and the browser resends by itself: still signed in",
  async (stage) => {
    const { server } = stage;
    const [tab] = await stage.signedIn(1, "alice", {}, noteRefreshes);
    const { session } = await tab.state();
    await server.reset();
    await server.faults({ refresh: { reset: "after", times: 1 } });
    // Its connection is kept, and is the one that dies.
    assert.deepEqual(await tab.call(), { by: "alice", status: 200, sub: "alice" });
    const sent = () => tab.run(() => refreshesSent.length);
    const before = await sent();
    await tab.run(() => session.refresh());

    assert.equal(await sent(), before + 1, "the library has sent it again: this proves nothing");
    const { refreshes, rotated, replayed, refused, reuse_detected } = await server.counters();
    assert.deepEqual({ refreshes, rotated, replayed }, { refreshes: 2, rotated: 1, replayed: 1 });
    assert.deepEqual({ refused, reuse_detected }, { refused: 0, reuse_detected: 0 });
    await tab.becomes({ status: "active", session, sub: "alice" });
    await tab.run(() => session.refresh());
    await tab.reload();
    await tab.becomes({ status: "active", session });
    assert.deepEqual(await tab.call(), { by: "alice", status: 200, sub: "alice" });
    assert.equal((await server.counters()).reuse_detected, 0);
  },
);
