"""What tests order of a back end, below `/test/`. No page can: there is no CORS here."""

import json


class Controls:
    """A WSGI application around that of the counters.

    Each order is a POST whose JSON body names the arguments of a function of the back end: `reset`, `add_user`,
    `remove_user`, `set_lifetimes`, `revoke_access`, `revoke_refresh`.
    """

    def __init__(self, counters, backend):
        self._counters = counters
        self._orders = {
            "reset": lambda: (backend.reset(), counters.reset()),
            "add-user": backend.add_user,
            "remove-user": backend.remove_user,
            "lifetimes": backend.set_lifetimes,
            "revoke-access": backend.revoke_access,
            "revoke-refresh": backend.revoke_refresh,
        }

    def __call__(self, environ, start_response):
        path = environ["PATH_INFO"]
        if not path.startswith("/test/"):
            return self._counters(environ, start_response)
        name = path.removeprefix("/test/")
        if name == "counters":
            return _answer(start_response, "200 OK", self._counters.read())
        if name not in self._orders or environ["REQUEST_METHOD"] != "POST":
            return _answer(start_response, "404 Not Found", {"error": f"there is no order {name}"})
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self._orders[name](**json.loads(body or b"{}"))
        return _answer(start_response, "200 OK", {})


def _answer(start_response, status, value):
    start_response(status, [("Content-Type", "application/json"), ("Cache-Control", "no-store")])
    return [json.dumps(value).encode()]
