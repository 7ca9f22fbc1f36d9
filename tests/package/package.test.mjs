// What `npm pack` ships, as an app sees it that has installed it. `cargo xtask test package` packs, installs
// and says in SILENT_SESSION_APP where the app is.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const app = process.env.SILENT_SESSION_APP;
assert(app, "run this by `cargo xtask test package`");
const installed = join(app, "node_modules", "silent-session");

const read = (...path) => readFileSync(join(...path), "utf8");
const manifest = JSON.parse(read(installed, "package.json"));

/** How long a module may run, in milliseconds: a limit, and no more than that. */
const PATIENCE = 120_000;

/** Runs a module in the app, which has to end by itself, without an error or a warning. Returns what it prints. */
const run = (source) => {
  const options = { cwd: app, encoding: "utf8", timeout: PATIENCE };
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", source],
    options,
  );
  assert.deepEqual({ status, signal, stderr }, { status: 0, signal: null, stderr: "" });
  return stdout;
};

test("ships the files of files.txt and no others", () => {
  const files = readdirSync(installed, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      relative(installed, join(entry.parentPath ?? entry.path, entry.name))
        .split(sep)
        .join("/"),
    )
    .sort();
  const wanted = read(root, "tests", "package", "files.txt").trim().split(/\r?\n/).sort();
  assert.deepEqual(files, wanted);
});

test("is alone: an app that installs it installs nothing else", () => {
  const packages = readdirSync(join(app, "node_modules")).filter((name) => !name.startsWith("."));
  assert.deepEqual(packages, ["silent-session"]);
  assert.equal(manifest.scripts?.install ?? manifest.scripts?.postinstall, undefined);
});

test("every file that package.json names is there", () => {
  const named = (value) =>
    typeof value === "string" ? [value] : Object.values(value ?? {}).flatMap(named);
  const paths = [manifest.main, manifest.module, manifest.types].filter(Boolean);
  paths.push(...named(manifest.exports), ...named(manifest.bin));
  assert.notEqual(paths.length, 0);
  for (const path of paths) assert(existsSync(join(installed, path)), path);
});

// Scenario 59.
test("importing it where there is no page does nothing", () => {
  const printed = run(`
    const ours = () => Object.getOwnPropertyNames(globalThis).sort().join();
    const before = ours();
    for (const name of ["fetch", "setTimeout", "setInterval", "WebSocket", "BroadcastChannel"]) {
      if (name in globalThis) globalThis[name] = () => { throw new Error(name + " was used"); };
    }
    await import("silent-session");
    if (ours() !== before) throw new Error("there are new globals: " + ours());
    // A handle that stays open would keep this process from ending in time.
  `);
  assert.equal(printed, "");
});

test("its program runs where it is installed", () => {
  const program = join(installed, manifest.bin["silent-session-check-server"]);
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, "--help"], {
    cwd: app,
    encoding: "utf8",
  });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
  assert.match(stdout, /--refresh URL/);
  assert(
    readdirSync(join(app, "node_modules", ".bin")).some((name) =>
      name.startsWith("silent-session-check-server"),
    ),
  );
});

test("exports what its types declare", () => {
  const types = read(installed, manifest.types);
  const declared = [
    ...types.matchAll(/^export (?:declare )?(?:abstract )?(?:class|function|const) (\w+)/gm),
  ];
  const exported = JSON.parse(
    run(`console.log(JSON.stringify(Object.keys(await import("silent-session"))))`),
  );
  assert.deepEqual(exported.sort(), [...new Set(declared.map(([, name]) => name))].sort());
});

test("the wasm is part of the modules, and nothing has to be found or fetched", () => {
  const files = readdirSync(installed, { recursive: true }).map(String);
  assert.deepEqual(
    files.filter((file) => file.endsWith(".wasm")),
    [],
  );
  const modules = files.filter((file) => file.endsWith(".js") && !file.includes("check-server"));
  for (const file of modules) assert.doesNotMatch(read(installed, file), /import\.meta/, file);
});

test("Cargo.toml and package.json have one version", () => {
  const [, version] =
    read(root, "Cargo.toml").match(/^\[package\][^[]*?^version = "([^"]+)"/m) ?? [];
  assert.equal(manifest.version, version);
});
