import { createFetch } from "ofetch";

export function connect(session, { auth }) {
  const client = createFetch({ fetch: session.fetch });
  return {
    me: async (signal) => (await client(`${auth}/api/me`, { signal })).sub,
    upload: (file) =>
      client(`${auth}/api/echo`, { method: "POST", body: file, responseType: "arrayBuffer" }),
  };
}
