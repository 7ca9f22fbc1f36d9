// An app in a tab, with what the tests want of it as globals. Its options come with the address, for a tab that is
// loaded again makes the same session.

import "/begin.js";

import { createSession } from "/pkg/index.js";

const {
  eager = false,
  locks = true,
  ...options
} = JSON.parse(decodeURIComponent(location.search.slice(1)) || "{}");

// For a page that nothing can be done to before it begins.
if (!locks) delete Navigator.prototype.locks;

/** Of which loads and returns the page was told, and whether it came from the back/forward cache. */
const shows = [];
addEventListener("pageshow", ({ persisted }) => shows.push(persisted ? "back" : "loaded"));

/** What came of the calls that the app has made as soon as it was woken. */
const wakingCalls = [];
if (eager) {
  // Before the session can listen: its wasm comes later.
  const call = () => wakingCalls.push(me());
  addEventListener("pageshow", ({ persisted }) => persisted && call());
  document.addEventListener("resume", call);
}

/** What the sessions of this page have told of themselves. */
const events = [];

/** The sessions of this page, the first one of which is what most rules are about. */
const session = start(options);

/** Which statuses there have been, oldest first. */
const states = [session.state.status];
session.subscribe(
  () => states.at(-1) === session.state.status || states.push(session.state.status),
);

function start(more) {
  return createSession({
    refresh: "/auth/refresh",
    signOut: "/auth/logout",
    onEvent: (event) => events.push(event),
    ...more,
  });
}

const PASSWORDS = { alice: "wonderland", bob: "builder" };

/** The request of a login. */
function login(user) {
  return fetch("/auth/login", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user, password: PASSWORDS[user] }),
  });
}

/** Signs in, as an app does. */
function signIn(user, into = session) {
  return into.signIn(() => login(user));
}

/** One call of the API: by whom, as far as the page knew then, and for whom it was taken. */
async function me() {
  const by = session.state.claims?.sub ?? null;
  try {
    const response = await session.fetch("/api/me");
    const { sub = null } = response.ok ? await response.json() : {};
    return { by, status: response.status, sub };
  } catch (error) {
    return { by, error: error.code ?? String(error) };
  }
}

/** Milliseconds since 1970, the same for all tabs, and finer than `Date.now()`. */
const now = () => performance.timeOrigin + performance.now();

/** That many calls at once, and how long they took. */
async function calls(count) {
  const began = now();
  const answers = await Promise.all(Array.from({ length: count }, me));
  return { began, ended: now(), answers };
}

/** Calls without a pause, until it is stopped. */
let calling;

function keepCalling() {
  const answers = [];
  let stopped = false;
  const go = async () => {
    while (!stopped) answers.push(await me());
  };
  const gone = go();
  calling = () => {
    stopped = true;
    return gone.then(() => answers);
  };
}

const stopCalling = () => calling();

/** Settles when somebody gives the sign, in whatever tab. */
function sign() {
  const channel = new BroadcastChannel("sign");
  return new Promise((resolve) => {
    channel.onmessage = () => resolve(channel.close());
  });
}

function giveSign() {
  const channel = new BroadcastChannel("sign");
  channel.postMessage("now");
  channel.close();
}

/** Which of the state's members, or its claims, are not as wanted. `isGood`: the token is within its time. */
function differences(wanted, state) {
  const seen = { ...state.claims, ...state, isGood: state.expiresAt > Date.now() };
  return Object.keys(wanted).filter((member) => seen[member] !== wanted[member]);
}

/** Settles with the state when it is as wanted; rejects when that takes longer than `patience`, in milliseconds. */
function becomes(wanted, patience, of = session) {
  return new Promise((resolve, reject) => {
    const look = () => {
      if (differences(wanted, of.state).length > 0) return;
      undo();
      clearTimeout(timer);
      resolve(of.state);
    };
    const undo = of.subscribe(look);
    const timer = setTimeout(() => {
      undo();
      reject(new Error(`not ${JSON.stringify(wanted)} but ${JSON.stringify(of.state)}`));
    }, patience);
    look();
  });
}

Object.assign(globalThis, {
  becomes,
  calls,
  events,
  giveSign,
  keepCalling,
  login,
  me,
  session,
  shows,
  sign,
  signIn,
  start,
  states,
  stopCalling,
  wakingCalls,
});
