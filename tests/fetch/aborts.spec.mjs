// A caller's own signal ends the caller's own wait, at whatever stage of a call it comes, and nobody else's.

import assert from "node:assert/strict";
import { until } from "../drivers/until.mjs";
import { open, test } from "./fixtures.mjs";

let stage;

test.beforeAll(async () => {
  stage = await open();
});

test.afterEach(() => stage.recorder.letGo());
test.afterAll(() => stage?.close());

/** What a call waits for when it is aborted. `hold` makes it wait; a call that is not aborted then makes so many requests. */
const STAGES = {
  "the restore": {
    hold: ({ recorder }) => recorder.hold("/auth/refresh"),
    isHeld: ({ recorder }, refreshes) => recorder.refreshes > refreshes,
    requests: 1,
  },
  "the lock": {
    hold: ({ page, recorder }) =>
      page.evaluate((origin) => holdLock(`silent-session:${origin}`), recorder.own),
    isHeld: ({ page }) =>
      page.evaluate(async () => (await navigator.locks.query()).pending.length > 0),
    requests: 1,
  },
  "the refresh": {
    isSignedIn: true,
    query: "&refuse",
    hold: ({ recorder }) => recorder.hold("/auth/refresh"),
    isHeld: ({ recorder }, refreshes) => recorder.refreshes > refreshes,
    requests: 2,
  },
  "its answer": {
    isSignedIn: true,
    hold: ({ recorder }) => recorder.hold("/s"),
    isHeld: ({ recorder }, _, mark) => recorder.of(mark).length === 2,
    requests: 1,
  },
  "the replay's answer": {
    isSignedIn: true,
    query: "&refuse",
    hold: ({ recorder }) => recorder.hold("/s"),
    isHeld: ({ recorder }, _, mark) => recorder.of(mark).length === 4,
    requests: 2,
  },
};

/** How it is aborted, and what the caller is to get. In the page: `begin` returns a signal, and what aborts it. */
const SIGNALS = {
  "abort()": { begin: "plain", expected: { name: "AbortError", isReason: true } },
  "abort(an object)": { begin: "object", expected: { isReason: true } },
  "abort(a string)": { begin: "string", expected: { value: "enough", isReason: true } },
  "abort(null)": { begin: "null", expected: { value: "null", isReason: true } },
  "the signal of a Request": { begin: "request", expected: { isReason: true } },
  "AbortSignal.timeout": { begin: "timeout", expected: { name: "TimeoutError", isReason: true } },
  "AbortSignal.any": { begin: "any", expected: { isReason: true } },
};

/**
 * How long a time-out takes, in milliseconds. Where the call has not come to its stage by then, it is made again with the next one:
 * on a machine that is busy that may be the last.
 */
const TIMEOUTS = [1_500, 15_000, 60_000];

for (const [place, { isSignedIn = false, query = "", hold, isHeld, requests }] of Object.entries(
  STAGES,
)) {
  /** Makes two calls, and waits until they are at this stage, `isThere`, or one is aborted. `refreshes`: how many there were before. */
  const reaches = async (mark, begin, timeout) => {
    const { page, recorder } = stage;
    if (isSignedIn) await page.evaluate((name) => makeSession(name).ready.then(() => {}), mark);
    const { refreshes } = recorder;
    await hold(stage);
    await page.evaluate((args) => callTwice(...args), [mark, `/s?${mark}${query}`, begin, timeout]);
    let isThere;
    await until(async () => {
      const isAborted = await page.evaluate(() => isAborted());
      isThere = await isHeld(stage, refreshes, mark);
      return isThere || isAborted;
    });
    return { isThere, refreshes };
  };
  const letGo = async () => {
    await stage.recorder.letGo();
    await stage.page.evaluate(() => letLockGo());
  };

  test.describe(`a call that waits for ${place}`, () => {
    for (const [how, { begin, expected }] of Object.entries(SIGNALS)) {
      test(`ends with ${how}, and another goes on`, async () => {
        const { page, recorder } = stage;
        let mark;
        let refreshes;
        for (const timeout of TIMEOUTS) {
          mark = `mark=${`${place} ${begin} ${timeout}`.replaceAll(/\W/g, "-")}.`;
          const reached = await reaches(mark, begin, timeout);
          ({ refreshes } = reached);
          if (reached.isThere) break;
          await letGo();
          await page.evaluate(() => theOther());
        }
        const { isPending, other, ...fault } = await page.evaluate(() => abortOne());
        assert.deepEqual(fault, { ...fault, ...expected });
        assert.deepEqual(
          // A time-out may have come by now: it began with the call.
          [isPending || begin === "timeout", other],
          [true, "pending"],
          "it had ended before, or the other one was aborted as well",
        );
        await letGo();
        assert.deepEqual(await page.evaluate(() => theOther()), { status: 200, body: "recorded" });
        assert.equal(recorder.refreshes - refreshes, place === "its answer" ? 0 : 1);
        const seen = recorder.of(mark);
        // The one that is aborted has sent what it had come to.
        const ofAborted =
          { "the refresh": 1, "its answer": 1, "the replay's answer": 2 }[place] ?? 0;
        assert.equal(seen.length, requests + ofAborted);
      });
    }
  });
}
