// Events of the page: it is put away, comes back, becomes visible, and another tab changes storage.
// With a real back/forward cache and frozen tabs: ../tabs/returning, ../tabs/freezing.

import assert from "node:assert/strict";
import { test } from "./fixtures.mjs";
import { LATE, messages } from "./frozen-messages.mjs";

const SIGNED_OUT = { status: "ended", reason: "signed-out", elsewhere: true };

test("a page that is put away closes its channel, and asks what it has missed when it is back", async ({
  run,
}) => {
  const seen = await run(async (over) => {
    const closed = [];
    const { close } = BroadcastChannel.prototype;
    BroadcastChannel.prototype.close = function () {
      closed.push(this.name);
      return close.call(this);
    };
    const peer = new Peer();
    const { session } = await started();
    await peer.hears("hello");
    dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
    await peer.hears("bye");
    const away = [session.inspect().channel, closed.length, entry("company")];
    // The page is away and does not receive this.
    peer.say(over);
    dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
    const { channel } = session.inspect();
    await waitFor(() => peer.count("hello") === 2);
    await peer.ask();
    return { away, back: [channel, entry("company"), session.state.status] };
  }, messages["over, signed out"]);
  assert.deepEqual(seen, { away: [false, 1, undefined], back: [true, "1", "active"] });
});

test("a page that has just loaded does not ask twice, and one that was frozen asks again", async ({
  run,
}) => {
  const seen = await run(async () => {
    const peer = new Peer();
    await started();
    dispatchEvent(new PageTransitionEvent("pageshow", { persisted: false }));
    await peer.ask();
    const loaded = peer.count("hello");
    document.dispatchEvent(new Event("resume", { bubbles: true }));
    await waitFor(() => peer.count("hello") === 2);
    return loaded;
  });
  assert.equal(seen, 1);
});

test("a sign-out that was missed is seen when the page is, before anything is sent", async ({
  run,
}) => {
  const seen = await run(async (written) => {
    const seen = [];
    for (const [target, event] of [
      [window, new Event("focus")],
      [window, new PageTransitionEvent("pageshow", { persisted: true })],
      [document, new Event("visibilitychange", { bubbles: true })],
      [document, new Event("resume", { bubbles: true })],
    ]) {
      const name = event.type;
      const { server, session } = await started({ name });
      writeEntry("session", written, { name });
      const { status } = session.state;
      target.dispatchEvent(event);
      // The state must change synchronously: a listener of the app that makes a call must see it.
      seen.push([name, status, session.state, server.calls.length]);
      session.close();
    }
    return seen;
  }, `over ${LATE} signed-out`);
  assert.deepEqual(
    seen,
    ["focus", "pageshow", "visibilitychange", "resume"].map((name) => [
      name,
      "active",
      SIGNED_OUT,
      1,
    ]),
  );
});

test("what another tab writes down is seen at once, and so is that it has cleared all", async ({
  run,
}) => {
  const seen = await run(async (written) => {
    const { session } = await started();
    writeEntry("session", written);
    // An entry of another session.
    dispatchEvent(new StorageEvent("storage", { key: "silent-session:1:session:other" }));
    const seen = [session.state.status];
    dispatchEvent(new StorageEvent("storage", { key: keyOf("session") }));
    seen.push(session.state);
    session.close();
    const name = "cleared";
    const another = await started({ name });
    writeEntry("session", written, { name });
    dispatchEvent(new StorageEvent("storage", { key: null }));
    return [...seen, another.session.state];
  }, `over ${LATE} signed-out`);
  assert.deepEqual(seen, ["active", SIGNED_OUT, SIGNED_OUT]);
});

test("a real page that writes something down is heard of without a channel", async ({ stage }) => {
  const { run } = stage;
  const open = () => {
    const giveBack = takeAway(globalThis, "BroadcastChannel");
    return started().then((both) => {
      Object.assign(globalThis, both);
      giveBack();
    });
  };
  await run(open);
  const other = await stage.openAnother();
  await other.evaluate(open);
  await other.evaluate(() => session.signOut());
  const state = await run(async () => {
    await until(session, ({ status }) => status === "ended");
    return session.state;
  });
  assert.deepEqual(state, SIGNED_OUT);
});

test("a later session that is written down is followed with a refresh", async ({ run }) => {
  const seen = await run(async (late) => {
    const { server, session } = start({ restore: false });
    await session.ready;
    writeEntry("session", `begun ${late} -`);
    dispatchEvent(new StorageEvent("storage", { key: keyOf("session") }));
    await until(session, ({ status }) => status === "active");
    return [session.state.elsewhere, server.calls.length];
  }, LATE);
  assert.deepEqual(seen, [true, 1]);
});
