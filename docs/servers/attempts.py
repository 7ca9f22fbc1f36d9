"""Attempt ids for a WSGI app that rotates refresh cookies and knows none: around Django or Flask.

    application = Attempts(get_wsgi_application(), "/dj-rest-auth/token/refresh/", "my-refresh-token")
    app.wsgi_app = Attempts(app.wsgi_app, "/refresh", "refresh_token_cookie")

A refresh that comes again, with the same cookie and the same attempt id, gets the same answer: for a minute, and until the
cookie that it brought is presented. This is for one process. For several, keep the answers in Redis, and hold a lock there.
They are secrets: for a minute only, and in no log.
"""

import hashlib
import re
import threading
import time

WINDOW = 60
# 32 hexadecimal digits, or a UUID.
ATTEMPT_ID = re.compile(r"[0-9a-fA-F-]{32,36}")


class Attempts:
    def __init__(self, app, path, cookie):
        self.app, self.path, self.cookie = app, path, cookie
        self.guard = threading.Lock()
        self.attempts = {}
        self.made_by = {}

    def __call__(self, environ, start_response):
        token = read(environ.get("HTTP_COOKIE", ""), self.cookie)
        attempt = environ.get("HTTP_X_REQUESTED_WITH", "")
        if token:
            self.presented(token)
        is_refresh = environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"] == self.path
        if not (is_refresh and token and ATTEMPT_ID.fullmatch(attempt)):
            return self.app(environ, start_response)
        key = digest(f"{token} {attempt}")
        with self.guard:
            self.forget_old()
            kept = self.attempts.setdefault(key, Attempt())
        # The same one twice at once: the second waits for the first.
        with kept.lock:
            if kept.answer is None:
                answer = call(self.app, environ)
                successor = cookie_of(answer, self.cookie)
                if not successor:
                    start_response(*answer[:2])
                    return answer[2]
                status, headers, body = answer
                # It says that a retry does no harm.
                kept.answer = status, [*headers, ("X-Requested-With", attempt)], body
                with self.guard:
                    self.made_by[digest(successor)] = key
            start_response(*kept.answer[:2])
            return kept.answer[2]

    def presented(self, token):
        """The answer that brought it has come."""
        with self.guard:
            self.attempts.pop(self.made_by.pop(digest(token), None), None)

    def forget_old(self):
        now = time.monotonic()
        self.attempts = {key: kept for key, kept in self.attempts.items() if now - kept.began_at < WINDOW}
        self.made_by = {made: key for made, key in self.made_by.items() if key in self.attempts}


class Attempt:
    def __init__(self):
        self.lock = threading.Lock()
        self.began_at = time.monotonic()
        self.answer = None


def call(app, environ):
    """Status, headers and body, whole."""
    head = []
    body = app(environ, lambda status, headers, exc_info=None: head.append((status, headers)))
    try:
        return *head[-1], list(body)
    finally:
        if hasattr(body, "close"):
            body.close()


def cookie_of(answer, name):
    status, headers, _ = answer
    set_cookies = [value for header, value in headers if header.lower() == "set-cookie"]
    return status.startswith("2") and next(filter(None, (read(value, name) for value in set_cookies)), None)


def read(text, name):
    for pair in text.split(";"):
        key, _, value = pair.strip().partition("=")
        if key == name:
            return value.strip('"')
    return None


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()
