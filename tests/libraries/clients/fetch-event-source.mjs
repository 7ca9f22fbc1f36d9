import { fetchEventSource } from "@microsoft/fetch-event-source";

/** Milliseconds between the end of a stream and the next request. */
const PAUSE = 10;

export function connect(session, { api }) {
  const url = `${api}/events`;
  /** Calls `hear` with each message. It ends by its signal. */
  const listen = (hear, signal) =>
    fetchEventSource(url, {
      fetch: session.fetch,
      signal,
      // Nobody looks at the page of a test.
      openWhenHidden: true,
      onmessage: ({ data }) => hear(data),
      // It takes the end of a stream for the end of the matter, and what is thrown here for a failure …
      onclose() {
        throw new Error("the stream has ended");
      },
      // … after which it asks again. What is thrown here would be final.
      onerror: () => PAUSE,
    });
  return { listen };
}
