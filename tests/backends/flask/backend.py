"""The Flask app as a back end for tests."""

from datetime import timedelta

from app import app
from memory import blocklist, issued, users

application = app

ENDPOINTS = {"sign_in": "/login", "refresh": "/refresh", "sign_out": "/logout"}

ACCESS_LIFETIME = app.config["JWT_ACCESS_TOKEN_EXPIRES"]
REFRESH_LIFETIME = app.config["JWT_REFRESH_TOKEN_EXPIRES"]


def reset():
    """Alice and Bob, nobody signed in, the library's own lifetimes."""
    users.clear()
    for name in ("alice", "bob"):
        add_user(name, f"{name}'s password")
    revoke_access()
    revoke_refresh()
    set_lifetimes(ACCESS_LIFETIME.total_seconds(), REFRESH_LIFETIME.total_seconds())


def add_user(name, password):
    users[name] = password


def remove_user(name):
    del users[name]


def set_lifetimes(access_seconds, refresh_seconds):
    """Of the tokens that are issued from now on."""
    app.config["JWT_ACCESS_TOKEN_EXPIRES"] = timedelta(seconds=access_seconds)
    app.config["JWT_REFRESH_TOKEN_EXPIRES"] = timedelta(seconds=refresh_seconds)


def revoke_access():
    """Every access token of now."""
    blocklist.update(issued["access"])


def revoke_refresh():
    """Every refresh token of now."""
    blocklist.update(issued["refresh"])
