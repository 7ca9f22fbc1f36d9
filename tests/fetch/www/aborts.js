// Of the page, what the test of aborts calls: two calls of one session, of which one is aborted.

import { createSession } from "/files/pkg/index.js";

const sessions = new Map();
let calls;
let letLockGo = () => {};

function makeSession(name) {
  if (!sessions.has(name)) sessions.set(name, createSession({ refresh: "/auth/refresh", name }));
  return sessions.get(name);
}

/** The arguments of a call that can be aborted, what aborts it, and what with. */
const SIGNALS = {
  plain: (url) => plainly(url, undefined),
  object: (url) => plainly(url, { why: "an object" }),
  string: (url) => plainly(url, "enough"),
  null: (url) => plainly(url, null),
  request(url) {
    const { args, ...others } = plainly(url, new RangeError("of a Request"));
    return { args: [new Request(...args)], ...others };
  },
  timeout(url, ms) {
    const signal = AbortSignal.timeout(ms);
    return { args: [url, { signal }], signal, abort() {} };
  },
  any(url) {
    const { signal, abort } = plainly(url, ["of", "any"]);
    const any = AbortSignal.any([AbortSignal.timeout(60_000), signal]);
    return { args: [url, { signal: any }], signal: any, abort };
  },
};

function plainly(url, reason) {
  const controller = new AbortController();
  const { signal } = controller;
  return { args: [url, { signal }], signal, abort: () => controller.abort(reason) };
}

/** Makes two calls; the first is what `abortOne` aborts, or a time-out of so many milliseconds. */
function callTwice(name, url, how, ms) {
  const session = makeSession(name);
  // Not the same URL: the browser's cache lets one wait for the other.
  const { args, signal, abort } = SIGNALS[how](`${url}&one`, ms);
  calls = {
    name,
    signal,
    abort,
    one: watch(session.fetch(...args)),
    other: watch(session.fetch(`${url}&other`)),
  };
}

const isAborted = () => calls.signal.aborted;

function watch(promise) {
  const watched = { promise, state: "pending" };
  promise.then(
    () => (watched.state = "fulfilled"),
    () => (watched.state = "rejected"),
  );
  return watched;
}

async function abortOne() {
  const { one, other, signal, abort } = calls;
  const isPending = one.state === "pending";
  abort();
  const error = await one.promise.then(
    () => "fulfilled",
    (error) => error,
  );
  const isReason = error === signal.reason;
  await new Promise((resolve) => setTimeout(resolve, 20));
  return { isPending, isReason, name: error?.name, value: String(error), other: other.state };
}

async function theOther() {
  const response = await calls.other.promise;
  const seen = { status: response.status, body: await response.text() };
  sessions.get(calls.name).close();
  return seen;
}

/** As another tab would. Settles when the lock is held. */
function holdLock(name) {
  return new Promise((held) => {
    void navigator.locks.request(
      name,
      () =>
        new Promise((resolve) => {
          letLockGo = resolve;
          held();
        }),
    );
  });
}

Object.assign(globalThis, {
  abortOne,
  callTwice,
  holdLock,
  isAborted,
  letLockGo: () => letLockGo(),
  makeSession,
  theOther,
});
