// A sign-out that the server has not heard of: how it is written down, what confirms it, and what
// the next page does about it. With a real server: ../../tabs/pending-sign-outs.

import assert from "node:assert/strict";
import { test } from "./fixtures.mjs";
import { LATE } from "./frozen-messages.mjs";

/** Of long ago. */
const EARLY = "018bcfe568003210fedcba9876543210";
const OVER = { status: "ended", reason: "signed-out" };

/**
 * In each page: a session with a sign-out endpoint, what the server was asked, and the number of
 * tries that is written down.
 */
const define = () => {
  globalThis.JSON_TYPE = '{"content-type":"application/json"}';
  globalThis.open = (options) => start({ signOut: "/auth/logout", ...options });
  globalThis.opened = async (options) => {
    const both = open(options);
    await both.session.ready;
    return both;
  };
  globalThis.asked = (server) =>
    server.calls.map(({ url }) => new URL(url).pathname.replace("/auth/", ""));
  globalThis.tries = (options) => entry("sign-out", options)?.split(" ")[2];
  /** A session that has signed out, which the server could not be told. */
  globalThis.signedOut = async (options) => {
    const both = await opened(options);
    both.server.answerSignOut(0, "", "{}");
    await both.session.signOut();
    return both;
  };
};

test("it is written down in the form of the first version, and is no secret", async ({ run }) => {
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
  assert.deepEqual([seen.status, tries, id, more], ["pending", "1", seen.id, []]);
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

test("a 2xx confirms it, unless it is HTML", { tag: ["@scenario-89"] }, async ({ run }) => {
  await run(define);
  const seen = await run(async () => {
    const seen = [];
    for (const [status, body, headers] of [
      [200, "{}", JSON_TYPE],
      [201, "", "{}"],
      [202, "signed out", '{"content-type":"text/plain"}'],
      [200, "", "{}"],
      [200, "<html>", '{"content-type":"text/html"}'],
      [200, "{}", '{"content-type":"Application/XHTML+XML; charset=utf-8"}'],
      [200, " \n<!doctype html>", '{"content-type":""}'],
    ]) {
      const { server, session } = await opened();
      server.answerSignOut(status, body, headers);
      seen.push([await session.signOut(), entry("sign-out") !== undefined]);
      session.close();
      localStorage.clear();
    }
    return seen;
  });
  const [confirmed, pending] = [
    ["confirmed", false],
    ["pending", true],
  ];
  assert.deepEqual(seen, [...Array(4).fill(confirmed), ...Array(3).fill(pending)]);
});

test("a refusal confirms it if the refresh after it is refused twice, and not otherwise", async ({
  run,
}) => {
  await run(define);
  const seen = await run(async () => {
    const sessions = [];
    for (const status of [400, 401, 403, 404, 410, 422])
      for (const refusals of [0, 1, 2]) sessions.push({ status, refusals });
    // Each at an auth server of its own, for they would wait for each other.
    const outcomes = sessions.map(async ({ status, refusals }, index) => {
      const refresh = `https://auth-${index}.test/auth/refresh`;
      const { server, session } = await opened({ refresh });
      server.answerSignOut(status, "{}", JSON_TYPE);
      for (let time = 0; time < refusals; time++) server.answerRefresh(401, "{}", JSON_TYPE);
      const settled = await session.signOut();
      const isPending = entry("sign-out", { refresh }) !== undefined;
      session.close();
      return [settled, isPending];
    });
    return Promise.all(outcomes);
  });
  const each = [
    ["pending", true],
    ["pending", true],
    ["confirmed", false],
  ];
  assert.deepEqual(seen, Array(6).fill(each).flat());
});

test("what says nothing of it is not its end; it is tried again when the network is back", async ({
  run,
}) => {
  await run(define);
  const seen = await run(async () => {
    const seen = [];
    for (const [status, headers] of [
      [500, JSON_TYPE],
      [503, '{"retry-after":"3600"}'],
      [403, JSON_TYPE],
      [403, '{"content-type":"text/html"}'],
      [0, JSON_TYPE],
    ]) {
      const { server, session } = await opened();
      server.answerSignOut(status, "{}", headers);
      const { kind } = (await session.signOut(), session.inspect().signOut.error);
      const counted = tries();
      dispatchEvent(new Event("online"));
      await waitFor(() => entry("sign-out") === undefined);
      seen.push([kind, counted, server.count("/auth/logout")]);
      session.close();
      localStorage.clear();
    }
    return seen;
  });
  assert.deepEqual(seen, [
    ["transient", "1", 2],
    ["throttled", "1", 2],
    ["rejected", "1", 2],
    ["protocol", "1", 2],
    ["transient", "0", 2],
  ]);
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
    return { written: written.map((entry) => entry.split(" ")), told: server.count("logout") };
  });
  assert.deepEqual(
    seen.written.map((words) => words[2]),
    ["1", "2", "2"],
  );
  // What else is written stays as it was.
  const others = seen.written.map((words) => words.toSpliced(2, 1).join());
  assert.equal(new Set(others).size, 1);
  assert.equal(seen.told, 4);
});

test("the next page finishes it before it shows anything", async ({ run }) => {
  await run(define);
  const seen = await run(async () => {
    (await signedOut()).session.close();
    const { server, session } = open();
    const states = statesOf(session);
    await until(session, ({ status }) => status === "ended");
    await waitFor(() => entry("sign-out") === undefined);
    const { status, reason } = session.state;
    return [{ status, reason }, states.some(({ status }) => status === "active"), asked(server)];
  });
  // One refresh, to see whose session there is.
  assert.deepEqual(seen, [OVER, false, ["refresh", "logout"]]);
});

test("somebody else who has signed in meanwhile stays signed in", async ({ run }) => {
  await run(define);
  const seen = await run(async () => {
    (await signedOut()).session.close();
    const { server, session } = open();
    server.answerRefresh(200, server.login("bob"), JSON_TYPE);
    await until(session, ({ status }) => status === "active");
    return [session.state.claims.sub, server.count("/auth/logout"), entry("sign-out")];
  });
  assert.deepEqual(seen, ["bob", 0, undefined]);
});

test("a sign-in ends the matter before its request is sent; a login that fails puts it back", async ({
  run,
}) => {
  await run(define);
  const seen = await run(async () => {
    const { server, session } = await signedOut();
    server.answerSignOut(0, "", "{}");
    const failed = await outcome(
      session.signIn(async () => {
        throw new Error("wrong password");
      }),
    );
    const isBack = entry("sign-out") !== undefined;
    const again = await signedOut({ name: "again" });
    let duringLogin;
    await again.session.signIn(() => {
      duringLogin = entry("sign-out", { name: "again" });
      return again.server.token();
    });
    dispatchEvent(new Event("online"));
    await again.session.refresh();
    const told = again.server.count("/auth/logout");
    return [failed.thrown.message, isBack, duringLogin, told];
  });
  assert.deepEqual(seen, ["wrong password", true, undefined, 1]);
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
      // Where it lay, the next one is written.
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
