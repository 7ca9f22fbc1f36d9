// The globals of the page for the tests: the package, a server, and helpers for both.

import { FakeServer } from "/fake.js";
import * as others from "/others.js";
import * as silent from "/pkg/index.js";
import * as traps from "/traps.js";

/** Saved before anything of the package has run but its import. */
const { fetch: nativeFetch } = globalThis;

/** A session with a server of its own. */
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

/** Creates a session, and waits until it is restored. */
async function started(options) {
  const both = start(options);
  await both.session.ready;
  return both;
}

/**
 * A restored session for calls with a digest. As native fetch does, its fetch rejects a response
 * that is not ok where the request has a digest. `seen.looks` are requests without a digest;
 * `seen.look` may answer them. `init` returns options with a digest.
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

/** A restored session whose 401 comes when it is released. */
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

/**
 * As Chromium before 114 does it: the wasm is neither compiled nor instantiated at once, but when it
 * is released, and never by a constructor.
 */
function heldWasm() {
  let release;
  const released = new Promise((resolve) => (release = () => void resolve()));
  const { compile } = WebAssembly;
  const refusal = () => new RangeError("disallowed on the main thread");
  WebAssembly.Module = new Proxy(WebAssembly.Module, {
    construct() {
      throw refusal();
    },
  });
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct() {
      throw refusal();
    },
  });
  WebAssembly.compile = (bytes) => released.then(() => compile.call(WebAssembly, bytes));
  return { release };
}

/** A session whose wasm never comes. */
function startHeld(options) {
  heldWasm();
  return start(options);
}

/** No wasm is compiled at once. */
function refuseWasm(error = new Error("none")) {
  WebAssembly.Module = new Proxy(WebAssembly.Module, {
    construct() {
      throw error;
    },
  });
}

/** A session in a browser that refuses the wasm. What is said of that on the console is not heard. */
function startWithoutWasm(options) {
  console.error = () => {};
  refuseWasm();
  return start(options);
}

/** Waits for a state that satisfies the condition. */
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

/** Converts the outcome of a promise to plain data. */
async function outcome(promise) {
  try {
    return { value: await promise };
  } catch (error) {
    return { thrown: describe(error) };
  }
}

/** Converts an error to plain data. */
function describe(error) {
  const { name, code, message, retryable, status, reason } = error;
  const told = { name, code, message, retryable, status, reason };
  return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
}

/** Converts what a function throws synchronously to plain data. */
function thrownBy(run) {
  try {
    run();
  } catch (error) {
    return describe(error);
  }
  return "nothing";
}

/** Resolves after the tasks that are due. Uses no timer, because the clock may be a fake one. */
function nextTask() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => resolve(port1.close());
    port2.postMessage(undefined);
  });
}

Object.assign(globalThis, silent, others, traps, {
  FakeServer,
  describe,
  digesting,
  heldWasm,
  nativeFetch,
  nextTask,
  outcome,
  refuseWasm,
  silent,
  start,
  startHeld,
  startWithoutWasm,
  started,
  startedLate,
  thrownBy,
  until,
});

// A worker runs the functions that it is sent, since nothing else reaches it.
if (globalThis.document === undefined) {
  addEventListener("message", async ({ data: { inWorker, argument } }) => {
    // Functions arrive as source.
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
