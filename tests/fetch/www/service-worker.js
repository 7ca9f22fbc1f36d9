// Whatever the pages ask for goes through a session: what carries a token, and what cannot.

import { createSession } from "/files/pkg/index.js";

const session = createSession({ refresh: "/auth/refresh", name: "service worker" });

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  if (!new URL(event.request.url).pathname.startsWith("/s")) return;
  event.respondWith(session.fetch(event.request));
});
