// In a service worker: requests that it passes on. A navigation carries no token, for no script gets its answer.

import assert from "node:assert/strict";

import { open, test } from "./fixtures.mjs";

let stage;

test.beforeAll(async () => {
  stage = await open();
  await stage.page.evaluate(async () => {
    await navigator.serviceWorker.register("/files/service-worker.js", {
      type: "module",
      scope: "/",
    });
    if (!navigator.serviceWorker.controller) {
      await new Promise((resolve) =>
        navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }),
      );
    }
    // It waits until the worker's session is restored.
    await fetch("/s?mark=first.").then((response) => response.text());
  });
});

test.afterAll(() => stage?.close());

const carried = (mark) =>
  stage.recorder
    .of(`mark=${mark}.`)
    .map(({ method, headers, body }) => [
      method,
      headers.authorization?.slice(0, 13),
      String(body),
    ]);

test("a navigation carries no token, and is answered", async () => {
  const text = await stage.page.evaluate(
    () =>
      new Promise((resolve) => {
        const frame = document.createElement("iframe");
        frame.onload = () => resolve(frame.contentDocument.body.textContent);
        frame.src = "/s?mark=navigation.";
        document.body.append(frame);
      }),
  );
  assert.equal(text, "recorded");
  assert.deepEqual(carried("navigation"), [["GET", undefined, ""]]);
});

test("a navigation that is refused refreshes nothing", async () => {
  const { refreshes } = stage.recorder;
  await stage.page.evaluate(
    () =>
      new Promise((resolve) => {
        const frame = document.createElement("iframe");
        frame.onload = resolve;
        frame.src = "/s?mark=refused.&status=401";
        document.body.append(frame);
      }),
  );
  assert.deepEqual(
    [carried("refused"), stage.recorder.refreshes - refreshes],
    [[["GET", undefined, ""]], 0],
  );
});

test("a form that is sent by a navigation neither, and its body arrives", async () => {
  await stage.page.evaluate(
    () =>
      new Promise((resolve) => {
        document.body.insertAdjacentHTML(
          "beforeend",
          '<iframe name="there"></iframe><form method="post" target="there" action="/s?mark=form."><input name="a" value="1"></form>',
        );
        const there = document.getElementsByName("there")[0];
        there.onload = () => there.contentWindow.location.pathname === "/s" && resolve();
        document.forms[0].submit();
      }),
  );
  assert.deepEqual(carried("form"), [["POST", undefined, "a=1"]]);
});

test("an image carries none, for its mode is no-cors; what a script asks for does", async () => {
  await stage.page.evaluate(async () => {
    const image = new Image();
    image.src = "/s?mark=image.";
    await new Promise((resolve) => (image.onerror = image.onload = resolve));
    await fetch("/s?mark=script.", { method: "PUT", body: "x" }).then((response) =>
      response.text(),
    );
  });
  assert.deepEqual(carried("image"), [["GET", undefined, ""]]);
  assert.deepEqual(carried("script"), [["PUT", "Bearer opaque", "x"]]);
});
