import { createSession } from "silent-session";

export const session = createSession({
  refresh: "/auth/refresh",
  signOut: "/auth/logout",
  sendTokenTo: ["https://api.example.com/v1"],
});

await session.ready; // restored from the cookie, or not
session.subscribe(() => console.log(session.state.status));

export const signIn = (credentials: FormData) =>
  session.signIn(() => fetch("/auth/login", { method: "POST", body: credentials }));
export const me = () =>
  session.fetch("https://api.example.com/v1/me").then((response) => response.json());
