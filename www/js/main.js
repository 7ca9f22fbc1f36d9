// Puts the parts together: the state goes to the views, what happens goes to the log.

import { offerActions, showActions } from "./actions.js";
import { showCard } from "./card.js";
import { showCounters } from "./counters.js";
import { log, logError } from "./log.js";
import { offerRenewal } from "./renewal.js";
import { REFRESH, session } from "./session.js";
import { offerSignIn } from "./sign-in.js";
import { showTabs } from "./tabs.js";
import { countToken } from "./tokens.js";
import { describe } from "./transitions.js";
import { watch } from "./wire.js";

let shown = session.state;

function show(state) {
  showCard(state);
  showActions(state);
}

session.subscribe(() => {
  const before = shown;
  shown = session.state;
  show(shown);
  log(...describe(before, shown, countToken(before, shown)));
  showCounters();
  showTabs();
});

watch(({ path, status }) => {
  // A refresh that succeeds, and one that ends the session, are told of as changes of the state.
  if (path !== REFRESH || status === 200 || status === 401) return;
  log("trouble", `POST ${path} → ${status ?? "no answer"} · the session is kept`);
  showCounters();
  showTabs();
});

offerSignIn(showCounters);
offerActions(showCounters);
offerRenewal();
show(shown);
showCounters();
showTabs();
session.ready.catch(logError);
