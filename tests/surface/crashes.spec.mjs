// The wasm traps, for whatever reason: the session goes on with a fresh instance. crashed-calls.spec.mjs has what waits.

import assert from "node:assert/strict";

import { CRASHED, SAID } from "./crashed.mjs";
import { test } from "./fixtures.mjs";

/** Sessions of every kind, and what has become of them after a crash. */
const crashAll = async () => {
  watchInstances();
  const brief = ({ status, session, reason, elsewhere, claims }) =>
    JSON.stringify([status, session, reason, elsewhere, claims?.sub]);
  const all = {
    restored: {},
    "signed in": { restore: false, then: ({ session, server }) => session.signIn(server.token()) },
    none: { restore: false },
    "signed out": { signOut: "/auth/logout", then: ({ session }) => session.signOut() },
    "signed out here": { then: ({ session }) => session.signOut() },
    rejected: {
      then: async ({ session, server }) => {
        const isJson = '{"content-type":"application/json"}';
        for (let times = 0; times < 2; times++) server.answerRefresh(401, "{}", isJson);
        await session.refresh().catch(() => {});
      },
    },
  };
  for (const [name, { then, ...options }] of Object.entries(all)) {
    const { server, session } = await started({ name, ...options });
    await then?.({ server, session });
    all[name] = { server, session, sent: server.calls.length, before: brief(session.state) };
    all[name].states = statesOf(session);
  }
  traps.unreachable();
  await outcome(all.restored.session.refresh());
  const seen = {};
  for (const [name, { server, session, before, sent, states }] of Object.entries(all)) {
    await until(session, ({ error }) => error === undefined);
    await manyTasks();
    seen[name] = [
      states.every((state) => brief(state) === before),
      states.find(({ error }) => error)?.error.code,
      server.calls.length > sent,
    ];
    session.close();
  }
  return seen;
};

test("a session is the same after a crash, and one that has ended stays so", async ({ stage }) => {
  for (const there of ["run", "runInWorker"]) {
    const seen = await stage[there](crashAll);
    const ended = [true, "ERR_WASM_CRASHED", false];
    const goesOn = [true, "ERR_WASM_CRASHED", true];
    assert.deepEqual(seen, {
      restored: goesOn,
      "signed in": goesOn,
      none: ended,
      "signed out": ended,
      "signed out here": ended,
      rejected: ended,
    });
    assert.deepEqual(await stage.takeComplaints(), [SAID]);
  }
});

test("the session is the same after a crash where storage is full", async ({ stage }) => {
  const seen = await stage.run(async () => {
    watchInstances();
    const { server, session } = await started();
    refuse(Storage.prototype, "setItem");
    await session.signIn(server.token());
    const before = session.state.session;
    traps.unreachable();
    await outcome(session.refresh());
    await until(session, ({ error }) => error === undefined);
    return [session.state.session === before, session.state.status];
  });
  assert.deepEqual(seen, [true, "active"]);
  assert.deepEqual(await stage.takeComplaints(), [SAID]);
});

/** What calls into the wasm: each is a function of the page, and returns once it has trapped. */
const MOMENTS = {
  "a message of another tab": () => {
    const peer = new Peer();
    traps.unreachable();
    peer.say({ v: 1, from: "a".repeat(32), kind: "hello" });
  },
  "an event of the page": () => {
    traps.unreachable();
    dispatchEvent(new Event("online"));
  },
  "storage that has changed": () => {
    traps.unreachable();
    dispatchEvent(new StorageEvent("storage", { key: null }));
  },
  "a lock that is granted": async ({ session }) => {
    const holder = await holdLock();
    session.refresh().catch(() => {});
    await untilLocks(1, 1);
    traps.unreachable();
    holder.letGo();
  },
  "a refresh that is granted": async ({ session, server }) => {
    server.holdRefresh();
    session.refresh().catch(() => {});
    await waitFor(() => server.count("/auth/refresh") === 2);
    traps.unreachable();
    server.letGo();
  },
  "a refresh that fails": ({ session, server }) => {
    server.refreshAnswers.push({
      get error() {
        traps.unreachable();
        return new TypeError("network down");
      },
    });
    session.refresh().catch(() => {});
  },
  "a token that is read": ({ session, server }) => {
    const login = new Response(server.login("alice"));
    const { text } = login;
    login.text = () => text.call(login).finally(() => traps.unreachable());
    session.signIn(login).catch(() => {});
  },
  "a login": ({ session, server }) => {
    const login = async () => {
      traps.unreachable();
      return new Response(server.login("alice"));
    };
    session.signIn(login).catch(() => {});
  },
  "a call that is sent": ({ session }) => {
    traps.unreachable();
    session.fetch("/api/me").catch(() => {});
  },
  "a call that is answered": ({ session, server }) => {
    server.revoke();
    session.fetch("/api/me").catch(() => {});
    traps.unreachable();
  },
  "an inspection": ({ session }) => {
    traps.unreachable();
    session.inspect();
  },
};

