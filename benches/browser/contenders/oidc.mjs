// oidc-client-ts with a refresh token and its defaults: the user is in `sessionStorage`. It has no
// fetch of its own.

import { User, UserManager } from "oidc-client-ts";

const { origin } = location;

export const start = async () => {
  const manager = new UserManager({
    authority: origin,
    client_id: "bench",
    redirect_uri: origin,
    metadata: { issuer: origin, token_endpoint: `${origin}/auth/token` },
    automaticSilentRenew: false,
  });
  const response = await fetch("/auth/token", { method: "POST" });
  const { expires_in: seconds, ...tokens } = await response.json();
  const expires_at = Math.floor(Date.now() / 1000) + seconds;
  const profile = { sub: "alice", iss: origin, aud: "bench", exp: expires_at, iat: 0 };
  await manager.storeUser(new User({ ...tokens, profile, expires_at }));

  let renewing;
  const renew = () => {
    renewing ??= manager.signinSilent().finally(() => {
      renewing = undefined;
    });
    return renewing;
  };
  const send = (url, init, { access_token: token }) => {
    const headers = new Headers(init?.headers);
    headers.set("Authorization", `Bearer ${token}`);
    return fetch(url, { ...init, headers });
  };
  return async (url, init) => {
    const user = await manager.getUser();
    const response = await send(url, init, user);
    return response.status === 401 ? send(url, init, await renew()) : response;
  };
};
