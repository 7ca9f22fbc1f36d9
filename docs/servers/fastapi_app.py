"""A complete back end for silent-session with FastAPI: sign-in, refresh, sign-out and an API.

pip install fastapi uvicorn pyjwt; PAGE_ORIGIN=http://127.0.0.1:3000 uvicorn fastapi_app:app --port 4000
"""

import hashlib
import hmac
import os
import re
import secrets
import time
import uuid
from typing import Annotated

import jwt
from fastapi import Cookie, Depends, FastAPI, Header, Response
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel

SECRET = secrets.token_bytes(32)
ACCESS_LIFETIME = 15 * 60
SESSION_LIFETIME = 30 * 24 * 60 * 60
COOKIE = "__Host-refresh"
ATTRIBUTES = {"httponly": True, "secure": True, "samesite": "strict", "path": "/"}

# Seconds for which a retry of one attempt gets the same answer.
REPLAY_WINDOW = 60
# 32 hexadecimal digits, or a UUID.
ATTEMPT_ID = re.compile(r"[0-9a-fA-F-]{32,36}")

# For an example: an app has hashes, made slowly.
PASSWORDS = {"alice": "wonderland"}


class Refused(Exception):
    """Answered in JSON."""

    def __init__(self, status, error, headers=None):
        self.status, self.error, self.headers = status, error, headers


class RefreshTokens:
    """They rotate by the rule of docs/rotation.md. In an app this is a table, and `rotate` one transaction. These
    functions wait for nothing, so that on one event loop no two of them are at work at once."""

    def __init__(self):
        self.key = secrets.token_bytes(32)
        self.rows = {}

    def begin(self, user):
        family = {"id": uuid.uuid4().hex, "user": user, "ends_at": time.time() + SESSION_LIFETIME, "revoked": False}
        return self._issue(secrets.token_urlsafe(32), family, None)

    def rotate(self, token, attempt):
        row = self.rows.get(digest(token))
        if row is None or row["family"]["revoked"] or time.time() >= row["family"]["ends_at"]:
            raise Refused(401, "invalid_grant")
        known = attempt if ATTEMPT_ID.fullmatch(attempt) else None
        if row["successor"] is None:
            if is_retry(row, known):
                # Its cookie has come, and the client does not know: itself again.
                return token, row["family"]
            successor = self._derive(token, known) if known else secrets.token_urlsafe(32)
            row["successor"] = digest(successor)
            return self._issue(successor, row["family"], known)
        successor = self.rows[row["successor"]]
        if is_retry(successor, known) and successor["successor"] is None:
            # The answer was lost: the same successor again, as long as nobody has presented it.
            return self._derive(token, known), row["family"]
        row["family"]["revoked"] = True
        raise Refused(401, "invalid_grant")

    def end(self, token):
        if row := self.rows.get(digest(token)):
            row["family"]["revoked"] = True

    def _derive(self, token, attempt):
        return hmac.new(self.key, f"{token} {attempt}".encode(), "sha256").hexdigest()

    def _issue(self, token, family, attempt):
        self.rows[digest(token)] = {"family": family, "attempt": attempt, "issued_at": time.time(), "successor": None}
        return token, family


def digest(token):
    return hashlib.sha256((token or "").encode()).digest()


def is_retry(row, attempt):
    return attempt is not None and row["attempt"] == attempt and time.time() - row["issued_at"] < REPLAY_WINDOW


refresh_tokens = RefreshTokens()
app = FastAPI()


@app.exception_handler(Refused)
async def refuse(_request, refused):
    return JSONResponse({"error": refused.error}, refused.status, refused.headers)


@app.middleware("http")
async def no_store(request, call_next):
    response = await call_next(request)
    response.headers["Cache-Control"] = "no-store"
    return response


# Added last, so it stands in front. It lets no method but GET and no header of ours through unless they are named.
app.add_middleware(
    CORSMiddleware,
    allow_origins=[os.environ.get("PAGE_ORIGIN", "http://127.0.0.1:3000")],
    allow_credentials=True,
    allow_methods=["GET", "POST"],
    allow_headers=["Authorization", "X-Requested-With"],
    expose_headers=["Date", "Retry-After", "WWW-Authenticate", "X-Requested-With"],
)


async def attempt_id(x_requested_with: Annotated[str, Header()] = ""):
    """No form can set it, and across origins CORS is asked first. Optional, as FastAPI answers 422 to what is missing."""
    if not x_requested_with:
        raise Refused(400, "invalid_request")
    return x_requested_with


Attempt = Annotated[str, Depends(attempt_id)]
RefreshCookie = Annotated[str, Cookie(alias=COOKIE)]


class Credentials(BaseModel):
    user: str
    password: str


@app.post("/auth/login")
async def login(credentials: Credentials, response: Response):
    if PASSWORDS.get(credentials.user) != credentials.password:
        raise Refused(401, "invalid_credentials")
    return answer(response, *refresh_tokens.begin(credentials.user))


@app.post("/auth/refresh")
async def refresh(response: Response, attempt: Attempt, token: RefreshCookie = ""):
    # A refusal leaves the cookie: one that comes late would delete a newer one.
    following = refresh_tokens.rotate(token, attempt)
    if ATTEMPT_ID.fullmatch(attempt):
        # It says that a retry does no harm: pages wait for nothing then.
        response.headers["X-Requested-With"] = attempt
    return answer(response, *following)


@app.post("/auth/logout", status_code=204)
async def logout(response: Response, attempt: Attempt, token: RefreshCookie = ""):
    refresh_tokens.end(token)
    response.delete_cookie(COOKIE, **ATTRIBUTES)


def answer(response, token, family):
    response.set_cookie(COOKIE, token, max_age=int(family["ends_at"] - time.time()), **ATTRIBUTES)
    now = int(time.time())
    claims = {"sub": family["user"], "sid": family["id"], "iat": now, "exp": now + ACCESS_LIFETIME}
    return {"access_token": jwt.encode(claims, SECRET, "HS256"), "token_type": "Bearer", "expires_in": ACCESS_LIFETIME}


async def claims_of(bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))]):
    if bearer is None:
        raise Refused(401, "invalid_token", {"WWW-Authenticate": "Bearer"})
    try:
        return jwt.decode(bearer.credentials, SECRET, ["HS256"])
    except jwt.InvalidTokenError as error:
        raise Refused(401, "invalid_token", {"WWW-Authenticate": 'Bearer error="invalid_token"'}) from error


@app.get("/api/me")
async def me(claims: Annotated[dict, Depends(claims_of)]):
    return {"user": claims["sub"]}
