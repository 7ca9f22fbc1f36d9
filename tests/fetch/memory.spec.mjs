// A large file is not copied into the page's memory, although it may have to be sent again.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";

import { open, say, test } from "./fixtures.mjs";

/** Mebibytes. */
const FILE = 256;
const ALLOWED = 64;
/** How often memory is looked at, in milliseconds. */
const LOOK = 20;

let stage;
let devtools;

test.beforeAll(async () => {
  stage = await open();
  devtools = await stage.page.context().browser().newBrowserCDPSession();
  // Files are Blobs; these bytes are the browser's once they are in one, and not the page's.
  await stage.page.evaluate(async (count) => {
    const parts = [];
    for (let part = 0; part < count; part += 16)
      parts.push(new Blob([new Uint8Array(16 * 2 ** 20)]));
    globalThis.file = new Blob(parts);
  }, FILE);
  // What it was made of would hide what is copied.
  const page = await stage.page.context().newCDPSession(stage.page);
  await page.send("HeapProfiler.collectGarbage");
});

test.afterAll(() => stage?.close());

for (const [what, isRequest, refuse] of [
  ["in init", false, ""],
  ["in a Request", true, ""],
  ["in init, and replayed,", false, "&refuse"],
]) {
  test(`a file of ${FILE} MiB ${what} takes no memory of the page`, async () => {
    const before = await resident();
    let peak = before;
    let isOver = false;
    const watching = (async () => {
      for (; !isOver; await stage.page.waitForTimeout(LOOK))
        peak = Math.max(peak, await resident());
    })();
    const mark = `mark=memory${isRequest}${refuse}`;
    const sent = await stage.page.evaluate(
      async ([url, isRequest]) => {
        const args = [url, { method: "POST", body: file }];
        const response = await session.fetch(...(isRequest ? [new Request(...args)] : args));
        return response.status;
      },
      [`/s?${mark}${refuse}`, isRequest],
    );
    isOver = true;
    await watching;
    const uploads = stage.recorder.of(mark);
    assert.deepEqual([sent, uploads.length], [200, refuse ? 2 : 1]);
    for (const { body } of uploads.splice(0)) assert.equal(body.length, FILE * 2 ** 20);
    stage.recorder.requests.length = 0;
    say(`${Math.round(before)} MiB before, ${Math.round(peak)} MiB at most`);
    assert.ok(peak - before < ALLOWED, `${Math.round(peak - before)} MiB more`);
  });
}

/** What the pages' processes hold, in mebibytes. */
async function resident() {
  const { processInfo } = await devtools.send("SystemInfo.getProcessInfo");
  const pages = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => String(id));
  const sizes = execFileSync("ps", ["-o", "rss=", "-p", pages.join()])
    .toString()
    .trim()
    .split(/\s+/);
  return sizes.reduce((sum, size) => sum + Number(size), 0) / 1024;
}
