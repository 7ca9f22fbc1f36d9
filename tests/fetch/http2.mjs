// An HTTP/2 server with a certificate of its own making: Chromium streams uploads over nothing less. It has the page's
// files, a refresh endpoint, and an upload endpoint that notes what it is sent, chunk by chunk.

import { once } from "node:events";
import { createSecureServer } from "node:http2";

import { generate } from "selfsigned";

import { fileFor } from "./files.mjs";

export class Uploads {
  /** Everything that was begun, oldest first: `{ url, authorization, received, text, isWhole }`. */
  all = [];
  refreshes = 0;
  /** What the next tokens live for, in seconds. */
  lifetime = 900;
  /** Until this settles, no refresh is answered. */
  refreshable = Promise.resolve();
  #server;
  #sessions = new Set();

  static async start() {
    const uploads = new Uploads();
    const { private: key, cert } = await generate([{ name: "commonName", value: "127.0.0.1" }]);
    const server = createSecureServer({ key, cert });
    server.on("session", (session) => uploads.#sessions.add(session));
    server.on("stream", (stream, headers) => void uploads.#answer(stream, headers));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    uploads.#server = server;
    uploads.origin = `https://127.0.0.1:${server.address().port}`;
    return uploads;
  }

  stop() {
    this.#server.close();
    for (const session of this.#sessions) session.destroy();
  }

  of = (mark) => this.all.filter(({ url }) => url.includes(mark));

  async #answer(stream, headers) {
    stream.on("error", () => {});
    const { pathname, searchParams } = new URL(headers[":path"], this.origin);
    if (pathname.startsWith("/files/")) {
      const { content, type } = await fileFor(pathname.slice("/files".length));
      stream.respond({ ":status": content ? 200 : 404, "content-type": type });
      return stream.end(content);
    }
    if (pathname === "/auth/refresh") return this.#refresh(stream);
    this.#upload(stream, headers, searchParams);
  }

  async #refresh(stream) {
    this.refreshes += 1;
    await this.refreshable;
    const body = {
      access_token: `opaque-${this.refreshes}`,
      token_type: "Bearer",
      expires_in: this.lifetime,
    };
    stream.respond({
      ":status": 200,
      "content-type": "application/json",
      "cache-control": "no-store",
    });
    stream.end(JSON.stringify(body));
  }

  /** `?refuse=first`: the first token of this mark is refused at the first chunk; `last`, at the end. `?idle`: reads nothing. */
  #upload(stream, headers, query) {
    const { ":path": url, authorization } = headers;
    const upload = { url, authorization, received: 0, text: "", isWhole: false };
    this.all.push(upload);
    if (query.has("idle")) return;
    const isRefused = authorization === this.of(`mark=${query.get("mark")}`)[0].authorization;
    const refuse = isRefused ? query.get("refuse") : undefined;
    const answer = (status, body) => {
      if (stream.headersSent || stream.destroyed) return;
      stream.respond({ ":status": status, "content-type": "text/plain" });
      stream.end(body);
    };
    stream.on("data", (chunk) => {
      upload.received += chunk.length;
      if (upload.received < 10_000) upload.text += chunk;
      if (refuse === "first") answer(401, "refused");
    });
    stream.on("end", () => {
      upload.isWhole = true;
      if (refuse === "last") return answer(401, "refused");
      answer(200, String(upload.received));
    });
  }
}
