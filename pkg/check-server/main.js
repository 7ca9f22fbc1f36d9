#!/usr/bin/env node
// Tries a server's refresh endpoint. `--help` says how.

import { Misused, readArguments } from "./arguments.js";
import { HELP } from "./help.js";
import { asJson, asText, counted } from "./report.js";
import { tryServer } from "./run.js";
import { CannotTry, WRONG } from "./verdict.js";

const COULD_NOT_BE_TRIED = 2;

async function main() {
  const options = readArguments(process.argv.slice(2));
  if (options.help) return void process.stdout.write(HELP);
  const { results, habits } = await tryServer(options);
  console.log(options.json ? asJson(results, options, habits) : asText(results, options, habits));
  process.exitCode = counted(results)[WRONG] > 0 ? 1 : 0;
}

try {
  await main();
} catch (error) {
  const isExpected = error instanceof Misused || error instanceof CannotTry;
  console.error("silent-session-check-server:", isExpected ? error.message : error);
  if (error instanceof Misused) console.error("See --help.");
  process.exitCode = COULD_NOT_BE_TRIED;
}
