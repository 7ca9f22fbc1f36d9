import { session } from "./use.ts";

const { fetch } = session;

// Any client that takes a fetch: ky.create({ fetch }), createClient({ fetch }), new HttpLink({ fetch }) …
export const load = (id: number) =>
  fetch(`https://api.example.com/v1/reports/${id}`).then((r) => r.json());

// What cannot go through fetch asks for the token, and says which one was refused.
export async function connect(refused?: string) {
  const token = await session.accessToken({ not: refused, minValidity: 30 });
  return new WebSocket("wss://api.example.com/v1/live", ["bearer", token]);
}
