/**
 * silent-session: a single-page app signs in once and stays signed in.
 *
 * The access token (a JWT, or an opaque token with a lifetime such as `expires_in`) is held in memory only, never in storage; the
 * refresh token stays in an HttpOnly cookie that script cannot read. See the README for the whole story.
 */

/**
 * Makes a session, and starts to restore it (one refresh), unless `restore` is `false`. Until that
 * has settled the state is `"unknown"`, and calls wait for it.
 *
 * The WebAssembly is text inside this module. The first call instantiates it, synchronously and
 * without a request. Under a Content-Security-Policy, `script-src` needs `'wasm-unsafe-eval'`.
 * Chromium before 114 compiles it asynchronously, and calls wait for that as well. Where it cannot
 * be started at all, this throws nothing: {@link Session.state} has the `error`.
 *
 * @throws {TypeError} with `code: "ERR_INVALID_OPTION"` and a message that names the option.
 */
export function createSession(options: SessionOptions): Session;

/** What {@link createSession} takes. Durations are in seconds, as `exp` and `expires_in` are. */
export interface SessionOptions {
  /**
   * Where the access token is renewed. A URL: `POST`, no body, with cookies. An {@link EndpointRequest} for other habits, and a
   * {@link RefreshFunction} for what is no plain request. Relative URLs are resolved against the page. Required: there is no
   * common path that could be guessed.
   */
  refresh: string | URL | EndpointRequest | RefreshFunction;
  /**
   * Where {@link Session.signOut} ends the session at the server: as `refresh`, and {@link SignOutRequest} for endpoints that
   * require the access token. A function that throws has not ended it, and is called again; what it returns confirms the
   * sign-out, and a `Response` is judged as the reply to a request.
   *
   * Default: none. A sign-out is then local: it holds in this browser until the next sign-in, and the server's session goes on.
   */
  signOut?: string | URL | SignOutRequest | ((ask: SignOutAsk) => unknown) | undefined;
  /**
   * What goes along with refreshes and sign-outs against forged requests (double submit, RFC 10017): the value of a cookie that
   * script can read, or what a function tells, in a header of this name. Read at each attempt anew; where there is none, the
   * header is left out. Default: none; a custom header (`attemptHeader`) goes along in any case.
   */
  csrf?: CsrfOptions | undefined;
  /**
   * Which answers of the refresh endpoint say that the session is over: statuses from 400 to 599 (default 400, 401 and 403; with `csrf` 400 and 401, for frameworks answer 403 where the CSRF token is missing), or
   * a function of the status and the body (its JSON, or the text where it is none), for servers that answer
   * `temporarily_unavailable` and `invalid_grant` under one status. It is also asked of a 2xx without a token, and of a redirect, which is
   * not followed: that has the status 0 and the body `undefined`. HTML, or a `Basic` challenge, never ends a session. An ending
   * answer is confirmed once. What the function throws is a refresh that failed.
   */
  endsSession?:
    | readonly number[]
    | ((answer: { status: number; body: unknown }) => boolean)
    | undefined;
  /**
   * The name of a cookie that script can read, and that the *server* sets and clears together with the session (of the same
   * lifetime). Where it is missing nobody is signed in, and the page begins with `"ended"` and without a request: for sites of
   * which most visitors are anonymous. But only once the server was asked in this browser, so that nobody is
   * signed out on the day of the first deploy. Let the server set it first, and then set this: where it never does, whoever has been
   * here without a session looks signed out. Default: none; each page load costs one refresh. A worker cannot read it.
   */
  sessionHint?: string | undefined;
  /**
   * Where `session.fetch` sends the access token: origins (`"https://api.example.com"`) or URL prefixes at a
   * path boundary (`"https://api.example.com/v1"` allows `/v1` and `/v1/me`, not `/v10`). Default: the page's
   * own origin. A list *replaces* the default; an empty list sends it nowhere.
   *
   * A prefix is no boundary against an open redirect within the same origin: fetch keeps `Authorization` there.
   */
  sendTokenTo?: readonly (string | URL)[] | undefined;
  /** How a request carries the token. Default: `Authorization: Bearer …` (RFC 6750). */
  attach?: AttachOptions | undefined;
  /**
   * Which answers of the API say that the token is no good: those are refreshed and replayed. Default `[401]`. A list of
   * statuses (400 to 599; an empty one: no answer does) *replaces* the default: `[401, 422]` for Flask-JWT-Extended, `[401, 419]`
   * or `[401, 498]` for others. With 403 in the list *each* 403 costs a refresh, those of users who may not as well: a function
   * can look closer.
   *
   * A function is given the response itself, and returns whether it rejects the token, or a promise of that. It must leave the
   * body alone, for it is the caller's, or read that of a `clone()`. It is asked of all answers to requests that carried the
   * token, also of the one to the replay. The caller waits for it; its abort ends the wait. What it throws is reported, and
   * the answer is the caller's.
   *
   * Whatever is set here, a `WWW-Authenticate` whose challenge of `Bearer`, `DPoP` or the scheme of `attach` says
   * `error="insufficient_scope"` (RFC 6750) or `"insufficient_user_authentication"` (RFC 9470) refreshes nothing: no refresh cures it.
   * Across origins that header has to be exposed.
   */
  rejectsToken?:
    | readonly number[]
    | ((response: Response) => boolean | PromiseLike<boolean>)
    | undefined;
  /**
   * Seconds before the expiry at which the token is renewed. Default 60: longer than a slow request takes and
   * than most clocks differ. Never more than a quarter of the token's lifetime, whatever is set here; but
   * the token that comes after an outage is renewed as much sooner as it was late.
   */
  leeway?: number | undefined;
  /**
   * Renew the token ahead of its expiry (default `true`), or on demand only (`false`). A hidden tab in which nobody
   * has asked for the token since it came renews nothing ahead either: a forgotten tab would keep an idle session alive.
   */
  refreshAhead?: boolean | undefined;
  /** Restore the session at the start (default `true`). With `false` the state is `"ended"`, `"none"` until a sign-in. */
  restore?: boolean | undefined;
  /**
   * Seconds after which an unanswered refresh counts as failed. Default 15. It is never aborted: an aborted refresh may lose its
   * cookie. A late reply is still used, and until it has come every retry carries the same attempt id. At most two refreshes
   * are unanswered at a time in one browser (four where pages are reloaded before a silent server); one that never settles
   * stops counting after two minutes.
   */
  timeout?: number | undefined;
  /** Seconds that a call waits for a token, over failed attempts, before it rejects. Default 20. */
  patience?: number | undefined;
  /**
   * Seconds for which one tab may keep all others from the wire. Default 30; never less than `timeout`. A login
   * function that takes longer goes on, but refreshes no longer wait for it. A tab that is frozen, or stopped in a
   * debugger, while it holds the lock loses it to the next after that time and some jitter.
   */
  lockTimeout?: number | undefined;
  /**
   * Hand the access token over to the other tabs of this origin, by BroadcastChannel (default `true`), so that one
   * of them refreshes for all, and a new one needs no refresh. Any script of the origin can listen; it could also
   * have called `accessToken()`. With `false` each tab fetches its own token, one after the other, and only news
   * without a token pass between them: that a session has begun, or is over.
   */
  shareToken?: boolean | undefined;
  /**
   * The header that carries the attempt id of a refresh or sign-out. A custom header forces a CORS preflight, and
   * so keeps forged cross-site requests out. Default `"X-Requested-With"`, which common back ends let through; `false`: none is
   * sent. A server that recognises attempt ids returns the id in a response header of the same name; across origins it has to
   * expose that header. See `server.rotation`.
   */
  attemptHeader?: string | false | undefined;
  /**
   * A cookie that script can read and that the server changes with each rotation (a CSRF token, or a number), if there is one. A
   * page that goes away in the middle of a refresh leaves its new cookie on the way, and the next page may have to wait for it
   * (see `server.rotation`). With this option it sees that the cookie has arrived, and stops waiting. The value is not kept; a
   * check value of it (64-bit FNV-1a) is, for that wait. Default: none. A worker cannot read it.
   */
  companionCookie?: string | undefined;
  /** Habits of the auth server. Default: nothing is known, and the cautious choice is made. */
  server?: ServerOptions | undefined;
  /**
   * Tells several sessions of one page apart, and those of several apps of one origin. Default `"default"`; required where `refresh` is a
   * function, for then nothing else tells them apart, and they would hand each other their tokens.
   */
  name?: string | undefined;
  /**
   * Where the access token stands in the answers to a refresh and a sign-in. Default: `access_token`, `access`, `accessToken`
   * or `token` of the JSON, or one of these in its `data`, or else the response's header `Authorization: Bearer …`. Different
   * tokens in two of these members are an error that names both (`ERR_TOKEN_AMBIGUOUS`): say then which it is.
   *
   * - A path: `"data.jwt"`, names of members with dots between them.
   * - `{ header: "X-Access-Token" }`: that header of the response, with or without `Bearer`. Across origins it has to be exposed.
   * - A function: given the JSON (or the text, where it is none) and the response, its body read (`undefined` where a sign-in
   *   was given JSON), it returns the token, or an object that is read as an answer (`{ access_token, expires_in }`), or
   *   nothing where there is none; or a promise of that. Called while the lock is held: be quick, and call nothing of
   *   the session. What it throws, a sign-in rejects with; a refresh then counts as failed (`ERR_REFRESH_MALFORMED`,
   *   with it as the `cause`), and is tried again.
   *
   * How long the token lives is read beside it, and at the top of the answer: see {@link TokenTimes}. A sign-in with a bare
   * token asks nobody.
   */
  readToken?: string | { readonly header: string } | ReadToken | undefined;
  /**
   * Whose a token is: the person. Default: the claim `sub` of a JWT; of an opaque token nobody knows whose it is, and two
   * users of one browser are not told apart by their refreshes. A refresh that brings another person begins a new session;
   * any other difference, such as another `sid` in each token, continues the session.
   *
   * - The name of a claim, for JWTs without `sub`: `"user_id"` (simplejwt); or a path, names with dots between them:
   *   `"user.name"`. A claim whose own name has dots (`"https://example.com/user"`) is found first. It is a text or a number.
   * - A function, for opaque tokens and for claims that need more: given the token, the answer that it came in (`undefined` where
   *   there was none) and the claims of a JWT (not verified; `null` for an opaque token), it returns a string that is the same
   *   for all tokens of one person; or nothing.
   *
   * Where a JWT lacks the claim, or has an object there, nobody knows whose the token is. That is said once on the console,
   * and by the event `"identity-missing"`; the session works, but does not notice another person.
   *
   * The function is called while the lock is held: return at once, and call nothing of the session. What it throws, a sign-in rejects
   * with; a refresh then counts as failed (`ERR_REFRESH_MALFORMED`, with it as the `cause`), and is tried again.
   */
  identity?:
    | string
    | ((token: string, answer: unknown, claims: Claims | null) => string | null | undefined)
    | undefined;
  /**
   * Is told what happens inside, for metrics and logs: see {@link SessionEvent}. Called in a microtask of its own, after
   * what it is told of is under way; what it throws is reported and disturbs nobody. Default: none. To follow
   * the state, use {@link Session.subscribe}. A session with it is not collected before it is closed.
   */
  onEvent?: ((event: SessionEvent) => void) | undefined;
  /**
   * The `fetch` to send with. Default: the global one, looked up at each call, so that mocks and
   * instrumentation that come later are seen. Pinning one is no shield against scripts of the same page.
   *
   * It is called as `fetch(url, { ...init, headers })` where the app has passed a string and plain options, and with a `Request`
   * otherwise.
   */
  fetch?: typeof globalThis.fetch | undefined;
}

