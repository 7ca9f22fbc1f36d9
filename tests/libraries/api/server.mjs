// What the libraries call beside the reference server: GraphQL, tRPC, Supabase, server-sent events and WebSockets, on
// an origin of its own. Whether a token is good, it asks the reference server.

import { once } from "node:events";
import { createServer } from "node:http";

import { events } from "./events.mjs";
import { graphql } from "./graphql.mjs";
import { supabase } from "./supabase.mjs";
import { trpc } from "./trpc.mjs";
import { WebSockets } from "./websockets.mjs";

/** By the first segment of the path: `(request, user) => Response`, where `user` is what `/api/me` says. */
const ROUTES = { events, graphql, rest: supabase, storage: supabase, trpc };

/** The pages have another origin. The challenge is exposed, as real APIs should: `session.fetch` reads it. */
function cors(request) {
  return {
    "Access-Control-Allow-Origin": request.headers.origin ?? "*",
    "Access-Control-Allow-Headers": request.headers["access-control-request-headers"] ?? "",
    "Access-Control-Allow-Methods": "GET, POST, PUT",
    "Access-Control-Expose-Headers": "WWW-Authenticate",
    "Cache-Control": "no-store",
    Vary: "Origin, Authorization",
  };
}

export class Api {
  origin;
  /** The address of every request and handshake since the last reset. */
  addresses = [];
  #auth;
  #server;
  #sockets;
  /** The streams that are open: the authorization with which, and how to end them. */
  #streams = new Set();

  /** `auth` is the origin of the reference server. */
  static async start(auth) {
    const api = new Api();
    api.#auth = auth;
    api.#server = createServer((request, response) =>
      api.#answer(request, response).catch((error) => response.destroy(error)),
    );
    api.#sockets = new WebSockets((authorization) => api.#ask(authorization));
    api.#server.on("upgrade", (request, socket, head) => {
      api.addresses.push(request.url);
      api.#sockets.upgrade(request, socket, head);
    });
    api.#server.listen(0, "127.0.0.1");
    await once(api.#server, "listening");
    api.origin = `http://127.0.0.1:${api.#server.address().port}`;
    return api;
  }

  async stop() {
    this.#sockets.close();
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  /** Ends the streams and sockets whose token is no good any more, as a server does that looks from time to time. */
  async recheck() {
    await this.#sockets.recheck();
    for (const stream of this.#streams) {
      if ((await this.#ask(stream.authorization)).status === 401) stream.end();
    }
  }

  #ask(authorization) {
    return fetch(`${this.#auth}/api/me`, { headers: authorization ? { authorization } : {} });
  }

  async #answer(incoming, outgoing) {
    const headers = cors(incoming);
    if (incoming.method === "OPTIONS") return outgoing.writeHead(204, headers).end();
    this.addresses.push(incoming.url);
    const { authorization } = incoming.headers;
    const asked = await this.#ask(authorization);
    const answer = asked.ok ? await this.#route(incoming, await asked.json()) : asked;
    for (const name of ["content-type", "www-authenticate"]) {
      if (answer.headers.has(name)) headers[name] = answer.headers.get(name);
    }
    outgoing.writeHead(answer.status, headers);
    outgoing.flushHeaders();
    const stream = { authorization, end: () => outgoing.end() };
    this.#streams.add(stream);
    outgoing.on("close", () => this.#streams.delete(stream));
    for await (const chunk of answer.body ?? []) outgoing.write(chunk);
    outgoing.end();
  }

  async #route(incoming, user) {
    const { method, headers } = incoming;
    const url = new URL(incoming.url, this.origin);
    const body = method === "GET" ? undefined : Buffer.concat(await incoming.toArray());
    const route = ROUTES[url.pathname.split("/")[1]];
    return route
      ? route(new Request(url, { method, headers, body }), user)
      : new Response(null, { status: 404 });
  }
}
