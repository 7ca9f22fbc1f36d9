// The pages, each library bundled with what hands `session.fetch` to it. The package under test is served beside
// them.

import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));

/** Where they are, and how to remove them. */
export async function bundle() {
  const folder = await mkdtemp(join(tmpdir(), "silent-session-libraries-"));
  const clients = (await readdir(join(here, "clients"))).map((file) => file.replace(/\.mjs$/, ""));
  await build({
    absWorkingDir: here,
    entryPoints: [
      { in: "www/page.html", out: "page" },
      { in: "www/page.js", out: "page" },
      ...clients.map((name) => ({ in: `clients/${name}.mjs`, out: `clients/${name}` })),
    ],
    outdir: folder,
    bundle: true,
    format: "esm",
    target: "es2022",
    loader: { ".html": "copy" },
    external: ["/pkg/index.js"],
    logLevel: "warning",
  });
  return { folder, remove: () => rm(folder, { recursive: true }) };
}
