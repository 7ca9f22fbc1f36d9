// A complete back end for silent-session with Fastify: sign-in, refresh, sign-out and an API.
// In an empty folder: npm install fastify @fastify/cookie @fastify/cors @fastify/jwt; PAGE_ORIGIN=http://127.0.0.1:3000 node fastify.mjs

import { randomBytes } from "node:crypto";

import cookie from "@fastify/cookie";
import cors from "@fastify/cors";
import jwt from "@fastify/jwt";
import fastify from "fastify";

import { RefreshTokens } from "./rotation.mjs";

const { PAGE_ORIGIN = "http://127.0.0.1:3000", PORT = 4000 } = process.env;
/** Seconds. */
const ACCESS_LIFETIME = 15 * 60;
const SESSION_LIFETIME = 30 * 24 * 60 * 60;
const COOKIE = "__Host-refresh";
const ATTRIBUTES = { httpOnly: true, secure: true, sameSite: "strict", path: "/" };

/** For an example: an app has hashes, made slowly. */
const PASSWORDS = new Map([["alice", "wonderland"]]);
const refreshTokens = new RefreshTokens(SESSION_LIFETIME);

const app = fastify();
await app.register(cors, {
  origin: [PAGE_ORIGIN],
  credentials: true,
  exposedHeaders: ["Date", "Retry-After", "WWW-Authenticate", "X-Requested-With"],
  maxAge: 600,
});
await app.register(jwt, {
  secret: randomBytes(32),
  sign: { algorithm: "HS256", expiresIn: ACCESS_LIFETIME },
  verify: { algorithms: ["HS256"] },
});
app.addHook("onRequest", async (_request, reply) => void reply.header("Cache-Control", "no-store"));

await app.register(
  async (auth) => {
    await auth.register(cookie);

    // It reads JSON alone, which no form sends.
    auth.post("/login", async (request, reply) => {
      const { user, password } = request.body ?? {};
      if (typeof password !== "string" || PASSWORDS.get(user) !== password)
        return reply.code(401).send({ error: "invalid_credentials" });
      return answer(reply, refreshTokens.begin(user));
    });

    auth.post("/refresh", { onRequest: fromScript }, async (request, reply) => {
      const next = refreshTokens.rotate(
        request.cookies[COOKIE],
        request.headers["x-requested-with"],
      );
      // The cookie stays: a refusal that comes late would delete a newer one.
      return next ? answer(reply, next) : reply.code(401).send({ error: "invalid_grant" });
    });

    auth.post("/logout", { onRequest: fromScript }, async (request, reply) => {
      refreshTokens.end(request.cookies[COOKIE]);
      return reply.clearCookie(COOKIE, ATTRIBUTES).code(204).send();
    });
  },
  { prefix: "/auth" },
);

/** No form can set the header, and across origins CORS is asked first. */
async function fromScript(request, reply) {
  if (!request.headers["x-requested-with"])
    return reply.code(400).send({ error: "invalid_request" });
}

function answer(reply, { token, user, family, attempt, maxAge }) {
  // It says that a retry does no harm: pages wait for nothing then.
  if (attempt) reply.header("X-Requested-With", attempt);
  reply.setCookie(COOKIE, token, { ...ATTRIBUTES, maxAge });
  return {
    access_token: app.jwt.sign({ sub: user, sid: family }),
    token_type: "Bearer",
    expires_in: ACCESS_LIFETIME,
  };
}

async function authenticate(request, reply) {
  try {
    await request.jwtVerify();
  } catch {
    const challenge =
      request.headers.authorization === undefined ? "Bearer" : 'Bearer error="invalid_token"';
    return reply.code(401).header("WWW-Authenticate", challenge).send({ error: "invalid_token" });
  }
}

app.get("/api/me", { onRequest: authenticate }, async (request) => ({ user: request.user.sub }));

console.log(await app.listen({ port: Number(PORT), host: "127.0.0.1" }));
