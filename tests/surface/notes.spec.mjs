// A worker stores nothing: it sends the notes of its refreshes to the pages, which store them.

import assert from "node:assert/strict";

import { test } from "./fixtures.mjs";
import { form, messages } from "./frozen-messages.mjs";

/** The form of a message with notes, whatever the notes are and wherever they are stored. */
const formOfNoted = (message) => form({ ...message, kept: 0 });

test("a worker tells what it notes of its refreshes, as the third version does", async ({
  runInWorker,
}) => {
  const { said, settled } = await runInWorker(async () => {
    const peer = new Peer();
    const { server, session } = start({ shareToken: false });
    server.holdRefresh();
    const said = await waitFor(() => peer.last("noted")?.notes && peer.last("noted"));
    server.letGo();
    await session.ready;
    const settled = await waitFor(
      () => peer.last("noted").notes.includes("unmark") && peer.last("noted"),
    );
    session.close();
    return { said, settled: settled.notes };
  });
  assert.deepEqual(formOfNoted(said), form(messages.noted));
  assert.equal(said.kept, 0);
  const kinds = said.notes.split("\n").map((line) => line.split(" ")[0]);
  assert.ok(kinds.includes("mark") && kinds.includes("list"), said.notes);
  assert.ok(settled.includes("unmark"));
});

test("a page writes down what a worker notes, and tells what it notes itself then", {
  tag: ["@scenario-126"],
}, async ({ run }) => {
  const id = "00112233445566778899aabbccddeeff";
  const { said, seen, marker } = await run(
    async ([noted, id]) => {
      const peer = new Peer();
      const { session } = await started();
      const before = peer.count("noted");
      // What was noted five seconds ago is no news.
      const clock = new StoppedClock();
      const now = Date.now();
      const marker = `${id} ${id} ${now} out - - -`;
      peer.say({ ...noted, sent: now, notes: `mark ${marker}\nlist ${id} ${now} -` });
      await waitFor(() => entry("attempt") === marker);
      const list = entry("in-flight") === `${id} ${now} -`;
      peer.say({ ...noted, sent: Date.now(), notes: `unmark ${id}\nunlist ${id}` });
      await waitFor(() => entry("attempt") === undefined);
      const settled = entry("in-flight");
      await session.refresh();
      const said = await peer.hears("noted");
      clock.resume();
      return { said, seen: [before, list, settled], marker };
    },
    [messages.noted, id],
  );
  assert.ok(marker);
  assert.deepEqual(seen, [0, true, undefined]);
  assert.deepEqual([formOfNoted(said), said.kept], [form(messages.noted), 1]);
});

test("a page writes down nothing that was noted long ago, or is no such message", async ({
  run,
}) => {
  const id = "00112233445566778899aabbccddeeff";
  const spoiled = [
    { v: 2 },
    { sent: 1_700_000_000_000 },
    { sent: "now" },
    { kept: 1 },
    { kept: null },
    { whole: 1 },
    { whole: null },
    { notes: null },
    { notes: "marked" },
    { kind: "note" },
  ];
  const seen = await run(
    async ([noted, id, spoiled]) => {
      const peer = new Peer();
      await started();
      const notes = `mark ${id} ${id} 1700000000000 out - - -`;
      for (const members of spoiled) peer.say({ ...noted, sent: Date.now(), notes, ...members });
      await peer.ask();
      return entry("attempt");
    },
    [messages.noted, id, spoiled],
  );
  assert.equal(seen, undefined);
});
