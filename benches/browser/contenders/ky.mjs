// ky, with the hook of its readme that refreshes after a 401.

import ky from "ky";

import { current, renew } from "./bearer.mjs";

const bearer = (token) => `Bearer ${token}`;

export const start = async () => {
  const api = ky.create({
    throwHttpErrors: false,
    hooks: {
      beforeRequest: [
        async ({ request }) => {
          request.headers.set("Authorization", bearer(current() ?? (await renew())));
        },
      ],
      afterResponse: [
        async ({ request, response, retryCount }) => {
          if (response.status !== 401 || retryCount > 0) return undefined;
          const headers = new Headers(request.headers);
          headers.set("Authorization", bearer(await renew()));
          // Its own delay of 300 ms is for servers that are down.
          return ky.retry({ request: new Request(request, { headers }), delay: 1 });
        },
      ],
    },
  });
  return (url, init) => api(url, init);
};
