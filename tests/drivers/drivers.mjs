// Browsers as people have them, by name. Each module exports `launch`, which takes the origin of
// the server.

export const DRIVERS = {
  chromium: new URL("people.mjs", import.meta.url).href,
  firefox: new URL("firefox.mjs", import.meta.url).href,
  webkit: new URL("webkit.mjs", import.meta.url).href,
};
