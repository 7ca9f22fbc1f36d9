// Creates sessions.

import { readOptions } from "./options/options.js";
import { Session } from "./session.js";

export function createSession(options) {
  const controller = new AbortController();
  const settings = readOptions(options, controller.signal);
  if (settings.restore !== false && settings.hint.saysNone())
    Object.assign(settings, { restore: false, hasNone: true });
  return new Session(settings, controller);
}
