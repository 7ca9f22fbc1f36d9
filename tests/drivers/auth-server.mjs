// Runs the reference server, with strict reuse detection, beside the tests. Gives access to its
// counters and its test controls.

import { spawn } from "node:child_process";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { BUNDLED } from "./package.mjs";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const PROGRAM = process.env.SILENT_SESSION_SERVER_PROGRAM ?? path("../../target/debug/auth-server");

/** Milliseconds between two looks at the counters. */
const LOOK = 20;
const PATIENCE = 60_000;

export class Server {
  /**
   * The origin of the pages and the endpoints. Web Locks need a secure context, and 127.0.0.1 is
   * one.
   */
  origin;
  #process;
  #root;
  #log = [];

  /**
   * `www`: the folder of the pages; `pkg`: that of the package; `more`: additional arguments of the
   * program.
   */
  static async start({ www = path("../tabs/www"), pkg = BUNDLED, more = [] } = {}) {
    const server = new Server();
    server.#root = await mkdtemp(join(tmpdir(), "silent-session-root-"));
    // The program serves one root: both folders are linked into it.
    await symlink(www, join(server.#root, "www"), "junction");
    await symlink(pkg, join(server.#root, "pkg"), "junction");
    const options = [
      "--until-stdin-closes",
      "--test-controls",
      "--port",
      "0",
      "--root",
      server.#root,
      ...more,
    ];
    server.#process = spawn(PROGRAM, options, { stdio: "pipe" });
    server.origin = await server.#listens();
    return server;
  }

  async stop() {
    this.#process.stdin.end();
    await rm(this.#root, { recursive: true, force: true });
  }

  /** The log since the last reset. */
  get log() {
    return this.#log;
  }

  async counters() {
    return (await fetch(`${this.origin}/test/counters`)).json();
  }

  /** Runs `work`. Returns how much each counter has grown meanwhile, and the result of `work`. */
  async during(work) {
    const before = await this.counters();
    const result = await work();
    const after = await this.counters();
    const grown = Object.fromEntries(
      Object.keys(after).map((name) => [name, after[name] - before[name]]),
    );
    return { grown, result };
  }

  /** Waits until the counters satisfy `isWanted`, and returns them. */
  async until(isWanted) {
    for (const end = Date.now() + PATIENCE; ; await pause(LOOK)) {
      const counters = await this.counters();
      if (isWanted(counters)) return counters;
      if (Date.now() > end) throw new Error(`the counters stay ${JSON.stringify(counters)}`);
    }
  }

  /** Sets the counters to zero, removes all faults, and restores the long lifetime of tokens. */
  async reset() {
    this.#log.length = 0;
    await this.#order("reset");
  }

  /** Sets the lifetime, in seconds, of the access tokens that are issued from now on. */
  issueTokensFor = (access_seconds) => this.#order("lifetime", { access_seconds });

  /** Sets by how much its clock is ahead, in milliseconds: whole seconds. */
  setClock = (ahead) => this.#order("clock", { offset_seconds: ahead / 1_000 });

  /** Revokes all access tokens that were issued so far. */
  revokeAccess = () => this.#order("revoke-access");

  /** Revokes all access tokens and ends all sessions. */
  revokeAll = () => this.#order("revoke-all");

  /** Replaces the faults that the server simulates. */
  faults = (faults) => this.#order("faults", faults);

  /** Sends a refresh with a stolen cookie. Returns the status. */
  async refreshWith({ name, value }) {
    const headers = { cookie: `${name}=${value}`, "x-requested-with": "a-thief" };
    return (await fetch(`${this.origin}/auth/refresh`, { method: "POST", headers })).status;
  }

  /** Sends an API call with this access token. Returns the status. */
  async callWith(accessToken) {
    const headers = { authorization: `Bearer ${accessToken}` };
    return (await fetch(`${this.origin}/api/me`, { headers })).status;
  }

  async #order(name, details) {
    const body = details && JSON.stringify(details);
    const response = await fetch(`${this.origin}/test/${name}`, { method: "POST", body });
    if (!response.ok) throw new Error(`/test/${name}: ${response.status} ${await response.text()}`);
  }

  #listens() {
    return new Promise((resolve, reject) => {
      this.#process.on("error", (cause) =>
        reject(new Error("no server: run `cargo build -p auth-server`", { cause })),
      );
      this.#process.on("exit", (code) =>
        reject(new Error(`the server ended with ${code}: ${this.#log.join("\n")}`)),
      );
      this.#process.stderr
        .setEncoding("utf8")
        .on("data", (text) => this.#log.push(...text.trimEnd().split("\n")));
      this.#process.stdout.setEncoding("utf8").on("data", (text) => {
        const found = /listening on (\S+)/.exec(text);
        if (found) resolve(found[1]);
      });
    });
  }
}
