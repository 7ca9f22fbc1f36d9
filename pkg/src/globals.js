// The page and the worker, read with care: a named element shadows any property of `document`, a sandboxed frame throws, and old
// browsers lack some of it.

/** The document; `undefined` in a worker. */
export function documentOfPage() {
  const { document } = globalThis;
  return typeof document === "object" && document !== null ? document : undefined;
}

/** A string that `document` has under this name. */
function textOfDocument(name) {
  try {
    const text = documentOfPage()?.[name];
    return typeof text === "string" ? text : undefined;
  } catch {
    return undefined;
  }
}

/** The URL that relative URLs are resolved against. */
export const baseUrl = () => textOfDocument("baseURI") ?? globalThis.location?.href;

/** Returns the absolute URL, or `undefined` for what is none. */
export function parseUrl(url, base) {
  try {
    return new URL(url, base);
  } catch {
    return undefined;
  }
}

/** The origin of the page or the worker; of an `about:srcdoc` frame that of its parent. */
export function ownOrigin() {
  const { origin } = globalThis;
  return typeof origin === "string" && origin !== "null" ? origin : globalThis.location?.origin;
}

/** Whether nobody sees the page. A worker is never hidden. */
export const isHidden = () => textOfDocument("visibilityState") === "hidden";

/** Whether the page is being prerendered. It may never be seen; its `fetch` works, its lock does not. */
export const isPrerendered = () => documentOfPage()?.prerendering === true;

/** Whether the browser says that there is no network. It may be wrong, and a page of `localhost` needs none. */
export const isOffline = () => globalThis.navigator?.onLine === false;

/** The raw value of a cookie that script may read; `undefined` where there is none, and in a worker. */
export function rawCookie(name) {
  // The one with the longest path comes first (RFC 6265, section 5.4).
  const cookies = textOfDocument("cookie")?.split("; ") ?? [];
  return cookies.find((cookie) => cookie.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** The same, decoded as those are that frameworks write. */
export function readCookie(name) {
  const value = rawCookie(name);
  try {
    return value && decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Calls `use` with `localStorage`. Reading the property throws where third-party storage is blocked, and so may its methods. */
export function withStorage(use) {
  try {
    const { localStorage } = globalThis;
    return typeof localStorage === "object" && localStorage !== null
      ? use(localStorage)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Calls back outside the zone of whoever calls (zone.js): a timer or a listener that belongs to the caller's zone would keep an
 * Angular app from ever being stable.
 */
export function outsideZones(call) {
  const root = globalThis.Zone?.root;
  return typeof root?.run === "function" ? root.run(call) : call();
}
