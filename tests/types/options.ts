// What createSession takes, and what it does not.

import type { AttachOptions, ServerOptions, SessionEvent, SessionOptions } from "silent-session";
import { createSession, RefreshRejected } from "silent-session";

export const all: Required<SessionOptions> = {
  refresh: new URL("https://auth.test/refresh"),
  signOut: "/auth/logout",
  csrf: { cookie: "csrftoken", header: "X-CSRFToken" },
  endsSession: [401, 419] as const,
  sessionHint: "signed_in",
  sendTokenTo: ["https://api.test/v1", new URL("https://b.test")] as const,
  attach: {
    header: "X-Api-Token",
    scheme: "",
    followRedirects: false,
  } satisfies Required<AttachOptions>,
  rejectsToken: [401, 419] as const,
  leeway: 60,
  refreshAhead: true,
  restore: false,
  timeout: 15,
  patience: 20,
  lockTimeout: 30,
  shareToken: true,
  companionCookie: "refresh_stamp",
  server: { rotation: "refuses" } satisfies Required<ServerOptions>,
  readToken: (answer: unknown, response: Response | undefined) =>
    answer ? response?.headers.get("X-Token") : { access: "" },
  identity: (token: string, answer: unknown) => (token.length > 0 && answer ? "alice" : undefined),
  onEvent: (event: SessionEvent) => void event.at,
  attemptHeader: "X-Requested-With",
  name: "default",
  fetch: globalThis.fetch,
};

/** Ways to ask the auth server. */
export const ways: SessionOptions[] = [
  {
    refresh: {
      url: "/r",
      method: "PUT",
      headers: { "x-tenant": "a" },
      body: { grant_type: "refresh_token" },
      credentials: "same-origin",
    },
  },
  {
    refresh: { url: new URL("https://auth.test/r"), body: new URLSearchParams({ a: "1" }) },
    signOut: { url: "/s", method: "DELETE" },
  },
  {
    name: "mail",
    refresh: async ({ signal, attempt, params }) =>
      fetch("/graphql", { method: "POST", signal, body: JSON.stringify({ attempt, params }) }),
  },
  {
    name: "mail",
    refresh: () => ({ access_token: "a", expires_in: 900 }),
    signOut: async ({ attempt, token, signal }) => void [attempt, token?.length, signal],
  },
  { refresh: "/r", signOut: { url: "/s", token: true } },
  {
    name: "mail",
    refresh: () => {
      throw new RefreshRejected("logged out", { status: 401, cause: new Error("why") });
    },
  },
  {
    refresh: "/r",
    csrf: { header: "X-CSRF", token: async () => document.querySelector("meta")?.content },
    attemptHeader: false,
  },
  { refresh: "/r", endsSession: ({ status, body }) => status === 400 && body !== null },
];
// @ts-expect-error: a cookie or a token
createSession({ refresh: "/r", csrf: { header: "X-CSRF" } });
// @ts-expect-error: a url is wanted
createSession({ refresh: { method: "PUT" } });

export const readToken: SessionOptions["readToken"][] = [
  "data.jwt",
  { header: "X-Access-Token" },
  () => undefined,
  async () => ({ access_token: "opaque", expires_in: 60 }),
];
export const rejecting: SessionOptions["rejectsToken"][] = [
  [],
  ({ status }) => status === 419,
  async (response) => (await response.clone().text()).includes("expired"),
  undefined,
];

export const kinds: ServerOptions["rotation"][] = [
  "none",
  "replays",
  "refuses",
  "revokes",
  undefined,
];

createSession(all);
createSession({ refresh: "/r", server: {} });
createSession({ refresh: "/r", identity: "user_id" });
// @ts-expect-error: refresh is required
createSession({});
// @ts-expect-error: and so are options
createSession();
// @ts-expect-error: a URL
createSession({ refresh: 5 });
// @ts-expect-error: a list
createSession({ refresh: "/r", sendTokenTo: "https://api.test" });
// @ts-expect-error: a header and a scheme
createSession({ refresh: "/r", attach: "X-Api-Token" });
// @ts-expect-error: no other member
createSession({ refresh: "/r", attach: { prefix: "Bearer" } });
// @ts-expect-error: statuses
createSession({ refresh: "/r", rejectsToken: ["401"] });
// @ts-expect-error: a list
createSession({ refresh: "/r", rejectsToken: 401 });
// @ts-expect-error: a function that says yes or no
createSession({ refresh: "/r", rejectsToken: (response: Response) => response.status });
// @ts-expect-error: a function
createSession({ refresh: "/r", onEvent: "log" });
// @ts-expect-error: seconds
createSession({ refresh: "/r", leeway: "60" });
// @ts-expect-error: yes or no
createSession({ refresh: "/r", refreshAhead: "yes" });
// @ts-expect-error: yes or no
createSession({ refresh: "/r", shareToken: 1 });
// @ts-expect-error: a function
createSession({ refresh: "/r", fetch: 1 });
// @ts-expect-error: a place, or a function
createSession({ refresh: "/r", readToken: 5 });
// @ts-expect-error: a header has a name
createSession({ refresh: "/r", readToken: { header: 5 } });
// @ts-expect-error: no number is a token
createSession({ refresh: "/r", readToken: () => 5 });
// @ts-expect-error: the name of a claim, or a function
createSession({ refresh: "/r", identity: 5 });
// @ts-expect-error: one of four kinds
createSession({ refresh: "/r", server: { rotation: "rotates" } });
// @ts-expect-error: no other member
createSession({ refresh: "/r", server: { rotates: true } });
// @ts-expect-error: it belongs to the server
createSession({ refresh: "/r", rotation: "refuses" });
// @ts-expect-error: like fetch
createSession({ refresh: "/r", fetch: (url: number) => url });
// @ts-expect-error: a name that is not known
createSession({ refresh: "/r", refreshUrl: "/r" });
// @ts-expect-error: the wasm is part of the module
createSession({ refresh: "/r", wasm: "/silent_session_bg.wasm" });
