// The page of the differential test: a session, the calls to make, and a way to make one and to look at what came of it.

import { createSession } from "/files/pkg/index.js";
import { cases } from "/files/cases.js";

const { fetch: nativeFetch } = globalThis;

/** The origins that there are, by their names. */
const origins = JSON.parse(decodeURIComponent(location.hash.slice(1)));
const session = createSession({ refresh: "/auth/refresh", sendTokenTo: [origins.own, origins.friend] });

/** How many milliseconds a call may take that is neither answered nor aborted. */
const PATIENCE = 5_000;

/** What makes a call the same each time: a fresh one, for what is in it can be used once only. */
const makers = new Map(cases(origins));

/** Makes a call, natively or by the session; `mark` goes into its URL, with more to the query. All as plain data. */
async function observe(name, how, mark, more = "") {
  const make = makers.get(name);
  const call = make((path, origin = "own") => `${origins[origin]}${path}${path.includes("?") ? "&" : "?"}mark=${mark}${more}`);
  const { args, reason } = call;
  const before = describeArguments(args);
  const fetch = how === "native" ? nativeFetch : session.fetch;
  let promise;
  try {
    promise = fetch(...args);
  } catch {
    return { thrown: "synchronously" };
  }
  const isPromise = promise instanceof Promise;
  const atOnce = describeArguments(args);
  call.then?.(() => nativeFetch(`/arrived?mark=${mark}`));
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, "unanswered"));
  const outcome = await Promise.race([promise.then((response) => describe(response, call, mark), (error) => fault(error, reason)), late]);
  return { isPromise, before, atOnce, outcome, after: describeArguments(args) };
}

/** What a call may have done to its arguments. */
function describeArguments([input, init]) {
  const headers = init?.headers;
  return {
    used: input instanceof Request ? input.bodyUsed : undefined,
    headers: headers instanceof Headers ? plain(headers) : input instanceof Request ? plain(input.headers) : undefined,
    members: init && typeof init === "object" ? Object.keys(init) : undefined,
    locked: init?.body instanceof ReadableStream ? init.body.locked : undefined,
  };
}

/** Each form has a boundary of its own. */
const plain = (headers) => [...headers].map(([name, value]) => [name, value.replace(/boundary=.*/, "boundary")]);

async function describe(response, call, mark) {
  const { status, statusText, type, redirected, url, ok, bodyUsed } = response;
  const seen = { status, statusText, type, redirected, ok, bodyUsed, url: url.replaceAll(mark, "mark").replace("&refuse", "") };
  seen.headers = [...response.headers].filter(([name]) => !["date", "connection", "keep-alive"].includes(name));
  seen.stream = response.body === null ? null : response.body.constructor.name;
  const read = call.read ?? ((response) => response.text());
  const body = await Promise.race([read(response), pause(200).then(() => "unread")]).catch((error) => fault(error, call.reason));
  return { ...seen, body: typeof body === "string" ? body.replaceAll(mark, "mark") : body };
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** An error as plain data; whether it is the reason that the caller has given. */
function fault(error, reason) {
  const isReason = reason !== undefined && error === reason;
  if (error === null || typeof error !== "object") return { isReason, value: String(error) };
  const { name, message, code } = error;
  return { isReason, name, code, message: message?.replaceAll(/(Request)|(http:\S+)/g, ""), isDom: error instanceof DOMException, isType: error instanceof TypeError };
}

Object.assign(globalThis, { createSession, names: [...makers.keys()], observe, origins, session });