/** A request to the auth server. What keeps its cookie safe is always the same: `keepalive`, `cache: "no-store"`, no signal; no redirect is followed. */
export interface EndpointRequest {
  url: string | URL;
  /** Default `"POST"`. */
  method?: string | undefined;
  /** Beside `Accept: application/json`, the attempt id and the CSRF token. Read once. */
  headers?: HeadersInit | undefined;
  /** A text, a form, or a plain object or list, which is sent as JSON; with its `Content-Type`, if `headers` has none. Read once. */
  body?:
    | string
    | URLSearchParams
    | { readonly [member: string]: unknown }
    | readonly unknown[]
    | undefined;
  /** Default `"include"`: the refresh cookie goes along across origins as well. */
  credentials?: RequestCredentials | undefined;
}

/**
 * Refreshes by whatever means: a GraphQL mutation, the native side of Tauri, Electron or Capacitor, a browser extension's
 * background. Called where nothing else of ours is on the wire, under the same lock and `timeout` as a request. Brings a
 * `Response`, its JSON, or the token alone. Only a `Response` that ends the session, or a thrown {@link RefreshRejected},
 * ends it; anything else that is thrown is a failure, and tried again.
 *
 * Sessions with such a function are told apart by their `name` alone, which is required. It must not wait for `session.fetch` or `accessToken`.
 */
