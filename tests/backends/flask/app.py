"""Flask-JWT-Extended, as its documentation sets it up: access tokens in a header, the refresh token in a cookie, with
CSRF double submit and a blocklist."""

import os

from flask import Flask, Response, jsonify, request
from flask_cors import CORS
from flask_jwt_extended import (
    JWTManager,
    create_access_token,
    create_refresh_token,
    get_jti,
    get_jwt,
    get_jwt_identity,
    jwt_required,
    set_refresh_cookies,
    unset_jwt_cookies,
)

from memory import blocklist, issued, users

app = Flask(__name__)
app.config["JWT_SECRET_KEY"] = "for tests only, and as long as HS256 wants it to be"
app.config["JWT_TOKEN_LOCATION"] = ["headers", "cookies"]
app.config["JWT_COOKIE_CSRF_PROTECT"] = True
# There is no TLS here. In production this is True.
app.config["JWT_COOKIE_SECURE"] = False
# Not the default: a cookie that outlives the browser.
app.config["JWT_SESSION_COOKIE"] = False
# Without a domain, pages of a sibling host cannot read the CSRF token. The refresh token gets it as well.
app.config["JWT_COOKIE_DOMAIN"] = os.environ["COOKIE_DOMAIN"] or None

CORS(app, origins=[os.environ["PAGE_ORIGIN"]], supports_credentials=True)
jwt = JWTManager(app)


@jwt.token_in_blocklist_loader
def is_revoked(_header, claims):
    return claims["jti"] in blocklist


@jwt.user_lookup_loader
def user_of(_header, claims):
    return claims["sub"] if claims["sub"] in users else None


def answer_with_tokens(name):
    """A new access token in the body, a new refresh token in the cookie."""
    access, refresh = create_access_token(identity=name), create_refresh_token(identity=name)
    issued["access"].add(get_jti(access))
    issued["refresh"].add(get_jti(refresh))
    response = jsonify(access_token=access)
    set_refresh_cookies(response, refresh)
    return response


@app.post("/login")
def login():
    name = request.json.get("username")
    if name not in users or users[name] != request.json.get("password"):
        return jsonify(msg="Bad username or password"), 401
    return answer_with_tokens(name)


@app.post("/refresh")
@jwt_required(refresh=True)
def refresh():
    blocklist.add(get_jwt()["jti"])
    return answer_with_tokens(get_jwt_identity())


@app.delete("/logout")
@jwt_required(refresh=True)
def logout():
    blocklist.add(get_jwt()["jti"])
    response = jsonify(msg="Refresh token successfully revoked")
    unset_jwt_cookies(response)
    return response


@app.get("/api/me")
@jwt_required(locations=["headers"])
def me():
    return jsonify(user=get_jwt_identity())


@app.post("/api/echo")
@jwt_required(locations=["headers"])
def echo():
    return Response(request.get_data(), content_type=request.content_type)
