// The marker of a refresh that is in flight: it outlives its page, and the next page reads it. With
// real reloads: ../tabs/reloading, ../tabs/returning.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

/**
 * Defines in each page: a session with a refresh in flight, a page that goes, and the attempt id of
 * a refresh.
 */
const define = () => {
  globalThis.open = (options) => start({ name: "marked", ...options });
  globalThis.openHeld = async (options) => {
    const opened = open(options);
    opened.server.holdRefresh();
    await waitFor(() => opened.server.calls.length === 1);
    return opened;
  };
  globalThis.leave = (session) => {
    dispatchEvent(new PageTransitionEvent("pagehide", { persisted: false }));
    session.close();
  };
  globalThis.idOf = async (server, index) => {
    await waitFor(() => server.count("/auth/refresh") > index);
    return server.member("/auth/refresh", index, "x-requested-with");
  };
  /**
   * Stores how long the previous page took for its refresh: the wait for an orphan depends on it.
   */
  globalThis.took = (ms) => writeEntry("answered", `0 ${ms}`);
  globalThis.setCookie = (name, value) => {
    document.cookie = `${name}=${value}`;
  };
};

/** 64-bit FNV-1a of "a", as its authors publish it. */
const DIGEST_OF_A = "af63dc4c8601ec8c";

/**
 * Advances the fake clock in steps. Tasks that do not depend on the clock run between two steps.
 */
const pass = async ({ page, run }, ms) => {
  for (let passed = 0; passed < ms; passed += 100) {
    await page.clock.runFor(100);
    await run(() => nextTask());
  }
};

const withClock = async (stage) => {
  await stage.stopClock();
  await stage.run(define);
};

test("a marker is there while a refresh is on the wire, in the form of the first version", async ({
  run,
}) => {
  await run(define);
  const seen = await run(async () => {
    const before = Date.now();
    const { server, session } = await openHeld();
    const marker = entry("attempt");
    const after = Date.now();
    server.letGo();
    await session.ready;
    const sent = server.calls[0]["x-requested-with"];
    return { marker, sent, before, after, settled: entry("attempt") };
  });
  const [attempt, id, sent, ...others] = seen.marker.split(" ");
  assert.match(attempt, /^[0-9a-f]{32}$/);
  assert.equal(id, seen.sent);
  assert.ok(sent >= seen.before && sent <= seen.after, seen.marker);
  assert.deepEqual(others, ["out", "-", "-", "-"]);
  assert.equal(seen.settled, undefined);
});

test("a refusal settles a refresh as well", async ({ run }) => {
  await run(define);
  const seen = await run(async () => {
    const { server, session } = open();
    for (let time = 0; time < 2; time++)
      server.answerRefresh(401, "{}", '{"content-type":"application/json"}');
    await session.ready;
    return [session.state.reason, entry("attempt")];
  });
  assert.deepEqual(seen, ["none", undefined]);
});

test("the page after one that went away in a refresh sends its id while the lost reply may come", {
  tag: ["@scenario-65"],
}, async ({ stage }) => {
  await withClock(stage);
  const { run } = stage;
  const id = await run(async () => {
    took(500);
    const { server, session } = await openHeld({ timeout: 3 });
    leave(session);
    globalThis.id = await idOf(server, 0);
    Object.assign(globalThis, { next: open({ timeout: 3 }) });
    await waitFor(() => next.session.inspect().progress === "holding");
    return entry("attempt").split(" ")[1];
  });
  await pass(stage, 3_000);
  const seen = await run(async () => {
    const { server, session } = next;
    await session.ready;
    const first = [await idOf(server, 0), entry("attempt").split(" ")[3]];
    await session.refresh();
    // The orphan's own reply may still bring the same cookie, and must not overwrite a newer one.
    return [...first, await idOf(server, 1), entry("attempt").split(" ")[3]];
  });
  assert.deepEqual(seen, [id, "overtaken", id, "overtaken"]);
});

test("the marker of a page that was killed is enough", async ({ run }) => {
  await run(define);
  const seen = await run(async () => {
    // The form of the first version: four words.
    const id = "0123456789abcdef0123456789abcdef";
    writeEntry("attempt", `${"f".repeat(32)} ${id} 1700000000000 out`);
    const { server, session } = open();
    await session.ready;
    return [(await idOf(server, 0)) === id, session.state.status, entry("attempt")];
  });
  assert.deepEqual(seen, [true, "active", undefined]);
});

test("an object that is created again waits until the refresh of the closed one has settled", async ({
  run,
}) => {
  await run(define);
  const seen = await run(async () => {
    const closed = await openHeld();
    const id = await idOf(closed.server, 0);
    closed.session.close();
    // React's StrictMode does the same.
    const next = open();
    await untilLocks(1, 1);
    await manyTasks();
    const early = [entry("attempt").split(" ")[1] === id, next.server.calls.length];
    closed.server.letGo();
    await next.session.ready;
    return [...early, (await idOf(next.server, 0)) === id, entry("attempt")];
  });
  assert.deepEqual(seen, [true, 0, false, undefined]);
});

test("who takes the lock from a frozen tab sends its id, and hands it the token", async ({
  run,
}) => {
  await run(define);
  const seen = await run(async () => {
    const frozen = await openHeld();
    const id = await idOf(frozen.server, 0);
    new StoppedClock().walk();
    const next = open({ timeout: 1, lockTimeout: 1 });
    next.server.serial = 100;
    const isSame = (await idOf(next.server, 0)) === id;
    await until(next.session, ({ status }) => status === "active");
    await until(frozen.session, ({ status }) => status === "active");
    const token = await next.session.accessToken();
    const isHandedOver = (await frozen.session.accessToken()) === token;
    return [isSame, isHandedOver];
  });
  assert.deepEqual(seen, [true, true]);
});

