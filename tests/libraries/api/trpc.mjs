// tRPC; a file is its own input, and comes back as base64.

import { initTRPC } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { octetInputParser } from "@trpc/server/http";

const { procedure, router } = initTRPC.context().create();
const root = router({
  me: procedure.query(({ ctx }) => ctx.user.sub),
  echo: procedure.input(octetInputParser).mutation(async ({ input }) => {
    return Buffer.from(await new Response(input).arrayBuffer()).toString("base64");
  }),
});

export const trpc = (req, user) =>
  fetchRequestHandler({ req, router: root, endpoint: "/trpc", createContext: () => ({ user }) });
