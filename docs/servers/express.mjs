// A complete back end for silent-session with Express: sign-in, refresh, sign-out and an API.
// In an empty folder: npm install express cors cookie-parser jsonwebtoken; PAGE_ORIGIN=http://127.0.0.1:3000 node express.mjs

import { randomBytes } from "node:crypto";

import cookieParser from "cookie-parser";
import cors from "cors";
import express from "express";
import jwt from "jsonwebtoken";

import { RefreshTokens } from "./rotation.mjs";

const { PAGE_ORIGIN = "http://127.0.0.1:3000", PORT = 4000 } = process.env;
const SECRET = randomBytes(32);
/** Seconds. */
const ACCESS_LIFETIME = 15 * 60;
const SESSION_LIFETIME = 30 * 24 * 60 * 60;
const COOKIE = "__Host-refresh";
const ATTRIBUTES = { httpOnly: true, secure: true, sameSite: "strict", path: "/" };

/** For an example: an app has hashes, made slowly. */
const PASSWORDS = new Map([["alice", "wonderland"]]);
const refreshTokens = new RefreshTokens(SESSION_LIFETIME);

const app = express();
app.disable("x-powered-by");
// Before everything that may refuse: a refusal without these headers is a network error to the page.
app.use(
  cors({
    origin: [PAGE_ORIGIN],
    credentials: true,
    exposedHeaders: ["Date", "Retry-After", "WWW-Authenticate", "X-Requested-With"],
    maxAge: 600,
  }),
);
app.use((_request, response, next) => {
  response.set("Cache-Control", "no-store");
  next();
});

const auth = express.Router();
auth.use(cookieParser());

// It reads JSON alone, which no form sends.
auth.post("/login", express.json(), (request, response) => {
  const { user, password } = request.body ?? {};
  if (typeof password !== "string" || PASSWORDS.get(user) !== password)
    return void response.status(401).json({ error: "invalid_credentials" });
  answer(response, refreshTokens.begin(user));
});

auth.post("/refresh", fromScript, (request, response) => {
  const next = refreshTokens.rotate(request.cookies[COOKIE], request.get("X-Requested-With"));
  // The cookie stays: a refusal that comes late would delete a newer one.
  if (next) answer(response, next);
  else response.status(401).json({ error: "invalid_grant" });
});

auth.post("/logout", fromScript, (request, response) => {
  refreshTokens.end(request.cookies[COOKIE]);
  response.clearCookie(COOKIE, ATTRIBUTES).status(204).end();
});

/** No form can set the header, and across origins CORS is asked first. */
function fromScript(request, response, next) {
  if (request.get("X-Requested-With")) next();
  else
    response
      .status(400)
      .json({ error: "invalid_request", error_description: "X-Requested-With is missing" });
}

function answer(response, { token, user, family, attempt, maxAge }) {
  // It says that a retry does no harm: pages wait for nothing then.
  if (attempt) response.set("X-Requested-With", attempt);
  // Express counts in milliseconds, and writes seconds.
  response.cookie(COOKIE, token, { ...ATTRIBUTES, maxAge: maxAge * 1000 });
  const accessToken = jwt.sign({ sid: family }, SECRET, {
    algorithm: "HS256",
    subject: user,
    expiresIn: ACCESS_LIFETIME,
  });
  response.json({ access_token: accessToken, token_type: "Bearer", expires_in: ACCESS_LIFETIME });
}

function authenticate(request, response, next) {
  const [, token] = /^Bearer (.+)$/i.exec(request.get("Authorization") ?? "") ?? [];
  try {
    request.claims = jwt.verify(token, SECRET, { algorithms: ["HS256"] });
  } catch {
    const challenge = token === undefined ? "Bearer" : 'Bearer error="invalid_token"';
    return void response
      .status(401)
      .set("WWW-Authenticate", challenge)
      .json({ error: "invalid_token" });
  }
  next();
}

app.use("/auth", auth);
app.get(
  "/api/me",
  authenticate,
  (request, response) => void response.json({ user: request.claims.sub }),
);
app.use((_request, response) => void response.status(404).json({ error: "not_found" }));
// Without it Express answers errors in HTML: a broken body, for instance.
app.use((error, _request, response, _next) => {
  const status = error.status ?? 500;
  if (status >= 500) console.error(error);
  response.status(status).json({ error: status >= 500 ? "server_error" : "invalid_request" });
});

const server = app.listen(PORT, "127.0.0.1", () =>
  console.log(`http://127.0.0.1:${server.address().port}`),
);
