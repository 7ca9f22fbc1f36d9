// session.fetch in Firefox: as native fetch but for the token, and no token goes where it may not.

import { compareWithNative } from "../fetch/differential.mjs";
import { tryKeepalive } from "../fetch/keepalive.mjs";
import { lookForLeaks } from "../fetch/leaks.mjs";
import { begin } from "../fetch/stage.mjs";
import { launch } from "./firefox.mjs";

async function open() {
  const { context, close } = await launch();
  return begin(await context.newPage(), close);
}

compareWithNative(open, {
  asksBefore: true,
  moments: ["signed in, they", "while the wasm loads, they"],
});
lookForLeaks(open);
tryKeepalive(open, { isCancelled: false });
