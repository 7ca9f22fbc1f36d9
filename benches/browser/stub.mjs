// A `fetch` that answers without a network, put in place before the contender is loaded.

import { Auth } from "./auth.mjs";

/** How long the auth server takes, in milliseconds. */
const REFRESH = 20;

const auth = new Auth();
const ok = new Response("{}");

globalThis.bench = {
  token: auth.token,
  auth,
  /** Whether the contender reads each body: it needs a new `Response` each time. */
  readsBodies: false,
  /** Whether each call is answered with 200, at once and without a look at it. */
  isBlind: false,
  /** What the API waits for before it answers; a function of the path and the status. */
  hold: undefined,
  memory: undefined,
};

const authorizationOf = (input, init) => {
  const headers = init?.headers ?? (input instanceof Request ? input.headers : undefined);
  return new Headers(headers).get("authorization");
};

globalThis.fetch = async (input, init) => {
  const { isBlind, readsBodies, hold } = globalThis.bench;
  if (isBlind) return readsBodies ? new Response("{}") : ok;
  const { pathname } = new URL(input.url ?? input, location.origin);
  const { status, headers, body } = auth.answer(pathname, authorizationOf(input, init));
  if (!pathname.startsWith("/api")) await new Promise((resolve) => setTimeout(resolve, REFRESH));
  else await hold?.(pathname, status);
  return new Response(body, { status, headers });
};

WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(target, args) {
    const instance = new target(...args);
    globalThis.bench.memory = instance.exports.memory;
    return instance;
  },
});
