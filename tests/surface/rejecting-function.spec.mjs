// `rejectsToken` as a function: its argument, and the effect of what it returns or throws.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

test("a function is given the response itself, and may answer now or later", async ({ run }) => {
  const seen = await run(async () => {
    const seen = [];
    const told = [
      true,
      false,
      1,
      0,
      undefined,
      Promise.resolve(true),
      Promise.resolve(false),
      { then: (resolve) => resolve(true) },
      { then: (resolve) => resolve("") },
    ];
    for (const [index, each] of told.entries()) {
      const given = [];
      let isFirst = true;
      const rejectsToken = (...args) => {
        given.push(args);
        return isFirst && !(isFirst = false) ? each : false;
      };
      const { server, session } = await started({ rejectsToken, name: String(index) });
      server.revoke();
      const response = await session.fetch("/api/me");
      const last = given.at(-1);
      seen.push([
        response.status,
        given.length,
        last.length === 1 && last[0] === response && response === server.calls.at(-1).response,
      ]);
      session.close();
    }
    return seen;
  });
  const [replaced, kept] = [
    [200, 2, true],
    [401, 1, true],
  ];
  assert.deepEqual(seen, [replaced, kept, replaced, kept, kept, replaced, kept, replaced, kept]);
});

test("what it reads of a clone is not lost to the caller", async ({ run }) => {
  const seen = await run(async () => {
    const rejectsToken = async (response) =>
      !response.ok && (await response.clone().text()) === "no";
    const { server, session } = await started({ rejectsToken });
    server.answerApi(400, "{}");
    const kept = await session.fetch("/api/a");
    const text = await kept.text();
    server.revoke();
    const replaced = await session.fetch("/api/b");
    return [
      kept.status,
      text,
      replaced.status,
      await replaced.text(),
      server.count("/auth/refresh"),
    ];
  });
  assert.deepEqual(seen, [400, "", 200, "{}", 2]);
});

test("what it throws is reported, and the answer is the caller's", async ({ stage }) => {
  const seen = await stage.run(async () => {
    const statuses = [];
    const wrong = [
      () => {
        throw new Error("thrown");
      },
      async () => {
        throw new Error("rejected");
      },
      () => ({
        get then() {
          throw new Error("got");
        },
      }),
    ];
    for (const [index, rejectsToken] of wrong.entries()) {
      const { server, session } = await started({ rejectsToken, name: String(index) });
      server.revoke();
      statuses.push((await session.fetch("/api/me")).status, server.count("/auth/refresh"));
    }
    return statuses;
  });
  assert.deepEqual(seen, [401, 1, 401, 1, 401, 1]);
  assert.deepEqual(await stage.takeComplaints(), [
    "uncaught: thrown",
    "uncaught: rejected",
    "uncaught: got",
  ]);
});

test("an abort ends the wait for it, with the signal's own reason, and cancels the answer", async ({
  run,
}) => {
  const seen = await run(async () => {
    const asked = [];
    const rejectsToken = (response) => new Promise(() => asked.push(response));
    const { server, session } = await started({ rejectsToken });
    const controller = new AbortController();
    const reason = { mine: true };
    const answer = session
      .fetch("/api/me", { signal: controller.signal })
      .catch((error) => error === reason);
    while (asked.length === 0) await nextTask();
    controller.abort(reason);
    const isReason = await answer;
    await nextTask();
    return [isReason, asked[0].bodyUsed, server.count("/api/me"), server.count("/auth/refresh")];
  });
  assert.deepEqual(seen, [true, true, 1, 1]);
});

test("it is not asked of what has carried no token", async ({ run }) => {
  const asked = await run(async () => {
    let asked = 0;
    const { session } = await started({ rejectsToken: () => void (asked += 1) });
    await session.fetch("https://api.test/");
    await session.fetch("/api/me", { headers: { authorization: "Basic eDp5" } });
    await session.fetch("/api/me", { mode: "no-cors" });
    await session.signOut();
    await session.fetch("/api/me");
    return asked;
  });
  assert.equal(asked, 0);
});

test("a rejection that integrity hides is seen by it", async ({ run }) => {
  const seen = await run(async () => {
    const rejectsToken = async (response) => response.status === 401;
    const { server, session, seen, init } = await digesting({ rejectsToken });
    server.revoke();
    const { status } = await session.fetch("/api/me", init());
    await nextTask();
    return [
      status,
      seen.looks.length,
      seen.looks[0].response.bodyUsed,
      server.count("/auth/refresh"),
    ];
  });
  assert.deepEqual(seen, [200, 1, true, 2]);
});
