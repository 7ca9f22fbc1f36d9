// Serves an empty page, on an origin of its own.

import { once } from "node:events";
import { createServer } from "node:http";

const PAGE = "<!doctype html><meta charset=utf-8><title>Back ends</title><link rel=icon href=data:>";

/** `host` is a name of this computer. */
export async function servePages(host) {
  const server = createServer((_, response) => response.setHeader("Content-Type", "text/html").end(PAGE));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const stop = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return { origin: `http://${host}:${server.address().port}`, stop };
}
