// The server's test controls. Not of silent-session, and none that a real server has.

/** The counters, or null where the server does not show them. */
export async function readCounters() {
  const response = await fetch("/test/counters");
  return response.ok ? response.json() : null;
}

/** Every access token that was issued until now is refused. */
export function revokeAccessTokens() {
  return order("revoke-access");
}

/** Everything is answered 503. */
export function takeDown() {
  return order("faults", { outage: true });
}

/** And no longer. */
export function bringUp() {
  return order("faults", {});
}

async function order(name, details) {
  const body = details && JSON.stringify(details);
  const response = await fetch(`/test/${name}`, { method: "POST", body });
  if (!response.ok)
    throw new Error(`the server does not take the order ${name}: ${response.status}`);
}
