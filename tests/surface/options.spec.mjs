// Options are checked when the session is created. Errors name the option.

import assert from "node:assert/strict";
import { test } from "./fixtures.mjs";

/** Wrong options as source, and the name that the message begins with. */
const WRONG = [
  ["undefined", "refresh"],
  ["null", "refresh"],
  ["'/auth/refresh'", "refresh"],
  ["{}", "refresh"],
  ["{ refresh: undefined }", "refresh"],
  ["{ refresh: 5 }", "refresh"],
  ["{ refresh: 'ftp://x' }", "refresh"],
  ["{ refresh: 'http://[' }", "refresh"],
  ["{ refresh: '/r', refreshUrl: '/r' }", "refreshUrl"],
  ["{ refresh: '/r', signOut: 5 }", "signOut"],
  ["{ refresh: '/r', signOut: 'javascript:0' }", "signOut"],
  ["{ refresh: '/r', sendTokenTo: 'https://api.test' }", "sendTokenTo"],
  ["{ refresh: '/r', sendTokenTo: {} }", "sendTokenTo"],
  ["{ refresh: '/r', sendTokenTo: ['https://api.test', 5] }", "sendTokenTo[1]"],
  ["{ refresh: '/r', sendTokenTo: ['https://api.test/?a=1'] }", "sendTokenTo[0]"],
  ["{ refresh: '/r', sendTokenTo: ['https://api.test/#a'] }", "sendTokenTo[0]"],
  ["{ refresh: '/r', sendTokenTo: ['https://me@api.test'] }", "sendTokenTo[0]"],
  ["{ refresh: '/r', sendTokenTo: ['wss://api.test'] }", "sendTokenTo[0]"],
  ["{ refresh: '/r', leeway: -1 }", "leeway"],
  ["{ refresh: '/r', leeway: NaN }", "leeway"],
  ["{ refresh: '/r', leeway: Infinity }", "leeway"],
  ["{ refresh: '/r', leeway: '60' }", "leeway"],
  ["{ refresh: '/r', timeout: 0 }", "timeout"],
  ["{ refresh: '/r', patience: -1 }", "patience"],
  ["{ refresh: '/r', attemptHeader: 'bad header' }", "attemptHeader"],
  ["{ refresh: '/r', attemptHeader: '' }", "attemptHeader"],
  ["{ refresh: '/r', name: '' }", "name"],
  ["{ refresh: () => {} }", "name"],
  ["{ refresh: async () => {}, name: undefined }", "name"],
  ["{ refresh: () => {}, name: '' }", "name"],
  ["{ refresh: () => {}, signOut: '/s', csrf: { header: 'X', cookie: 'c' } }", "name"],
  ["{ refresh: '/r', name: 1 }", "name"],
  ["{ refresh: '/r', fetch: 1 }", "fetch"],
  ["{ refresh: '/r', identity: '' }", "identity"],
  ["{ refresh: '/r', identity: ['sub'] }", "identity"],
  ["{ refresh: '/r', readToken: '' }", "readToken"],
  ["{ refresh: '/r', readToken: 'data.' }", "readToken"],
  ["{ refresh: '/r', readToken: 'data..jwt' }", "readToken"],
  ["{ refresh: '/r', readToken: ['data', 'jwt'] }", "readToken"],
  ["{ refresh: '/r', readToken: null }", "readToken"],
  ["{ refresh: '/r', readToken: {} }", "readToken"],
  ["{ refresh: '/r', readToken: { header: 'X Y' } }", "readToken"],
  ["{ refresh: '/r', readToken: { header: 'X', path: 'data' } }", "readToken"],
  ["{ refresh: '/r', refreshAhead: 'yes' }", "refreshAhead"],
  ["{ refresh: '/r', restore: 0 }", "restore"],
  ["{ refresh: '/r', lockTimeout: 0 }", "lockTimeout"],
  ["{ refresh: '/r', lockTimeout: '30' }", "lockTimeout"],
  ["{ refresh: '/r', shareToken: 'no' }", "shareToken"],
  ["{ refresh: '/r', attach: null }", "attach"],
  ["{ refresh: '/r', attach: 'X-Token' }", "attach"],
  ["{ refresh: '/r', attach: { headers: 'X-Token' } }", "attach.headers"],
  ["{ refresh: '/r', attach: { header: '' } }", "attach.header"],
  ["{ refresh: '/r', attach: { header: 'X Token' } }", "attach.header"],
  ["{ refresh: '/r', attach: { header: null } }", "attach.header"],
  ["{ refresh: '/r', attach: { header: 'Cookie' } }", "attach.header"],
  ["{ refresh: '/r', attach: { header: 'sec-token' } }", "attach.header"],
  ["{ refresh: '/r', attach: { header: 'Proxy-Authorization' } }", "attach.header"],
  ["{ refresh: '/r', attach: { scheme: 'two words' } }", "attach.scheme"],
  ["{ refresh: '/r', attach: { scheme: ' ' } }", "attach.scheme"],
  ["{ refresh: '/r', attach: { scheme: 'Bearer:' } }", "attach.scheme"],
  ["{ refresh: '/r', attach: { scheme: null } }", "attach.scheme"],
  ["{ refresh: '/r', attach: { followRedirects: 1 } }", "attach.followRedirects"],
  ["{ refresh: '/r', rejectsToken: 401 }", "rejectsToken"],
  ["{ refresh: '/r', rejectsToken: null }", "rejectsToken"],
  ["{ refresh: '/r', rejectsToken: new Set([401]) }", "rejectsToken"],
  ["{ refresh: '/r', rejectsToken: [401, '419'] }", "rejectsToken[1]"],
  ["{ refresh: '/r', rejectsToken: [200] }", "rejectsToken[0]"],
  ["{ refresh: '/r', rejectsToken: [401.5] }", "rejectsToken[0]"],
  ["{ refresh: '/r', rejectsToken: [600] }", "rejectsToken[0]"],
  ["{ refresh: '/r', server: null }", "server"],
  ["{ refresh: '/r', server: 'refuses' }", "server"],
  ["{ refresh: '/r', server: { rotates: 'refuses' } }", "server.rotates"],
  ["{ refresh: '/r', server: { rotation: null } }", "server.rotation"],
  ["{ refresh: '/r', server: { rotation: '' } }", "server.rotation"],
  ["{ refresh: '/r', server: { rotation: 'Refuses' } }", "server.rotation"],
  ["{ refresh: '/r', server: { rotation: 'toString' } }", "server.rotation"],
  ["{ refresh: '/r', server: { rotation: ['refuses'] } }", "server.rotation"],
  ["{ refresh: '/r', server: { rotation: true } }", "server.rotation"],
  ["{ refresh: '/r', server: { rotation: 'replays' }, attemptHeader: false }", "server.rotation"],
  ["{ refresh: '/r', rotation: 'refuses' }", "rotation"],
];

