"""Counts what a back end answers, from outside of it."""

import threading
from collections import Counter

NAMES = ("sign_ins", "refreshes", "refused", "sign_outs", "api_ok", "api_401")


class Counters:
    """A WSGI application around that of the back end. `endpoints`: the paths of `sign_in`, `refresh` and `sign_out`."""

    def __init__(self, application, endpoints):
        self._application = application
        self._endpoints = endpoints
        self._lock = threading.Lock()
        self._counts = Counter()

    def __call__(self, environ, start_response):
        def counting_start(status, headers, exc_info=None):
            name = self._name(environ["REQUEST_METHOD"], environ["PATH_INFO"], int(status.split()[0]))
            if name:
                with self._lock:
                    self._counts[name] += 1
            return start_response(status, headers, exc_info)

        return self._application(environ, counting_start)

    def read(self):
        with self._lock:
            return {name: self._counts[name] for name in NAMES}

    def reset(self):
        with self._lock:
            self._counts.clear()

    def _name(self, method, path, status):
        is_good = 200 <= status < 300
        if method == "OPTIONS":
            return None
        if path == self._endpoints["refresh"]:
            return "refreshes" if is_good else "refused"
        if path == self._endpoints["sign_in"]:
            return "sign_ins" if is_good else None
        if path == self._endpoints["sign_out"]:
            return "sign_outs" if is_good else None
        if path.startswith("/api/"):
            return "api_ok" if is_good else "api_401" if status == 401 else None
        return None
