// Named elements shadow what a document has under their names (DOM clobbering).

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";

const NAMES =
  "prerendering visibilityState hidden cookie baseURI URL location defaultView addEventListener removeEventListener dispatchEvent readyState documentElement Zone";

/** Elements whose names the document has. */
const ELEMENTS = {
  img: (name) => `<img name="${name}">`,
  form: (name) => `<form name="${name}"></form>`,
  "two of them": (name) => `<form name="${name}"></form><form name="${name}"></form>`,
  "one with an id": (name) => `<object id="${name}" name="${name}"></object>`,
  embed: (name) => `<embed name="${name}">`,
  iframe: (name) => `<iframe name="${name}"></iframe>`,
};

for (const [kind, element] of Object.entries(ELEMENTS)) {
  test(`a session works beside elements with the names of properties: ${kind}`, async ({ run }) => {
    const seen = await run(async (html) => {
      document.body.innerHTML = html;
      const isShadowed = typeof document.prerendering === "object";
      const server = new FakeServer();
      document.cookie = "csrf=c1";
      const session = createSession({
        refresh: "/auth/refresh",
        signOut: "/auth/logout",
        sessionHint: "hint",
        server: { rotation: "none" },
        csrf: { header: "X-Csrf", cookie: "csrf" },
        companionCookie: "companion",
        fetch: server.fetch,
      });
      await session.ready;
      const seen = [session.state.status, (await session.fetch("/api/me")).status];
      dispatchEvent(new Event("visibilitychange"));
      server.revoke();
      seen.push((await session.fetch("api/me")).status);
      seen.push((await session.fetch(new URL("/api/me", location.href))).status);
      const { url } = server.calls.at(-1);
      seen.push(new URL(url).pathname, await session.signOut());
      session.close();
      return [isShadowed, ...seen];
    }, NAMES.split(" ").map(element).join(""));
    assert.deepEqual(seen, [true, "active", 200, 200, 200, "/api/me", "confirmed"]);
  });
}

test("a page that is being prerendered waits whatever is named like a method", async ({ run }) => {
  const seen = await run(async () => {
    const names = ["addEventListener", "removeEventListener"];
    document.body.innerHTML = names.map((name) => `<img name="${name}">`).join("");
    Object.defineProperty(document, "prerendering", { value: true, configurable: true });
    const [one, closed] = [start({ name: "one" }), start({ name: "closed" })];
    await manyTasks();
    const before = one.server.calls.length;
    closed.session.close();
    delete document.prerendering;
    EventTarget.prototype.dispatchEvent.call(document, new Event("prerenderingchange"));
    await one.session.ready;
    await manyTasks();
    return [before, one.session.state.status, closed.server.calls.length];
  });
  assert.deepEqual(seen, [0, "active", 0]);
});
