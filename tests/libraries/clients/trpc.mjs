// httpLink, for httpBatchLink sends no files.

import { createTRPCClient, httpLink } from "@trpc/client";

import { fromBase64 } from "./base64.mjs";

export function connect(session, { api }) {
  const url = `${api}/trpc`;
  const client = createTRPCClient({
    links: [httpLink({ url, fetch: session.fetch })],
  });
  return {
    me: (signal) => client.me.query(undefined, { signal }),
    upload: async (file) => fromBase64(await client.echo.mutate(file)),
  };
}
