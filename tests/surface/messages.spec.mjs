// The messages of tabs on a real channel, held to the frozen messages of each version: in a page
// and in a worker.

import assert from "node:assert/strict";
import { test } from "./fixtures.mjs";
import { digest, form, LATE, messages, STRANGER } from "./frozen-messages.mjs";

/** Sends each message to a session, as it is or with additional members. Returns the effects. */
const hearEach = async (messages) => {
  const seen = {};
  const hear = async (what, options, check) => {
    const peer = new Peer({ name: what });
    const { server, session } = start({ name: what, ...options });
    const states = statesOf(session);
    await peer.hears("hello");
    if (options.restore !== false) await session.ready;
    peer.say(messages[what]);
    seen[what] = await check({ peer, server, session, states });
    session.close();
    peer.leave();
  };
  const active = (state) => ({ elsewhere: state.elsewhere, session: state.session });

  await hear("hello", { restore: false }, async ({ peer, session, states }) => {
    await peer.hears("here");
    const known = [...session.inspect().tabs];
    peer.say(messages.bye);
    await waitFor(() => session.inspect().tabs.length === 0);
    peer.say(messages.here);
    await waitFor(() => session.inspect().tabs.length === 1);
    return { known, again: session.inspect().tabs, states };
  });
  for (const what of ["token", "token, lifetime unknown"]) {
    await hear(what, { restore: false }, async ({ server, session }) => {
      await until(session, ({ status }) => status === "active");
      return {
        ...active(session.state),
        knowsExpiry: session.state.expiresAt !== null,
        isIt: (await session.accessToken()) === messages[what].token,
        sent: server.calls.length,
      };
    });
  }
  for (const what of ["began", "began, subject unknown"]) {
    await hear(what, { restore: false }, async ({ server, session }) => {
      await until(session, ({ status }) => status === "active");
      const { elsewhere, session: id } = session.state;
      return {
        elsewhere,
        isIt: id === messages[what].epoch,
        isLater: id > messages[what].epoch,
        sent: server.calls.length,
      };
    });
  }
  for (const what of ["over, signed out", "over, rejected"]) {
    await hear(what, {}, async ({ session }) => {
      await until(session, ({ status }) => status === "ended");
      return session.state;
    });
  }
  return seen;
};

/** The first half of an id tells tabs apart; the first version has drawn a second one. */
const HEARD_AS = STRANGER.slice(0, 16).repeat(2);

const HEARD = {
  hello: { known: [HEARD_AS], again: [HEARD_AS], states: [] },
  token: { elsewhere: true, session: LATE, knowsExpiry: true, isIt: true, sent: 0 },
  "token, lifetime unknown": {
    elsewhere: true,
    session: LATE,
    knowsExpiry: false,
    isIt: true,
    sent: 0,
  },
  // The refresh has brought a token of alice: one message is of her session, the other of a later
  // one.
  began: { elsewhere: true, isIt: true, isLater: false, sent: 1 },
  "began, subject unknown": { elsewhere: true, isIt: false, isLater: true, sent: 1 },
  "over, signed out": { status: "ended", reason: "signed-out", elsewhere: true },
  "over, rejected": { status: "ended", reason: "rejected", elsewhere: true },
};

test("a session says hello, here and bye as the first version does", async ({
  run,
  runInWorker,
}) => {
  for (const there of [run, runInWorker]) {
    const { said, tab } = await there(async () => {
      const peer = new Peer();
      const { session } = start({ restore: false });
      const hello = await peer.hears("hello");
      await peer.ask();
      const here = await peer.hears("here");
      const { tab } = session.inspect();
      session.close();
      const said = { hello, here, bye: await peer.hears("bye") };
      peer.leave();
      return { said, tab };
    });
    for (const [kind, message] of Object.entries(said)) {
      assert.deepEqual(form(message), form(messages[kind]));
      assert.equal(message.from, tab);
    }
  }
});

test("a sign-in hands its token over as the first version does", async ({ run, runInWorker }) => {
  for (const there of [run, runInWorker]) {
    const { said, unknown, token, session } = await there(async () => {
      const peer = new Peer();
      const { server, session } = start({ restore: false });
      const token = server.token();
      await session.signIn(token);
      const said = await peer.hears("token");
      const id = session.state.session;
      await session.signIn(jwt({ sub: "alice" }));
      const unknown = await waitFor(() => peer.count("token") === 2 && peer.last("token"));
      session.close();
      peer.leave();
      return { said, unknown, token, session: id };
    });
    assert.deepEqual(form(said), form(messages.token));
    assert.deepEqual([said.token, said.epoch], [token, session]);
    assert.deepEqual(form(unknown), form(messages["token, lifetime unknown"]));
  }
});

test("times are said in milliseconds, and since 1970", async ({ run, runInWorker }) => {
  for (const there of [run, runInWorker]) {
    const { said, now } = await there(async () => {
      const clock = new StoppedClock();
      const peer = new Peer();
      const { server, session } = start({ restore: false });
      await session.signIn(server.token());
      await peer.hears("token");
      clock.advance(60_000);
      await peer.ask();
      const seen = { said: peer.last("token"), now: Date.now() };
      session.close();
      clock.resume();
      peer.leave();
      return seen;
    });
    assert.deepEqual([said.lifetime, said.age, said.sent], [900_000, 60_000, now]);
  }
});

