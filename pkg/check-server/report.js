// What is printed.

import { NOT_TRIED, RIGHT, WARNING, WRONG } from "./verdict.js";

const VERDICTS = [WRONG, WARNING, RIGHT, NOT_TRIED];

/** How many came to each verdict. */
export function counted(results) {
  return Object.fromEntries(
    VERDICTS.map((verdict) => [verdict, results.filter((one) => one.verdict === verdict).length]),
  );
}

/** For machines: stable names and members. */
export function asJson(results, { refresh, origin }) {
  return JSON.stringify({ refresh: shown(refresh), origin, counts: counted(results), checks: results }, null, 2);
}

/** For people. */
export function asText(results, { refresh, origin }) {
  const lines = [`The refresh endpoint ${shown(refresh)}, for pages of ${origin}`];
  let group;
  for (const result of results) {
    if (result.group !== group) lines.push("", (group = result.group));
    lines.push(...about(result));
  }
  const counts = counted(results);
  lines.push("", VERDICTS.map((verdict) => `${counts[verdict]} ${verdict}`).join(", "));
  return lines.join("\n");
}

function about({ name, verdict, seen, advice, source }) {
  const line = `  ${verdict.padEnd(9)}  ${name.padEnd(22)}  ${seen}`;
  return advice ? [line, `${" ".repeat(37)}${advice} (${source})`] : [line];
}

/** A URL without what may be secret in it. */
const shown = ({ origin, pathname }) => origin + pathname;
