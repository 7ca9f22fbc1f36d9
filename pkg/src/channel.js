// `BroadcastChannel`: what the tabs of one session say to each other. Any script of this origin can listen: it could also have
// called `session.accessToken()`. The option `shareToken` keeps tokens out of it.

import { outsideZones } from "./globals.js";
import { own } from "./own.js";

/**
 * Opens the channel of a session; `undefined` where the browser has none. **The name is frozen.** Sessions by other names, tenants
 * by path and other origins do not hear it.
 */
export function openChannel({ name, refresh }, heard) {
  return outsideZones(() => {
    try {
      const channel = new BroadcastChannel(`silent-session:${name}:${refresh}`);
      channel.addEventListener("message", ({ data }) =>
        heard(typeof data === "object" ? own(data) : data),
      );
      return channel;
    } catch {
      return undefined;
    }
  });
}
