// The main job, as a person sees it.

import assert from "node:assert/strict";

import { rule } from "./stage.mjs";

/** Seconds. */
const SHORT = 2;

rule(
  "signed in once, a user stays so over the expiry: 50 calls at once cost one refresh",
  async (stage) => {
    const { server } = stage;
    await server.issueTokensFor(SHORT);
    const [tab] = await stage.signedIn(1, "alice", { refreshAhead: false });
    const { session } = await tab.state();
    await tab.lapses();
    const { grown, result } = await server.during(() => tab.run(() => calls(50)));
    for (const answer of result.answers)
      assert.deepEqual(answer, { by: "alice", status: 200, sub: "alice" });
    assert.equal(result.answers.length, 50);
    assert.deepEqual(
      { refreshes: grown.refreshes, api_401: grown.api_401 },
      { refreshes: 1, api_401: 0 },
    );
    await tab.becomes({ status: "active", session });
  },
);

rule("two tabs share one refresh", async (stage) => {
  const { server } = stage;
  const tabs = await stage.signedIn(2);
  const { session } = await tabs[0].state();
  await server.faults({ refresh: { delay_before_ms: 300 } });
  await server.revokeAccess();
  const { grown, result } = await server.during(() =>
    Promise.all(tabs.map((tab) => tab.run(() => calls(5)))),
  );
  const answers = result.flatMap(({ answers }) => answers);
  assert.equal(answers.length, 10);
  for (const answer of answers)
    assert.deepEqual(answer, { by: "alice", status: 200, sub: "alice" });
  assert.deepEqual(
    { refreshes: grown.refreshes, refused: grown.refused },
    { refreshes: 1, refused: 0 },
  );
  for (const tab of tabs) await tab.becomes({ status: "active", session });
});
