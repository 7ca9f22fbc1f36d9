// Messages between a session and other tabs, in a page and in a worker.

import assert from "node:assert/strict";
import { test } from "./fixtures.mjs";
import { LATE, messages } from "./frozen-messages.mjs";

test("a token that was handed over is handed on to nobody who has not asked", async ({
  run,
  runInWorker,
}) => {
  for (const there of [run, runInWorker]) {
    const said = await there(async () => {
      const peer = new Peer();
      const [one, two] = [start({ restore: false }), start({ restore: false })];
      await waitFor(() => one.session.inspect().tabs.length > 0);
      await waitFor(() => two.session.inspect().tabs.length > 0);
      await one.session.signIn(one.server.token());
      await until(two.session, ({ status }) => status === "active");
      await peer.ask();
      const by = ({ session }) => peer.count("token", session.inspect().tab);
      // By now both have sent the token in reply, and the tab that signed in has sent it before as
      // well.
      await waitFor(() => by(one) >= 2 && by(two) >= 1);
      const said = [by(one), by(two)];
      for (const { session } of [one, two]) session.close();
      peer.leave();
      return said;
    });
    assert.deepEqual(said, [2, 1]);
  }
});

test("of the tokens of the session only a later one of the same person is taken", {
  tag: ["@scenario-79"],
}, async ({ run, runInWorker }) => {
  for (const there of [run, runInWorker]) {
    const seen = await there(async () => {
      const clock = new StoppedClock();
      const peer = new Peer();
      const { server, session } = start({ restore: false });
      await session.signIn(server.token());
      await peer.hears("token");
      const own = await session.accessToken();
      clock.advance(60_000);
      const offer = (sub, age, more) => ({
        ...peer.last("token"),
        from: "57a46e4057a46e4057a46e4057a46e40",
        token: jwt({ sub, age }),
        age,
        sent: Date.now(),
        ...more,
      });
      const offered = {
        older: offer("alice", 60_001),
        "of the same time": offer("alice", 60_000),
        "of somebody else": offer("bob", 1_000),
        "of nobody": offer("alice", 1_000, { token: "opaque" }),
        lapsed: offer("alice", 1_000, { lifetime: 1_000 }),
        later: offer("alice", 59_999),
        "with another sid": offer("alice", 59_000, { token: jwt({ sub: "alice", sid: "2" }) }),
      };
      const seen = {};
      for (const [what, message] of Object.entries(offered)) {
        peer.say(message);
        await peer.ask();
        const token = await session.accessToken();
        seen[what] = [token === message.token, token === own, session.state.generation];
      }
      seen.sent = server.calls.length;
      session.close();
      clock.resume();
      peer.leave();
      return seen;
    });
    const [own, taken] = [
      [false, true, 1],
      [true, false],
    ];
    assert.deepEqual(seen, {
      older: own,
      "of the same time": own,
      "of somebody else": own,
      "of nobody": own,
      lapsed: own,
      later: [...taken, 2],
      "with another sid": [...taken, 3],
      sent: 0,
    });
  }
});

test("a tab that has missed something is told: of a later session, or that all are over", async ({
  run,
  runInWorker,
}) => {
  for (const there of [run, runInWorker]) {
    const seen = await there(async (token) => {
      const peer = new Peer();
      const { session } = await started();
      await peer.ask();
      const own = await session.accessToken();
      const earlier = { ...token, epoch: "00000000000000000000000000000001" };
      const answers = peer.answers();
      peer.say(earlier);
      await waitFor(() => peer.answers() > answers);
      const later = [peer.last("token").token === own, (await session.accessToken()) === own];
      await session.signOut();
      await peer.hears("over");
      const ends = peer.count("over");
      peer.say(earlier);
      await waitFor(() => peer.count("over") > ends);
      const { state } = session;
      session.close();
      peer.leave();
      return { later, state };
    }, messages.token);
    assert.deepEqual(seen, {
      later: [true, true],
      state: { status: "ended", reason: "signed-out", elsewhere: false },
    });
  }
});

test("a session that is closed says bye, closes its channel, and answers nobody any more", async ({
  run,
  runInWorker,
}) => {
  for (const there of [run, runInWorker]) {
    const seen = await there(async () => {
      const closed = [];
      const { close } = BroadcastChannel.prototype;
      BroadcastChannel.prototype.close = function () {
        closed.push(this.name);
        return close.call(this);
      };
      const peer = new Peer();
      const [one, two] = [start({ restore: false }), start({ restore: false })];
      await waitFor(() => two.session.inspect().tabs.length > 0);
      const { tab } = one.session.inspect();
      const known = [...two.session.inspect().tabs];
      one.session.close();
      const bye = await peer.hears("bye");
      await waitFor(() => two.session.inspect().tabs.length === 0);
      BroadcastChannel.prototype.close = close;
      const before = peer.heard.filter(({ from }) => from === tab).length;
      await two.session.signIn(two.server.token());
      await peer.ask();
      const after = peer.heard.filter(({ from }) => from === tab).length;
      const seen = {
        known: known.join() === tab,
        bye: bye.from === tab,
        channel: one.session.inspect().channel,
        closed: closed.join() === peer.channel.name,
        said: after - before,
        status: one.session.state.status,
      };
      two.session.close();
      peer.leave();
      return seen;
    });
    assert.deepEqual(seen, {
      known: true,
      bye: true,
      channel: false,
      closed: true,
      said: 0,
      status: "ended",
    });
  }
});

