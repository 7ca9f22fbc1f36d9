// A page is left in the middle of a refresh, and somebody comes back to it: from the back/forward cache, or loaded again.

import assert from "node:assert/strict";

import { INSECURE_HOST } from "../drivers/people.mjs";
import { CHROMIUM_ONLY, test, WITHOUT_ATTEMPT_IDS } from "./fixtures.mjs";
import { DRIVEN_TIME, STOPPED } from "./timers.mjs";

/** How long the answer takes after the rotation, in milliseconds: less than the next page waits where it knows nothing. */
const ANSWER = 1_000;
const QUICK = { timeout: 3 };

/** Where it goes. */
const ELSEWHERE = {
  "another page of the site": () => "/elsewhere.html",
  "a page of another site": ({ origin }) =>
    `http://${INSECURE_HOST}:${new URL(origin).port}/elsewhere.html`,
};
const CACHED = [WITHOUT_ATTEMPT_IDS];
const NOT_CACHED = [WITHOUT_ATTEMPT_IDS, () => addEventListener("unload", () => {})];
const LEFT = { "a page": CACHED, "a page that is not kept in the cache": NOT_CACHED };
const RETURNS = {
  "gone back to": (tab) => tab.goBack(),
  "opened again": (tab, address) => tab.page.goto(address),
};

for (const [where, elsewhere] of Object.entries(ELSEWHERE)) {
  for (const [what, before] of Object.entries(LEFT)) {
    for (const [isBack, comeBack] of Object.entries(RETURNS)) {
      // Loaded again are all of these; once is enough.
      if (before === CACHED && isBack === "opened again") continue;
      const needs = where.includes("another site") ? CHROMIUM_ONLY : [];
      test(`${what} is left for ${where} in the middle of its refresh, and ${isBack}: it goes on`, {
        tag: ["@scenario-61", ...needs],
      }, async ({ stage }) => {
        const { server } = stage;
        const [tab] = await stage.signedIn(1, "alice", {}, [...before, DRIVEN_TIME, STOPPED]);
        const { session } = await tab.state();
        const address = tab.page.url();
        const reply = await stage.holdReply(tab);
        // If it is loaded again, it waits for the cookie until some seconds have passed.
        await tab.isSlow();
        await tab.leave(elsewhere(server));
        await comeBack(tab, address);
        await reply();
        await tab.passTime(10_000);
        await tab.becomes({ status: "active", session });
        await stage.goesOn(tab, session);
      });
    }
  }
}

test("a page is left for good in the middle of its refresh: its cookie is kept, and the next goes on", async ({
  stage,
}) => {
  const [tab] = await stage.signedIn(1, "alice", QUICK, NOT_CACHED);
  const { session } = await tab.state();
  const spent = await stage.cookie();
  const answered = await stage.rotate(tab, ANSWER);
  await tab.page.goto("about:blank");
  await answered();
  assert.notEqual((await stage.cookie()).value, spent.value);
  const next = await stage.open(QUICK, WITHOUT_ATTEMPT_IDS);
  await next.becomes({ status: "active", session });
  await stage.goesOn(next, session);
});
