// supertokens-website. It keeps both tokens in cookies of the page, and patches `fetch`; the server
// speaks its protocol.

import SuperTokens from "supertokens-website";

export const start = async () => {
  SuperTokens.init({
    apiDomain: location.origin,
    apiBasePath: "/auth",
    tokenTransferMethod: "header",
  });
  await fetch("/auth/login", { method: "POST" });
  return (url, init) => globalThis.fetch(url, init);
};
