/** The server's word for a token that is no good, of the codes that are free for applications. */
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

/** Settles with the code when it is closed. */
const closed = (socket) =>
  new Promise((resolve) => {
    socket.addEventListener("close", ({ code }) => resolve(code));
  });

export function connect(session, { api }) {
  const url = `${api.replace(/^http/, "ws")}/live`;
  return {
    /** Calls `hear` with each message, over as many connections as it takes. Rejects when there can be no other. */
    async listen(hear, way) {
      let refused;
      do {
        const token = await session.accessToken({ not: refused });
        const socket = WAYS[way](url, token);
        socket.addEventListener("message", ({ data }) => hear(JSON.parse(data).hello));
        refused = (await closed(socket)) === REFUSED && token;
      } while (refused);
    },
  };
}
