/** The server's word for a token that is no good, in the range that is free for applications. */
const REFUSED = 4401;

/** The token goes as a subprotocol, or as the first message: never in the URL, which is logged on its way. */
const WAYS = {
  subprotocol: (url, token) => new WebSocket(url, ["bearer", token]),
  message(url, token) {
    const socket = new WebSocket(url);
    socket.addEventListener("open", () => socket.send(token));
    return socket;
  },
};

export function connect(session, { api }) {
  const url = `${api.replace(/^http/, "ws")}/live`;

  /** Calls `hear` with each message. A socket whose token is refused is replaced, until the signal says that it is enough. */
  async function listen(hear, signal, way, refused = undefined) {
    const token = await session.accessToken({ not: refused });
    if (signal.aborted) return;
    const socket = WAYS[way](url, token);
    socket.addEventListener("message", ({ data }) => hear(JSON.parse(data).hello));
    socket.addEventListener("close", ({ code }) => code === REFUSED && listen(hear, signal, way, token));
    signal.addEventListener("abort", () => socket.close());
  }
  return { listen };
}
