// A worker leaves its refreshes to a page, for it stores nothing. The test plays the other side by
// hand, except where both are real.

import assert from "node:assert/strict";
import { test } from "./fixtures.mjs";
import { form, messages, STRANGER } from "./frozen-messages.mjs";

test("a worker asks before it refreshes, and takes the token that a page brings", async ({
  runInWorker,
}) => {
  const { want, seen } = await runInWorker(async ({ here, coming, token }) => {
    const peer = new Peer();
    // The clock stands still, so the worker keeps waiting for a page.
    const clock = new StoppedClock();
    const { server, session } = start();
    await peer.hears("hello");
    peer.say(here);
    await peer.ask();
    clock.advance(100);
    const want = await peer.hears("want");
    peer.say(coming);
    await peer.ask();
    // Longer than it waits for the message `coming`.
    clock.advance(400);
    await peer.ask();
    const sent = server.calls.length;
    peer.say(token);
    await until(session, ({ status }) => status === "active");
    const seen = [sent, (await session.accessToken()) === token.token, server.calls.length];
    session.close();
    return { want, seen };
  }, messages);
  assert.deepEqual(form(want), form(messages["want, nothing in hand"]));
  assert.deepEqual(seen, [0, true, 0]);
});

test("a worker whom no page helps refreshes itself, and so does one that hears another version", async ({
  runInWorker,
}) => {
  const { coming, here } = messages;
  const seen = await runInWorker(
    async ([here, heard]) => {
      const seen = [];
      for (const [index, messages] of heard.entries()) {
        const name = `worker-${index}`;
        const peer = new Peer({ name });
        // Nothing is late.
        const clock = new StoppedClock();
        const { server, session } = start({ name });
        await peer.hears("hello");
        peer.say(here);
        await peer.ask();
        clock.advance(100);
        await peer.hears("want");
        for (const message of messages) peer.say(message);
        await peer.ask();
        clock.resume();
        await session.ready;
        seen.push([session.state.status, server.calls.length, peer.count("want")]);
        session.close();
      }
      return seen;
    },
    [
      here,
      [
        [],
        [{ v: 1 }, { v: 3 }, { v: "2" }, { kind: "Coming" }, { from: "x" }].map((members) => ({
          ...coming,
          ...members,
        })),
      ],
    ],
  );
  assert.deepEqual(seen, [
    ["active", 1, 1],
    ["active", 1, 1],
  ]);
});

test("a worker that is alone, or keeps its token, asks nobody", async ({ runInWorker }) => {
  const seen = await runInWorker(async (here) => {
    const seen = [];
    for (const shareToken of [true, false]) {
      const name = `${shareToken}`;
      const peer = new Peer({ name });
      const { server, session } = start({ name, shareToken });
      await peer.hears("hello");
      if (!shareToken) peer.say(here);
      await session.ready;
      await peer.ask();
      seen.push([session.state.status, server.calls.length, peer.count("want")]);
      session.close();
    }
    return seen;
  }, messages.here);
  assert.deepEqual(seen, [
    ["active", 1, 0],
    ["active", 1, 0],
  ]);
});

test("a worker says which token it has, and goes on with the one that it is given", async ({
  runInWorker,
}) => {
  const { want, seen, session } = await runInWorker(async ({ here, coming, token }) => {
    const peer = new Peer();
    const { server, session } = await started();
    await peer.ask();
    // The worker hears of a page before its next refresh is due.
    peer.say(here);
    // A timer may send it at any moment, and it arrives later. No time passes once it is sent.
    let isSent = false;
    const { postMessage } = BroadcastChannel.prototype;
    BroadcastChannel.prototype.postMessage = function (message) {
      isSent ||= message.kind === "want";
      postMessage.call(this, message);
    };
    const clock = new StoppedClock();
    // In steps that look like no sleep.
    while (!isSent) {
      clock.advance(3_000);
      await peer.ask();
    }
    const want = await peer.hears("want");
    peer.say(coming);
    const { session: epoch } = session.state;
    const brought = jwt({ sub: "alice" });
    peer.say({ ...token, epoch, token: brought, sent: Date.now(), age: 0 });
    await until(session, ({ generation }) => generation === 2);
    const isIt = (await session.accessToken()) === brought;
    session.close();
    return { want, seen: [isIt, server.calls.length, peer.count("want")], session: epoch };
  }, messages);
  assert.deepEqual(form(want), form(messages.want));
  assert.equal(want.epoch, session);
  // A token is renewed at most a quarter of its life ahead.
  assert.ok(want.age >= 675_000 && want.age < 900_000, `${want.age}`);
  assert.deepEqual(seen, [true, 1, 1]);
});

test("in a worker, too, a timer renews the token ahead of its expiry", async ({ runInWorker }) => {
  const sent = await runInWorker(async () => {
    const server = new FakeServer();
    server.lifetime = 1.5;
    const session = createSession({ refresh: "/auth/refresh", fetch: server.fetch });
    // Nobody asks for anything.
    await until(session, ({ generation }) => generation === 3);
    session.close();
    return server.calls.length;
  });
  assert.equal(sent, 3);
});

