// The log of events. It never shows a token: nothing that is logged here has one.

const list = document.querySelector("#log");
const MOST_ENTRIES = 100;

/**
 * Adds an entry on top.
 * @param {"session" | "renewed" | "call" | "denied" | "trouble" | "order"} kind
 * @param {string} text
 */
export function log(kind, text) {
  const entry = document.createElement("li");
  entry.dataset.kind = kind;
  const time = document.createElement("time");
  const now = new Date();
  time.dateTime = now.toISOString();
  time.textContent = now.toLocaleTimeString([], { hour12: false });
  entry.append(time, " ", span("kind", kind), " ", span("text", text));
  list.prepend(entry);
  while (list.childElementCount > MOST_ENTRIES) list.lastElementChild.remove();
}

/** Logs an error by its code and message. */
export function logError(error) {
  log("trouble", `${error.code ?? error.name}: ${error.message}`);
}

function span(name, text) {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = text;
  return element;
}
