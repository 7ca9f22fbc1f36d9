// Turns at the auth server by Web Locks: in a page, and in a worker.

import assert from "node:assert/strict";
import { test } from "./fixtures.mjs";
import { messages } from "./frozen-messages.mjs";

/** Defines in the page: a session that waits for the lock, and time that the test advances. */
const defineTime = () => {
  /**
   * Starts a session behind a holder, and stops the clock as soon as it has found the lock taken.
   * Until then time passes slowly, for a worker asks for other tabs first.
   */
  globalThis.startBehind = async () => {
    const clock = new StoppedClock();
    const stop = clock.walk(5);
    const spy = new LockSpy();
    const started = start({ timeout: 1, lockTimeout: 1 });
    await waitFor(() => spy.looks === 1);
    stop();
    return { ...started, spy, clock };
  };
  /**
   * Advances the clock in steps that a session with a time-out of a second does not take for a
   * sleep. The session queries the lock at each step.
   */
  globalThis.pass = async (clock, spy, steps) => {
    for (let step = 0; step < steps; step++) {
      const { looks } = spy;
      const asked = spy.asked.length;
      clock.advance(200);
      // A session that steals the lock queries no more.
      await waitFor(() => spy.looks > looks || spy.asked.length > asked);
      await nextTask();
    }
  };
};

test("a free lock costs one question, and nobody is asked for a token again", async ({
  run,
  runInWorker,
}) => {
  for (const there of [run, runInWorker]) {
    const seen = await there(async () => {
      const [peer, spy] = [new Peer(), new LockSpy()];
      const { session } = await started();
      await untilLocks(0, 0);
      await peer.ask();
      const seen = [spy.asked.map((asked) => asked.replace(location.origin, "ORIGIN"))];
      seen.push(peer.count("hello"), session.inspect().lock);
      session.close();
      peer.leave();
      return seen;
    });
    assert.deepEqual(seen, [["silent-session:ORIGIN ifAvailable"], 1, "browser"]);
  }
});

test("the lock of the auth origin is held while a refresh is on the wire, and no longer", async ({
  run,
  runInWorker,
}) => {
  for (const there of [run, runInWorker]) {
    const status = await there(async () => {
      const { server, session } = start({ refresh: "https://auth.test/auth/refresh" });
      server.holdRefresh();
      await waitFor(() => server.calls.length === 1);
      await untilLocks(1, 0, "silent-session:https://auth.test");
      const { status } = session.state;
      server.letGo();
      await until(session, ({ status }) => status === "active");
      await untilLocks(0, 0, "silent-session:https://auth.test");
      session.close();
      return status;
    });
    assert.equal(status, "unknown");
  }
});

test("sessions of any name wait for each other at one auth origin, and not at another", {
  tag: ["@scenario-21", "@scenario-80"],
}, async ({ run, runInWorker }) => {
  for (const there of [run, runInWorker]) {
    const seen = await there(async () => {
      const one = start({ name: "one" });
      one.server.holdRefresh();
      await waitFor(() => one.server.calls.length === 1);
      const two = start({ name: "two" });
      await untilLocks(1, 1);
      const other = await started({ refresh: "https://auth.test/auth/refresh" });
      const seen = [two.server.calls.length, one.session.state.status, other.session.state.status];
      one.server.letGo();
      await two.session.ready;
      await untilLocks(0, 0);
      seen.push(one.session.state.status, two.session.state.status);
      for (const { session } of [one, two, other]) session.close();
      return seen;
    });
    assert.deepEqual(seen, [0, "unknown", "active", "active", "active"]);
  }
});

test("who has waited for the lock asks the other tabs first, and their token is enough", async ({
  run,
  runInWorker,
}) => {
  for (const there of [run, runInWorker]) {
    const sent = await there(async (token) => {
      const [peer, holder] = [new Peer(), await holdLock()];
      const { server, session } = start();
      await untilLocks(1, 1);
      await peer.hears("hello");
      // The answer may take as long as it likes.
      const clock = new StoppedClock();
      holder.letGo();
      await waitFor(() => peer.count("hello") === 2);
      peer.say(token);
      await until(session, ({ status }) => status === "active");
      await untilLocks(0, 0);
      session.close();
      clock.resume();
      peer.leave();
      return server.calls.length;
    }, messages.token);
    assert.equal(sent, 0);
  }
});

test("who is answered by no other tab refreshes, after a tenth of a second", async ({
  run,
  runInWorker,
}) => {
  for (const there of [run, runInWorker]) {
    const sent = await there(async () => {
      const [peer, holder] = [new Peer(), await holdLock()];
      const { server, session } = start();
      await untilLocks(1, 1);
      await peer.hears("hello");
      const clock = new StoppedClock();
      holder.letGo();
      await waitFor(() => peer.count("hello") === 2);
      await manyTasks();
      const sent = [server.calls.length];
      clock.advance(100);
      await session.ready;
      sent.push(server.calls.length);
      session.close();
      clock.resume();
      peer.leave();
      return sent;
    });
    assert.deepEqual(sent, [0, 1]);
  }
});

