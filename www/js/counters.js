// The server's counters as small figures.

import { readCounters } from "./server.js";

const FIGURES = {
  refreshes: "refreshes, all tabs",
  logins: "sign-ins",
  reuse_detected: "reuse detected",
  api_ok: "API 200",
  api_401: "API 401",
  api_403: "API 403",
};

/** In milliseconds, and only while the page is seen: other tabs count too. */
const PAUSE = 2000;

const panel = document.querySelector("#server");
const list = document.querySelector("#counters");
const values = new Map(Object.entries(FIGURES).map(([name, label]) => [name, figure(label)]));
let waiting;

/** Reads and shows them now, and again after a pause. */
export async function showCounters() {
  clearTimeout(waiting);
  if (document.hidden) return;
  // A server that cannot be reached is shown by everything else on the page.
  const counters = await readCounters().catch(() => undefined);
  if (counters === null) {
    panel.hidden = true;
    return;
  }
  if (counters) show(counters);
  clearTimeout(waiting);
  waiting = setTimeout(showCounters, PAUSE);
}

document.addEventListener("visibilitychange", showCounters);

function show(counters) {
  for (const [name, value] of values) {
    const text = String(counters[name]);
    if (value.textContent !== text) value.textContent = text;
    if (name === "reuse_detected")
      value.parentElement.classList.toggle("alarm", counters[name] > 0);
  }
}

function figure(label) {
  const [pair, term, value] = ["div", "dt", "dd"].map((name) => document.createElement(name));
  term.textContent = label;
  value.textContent = "–";
  pair.append(term, value);
  list.append(pair);
  return value;
}
