// The files that pages ask for.

import { readFile } from "node:fs/promises";
import { extname } from "node:path";

import { BUNDLED } from "../drivers/package.mjs";

const TYPES = { ".js": "text/javascript", ".html": "text/html", ".wasm": "application/wasm" };

/** `/pkg/…` is of the package, and so is `/pkg@N/…`: a copy of its own; all else is of `www`. `content` is undefined where there is none. */
export async function fileFor(url) {
  const path = url.replace(/^\/pkg@\d+\//, "/pkg/");
  const file = path.startsWith("/pkg/")
    ? BUNDLED + path.slice("/pkg".length)
    : new URL(`www${path}`, import.meta.url);
  const content = await readFile(file).catch(() => undefined);
  return { content, type: TYPES[extname(path)] ?? "text/plain" };
}
