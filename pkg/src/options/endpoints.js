// How the auth server is asked: validated once, at the edge. The wasm gets absolute URLs, plain members and functions.

import { baseUrl } from "../globals.js";
import { own } from "../own.js";
import { flag, headerName, invalid, known, TOKEN } from "./checks.js";

const MEMBERS = ["url", "method", "headers", "body", "credentials"];
const CREDENTIALS = ["include", "same-origin", "omit"];
/** Methods that fetch refuses (the Fetch standard, "forbidden method"). */
const FORBIDDEN = /^(CONNECT|TRACE|TRACK)$/i;

/** Thrown by the app's own `refresh` function: the server says that the session is over. */
export class RefreshRejected extends Error {
  constructor(message = "the server says that the session is over", details = {}) {
    const { status = 401, ...options } = own(details);
    super(message, own(options));
    this.status = status;
  }
  get name() {
    return "RefreshRejected";
  }
}

/** The sign-out endpoint; `token`: the access token goes along. A function is given it in any case. */
export function readSignOut(value, attach, call) {
  if (value === null || typeof value !== "object" || value instanceof URL) {
    return { ...readEndpoint("signOut", value, call), token: typeof value === "function" };
  }
  const { token: told, ...request } = own(value);
  const token = flag("signOut.token", told) ?? false;
  const endpoint = readEndpoint("signOut", request, call);
  const { header } = attach;
  if (token && endpoint.by.headers.some(([name]) => name === header.toLowerCase())) {
    throw invalid("signOut.headers", `has ${header}, which carries the access token`);
  }
  return { ...endpoint, token };
}

/** An endpoint: a URL, a request, or a function, which `call` hands on to. */
export function readEndpoint(option, value, call) {
  if (typeof value === "function") return { by: (...args) => call(value, ...args) };
  const isUrl = typeof value === "string" || value instanceof URL;
  if (!isUrl && (value === null || typeof value !== "object")) {
    throw invalid(option, "must be a URL, an object with a url, or a function");
  }
  const request = known(isUrl ? { url: value } : value, MEMBERS, `${option}.`);
  const url = readUrl(isUrl ? option : `${option}.url`, request.url);
  if (url.username || url.password)
    throw invalid(
      isUrl ? option : `${option}.url`,
      "must be a URL without user and password: fetch refuses those",
    );
  const { method = "POST", credentials = "include" } = request;
  if (typeof method !== "string" || !TOKEN.test(method) || FORBIDDEN.test(method)) {
    throw invalid(`${option}.method`, "must be a method that fetch sends");
  }
  if (!CREDENTIALS.includes(credentials))
    throw invalid(`${option}.credentials`, `must be one of ${CREDENTIALS.join(", ")}`);
  const headers = readHeaders(`${option}.headers`, request.headers);
  const body = readBody(`${option}.body`, request.body, headers);
  if (body !== undefined && /^(GET|HEAD)$/i.test(method))
    throw invalid(`${option}.body`, `does not go with ${method}`);
  return {
    url,
    by: {
      url: url.href,
      init: { method: method.toUpperCase(), credentials, body },
      headers: [...headers],
    },
  };
}

export function readUrl(option, value) {
  if (typeof value !== "string" && !(value instanceof URL)) {
    throw invalid(option, "must be a URL, as a string or a URL object");
  }
  let parsed;
  try {
    parsed = new URL(value, baseUrl());
  } catch (cause) {
    throw invalid(option, "must be a URL; a relative one needs a page to be relative to", cause);
  }
  if (parsed.protocol !== "https:" && parsed.protocol !== "http:") {
    throw invalid(option, `must be a URL of https or http, not of ${parsed.protocol.slice(0, -1)}`);
  }
  return parsed;
}

function readHeaders(option, value) {
  let headers;
  try {
    headers = new Headers(value);
  } catch (cause) {
    throw invalid(option, "must be headers as fetch takes them", cause);
  }
  for (const name of headers.keys()) headerName(option, name);
  return headers;
}

/** A text, a form, or what becomes JSON: as it is now. */
function readBody(option, value, headers) {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  const isForm = value instanceof URLSearchParams;
  if (typeof value !== "object" || (!isForm && !isPlain(value))) {
    throw invalid(
      option,
      "must be a string, URLSearchParams, or a plain object or list, which is sent as JSON",
    );
  }
  if (!headers.has("content-type"))
    headers.set(
      "content-type",
      isForm ? "application/x-www-form-urlencoded;charset=UTF-8" : "application/json",
    );
  if (isForm) return String(value);
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw invalid(option, "must be something that JSON can say", cause);
  }
}

const isPlain = (value) =>
  Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value));