for (const [name, moment] of Object.entries(MOMENTS)) {
  test(`the session goes on after a crash in ${name}`, async ({ stage }) => {
    const seen = await stage.run(async (moment) => {
      watchInstances();
      const both = [await started({ name: "default" }), await started({ name: "other" })];
      const before = both.map(({ session }) => session.state.session);
      const states = both.map(({ session }) => statesOf(session));
      await (0, eval)(`(${moment})`)(both[0]);
      const isPublished = ({ error }) => error?.code === "ERR_WASM_CRASHED";
      await waitFor(() => states.every((seen) => seen.some(isPublished)));
      const again = both.map(async ({ session }, index) => {
        const { status } = await session.fetch("/api/me");
        return [status, session.state.session === before[index], "error" in session.state];
      });
      return { again: await Promise.all(again), instances: countInstances() };
    }, String(moment));
    const again = [200, true, false];
    assert.deepEqual(seen, { again: [again, again], instances: 2 });
    assert.deepEqual(await stage.takeComplaints(), [SAID]);
  });
}

const AGAIN = "the WebAssembly module has crashed twice within a minute, and is not started again";

/** Two crashes, so many milliseconds apart; then every call there is. */
const crashTwice = async (apart) => {
  watchInstances();
  const clock = new StoppedClock();
  clock.walk();
  const { server, session } = await started({ signOut: "/auth/logout" });
  const other = start({ name: "other" });
  other.server.holdRefresh();
  const ready = outcome(other.session.ready);
  const calls = [];
  const crash = () => {
    traps.unreachable();
    return outcome(session.refresh());
  };
  const first = performance.now();
  calls.push((await crash()).thrown);
  await until(session, ({ error }) => error === undefined);
  // However long that has taken.
  clock.advance(first + apart - performance.now());
  calls.push((await crash()).thrown);
  const sent = server.calls.length;
  const told = {
    fetch: session.fetch("/api/me"),
    accessToken: session.accessToken(),
    refresh: session.refresh(),
    signIn: session.signIn(() => server.token()),
    answer: session.signIn(server.token()),
    seed: session.seed(server.token()),
    signOut: session.signOut(),
    passive: session.fetchWith({ passive: true })("/api/me"),
    required: session.fetchWith({ token: "required" })("/api/me"),
  };
  for (const [name, call] of Object.entries(told)) told[name] = outcome(call);
  for (const [name, call] of Object.entries(told)) told[name] = (await call).thrown;
  await manyTasks();
  const { status, error } = session.state;
  const { phase } = session.inspect();
  return {
    calls,
    told,
    sent: server.calls.length - sent,
    state: [status, error && describe(error), other.session.state.error?.code, phase],
    ready: (await ready).thrown?.code,
    instances: countInstances(),
  };
};

test("a second crash within a minute is the last: nothing is sent any more", async ({ stage }) => {
  const seen = await stage.run(crashTwice, 59_000);
  const last = { ...CRASHED, message: AGAIN, retryable: false };
  assert.deepEqual(seen.calls, [CRASHED, last]);
  assert.equal(Object.keys(seen.told).length, 9);
  for (const thrown of Object.values(seen.told)) assert.deepEqual(thrown, last);
  assert.deepEqual(seen.state, ["active", last, "ERR_WASM_CRASHED", "loading"]);
  assert.deepEqual([seen.sent, seen.instances], [0, 2]);
  assert.deepEqual(await stage.takeComplaints(), [SAID, `console: silent-session: ${AGAIN}`]);
});

test("a crash a minute after another is survived like the first", async ({ stage }) => {
  const seen = await stage.run(crashTwice, 60_000);
  assert.deepEqual(seen.calls, [CRASHED, CRASHED]);
  assert.deepEqual([seen.told.fetch, seen.instances], [undefined, 3]);
  assert.deepEqual(await stage.takeComplaints(), [SAID, SAID]);
});