export type RefreshFunction = (ask: RefreshAsk) => SignInAnswer | PromiseLike<SignInAnswer>;

/** What a {@link RefreshFunction} is given. */
export interface RefreshAsk {
  /**
   * Aborted when the session object is closed, and not before: a refresh that is aborted may have lost its cookie, and a late
   * answer is still used.
   */
  readonly signal: AbortSignal;
  /** The id of this attempt, 32 hexadecimal digits: the same again for a retry of one whose outcome nobody knows. */
  readonly attempt: string;
  /** Those of the last {@link Session.refresh} that had any, until a refresh has succeeded, or the session is another or over. */
  readonly params: unknown;
}

/** A request that ends the session at the server. */
export interface SignOutRequest extends EndpointRequest {
  /**
   * Send the access token of the ending session, in the header of `attach` (default `false`). It goes to this URL, whatever
   * `sendTokenTo` says. An expired token is renewed first, and a later page that finishes the sign-out sends the token of its own
   * refresh: this one is never stored.
   */
  token?: boolean | undefined;
}

/** What a function that signs out is given. */
export interface SignOutAsk extends Omit<RefreshAsk, "params"> {
  /** The access token of the ending session. `undefined` where none can be had. */
  readonly token: string | undefined;
}

/** See `csrf` of {@link SessionOptions}. The cookie's value is percent-decoded, as it is by axios and Angular. */
export type CsrfOptions =
  | { header: string; cookie: string }
  | {
      header: string;
      token: () => string | null | undefined | PromiseLike<string | null | undefined>;
    };

/** See `server` in {@link SessionOptions}. `npx silent-session-check-server` finds these out. */
export interface ServerOptions {
  /**
   * Whether presenting a refresh token a second time does harm. It decides what the next page does after a reload in the middle
   * of a refresh, when nobody knows whether the new cookie has arrived.
   *
   * - `"none"`: the server accepts the token again. The cookie does not rotate, or the preceding one is accepted for at least as
   *   long as a reply takes. The next page sends its refresh at once.
   * - `"replays"`: the server recognises the attempt id and answers with the same successor. The next page sends the same id at
   *   once.
   * - `"refuses"`: the server rejects the spent token, and the session goes on. The next page sends at once and repeats a
   *   rejected refresh, first after about 100 ms, until the cookie has arrived or `timeout` has passed since it was sent. The
   *   session ends only if the server still rejects it then.
   * - `"revokes"`: the server takes a spent token for stolen and ends the session. The next page waits before it presents the
   *   cookie: at least 2 s after the refresh was sent, twice the slowest recent reply, and four times as long as the
   *   refresh had been unanswered when its page went away; 9 s if that was unusually long. It never waits longer than
   *   `timeout`. A shorter wait would sign people out in slow moments; `companionCookie` ends it early.
   *
   * Default: `"revokes"`, until a successful refresh has returned its attempt id in the header that carried it (`attemptHeader`);
   * from then on `"replays"`. Only a page load or a tab after an interrupted refresh ever waits. A load whose
   * predecessor was undisturbed does not, nor does one that finds the outcome of the interrupted refresh known.
   *
   * Choose `"revokes"` if in doubt: a wrong `"none"`, `"replays"` or `"refuses"` signs people out when they reload.
   */
  rotation?: "none" | "replays" | "refuses" | "revokes" | undefined;
}

