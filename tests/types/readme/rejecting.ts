import { createSession } from "silent-session";

createSession({ refresh: "/auth/refresh", rejectsToken: [401, 422] }); // Flask-JWT-Extended answers 422 to some tokens

createSession({
  refresh: "/auth/refresh",
  async rejectsToken(response) {
    if (response.status !== 403) return response.status === 401;
    // The body is the caller's: read that of a copy.
    const problem = await response
      .clone()
      .json()
      .catch(() => undefined);
    return problem?.code === "token_expired";
  },
});
