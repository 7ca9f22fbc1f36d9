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
export function asJson(results, { refresh, origin }, { rotation, returnsAttempts }) {
  const server = { rotation, returnsAttempts };
  return JSON.stringify(
    { refresh: shown(refresh), origin, counts: counted(results), server, checks: results },
    null,
    2,
  );
}

/** For people. */
export function asText(results, { refresh, origin }, habits) {
  const lines = [`The refresh endpoint ${shown(refresh)}, for pages of ${origin}`];
  let group;
  for (const result of results) {
    if (result.group !== group) lines.push("", (group = result.group));
    lines.push(...about(result));
  }
  lines.push("", "options of the client", `  ${habitsShown(habits)}`);
  const counts = counted(results);
  lines.push("", VERDICTS.map((verdict) => `${counts[verdict]} ${verdict}`).join(", "));
  return lines.join("\n");
}

function about({ name, verdict, seen, advice, source }) {
  const line = `  ${verdict.padEnd(9)}  ${name.padEnd(22)}  ${seen}`;
  return advice ? [line, `${" ".repeat(37)}${advice} (${source})`] : [line];
}

/** The option that says what kind of server it is, in one line. */
function habitsShown({ rotation, meaning, returnsAttempts }) {
  const option = rotation
    ? `server: { rotation: "${rotation}" }  ${meaning}`
    : "server: { rotation }  It could not be tried what a spent cookie comes to.";
  return `${option} The attempt id is ${returnsAttempts ? "" : "not "}returned.`;
}

/** A URL without what may be secret in it. */
const shown = ({ origin, pathname }) => origin + pathname;