/** See `attach` in {@link SessionOptions}. */
export interface AttachOptions {
  /**
   * The header. Default `"Authorization"`. A request that has this header already is the caller's own, and passed on untouched. One
   * that the browser keeps for itself (`Cookie`, `Proxy-…`, `Sec-…`) is refused. Across origins the API has to allow it
   * (`Access-Control-Allow-Headers`). HTTP caches know of `Authorization` only: answers need `Cache-Control: no-store`, or `private`
   * and a `Vary`.
   */
  header?: string | undefined;
  /** What stands before the token. Default `"Bearer"`; with an empty one the token stands alone. */
  scheme?: string | undefined;
  /**
   * Let a request whose token is in *another header than `Authorization`* be redirected (default `false`: it is sent with
   * `redirect: "error"`, unless its own is `"manual"`). **Dangerous**: at a redirect to another origin the browser drops
   * `Authorization` and nothing else, so whoever can redirect a request of yours (an open redirect will do) is given the token.
   */
  followRedirects?: boolean | undefined;
}

/** One session: a token, what is known of it, and a `fetch` that carries it. */
export interface Session {
  /**
   * `fetch`, with the access token for the URLs of `sendTokenTo`. On a 401 (or what `rejectsToken` says) it refreshes once and
   * sends the request once more; a second 401, and every 403, is returned as it is. Works detached:
   * `const { fetch } = session`.
   *
   * Rejects as native fetch does, and with {@link RefreshError} when no token could be had in time. A session
   * that has ended sends the request without a token.
   *
   * A request that carries its own `Authorization` (the header of `attach`) is passed on untouched (unless it is the token that the session has in
   * hand), and so is one of `mode: "no-cors"`. A body that is a stream is not sent twice: the 401 is returned. Nor is a request
   * whose 401 asks for another scope or another way to authenticate (`error="insufficient_scope"`, RFC 6750;
   * `"insufficient_user_authentication"`, RFC 9470), or was answered by another origin after a redirect. For other rules there is {@link Session.fetchWith}.
   *
   * A GET or HEAD with `integrity` that native fetch rejects is looked at once more without it, to see whether a 401 was behind it;
   * what is returned comes from a request with its `integrity`. A `keepalive` body is replayed within the browser's quota of 64 KiB.
   */
  readonly fetch: typeof globalThis.fetch;

  /**
   * Another {@link Session.fetch}, with a policy of its own: for a client (ky, openapi-fetch) that builds a `Request` and
   * drops the members that it does not know, a policy is one of the function and not of a call. Works detached.
   *
   * @throws {TypeError} `ERR_INVALID_OPTION`, at once. What it returns rejects with {@link TokenError}
   * `ERR_TOKEN_NOT_ALLOWED` or `ERR_TOKEN_NOT_IN_HAND`, and {@link SessionEndedError}, where the policy says so.
   */
  fetchWith(policy: FetchPolicy): typeof globalThis.fetch;

  /**
   * Settles when the first attempt to restore the session has settled, either way (offline too: the state is
   * then still `"unknown"`, with its `error`). Read {@link Session.state} after it.
   *
   * @throws {SessionError} `ERR_WASM_UNAVAILABLE` where WebAssembly is missing or forbidden, `ERR_WASM_CRASHED` when it
   * has crashed twice within a minute, `ERR_SESSION_CLOSED` when the session was closed first.
   */
  readonly ready: Promise<void>;

  /** A frozen snapshot: the same object until something changes, then another one. */
  readonly state: SessionState;

  /** Calls `listener` after each change of {@link Session.state}. Returns its undo. A listener that throws is reported and disturbs nobody. */
  subscribe(listener: () => void): () => void;

  /**
   * Signs in, with a function that sends the login request and returns its `Response`, its JSON or the token.
   * The function runs where no refresh of ours is on the wire, so that a late answer cannot overwrite the new
   * cookie. It must not wait for `session.fetch`, `accessToken` or `refresh`: they wait for it. Called at once and without a
   * valid token they reject with `ERR_WAITS_FOR_ITSELF`; called after an `await`, with `ERR_SIGN_IN_PENDING` when their
   * patience has run out.
   *
   * @throws {SignInError} `ERR_SIGN_IN_REFUSED` (answered non-2xx; `response` is unread) or
   * `ERR_SIGN_IN_INCOMPLETE` (2xx without a token: a second factor is wanted; `body` is at hand). What the
   * function throws is passed on. None of these changes the state.
   */
  signIn(login: () => SignInAnswer | PromiseLike<SignInAnswer>): Promise<void>;
  /**
   * Signs in with an answer that is already there. Prefer the function: an answer cannot be ordered with refreshes. If the late
   * reply to one brings somebody else's cookie, the session ends with the reason `"replaced"`.
   */
  signIn(answer: SignInAnswer): Promise<void>;
  /**
   * Signs in with the cookie that a redirect, a popup or a passkey ceremony has just set: one refresh, a new session. The state is
   * `unknown` until the refresh is answered. If the server rejects it, no cookie was set: the call rejects with
   * `ERR_SESSION_ENDED`. Say it once for each sign-in, and right after `createSession` where a login page has sent the browser back:
   * said again while that refresh is out, or while the first refresh of the page is out and the same person has signed in again,
   * the session may end with the reason `"replaced"`.
   */
  signIn(): Promise<void>;

