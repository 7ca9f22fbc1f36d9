// A session as an app uses it: compiled only. "silent-session" is this package, by its own exports.

import type {
  ActiveState,
  Claims,
  EndReason,
  FailureKind,
  Inspection,
  Session,
  SessionState,
  SignInAnswer,
  TokenAnswer,
} from "silent-session";
import { createSession } from "silent-session";

const session: Session = createSession({ refresh: "/auth/refresh" });

// `fetch` is exactly native fetch, attached or not.
const { fetch } = session;
const native: typeof globalThis.fetch = fetch;
globalThis.fetch = session.fetch;
const response: Promise<Response> = fetch(new URL("https://api.test"), {
  method: "PUT",
  body: "x",
  keepalive: true,
});
// @ts-expect-error: as native fetch, it wants something to fetch
fetch();
// So is what is derived of it.
const derived: typeof globalThis.fetch = session.fetchWith({
  token: "required",
  replay: false,
  passive: true,
});
session.fetchWith({});
// @ts-expect-error: there is no such use of the token
session.fetchWith({ token: "always" });
// @ts-expect-error: a policy is of the function, and not of a call
derived("/api/me", { passive: true });

// The state is told apart by `status`.
export function show(state: SessionState): string {
  switch (state.status) {
    case "unknown": {
      const again: number | undefined = state.retryAt;
      // @ts-expect-error: nobody is known yet
      state.claims;
      return state.error ? `${state.error.code} until ${again}` : "…";
    }
    case "active": {
      const {
        claims,
        error,
        expiresAt,
        refreshAt,
        generation,
        elsewhere,
        session: id,
      }: ActiveState = state;
      const came: boolean = elsewhere;
      const times: (number | null)[] = [expiresAt, refreshAt, generation];
      // @ts-expect-error: an opaque token has no claims
      claims.sub;
      return `${claims?.sub ?? "somebody"} ${came} ${id.length} ${times.length} ${error?.code}`;
    }
    case "ended": {
      const reason: "none" | "signed-out" | "rejected" | "replaced" = state.reason;
      const elsewhere: boolean = state.elsewhere;
      // @ts-expect-error: nothing is tried again
      state.retryAt;
      // @ts-expect-error: it has no other reason
      if (state.reason === "expired") return "";
      return elsewhere ? reason : `${state.error?.code}`;
    }
    default: {
      const never: never = state;
      return never;
    }
  }
}

export function claimsAreReadOnly(claims: Claims, state: SessionState): void {
  const audience: string | readonly string[] | undefined = claims.aud;
  const own: unknown = claims["https://example.com/role"];
  // @ts-expect-error: frozen
  claims.sub = "mallory";
  // @ts-expect-error: a claim of one's own is not known to be a string
  const role: string = claims.role;
  // @ts-expect-error: frozen
  state.status = "ended";
  // @ts-expect-error: changed by nobody but the session
  session.state = state;
  void [audience, own, role];
}

// Listeners take no argument; the undo gives nothing.
const undo: () => void = session.subscribe(() => {});
// @ts-expect-error: the state is to be read from the session
session.subscribe((state: SessionState) => state);

// Signing in, in all its forms.
export async function signIn(answer: SignInAnswer): Promise<void> {
  const nothing: void = await session.signIn();
  await session.signIn(answer);
  await session.signIn(await native("/login"));
  await session.signIn({ access_token: "opaque", expires_in: "60", token_type: "Bearer" });
  await session.signIn({
    access: "opaque",
    refresh: "",
    access_expiration: "2026-11-28T13:38:53Z",
    user: {},
  });
  await session.signIn({ data: { accessToken: "opaque", expires: 900_000 } });
  await session.signIn({ token: "opaque", expiresAt: 1_800_000_000 });
  await session.signIn("token");
  await session.signIn(() => native("/login"));
  await session.signIn(async () => (await native("/login")).json() as Promise<TokenAnswer>);
  await session.signIn(() => "token");
  // @ts-expect-error: there is no token in it
  await session.signIn({ second_factor: "code" });
  // @ts-expect-error: nor here
  await session.signIn({ data: { second_factor: "code" } });
  // @ts-expect-error: a lifetime is no object
  await session.signIn({ token: "opaque", expires_in: {} });
  // @ts-expect-error: the function has to bring something
  await session.signIn(async () => {});
  // @ts-expect-error: no number is a token
  await session.signIn(5);
  return nothing;
}

export async function accessToken(): Promise<string> {
  const { signal } = new AbortController();
  const token: string = await session.accessToken();
  // @ts-expect-error: seconds
  await session.accessToken({ minValidity: "60" });
  // @ts-expect-error: not known
  await session.accessToken({ force: true });
  return session.accessToken({ not: token, minValidity: 60, signal });
}

export function report(): string {
  const { version, phase, progress, deadline, skew, lastFailure }: Inspection = session.inspect();
  const wait: number = deadline === null ? Infinity : deadline - Date.now() + (skew ?? 0) * 1000;
  const failure: FailureKind | undefined = lastFailure?.kind;
  // @ts-expect-error: there may have been none
  lastFailure.at;
  return `${version} ${phase === "loading"} ${progress === "sent"} ${wait} ${failure}`;
}

export function tabs(): string {
  const { tab, tabs, lock, channel, storage }: Inspection = session.inspect();
  const shared: boolean = lock === "browser" && channel && storage;
  // @ts-expect-error: nobody else adds one
  tabs.push("tab");
  return `${tab ?? "loading"} ${tabs.join()} ${shared}`;
}

export async function others(): Promise<EndReason | undefined> {
  const ready: void = await session.ready;
  const done: void[] = [await session.refresh(), session.close(), undo()];
  const signedOut: "confirmed" | "pending" | "local" = await session.signOut();
  const given: boolean = session.inspect().signOut?.status === "given-up";
  const may: boolean = session.hasScope("admin");
  // @ts-expect-error: the scope is wanted
  session.hasScope();
  void [ready, done, signedOut, given, may, response];
  return session.state.status === "ended" ? session.state.reason : undefined;
}
