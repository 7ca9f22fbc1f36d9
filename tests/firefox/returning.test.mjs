// A page that was left comes back from the back/forward cache, as it was. What has happened since it has not heard.

import assert from "node:assert/strict";

import { rule } from "./stage.mjs";
import { beginRefresh, goesOn, identity, QUICK } from "./weak-moment.mjs";

rule(
  "a lone page that comes back from the cache goes on with its token, without a refresh",
  async (stage) => {
    const [left] = await stage.signedIn(1);
    await left.leave();
    const { grown } = await stage.server.during(async () => {
      await left.comeBack();
      assert.deepEqual(await left.call(), { by: "alice", status: 200, sub: "alice" });
    });
    assert.equal(grown.refreshes, 0);
  },
);

rule(
  "back from the cache after another tab has refreshed, a tab adopts its token: no refresh",
  async (stage) => {
    const { server } = stage;
    const [left, other] = await stage.signedIn(2);
    const { session } = await left.state();
    await left.leave();
    await server.revokeAccess();
    await other.run(() => session.refresh());
    const { grown } = await server.during(async () => {
      await left.comeBack();
      assert.deepEqual(await left.call(), { by: "alice", status: 200, sub: "alice" });
    });
    assert.equal(grown.refreshes, 0);
    await left.becomes({ status: "active", session });
  },
);

rule(
  "back from the cache after another tab has signed out, a tab is over before it sends anything",
  async (stage) => {
    const [left, other] = await stage.signedIn(2);
    await left.leave();
    await other.signOut();
    const sent = left.sent("/api/me").length;
    await left.comeBack();
    assert.deepEqual(await left.state(), {
      status: "ended",
      reason: "signed-out",
      elsewhere: true,
    });
    assert.deepEqual(await left.call(), { by: null, status: 401, sub: null });
    assert.deepEqual(stage.usersOf(left.sent("/api/me").slice(sent)), []);
  },
);

rule(
  "back from the cache after somebody else has signed in, a tab sends nothing as its former user",
  async (stage) => {
    const [left, other] = await stage.signedIn(2);
    await left.leave();
    await other.signIn("bob");
    const sent = left.sent("/api/me").length;
    await left.comeBack();
    const { by, sub } = await left.call();
    assert.notEqual(by, "alice");
    assert.equal(sub, "bob");
    assert.deepEqual(stage.usersOf(left.sent("/api/me").slice(sent)), ["bob"]);
  },
);

// Firefox does not keep a page that holds a lock: it is loaded again.
rule(
  "a page that is left in the middle of its refresh, and gone back to, is still signed in",
  async (stage) => {
    const [left] = await stage.signedIn(1, "alice", QUICK);
    const before = await identity(left);
    const answered = await beginRefresh(stage, left);
    await left.leave();
    await left.goBack();
    await left.becomes({ status: "active", ...before });
    await answered();
    await goesOn(stage, left, before);
  },
);

for (const [when, isLate] of Object.entries({ before: false, after: true })) {
  const title = `without locks, a page that comes back from the cache ${when} the answer to its refresh goes on`;
  rule(title, async (stage) => {
    const [left] = await stage.signedIn(1, "alice", QUICK, () => delete Navigator.prototype.locks);
    const before = await identity(left);
    const answered = await beginRefresh(stage, left);
    await left.leave();
    if (isLate) await answered();
    await left.comeBack();
    assert.deepEqual(await left.call(), { by: "alice", status: 200, sub: "alice" });
    await answered();
    await goesOn(stage, left, before);
  });
}