test("who needs the lock no more does not wait for it", async ({ run, runInWorker }) => {
  for (const there of [run, runInWorker]) {
    const seen = await there(async (token) => {
      const [peer, holder] = [new Peer(), await holdLock()];
      const closed = start();
      await untilLocks(1, 1);
      closed.session.close();
      await untilLocks(1, 0);
      const { server, session } = start();
      const call = session.accessToken();
      await untilLocks(1, 1);
      peer.say(token);
      const isServed = (await call) === token.token;
      await untilLocks(1, 0);
      session.close();
      holder.letGo();
      await untilLocks(0, 0);
      peer.leave();
      return [isServed, closed.server.calls.length, server.calls.length];
    }, messages.token);
    assert.deepEqual(seen, [true, 0, 0]);
  }
});

test("a lock that comes when the session is closed is given back at once", async ({
  run,
  runInWorker,
}) => {
  for (const there of [run, runInWorker]) {
    const sent = await there(async () => {
      const { request } = LockManager.prototype;
      // The session is closed after its query and before the reply.
      const asked = new Promise((resolve) => {
        navigator.locks.request = (...args) => {
          const answered = request.apply(navigator.locks, args);
          resolve();
          return answered;
        };
      });
      const { server, session } = start();
      await asked;
      delete navigator.locks.request;
      session.close();
      const holder = await holdLock();
      holder.letGo();
      await untilLocks(0, 0);
      return server.calls.length;
    });
    assert.equal(sent, 0);
  }
});

test("a holder that gives no sign of life loses the lock; who waits goes on waiting", async ({
  run,
  runInWorker,
}) => {
  for (const there of [run, runInWorker]) {
    await there(defineTime);
    const seen = await there(async () => {
      const holder = await holdLockElsewhere();
      const { session, spy, clock } = await startBehind();
      const behind = askForLock();
      // A quarter longer than a live holder keeps the lock, and jitter of up to a quarter of that:
      // 1.25 to 1.57 s.
      await pass(clock, spy, 5);
      const kinds = () => spy.asked.map((asked) => asked.split(" ")[1]);
      const before = [kinds(), holder.state];
      while (kinds().length < 3) await pass(clock, spy, 1);
      const after = kinds();
      await waitFor(() => holder.state === "AbortError");
      // In steps: a session that has slept releases the lock.
      clock.walk();
      await session.ready;
      await waitFor(() => behind.state === "holds");
      behind.letGo();
      await untilLocks(0, 0);
      const { status } = session.state;
      session.close();
      holder.kill();
      return { before, after, status, lock: session.inspect().lock };
    });
    assert.deepEqual(seen, {
      before: [["ifAvailable", "signal"], "holds"],
      after: ["ifAvailable", "signal", "steal"],
      status: "active",
      lock: "browser",
    });
  }
});

test("a queue that moves is not robbed, however long it takes", async ({ run, runInWorker }) => {
  for (const there of [run, runInWorker]) {
    await there(defineTime);
    const seen = await there(async () => {
      const first = await holdLockElsewhere();
      const second = askForLockElsewhere();
      await untilLocks(1, 1);
      const { server, session, spy, clock } = await startBehind();
      await pass(clock, spy, 5);
      first.letGo();
      await waitFor(() => second.state === "holds");
      await pass(clock, spy, 6);
      const seen = [spy.asked.length, second.state, server.calls.length];
      clock.walk();
      second.letGo();
      await session.ready;
      await waitFor(() => second.state === "released");
      session.close();
      for (const { worker } of [first, second]) worker.terminate();
      return [...seen, session.state.status];
    });
    assert.deepEqual(seen, [2, "holds", 0, "active"]);
  }
});

test("the lock of a tab that is killed is free", { tag: ["@scenario-34"] }, async ({
  run,
  runInWorker,
}) => {
  for (const there of [run, runInWorker]) {
    const status = await there(async () => {
      const holder = await holdLockElsewhere();
      const { session } = start();
      await untilLocks(1, 1);
      holder.kill();
      await session.ready;
      session.close();
      return session.state.status;
    });
    assert.equal(status, "active");
  }
});

test("who has lost the lock takes its answer all the same, and asks for the lock the next time", async ({
  run,
  runInWorker,
}) => {
  for (const there of [run, runInWorker]) {
    const seen = await there(async () => {
      const victim = start({ name: "victim" });
      victim.server.holdRefresh();
      await waitFor(() => victim.server.calls.length === 1);
      new StoppedClock().walk();
      const thief = await started({ name: "thief", timeout: 1, lockTimeout: 1 });
      await waitFor(() => thief.session.state.status === "active");
      victim.server.letGo();
      await until(victim.session, ({ status }) => status === "active");
      const spy = new LockSpy();
      await victim.session.refresh();
      await untilLocks(0, 0);
      const { lock } = victim.session.inspect();
      for (const { session } of [victim, thief]) session.close();
      return [spy.asked.map((asked) => asked.split(" ")[1]), lock];
    });
    assert.deepEqual(seen, [["ifAvailable"], "browser"]);
  }
});

test("a login runs when its turn has come, and holds the lock meanwhile", async ({
  run,
  runInWorker,
}) => {
  for (const there of [run, runInWorker]) {
    const seen = await there(async () => {
      const holder = await holdLock();
      const { server, session } = start({ restore: false });
      let answer;
      const login = () => new Promise((resolve) => (answer = resolve));
      const signedIn = session.signIn(login);
      await untilLocks(1, 1);
      const early = answer;
      holder.letGo();
      await waitFor(() => answer);
      await untilLocks(1, 0);
      answer(server.token());
      await signedIn;
      await untilLocks(0, 0);
      const { status, elsewhere } = session.state;
      session.close();
      return [early, status, elsewhere];
    });
    assert.deepEqual(seen, [undefined, "active", false]);
  }
});
