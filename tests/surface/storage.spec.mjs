// Stored entries of a session, under frozen names and in frozen forms, and how the next page reads
// them. Native tests check the forms as well (src/format/entries.rs).

import assert from "node:assert/strict";
import { test } from "./fixtures.mjs";
import { digest, LATE, messages, sessionOf, TOMORROW } from "./frozen-messages.mjs";

/** A session id of long ago. */
const EARLY = "018bcfe568003210fedcba9876543210";

test("a session that goes on is written down with a digest of whose it is", async ({
  origin,
  run,
}) => {
  const seen = await run(async () => {
    const { server, session } = await started();
    const first = { id: session.state.session, entry: entry("session") };
    const keys = Object.keys(localStorage).sort();
    await session.refresh();
    const isSame = entry("session") === first.entry;
    // An opaque token may be somebody else's, so it is another session.
    server.answerRefresh(200, '{"access_token":"opaque","expires_in":900}', "{}");
    const changed = (await outcome(session.refresh())).thrown.code;
    return { first, keys, isSame, changed, second: [session.state.session, entry("session")] };
  });
  const { id } = seen.first;
  assert.equal(seen.first.entry, `begun ${id} ${digest("alice", id)}`);
  assert.deepEqual(seen.keys, [
    `silent-session:1:answered:${origin} /auth/refresh`,
    `silent-session:1:company:default:${origin}/auth/refresh`,
    `silent-session:1:session:default:${origin}/auth/refresh`,
  ]);
  const [second, written] = seen.second;
  assert.deepEqual(
    [seen.isSame, seen.changed, written],
    [true, "ERR_SESSION_CHANGED", `begun ${second} -`],
  );
});

test("the end of a session is written down with its reason", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started({ signOut: "/auth/logout" });
    const first = session.state.session;
    await session.signOut();
    const signedOut = entry("session");
    await session.signIn(server.token());
    const second = session.state.session;
    for (let time = 0; time < 2; time++)
      server.answerRefresh(401, "{}", '{"content-type":"application/json"}');
    await outcome(session.refresh());
    const kinds = Object.keys(localStorage).map((key) => key.split(":")[2]);
    return { first, signedOut, second, rejected: entry("session"), kinds: kinds.sort() };
  });
  const [over, until, reason] = seen.signedOut.split(" ");
  assert.deepEqual([over, reason, until > seen.first], ["over", "signed-out", true]);
  assert.equal(seen.rejected, `over ${seen.second} rejected`);
  assert.deepEqual(seen.kinds, ["answered", "company", "session"]);
});

test("where there is no session none is written down", async ({ run }) => {
  const kinds = await run(async () => {
    const { server, session } = start();
    for (let time = 0; time < 2; time++)
      server.answerRefresh(401, "{}", '{"content-type":"application/json"}');
    await session.ready;
    return Object.keys(localStorage).map((key) => key.split(":")[2]);
  });
  assert.ok(!kinds.includes("session") && !kinds.includes("attempt"), kinds.join());
});

test("that there is a tab is written down until the last one goes", async ({ run }) => {
  const seen = await run(async () => {
    const [one, two] = [await started(), await started()];
    await waitFor(() => one.session.inspect().tabs.length > 0);
    await waitFor(() => two.session.inspect().tabs.length > 0);
    one.session.close();
    const seen = [entry("company")];
    await waitFor(() => two.session.inspect().tabs.length === 0);
    two.session.close();
    return [...seen, entry("company")];
  });
  assert.deepEqual(seen, ["1", undefined]);
});

