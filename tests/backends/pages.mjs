// Serves an empty page, and the package, on an origin of their own.

import { once } from "node:events";
import { createServer } from "node:http";

import { fileFor } from "../fetch/files.mjs";

const PAGE =
  "<!doctype html><meta charset=utf-8><title>Back ends</title><link rel=icon href=data:>";

/** `host` is a name of this computer. */
export async function servePages(host) {
  const server = createServer(async ({ url }, response) => {
    if (!url.startsWith("/pkg/")) return response.setHeader("Content-Type", "text/html").end(PAGE);
    const { content, type } = await fileFor(url);
    response.writeHead(content ? 200 : 404, { "content-type": type }).end(content);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return { origin: `http://${host}:${server.address().port}`, stop };
}
