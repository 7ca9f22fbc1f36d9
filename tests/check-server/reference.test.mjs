// The reference server does all that is asked for.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Server } from "../drivers/auth-server.mjs";
import { program } from "./program.mjs";

/** Checks that have no object there: it has no double submit. */
const NOT_THERE = ["csrf-token"];

async function tried(list, more) {
  const server = await Server.start({ more });
  try {
    const url = (path) => server.origin + path;
    const endpoints = [
      "--refresh",
      url("/auth/refresh"),
      "--sign-out",
      url("/auth/logout"),
      "--api",
      url("/api/me"),
    ];
    const signIn = [
      "--sign-in",
      url("/auth/login"),
      "--sign-in-body",
      '{"user": "bob", "password": "builder"}',
    ];
    const { code, stdout, stderr } = await program([...endpoints, ...signIn, "--json", ...list]);
    assert.equal(stderr, "");
    return { code, checks: JSON.parse(stdout).checks };
  } finally {
    await server.stop();
  }
}

const not = (verdict, checks) => checks.filter((check) => check.verdict !== verdict);

test("it is right in all respects for a page of another origin", async () => {
  const { code, checks } = await tried(
    ["--origin", "http://127.0.0.1:9"],
    ["--allow-origin", "http://127.0.0.1:9"],
  );
  assert.equal(code, 0);
  assert.deepEqual(
    not("right", checks).map(({ name }) => name),
    NOT_THERE,
  );
});

test("and for one of its own", async () => {
  const { code, checks } = await tried([], []);
  assert.equal(code, 0);
  assert.deepEqual(not("right", not("not tried", checks)), []);
});

test("with a grace it is right too, and reuse is noticed after it", async () => {
  const { code, checks } = await tried(["--grace", "3.1"], ["--grace", "3"]);
  assert.equal(code, 0);
  assert.deepEqual(not("right", not("not tried", checks)), []);
});
