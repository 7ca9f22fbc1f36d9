"""Serves one back end for tests: `serve.py django|flask PAGE_ORIGIN [COOKIE_DOMAIN]`.

It takes a free port of 127.0.0.1, says where it listens, and ends when its standard input does, whatever has become of
whoever started it.
"""

import importlib
import os
import sys
import tempfile
import threading
from pathlib import Path

import waitress

from controls import Controls
from counters import Counters

# As many requests are answered at a time; tests send 50 at once.
THREADS = 16


def main(name, page_origin, cookie_domain=""):
    with tempfile.TemporaryDirectory(prefix=f"silent-session-{name}-") as folder:
        os.environ.update(PAGE_ORIGIN=page_origin, COOKIE_DOMAIN=cookie_domain, DATA_FOLDER=folder)
        sys.path.insert(0, str(Path(__file__).parents[1] / name))
        backend = importlib.import_module("backend")
        backend.reset()
        counters = Counters(backend.application, backend.ENDPOINTS)
        application = Controls(counters, backend)
        server = waitress.create_server(application, host="127.0.0.1", port=0, threads=THREADS)
        threading.Thread(target=server.run, daemon=True).start()
        print(f"listening on http://127.0.0.1:{server.effective_port}", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
