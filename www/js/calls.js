// Calls of the API through `session.fetch`, and what they have cost.

import { log } from "./log.js";
import { REFRESH, session } from "./session.js";
import { tallied } from "./wire.js";

const { fetch } = session;

/** Calls it, once or many times at once, and logs what came of it. */
export async function call(path, times = 1) {
  const { outcome: statuses, answers } = await tallied(() =>
    Promise.all(Array.from({ length: times }, () => statusOf(path))),
  );
  const refreshes = answers(REFRESH);
  const replays = answers(path) - times;
  const cost =
    refreshes || replays
      ? `${count(refreshes, "refresh", "refreshes")}, ${count(replays, "replay", "replays")}`
      : "no refresh";
  const calls = times === 1 ? "" : `${times} × `;
  log(kindOf(statuses), `${calls}GET ${path} → ${summary(statuses, times)} · ${cost}`);
}

async function statusOf(path) {
  const response = await fetch(path);
  // Read to the end, as an app would: the connection is free again.
  await response.text();
  return response.status;
}

function kindOf(statuses) {
  if (statuses.every((status) => status < 300)) return "call";
  return statuses.every((status) => status < 500) ? "denied" : "trouble";
}

function summary(statuses, times) {
  if (times === 1) return String(statuses[0]);
  const tally = new Map();
  for (const status of statuses) tally.set(status, (tally.get(status) ?? 0) + 1);
  return [...tally].map(([status, number]) => `${number} × ${status}`).join(", ");
}

function count(number, one, many) {
  return `${number} ${number === 1 ? one : many}`;
}