test("without shareToken a tab follows with a refresh of its own, and no token passes", async ({
  run,
  runInWorker,
}) => {
  for (const there of [run, runInWorker]) {
    const seen = await there(async (token) => {
      const peer = new Peer();
      const server = new FakeServer();
      const open = () => start({ restore: false, shareToken: false, fetch: server.fetch }).session;
      const [one, two] = [open(), open()];
      await waitFor(() => one.inspect().tabs.length > 0 && two.inspect().tabs.length > 0);
      // A tab that restores nothing follows only sign-ins after its start, compared by
      // milliseconds.
      const began = Date.now();
      await waitFor(() => Date.now() > began + 1);
      await one.signIn(server.token());
      const tokens = [await one.accessToken()];
      await until(two, ({ status }) => status === "active");
      const { elsewhere, session: id } = two.state;
      tokens.push(await two.accessToken());
      await manyTasks();
      const followed = server.count("/auth/refresh");
      // It keeps its own token, whatever another tab offers.
      const own = tokens.at(-1);
      peer.say({ ...token, epoch: id, sent: Date.now() });
      await peer.ask();
      const isOwn = (await two.accessToken()) === own;
      await one.refresh();
      tokens.push(await one.accessToken());
      await one.signOut();
      await until(two, ({ status }) => status === "ended");
      const text = JSON.stringify(peer.heard);
      const seen = {
        elsewhere,
        followed,
        isOwn,
        different: new Set(tokens).size,
        passed: tokens.some((token) => text.includes(token.split(".")[1])),
        kinds: peer.count("token"),
        sent: server.count("/auth/refresh"),
      };
      for (const session of [one, two]) session.close();
      peer.leave();
      return seen;
    }, messages.token);
    assert.deepEqual(seen, {
      elsewhere: true,
      followed: 1,
      isOwn: true,
      different: 3,
      passed: false,
      kinds: 0,
      sent: 2,
    });
  }
});

test("a page and a worker are two tabs: they share sign-ins, refreshes and sign-outs", async ({
  run,
  runInWorker,
}) => {
  await run(async () => {
    Object.assign(globalThis, start({ restore: false }));
    // The tokens of the page and of the worker differ.
    server.serial = 100;
    await session.ready;
  });
  await runInWorker(async () => {
    Object.assign(globalThis, start({ restore: false }));
    await session.ready;
  });
  const tab = await run(() => session.inspect().tab);
  assert.deepEqual(
    await runInWorker(() => waitFor(() => session.inspect().tabs.length && session.inspect().tabs)),
    [tab],
  );
  const token = await runInWorker(async () => {
    await session.signIn(server.token());
    return session.accessToken();
  });
  const taken = await run(async () => {
    await until(session, ({ status }) => status === "active");
    return [await session.accessToken(), session.state.elsewhere, server.calls.length];
  });
  assert.deepEqual(taken, [token, true, 0]);
  const renewed = await run(async () => {
    await session.refresh();
    return session.accessToken();
  });
  assert.deepEqual(
    await runInWorker(async () => {
      await until(session, ({ generation }) => generation === 2);
      return [await session.accessToken(), server.calls.length];
    }),
    [renewed, 0],
  );
  await runInWorker(() => session.signOut());
  assert.deepEqual(
    await run(async () => {
      await until(session, ({ status }) => status === "ended");
      return session.state;
    }),
    { status: "ended", reason: "signed-out", elsewhere: true },
  );
});

test("with restore: false a tab follows a sign-in that comes after its start, and none before", async ({
  run,
}) => {
  const seen = await run(
    async ([token, late]) => {
      const peer = new Peer();
      const { session } = start({ restore: false });
      await peer.hears("hello");
      peer.say({ ...token, epoch: "018bcfe568003210fedcba9876543210" });
      await peer.ask();
      const { status } = session.state;
      peer.say(token);
      await until(session, ({ status }) => status === "active");
      return [status, session.state.session === late];
    },
    [messages.token, LATE],
  );
  assert.deepEqual(seen, ["ended", true]);
});
