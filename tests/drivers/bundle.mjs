// Playwright's global set-up: bundles the package as apps do. A page that loads 60 modules costs
// the machine twice as much.

import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { build } from "esbuild";

import { SHIPPED } from "./package.mjs";

/** Makes a copy of the package whose entries are bundles, and returns how to remove it. */
export default async function bundle() {
  const folder = await mkdtemp(join(tmpdir(), "silent-session-bundle-"));
  const remove = () => rm(folder, { recursive: true });
  await cp(SHIPPED, folder, { recursive: true });
  try {
    await build({
      entryPoints: ["index.js", "presets.js"].map((entry) => join(SHIPPED, entry)),
      outdir: folder,
      bundle: true,
      splitting: true,
      format: "esm",
      target: "es2022",
      allowOverwrite: true,
      logLevel: "warning",
    });
  } catch (error) {
    await remove();
    throw error;
  }
  // The workers inherit it.
  process.env.SILENT_SESSION_BUNDLE = folder;
  return remove;
}
