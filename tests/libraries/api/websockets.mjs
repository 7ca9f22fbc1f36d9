// WebSockets. The token comes as a subprotocol beside `bearer`, or as the first message. A page cannot read the status
// of a handshake that fails, so one with a bad token is accepted, and closed with a code that says why.

import { once } from "node:events";

import { WebSocketServer } from "ws";

/** Of the codes that are free for applications: 401, so to say. */
const REFUSED = 4401;

export class WebSockets {
  #ask;
  /** How the token came, in the order of the handshakes that were good. */
  #tokens = new Map();
  #server = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => offered.has("bearer") && "bearer",
  });

  /** `ask` takes an `Authorization`, and returns what the reference server answers. */
  constructor(ask) {
    this.#ask = ask;
  }

  upgrade(request, connection, head) {
    this.#server.handleUpgrade(request, connection, head, (socket) => this.#greet(request, socket));
  }

  /** Closes those whose token is no good any more. */
  async recheck() {
    for (const [socket, token] of this.#tokens) await this.#verify(socket, token);
  }

  close() {
    for (const socket of this.#server.clients) socket.terminate();
  }

  async #greet(request, socket) {
    const [, offered] = request.headers["sec-websocket-protocol"]?.split(", ") ?? [];
    const token = offered ?? String((await once(socket, "message"))[0]);
    const user = await this.#verify(socket, token);
    if (!user) return;
    this.#tokens.set(socket, token);
    socket.on("close", () => this.#tokens.delete(socket));
    socket.send(JSON.stringify({ hello: user.sub }));
  }

  async #verify(socket, token) {
    const answer = await this.#ask(`Bearer ${token}`);
    if (answer.ok) return answer.json();
    socket.close(REFUSED, "invalid_token");
  }
}
