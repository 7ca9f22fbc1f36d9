// What a page (or a worker) tells of itself: it is hidden, seen again, put away, back from the cache, online.

import { documentOfPage, isHidden, isPrerendered, outsideZones } from "./globals.js";

/**
 * Listens until the returned function is called. All listeners are on the window and come first: what the app does in a listener
 * of its own, it does as what the page is by then.
 */
export function listenToPage({ happened, leave, comeBack, stored }) {
  const listeners = [
    ["online", () => happened("online")],
    ["pagehide", leave],
    // It also comes with each load.
    ["pageshow", ({ persisted }) => persisted && comeBack()],
    // After it was frozen: it has heard nothing.
    ["resume", comeBack],
    ["storage", ({ key }) => stored(key)],
    ["visibilitychange", () => happened(isHidden() ? "hidden" : "seen")],
    // Captured, it would also be that of every field of a form.
    ["focus", () => happened("seen"), false],
  ];
  return outsideZones(() => {
    for (const [type, listener, capture = true] of listeners)
      globalThis.addEventListener?.(type, listener, capture);
    return () => {
      for (const [type, listener, capture = true] of listeners)
        globalThis.removeEventListener?.(type, listener, capture);
    };
  });
}

/** Calls back when the page is there for somebody: at once, unless it is being prerendered. Returns what takes that back. */
export function whenActivated(callback) {
  if (!isPrerendered()) {
    callback();
    return () => {};
  }
  const document = documentOfPage();
  return outsideZones(() => {
    // A named element may stand for the method.
    const { addEventListener: listen, removeEventListener: unlisten } = EventTarget.prototype;
    listen.call(document, "prerenderingchange", callback, { __proto__: null, once: true });
    return () => unlisten.call(document, "prerenderingchange", callback);
  });
}