test("sessions of another name or refresh URL have entries of their own", {
  tag: ["@scenario-80"],
}, async ({ origin, run }) => {
  const seen = await run(async () => {
    const sessions = [
      {},
      { name: "another" },
      { refresh: "/tenant/auth/refresh" },
      { refresh: "https://auth.test/auth/refresh" },
    ];
    const ids = [];
    for (const options of sessions) {
      const { session } = await started(options);
      ids.push([session.state.session, entry("session", options).split(" ")[1]]);
    }
    const tabs = sessions.length;
    await start({ name: "last", restore: false }).session.ready;
    return { ids, tabs, keys: Object.keys(localStorage).filter((key) => /:session:/.test(key)) };
  });
  assert.equal(new Set(seen.ids.map(([id]) => id)).size, seen.tabs);
  for (const [id, written] of seen.ids) assert.equal(written, id);
  assert.deepEqual(
    seen.keys.sort(),
    [
      `silent-session:1:session:another:${origin}/auth/refresh`,
      `silent-session:1:session:default:${origin}/auth/refresh`,
      `silent-session:1:session:default:${origin}/tenant/auth/refresh`,
      "silent-session:1:session:default:https://auth.test/auth/refresh",
    ].sort(),
  );
});

test("the next page goes on with the session that is written down, unless somebody else is there", async ({
  run,
}) => {
  const seen = await run(
    async (written) => {
      writeEntry("session", written);
      const { session } = await started();
      const first = session.state.session;
      session.close();
      const next = start();
      next.server.answerRefresh(200, next.server.login("bob"), "{}");
      await next.session.ready;
      return { first, second: next.session.state.session, entry: entry("session") };
    },
    `begun ${EARLY} ${digest("alice", EARLY)}`,
  );
  assert.equal(seen.first, EARLY);
  assert.ok(seen.second > EARLY);
  assert.equal(seen.entry, `begun ${seen.second} ${digest("bob", seen.second)}`);
});

test("a session that was forgotten is written down again by the next page", async ({ run }) => {
  const isThere = await run(async () => {
    (await started()).session.close();
    localStorage.clear();
    const { session } = await started();
    return entry("session").startsWith(`begun ${session.state.session} `);
  });
  assert.equal(isThere, true);
});

test("an end that is written down counts for every session before it, and other tabs are told", async ({
  run,
}) => {
  for (const reason of ["signed-out", "rejected"]) {
    const seen = await run(
      async ([written, token, name]) => {
        writeEntry("session", written, { name });
        const peer = new Peer({ name });
        const { server, session } = start({ name });
        server.holdRefresh();
        await peer.hears("hello");
        // Another tab has missed it.
        peer.say(token);
        const said = await peer.hears("over");
        const { tab } = session.inspect();
        session.close();
        return { said, tab };
      },
      [`over ${LATE} ${reason}`, messages.token, reason],
    );
    const over = messages[reason === "rejected" ? "over, rejected" : "over, signed out"];
    assert.deepEqual(seen.said, { ...over, from: seen.tab });
  }
});

test("an entry that cannot be read counts as absent", async ({ run }) => {
  const junk = [
    "",
    "begun",
    `begun ${LATE}`,
    `begun ${LATE} x`,
    "begun x -",
    `over ${LATE}`,
    `over ${LATE} Rejected`,
    `ended ${LATE} rejected`,
    `begun  ${LATE} -`,
    '{"v":2}',
    "f ".repeat(50_000),
  ];
  const markers = ["", "x", "x y z", LATE, `${LATE}  ${LATE}`];
  const seen = await run(
    async ([junk, markers]) => {
      const seen = [];
      for (const [index, written] of junk.entries()) {
        writeEntry("session", written);
        writeEntry("attempt", markers[index % markers.length]);
        const { server, session } = await started();
        seen.push([session.state.session, server.calls[0]["x-requested-with"]]);
        session.close();
        localStorage.clear();
      }
      return seen;
    },
    [junk, markers],
  );
  for (const [index, [session, attempt]] of seen.entries()) {
    assert.ok(session < LATE, junk[index]);
    assert.match(attempt, /^[0-9a-f]{32}$/);
    assert.notEqual(attempt, LATE);
  }
});

test("a sign-out counts for whatever is written down, and a sign-in is later", async ({ run }) => {
  const seen = await run(async (late) => {
    const { server, session } = await started();
    // Another tab was faster, and this one has not heard of it yet.
    writeEntry("session", `begun ${late} -`);
    await session.signOut();
    const signedOut = entry("session");
    await session.signIn(server.token());
    return { signedOut, id: session.state.session, signedIn: entry("session") };
  }, LATE);
  const [over, until, reason] = seen.signedOut.split(" ");
  assert.deepEqual([over, until > LATE, reason], ["over", true, "signed-out"]);
  assert.ok(seen.id > until);
  assert.ok(seen.signedIn.startsWith(`begun ${seen.id} `));
});

