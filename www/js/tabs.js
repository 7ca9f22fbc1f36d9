// The tabs of the session: this one and the others it has heard of, how they stand to each other, and what that saves.

import { session } from "./session.js";
import { tokenCounts } from "./tokens.js";

/** In milliseconds, and only while the page is seen: no event tells of tabs that come and go. */
const PAUSE = 1000;

const LOCKS = { browser: "all tabs of the browser", page: "this page only" };

const list = document.querySelector("#tabs");
let listed = "";
let waiting;

/** Shows them now, and again after a pause. */
export function showTabs() {
  clearTimeout(waiting);
  if (document.hidden) return;
  const { tab, tabs, lock, channel } = session.inspect();
  const { refreshes, handedOver } = tokenCounts();
  if (tab !== null) {
    showList(tab, tabs);
    say("tabs-lock", LOCKS[lock]);
    say("tabs-channel", channel ? "yes" : "no");
  }
  say("tabs-refreshes", String(refreshes));
  say("tabs-handed-over", String(handedOver));
  waiting = setTimeout(showTabs, PAUSE);
}

document.addEventListener("visibilitychange", showTabs);
addEventListener("focus", showTabs);

function showList(tab, others) {
  const ids = [tab, ...others];
  if (listed === ids.join()) return;
  listed = ids.join();
  list.replaceChildren(...ids.map((id) => entry(id, id === tab)));
}

function entry(id, isThis) {
  const [item, code] = ["li", "code"].map((name) => document.createElement(name));
  item.title = id;
  code.textContent = id.slice(0, 8);
  item.append(code);
  if (isThis) {
    item.ariaCurrent = "true";
    item.append(" this tab");
  }
  return item;
}

function say(id, text) {
  const element = document.getElementById(id);
  if (element.textContent !== text) element.textContent = text;
}
