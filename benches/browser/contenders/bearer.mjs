// The token of contenders that have none of their own, refreshed once for all who ask at a time.

let token;
let refreshing;

export const current = () => token;

export const renew = () => {
  refreshing ??= (async () => {
    const response = await fetch("/auth/refresh", { method: "POST", credentials: "include" });
    if (!response.ok) throw new Error(`refresh: ${response.status}`);
    token = (await response.json()).access_token;
    return token;
  })().finally(() => {
    refreshing = undefined;
  });
  return refreshing;
};