  /**
   * Hands over a token that the page was delivered with, by a server that renders it. It is no sign-in: a session that goes on
   * stays the same here and in all other tabs, with its `state.session`, and no call is rejected. Called right after
   * {@link createSession} it saves the refresh of the page load, and it is taken with `restore: false`, too.
   *
   * - The person of the token is the one who is signed in: the session goes on. A token in hand that is still valid is kept.
   * - Another person: one refresh tells whether somebody has signed in unseen. Then a new session begins; otherwise the page was older than
   *   the sign-in, and the call rejects. Where nobody is signed in, a session begins at once.
   * - After a sign-out, or an end by `"replaced"`, a seed signs nobody in again: the page may come out of a cache. Where the server has
   *   confirmed the sign-out, one refresh tells whether there is a session; otherwise it rejects, unless another person is
   *   known to have signed in. Mark the page that a login has just led to: call `signIn(answer)` there instead.
   *
   * An opaque token needs `identity`, or it counts as one of the session that goes on. A JWT, or `expires_at`, tells how long a token
   * still lives; `expires_in` counts from this call. Waits for a prerendered page to be activated.
   *
   * @throws {SessionEndedError} when the session that it may belong to is over. {@link SessionChangedError} when somebody else has
   * signed in since the page was rendered. {@link SignInError} and {@link TokenError} as of `signIn`,
   * {@link SessionError} `ERR_SESSION_CLOSED`. None of these changes the state.
   */
  seed(answer: SignInAnswer): Promise<void>;

  /**
   * The access token, for what cannot go through `fetch`: WebSocket, EventSource, XMLHttpRequest, other clients.
   *
   * @throws {SessionEndedError} when there is no session, {@link RefreshError} when no token could be had in time,
   * {@link TokenError} `ERR_TOKEN_REJECTED` when `not` is a brand-new token.
   */
  accessToken(options?: AccessTokenOptions): Promise<string>;

  /**
   * Renews the token now, for instance after the user's roles have changed. Asked for while a refresh is on the
   * wire it sends one of its own after it. `params` go to a {@link RefreshFunction}, for instance which tenant is wanted.
   */
  refresh(options?: { params?: unknown }): Promise<void>;

  /**
   * Ends the session here at once, then at the server (`signOut` of the options), after any refresh that is on the wire.
   * Resolves to what the server knows, and rejects for no network reason.
   *
   * A pending sign-out is finished by this page, another tab or the next page, before anything is restored (where nothing can
   * be stored: for as long as the page lives). It never ends a session that has begun since. {@link Session.inspect} shows why
   * it is pending.
   *
   * Where the server has said that there is no session, nothing is sent and the reason of the state stays.
   *
   * @throws {SessionChangedError} when somebody has signed in before the sign-out was sent, {@link SessionError}
   * `ERR_SESSION_CLOSED` when the session was closed first.
   */
  signOut(): Promise<SignOutResult>;

  /** Whether the token's `scope` (RFC 9068) has the value. For the user interface only: the claims are not verified. */
  hasScope(scope: string): boolean;

  /** How this session is, and how it stands to those of the other tabs. Holds no secret: to show, and to paste into a bug report. */
  inspect(): Inspection;

  /**
   * Releases timer, lock, channel and listeners and rejects what waits. Idempotent. The server is not told. A refresh, a sign-out or a
   * login function that is under way goes on: these are released once it has settled, or has taken too long.
   */
  close(): void;
}

/**
 * What the server knows of a sign-out. `"confirmed"`: it has said that the session is over. `"pending"`: it has not yet, and is
 * asked again. `"local"`: there is no `signOut` option, and its session goes on.
 */
export type SignOutResult = "confirmed" | "pending" | "local";

/** What a sign-in can be made of: the login's response, its JSON, or the access token itself. */
export type SignInAnswer = Response | TokenAnswer | string;

/** An answer with a token: as in RFC 6749, section 5.1, or with one of the other names that are recognised. */
export type TokenAnswer = (TokenMember | { data: TokenMember & TokenTimes }) &
  TokenTimes & { [member: string]: unknown };

/** The names that a token may have. */
export type TokenMember =
  | { access_token: string }
  | { access: string }
  | { accessToken: string }
  | { token: string };

/**
 * What an answer may say of the life of its token; needed for tokens that are no JWT. The shortest of it counts, the token's
 * own `exp` included. Dates count as `exp` does: by the server's `Date`, the token's `iat` or what earlier tokens prove of the
 * server's time, and by the local clock only where none of these is known. They may be seconds since 1970, milliseconds, or texts of ISO 8601 (UTC, where no zone is named).
 */
export interface TokenTimes {
  /** Seconds. */
  expires_in?: number | string | null;
  /** Seconds. */
  expiresIn?: number | string | null;
  /** Milliseconds, or a date: from 1e9 on in seconds since 1970, from 1e11 on in milliseconds. */
  expires?: number | string | null;
  /** A date, as are the following. */
  expires_at?: number | string | null;
  expiresAt?: number | string | null;
  access_expiration?: number | string | null;
  access_token_expiration?: number | string | null;
}

/** See {@link SessionOptions.readToken}. */
export type ReadToken = (
  answer: unknown,
  response: Response | undefined,
) => string | object | null | undefined | PromiseLike<string | object | null | undefined>;

