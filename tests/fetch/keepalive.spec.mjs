// A body that is to outlive its page counts against a quota until its answer has been read: the replay must be let out all
// the same.

import assert from "node:assert/strict";

import { until } from "../drivers/until.mjs";
import { open, test } from "./fixtures.mjs";

/** Of the browser's 64 KiB, in bytes. */
const NEARLY_ALL = 60 << 10;
const HALF = 30 << 10;
/** Firefox does not give back what an answer has taken that was cancelled. */
const LITTLE = 1 << 10;

test.describe("a body that is kept alive, and refused", () => {
  let stage;
  let count = 0;

  test.beforeAll(async ({ driver }) => {
    stage = await open(driver);
  });

  test.afterEach(() => stage.recorder.letGo());
  test.afterAll(() => stage?.close());

  /** Uploads one body of this size, or several at once; what becomes of each, and what the server has of them. */
  async function upload(query, sizes, meanwhile = async () => {}) {
    const mark = `mark=keepalive${(count += 1)}.`;
    const urls = sizes.map((_, index) => `/s?${mark}${index}.&refuse${query}`);
    await stage.page.evaluate(([urls, sizes]) => keepAlive(urls, sizes), [urls, sizes]);
    await meanwhile(mark);
    const outcomes = await stage.page.evaluate(() => outcomes());
    return { outcomes, requests: stage.recorder.of(mark) };
  }

  test("is sent again", async () => {
    const { outcomes, requests } = await upload("", [NEARLY_ALL]);
    assert.deepEqual(
      [outcomes, requests.map(({ body }) => body.length)],
      [[200], [NEARLY_ALL, NEARLY_ALL]],
    );
  });

  test("is sent again when the end of the 401 comes after the new token", async () => {
    const { outcomes, requests } = await upload("&drip=500", [NEARLY_ALL]);
    assert.deepEqual([outcomes, requests.length], [[200], 2]);
  });

  test("is sent again when there is a newer token already", async () => {
    await stage.recorder.hold("/s");
    const { outcomes, requests } = await upload("&late&drip=300", [NEARLY_ALL], async (mark) => {
      await until(() => stage.recorder.of(mark).length === 1);
      await stage.page.evaluate(() => session.refresh());
      await stage.recorder.letGo();
    });
    assert.deepEqual([outcomes, requests.length], [[200], 2]);
  });

  test("is sent again when there are two, of which each has half the quota", async () => {
    for (const drip of ["", "&drip=200"]) {
      const { outcomes, requests } = await upload(drip, [HALF, HALF]);
      assert.deepEqual([outcomes, requests.length], [[200, 200], 4]);
    }
  });

  test("is sent again after two seconds when the 401 does not end, and is cancelled", async ({
    driver,
  }) => {
    const { outcomes, requests } = await upload("&drip=never", [NEARLY_ALL]);
    assert.deepEqual([outcomes, requests.length], [[200], 2]);
    // Firefox does not tell the server that nobody wants the rest of an answer.
    if (driver === "chromium") await until(() => requests[0].isOver);
  });

  test("is not sent again when it is aborted meanwhile, and rejects with the caller's reason", async ({
    driver,
  }) => {
    const { refreshes } = stage.recorder;
    // The two seconds after which it would be sent again do not run out.
    await stage.page.evaluate(() => {
      const later = globalThis.setTimeout;
      globalThis.setTimeout = (run, ms) => (ms === 2_000 ? 0 : later(run, ms));
    });
    const { outcomes, requests } = await upload("&drip=never", [LITTLE], async () => {
      await until(() => stage.recorder.refreshes > refreshes);
      await stage.page.evaluate(() => stopKeptAlive());
    });
    assert.deepEqual([outcomes, requests.length], [["its reason"], 1]);
    // Firefox does not tell the server that nobody wants the rest of an answer.
    if (driver === "chromium") await until(() => requests[0].isOver);
    await stage.renew();
  });

  test("is not sent again where no token comes, and then the 401 is there to be read", async () => {
    const read = await stage.page.evaluate(async () => {
      const passive = session.fetchWith({ passive: true });
      const response = await passive("/s?mark=keepalive-passive&refuse", {
        method: "POST",
        body: "x",
        keepalive: true,
      });
      return [response.status, await response.text()];
    });
    assert.deepEqual(read, [401, "refused"]);
  });
});
