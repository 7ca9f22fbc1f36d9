// The files that pages ask for.

import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";

/** The package under test: another copy of it, to see that the tests can fail. */
const PACKAGE =
  process.env.SILENT_SESSION_PACKAGE ?? fileURLToPath(new URL("../../pkg", import.meta.url));
const TYPES = { ".js": "text/javascript", ".html": "text/html", ".wasm": "application/wasm" };

/** `/pkg/…` is of the package, and so is `/pkg@N/…`: a copy of its own; all else is of `www`. `content` is undefined where there is none. */
export async function fileFor(url) {
  const path = url.replace(/^\/pkg@\d+\//, "/pkg/");
  const file = path.startsWith("/pkg/")
    ? PACKAGE + path.slice("/pkg".length)
    : new URL(`www${path}`, import.meta.url);
  const content = await readFile(file).catch(() => undefined);
  return { content, type: TYPES[extname(path)] ?? "text/plain" };
}
