// Events, for metrics or a log, and inspect(), for bug reports.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("a refresh is told of when it is sent and when it is answered", async ({ run }) => {
  const { told, attempt, frozen, before, after } = await run(async () => {
    const told = [];
    const before = Date.now();
    const { server } = await started({ onEvent: (event) => told.push(event) });
    await nextTask();
    const after = Date.now();
    const attempt = server.member("/auth/refresh", 0, "x-requested-with");
    return { told, attempt, frozen: told.every(Object.isFrozen), before, after };
  });
  const [sent, settled] = told;
  assert.deepEqual(
    told.map(({ type }) => type),
    ["refresh-started", "refresh-settled"],
  );
  assert.ok(frozen);
  assert.equal(sent.attempt, settled.attempt);
  assert.ok(attempt.startsWith(sent.attempt) && attempt.length > 2 * sent.attempt.length);
  assert.deepEqual(Object.keys(settled).sort(), [
    "at",
    "attempt",
    "duration",
    "late",
    "outcome",
    "type",
  ]);
  assert.deepEqual([settled.outcome, settled.late], ["renewed", false]);
  // Seconds.
  assert.ok(settled.duration >= 0 && settled.duration <= (after + 1 - before) / 1000);
  assert.ok(sent.at >= before && settled.at >= sent.at);
});

test("a failure is told of with its kind and status, and so is the pause", async ({ run }) => {
  const told = await run(async () => {
    const told = [];
    const { server, session } = start({ onEvent: (event) => told.push(event) });
    server.answerRefresh(503, "", JSON.stringify({ "retry-after": "7" }));
    await session.ready;
    await nextTask();
    return told;
  });
  const [, settled, deferred] = told;
  assert.deepEqual([settled.outcome, settled.status], ["throttled", 503]);
  assert.deepEqual([deferred.type, deferred.reason], ["deferred", "backoff"]);
  // The Retry-After of the server, and up to half of that on top.
  assert.ok(deferred.duration >= 7 && deferred.duration <= 10.5, deferred.duration);
});

test("the end of a session is told of, once", async ({ run }) => {
  const told = await run(async () => {
    const told = [];
    const { session } = await started({ onEvent: (event) => told.push(event) });
    await session.signOut();
    await nextTask();
    return told.filter(({ type }) => type === "ended").map(({ at, ...rest }) => rest);
  });
  assert.deepEqual(told, [{ type: "ended", reason: "signed-out", elsewhere: false }]);
});

test("a token of another tab is told of", async ({ run }) => {
  const types = await run(async () => {
    const told = [];
    await started({ name: "adopting" });
    // The second tab waits for the first one as long as that takes.
    const clock = new StoppedClock();
    await started({ name: "adopting", onEvent: (event) => told.push(event) });
    await nextTask();
    clock.resume();
    // The second tab may have asked the first one before.
    return told.map(({ type }) => type).filter((type) => type !== "deferred");
  });
  assert.deepEqual(types, ["adopted"]);
});

test("a clock that is set is told of", async ({ run }) => {
  const told = await run(async () => {
    const told = [];
    const { session } = await started({ onEvent: (event) => told.push(event) });
    const { now } = Date;
    Date.now = () => now() + 3_600_000;
    await session.accessToken().catch(() => {});
    await nextTask();
    return told.filter(({ type }) => type === "clock-jumped");
  });
  assert.equal(told.length, 1);
  assert.ok(Math.abs(told[0].wall - 3600) < 10 && told[0].monotonic < 10, JSON.stringify(told));
});

test("by the time that the listener runs, the request is on its way", async ({ run }) => {
  const sent = await run(
    () =>
      new Promise((resolve) => {
        const { server } = start({
          onEvent: ({ type }) =>
            type === "refresh-started" && resolve(server.count("/auth/refresh")),
        });
      }),
  );
  assert.equal(sent, 1);
});

