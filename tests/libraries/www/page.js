// An app with one library, and what the rules want of it as globals.

import { createSession } from "/pkg/index.js";

const { library, api, options } = JSON.parse(decodeURIComponent(location.search.slice(1)));
const auth = location.origin;

// Nobody is signed in yet: there is nothing to restore.
const endpoints = { refresh: "/auth/refresh", signOut: "/auth/logout", sendTokenTo: [auth, api] };
const session = createSession({ ...endpoints, restore: false, ...options });

/** What the rules call: the library, with `session.fetch`. */
let client;

async function begin() {
  const body = JSON.stringify({ user: "alice", password: "wonderland" });
  const headers = { "content-type": "application/json" };
  await session.signIn(() => fetch("/auth/login", { method: "POST", headers, body }));
  const { connect } = await import(new URL(`/clients/${library}.js`, auth).href);
  client = connect(session, { auth, api });
}

/** Settles when the token is past its time. */
const lapsed = () =>
  new Promise((resolve) => setTimeout(resolve, session.state.expiresAt - Date.now() + 1));

const callMany = (count) => Promise.all(Array.from({ length: count }, () => client.me()));

/** A file of chance: how long it was when it came back, and whether it is the same to the byte. */
async function upload(length) {
  const sent = new Uint8Array(length);
  // It fills no more than this at a time.
  for (let at = 0; at < length; at += 65_536)
    crypto.getRandomValues(sent.subarray(at, at + 65_536));
  const file = new File([sent], "chance.bin", { type: "application/x-chance" });
  const returned = new Uint8Array(await client.upload(file));
  return { length: returned.length, same: sent.every((byte, at) => byte === returned[at]) };
}

/** Keeps the answer to the next refresh from the session until it is released. */
function holdRefresh() {
  const send = globalThis.fetch;
  const [held, released] = [Promise.withResolvers(), Promise.withResolvers()];
  globalThis.fetch = async (input, init) => {
    const response = await send(input, init);
    if (new URL(input.url ?? input, location).pathname === "/auth/refresh") {
      held.resolve();
      await released.promise;
    }
    return response;
  };
  return { held: held.promise, release: released.resolve };
}

/** What a library rejects with. */
const told = ({ name, code, message, cause }) => ({ name, code, message, cause: cause?.name });

/**
 * Two calls wait for one refresh, and one of them is aborted. What it rejected with, while the refresh was out; for
 * whom the other one was taken, and one that came later.
 */
async function abortOneOfTwo() {
  const { held, release } = holdRefresh();
  const { generation } = session.state;
  const controller = new AbortController();
  const aborted = client
    .me(controller.signal)
    .then(() => ({ name: "none: it was answered" }), told);
  const other = client.me();
  await held;
  controller.abort();
  const error = await aborted;
  const isOut = session.state.generation === generation;
  release();
  return { error, isOut, others: [await other, await client.me()] };
}

/** What a connection has said, and who waits for more of it. */
const said = [];
let saidMore = () => {};

/** How it ended, at last. */
let ended;

/** Opens a connection, and another one whenever it was refused. */
function listen(way) {
  const hear = (text) => {
    said.push(text);
    saidMore();
  };
  ended = client.listen(hear, way).then(() => ({ name: "none: it was given up" }), told);
}

/** Waits until it has said that much; returns all of it. */
async function heard(count) {
  while (said.length < count) await new Promise((resolve) => (saidMore = resolve));
  return said;
}

Object.assign(globalThis, {
  abortOneOfTwo,
  begin,
  callMany,
  heard,
  lapsed,
  listen,
  session,
  upload,
});
Object.defineProperties(globalThis, { client: { get: () => client }, ended: { get: () => ended } });
