// The connection dies after the rotation. The browser itself sends a request again that a reused connection has lost: one
// fetch, two requests.

import assert from "node:assert/strict";

import { CHROMIUM_ONLY, test } from "./fixtures.mjs";

const LOST = { reset: "after", times: 1 };
/** More connections than the browser keeps to one host. */
const CONNECTIONS = 8;

test("a reused connection dies after the rotation: the browser sends again by itself, and the tab goes on", {
  tag: ["@scenario-64"],
}, async ({ stage }) => {
  const { server } = stage;
  const [tab] = await stage.signedIn(1);
  await server.reset();
  await server.faults({ refresh: LOST });
  // There is a connection to reuse.
  await tab.call();
  await loses(stage, tab, { fetches: 1, requests: 2 });
});

test("a new connection dies after the rotation: the tab sends again, as the same attempt", {
  tag: CHROMIUM_ONLY,
}, async ({ stage }) => {
  const { server } = stage;
  const [tab] = await stage.signedIn(1);
  await server.reset();
  await server.faults({ api: { reset: "before" }, refresh: LOST });
  // There is none any more.
  await tab.run((count) => calls(count), CONNECTIONS);
  await loses(stage, tab, { fetches: 2, requests: 2 });
});

/** A refresh whose first answer is lost: how often the tab calls fetch, and what of it reaches the server. */
async function loses(stage, tab, { fetches, requests }) {
  const { server } = stage;
  const { session } = await tab.state();
  const before = tab.refreshes;
  await tab.run(() => session.refresh());
  const { refreshes, rotated, replayed } = await server.counters();
  assert.deepEqual(
    { fetches: tab.refreshes - before, requests: refreshes, rotated, replayed },
    { fetches, requests, rotated: 1, replayed: 1 },
  );
  await server.faults({});
  await stage.goesOn(tab, session);
}