const RIGHT = [
  "{ refresh: '' }",
  "{ refresh: new URL('https://auth.test/r?tenant=1') }",
  "{ refresh: 'http://localhost:1/r' }",
  "{ refresh: '/r', signOut: undefined, sendTokenTo: undefined, leeway: undefined, fetch: undefined, name: undefined }",
  "{ refresh: '/r', sendTokenTo: [] }",
  "{ refresh: '/r', sendTokenTo: ['/api', new URL('https://api.test/v1'), 'https://api.test/v2/'] }",
  "{ refresh: '/r', leeway: 0, patience: 0, timeout: 1 }",
  "{ refresh: '/r', leeway: 0.5, timeout: 1.5, patience: 1e9 }",
  "{ refresh: '/r', attemptHeader: 'x-csrf', name: ' ', refreshAhead: false, restore: false }",
  "{ refresh: '/r', lockTimeout: 1, shareToken: false }",
  "{ refresh: '/r', attach: {}, rejectsToken: [] }",
  "{ refresh: '/r', attach: { header: undefined, scheme: undefined, followRedirects: undefined }, rejectsToken: undefined }",
  "{ refresh: '/r', attach: { header: 'X-Api-Token', scheme: '', followRedirects: true }, rejectsToken: [400, 401, 599] }",
  "{ refresh: '/r', attach: { header: 'authorization', scheme: 'JWT' }, rejectsToken: () => false }",
  "{ refresh: '/r', identity: 'user_id', readToken: 'jwt' }",
  "{ refresh: '/r', identity: () => {}, readToken: 'data.tokens.access token' }",
  "{ refresh: '/r', readToken: { header: 'X-Access-Token' } }",
  "{ refresh: '/r', readToken: () => {} }",
  "{ refresh: '/r', server: undefined }",
  "{ refresh: '/r', server: {} }",
  "{ refresh: '/r', server: { rotation: undefined } }",
  "{ refresh: '/r', server: Object.freeze({ rotation: 'none' }) }",
  "{ refresh: '/r', server: { rotation: 'replays' } }",
  "{ refresh: '/r', server: { rotation: 'refuses' }, attemptHeader: false }",
  "{ refresh: '/r', server: { rotation: 'revokes' } }",
  "{ refresh: () => {}, name: 'a', server: { rotation: 'replays' }, attemptHeader: false }",
];

/**
 * Creates sessions, and returns what createSession throws. Their fetch never settles, and they are
 * closed.
 */
const create = (sources) =>
  sources.map((source) => {
    const options = (0, eval)(`(${source})`);
    return thrownBy(() =>
      createSession({ fetch: () => new Promise(() => {}), ...options }).close(),
    );
  });