test("a late reply leaves the marker of a later attempt alone", async ({ run }) => {
  await run(define);
  const seen = await run(async () => {
    const one = await openHeld({ timeout: 1, shareToken: false });
    const id = await idOf(one.server, 0);
    // It times out, and the next one has its turn.
    const two = open({ shareToken: false, server: { rotation: "none" } });
    two.server.holdRefresh();
    const isSame = (await idOf(two.server, 0)) === id;
    const ofTwo = entry("attempt");
    one.server.letGo();
    await until(one.session, ({ status }) => status === "active");
    const isThere = entry("attempt") === ofTwo;
    two.server.letGo();
    await until(two.session, ({ status }) => status === "active");
    return [isSame, isThere];
  });
  assert.deepEqual(seen, [true, true]);
});

test("as long as nobody knows what became of a refresh its id is sent again", async ({ run }) => {
  await run(define);
  const seen = await run(async () => {
    const { server, session } = open();
    server.failRefresh();
    server.answerRefresh(503, "", "{}");
    server.answerRefresh(200, "<html>", '{"content-type":"text/html"}');
    const states = statesOf(session);
    const ids = [await idOf(server, 0)];
    const markers = [];
    // A failure shows before its retry. Back online it shows once more, without a time of the
    // retry.
    const failed = () => states.filter(({ error, retryAt }) => error && retryAt !== null).length;
    for (let index = 1; index < 4; index++) {
      await waitFor(() => failed() >= index);
      markers.push(entry("attempt").split(" ")[1]);
      dispatchEvent(new Event("online"));
      ids.push(await idOf(server, index));
    }
    await until(session, ({ status }) => status === "active");
    const statuses = states.map(({ error }) => error?.status);
    return { ids: new Set([...ids, ...markers]).size, settled: entry("attempt"), statuses };
  });
  assert.deepEqual([seen.ids, seen.settled], [1, undefined]);
  assert.ok(seen.statuses.includes(503));
});

test("companionCookie: the marker tells it by a digest, as it was when the refresh was sent", async ({
  run,
}) => {
  await run(define);
  const seen = await run(async () => {
    const digests = [];
    for (const value of ["a", "secret", "b=c%20", "", undefined]) {
      // The names of these cookies only begin or end like the right one.
      setCookie("stamp-x", "x");
      setCookie("x-stamp", "x");
      setCookie("stamp", value === undefined ? "; Max-Age=0" : value);
      const { session } = await openHeld({ companionCookie: "stamp" });
      digests.push(entry("attempt").split(" ")[4]);
      leave(session);
      localStorage.clear();
    }
    setCookie("stamp", "a");
    await openHeld();
    return [...digests, entry("attempt").split(" ")[4]];
  });
  const [a, secret, encoded, empty, ...none] = seen;
  assert.equal(a, DIGEST_OF_A);
  for (const digest of [secret, encoded, empty]) assert.match(digest, /^[0-9a-f]{16}$/);
  assert.equal(new Set(seen).size, 5);
  // Without the cookie, and without the option.
  assert.deepEqual(none, ["-", "-"]);
});

test("companionCookie: the wait for an orphan ends soon after it has changed", async ({
  stage,
}) => {
  await withClock(stage);
  const { run } = stage;
  await run(async () => {
    // Four times as long as the rule takes.
    took(4_000);
    setCookie("stamp", "a");
    const { session } = await openHeld({ companionCookie: "stamp" });
    leave(session);
    Object.assign(globalThis, open({ companionCookie: "stamp" }));
    await waitFor(() => session.inspect().progress !== "idle");
  });
  await pass(stage, 1_000);
  assert.equal(await run(() => server.calls.length), 0);
  await run(() => setCookie("stamp", "b"));
  await pass(stage, 1_000);
  await run(() => session.ready);
  assert.equal(await run(() => server.calls.length), 1);
});

test("companionCookie: where it has changed already there is no wait", async ({ run }) => {
  await run(define);
  const seen = await run(async () => {
    took(4_000);
    setCookie("stamp", "a");
    const { session } = await openHeld({ companionCookie: "stamp" });
    leave(session);
    setCookie("stamp", "b");
    const told = [];
    const next = open({
      companionCookie: "stamp",
      onEvent: ({ reason }) => told.push(reason),
    });
    await next.session.ready;
    return [next.session.state.status, told.includes("orphan")];
  });
  assert.deepEqual(seen, ["active", false]);
});

test("companionCookie: the wait lasts its bound where nothing tells that it has changed", async ({
  stage,
}) => {
  for (const change of ["the same", "gone", "new", "of a marker of the first version"]) {
    await stage.open();
    await withClock(stage);
    const { run } = stage;
    await run(async (change) => {
      localStorage.clear();
      took(500);
      setCookie("stamp", change === "new" ? "; Max-Age=0" : "a");
      const { session } = await openHeld({ companionCookie: "stamp" });
      leave(session);
      if (change === "gone") setCookie("stamp", "; Max-Age=0");
      if (change === "new") setCookie("stamp", "b");
      if (/first version/.test(change)) {
        writeEntry("attempt", entry("attempt").split(" ").slice(0, 4).join(" "));
        setCookie("stamp", "b");
      }
      globalThis.id = entry("attempt").split(" ")[1];
      Object.assign(globalThis, open({ companionCookie: "stamp" }));
      await waitFor(() => session.inspect().progress !== "idle");
    }, change);
    // Two seconds: longer than twice the duration of the last refresh.
    await pass(stage, 1_800);
    assert.equal(await run(() => server.calls.length), 0, change);
    await pass(stage, 1_000);
    const isSame = await run(async () => (await idOf(server, 0)) === id);
    assert.equal(isSame, true, change);
  }
});
