import { fetchEventSource } from "@microsoft/fetch-event-source";

/** Milliseconds between the end of a stream and the next request. */
const PAUSE = 10;

class Refused extends Error {
  name = "Refused";
}

/** The 401 that is left when there is no session any more: to ask again would get another. */
async function onopen({ status }) {
  if (status === 401) throw new Refused("somebody has to sign in");
}

/** It takes the end of a stream for the end of the matter, and what is thrown here for a failure … */
function onclose() {
  throw new Error("the stream has ended");
}

/** … after which it asks again, unless this throws. */
function onerror(error) {
  if (error instanceof Refused) throw error;
  return PAUSE;
}

export function connect(session, { api }) {
  const url = `${api}/events`;
  return {
    /** Calls `hear` with each message, over as many connections as it takes. Rejects when there can be no other. */
    listen(hear) {
      const onmessage = ({ data }) => hear(data);
      // Nobody looks at the page of a test.
      const openWhenHidden = true;
      return fetchEventSource(url, {
        fetch: session.fetch,
        openWhenHidden,
        onopen,
        onmessage,
        onclose,
        onerror,
      });
    },
  };
}