const createBare = (sources) =>
  sources.map((source) => thrownBy(() => createSession((0, eval)(`(${source})`))));

test("what is wrong throws a TypeError at once, with a code and the name of the option", async ({
  stage,
}) => {
  const thrown = await stage.run(
    createBare,
    WRONG.map(([source]) => source),
  );
  const seen = thrown.map(({ name, code, message }, index) => [
    WRONG[index][0],
    name,
    code,
    message?.split(":")[0],
  ]);
  assert.deepEqual(
    seen,
    WRONG.map(([source, named]) => [source, "TypeError", "ERR_INVALID_OPTION", named]),
  );
});

test("what is just right is taken", async ({ stage }) => {
  const thrown = await stage.run(create, RIGHT);
  assert.deepEqual(
    thrown.map((each, index) => [RIGHT[index], each]),
    RIGHT.map((source) => [source, "nothing"]),
  );
});

test("the message says which options there are, when one is not known", async ({ stage }) => {
  const [{ message }] = await stage.run(createBare, ["{ refresh: '/r', leewayy: 1 }"]);
  assert.match(message, /leewayy.*\bleeway\b/);
  const inGroups = await stage.run(createBare, [
    "{ refresh: '/r', server: { rotations: 1 } }",
    "{ refresh: '/r', server: { rotation: 1 } }",
  ]);
  assert.match(inGroups[0].message, /server\.rotations.*\brotation\b/);
  assert.match(inGroups[1].message, /server\.rotation.*none.*replays.*refuses.*revokes/);
});

test("an options object that changes later changes nothing", async ({ origin, stage }) => {
  const sent = await stage.run(async () => {
    const server = new FakeServer();
    const options = { refresh: "/auth/refresh", fetch: server.fetch };
    const session = createSession(options);
    options.refresh = "/elsewhere";
    options.fetch = undefined;
    await session.ready;
    return server.calls.map(({ url }) => url);
  });
  assert.deepEqual(sent, [`${origin}/auth/refresh`]);
});

test("attemptHeader and signOut are as set; relative URLs are the page's", async ({
  origin,
  stage,
}) => {
  const sent = await stage.run(async () => {
    const { server, session } = await started({
      attemptHeader: "X-Attempt",
      signOut: "auth/logout",
    });
    await session.signOut();
    return server.calls.map(({ url, method, request }) => [
      url,
      method,
      Boolean(request.headers.get("x-attempt")),
    ]);
  });
  assert.deepEqual(sent, [
    [`${origin}/auth/refresh`, "POST", true],
    [`${origin}/auth/logout`, "POST", true],
  ]);
});

test("restore: false asks nobody, and is ended from the start", async ({ stage }) => {
  const seen = await stage.run(async () => {
    const { server, session } = start({ restore: false });
    const atOnce = session.state;
    await session.ready;
    return { atOnce, after: session.state, calls: server.calls.length };
  });
  const ended = { status: "ended", reason: "none", elsewhere: false };
  assert.deepEqual(seen, { atOnce: ended, after: ended, calls: 0 });
});

test("refreshAhead: false plans no refresh", async ({ stage }) => {
  const refreshAt = await stage.run(
    async () => (await started({ refreshAhead: false })).session.state.refreshAt,
  );
  assert.equal(refreshAt, null);
});

test("sessions of two names do not share their id", async ({ stage }) => {
  const ids = await stage.run(async () => {
    const ids = [];
    for (const name of ["a", "b", "a"]) {
      const { session } = await started({ name });
      ids.push(session.state.session);
      session.close();
    }
    return ids;
  });
  assert.equal(ids[0], ids[2]);
  assert.notEqual(ids[0], ids[1]);
});

test("two apps of one origin with a refresh function need a name each, and do not meet", {
  tag: ["@scenario-99"],
}, async ({ run }) => {
  const seen = await run(async () => {
    const create = (sub, name) => createSession({ refresh: () => jwt({ sub }), name });
    const unnamed = thrownBy(() => create("alice"));
    const sessions = [];
    for (const sub of ["alice", "bob"]) {
      const session = create(sub, `app of ${sub}`);
      await session.ready;
      sessions.push(session);
    }
    const users = () => sessions.map(({ state }) => [state.claims?.sub, state.generation]);
    const atFirst = users();
    await sessions[0].refresh();
    await manyTasks();
    const refreshed = users();
    await sessions[0].signOut();
    await manyTasks();
    return [unnamed.code, atFirst, refreshed, sessions.map(({ state }) => state.status)];
  });
  assert.deepEqual(seen, [
    "ERR_INVALID_OPTION",
    [
      ["alice", 1],
      ["bob", 1],
    ],
    [
      ["alice", 2],
      ["bob", 1],
    ],
    ["ended", "active"],
  ]);
});
