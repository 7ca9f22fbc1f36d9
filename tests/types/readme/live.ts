import { session } from "./use.ts";

/** By which the server closes when the token is no good, or not any more. */
const REFUSED = 4401;

/** Ends when the connection was closed in another way; rejects when there is no other token. */
export async function listen(hear: (event: MessageEvent) => void) {
  let refused: string | undefined;
  do {
    const token = await session.accessToken({ not: refused });
    const socket = new WebSocket("wss://api.example.com/v1/live", ["bearer", token]);
    socket.onmessage = hear;
    const { code } = await new Promise<CloseEvent>((resolve) => (socket.onclose = resolve));
    refused = code === REFUSED ? token : undefined;
  } while (refused);
}
