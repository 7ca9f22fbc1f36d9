// The browsers as people have them, by their names: each module has a `launch`, which is told where the server is.

export const DRIVERS = {
  chromium: new URL("people.mjs", import.meta.url).href,
  firefox: new URL("firefox.mjs", import.meta.url).href,
  webkit: new URL("webkit.mjs", import.meta.url).href,
};
