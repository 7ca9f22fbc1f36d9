// The page of the test of uploads: streams that are made piece by piece, sent natively or by a session.

import { createSession } from "/files/pkg/index.js";

const { fetch: nativeFetch } = globalThis;

/** How long it may take until a source is told, in milliseconds: a limit, and no more than that. */
const PATIENCE = 60_000;

/** A source of chunks that tells how far it is, and what became of it. */
class Source {
  pulled = 0;
  cancelled = undefined;
  #next;
  #ready = new Promise((resolve) => (this.#next = resolve));
  #chunks = [];
  #isDone = false;
  stream = new ReadableStream(
    {
      pull: async (controller) => {
        while (this.#chunks.length === 0 && !this.#isDone) await this.#ready;
        const chunk = this.#chunks.shift();
        if (chunk === undefined) return controller.close();
        this.pulled += chunk.length;
        controller.enqueue(chunk);
      },
      cancel: (reason) => {
        this.cancelled = { reason };
      },
    },
    { highWaterMark: 0 },
  );

  /** There is more to read. */
  give(...chunks) {
    this.#chunks.push(
      ...chunks.map((chunk) =>
        typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk,
      ),
    );
    this.#wake();
  }

  /** There will be no more. */
  end() {
    this.#isDone = true;
    this.#wake();
  }

  #wake() {
    this.#next();
    this.#ready = new Promise((resolve) => (this.#next = resolve));
  }
}

let session;
let upload;
let clone;
let noted;

/** How a stream goes out. */
const WAYS = {
  native: () => nativeFetch,
  session: () => session.fetch,
  replaying: () => session.fetchWith({ replay: true }),
  passive: () => session.fetchWith({ replay: true, passive: true }),
};

/** A session of its own. */
async function begin(name) {
  session?.close();
  session = createSession({ refresh: "/auth/refresh", name });
  await session.ready;
}

/** The token is past its time, as far as the page knows, until what it returns is called. */
function lapse() {
  const { now } = Date;
  Date.now = () => now() + 3_600_000;
  goOn = () => {
    Date.now = now;
  };
}

let goOn;

/** Asks the server for something, natively: whatever was sent before has been sent when it answers. */
const roundTrip = () => nativeFetch("/files/streams.html").then((response) => response.text());

/** Begins an upload with these chunks to read at once; `asRequest`: its body is in a Request. */
function send(how, url, chunks, { asRequest = false } = {}) {
  const source = new Source();
  const controller = new AbortController();
  const init = { method: "POST", body: source.stream, duplex: "half", signal: controller.signal };
  source.give(...chunks);
  const args = asRequest ? [new Request(url, init)] : [url, init];
  const outcome = WAYS[how]()(...args).then(
    async (response) => ({ status: response.status, body: await response.text() }),
    (error) => ({ name: error?.name, isReason: error === controller.signal.reason }),
  );
  upload = { source, controller, outcome };
}

/** So many mebibytes, of which each is a chunk. */
const sendLarge = (how, url, mebibytes) =>
  send(
    how,
    url,
    Array.from({ length: mebibytes }, () => new Uint8Array(2 ** 20)),
  );

const give = (...chunks) => upload.source.give(...chunks);
const end = () => upload.source.end();
const outcome = () => upload.outcome;
const pulled = () => upload.source.pulled;

/** What it was aborted with, is what the source was told. */
async function abort() {
  const reason = { why: "of the caller's own" };
  upload.controller.abort(reason);
  const { isReason } = await upload.outcome;
  for (const end = Date.now() + PATIENCE; !upload.source.cancelled && Date.now() < end; )
    await new Promise((resolve) => setTimeout(resolve, 10));
  const { cancelled } = upload.source;
  // Of a stream that was teed, the source is told the reasons of both halves.
  const told = [cancelled?.reason].flat();
  return {
    isReason,
    isCancelled: cancelled !== undefined,
    toldReason: told.every((one) => one === reason),
  };
}

/** From now on it is known which copies are made of requests, and whether each was read, or cancelled. */
function noteCopies() {
  noted = [];
  clone ??= Request.prototype.clone;
  Request.prototype.clone = function () {
    const copy = clone.call(this);
    noted.push(copy);
    return copy;
  };
}

const copies = () => noted.map(({ bodyUsed }) => ({ isUsed: bodyUsed }));

/** The status of a request that has nothing to do with it. */
const get = async (url) => (await session.fetch(url)).status;

Object.assign(globalThis, {
  abort,
  begin,
  copies,
  end,
  get,
  give,
  goOn: () => goOn(),
  lapse,
  noteCopies,
  outcome,
  pulled,
  roundTrip,
  send,
  sendLarge,
});
