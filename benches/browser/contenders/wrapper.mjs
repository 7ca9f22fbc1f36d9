// A careful wrapper by hand: the least that an application needs to stay signed in. It checks the
// origin, copies headers, leaves an Authorization of the caller alone, renews the token before it
// expires, refreshes once for all calls that meet a 401, replays each of them once, and takes turns
// with other tabs. It does not survive an outage, a lost reply, a wrong clock, a sign-out in
// another tab, or a body that can be read only once.

const LEEWAY = 60_000;
const allowed = [location.origin];

/** `{ value, until }` */
let token;
let refreshing;
const tabs = new BroadcastChannel("wrapper");
tabs.onmessage = ({ data }) => {
  if (!token || data.until > token.until) token = data;
};

/** Gets another token than the one given, once for all that ask. */
const renew = (than) => {
  refreshing ??= navigator.locks
    .request("wrapper", async () => {
      // The message of the tab before may still be under way.
      await new Promise((resolve) => setTimeout(resolve));
      if (token && token.value !== than?.value) return;
      const response = await fetch("/auth/refresh", { method: "POST", credentials: "include" });
      if (!response.ok) throw new Error(`refresh: ${response.status}`);
      const { access_token: value, expires_in: seconds } = await response.json();
      token = { value, until: Date.now() + seconds * 1000 };
      tabs.postMessage(token);
    })
    .finally(() => {
      refreshing = undefined;
    });
  return refreshing;
};

const call = async (input, init) => {
  const isRequest = input instanceof Request;
  const url = new URL(isRequest ? input.url : input, document.baseURI);
  if (!allowed.includes(url.origin)) return fetch(input, init);
  const headers = new Headers(init?.headers ?? (isRequest ? input.headers : undefined));
  if (headers.has("authorization")) return fetch(input, init);
  if (!token || Date.now() > token.until - LEEWAY) await renew(token);
  const sent = token;
  headers.set("authorization", `Bearer ${sent.value}`);
  const spare = isRequest && input.body ? input.clone() : input;
  const response = await fetch(input, { ...init, headers });
  if (response.status !== 401) return response;
  if (sent.value === token.value) await renew(sent);
  headers.set("authorization", `Bearer ${token.value}`);
  return fetch(spare, { ...init, headers });
};

export const start = async () => call;
