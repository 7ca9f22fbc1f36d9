// Invalid messages, messages of later versions, and messages dated beyond all bounds: they change
// nothing and get no reply. Native tests check the members (../formats, ../hostile); these check
// that the channel leads there.

import assert from "node:assert/strict";
import { test } from "./fixtures.mjs";
import { messages, STRANGER } from "./frozen-messages.mjs";

/**
 * Sends each of these to an active or an ended session. Returns those that have changed it or got a
 * reply. The session knows the stranger, and does not drop it, since no time passes.
 */
const whatChanges = async ({ said, isActive, here, isJunk }) => {
  const name = `${isActive}`;
  const peer = new Peer({ name });
  const { server, session } = start({ name, restore: isActive });
  await session.ready;
  const clock = new StoppedClock();
  peer.say(here);
  await peer.ask();
  const states = statesOf(session);
  const look = async () => {
    const token = isActive && (await session.accessToken());
    return JSON.stringify([
      states.length,
      server.calls.length,
      session.inspect().tabs,
      token,
      peer.heard.at(-1).kind,
    ]);
  };
  const own = session.inspect().tab;
  const junk = [
    undefined,
    1n,
    new Map([["v", 1]]),
    new Date(0),
    new Error("x"),
    /x/,
    new Uint8Array(4),
    new Blob(["x"]),
    new String("hello"),
    Object.assign([], { v: 1 }),
  ];
  const cyclic = { v: 1, from: here.from };
  cyclic.kind = cyclic;
  const all = isJunk ? [...said, ...junk, cyclic] : said;
  const changed = [];
  for (const [index, message] of all.entries()) {
    const before = await look();
    const answers = peer.answers();
    peer.say(message?.from === "own" ? { ...message, from: own } : message);
    await peer.ask();
    // One reply to this hello, and none to that message.
    if ((await look()) !== before || peer.answers() - answers !== 1) changed.push(index);
  }
  // A valid message is still heard.
  peer.say({ v: 1, from: "57a46e4057a46e4057a46e4057a46e40", kind: "here" });
  await waitFor(() => session.inspect().tabs.length === 3);
  session.close();
  clock.resume();
  peer.leave();
  return { count: all.length, changed };
};

/** Expects that nothing changes in a page and a worker, in an active session and an ended one. */
const ignored = async (places, said, isJunk = false) => {
  for (const there of places) {
    for (const isActive of [true, false]) {
      const { here } = messages;
      const { count, changed } = await there(whatChanges, { said, isActive, here, isJunk });
      assert.ok(count >= said.length);
      assert.deepEqual(
        changed.map((index) => said[index] ?? index),
        [],
      );
    }
  }
};

const all = Object.values(messages);
const first = ["hello", "here", "token", "began", "over, rejected", "bye"].map(
  (name) => messages[name],
);
const changed = (members) => first.map((message) => ({ ...message, ...members }));
const without = (name) => first.map(({ [name]: _, ...message }) => message);

test("what is no message at all is ignored", { tag: ["@scenario-35"] }, async ({
  run,
  runInWorker,
}) => {
  await ignored(
    [run, runInWorker],
    [null, 0, 1, true, "", "hello", '{"v":1}', [], [1], {}, { v: 1 }, { v: 1, kind: "hello" }],
    true,
  );
});

