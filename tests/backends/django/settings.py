"""dj-rest-auth with simplejwt, as their documentation sets them up for a single-page app on another origin."""

import os
from datetime import timedelta
from pathlib import Path

PAGE_ORIGIN = os.environ["PAGE_ORIGIN"]
COOKIE_DOMAIN = os.environ["COOKIE_DOMAIN"] or None

SECRET_KEY = "for tests only, and as long as HS256 wants it to be"
ALLOWED_HOSTS = ["127.0.0.1", ".localhost"]
ROOT_URLCONF = "urls"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "corsheaders",
    "rest_framework",
    "rest_framework.authtoken",
    "rest_framework_simplejwt.token_blacklist",
    "dj_rest_auth",
]

MIDDLEWARE = [
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ("dj_rest_auth.jwt_auth.JWTCookieAuthentication",),
}

REST_AUTH = {
    "USE_JWT": True,
    "JWT_AUTH_COOKIE": "my-app-auth",
    "JWT_AUTH_REFRESH_COOKIE": "my-refresh-token",
    "JWT_AUTH_HTTPONLY": True,
    # For requests that come with the cookie `my-app-auth` and without a token in a header.
    "JWT_AUTH_COOKIE_USE_CSRF": True,
}

# Without a domain, pages of a sibling host cannot read it. The other cookies need none.
CSRF_COOKIE_DOMAIN = COOKIE_DOMAIN

SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=5),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=1),
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    # Its only difference: tests can revoke it.
    "AUTH_TOKEN_CLASSES": ("tokens.AccessToken",),
}

CORS_ALLOWED_ORIGINS = [PAGE_ORIGIN]
CORS_ALLOW_CREDENTIALS = True
CSRF_TRUSTED_ORIGINS = [PAGE_ORIGIN]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": Path(os.environ["DATA_FOLDER"]) / "db.sqlite3",
        # Writers wait for each other, from the beginning of their transactions.
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
    }
}

# Django's own advice for tests: the usual ones are slow on purpose.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# To standard error, also without DEBUG.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
