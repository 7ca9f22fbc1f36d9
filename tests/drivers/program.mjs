// Programs that end with this process, and browsers with a profile of their own.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Ends this process by its own code at these signals, so that its `exit` listeners run.
for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

/** Starts a program, and kills it when this process ends, unless that is by SIGKILL. */
export function run(path, args, stdio, signal = "SIGKILL") {
  const child = spawn(path, args, { stdio });
  const kill = () => child.kill(signal);
  process.on("exit", kill);
  // A program that could not be started counts as ended. Whoever reads its output handles the
  // error.
  const ended = once(child, "exit")
    .catch(() => {})
    .then(() => process.off("exit", kill));
  return { child, kill, ended };
}

/** Creates an empty folder for the profile of a browser. */
export async function createProfile() {
  const folder = await mkdtemp(join(tmpdir(), "silent-session-browser-"));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 5 });
  return { folder, remove };
}

/**
 * Starts a browser. `args` receives the folder of its profile; `forget` waits for its end and
 * removes the folder.
 */
export async function start(path, args, stdio) {
  const profile = await createProfile();
  const { child, ended } = run(path, args(profile.folder), stdio);
  const forget = async () => {
    await ended;
    await profile.remove();
  };
  return { child, forget };
}

/**
 * Waits for the address that the program prints. Reads all its output, so that the program never
 * blocks on a full pipe.
 */
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
