// The contenders as people read them, in the order of tables and plot.

export const NAMES = {
  native: "fetch, a token at hand",
  wrapper: "wrapper by hand",
  session: "silent-session",
  ky: "ky",
  axios: "axios, axios-auth-refresh",
  supertokens: "supertokens-website",
  oidc: "oidc-client-ts",
};
