// The pages and the API on the loopback.

import { once } from "node:events";
import { createServer } from "node:http";
import { brotliCompressSync } from "node:zlib";

import { Auth } from "./auth.mjs";

/** Serves scripts by name. `delays` are those of the API and the auth server, in milliseconds. */
export async function serve(scripts) {
  const auth = new Auth();
  const delays = { api: 0, auth: 0 };
  const compressed = new Map();
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://localhost");
    request.resume();
    if (pathname.startsWith("/page/")) {
      response.setHeader("content-type", "text/html");
      return response.end(page(pathname.slice("/page/".length), searchParams.get("stub"), auth));
    }
    if (pathname.startsWith("/script/")) {
      if (!compressed.has(pathname)) {
        const script = scripts.get(pathname.slice("/script/".length));
        compressed.set(pathname, brotliCompressSync(script));
      }
      response.setHeader("content-type", "text/javascript");
      response.setHeader("content-encoding", "br");
      return response.end(compressed.get(pathname));
    }
    const delay = pathname.startsWith("/api") ? delays.api : delays.auth;
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    const { status, headers, body } = auth.answer(pathname, request.headers.authorization);
    response.writeHead(status, headers).end(body);
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "localhost");
  await once(server, "listening");
  const origin = `http://localhost:${server.address().port}`;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { origin, auth, delays, close };
}

/** A page with a contender: what it starts is `bench.ready`. */
const page = (contender, isStubbed, auth) => `<!doctype html>
<title>${contender}</title><link rel="icon" href="data:,">
<script>globalThis.bench = { token: ${JSON.stringify(auth.token)} };</script>
${isStubbed ? '<script src="/script/stub.js"></script>' : ""}
<script type="module" src="/script/${contender}.js"></script>`;
