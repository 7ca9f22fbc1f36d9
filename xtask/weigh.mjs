// Prints how many bytes each file has: raw, after gzip, and after brotli.

import { readFileSync } from "node:fs";
import { weigh } from "./compress.mjs";

for (const file of process.argv.slice(2)) console.log(weigh(readFileSync(file)).join(" "));
