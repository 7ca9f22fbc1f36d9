// One of the back ends, as a program beside the tests; its counters and its test controls.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** One with the packages of `requirements.txt`. */
const PYTHON = process.env.SILENT_SESSION_PYTHON;
const SERVE = fileURLToPath(new URL("host/serve.py", import.meta.url));
/** How long it may take to end when it is told to, in milliseconds: a limit, and no more than that. */
const PATIENCE = 60_000;

export class Backend {
  /** Where it listens. */
  origin;
  #process;
  #ended;
  #log = [];

  /** `name`: its folder. `pageOrigin`: whose pages may call it. `cookieDomain`: of the cookies that they shall read. */
  static async start(name, pageOrigin, cookieDomain = "") {
    if (!PYTHON)
      throw new Error("SILENT_SESSION_PYTHON is not set; `cargo xtask test backends` sets it");
    const backend = new Backend();
    const env = { ...process.env, PYTHONDONTWRITEBYTECODE: "1" };
    backend.#process = spawn(PYTHON, [SERVE, name, pageOrigin, cookieDomain], {
      stdio: "pipe",
      env,
    });
    backend.#ended = once(backend.#process, "exit");
    backend.origin = await backend.#listens();
    return backend;
  }

  async stop() {
    const late = setTimeout(() => this.#process.kill("SIGKILL"), PATIENCE);
    this.#process.stdin.end();
    await this.#ended;
    clearTimeout(late);
  }

  /** What it has complained about since the last reset. */
  get log() {
    return this.#log.join("");
  }

  async counters() {
    return (await fetch(`${this.origin}/test/counters`)).json();
  }

  /** Alice and Bob, nobody signed in, the usual lifetimes, zero counters. */
  async reset() {
    this.#log.length = 0;
    await this.#order("reset");
  }

  /** How long the tokens live that are issued from now on, in seconds. */
  issueTokensFor = (access_seconds, refresh_seconds = 600) =>
    this.#order("lifetimes", { access_seconds, refresh_seconds });

  /** Every access token of now is refused; those issued from now on are good. */
  revokeAccess = () => this.#order("revoke-access");

  /** The same of every refresh token. */
  revokeRefresh = () => this.#order("revoke-refresh");

  addUser = (name, password) => this.#order("add-user", { name, password });

  /** The account, not only its sessions. */
  removeUser = (name) => this.#order("remove-user", { name });

  async #order(name, details) {
    const body = details && JSON.stringify(details);
    const response = await fetch(`${this.origin}/test/${name}`, { method: "POST", body });
    if (!response.ok)
      throw new Error(`/test/${name}: ${response.status} ${await response.text()}\n${this.log}`);
  }

  #listens() {
    return new Promise((resolve, reject) => {
      this.#process.on("error", reject);
      this.#process.on("exit", (code) =>
        reject(new Error(`the back end ended with ${code}:\n${this.log}`)),
      );
      this.#process.stderr.setEncoding("utf8").on("data", (text) => this.#log.push(text));
      this.#process.stdout.setEncoding("utf8").on("data", (text) => {
        const found = /listening on (\S+)/.exec(text);
        if (found) resolve(found[1]);
      });
    });
  }
}
