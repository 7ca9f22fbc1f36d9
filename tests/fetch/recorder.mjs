// Servers on several origins that write down what they are sent, and answer as the query says. The first of them is the
// page's own, and has a refresh endpoint.

import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

import { fileFor } from "./files.mjs";

/** How long a slow answer takes, in milliseconds: longer than any test, so that every abort comes first. */
const SLOW = 600_000;
/** How often it is looked whether something has come, in milliseconds. */
const LOOK = 10;
/** Where a token may be. */
const TOKEN_HEADERS = ["authorization", "x-api-token"];
/** What every body is that nothing else is said of. */
export const BODY = "recorded";

export class Recorder {
  /** Everything that came, by whatever origin: `{ origin, method, url, headers, body }`, oldest first. */
  requests = [];
  /** How many there were; the token that the last one brought is `opaque-` and this number. */
  refreshes = 0;
  #servers = [];
  /** The path whose answers wait, and who waits. */
  #held;
  #waiting = [];
  #released = new Set();

  /** One origin for each name: the first is the page's. `cors` names those that let other origins in. */
  static async start(names, cors) {
    const recorder = new Recorder();
    for (const name of names) {
      const server = createServer((request, response) =>
        recorder.#answer(request, response, cors.includes(name)),
      );
      // A connection that dies idle, in the moment that it is used again, has the browser send twice.
      server.keepAliveTimeout = 0;
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      recorder.#servers.push(server);
      recorder[name] = `http://127.0.0.1:${server.address().port}`;
    }
    return recorder;
  }

  stop() {
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
  }

  /** What comes to this path gets no answer until `letGo`; a 401 that is asked for is not held. */
  hold(path) {
    this.#held = path;
  }

  letGo() {
    this.#held = undefined;
    for (const goOn of this.#waiting.splice(0)) goOn();
  }

  /** What came with this mark in its URL. */
  of = (mark) => this.requests.filter(({ url }) => url.includes(mark));

  async #answer(request, response, cors) {
    const { method, headers, url } = request;
    const chunks = [];
    request.on("error", () => {});
    for await (const chunk of request) chunks.push(chunk);
    const record = {
      origin: `http://${headers.host}`,
      method,
      url,
      headers,
      body: Buffer.concat(chunks),
    };
    const { pathname, searchParams } = new URL(url, record.origin);
    if (pathname.startsWith("/files/"))
      return this.#file(pathname.slice("/files".length), response);
    if (pathname === "/auth/refresh") return this.#refresh(searchParams.get("hold"), response);
    if (cors) allow(headers, response);
    if (pathname === "/release") return this.#release(searchParams.get("hold"), response);
    if (pathname === "/arrived") return this.#arrived(`mark=${searchParams.get("mark")}`, response);
    if (method === "OPTIONS" && headers["access-control-request-method"])
      return response.writeHead(204).end();
    this.requests.push(record);
    if (searchParams.has("late")) await this.#untilLetGo(pathname);
    if (searchParams.has("refuse") && this.#isFirstToken(searchParams.get("mark"), headers))
      return this.#refuse(record, searchParams, response);
    await this.#untilLetGo(pathname);
    this.#obey(searchParams, response);
  }

  /** Answers when something of this mark has come. */
  async #arrived(mark, response) {
    while (this.of(mark).length === 0 && !response.destroyed) await pause(LOOK);
    response.end();
  }

  #release(hold, response) {
    this.#released.add(hold);
    response.end();
  }

  async #untilLetGo(path) {
    if (path === this.#held) await new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Whether it is the token that the first one of this mark came with. */
  #isFirstToken(mark, headers) {
    const first = this.of(`mark=${mark}`)[0].headers;
    return TOKEN_HEADERS.some(
      (name) => headers[name] !== undefined && headers[name] === first[name],
    );
  }

  /** Answers 401; with `drip=N` the end comes N milliseconds later, with `drip=never` when it is let go. */
  #refuse(record, query, response) {
    response.on("close", () => (record.isOver = true));
    response.writeHead(401, {
      "content-type": "text/plain",
      "www-authenticate": 'Bearer error="invalid_token"',
    });
    const drip = query.get("drip");
    if (drip === null) return response.end("refused");
    response.write("refused");
    if (drip === "never") this.#waiting.push(() => response.end());
    else setTimeout(() => response.end(), Number(drip));
  }

  /** Answers as the query says. */
  #obey(query, response) {
    if (query.has("reset")) return response.socket.resetAndDestroy();
    if (query.has("slow")) return void setTimeout(() => response.end(BODY), SLOW).unref();
    const location = query.get("to");
    // One that is permanent would be remembered.
    if (location) response.setHeader("location", location).setHeader("cache-control", "no-store");
    const body = query.get("body") ?? BODY;
    response.writeHead(Number(query.get("status") ?? 200), {
      "content-type": "text/plain",
      "x-seen": "yes",
    });
    if (query.has("half")) return response.write(body);
    response.end(body);
  }

  /** With `?hold=N`: when somebody has asked for `/release?hold=N`. */
  async #refresh(hold, response) {
    this.refreshes += 1;
    await this.#untilLetGo("/auth/refresh");
    while (hold && !this.#released.has(hold) && !response.destroyed) await pause(LOOK);
    const body = {
      access_token: `opaque-${this.refreshes}`,
      token_type: "Bearer",
      expires_in: 900,
    };
    response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" });
    response.end(JSON.stringify(body));
  }

  async #file(path, response) {
    const { content, type } = await fileFor(path);
    response
      .writeHead(content ? 200 : 404, { "content-type": type, "service-worker-allowed": "/" })
      .end(content);
  }
}

function allow(headers, response) {
  const { origin } = headers;
  if (!origin) return;
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("access-control-allow-credentials", "true");
  response.setHeader("access-control-expose-headers", "x-seen");
  response.setHeader("vary", "origin");
  const asked = headers["access-control-request-headers"];
  if (asked) response.setHeader("access-control-allow-headers", asked);
  response.setHeader(
    "access-control-allow-methods",
    "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
  );
}
