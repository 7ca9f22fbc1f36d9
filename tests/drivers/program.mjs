// A browser as a program with a profile of its own.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

// So that the browser is ended whatever ends us, but for SIGKILL.
for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

/** Starts it. `args` gets the folder of the profile; `forget` waits for its end, and removes that. */
export async function start(path, args, stdio) {
  const profile = await mkdtemp(join(tmpdir(), "silent-session-browser-"));
  const child = spawn(path, args(profile), { stdio });
  const kill = () => child.kill("SIGKILL");
  process.on("exit", kill);
  const ended = once(child, "exit");
  const forget = async () => {
    await ended;
    process.off("exit", kill);
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  return { child, forget };
}

/** Where it is to be reached, by its own word. What else it says is read, so that it never has to wait. */
export function address(child, pattern) {
  let said = "";
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) =>
      reject(new Error(`the browser ended with ${code}. It said:\n${said}`)),
    );
    child.stderr.setEncoding("utf8").on("data", (text) => {
      said = (said + text).slice(-10_000);
      const found = pattern.exec(said);
      if (found) resolve(found[1]);
    });
  });
}
