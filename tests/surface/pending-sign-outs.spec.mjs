// A sign-out that the server has not heard of: how it is stored, when it is retried, and what the
// next page does about it. With a real server: ../tabs/pending-sign-outs.

import assert from "node:assert/strict";
import { test } from "./fixtures.mjs";
import { LATE } from "./frozen-messages.mjs";
import { define } from "./sign-outs.mjs";

/** A session id of long ago. */
const EARLY = "018bcfe568003210fedcba9876543210";
const OVER = { status: "ended", reason: "signed-out" };

test("it is written down so that the first version can read it, and is no secret", async ({
  run,
}) => {
  await run(define);
  const seen = await run(async () => {
    const { server, session } = await opened();
    const { session: id } = session.state;
    server.answerSignOut(500, "{}", JSON_TYPE);
    const before = Date.now();
    const status = await session.signOut();
    return { status, id, before, after: Date.now(), written: entry("sign-out") };
  });
  const [until, at, tries, id, subject, ...more] = seen.written.split(" ");
  assert.match(until, /^[0-9a-f]{32}$/);
  assert.match(subject, /^[0-9a-f]{16}$/);
  assert.ok(until > seen.id && at >= seen.before && at <= seen.after, seen.written);
  // Of the person, and the date before which it is not tried.
  assert.deepEqual([seen.status, tries, id, more], ["pending", "1", seen.id, [subject, "-"]]);
});

test("it is written down before anything is sent, and removed when the server knows", async ({
  run,
}) => {
  await run(define);
  const seen = await run(async () => {
    const server = new FakeServer();
    const isPending = [];
    const fetch = (...args) => {
      isPending.push(entry("sign-out") !== undefined);
      return server.fetch(...args);
    };
    const { session } = await opened({ fetch });
    await session.signOut();
    return [asked(server), isPending, entry("sign-out")];
  });
  assert.deepEqual(seen, [["refresh", "logout"], [false, true], undefined]);
});

test("each time that the server cannot counts, and each time that it is not reached does not", async ({
  run,
}) => {
  await run(define);
  const seen = await run(async () => {
    const { server, session } = await opened();
    server.answerSignOut(500, "{}", JSON_TYPE);
    await session.signOut();
    const written = [entry("sign-out")];
    // Time brings no further try.
    const clock = new StoppedClock();
    server.answerSignOut(503, "", "{}");
    server.answerSignOut(0, "", "{}");
    for (const tried of [2, 3]) {
      const settled = () => session.inspect().signOut.retryAt !== null;
      dispatchEvent(new Event("online"));
      await waitFor(() => server.count("/auth/logout") === tried && settled());
      written.push(entry("sign-out"));
    }
    dispatchEvent(new Event("online"));
    await waitFor(() => entry("sign-out") === undefined);
    clock.resume();
    return { written: written.map((entry) => entry.split(" ")), told: server.count("logout") };
  });
  assert.deepEqual(
    seen.written.map((words) => words[2]),
    ["1", "2", "2"],
  );
  // The rest of the entry stays the same.
  const others = seen.written.map((words) => words.toSpliced(2, 1).join());
  assert.equal(new Set(others).size, 1);
  assert.equal(seen.told, 4);
});

test("the next page finishes it before it shows anything", async ({ run }) => {
  await run(define);
  const seen = await run(async () => {
    // For one that is seconds old, or is tried again, a refresh comes first.
    const clock = new StoppedClock();
    (await signedOut()).session.close();
    const { server, session } = open();
    const states = statesOf(session);
    await until(session, ({ status }) => status === "ended");
    await waitFor(() => entry("sign-out") === undefined);
    const { status, reason } = session.state;
    clock.resume();
    return [{ status, reason }, states.some(({ status }) => status === "active"), asked(server)];
  });
  // One refresh shows whose session there is.
  assert.deepEqual(seen, [OVER, false, ["refresh", "logout"]]);
});

test("somebody else who has signed in meanwhile stays signed in", async ({ run }) => {
  await run(define);
  const seen = await run(async () => {
    const clock = new StoppedClock();
    (await signedOut()).session.close();
    const { server, session } = open();
    server.answerRefresh(200, server.login("bob"), JSON_TYPE);
    await until(session, ({ status }) => status === "active");
    clock.resume();
    return [session.state.claims.sub, server.count("/auth/logout"), entry("sign-out")];
  });
  assert.deepEqual(seen, ["bob", 0, undefined]);
});

test("a login puts it off before its request is sent, and ends the matter unless it fails", async ({
  run,
}) => {
  await run(define);
  const seen = await run(async () => {
    // Time passes too slowly to bring a further try.
    const clock = new StoppedClock();
    const stop = clock.walk(2);
    const { server, session } = await signedOut();
    server.answerSignOut(0, "", "{}");
    const failed = await outcome(
      session.signIn(async () => {
        throw new Error("wrong password");
      }),
    );
    const notBefore = (name) => entry("sign-out", { name })?.split(" ")[6];
    const afterwards = [notBefore()];
    const again = await signedOut({ name: "again" });
    let putOff;
    await again.session.signIn(() => {
      putOff = notBefore("again") - Date.now();
      return again.server.token();
    });
    afterwards.push(notBefore("again"));
    dispatchEvent(new Event("online"));
    await again.session.refresh();
    const told = again.server.count("/auth/logout");
    stop();
    clock.resume();
    return [failed.thrown.message, afterwards, putOff, told];
  });
  assert.deepEqual(seen, ["wrong password", ["-", undefined], 600_000, 1]);
});

