// What the tests find in the page, as globals: the package, a server, and a few ways to look at both.

import { FakeServer } from "/fake.js";
import * as others from "/others.js";
import * as silent from "/pkg/index.js";

/** From before anything of the package has run but its import. */
const { fetch: nativeFetch } = globalThis;

/** A session with a server of its own. The wasm comes later in any case: the server may still be told what to answer. */
function start(options) {
  const server = new FakeServer();
  Object.assign(server.attach, options?.attach);
  const session = silent.createSession({
    refresh: "/auth/refresh",
    fetch: server.fetch,
    ...options,
  });
  return { server, session };
}

/** The same, restored. */
async function started(options) {
  const both = start(options);
  await both.session.ready;
  return both;
}

/**
 * A session whose server is looked at by a digest that only fits what is ok, as native fetch does it. `seen.looks` are requests
 * without a digest; `seen.look` may answer them. `init` makes what carries one.
 */
async function digesting(options) {
  const server = new FakeServer();
  Object.assign(server.attach, options?.attach);
  const seen = { looks: [], look: undefined };
  const fetch = async (...args) => {
    const request = new Request(args[0] instanceof Request ? args[0].clone() : args[0], args[1]);
    const response = await server.fetch(...args);
    if (request.integrity && !response.ok) throw new TypeError("Failed to fetch");
    if (!request.url.includes("/api/") || request.integrity) return response;
    seen.looks.push({ request, response });
    return (await seen.look?.(request)) ?? response;
  };
  const session = silent.createSession({ refresh: "/auth/refresh", fetch, ...options });
  await session.ready;
  return {
    server,
    session,
    seen,
    init: (more) => ({ integrity: `sha256-${"A".repeat(43)}=`, ...more }),
  };
}

/** A restored session, to which a 401 comes when it is let go. */
async function startedLate() {
  const server = new FakeServer();
  let letGo;
  const held = new Promise((resolve) => (letGo = resolve));
  const fetch = async (...args) => {
    const response = await server.fetch(...args);
    if (response.status === 401) await held;
    return response;
  };
  const session = silent.createSession({ refresh: "/auth/refresh", fetch });
  await session.ready;
  return { server, session, letGo };
}

/** A wasm that comes when it is released. */
function heldWasm() {
  let release;
  const wasm = new Promise((resolve) => {
    release = () => resolve(nativeFetch("/pkg/dist/silent_session_bg.wasm"));
  });
  return { wasm, release };
}

/** Settles when the state is as wanted. */
function until(session, isWanted) {
  return new Promise((resolve) => {
    const look = () => {
      if (!isWanted(session.state)) return;
      undo();
      resolve();
    };
    const undo = session.subscribe(look);
    look();
  });
}

/** What a promise has come to, as plain data. */
async function outcome(promise) {
  try {
    return { value: await promise };
  } catch (error) {
    return { thrown: describe(error) };
  }
}

/** An error as plain data. */
function describe(error) {
  const { name, code, message, retryable, status, reason } = error;
  const told = { name, code, message, retryable, status, reason };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
}

/** The same of what a function throws, there and then. */
function thrownBy(run) {
  try {
    run();
  } catch (error) {
    return describe(error);
  }
  return "nothing";
}

/** After the tasks that are due. No timer: its clock may be a fake one. */
function nextTask() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(port1.close());
    port2.postMessage(undefined);
  });
}

Object.assign(globalThis, silent, others, {
  FakeServer,
  describe,
  digesting,
  heldWasm,
  nativeFetch,
  nextTask,
  outcome,
  silent,
  start,
  started,
  startedLate,
  thrownBy,
  until,
});

// A worker runs what it is sent: nothing else reaches it.
if (globalThis.document === undefined) {
  addEventListener("message", async ({ data: { inWorker, argument } }) => {
    // A function has come as its text.
    const ran = (async () => (0, eval)(`(${inWorker})`)(argument))();
    postMessage(
      await ran.then(
        (value) => ({ value }),
        (error) => ({ thrown: String(error?.stack ?? error) }),
      ),
    );
  });
  postMessage("ready");
}