test("without shareToken a sign-in is told without its token, as the first version does", async ({
  run,
  runInWorker,
}) => {
  for (const there of [run, runInWorker]) {
    const { began, unknown } = await there(async () => {
      const seen = {};
      for (const name of ["began", "unknown"]) {
        const peer = new Peer({ name });
        const { server, session } = start({ restore: false, shareToken: false, name });
        const opaque = { access_token: "opaque", expires_in: 900 };
        await session.signIn(name === "began" ? server.token() : opaque);
        seen[name] = await peer.hears("began");
        session.close();
        peer.leave();
      }
      return seen;
    });
    assert.deepEqual(form(began), form(messages.began));
    assert.equal(began.subject, digest("alice", began.epoch));
    assert.deepEqual(form(unknown), form(messages["began, subject unknown"]));
  }
});

test("the end of a session is told with its reason, also to who asks later, as the first version does", async ({
  run,
  runInWorker,
}) => {
  for (const there of [run, runInWorker]) {
    const { said, again, rejected } = await there(async () => {
      const peer = new Peer();
      const { server, session } = await started();
      await session.signOut();
      const said = await peer.hears("over");
      const before = peer.count("over");
      await peer.ask();
      const again = peer.count("over") === before + 1 && peer.last("over");
      await session.signIn(server.token());
      for (let time = 0; time < 2; time++)
        server.answerRefresh(401, "{}", '{"content-type":"application/json"}');
      await outcome(session.refresh());
      const rejected = await waitFor(
        () => peer.last("over").reason === "rejected" && peer.last("over"),
      );
      session.close();
      peer.leave();
      return { said, again, rejected };
    });
    assert.deepEqual(form(said), form(messages["over, signed out"]));
    assert.deepEqual(again, said);
    assert.deepEqual(form(rejected), form(messages["over, rejected"]));
  }
});

test("whose a token is goes along where it does not say so, as the second version does", async ({
  run,
  runInWorker,
}) => {
  for (const there of [run, runInWorker]) {
    const said = await there(async () => {
      const said = {};
      for (const [what, token, user] of [
        ["an opaque token", "opaque", "user 7"],
        ["a token of somebody else", jwt({ sub: "alice" }), "user 7"],
        ["a token that says the same", jwt({ sub: "alice" }), "alice"],
        ["a token of nobody", "opaque", null],
      ]) {
        const peer = new Peer({ name: what });
        const identity = (_token, answer) => answer?.user;
        const { session } = start({ restore: false, name: what, identity });
        await session.signIn({ access_token: token, expires_in: 900, user });
        said[what] = await peer.hears("token");
        session.close();
        peer.leave();
      }
      return said;
    });
    const withIdentity = form(messages["token, and whose it is"]);
    assert.deepEqual(form(said["an opaque token"]), withIdentity);
    assert.deepEqual(form(said["a token of somebody else"]), withIdentity);
    assert.deepEqual(form(said["a token that says the same"]), form(messages.token));
    assert.deepEqual(form(said["a token of nobody"]), form(messages.token));
  }
});

test("a tab that cannot ask the app takes whose a token is from the message, if it is a text", {
  tag: ["@scenario-78"],
}, async ({ run, runInWorker }) => {
  const said = messages["token, and whose it is"];
  const odd = [null, 7, true, [], {}, ["user 7"]];
  const heard = [
    said,
    { ...messages.token, identity: "user 7" },
    ...odd.map((identity) => ({ ...said, identity })),
  ];
  for (const there of [run, runInWorker]) {
    const passedOn = await there(async (heard) => {
      const passedOn = [];
      for (const [index, message] of heard.entries()) {
        const name = `heard-${index}`;
        const peer = new Peer({ name });
        const { server, session } = start({ restore: false, name });
        await peer.hears("hello");
        peer.say(message);
        await until(session, ({ status }) => status === "active");
        const isIt = (await session.accessToken()) === message.token;
        // The message that it sends to other tabs.
        await peer.ask();
        passedOn.push([peer.last("token").identity, isIt, server.calls.length]);
        session.close();
        peer.leave();
      }
      return passedOn;
    }, heard);
    assert.deepEqual(passedOn, [
      ["user 7", true, 0],
      ["user 7", true, 0],
      ...odd.map(() => [undefined, true, 0]),
    ]);
  }
});

test("each message of the first version is understood", { tag: ["@scenario-81"] }, async ({
  run,
  runInWorker,
}) => {
  for (const there of [run, runInWorker]) assert.deepEqual(await there(hearEach, messages), HEARD);
});

test("a message with members of a later version is understood", async ({ run, runInWorker }) => {
  const later = { scope: ["a"], tokens: { a: 1 }, to: null, kind2: "bye", version: 2 };
  const heard = Object.fromEntries(
    Object.entries(messages).map(([name, message]) => [name, { ...message, ...later }]),
  );
  for (const there of [run, runInWorker]) assert.deepEqual(await there(hearEach, heard), HEARD);
});

test("the age of a token counts, and the way of its message", async ({ run, runInWorker }) => {
  for (const there of [run, runInWorker]) {
    const left = await there(async (token) => {
      const clock = new StoppedClock();
      const peer = new Peer();
      const { session } = start({ restore: false });
      await peer.hears("hello");
      peer.say({ ...token, age: 20_000, sent: Date.now() - 1_500 });
      await until(session, ({ status }) => status === "active");
      const left = session.state.expiresAt - Date.now();
      session.close();
      clock.resume();
      peer.leave();
      return left;
    }, messages.token);
    assert.equal(left, 900_000 - 21_500);
  }
});
