// The page of the differential test: a session, the calls to make, and a way to make one and to look at what came of it.

import { cases } from "/files/cases.js";
import { createSession } from "/files/pkg/index.js";

const { fetch: nativeFetch } = globalThis;

/** The origins that there are, by their names. */
const origins = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const sendTokenTo = [origins.own, origins.friend];
const session = createSession({ refresh: "/auth/refresh", sendTokenTo });

/** How many milliseconds a call may take that is neither answered nor aborted, and its body: a limit, and no more than that. */
const PATIENCE = 60_000;

/** What makes a call the same each time: a fresh one, for what is in it can be used once only. */
const makers = new Map(cases(origins));

/** For how long calls are gathered before what they wait for comes, in milliseconds. */
const GATHERING = 30;

/** Sessions that are waited for: whoever comes while one is waited for gets that one. */
const gatherings = new Map();

/** A `fetch` that has to wait for its session. */
function held(how) {
  if (!gatherings.has(how))
    gatherings.set(
      how,
      WAITS[how](
        Math.floor(Math.random() * 1e9),
        () =>
          new Promise((resolve) => setTimeout(() => resolve(gatherings.delete(how)), GATHERING)),
      ),
    );
  return gatherings.get(how);
}

const WAITS = {
  /** For its wasm, which is compiled late: each has a package of its own. */
  async loading(index, gathered) {
    const { createSession } = await import(`/files/pkg@${index}/index.js`);
    const { Module, Instance, compile } = WebAssembly;
    const release = gathered();
    const construct = () => {
      throw new RangeError("too large for the main thread");
    };
    WebAssembly.Module = new Proxy(Module, { construct });
    WebAssembly.Instance = new Proxy(Instance, { construct });
    WebAssembly.compile = (bytes) => release.then(() => compile.call(WebAssembly, bytes));
    const session = createSession({
      refresh: "/auth/refresh",
      name: `loading ${index}`,
      sendTokenTo,
    });
    Object.assign(WebAssembly, { Module, Instance, compile });
    setTimeout(() => session.close(), 2 * PATIENCE);
    return session.fetch;
  },
  /** For its first token. */
  async restoring(index, gathered) {
    const refresh = `/auth/refresh?hold=${index}`;
    const session = createSession({ refresh, name: `restoring ${index}`, sendTokenTo });
    while (session.inspect().progress !== "sent") await pause(1);
    void gathered().then(() => nativeFetch(`${origins.watcher}/release?hold=${index}`));
    setTimeout(() => session.close(), 2 * PATIENCE);
    return session;
  },
};

async function fetchOf(how) {
  switch (how) {
    case "native":
      return nativeFetch;
    case "session":
      return session.fetch;
    case "loading":
      return held("loading");
    case "restoring":
      return (await held("restoring")).fetch;
    case "passive":
      return (await held("restoring")).fetchWith({ passive: true });
  }
}

/** Makes a call, in one of these ways; `mark` goes into its URL, with more to the query. All as plain data. */
async function observe(name, how, mark, more = "") {
  const make = makers.get(name);
  const fetch = await fetchOf(how);
  const call = make(
    (path, origin = "own") =>
      `${origins[origin]}${path}${path.includes("?") ? "&" : "?"}mark=${mark}${more}`,
  );
  const { args, reason } = call;
  const before = describeArguments(args);
  let promise;
  try {
    promise = fetch(...args);
  } catch {
    return { thrown: "synchronously" };
  }
  const isPromise = promise instanceof Promise;
  const atOnce = describeArguments(args);
  call.then?.(() => nativeFetch(`${origins.watcher}/arrived?mark=${mark}`));
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, "unanswered"));
  const outcome = await Promise.race([
    promise.then(
      (response) => describe(response, call, mark),
      (error) => fault(error, reason),
    ),
    late,
  ]);
  return { isPromise, before, atOnce, outcome, after: describeArguments(args) };
}

/** What a call may have done to its arguments. */
function describeArguments([input, init]) {
  const headers = init?.headers;
  return {
    used: input instanceof Request ? input.bodyUsed : undefined,
    headers:
      headers instanceof Headers
        ? plain(headers)
        : input instanceof Request
          ? plain(input.headers)
          : undefined,
    members: init && typeof init === "object" ? Object.keys(init) : undefined,
    locked: init?.body instanceof ReadableStream ? init.body.locked : undefined,
  };
}

/** Each form has a boundary of its own. */
const plain = (headers) =>
  [...headers].map(([name, value]) => [name, value.replace(/boundary=.*/, "boundary")]);

async function describe(response, call, mark) {
  const { status, statusText, type, redirected, url, ok, bodyUsed } = response;
  const seen = {
    status,
    statusText,
    type,
    redirected,
    ok,
    bodyUsed,
    url: url.replaceAll(mark, "mark").replace("&refuse", ""),
  };
  seen.headers = [...response.headers].filter(
    ([name]) => !["date", "connection", "keep-alive"].includes(name),
  );
  seen.stream = response.body === null ? null : response.body.constructor.name;
  const read = call.read ?? ((response) => response.text());
  const body = await Promise.race([read(response), pause(PATIENCE).then(() => "unread")]).catch(
    (error) => fault(error, call.reason),
  );
  return { ...seen, body: typeof body === "string" ? body.replaceAll(mark, "mark") : body };
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** An error as plain data; whether it is the reason that the caller has given. */
function fault(error, reason) {
  const isReason = reason !== undefined && error === reason;
  if (error === null || typeof error !== "object") return { isReason, value: String(error) };
  const { name, message, code } = error;
  return {
    isReason,
    name,
    code,
    message: message?.replaceAll(/(Request)|(http:\S+)/g, ""),
    isDom: error instanceof DOMException,
    isType: error instanceof TypeError,
  };
}

let kept;

/** Uploads bodies of these sizes to these URLs, at once, so that they outlive the page. */
function keepAlive(urls, sizes) {
  const controller = new AbortController();
  const { signal } = controller;
  const outcomes = urls.map((url, index) => {
    const answer = session.fetch(url, {
      method: "POST",
      body: "x".repeat(sizes[index]),
      keepalive: true,
      signal,
    });
    return answer.then(read, (error) => (error === signal.reason ? "its reason" : String(error)));
  });
  kept = { controller, outcomes };
}

/** Also the answer counts, until it has been read. */
const read = async (response) => {
  await response.text();
  return response.status;
};

const outcomes = () => Promise.all(kept.outcomes);
const stopKeptAlive = () => kept.controller.abort({ mine: true });

Object.assign(globalThis, {
  createSession,
  keepAlive,
  names: [...makers.keys()],
  observe,
  origins,
  outcomes,
  session,
  stopKeptAlive,
});