test("an entry that cannot be read counts as absent", async ({ run }) => {
  await run(define);
  const now = Date.now();
  const junk = [
    "",
    "junk",
    LATE,
    `${LATE} ${now} 0`,
    `${LATE} ${now} 0 -`,
    `${LATE} ${now} 0 x -`,
    `${LATE} ${now} 0 ${LATE} 0123456789abcdef0`,
    `${LATE} ${now} -1 - -`,
    `${LATE} soon 0 - -`,
    `${LATE}  ${now} 0 - -`,
    `x ${now} 0 - -`,
  ];
  const seen = await run(async (junk) => {
    const seen = [];
    for (const written of junk) {
      writeEntry("sign-out", written);
      const { server, session } = await opened();
      const asks = asked(server).join();
      // The next entry replaces it.
      server.answerSignOut(500, "{}", JSON_TYPE);
      await session.signOut();
      seen.push([asks, tries()]);
      session.close();
      localStorage.clear();
    }
    return seen;
  }, junk);
  assert.deepEqual(
    seen,
    junk.map(() => ["refresh", "1"]),
  );
});

test("one that a session has begun after is forgotten", async ({ run }) => {
  await run(define);
  const seen = await run(
    async ([early, begun]) => {
      writeEntry("session", `begun ${begun} -`);
      writeEntry("sign-out", `${early} ${Date.now()} 0 - -`);
      const { server, session } = await opened();
      return [session.state.status, asked(server), entry("sign-out")];
    },
    [EARLY, (Date.now() - 86_400_000).toString(16).padStart(12, "0") + EARLY.slice(12)],
  );
  assert.deepEqual(seen, ["active", ["refresh"], undefined]);
});

test("one that is old, or was tried twenty times, is given up, and local until the next sign-in", async ({
  run,
}) => {
  await run(define);
  const seen = await run(async (early) => {
    const seen = [];
    for (const [asked_, tried] of [
      [Date.now() - 61 * 86_400_000, 0],
      [Date.now(), 20],
    ]) {
      writeEntry("sign-out", `${early} ${asked_} ${tried} - -`);
      const { server, session } = open();
      await until(session, ({ status }) => status === "ended");
      dispatchEvent(new Event("online"));
      await manyTasks();
      seen.push([session.inspect().signOut.status, tries(), asked(server).length]);
      await session.signIn();
      seen.push([session.state.status, entry("sign-out")]);
      session.close();
      localStorage.clear();
    }
    return seen;
  }, EARLY);
  const each = [
    ["given-up", "20", 0],
    ["active", undefined],
  ];
  assert.deepEqual(seen, [...each, ...each]);
});

test("where the server is told of no sign-out it stays, and a local one holds in the next page", async ({
  run,
}) => {
  await run(define);
  const seen = await run(async (late) => {
    const written = `${late} ${Date.now()} 0 - -`;
    writeEntry("sign-out", written);
    const { server, session } = await opened({ signOut: undefined });
    const seen = [session.state.status, await session.signOut(), asked(server)];
    seen.push(entry("sign-out") === written);
    session.close();
    const next = open({ signOut: undefined });
    await until(next.session, ({ status }) => status === "ended");
    return [...seen, asked(next.server)];
  }, LATE);
  assert.deepEqual(seen, ["active", "local", ["refresh"], true, []]);
});

test("that of a session of another name is left alone", async ({ run }) => {
  await run(define);
  const seen = await run(async (late) => {
    const written = `${late} ${Date.now()} 0 - -`;
    writeEntry("sign-out", written, { name: "another" });
    const { server, session } = await opened();
    await session.signOut();
    dispatchEvent(new Event("online"));
    await manyTasks();
    const isThere = entry("sign-out", { name: "another" }) === written;
    return [server.count("/auth/logout"), isThere, entry("sign-out")];
  }, LATE);
  assert.deepEqual(seen, [1, true, undefined]);
});

test("where nobody knows whose it was the server is told at once, and calls find no session", async ({
  run,
}) => {
  await run(define);
  const seen = await run(async (late) => {
    writeEntry("sign-out", `${late} ${Date.now()} 0 - -`);
    const { server, session } = open();
    const { thrown } = await outcome(session.accessToken());
    await waitFor(() => entry("sign-out") === undefined);
    return [thrown.code, thrown.reason, asked(server)];
  }, LATE);
  assert.deepEqual(seen, ["ERR_SESSION_ENDED", "signed-out", ["logout"]]);
});

test("what the server could not be told it is told later", async ({ stage }) => {
  const { page, run } = stage;
  await stage.stopClock();
  await run(async () => {
    Object.assign(globalThis, await started({ signOut: "/auth/logout" }));
    server.failApi(new TypeError("network down"));
    await outcome(session.signOut());
  });
  assert.equal(await run(() => server.count("/auth/logout")), 1);
  // A refresh comes first, to see whose session there is. Tasks that do not depend on the clock run
  // between the two requests.
  const told = () => run(() => nextTask().then(() => server.count("/auth/logout")));
  for (let second = 0; second < 10 && (await told()) < 2; second++) await page.clock.runFor(1_000);
  assert.equal(await told(), 2);
});
