// The reference server, with strict reuse detection, as a program beside the tests; its counters and its test controls.

import { spawn } from "node:child_process";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const PROGRAM = process.env.SILENT_SESSION_SERVER_PROGRAM ?? path("../../target/debug/auth-server");
/** The package under test: another copy of it, to see that the tests can fail. */
const PACKAGE = process.env.SILENT_SESSION_PACKAGE ?? path("../../pkg");

/** How often the counters are looked at, and for how long, in milliseconds. */
const LOOK = 20;
const PATIENCE = 60_000;

export class Server {
  /** Where the pages and the endpoints are. Web Locks want a secure context, and 127.0.0.1 is one. */
  origin;
  #process;
  #root;
  #log = [];

  /** `www`: the folder of the pages; `more`: arguments of the program beside the usual ones. */
  static async start({ www = path("../tabs/www"), more = [] } = {}) {
    const server = new Server();
    server.#root = await mkdtemp(join(tmpdir(), "silent-session-root-"));
    // It serves two folders of one root.
    await symlink(www, join(server.#root, "www"), "junction");
    await symlink(PACKAGE, join(server.#root, "pkg"), "junction");
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

  /** What it has said since the last reset. */
  get log() {
    return this.#log;
  }

  async counters() {
    return (await fetch(`${this.origin}/test/counters`)).json();
  }

  /** By how much each counter has grown while `work` was done; what `work` returned. */
  async during(work) {
    const before = await this.counters();
    const result = await work();
    const after = await this.counters();
    const grown = Object.fromEntries(
      Object.keys(after).map((name) => [name, after[name] - before[name]]),
    );
    return { grown, result };
  }

  /** Waits until the counters are as wanted; returns them. */
  async until(isWanted) {
    for (const end = Date.now() + PATIENCE; ; await pause(LOOK)) {
      const counters = await this.counters();
      if (isWanted(counters)) return counters;
      if (Date.now() > end) throw new Error(`the counters stay ${JSON.stringify(counters)}`);
    }
  }

  /** Zero counters, no faults, tokens that live long. */
  async reset() {
    this.#log.length = 0;
    await this.#order("reset");
  }

  /** How long the access tokens live that are issued from now on, in seconds. */
  issueTokensFor = (access_seconds) => this.#order("lifetime", { access_seconds });

  /** Every access token of now is refused; those issued from now on are good. */
  revokeAccess = () => this.#order("revoke-access");

  /** And every sign-in is over. */
  revokeAll = () => this.#order("revoke-all");

  /** What goes wrong from now on, instead of what did. */
  faults = (faults) => this.#order("faults", faults);

  /** The status of a refresh with this cookie, as somebody would send it who has stolen it. */
  async refreshWith({ name, value }) {
    const headers = { cookie: `${name}=${value}`, "x-requested-with": "a-thief" };
    return (await fetch(`${this.origin}/auth/refresh`, { method: "POST", headers })).status;
  }

  /** The status of an API call with this access token. */
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
