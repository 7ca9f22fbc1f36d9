// Somebody signs out, and the server does not hear of it: whoever comes next finishes that, and ends nobody else's session.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";
import { STOPPABLE_TIMERS } from "./timers.mjs";

const SIGNED_OUT = { status: "ended", reason: "signed-out" };

test("a sign-out without a network: signed out at once, and told when the network is back", {
  tag: ["@scenario-74"],
}, async ({ stage }) => {
  const [tab] = await stage.signedIn(1);
  await stage.setOffline(true);
  await signOutInVain(tab);
  await stage.setOffline(false);
  await stage.server.until(({ logouts }) => logouts === 1);
  await isOver(stage, tab);
});

test("a sign-out while the auth server is not reached: signed out after a reload, and told when it is", async ({
  stage,
}) => {
  const { server } = stage;
  const [tab] = await stage.signedIn(1);
  await server.faults({ outage: "reset" });
  await signOutInVain(tab);
  await tab.reload();
  await tab.becomes(SIGNED_OUT);
  await server.faults({});
  await server.until(({ logouts }) => logouts === 1);
  assert.ok(!(await tab.run(() => states)).includes("active"));
  await isOver(stage, tab);
});

test("a sign-out that the server cannot do is finished by the next page before it shows anything", async ({
  stage,
}) => {
  const { server } = stage;
  const [tab] = await stage.signedIn(1, "alice", {}, STOPPABLE_TIMERS);
  // This page does not try again by itself.
  await tab.run(() => holdTimers());
  await server.faults({ logout: { status: 503, times: 1 } });
  await signOutInVain(tab);
  await tab.reload();
  await tab.becomes(SIGNED_OUT);
  assert.deepEqual(await tab.run(() => states), ["unknown", "ended"]);
  assert.equal((await server.counters()).logouts, 1);
  await isOver(stage, tab);
});

test("a tab is closed before the server has heard of its sign-out: another tells it when the network is back", async ({
  stage,
}) => {
  const [gone, stays] = await stage.signedIn(2);
  await stage.setOffline(true);
  await signOutInVain(gone);
  await gone.close();
  await stays.becomes({ ...SIGNED_OUT, elsewhere: true });
  await stage.setOffline(false);
  await stage.server.until(({ logouts }) => logouts === 1);
  await isOver(stage, stays);
});

test("bob has signed in by a way that the session does not see: he stays, and alice's sign-out is forgotten", async ({
  stage,
}) => {
  const { server } = stage;
  const [tab] = await stage.signedIn(1, "alice");
  await server.faults({ logout: { status: 503 } });
  await signOutInVain(tab);
  await tab.close();
  await server.faults({});
  const redirect = await stage.openBystander();
  await redirect.evaluate(() =>
    fetch("/auth/login", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ user: "bob", password: "builder" }),
    }),
  );
  const { logouts } = await server.counters();
  const next = await stage.open();
  await next.becomes({ status: "active", sub: "bob" });
  await next.reload();
  await next.becomes({ status: "active", sub: "bob" });
  assert.equal((await server.counters()).logouts, logouts);
});

test("somebody signs in while a sign-out is pending: it is put off before the login is sent", async ({
  stage,
}) => {
  const { server } = stage;
  const [tab] = await stage.signedIn(1, "alice");
  await server.faults({ logout: { status: 503 }, login: { hold: "after" } });
  await signOutInVain(tab);
  /** The date before which each that is pending is not tried. */
  const notBefore = () =>
    tab.run(() => {
      const keys = Object.keys(localStorage).filter((key) => key.includes(":sign-out:"));
      return keys.map((key) => localStorage.getItem(key).split(" ").at(-1));
    });
  assert.deepEqual(await notBefore(), ["-"]);
  const signedIn = tab.signIn("alice");
  await server.until(({ logins }) => logins === 2);
  assert.match((await notBefore()).join(), /^\d{13}$/);
  await server.faults({});
  await signedIn;
  assert.deepEqual(await notBefore(), []);
  await tab.reload();
  await tab.becomes({ status: "active", sub: "alice" });
});

/** It is over here, and the server could not be told. */
async function signOutInVain(tab) {
  assert.equal(await tab.run(() => session.signOut()), "pending");
  await tab.becomes({ ...SIGNED_OUT, elsewhere: false });
}

/** Signed out now, after a reload, and at the server; the cookie is gone. */
async function isOver(stage, tab) {
  await tab.becomes({ status: "ended" });
  await stage.hasNoCookie();
  await tab.reload();
  await tab.becomes({ status: "ended" });
  assert.equal(await tab.run(() => session.fetch("/api/me").then(({ status }) => status)), 401);
}