/** What {@link Session.fetchWith} takes. */
export interface FetchPolicy {
  /**
   * How the token is used. Default: it waits until it is known whether there is a session, and sends without a token
   * where there is none.
   *
   * - `"required"`: nothing is sent without a token. Rejects with `ERR_SESSION_ENDED` where there is no session, and with
   *   `ERR_TOKEN_NOT_ALLOWED` where the request cannot carry it (another URL than those of `sendTokenTo`, `mode: "no-cors"`).
   *   A request with an `Authorization` (the header of `attach`) of its own is sent as it is.
   * - `"optional"`: never waits for the restore, and is sent without a token where none can be had in time.
   * - `"none"`: the native call, whatever the URL.
   */
  token?: "required" | "optional" | "none" | undefined;
  /**
   * Whether a request is sent once more after a 401. Default: yes, unless the `body` of its `init` is a stream.
   * `true`: streams too; what has been read of one is held in memory until the answer is there. `false`: never; the 401
   * is returned, and whoever sends next gets another token. A `Request` does not tell whether its body is a stream: it
   * is teed by default, and with `false` it is not.
   */
  replay?: boolean | undefined;
  /**
   * For polling: never causes a refresh, and does not count as use of the session (default `false`). Sends with the token in
   * hand; where none lives it rejects with `ERR_TOKEN_NOT_IN_HAND` (or is sent without, if `"optional"`). Its 401 is
   * returned, unless a newer token is there by then.
   */
  passive?: boolean | undefined;
}

/** What {@link Session.accessToken} takes. */
export interface AccessTokenOptions {
  /** The token that was just refused: another one is wanted. Costs no refresh when there is a newer one already. */
  not?: string | undefined;
  /** Seconds that the token must still live. Default 0. A token that has just been fetched is given whatever it lives. */
  minValidity?: number | undefined;
  /** Ends this call's wait, with the signal's own reason. The refresh goes on for others. */
  signal?: AbortSignal | undefined;
}

/** See {@link Session.inspect}. Times in milliseconds since 1970, durations in seconds. */
export interface Inspection {
  /** The version of this package; `null` while the phase is `"loading"`. */
  readonly version: string | null;
  /**
   * As the state's `status`; `"loading"` while there is no WebAssembly instance: while Chromium
   * before 114 compiles it, and where it cannot be started or has crashed (see the state's `error`).
   */
  readonly phase: "loading" | "unknown" | "active" | "ended" | "closed";
  /**
   * How far a refresh, a sign-in or a sign-out has come: none is wanted, it waits for its turn, it has its turn and waits for
   * other tabs or for the cookie of a page that has gone, it is on the wire.
   */
  readonly progress: "idle" | "locking" | "holding" | "sent";
  /** When something is due next; `null` when only an event can change anything. */
  readonly deadline: number | null;
  /**
   * By how much the server's clock was ahead of this one's in its last answer, in seconds; `null` where its `Date` could
   * not be read (across origins it has to be exposed). To show: expiries do not depend on it.
   */
  readonly skew: number | null;
  /** What went wrong last with a refresh, and when. It stays when all is well again. */
  readonly lastFailure: {
    readonly kind: FailureKind;
    readonly status: number | null;
    readonly at: number;
  } | null;
  /** The last sign-out; `null` where there was none in this page and none is pending, and after a sign-in. */
  readonly signOut: SignOutInspection | null;
  /** A random id of this session object; `null` while the phase is `"loading"`. */
  readonly tab: string | null;
  /** The tabs (and workers) of the same session that were heard of last. One that is frozen is missing until it wakes. */
  readonly tabs: readonly string[];
  /**
   * Who takes turns at the auth server: all tabs of the browser, or, where there are no Web Locks (an insecure
   * context, an old browser, blocked third-party storage), the sessions of this page only. `null` while the phase is `"loading"`.
   */
  readonly lock: "browser" | "page" | null;
  /** Whether tabs can hear each other. `false` where there is no BroadcastChannel, and while the page is put away. */
  readonly channel: boolean;
  /**
   * Whether what one page writes down, the next can read (`localStorage`). `false` where the browser refuses it (a frame
   * of another site, a worker) or is full: a page that goes away in the middle of a refresh leaves no marker then, and a
   * local or unconfirmed sign-out is forgotten with its page.
   */
  readonly storage: boolean;
}

/** The last sign-out. Times in milliseconds since 1970. */
export interface SignOutInspection {
  /** As {@link Session.signOut} resolves to; `"given-up"` after the last try: it holds in this browser, as a local one does. */
  readonly status: SignOutResult | "given-up";
  /** When the user signed out; `null` once the server has confirmed it, and for a local one. */
  readonly since: number | null;
  /** How many replies have not confirmed it. */
  readonly tries: number;
  /** When it is tried again; `null` where no pause is running. */
  readonly retryAt: number | null;
  /** Why the last try of this page was not confirmed; `null` where there was none. */
  readonly error: SignOutError | null;
}

/**
 * What happens inside, for metrics and logs. Frozen, without any secret: to be sent as it is. `at` is when, in
 * milliseconds since 1970; durations are seconds. `attempt` is the beginning of the attempt id that the server sees in the
 * header: enough to find it in its log. More types may come: ignore those that you do not know.
 */
export type SessionEvent =
  | RefreshStartedEvent
  | RefreshSettledEvent
  | AdoptedEvent
  | IdentityMissingEvent
  | DeferredEvent
  | SignOutSettledEvent
  | EndedEvent
  | ClockJumpedEvent;

/** A refresh was sent. One under the id of another is a retry of that: nobody knew what had become of it. */
export interface RefreshStartedEvent {
  readonly type: "refresh-started";
  readonly at: number;
  readonly attempt: string;
}

