// Uploads of streams, over HTTP/2: they go out as they are made, once, and are held in memory only where the caller wants
// them replayed.

import assert from "node:assert/strict";

import { chromium } from "@playwright/test";
import { HEADLESS_SHELL } from "../drivers/chromium.mjs";
import { until } from "../drivers/until.mjs";
import { test } from "./fixtures.mjs";
import { Uploads } from "./http2.mjs";

let browser;
let page;
let uploads;
let mark = "";

test.beforeAll(async () => {
  [uploads, browser] = await Promise.all([Uploads.start(), chromium.launch(HEADLESS_SHELL)]);
  page = await browser.newPage({ ignoreHTTPSErrors: true });
  await page.goto(`${uploads.origin}/files/streams.html`);
  await page.waitForFunction(() => globalThis.begin !== undefined);
});

test.beforeEach(async () => {
  mark = `mark=${uploads.all.length}.`;
  await page.evaluate((name) => begin(name), mark);
});

test.afterAll(async () => {
  await browser?.close();
  uploads?.stop();
});

const url = (more = "") => `/upload?${mark}${more}`;
const send = (how, url, ...chunks) =>
  page.evaluate(([how, url, chunks]) => send(how, url, chunks), [how, url, chunks]);
const sendRequest = (how, url, ...chunks) =>
  page.evaluate(
    ([how, url, chunks]) => send(how, url, chunks, { asRequest: true }),
    [how, url, chunks],
  );
const finish = async (...chunks) => {
  await page.evaluate((chunks) => {
    give(...chunks);
    end();
  }, chunks);
  return page.evaluate(() => outcome());
};
const seen = () =>
  uploads
    .of(mark)
    .map(({ text, isWhole, authorization }) => [text, isWhole, authorization !== undefined]);

test.describe("a stream", () => {
  for (const how of ["native", "session", "replaying"]) {
    test(`goes out as it is made (${how})`, async () => {
      await send(how, url(), "one,");
      await until(() => uploads.of(mark)[0]?.text === "one,");
      assert.deepEqual(await finish("two"), { status: 200, body: "7" });
      assert.deepEqual(seen(), [["one,two", true, how !== "native"]]);
    });
  }

  for (const how of ["native", "session"]) {
    test(`is read no faster than it is sent (${how})`, async () => {
      await page.evaluate(([how, url]) => sendLarge(how, url, 64), [how, url("&idle")]);
      await until(() => uploads.of(mark).length === 1);
      // Until it has stood still while something else went to the server and back, a few times.
      let before = -1;
      let stood = 0;
      await until(async () => {
        await page.evaluate(() => roundTrip());
        const now = await page.evaluate(() => pulled());
        stood = now === before ? stood + 1 : 0;
        before = now;
        return stood === 5;
      });
      assert.ok(
        before <= 8 * 2 ** 20,
        `${before} bytes of 64 MiB were read for a server that reads none`,
      );
      await page.evaluate(() => abort());
    });
  }

  test("waits for a token that lives, and is sent once", async () => {
    let letGo;
    uploads.refreshable = new Promise((resolve) => (letGo = resolve));
    const { refreshes } = uploads;
    await page.evaluate(() => lapse());
    await send("session", url(), "one,");
    await until(() => uploads.refreshes > refreshes);
    await page.evaluate(() => roundTrip());
    assert.equal(uploads.of(mark).length, 0, "sent with a dead token");
    letGo();
    assert.deepEqual(await finish("two"), { status: 200, body: "7" });
    await page.evaluate(() => goOn());
    assert.deepEqual(seen(), [["one,two", true, true]]);
  });

  for (const when of ["first", "last"]) {
    test(`that is refused at its ${when} chunk is not replayed, and the next request has a new token`, async () => {
      const { refreshes } = uploads;
      await send("session", url(`&refuse=${when}`), "one,");
      await until(() => uploads.of(mark)[0]?.received > 0);
      assert.deepEqual(await finish("two"), { status: 401, body: "refused" });
      assert.equal(await page.evaluate((url) => get(url), url("&get")), 200);
      const [upload, get, ...others] = uploads.of(mark);
      assert.deepEqual([others, uploads.refreshes - refreshes], [[], 1]);
      assert.notEqual(upload.authorization, get.authorization);
    });

    for (const [what, how, sends] of [
      ["whose caller allows it", "replaying", send],
      ["in a Request", "session", sendRequest],
    ]) {
      test(`${what} is replayed to the byte, when it is refused at its ${when} chunk`, async () => {
        await sends(how, url(`&refuse=${when}`), "one,");
        await until(() => uploads.of(mark)[0]?.received > 0);
        assert.deepEqual(await finish("two"), { status: 200, body: "7" });
        const [first, replay, ...others] = uploads.of(mark);
        assert.deepEqual([replay.text, replay.isWhole, others], ["one,two", true, []]);
        assert.notEqual(first.authorization, replay.authorization);
      });
    }
  }

  for (const how of ["native", "session", "replaying"]) {
    test(`is cancelled with the caller's reason when it is aborted on the wire (${how})`, async () => {
      await send(how, url(), "one,");
      await until(() => uploads.of(mark)[0]?.received > 0);
      assert.deepEqual(await page.evaluate(() => abort()), {
        isReason: true,
        isCancelled: true,
        toldReason: true,
      });
    });
  }

  for (const [what, how, refuse] of [
    ["is accepted", "replaying", ""],
    ["is refused and not replayed", "passive", "&refuse=last"],
    ["is replayed", "replaying", "&refuse=last"],
  ]) {
    test(`leaves no copy in memory when it ${what}`, async () => {
      await page.evaluate(() => noteCopies());
      await send(how, url(refuse), "one,");
      await finish("two");
      assert.deepEqual(await page.evaluate(() => copies()), [{ isUsed: true }]);
    });
  }

  for (const how of ["session", "replaying"]) {
    test(`is cancelled with the caller's reason when it is aborted before it is sent (${how})`, async () => {
      let letGo;
      uploads.refreshable = new Promise((resolve) => (letGo = resolve));
      await page.evaluate((name) => void begin(name), `${mark}held`);
      await send(how, url(), "one,");
      assert.deepEqual(await page.evaluate(() => abort()), {
        isReason: true,
        isCancelled: true,
        toldReason: true,
      });
      letGo();
      assert.equal(await page.evaluate((url) => get(url), url("&get")), 200);
      assert.equal(uploads.of(mark).length, 1);
    });
  }
});