test("what another tab has written down meanwhile is not replaced by what is earlier", async ({
  run,
}) => {
  const later = `begun ${sessionOf(TOMORROW)} -`;
  const pending = `${sessionOf(TOMORROW)} ${Date.now()} 0 - - - -`;
  const write = async ([later, pending]) => {
    const begins = await started({ name: "begins" });
    overtakeRead("session", later, { name: "begins" });
    await begins.session.signIn(begins.server.login("bob"));
    const kept = [entry("session", { name: "begins" })];
    begins.session.close();
    const ends = await started({ name: "ends", signOut: "/auth/logout" });
    overtakeRead("session", later, { name: "ends" });
    const signedOut = await outcome(ends.session.signOut());
    kept.push(entry("session", { name: "ends" }));
    ends.session.close();
    const pends = await started({ name: "pends", signOut: "/auth/logout" });
    overtakeRead("sign-out", pending, { name: "pends" });
    pends.server.signOutAnswers.push({ status: 503 });
    await pends.session.signOut();
    kept.push(entry("sign-out", { name: "pends" }).split(" ")[0]);
    // The server is not told to end the session that has begun meanwhile.
    return { kept, code: signedOut.thrown?.code, told: ends.server.count("/auth/logout") };
  };
  const seen = await run(write, [later, pending]);
  const kept = [later, later, sessionOf(TOMORROW)];
  assert.deepEqual(seen, { kept, code: "ERR_SESSION_CHANGED", told: 0 });
});

test("a page that is alone asks nobody; where there was a tab, it is asked for a tenth of a second", async ({
  run,
}) => {
  const seen = await run(async () => {
    const clock = new StoppedClock();
    const alone = await started({ name: "alone" });
    writeEntry("company", "1");
    const peer = new Peer();
    const { server, session } = start();
    await peer.hears("hello");
    await manyTasks();
    const seen = [alone.session.state.status, server.calls.length];
    clock.advance(100);
    await session.ready;
    return [...seen, session.state.status, server.calls.length];
  });
  assert.deepEqual(seen, ["active", 0, "active", 1]);
});

test("what refreshes have cost is stored beside the cookie until time has paid it off or a token has come", async ({
  run,
}) => {
  const seen = await run(async () => {
    const goOn = stopWallClock();
    const { server, session } = start();
    server.answerRefresh(503, "", "{}");
    await session.ready;
    const now = Date.now();
    const [idle, ...others] = entry("spent").split(" ").map(Number);
    const wait = idle - now;
    goOn();
    await session.refresh();
    server.revoke();
    await session.fetch("/api/me");
    // It was right: what it has cost is given back, which does not happen any number of times.
    const [, rejected, justified] = entry("spent").split(" ").map(Number);
    return {
      wait,
      others,
      rejected,
      isJustified: justified > now,
      name: entry("spent", { name: "another" }) !== undefined,
    };
  });
  assert.ok(seen.wait >= 200_000 && seen.wait < 250_000, `${seen.wait}`);
  assert.deepEqual(seen, {
    wait: seen.wait,
    others: [0, 0],
    rejected: 0,
    isJustified: true,
    name: true,
  });
});

test("a worker, which stores nothing, tells the others what its refreshes have cost", async ({
  runInWorker,
}) => {
  const said = await runInWorker(async () => {
    const peer = new Peer();
    const { server, session } = start();
    server.answerRefresh(503, "", "{}");
    await waitFor(() => peer.heard.some(({ notes }) => notes?.includes("charged")));
    session.close();
    return peer.heard.map(({ notes }) => notes).filter((notes) => notes?.includes("charged"));
  });
  assert.match(said[0], /^charged 0 \d+ 2[0-4]\d{4}$/m);
});