test("a worker helps no other", async ({ runInWorker }) => {
  const seen = await runInWorker(async (want) => {
    const peer = new Peer();
    const { server, session } = await started();
    // A page whose token is as old would reply `coming`.
    peer.say({ ...want, epoch: session.state.session, age: 0 });
    await peer.ask();
    session.close();
    return [peer.count("coming"), server.calls.length];
  }, messages.want);
  assert.deepEqual(seen, [0, 1]);
});

test("a page that is asked says that it is coming, refreshes once for all, and hands the token over", async ({
  run,
}) => {
  const { coming, seen } = await run(
    async ([want, another]) => {
      const peer = new Peer();
      const { server, session } = await started();
      server.holdRefresh();
      const wants = { ...want, epoch: session.state.session, age: 0 };
      for (const message of [wants, { ...wants, from: another }, wants]) peer.say(message);
      const coming = await peer.hears("coming");
      await waitFor(() => peer.count("coming") === 3);
      server.letGo();
      await until(session, ({ generation }) => generation === 2);
      const token = await session.accessToken();
      await waitFor(() => peer.last("token")?.token === token);
      await peer.ask();
      return { coming, seen: server.count("/auth/refresh") };
    },
    [messages.want, "57a46e4057a46e4057a46e4057a46e40"],
  );
  assert.deepEqual(form(coming), form(messages.coming));
  assert.equal(seen, 2);
});

test("a page that has a better token hands it over, and sends nothing", async ({ run }) => {
  const seen = await run(
    async (wants) => {
      const peer = new Peer();
      const { server, session } = await started();
      const seen = [];
      for (const want of wants) {
        const handed = peer.count("token");
        peer.say({ ...want, epoch: want.epoch && session.state.session });
        await waitFor(() => peer.count("token") > handed);
        seen.push([server.calls.length, peer.count("coming")]);
      }
      return seen;
    },
    [messages["want, nothing in hand"], messages.want],
  );
  assert.deepEqual(seen, [
    [1, 0],
    [1, 0],
  ]);
});

test("a page that keeps its token helps nobody, and one that is signed out says so", async ({
  run,
}) => {
  const seen = await run(async (want) => {
    const seen = [];
    for (const shareToken of [false, true]) {
      const name = `${shareToken}`;
      const peer = new Peer({ name });
      const { server, session } = await started({ name, shareToken });
      const wants = { ...want, epoch: session.state.session, age: 0 };
      if (shareToken) await session.signOut();
      await peer.ask();
      const said = peer.count("over");
      peer.say(wants);
      if (shareToken) await waitFor(() => peer.count("over") > said);
      await peer.ask();
      seen.push([server.calls.length, peer.count("coming")]);
      session.close();
    }
    return seen;
  }, messages.want);
  assert.deepEqual(seen, [
    [1, 0],
    [1, 0],
  ]);
});

test("what is no such request is passed over, and one with members of a later version is not", async ({
  run,
}) => {
  const spoiled = [
    { v: 1 },
    { v: 3 },
    { v: "2" },
    { kind: "want " },
    { from: "x" },
    { epoch: "x" },
    { epoch: 7 },
    { age: -1 },
    { age: null },
    { age: "0" },
  ];
  const seen = await run(
    async ([want, spoiled]) => {
      const peer = new Peer();
      const { server, session } = await started();
      const wants = { ...want, epoch: session.state.session, age: 0 };
      await peer.ask();
      const handed = peer.count("token");
      for (const members of spoiled) peer.say({ ...wants, ...members });
      await peer.ask();
      // The reply to that hello, and no other.
      const seen = [server.calls.length, peer.count("coming"), peer.count("token") - handed];
      peer.say({ ...wants, later: 1 });
      await peer.hears("coming");
      return seen;
    },
    [messages.want, spoiled],
  );
  assert.deepEqual(seen, [1, 0, 1]);
});

test("a page refreshes for a worker", async ({ run, runInWorker }) => {
  await run(async () => {
    Object.assign(globalThis, await started());
  });
  const first = await runInWorker(async (stranger) => {
    // The worker waits for the page as long as that takes.
    const clock = new StoppedClock();
    Object.assign(globalThis, start());
    const [tab] = await waitFor(() => session.inspect().tabs.length > 0 && session.inspect().tabs);
    clock.advance(100);
    await session.ready;
    return [await session.accessToken(), tab !== stranger];
  }, STRANGER);
  assert.deepEqual(first, [await run(() => session.accessToken()), true]);
  const second = await runInWorker(async (not) => {
    const token = await session.accessToken({ not });
    return [token !== not, server.calls.length];
  }, first[0]);
  assert.deepEqual(second, [true, 0]);
  assert.equal(await run(() => server.count("/auth/refresh")), 2);
});
