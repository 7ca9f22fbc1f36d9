// Ways to spoil an answer.

export const isRefresh = ({ url, method }) => url === "/auth/refresh" && method === "POST";
export const isSignIn = ({ url }) => url === "/auth/login";
export const isSignOut = ({ url, method }) => url === "/auth/logout" && method === "POST";
export const isApi = ({ url, method }) => url === "/api/me" && method === "GET";
export const isPreflight = ({ method }) => method === "OPTIONS";
export const isForeign = ({ headers }) => headers.origin === "https://foreign.example";

/** Rules that change the answers to some requests, perhaps only those with a status. */
export const edit = (concerns, change, status) => ({
  edit: (answer, request) => {
    if (concerns(request) && (status === undefined || answer.status === status))
      change(answer, request);
  },
});

/** Rules that set a header in those answers, or leave it out. */
export const header = (concerns, name, value, status) =>
  edit(
    concerns,
    ({ headers }) => (value === undefined ? delete headers[name] : (headers[name] = value)),
    status,
  );

/** Rules that change the JSON of a granted refresh. */
export const json = (change) =>
  edit(isRefresh, (answer) => (answer.json = change(answer.json)), 200);
