// Tokens lapse for all tabs at the same time.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";
import { DRIVEN_TIME } from "./timers.mjs";

/** Seconds that a token lives: longer than the test. */
const LIFETIME = 3_600;
/** Milliseconds after which it is to be renewed, in every tab, and is good still. */
const DUE = 3_550_000;
/** An hour has four lifetimes of a quarter of an hour. */
const RENEWALS = 8;

test("over many lifetimes, five tabs refresh once for each", async ({ stage }) => {
  const { server } = stage;
  await server.issueTokensFor(LIFETIME);
  const tabs = await stage.signedIn(5, "alice", {}, DRIVEN_TIME);
  const { session, generation } = await tabs[0].state();
  /** All tabs use their token: those that nobody looks at renew no other. */
  const useAll = async () => {
    for (const tab of tabs) assert.deepEqual(await tab.call(), USED);
  };

  const { grown } = await server.during(async () => {
    for (let renewals = 1; renewals <= RENEWALS; renewals++) {
      await useAll();
      await server.setClock(renewals * DUE);
      // It is as late in all of them before anything comes of that.
      await Promise.all(tabs.map((tab) => tab.setAhead(DUE)));
      await Promise.all(tabs.map((tab) => tab.passTime(1)));
      await Promise.all(
        tabs.map((tab) => tab.becomes({ session, generation: generation + renewals })),
      );
      await tabs[0].turnsAreOver();
    }
    await useAll();
  });

  const each = tabs.map((tab) => tab.refreshes).join(" + ");
  stage.say(`${grown.refreshes} refreshes in ${RENEWALS} lifetimes, by ${each}`);
  const { refreshes, refused, api_401 } = grown;
  assert.deepEqual(
    { refreshes, refused, api_401 },
    { refreshes: RENEWALS, refused: 0, api_401: 0 },
  );
});

const USED = { by: "alice", status: 200, sub: "alice" };
