// A session and other values have exactly the members that index.d.ts declares.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { test } from "./fixtures.mjs";

const read = (path) => readFile(new URL(`../../pkg/${path}`, import.meta.url), "utf8");
const declarations = await read("index.d.ts");

/**
 * Returns the members of an interface or a class: the required ones, and all. Biome has put each on
 * a line of its own.
 */
function membersOf(name) {
  const [, body] = new RegExp(
    `^export (?:interface|class) ${name}\\b[^{]*\\{\\n(.*?)^\\}`,
    "ms",
  ).exec(declarations);
  const members = [...body.matchAll(/^ {2}(?:readonly )?(\w+)(\??):/gm)];
  const always = members.filter(([, , optional]) => !optional).map(([, member]) => member);
  return { always, all: members.map(([, member]) => member) };
}

function isAsDeclared(value, name) {
  const { always, all } = membersOf(name);
  const members = Object.keys(value);
  assert.ok(always.length > 0, `${name} has no members: this proves nothing`);
  assert.deepEqual(
    members.filter((member) => !all.includes(member)),
    [],
    `${name} does not declare them`,
  );
  assert.deepEqual(
    always.filter((member) => !members.includes(member)),
    [],
    `no ${name} has them`,
  );
}

test("a state has the members that are declared of it", async ({ run }) => {
  const states = await run(async () => {
    const { session, server } = start({ signOut: "/auth/logout" });
    const unknown = session.state;
    await session.ready;
    const active = session.state;
    server.failRefresh();
    await outcome(session.refresh());
    const failing = { ...session.state, error: undefined };
    await session.signOut();
    return { unknown, active, failing, ended: session.state };
  });
  isAsDeclared(states.unknown, "UnknownState");
  isAsDeclared(states.active, "ActiveState");
  isAsDeclared(states.failing, "ActiveState");
  isAsDeclared(states.ended, "EndedState");
});

test("inspect() tells what is declared of it", async ({ run }) => {
  const [first, pending] = await run(async () => {
    const { session, server } = start({ signOut: "/auth/logout" });
    await session.ready;
    const first = session.inspect();
    server.answerSignOut(503, null, "{}");
    await session.signOut();
    const { signOut } = session.inspect();
    return [first, { ...signOut, error: null }];
  });
  isAsDeclared(first, "Inspection");
  isAsDeclared(pending, "SignOutInspection");
});

test("events have the members that are declared of them", async ({ run }) => {
  const told = await run(async () => {
    const told = [];
    const { session, server } = start({
      signOut: "/auth/logout",
      onEvent: (event) => told.push({ ...event }),
    });
    await session.ready;
    server.failRefresh();
    await outcome(session.refresh());
    await session.signOut();
    return told.map(({ error, ...event }) => event);
  });
  const types = new Set(told.map(({ type }) => type));
  for (const type of ["refresh-started", "refresh-settled", "sign-out-settled", "ended"])
    assert.ok(types.has(type), `no ${type}: this proves nothing`);
  for (const event of told) {
    const words = event.type.split("-").map((word) => word[0].toUpperCase() + word.slice(1));
    isAsDeclared(event, `${words.join("")}Event`);
  }
});

test("each option that is declared is known, and no other", async () => {
  const [, list] = /^const KNOWN = \[(.*?)\]/ms.exec(await read("src/options/options.js"));
  const known = [...list.matchAll(/"(\w+)"/g)].map(([, name]) => name);
  assert.deepEqual(known.sort(), membersOf("SessionOptions").all.sort());
});
