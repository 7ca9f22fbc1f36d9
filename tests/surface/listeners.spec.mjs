// Listeners are called at each change of the state. One that throws disturbs no other.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("a listener hears each change, after it, without an argument; until it is undone", async ({
  run,
}) => {
  const heard = await run(async () => {
    const { session } = start();
    const heard = [];
    const undo = session.subscribe((...args) =>
      heard.push([args.length, session.state.status, session.state.generation]),
    );
    await session.ready;
    await session.refresh();
    const undone = [undo(), undo()];
    await session.signOut();
    return [...heard, undone.every((each) => each === undefined)];
  });
  assert.deepEqual(heard, [[0, "active", 1], [0, "active", 2], true]);
});

test("a listener that one before it undoes is not called any more", async ({ run }) => {
  const heard = await run(async () => {
    const { session } = await started();
    const heard = [];
    let undo;
    session.subscribe(() => {
      heard.push("first");
      undo();
    });
    undo = session.subscribe(() => heard.push("second"));
    await session.refresh();
    return heard;
  });
  assert.deepEqual(heard, ["first"]);
});

test("whoever awaits a call finds the new state told already", async ({ run }) => {
  const order = await run(async () => {
    const { session } = await started();
    const order = [];
    session.subscribe(() => order.push("listener"));
    await session.refresh().then(() => order.push("caller"));
    return order;
  });
  assert.deepEqual(order, ["listener", "caller"]);
});

test("one function subscribed twice is called twice, and undone one by one", async ({ run }) => {
  const counts = await run(async () => {
    const { session } = await started();
    let count = 0;
    const listener = () => (count += 1);
    const undos = [session.subscribe(listener), session.subscribe(listener)];
    const counts = [];
    for (const undo of [() => {}, undos[0], undos[0], undos[1]]) {
      undo();
      count = 0;
      await session.refresh();
      counts.push(count);
    }
    return counts;
  });
  assert.deepEqual(counts, [2, 1, 1, 0]);
});

test("a listener that throws is reported, and disturbs nobody", async ({ stage }) => {
  const seen = await stage.run(async () => {
    const reported = [];
    addEventListener("error", (event) => reported.push(event.error.message));
    const { session } = await started();
    let others = 0;
    session.subscribe(() => (others += 1));
    session.subscribe(() => {
      throw new Error("a listener's own");
    });
    session.subscribe(() => (others += 1));
    const refreshed = await outcome(session.refresh());
    return { reported, others, refreshed, status: session.state.status };
  });
  assert.deepEqual(seen, {
    reported: ["a listener's own"],
    others: 2,
    refreshed: { value: undefined },
    status: "active",
  });
  assert.deepEqual(await stage.takeComplaints(), ["uncaught: a listener's own"]);
});

test("a listener may sign out, and one that comes later sees it", {
  tag: ["@scenario-32", "@scenario-58"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started({ signOut: "/auth/logout" });
    const heard = [];
    let signedOut;
    session.subscribe(() => (signedOut ??= session.signOut()));
    session.subscribe(() => heard.push(session.state.status));
    await session.refresh();
    await signedOut;
    return { last: heard.at(-1), state: session.state, told: server.count("/auth/logout") };
  });
  assert.deepEqual(seen, {
    last: "ended",
    state: { status: "ended", reason: "signed-out", elsewhere: false },
    told: 1,
  });
});

test("a listener may undo itself and others, subscribe and close while it is called", async ({
  run,
}) => {
  const seen = await run(async () => {
    const { session } = await started();
    const heard = [];
    const undo = session.subscribe(() => {
      heard.push("first");
      undo();
      session.subscribe(() => heard.push("late"));
    });
    session.subscribe(() => heard.push("second"));
    await session.refresh();
    const once = heard.splice(0);
    await session.refresh();
    const twice = heard.splice(0);
    session.subscribe(() => session.close());
    await outcome(session.refresh());
    return { once, twice, closed: (await outcome(session.accessToken())).thrown?.code };
  });
  assert.deepEqual(seen, {
    once: ["first", "second"],
    twice: ["second", "late"],
    closed: "ERR_SESSION_CLOSED",
  });
});

test("what is no function is no listener", async ({ run }) => {
  const { name, code } = await run(() => thrownBy(() => start().session.subscribe({})));
  assert.deepEqual([name, code], ["TypeError", "ERR_INVALID_OPTION"]);
});
