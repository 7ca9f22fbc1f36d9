// The same calls with a token that the server does not take any more: after one refresh and one replay, what the last
// request was and what the caller saw are as if native fetch had been told the new token.

import assert from "node:assert/strict";

import { compareAll, same } from "./compare.mjs";
import { open, say, test } from "./fixtures.mjs";

let stage;

test.beforeAll(async () => {
  stage = await open();
});

test.afterAll(() => stage?.close());

/**
 * Calls that are not sent twice: to elsewhere, with an authorization of their own, streams; and those that native fetch
 * rejects anyway. Aborts have rules of their own.
 */
const NOT_REPLAYED =
  /to (stranger|closed)|of (stranger|closed)|, \d+ to|headers #14|mode #2|stream|abort|^a time-out|^any of|reset|integrity #2/;

/** Begins a session: rejected tokens of one cause a few refreshes at once, and then one in two minutes. */
const signInAnew = () =>
  stage.page.evaluate(() => session.signIn(() => fetch("/auth/refresh", { method: "POST" })));

test.describe("a call whose token is refused", () => {
  test("is replayed as it was", async () => {
    const all = await stage.page.evaluate(() => globalThis.names);
    const names = all.filter((name) => !NOT_REPLAYED.test(name));
    say(`${names.length} calls`);
    const ways = [
      { how: "native", mark: "rn" },
      { how: "session", mark: "rs", more: "&refuse", before: signInAnew },
    ];
    let replayed = 0;
    // One by one: each costs a refresh, and a brand-new token that is refused costs none.
    await compareAll(stage, names, ways, 1, (_name, native, session) => {
      same(session.caller, native.caller);
      same(
        session.server.slice(session.server.length - native.server.length).map(strip),
        native.server.map(strip),
      );
      if (session.server.length > native.server.length) {
        replayed += 1;
        const [first, second] = session.server.slice(-2);
        same(strip(first), strip(second));
        assert.notEqual(first.authorization, second.authorization);
      }
    });
    say(`${replayed} were refused and replayed; ${stage.recorder.refreshes} refreshes`);
    assert.ok(replayed > names.length / 2);
  });
});

/** Another token each time. */
const strip = ({ authorization, ...others }) => ({
  ...others,
  own: authorization?.startsWith("Basic") ?? false,
});

test.describe("a 401 at the end of a redirect", () => {
  for (const status of [301, 302, 303, 307, 308]) {
    for (const method of ["GET", "POST"]) {
      test(`within one origin is one to the token, and the whole way is gone again (${status}, ${method})`, async () => {
        const mark = `mark=within-${status}-${method}.`;
        await signInAnew();
        const { refreshes } = stage.recorder;
        const to = encodeURIComponent(`/end?${mark}&refuse`);
        const answer = await ask(`/a?status=${status}&to=${to}&${mark}`, method);
        assert.deepEqual(answer, { status: 200, redirected: true });
        const sent = stage.recorder
          .of(mark)
          .map(({ url, headers }) => [url.slice(0, 2), headers.authorization]);
        const [first, second] = [sent[0][1], sent[2][1]];
        assert.deepEqual(sent, [
          ["/a", first],
          ["/e", first],
          ["/a", second],
          ["/e", second],
        ]);
        assert.deepEqual([first === second, stage.recorder.refreshes - refreshes], [false, 1]);
      });
    }
  }

  for (const how of ["", ", with integrity,"])
    test(`that has come by way of another origin${how} is not held against who is asked directly`, async () => {
      await stage.renew();
      const { own, stranger, refreshes } = stage.recorder;
      const integrity = how && `sha256-${"A".repeat(43)}=`;
      const refuse = encodeURIComponent(`${own}/end?status=401`);
      const back = encodeURIComponent(`${stranger}/b?status=307&to=${refuse}`);
      for (const [index, cost] of [1, 0, 0].entries()) {
        const before = stage.recorder.refreshes;
        const answer = await ask(
          `/a?status=307&to=${back}&n=${index}${how && "i"}`,
          "GET",
          integrity,
        ).catch(() => "rejected");
        assert.deepEqual(answer, integrity ? "rejected" : { status: 401, redirected: true });
        // It may have been one to the token: tried once, and then no more.
        assert.equal(stage.recorder.refreshes - before, cost);
      }
      await stage.page.evaluate(() => session.refresh());
      assert.deepEqual(await ask(`/s?mark=directly${how && "-i"}.&refuse`, "GET"), {
        status: 200,
        redirected: false,
      });
      assert.equal(stage.recorder.refreshes - refreshes, 3);
    });
});

const ask = (url, method, integrity = "") =>
  stage.page.evaluate(
    async ([url, method, integrity]) => {
      const { status, redirected } = await session.fetch(url, {
        method,
        integrity,
        ...(method === "POST" && { body: "x" }),
      });
      return { status, redirected };
    },
    [url, method, integrity],
  );