test("where the clock throws each time, the second crash is the last", async ({ stage }) => {
  const seen = await stage.run(async () => {
    const { session } = await started();
    const { now } = performance;
    performance.now = () => {
      throw new Error("no time");
    };
    const told = (await outcome(session.refresh())).thrown;
    await manyTasks();
    const { error } = session.state;
    performance.now = now;
    const next = await started({ name: "next" });
    return [told.code, error.retryable, next.session.state.status];
  });
  assert.deepEqual(seen, ["ERR_WASM_CRASHED", false, "active"]);
  assert.equal((await stage.takeComplaints()).length, 2);
});

test("a crash while a session is created is one", async ({ stage }) => {
  const seen = await stage.run(async () => {
    const { session } = await started();
    const { getRandomValues } = crypto;
    let isBroken = true;
    crypto.getRandomValues = (array) => {
      if (isBroken) throw new Error("no randomness");
      return getRandomValues.call(crypto, array);
    };
    const other = start({ name: "other" });
    isBroken = false;
    const codes = [session, other.session].map(({ state }) => state.error?.code);
    const answers = [session, other.session].map((session) => session.fetch("/api/me"));
    return [codes, (await Promise.all(answers)).map(({ status }) => status)];
  });
  assert.deepEqual(seen, [
    ["ERR_WASM_CRASHED", "ERR_WASM_CRASHED"],
    [200, 200],
  ]);
  assert.deepEqual(await stage.takeComplaints(), [SAID]);
});

test.describe("sessions beside one that has crashed", () => {
  // The other session's call was answered only after its patience had run out, in two runs of the whole suite. Some 160 runs of this
  // test alone never showed it. The cause is not known yet.
  test.describe.configure({ retries: 2 });

  test("a session that is created, called or closed by a listener of a crash does as ever", async ({
    stage,
  }) => {
    const seen = await stage.run(async () => {
      watchInstances();
      const { session } = await started();
      const [other, closed] = [await started({ name: "other" }), await started({ name: "closed" })];
      const made = [];
      const undo = session.subscribe(() => {
        undo();
        made.push(other.session.fetch("/api/me"), session.fetch("/api/me"));
        made.push(start({ name: "created" }).session.fetch("/api/me"));
        closed.session.close();
      });
      // The one that listens is called from within the wasm.
      traps.unreachable();
      session.subscribe(() => {});
      dispatchEvent(new Event("online"));
      const answers = await Promise.all(made);
      return [answers.map(({ status }) => status), countInstances()];
    });
    assert.deepEqual(seen, [[200, 200, 200], 2]);
    assert.deepEqual(await stage.takeComplaints(), [SAID]);
  });
});

test("a sign-out that the server does not know of is pursued after a crash", async ({ stage }) => {
  const seen = await stage.run(async () => {
    watchInstances();
    const { server, session } = await started({ signOut: "/auth/logout" });
    server.answerSignOut(500, "{}", '{"content-type":"application/json"}');
    const signedOut = await session.signOut();
    traps.unreachable();
    session.inspect();
    dispatchEvent(new Event("online"));
    await waitFor(() => session.inspect().signOut?.status === "confirmed");
    return [signedOut, server.count("/auth/logout"), session.state.reason];
  });
  assert.deepEqual(seen, ["pending", 2, "signed-out"]);
  assert.deepEqual(await stage.takeComplaints(), [SAID]);
});

test("timers of the lost instance do nothing", async ({ stage }) => {
  await stage.stopClock();
  await stage.run(async () => {
    watchInstances();
    Object.assign(globalThis, await started());
    traps.unreachable();
    session.inspect();
  });
  await stage.page.clock.runFor(60_000);
  await stage.run(() => until(session, ({ error }) => error === undefined));
  // To where the lost one would have refreshed.
  await stage.page.clock.runFor(900_000);
  assert.equal(await stage.run(() => countInstances()), 2);
  assert.deepEqual(await stage.takeComplaints(), [SAID]);
});

test("a clock or a source of randomness that calls the session crashes nothing", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    const calls = [];
    const calling = (owner, name) => {
      const native = owner[name];
      let left = 20;
      owner[name] = (...args) => {
        left -= 1;
        if (left > 0) {
          session.inspect();
          calls.push(outcome(session.fetch("/api/me")), outcome(session.refresh()));
        }
        return native.apply(owner, args);
      };
    };
    calling(Date, "now");
    calling(performance, "now");
    calling(crypto, "getRandomValues");
    await session.refresh();
    server.revoke();
    await session.fetch("/api/me");
    await session.signIn(server.token());
    // They may go on calling, and each call may replace the token of another one.
    while (calls.length > 0) await calls.shift();
    const { status } = await session.fetch("/api/me");
    return [status, session.state.status];
  });
  assert.deepEqual(seen, [200, "active"]);
});
