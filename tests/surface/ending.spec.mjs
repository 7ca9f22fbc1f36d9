// Responses that end a session.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

const json = '{"content-type":"application/json"}';

test("only RefreshRejected, or a Response of the ending kind, ends a session of a function", async ({
  run,
}) => {
  const seen = await run(async () => {
    const answers = [
      () => {
        throw new TypeError("bridge");
      },
      () => undefined,
      () => ({}),
      () => Promise.reject(null),
      () => new Response("", { status: 500 }),
      () => {
        throw new RefreshRejected("logged out on the device", { status: 410 });
      },
      () => new Response("{}", { status: 401 }),
    ];
    const seen = [];
    for (const [index, odd] of answers.entries()) {
      let answer = () => server.token();
      const server = new FakeServer();
      const session = createSession({
        refresh: () => answer(),
        fetch: server.fetch,
        name: String(index),
      });
      await session.ready;
      answer = odd;
      void session.refresh().catch(() => {});
      await until(session, (state) => state.status === "ended" || state.error);
      seen.push(session.state.reason ?? session.state.error.kind);
      session.close();
    }
    return seen;
  });
  assert.deepEqual(seen, [
    "transient",
    "protocol",
    "protocol",
    "transient",
    "transient",
    "rejected",
    "rejected",
  ]);
});

test("statuses end a session as they are listed", async ({ run }) => {
  const seen = await run(
    async ([json]) => {
      const seen = [];
      const csrf = { cookie: "csrf", header: "x-csrf" };
      for (const [status, more] of [
        [419, { endsSession: [401, 419] }],
        [422, { endsSession: [401, 419] }],
        [400, { endsSession: [401] }],
        [403, {}],
        [403, { csrf }],
        [401, { csrf }],
        [403, { csrf, endsSession: [403] }],
      ]) {
        const { server, session } = await started({
          ...more,
          name: JSON.stringify([status, more]),
        });
        for (let time = 0; time < 2; time++) server.answerRefresh(status, "{}", json);
        void session.refresh().catch(() => {});
        await until(session, (state) => state.status === "ended" || state.error);
        seen.push([status, session.state.status]);
      }
      return seen;
    },
    [json],
  );
  assert.deepEqual(seen, [
    [419, "ended"],
    [422, "active"],
    [400, "active"],
    [403, "ended"],
    [403, "active"],
    [401, "ended"],
    [403, "ended"],
  ]);
});

test("a function tells by status and body, also of a 200 without a token", async ({ run }) => {
  const seen = await run(
    async ([json]) => {
      const told = [];
      const endsSession = (answer) => {
        told.push(answer);
        return answer.body?.error === "invalid_grant";
      };
      const seen = [];
      for (const [status, body] of [
        [400, '{"error":"temporarily_unavailable"}'],
        [500, "busy"],
        [400, '{"error":"invalid_grant"}'],
        [200, '{"error":"invalid_grant"}'],
      ]) {
        const { server, session } = await started({ endsSession, name: `${status} ${body}` });
        for (let time = 0; time < 2; time++) server.answerRefresh(status, body, json);
        void session.refresh().catch(() => {});
        await until(session, (state) => state.status === "ended" || state.error);
        seen.push(session.state.status);
      }
      return [seen, told.slice(0, 3)];
    },
    [json],
  );
  assert.deepEqual(seen[0], ["active", "active", "ended", "ended"]);
  assert.deepEqual(seen[1][0], { status: 400, body: { error: "temporarily_unavailable" } });
  assert.ok(seen[1].some(({ body }) => body === "busy"));
});

test("a function that tells by a promise, or by nothing, ends no session, and is told", async ({
  run,
}) => {
  const seen = await run(
    async ([json]) => {
      const seen = [];
      for (const [index, endsSession] of [
        async () => true,
        async () => false,
        () => undefined,
        () => "yes",
      ].entries()) {
        const { server, session } = await started({ endsSession, name: String(index) });
        server.answerRefresh(503, "{}", json);
        void session.refresh().catch(() => {});
        await until(session, (state) => state.error || state.status === "ended");
        seen.push([session.state.status, session.state.error?.cause?.message]);
        session.close();
      }
      return seen;
    },
    [json],
  );
  assert.deepEqual(seen, Array(4).fill(["active", "endsSession: must return true or false"]));
});

test("HTML does not end a session, whatever the list says", async ({ run }) => {
  const seen = await run(async () => {
    const { server, session } = await started({ endsSession: [401, 419] });
    server.answerRefresh(419, "<html>", '{"content-type":"text/html"}');
    void session.refresh().catch(() => {});
    await until(session, (state) => state.error);
    return [session.state.error.kind, session.state.status];
  });
  assert.deepEqual(seen, ["protocol", "active"]);
});

test("where the first refresh after a sign-in is refused, the error says what the cookie may lack", async ({
  run,
}) => {
  const seen = await run(
    async ([json]) => {
      const messages = [];
      for (const refreshes of [0, 1]) {
        const { server, session } = await started({ name: String(refreshes) });
        await session.signIn(server.token());
        for (let time = 0; time < refreshes; time++) await session.refresh();
        for (let time = 0; time < 2; time++) server.answerRefresh(401, "{}", json);
        void session.refresh().catch(() => {});
        await until(session, ({ status }) => status === "ended");
        messages.push((await outcome(session.accessToken())).thrown.message);
      }
      return messages;
    },
    [json],
  );
  assert.match(seen[0], /SameSite.*credentials: "include"/);
  assert.doesNotMatch(seen[1], /SameSite/);
});