test("a message with a member that is missing or spoiled is ignored, whoever sends it", async ({
  run,
  runInWorker,
}) => {
  const { token, began } = messages;
  const over = messages["over, rejected"];
  const { want } = messages;
  const spoiled = [
    ...without("v"),
    ...without("from"),
    ...without("kind"),
    ...changed({ from: "0f1e2d3c4b5a69788796a5b4c3d2e1f" }),
    ...changed({ kind: "Hello" }),
    ...changed({ kind: "__proto__" }),
    ...["", "x", 7, null].map((epoch) => ({ ...token, epoch })),
    ...["", "a b", "a\r\nx-evil: 1", "x".repeat(200_000), ["a"]].map((it) => ({
      ...token,
      token: it,
    })),
    ...[-1, "1", Number.NaN, {}].map((lifetime) => ({ ...token, lifetime })),
    ...[-1, null, Number.POSITIVE_INFINITY].map((age) => ({ ...token, age })),
    { ...token, sent: null },
    ...["1", "+123456789abcdef", "0123456789abcdef0", "--"].map((subject) => ({
      ...began,
      subject,
    })),
    ...["", "none", "Signed-out", "expired", ["rejected"]].map((reason) => ({ ...over, reason })),
    ...["x", null].map((until) => ({ ...over, until })),
    ...[{ v: 1 }, { v: "2" }, { kind: "Want" }, { age: -1 }, { age: null }].map((members) => ({
      ...want,
      ...members,
    })),
  ];
  const stranger = "57a46e4057a46e4057a46e4057a46e40";
  const fromAnother = spoiled.map((message) =>
    message.from === STRANGER ? { ...message, from: stranger } : message,
  );
  await ignored([run], spoiled);
  await ignored([runInWorker], fromAnother);
});

test("a message of a version or a kind to come is ignored", { tag: ["@scenario-81"] }, async ({
  run,
  runInWorker,
}) => {
  await ignored(
    [run, runInWorker],
    [
      ...changed({ v: 2 }),
      ...changed({ v: 4 }),
      ...changed({ v: 2, to: [], kind: "hello" }),
      ...changed({ kind: "goodbye" }),
    ],
  );
});

test("what a session has said itself is ignored", async ({ run, runInWorker }) => {
  await ignored(
    [run, runInWorker],
    all.map((message) => ({ ...message, from: "own" })),
  );
});

test("a date beyond all bounds is no crash, and makes no token younger", async ({
  run,
  runInWorker,
}) => {
  for (const there of [run, runInWorker]) {
    const seen = await there(async () => {
      const peer = new Peer();
      const { server, session } = await started();
      await peer.ask();
      const clock = new StoppedClock();
      clock.advance(1_000);
      const own = await session.accessToken();
      const token = jwt({ sub: "alice" });
      const offer = (members) => ({
        ...peer.last("token"),
        from: "57a46e4057a46e4057a46e4057a46e40",
        token,
        ...members,
      });
      const ignored = [];
      for (const members of [
        { age: 1e300 },
        { age: 1e300, sent: 1e300 },
        { age: 2 ** 53 + 1, lifetime: 0 },
        // It is too old on arrival.
        { lifetime: 1e300, sent: 0 },
        // A date more than a year ahead counts as absent.
        { lifetime: 1e300, sent: 1e300 },
      ]) {
        peer.say(offer(members));
        await peer.ask();
        ignored.push((await session.accessToken()) === own);
      }
      // Sent by a clock that is a day ahead: it counts as sent just now.
      peer.say(offer({ age: 0, lifetime: 1e300, sent: Date.now() + 86_400_000 }));
      await until(session, ({ generation }) => generation === 2);
      const isTaken = (await session.accessToken()) === token;
      await session.refresh();
      const { status } = await session.fetch("/api/me");
      session.close();
      clock.resume();
      peer.leave();
      return { ignored, isTaken, status, sent: server.count("/auth/refresh") };
    });
    assert.deepEqual(seen, {
      ignored: Array(5).fill(true),
      isTaken: true,
      status: 200,
      sent: 2,
    });
  }
});

test("what was ignored before a sign-in does not count after it", async ({ run, runInWorker }) => {
  for (const there of [run, runInWorker]) {
    const seen = await there(
      async (said) => {
        const peer = new Peer();
        const { server, session } = start({ restore: false });
        await peer.hears("hello");
        for (const message of said) peer.say(message);
        await peer.ask();
        await session.signIn(server.token());
        const { status, elsewhere } = session.state;
        await session.signOut();
        const { state } = session;
        session.close();
        peer.leave();
        return [status, elsewhere, state];
      },
      changed({ v: 2 }),
    );
    const ended = { status: "ended", reason: "signed-out", elsewhere: false };
    assert.deepEqual(seen, ["active", false, ended]);
  }
});
