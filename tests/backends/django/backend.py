"""The Django project as a back end for tests."""

import os
from datetime import timedelta

import django
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
django.setup()
call_command("migrate", verbosity=0)

# All of this wants a Django that is set up.
from django.conf import settings  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from rest_framework_simplejwt.settings import api_settings  # noqa: E402
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken  # noqa: E402
from rest_framework_simplejwt.tokens import RefreshToken  # noqa: E402

from tokens import AccessToken, revoke_issued  # noqa: E402

application = get_wsgi_application()

ENDPOINTS = {
    "sign_in": "/dj-rest-auth/login/",
    "refresh": "/dj-rest-auth/token/refresh/",
    "sign_out": "/dj-rest-auth/logout/",
}


def reset():
    """Alice and Bob, nobody signed in, lifetimes as in the settings."""
    User.objects.all().delete()
    OutstandingToken.objects.all().delete()
    for name in ("alice", "bob"):
        add_user(name, f"{name}'s password")
    set_lifetimes(
        settings.SIMPLE_JWT["ACCESS_TOKEN_LIFETIME"].total_seconds(),
        settings.SIMPLE_JWT["REFRESH_TOKEN_LIFETIME"].total_seconds(),
    )


def add_user(name, password):
    User.objects.create_user(name, password=password)


def remove_user(name):
    User.objects.get(username=name).delete()


def set_lifetimes(access_seconds, refresh_seconds):
    """Of the tokens that are issued from now on."""
    api_settings.ACCESS_TOKEN_LIFETIME = AccessToken.lifetime = timedelta(seconds=access_seconds)
    api_settings.REFRESH_TOKEN_LIFETIME = RefreshToken.lifetime = timedelta(seconds=refresh_seconds)


def revoke_access():
    """Every access token of now."""
    revoke_issued()


def revoke_refresh():
    """Every refresh token of now, by the blacklist."""
    for token in OutstandingToken.objects.all():
        BlacklistedToken.objects.get_or_create(token=token)
