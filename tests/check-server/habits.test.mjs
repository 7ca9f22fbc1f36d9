// What kind of server it is, and whether it returns attempt ids: what the client has to be told.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Server as ReferenceServer } from "../drivers/auth-server.mjs";
import { edit, isSignIn } from "./faults/edits.mjs";
import { complaints, tried } from "./kit.mjs";
import { program } from "./program.mjs";

/** Servers: their rules, the kind, and whether they return the attempt id. */
const SERVERS = {
  "without rotation": [{ rotates: false }, "none", false],
  "without rotation, returning the id": [{ rotates: false, returnsAttempts: true }, "none", true],
  "that accept whatever was good once": [
    { knowsAttempts: false, reuse: "accepted" },
    "none",
    false,
  ],
  "with a grace while the successor was never presented": [
    { knowsAttempts: false, grace: true },
    "none",
    false,
  ],
  "with a grace that gives out the same successor": [
    { knowsAttempts: false, grace: "same" },
    "none",
    false,
  ],
  "with a grace of seconds": [{ knowsAttempts: false, leniency: 60_000 }, "none", false],
  "that recognise attempt ids": [{}, "replays", true],
  "that recognise attempt ids, and say nothing": [{ returnsAttempts: false }, "replays", false],
  "that recognise attempt ids, and have a grace": [{ grace: true }, "replays", true],
  "that recognise attempt ids, and refuse reuse": [{ reuse: "refused" }, "replays", true],
  "that refuse": [{ knowsAttempts: false, reuse: "refused" }, "refuses", false],
  "that revoke": [{ knowsAttempts: false }, "revokes", false],
  "that delete the cookie with a refusal": [
    { knowsAttempts: false, reuse: "cleared" },
    "revokes",
    false,
  ],
};

for (const [what, [tokens, rotation, returnsAttempts]] of Object.entries(SERVERS)) {
  test(`of servers ${what} it says ${rotation}, in one line with the option to set`, async () => {
    const { habits, text } = await tried({ tokens });
    assert.deepEqual(
      { rotation: habits.rotation, returnsAttempts: habits.returnsAttempts },
      { rotation, returnsAttempts },
    );
    const line = text
      .split("\n")
      .find((line) => line.startsWith(`  server: { rotation: "${rotation}" }`));
    assert.match(
      line,
      returnsAttempts ? /The attempt id is returned\.$/ : /The attempt id is not returned\.$/,
    );
  });
}

test("a server that returns attempt ids and does not recognise them promises too much", async () => {
  for (const reuse of ["ends", "refused"]) {
    const results = await tried({ tokens: { knowsAttempts: false, returnsAttempts: true, reuse } });
    assert.equal(complaints(results)["attempt-returned"], "wrong", reuse);
    assert.equal(results.habits.rotation, reuse === "ends" ? "revokes" : "refuses");
  }
});

test("an id of somebody else is none that was returned", async () => {
  const other = edit(
    ({ url }) => url === "/auth/refresh",
    ({ headers }) => (headers["x-requested-with"] = "XMLHttpRequest"),
    200,
  );
  const { habits } = await tried(other);
  assert.deepEqual([habits.rotation, habits.returnsAttempts], ["replays", false]);
});

test("what cannot be tried is not guessed", async () => {
  let count = 0;
  const refused = edit(isSignIn, (answer) => {
    if (++count > 1) Object.assign(answer, { status: 429, cookies: [] });
  });
  const { habits, text } = await tried(refused);
  assert.deepEqual(habits, { rotation: undefined, meaning: undefined, returnsAttempts: true });
  assert.match(text, /It could not be tried/);
});

const REFERENCE = {
  "as it is": [[], "replays", true],
  "--no-echo": [["--no-echo"], "replays", false],
  "--reuse refuses": [["--reuse", "refuses"], "replays", true],
};

for (const [how, [more, rotation, returnsAttempts]] of Object.entries(REFERENCE)) {
  test(`the reference server, ${how}`, async () => {
    const server = await ReferenceServer.start({ more });
    try {
      const url = (path) => server.origin + path;
      const signIn = [
        "--sign-in",
        url("/auth/login"),
        "--sign-in-body",
        '{"user": "bob", "password": "builder"}',
      ];
      const { stdout } = await program(["--refresh", url("/auth/refresh"), ...signIn, "--json"]);
      assert.deepEqual(JSON.parse(stdout).server, { rotation, returnsAttempts });
    } finally {
      await server.stop();
    }
  });
}
