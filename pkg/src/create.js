// Creates sessions. The text of the wasm is the last import: bundlers write modules in the order of
// imports, and the code around that text compresses best where it is not cut in two.

import { readOptions } from "./options/options.js";
import { Session } from "./session.js";
import { unpack } from "./unpack.js";

// The last one, and not sorted among the others.

import { singles, texts } from "../dist/wasm.js";

export function createSession(options) {
  const controller = new AbortController();
  const settings = readOptions(options, controller.signal);
  if (settings.restore !== false && settings.hint.saysNone())
    Object.assign(settings, { restore: false, hasNone: true });
  settings.readWasm = () => unpack(texts, singles);
  return new Session(settings, controller);
}