test("a listener that throws is reported, and disturbs nobody", { tag: ["@scenario-32"] }, async ({
  run,
}) => {
  const { reported, status } = await run(async () => {
    const reported = [];
    addEventListener("error", (event) => {
      event.preventDefault();
      reported.push(event.error.message);
    });
    const { session } = await started({
      onEvent: () => {
        throw new Error("of the app");
      },
    });
    await nextTask();
    return { reported, status: session.state.status };
  });
  assert.equal(status, "active");
  assert.deepEqual([...new Set(reported)], ["of the app"]);
});

test("no event, and nothing of inspect(), holds a secret", async ({ run }) => {
  const { printed, secrets } = await run(async () => {
    const told = [];
    const { server, session } = await started({ onEvent: (event) => told.push(event) });
    const secrets = [await session.accessToken()];
    await session.refresh();
    secrets.push(await session.accessToken(), session.state.claims.sub);
    secrets.push(
      ...[0, 1].map((index) => server.member("/auth/refresh", index, "x-requested-with")),
    );
    server.answerRefresh(500, `token ${secrets[0]}`, "{}");
    await session.refresh().catch(() => {});
    const inspected = session.inspect();
    await session.signOut();
    await nextTask();
    return { printed: JSON.stringify([told, inspected]), secrets };
  });
  assert.ok(secrets.length > 4);
  for (const secret of secrets)
    assert.ok(!printed.includes(JSON.stringify(secret).slice(1, -1)), printed);
});

test("inspect() is a report of its own: phase, progress, what is due, the last failure", async ({
  run,
}) => {
  const [loading, failed, active, closed] = await run(async () => {
    const { release } = heldWasm();
    const { server, session } = start();
    const seen = [session.inspect()];
    // The date that the server tells is of the moment when it is read.
    const goOn = stopWallClock();
    server.answerRefresh(
      502,
      "",
      JSON.stringify({ date: new Date(Date.now() + 90_000).toUTCString() }),
    );
    release();
    await session.ready;
    seen.push(session.inspect());
    goOn();
    await session.refresh();
    seen.push(session.inspect());
    session.close();
    return [...seen, session.inspect()];
  });
  assert.deepEqual([loading.phase, loading.version, loading.lastFailure], ["loading", null, null]);
  assert.deepEqual([failed.phase, failed.progress], ["unknown", "idle"]);
  assert.match(failed.version, /^\d+\.\d+\.\d+/);
  assert.ok(failed.deadline > failed.lastFailure.at);
  assert.ok(Math.abs(failed.skew - 90) <= 2, String(failed.skew));
  const { at, ...failure } = failed.lastFailure;
  assert.deepEqual(failure, { kind: "transient", status: 502 });
  assert.equal(active.phase, "active");
  assert.deepEqual(active.lastFailure, failed.lastFailure);
  assert.deepEqual([closed.phase, closed.deadline], ["closed", null]);
  for (const report of [failed, active, closed])
    assert.deepEqual(Object.keys(report).sort(), Object.keys(loading).sort());
});

test("a refresh that failed says of which kind in the error, too", async ({ run }) => {
  const kinds = await run(async () => {
    const kinds = [];
    for (const [status, body, headers] of [
      [500, "", "{}"],
      [429, "", "{}"],
      [200, "<html>", '{"content-type":"text/html"}'],
    ]) {
      const { server, session } = await started({ patience: 0.2 });
      server.answerRefresh(status, body, headers);
      const clock = new StoppedClock();
      await clock.refresh(session, 0.2).catch(({ kind, code }) => kinds.push([kind, code]));
      session.close();
      clock.resume();
    }
    return kinds;
  });
  assert.deepEqual(kinds, [
    ["transient", "ERR_REFRESH_UNAVAILABLE"],
    ["throttled", "ERR_REFRESH_UNAVAILABLE"],
    ["protocol", "ERR_REFRESH_UNAVAILABLE"],
  ]);
});
