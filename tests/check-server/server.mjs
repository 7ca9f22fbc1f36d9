// A server that is right in all respects, but for the faults that are ordered.

import { randomUUID } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { setImmediate as nextTurn } from "node:timers/promises";

import { Tokens } from "./tokens.mjs";

/** The page that it is for: of the same site, and another origin. */
export const PAGE = "http://127.0.0.1:9";
export const PASSWORD = "correct horse battery staple";

/** Where Node says that this process has sent a request. */
const SENT = "http.client.request.start";

const ATTRIBUTES = "HttpOnly; Secure; SameSite=Strict; Path=/auth; Max-Age=1209600";

/** How it is done right, beside the rules of `Tokens`. */
const RIGHT = {
  name: "refresh_token",
  /** The attributes of the refresh cookie; `by`: the path of whose answer it is. */
  attributes: (_by) => ATTRIBUTES,
  /** What is refused for what it looks like, before any cookie is looked at: the status, or nothing. */
  refusal: ({ method, headers }, { csrf }) => {
    if (method !== "POST") return 405;
    if (!headers["x-requested-with"]) return 400;
    return csrf && headers["x-csrf-token"] !== csrf ? 403 : undefined;
  },
  /** Whether a request to the refresh endpoint ends the session, whatever it is answered. */
  ends: (_request) => false,
  /** Whether a sign-out ends the session. */
  signsOut: true,
  /** Whether a page of this origin may call. */
  allows: (origin) => origin === PAGE,
  /** Changes an answer before it is sent: `{ status, headers, cookies, json, text }`. */
  edit: (_answer, _request) => {},
};

export class Server {
  origin;
  tokens;
  /** All access tokens that were issued. */
  accessTokens = [];
  #rules;
  #server;
  /** How many requests this process has sent to it, and how many of them have come. */
  #sent = 0;
  #received = 0;

  /** `tls`: key and certificate, for a server of https. */
  static async start(rules = {}, tls = undefined) {
    const server = new Server();
    server.#rules = { ...RIGHT, ...rules };
    server.tokens = new Tokens(rules.tokens, server.#allAreHere);
    const listener = (request, response) => server.#answer(request, response);
    server.#server = tls ? createSecureServer(tls, listener) : createServer(listener);
    await new Promise((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    server.origin = `${tls ? "https" : "http"}://127.0.0.1:${server.#server.address().port}`;
    subscribe(SENT, server.#noteSent);
    return server;
  }

  stop() {
    unsubscribe(SENT, this.#noteSent);
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }

  #noteSent = ({ request }) => {
    if (this.origin.endsWith(`//${request.getHeader("host")}`)) this.#sent += 1;
  };

  #allAreHere = async () => {
    while (this.#received < this.#sent) await nextTurn();
  };

  async #answer(request, response) {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    this.#received += 1;
    const answer = await this.#route(request, body).catch(() => error(500, "server_error"));
    this.#cors(answer, request);
    this.#rules.edit(answer, request);
    this.accessTokens.push(...tokensIn(answer));
    if (answer.drops) return void response.destroy();
    response.sendDate = !answer.hasNoDate;
    const { status, headers, cookies = [], json, text = json && JSON.stringify(json) } = answer;
    response
      .writeHead(status, { ...(cookies.length > 0 && { "set-cookie": cookies }), ...headers })
      .end(text);
  }

  async #route(request, body) {
    const path = request.url;
    if (request.method === "OPTIONS") return { status: 204, headers: {} };
    if (path === "/auth/login") return this.#signIn(body);
    if (path === "/auth/refresh") return this.#refresh(request);
    if (path === "/auth/logout") return this.#signOut(request);
    if (path === "/api/me") return this.#me(request);
    return error(404, "not_found");
  }

  #signIn(body) {
    if (JSON.parse(body).password !== PASSWORD) return error(401, "invalid_credentials");
    const answer = this.#granted("/auth/login", this.tokens.begin());
    answer.cookies.push(`csrf=${randomUUID()}; Secure; SameSite=Strict; Path=/`);
    return answer;
  }

  async #refresh(request) {
    const { name, refusal, ends } = this.#rules;
    const cookies = cookiesOf(request);
    if (ends(request)) this.tokens.end(cookies[name]);
    const status = refusal(request, cookies);
    if (status) return error(status, "invalid_request");
    const attempt = request.headers["x-requested-with"];
    const token = await this.tokens.refresh(cookies[name], attempt);
    if (!token)
      return {
        ...error(401, "invalid_grant"),
        ...(this.tokens.clears && { cookies: [this.#cleared()] }),
      };
    const answer = this.#granted("/auth/refresh", token);
    if (attempt && this.tokens.returnsAttempts) answer.headers["x-requested-with"] = attempt;
    return answer;
  }

  #signOut(request) {
    const { name, signsOut } = this.#rules;
    if (signsOut) this.tokens.end(cookiesOf(request)[name]);
    return { status: 204, headers: { "cache-control": "no-store" }, cookies: [this.#cleared()] };
  }

  #cleared() {
    const { name, attributes } = this.#rules;
    return `${name}=; ${attributes("/auth/logout").replace(/Max-Age=\d+/, "Max-Age=0")}`;
  }

  #me(request) {
    const token = request.headers.authorization?.slice("Bearer ".length);
    if (this.accessTokens.includes(token)) return ok({ name: "Alice" });
    const refused = error(401, "invalid_token");
    refused.headers["www-authenticate"] = 'Bearer error="invalid_token"';
    return refused;
  }

  #granted(by, token) {
    const { name, attributes } = this.#rules;
    const now = Math.floor(Date.now() / 1000);
    const access_token = jwt({ iat: now, exp: now + 900, jti: randomUUID() });
    const answer = ok({ access_token, expires_in: 900 });
    answer.cookies = [`${name}=${token}; ${attributes(by)}`];
    return answer;
  }

  #cors({ headers }, { headers: { origin } }) {
    headers.vary = "Origin";
    if (origin === undefined || !this.#rules.allows(origin)) return;
    Object.assign(headers, {
      "access-control-allow-credentials": "true",
      "access-control-allow-origin": origin,
      "access-control-allow-headers": "authorization, content-type, x-requested-with, x-csrf-token",
      "access-control-allow-methods": "GET, POST",
      "access-control-expose-headers": "Date, Retry-After, X-Requested-With",
    });
  }
}

const ok = (json) => ({
  status: 200,
  headers: { "content-type": "application/json", "cache-control": "no-store" },
  json,
});

const error = (status, code) => ({ ...ok({ error: code }), status });

/** A JWT whose signature nobody looks at. */
export function jwt(claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "HS256" })}.${part(claims)}.c2lnbmF0dXJl`;
}

function tokensIn({ json, headers }) {
  const bearer = headers.authorization?.slice("Bearer ".length);
  return [json?.access_token, json?.token, bearer].filter(Boolean);
}

function cookiesOf({ headers: { cookie = "" } }) {
  return Object.fromEntries(cookie.split("; ").map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
}