/** It was answered, or given up on after `timeout`; an answer after that is another event, and `late`. */
export interface RefreshSettledEvent {
  readonly type: "refresh-settled";
  readonly at: number;
  readonly attempt: string;
  readonly outcome: "renewed" | FailureKind;
  /** That of the answer, where there was one and it matters. */
  readonly status?: number;
  readonly duration: number;
  readonly late: boolean;
}

/** Another tab has handed its token over: a refresh less. */
export interface AdoptedEvent {
  readonly type: "adopted";
  readonly at: number;
}

/**
 * A token does not say whose it is, though it should: see `identity` of {@link SessionOptions}. Said once. With a function, it has
 * returned nothing.
 */
export interface IdentityMissingEvent {
  readonly type: "identity-missing";
  readonly at: number;
}

/** A refresh that is due is put off, for `duration` at the most. */
export interface DeferredEvent {
  readonly type: "deferred";
  readonly at: number;
  /**
   * `"backoff"`: the one before has failed. `"confirmation"`: the server has rejected the one before, and is asked once more.
   * `"tabs"`: other tabs are asked whether one has a token. `"orphan"`: the page of the one before has gone, and its
   * cookie may be on the way. `"page"`: a worker leaves it to a page.
   */
  readonly reason: "backoff" | "confirmation" | "tabs" | "orphan" | "page";
  readonly duration: number;
}

/** A try to sign out at the server has ended. `"confirmed"` and `"given-up"` end the matter; a `"pending"` one is tried again. */
export interface SignOutSettledEvent {
  readonly type: "sign-out-settled";
  readonly at: number;
  readonly outcome: "confirmed" | "pending" | "given-up";
  /** How many replies have not confirmed it. */
  readonly tries: number;
  /** Why it is not confirmed. */
  readonly kind?: FailureKind;
  readonly status?: number;
  /** The same with its cause, which no serialisation contains. */
  readonly error?: SignOutError;
}

/** The session is over; as in the state. */
export interface EndedEvent {
  readonly type: "ended";
  readonly at: number;
  readonly reason: EndReason;
  readonly elsewhere: boolean;
}

/** The clocks disagree on how much time has passed: one was set, or stood still while the machine slept. Seconds. */
export interface ClockJumpedEvent {
  readonly type: "clock-jumped";
  readonly at: number;
  readonly wall: number;
  readonly monotonic: number;
}

/**
 * The kinds of failure. `"offline"`: not reached, and the browser says that there is no network; tried again when it is back.
 * `"transient"`: a network error, no answer in time, a status such as 500. `"throttled"`: 429, or `Retry-After`. `"protocol"`:
 * somebody else than the auth server has answered, or it makes no sense. `"rejected"`: the auth server says that the
 * session is over; the only kind that ends it, once it is confirmed.
 */
export type FailureKind = "offline" | "transient" | "throttled" | "protocol" | "rejected";

/**
 * See {@link Session.state}. Its `error` is the {@link RefreshError} of the last refresh, or a
 * {@link SessionError} about the WebAssembly: `ERR_WASM_UNAVAILABLE` or `ERR_WASM_CRASHED`.
 */
export type SessionState = UnknownState | ActiveState | EndedState;

/** Not known yet: the first answer of the server is still out. */
export interface UnknownState {
  readonly status: "unknown";
  /** Why the last attempt failed. */
  readonly error?: SessionError;
  /** When the next attempt is made. Milliseconds since 1970, as `Date.now()`. */
  readonly retryAt?: number;
}

/** Signed in. */
export interface ActiveState {
  readonly status: "active";
  /** An opaque id: the same over every refresh, reload and tab, new at each sign-in. Key caches by it. */
  readonly session: string;
  /** Counts the tokens of this session in this page, from 1. A socket reconnects when it changes. */
  readonly generation: number;
  /** The token's claims (RFC 7519), *not verified*; `null` for an opaque token. Deeply frozen. */
  readonly claims: Claims | null;
  /** When the token lapses by this page's clock. Milliseconds since 1970; `null` where the server did not say. */
  readonly expiresAt: number | null;
  /** When the next silent refresh is due. Milliseconds since 1970; `null` when none is planned, as in a hidden tab that is not used. */
  readonly refreshAt: number | null;
  /** Whether the session came to this page from another tab: by a sign-in there, or by a hand-over when the page began. */
  readonly elsewhere: boolean;
  /** Why the last attempt to renew the token failed, since it came. The session stays; `refreshAt` says when it is tried again: sooner where somebody asks for a token. */
  readonly error?: SessionError;
}

/** No session: over until the next sign-in. */
export interface EndedState {
  readonly status: "ended";
  /**
   * `"none"`: there was none; `"signed-out"`: the user said so; `"rejected"`: the server said so, twice; `"replaced"`: somebody
   * else's cookie has taken the place of that of the last sign-in, by the late reply to a refresh that was sent before it.
   * The other person is not shown: somebody has to sign in again.
   */
  readonly reason: EndReason;
  /** Whether it ended in another tab. */
  readonly elsewhere: boolean;
  /** The WebAssembly could not be started, or has crashed. */
  readonly error?: SessionError;
}

export type EndReason = "none" | "signed-out" | "rejected" | "replaced";

