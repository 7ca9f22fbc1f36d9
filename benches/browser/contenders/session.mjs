// The package, as an application uses it.

import { createSession } from "../../../pkg/index.js";

export const start = async () => {
  const session = createSession({ refresh: "/auth/refresh" });
  return session.fetch;
};
