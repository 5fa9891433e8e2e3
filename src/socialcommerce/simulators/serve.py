"""A twin on loopback over plain HTTP, so that other programs can talk to it.

In a program::

    with serve(open_twin("shopee")) as server:
        print(server.base_url)

At a prompt: ``python -m socialcommerce.simulators.serve shopee --port 8000``.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from attrs import frozen

from socialcommerce.runtime.transport import Interrupted, Request, Response
from socialcommerce.simulators import TWINS, open_twin
from socialcommerce.simulators.twin import Twin

__all__ = ["Served", "main", "serve"]


@frozen
class Served:
    """A twin that listens: ``base_url`` takes the place of the platform's host."""

    twin: Twin
    base_url: str


def _handler_of(twin: Twin) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            url = f"http://{self.headers.get('host', 'localhost')}{self.path}"
            request = Request(self.command, url, dict(self.headers.items()), self.rfile.read(length))
            try:
                response = twin.handle(request)
            except Interrupted:
                self.close_connection = True
                return
            self.reply(response)

        def reply(self, response: Response) -> None:
            self.send_response(response.status)
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(response.content)))
            self.end_headers()
            self.wfile.write(response.content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815  # the names http.server calls

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: queries hold tokens."""

    return Handler


@contextmanager
def serve(twin: Twin, port: int = 0) -> Generator[Served, None, None]:
    """Expose ``twin`` on 127.0.0.1 while the block runs; port 0 takes a free one.

    A fault that breaks the line closes the socket without a reply.
    """
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler_of(twin))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Served(twin, f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def main(arguments: Sequence[str] | None = None, stop: threading.Event | None = None) -> None:
    """Serve a twin until it is interrupted (or ``stop`` is set); prints the settings to use."""
    parser = argparse.ArgumentParser(prog="socialcommerce.simulators.serve", description=__doc__)
    parser.add_argument("platform", choices=sorted(TWINS))
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (a free one unless given)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the pretend world")
    options = parser.parse_args(arguments)
    twin = open_twin(options.platform, seed=options.seed)
    twin.market.add_product("TS-1", stock=25)
    with serve(twin, options.port) as served:
        token = twin.issue_token(twin.accounts[0])
        told = {"base_url": served.base_url, "settings": twin.settings(), "token": token}
        sys.stdout.write(json.dumps(told, indent=2, default=str) + "\n")
        sys.stdout.flush()
        try:
            (stop or threading.Event()).wait()
        except KeyboardInterrupt:
            sys.stdout.write("stopped\n")


if __name__ == "__main__":
    main()
