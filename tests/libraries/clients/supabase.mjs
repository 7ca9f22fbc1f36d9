// Its own `Authorization` would be the key, and `session.fetch` leaves another's alone: it has to be told the token.

import { createClient } from "@supabase/supabase-js";

export function connect(session, { api }) {
  const [url, key] = [api, "key"];
  const client = createClient(url, key, {
    accessToken: () => session.accessToken(),
    global: { fetch: session.fetch },
  });
  const bucket = client.storage.from("files");
  return {
    async me(signal) {
      const query = client.from("people").select().throwOnError();
      const { data } = await (signal ? query.abortSignal(signal) : query);
      return data[0].sub;
    },
    async upload(file) {
      const { error } = await bucket.upload(file.name, file);
      if (error) throw error;
      return (await bucket.download(file.name)).data.arrayBuffer();
    },
  };
}