/** RFC 7519, section 4.1, and RFC 9068, section 2.2. */
export interface Claims {
  readonly iss?: string;
  readonly sub?: string;
  readonly aud?: string | readonly string[];
  readonly exp?: number;
  readonly nbf?: number;
  readonly iat?: number;
  readonly jti?: string;
  readonly scope?: string;
  readonly [claim: string]: unknown;
}

/** Stable identifiers of what went wrong; messages may change. */
export type ErrorCode =
  | "ERR_INVALID_OPTION"
  | "ERR_REFRESH_MALFORMED"
  | "ERR_REFRESH_TIMEOUT"
  | "ERR_REFRESH_UNAVAILABLE"
  | "ERR_SESSION_CHANGED"
  | "ERR_SESSION_CLOSED"
  | "ERR_SESSION_ENDED"
  | "ERR_SIGN_IN_INCOMPLETE"
  | "ERR_SIGN_IN_PENDING"
  | "ERR_SIGN_IN_REFUSED"
  | "ERR_SIGN_OUT_UNCONFIRMED"
  | "ERR_TOKEN_AMBIGUOUS"
  | "ERR_TOKEN_EXPIRED"
  | "ERR_TOKEN_MALFORMED"
  | "ERR_TOKEN_MISSING"
  | "ERR_TOKEN_NOT_ALLOWED"
  | "ERR_TOKEN_NOT_IN_HAND"
  | "ERR_TOKEN_REJECTED"
  | "ERR_WAITS_FOR_ITSELF"
  | "ERR_WASM_CRASHED"
  | "ERR_WASM_UNAVAILABLE";

/**
 * The base of every error of ours. No message, field or cause of it holds a token, but what is not ours: the `response` and `body` of
 * a {@link SignInError} are the server's answer, and a `cause` may be what a function of yours has thrown.
 *
 * Two codes concern the WebAssembly. Both are published in `state.error`, and said once on the
 * console.
 *
 * - `ERR_WASM_UNAVAILABLE`: WebAssembly is missing, or a Content-Security-Policy forbids it
 *   (`script-src` needs `'wasm-unsafe-eval'`). Not retryable; a session that is created later tries
 *   again.
 * - `ERR_WASM_CRASHED`: it has crashed, and the outcome of the call is not known. All sessions of
 *   the page start again from what is stored and in the cookie, and `state.session` stays. A sign-in
 *   that was under way is not repeated. Retryable; but after a second crash within a minute nothing
 *   starts again, and `retryable` is `false`.
 */
export class SessionError extends Error {
  constructor(code: ErrorCode, message: string, details?: ErrorDetails);
  readonly code: ErrorCode;
  /** Whether the same call may succeed later without a sign-in. */
  readonly retryable: boolean;
  /** When it may: milliseconds since 1970. */
  readonly retryAt?: number;
}

/** The session is over (`ERR_SESSION_ENDED`): somebody has to sign in. */
export class SessionEndedError extends SessionError {
  readonly reason: EndReason;
}

/** Somebody else has signed in meanwhile (`ERR_SESSION_CHANGED`): what waited for the old session was not sent. */
export class SessionChangedError extends SessionError {}

/** No new token could be had: `ERR_REFRESH_UNAVAILABLE`, `ERR_REFRESH_TIMEOUT` or `ERR_REFRESH_MALFORMED`. The session stays. */
export class RefreshError extends SessionError {
  /** What kind of failure it is. */
  readonly kind: FailureKind;
  /** The status of the refresh endpoint's answer, where there was one; 0 for a redirect. */
  readonly status?: number;
}

/**
 * A token that is of no use (`ERR_TOKEN_AMBIGUOUS`, `ERR_TOKEN_MALFORMED`, `ERR_TOKEN_MISSING`, `ERR_TOKEN_EXPIRED`, `ERR_TOKEN_REJECTED`), or that a
 * policy wants and a request cannot have (`ERR_TOKEN_NOT_ALLOWED`, `ERR_TOKEN_NOT_IN_HAND`).
 */
export class TokenError extends SessionError {}

/** To be thrown by a {@link RefreshFunction}: the server says that the session is over. The only error that ends one. */
export class RefreshRejected extends Error {
  constructor(message?: string, options?: { cause?: unknown; status?: number });
  /** As of an HTTP answer; default 401. */
  readonly status: number;
}

/**
 * Why the server has not confirmed a sign-out (`ERR_SIGN_OUT_UNCONFIRMED`): in {@link Session.inspect} and in events, never
 * thrown. Its `cause` is the network error, or what the app's `signOut` function threw.
 */
export class SignOutError extends SessionError {
  /** What kind of failure it is. `"rejected"`: the endpoint refused the sign-out, and no refresh has shown that the session is over. */
  readonly kind: FailureKind;
  /** The status of the reply, where there was one; 0 for a redirect. */
  readonly status?: number;
}

/**
 * A sign-in that did not come about: `ERR_SIGN_IN_REFUSED` or `ERR_SIGN_IN_INCOMPLETE`. `response`
 * and `body` may contain tokens: they are not enumerable, so that no log prints them.
 */
export class SignInError extends SessionError {
  /** The login's answer: unread when it was refused, read when a token was missing. */
  readonly response?: Response;
  /** The answer's JSON, where a token was missing. */
  readonly body?: unknown;
}

/** What an error is made with. */
export interface ErrorDetails {
  cause?: unknown | undefined;
  retryable?: boolean | undefined;
  retryAt?: number | undefined;
  status?: number | undefined;
  reason?: EndReason | undefined;
  response?: Response | undefined;
  body?: unknown | undefined;
}
