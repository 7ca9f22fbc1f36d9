// Somebody signs out, or somebody else signs in, while a refresh is on the wire.

import assert from "node:assert/strict";

import { rule } from "./stage.mjs";
import { beginRefresh, QUICK } from "./weak-moment.mjs";

/** Who does it: the page that refreshes, one beside it, or what is left when that page has gone. */
const WHO = {
  "the same page": async (holder) => holder,
  "the same page, reloaded": (holder) => holder.reload().then(() => holder),
  "another tab": async (_holder, other) => other,
  "another tab, when the page is closed": (holder, other) => holder.close().then(() => other),
};

for (const [who, which] of Object.entries(WHO)) {
  rule(
    `a sign-out in the middle of a refresh, by ${who}: over after a reload, the cookie gone`,
    async (stage) => {
      const { server } = stage;
      const [holder, other] = await stage.signedIn(
        who.startsWith("another") ? 2 : 1,
        "alice",
        QUICK,
      );
      const answered = await beginRefresh(stage, holder);
      const tab = await which(holder, other);
      await tab.signOut();
      assert.deepEqual(await tab.state(), {
        status: "ended",
        reason: "signed-out",
        elsewhere: false,
      });
      await answered();
      assert.equal(await stage.cookie(), undefined);
      await tab.reload();
      await tab.becomes({ status: "ended" });
      assert.deepEqual(await tab.call(), { by: null, status: 401, sub: null });
      const { logouts, reuse_detected } = await server.counters();
      assert.deepEqual({ logouts, reuse_detected }, { logouts: 1, reuse_detected: 0 });
    },
  );

  rule(
    `user 2 signs in in the middle of user 1's refresh, in ${who}: token and cookie are user 2's`,
    async (stage) => {
      const { server } = stage;
      const [holder, other, third] = await stage.signedIn(3, "alice", QUICK);
      await server.revokeAccess();
      const answered = await beginRefresh(stage, holder);
      // They get a 401 and wait for the refresh.
      const calls = third.run(() => calls(3));
      await server.until(({ api_401 }) => api_401 === 3);
      const tab = await which(holder, other);
      await tab.signIn("bob");
      await tab.becomes({ status: "active", sub: "bob" });
      await third.becomes({ status: "active", sub: "bob" });
      for (const answer of (await calls).answers) {
        assert.equal(answer.by, "alice");
        assert.notEqual(answer.sub, "bob", "alice's request was made with bob's token");
      }
      await answered();
      // The cookie is bob's if what it is worth is a token of his.
      await tab.run(() => session.refresh());
      await tab.becomes({ status: "active", sub: "bob" });
      for (const each of [tab, third])
        assert.deepEqual(await each.call(), { by: "bob", status: 200, sub: "bob" });
      await tab.reload();
      await tab.becomes({ status: "active", sub: "bob" });
      const { logins, reuse_detected } = await server.counters();
      assert.deepEqual({ logins, reuse_detected }, { logins: 1, reuse_detected: 0 });
    },
  );
}
