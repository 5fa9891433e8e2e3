"""Every transport keeps the same promises: one class of tests, run over all of them."""

from __future__ import annotations

import json
import logging
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import httpx2
import pytest
from anyio.from_thread import start_blocking_portal
from tests.runtime.loopback import BROKEN, JSON, LONG, Loopback

from socialcommerce.runtime.http import (
    AsyncDefaultTransport,
    AsyncHttpxTransport,
    DefaultTransport,
    HttpxTransport,
)
from socialcommerce.runtime.http_fast import AsyncFastTransport, FastTransport
from socialcommerce.runtime.transport import (
    Interrupted,
    NotSent,
    Request,
    Response,
    Timeout,
    TransportFailure,
)

PATIENT = Timeout(connect=LONG, read=LONG, total=LONG)

SYNC: dict[str, Callable[[], Any]] = {
    "default": DefaultTransport,
    "default over httpcore2": lambda: DefaultTransport(core="httpcore2"),
    "httpx": lambda: HttpxTransport(httpx.Client(), owned=True),
    "httpx2": lambda: HttpxTransport(httpx2.Client(), owned=True),
    "fast": FastTransport,
}
ASYNC: dict[str, Callable[[], Any]] = {
    "default": AsyncDefaultTransport,
    "default over httpcore2": lambda: AsyncDefaultTransport(core="httpcore2"),
    "httpx": lambda: AsyncHttpxTransport(httpx.AsyncClient(), owned=True),
    "httpx2": lambda: AsyncHttpxTransport(httpx2.AsyncClient(), owned=True),
    "fast": AsyncFastTransport,
}
ASYNCIO_ONLY = {"fast"}

KINDS = [
    *(("sync", name) for name in SYNC),
    *(("asyncio", name) for name in ASYNC),
    *(("trio", name) for name in ASYNC if name not in ASYNCIO_ONLY),
]


@dataclass
class Wire:
    """Any transport behind plain calls: an asynchronous one runs in a loop of its own."""

    transport: Any
    call: Callable[..., Any]

    def send(self, url: str, timeout: Timeout = PATIENT, **parts: Any) -> Response:
        request = Request(parts.pop("method", "GET"), url, **parts)
        response: Response = self.call(self.transport.send, request, timeout)
        return response

    def close(self) -> None:
        self.call(getattr(self.transport, "aclose", None) or self.transport.close)


def open_wire(stack: ExitStack, loop: str, opener: Callable[[], Any]) -> Wire:
    call = (lambda function, *arguments: function(*arguments)) if loop == "sync" else None
    if call is None:
        call = stack.enter_context(start_blocking_portal(loop)).call
    wire = Wire(call(opener), call)
    stack.callback(wire.close)
    return wire


def told(error: BaseException) -> str:
    """All that an error gives away: its text, and whatever it was raised from."""
    return f"{error!r} {error.__cause__!r} {error.__context__!r}"


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for scheme in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{scheme}_proxy", raising=False)
        monkeypatch.delenv(f"{scheme}_proxy".upper(), raising=False)


@pytest.fixture
def server() -> Iterator[Loopback]:
    server = Loopback()
    yield server
    server.close()


@pytest.fixture(params=KINDS, ids=lambda kind: f"{kind[1]}, {kind[0]}")
def wire(request: pytest.FixtureRequest) -> Iterator[Wire]:
    loop, name = request.param
    with ExitStack() as stack:
        yield open_wire(stack, loop, (SYNC if loop == "sync" else ASYNC)[name])


class TestEveryTransport:
    def test_answers_status_headers_and_body(self, wire: Wire, server: Loopback) -> None:
        response = wire.send(server.url("/json"))
        assert (response.status, response.content) == (200, JSON)
        assert response.headers["content-type"] == "application/json"
        assert response.headers["x-limit"] == "1, 2"

    def test_sends_the_request_as_it_was_signed(self, wire: Wire, server: Loopback) -> None:
        target = "/echo?sign=a%2Fb%20c%3D&x=%E4%BD%A0&empty="
        wire.send(server.url(target), method="PUT", headers={"X-Sign": "s=1"}, content=b'{"a":1}')
        (seen,) = server.received
        assert (seen.method, seen.target, seen.body) == ("PUT", target, b'{"a":1}')
        assert seen.headers["x-sign"] == "s=1"
        assert seen.headers["host"] == server.netloc
        assert seen.headers["user-agent"] == "socialcommerce"
        assert "gzip" in seen.headers["accept-encoding"]

    def test_a_header_of_the_request_wins_over_the_defaults(self, wire: Wire, server: Loopback) -> None:
        wire.send(server.url("/echo"), headers={"User-Agent": "mine", "Accept-Encoding": "identity"})
        assert server.received[0].headers["user-agent"] == "mine"
        assert server.received[0].headers["accept-encoding"] == "identity"

    def test_an_empty_post_states_its_length(self, wire: Wire, server: Loopback) -> None:
        wire.send(server.url("/echo"), method="POST")
        assert server.received[0].headers["content-length"] == "0"

    @pytest.mark.parametrize("path", ["/gzip", "/deflate"])
    def test_decompresses_and_drops_the_headers_of_compression(
        self, wire: Wire, server: Loopback, path: str
    ) -> None:
        response = wire.send(server.url(path))
        assert response.content == JSON
        assert not {"content-encoding", "content-length"} & response.headers.keys()

    def test_answers_a_redirect_and_does_not_follow_it(self, wire: Wire, server: Loopback) -> None:
        response = wire.send(server.url("/redirect"))
        assert (response.status, response.headers["location"]) == (302, "/json")
        assert len(server.received) == 1

    @pytest.mark.parametrize(("path", "status"), [("/empty", 204), ("/teapot", 418)])
    def test_an_error_status_is_an_answer(self, wire: Wire, server: Loopback, path: str, status: int) -> None:
        assert wire.send(server.url(path)).status == status

    def test_keeps_the_connection_for_the_next_request(self, wire: Wire, server: Loopback) -> None:
        for _ in range(4):
            wire.send(server.url("/gzip"))
        assert server.connections == 1

    @pytest.mark.parametrize("path", ["/announced", "/trailers", "/last"])
    def test_whatever_comes_before_and_after_a_reply_is_none_of_it(
        self, wire: Wire, server: Loopback, path: str
    ) -> None:
        for _ in range(2):
            response = wire.send(server.url(path))
            assert (response.status, response.content) == (200, b"ok")
            assert not {"x-second", "x-trail"} & response.headers.keys()
            assert wire.send(server.url("/json")).content == JSON

    def test_the_reply_to_head_has_no_body(self, wire: Wire, server: Loopback) -> None:
        for _ in range(2):
            assert wire.send(server.url("/head"), method="HEAD").content == b""
            assert wire.send(server.url("/json")).content == JSON

    def test_a_login_in_the_url_is_not_told(self, wire: Wire, server: Loopback) -> None:
        with pytest.raises(Interrupted) as caught:
            wire.send(server.url("/drop").replace("//", "//me:SECRET@"))
        assert "SECRET" not in told(caught.value)

    def test_many_threads_share_it(self, wire: Wire, server: Loopback) -> None:
        with ThreadPoolExecutor(8) as threads:
            urls = [server.url(f"/echo?n={n}") for n in range(40)]
            targets = [json.loads(response.content)["target"] for response in threads.map(wire.send, urls)]
        assert targets == [f"/echo?n={n}" for n in range(40)]
        assert server.connections <= 8

    def test_nothing_is_sent_where_nobody_listens(self, wire: Wire) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        with pytest.raises(NotSent, match="could not connect"):
            wire.send(f"http://127.0.0.1:{port}/x?token=SECRET")

    def test_nothing_is_sent_when_connecting_takes_too_long(self, wire: Wire) -> None:
        with socket.create_server(("127.0.0.1", 0), backlog=0) as full, ExitStack() as waiting:
            for _ in range(4):  # fill the queue of connections that nobody accepts
                peer = waiting.enter_context(socket.socket())
                peer.setblocking(False)
                peer.connect_ex(full.getsockname())
            url = f"http://127.0.0.1:{full.getsockname()[1]}/"
            with pytest.raises(NotSent, match=r"could not connect|no connection in time"):
                wire.send(url, Timeout(connect=0.1, read=LONG, total=LONG))

    @pytest.mark.parametrize("url", ["ftp://127.0.0.1/x?token=SECRET", "/x?token=SECRET", "http:///x", "x"])
    def test_nothing_is_sent_to_what_is_no_web_address(self, wire: Wire, url: str) -> None:
        with pytest.raises(NotSent) as caught:
            wire.send(url)
        assert "SECRET" not in told(caught.value)

    @pytest.mark.parametrize("path", [*BROKEN, "/not-gzip", "/half-gzip"])
    def test_what_breaks_after_sending_is_interrupted(self, wire: Wire, server: Loopback, path: str) -> None:
        with pytest.raises(Interrupted) as caught:
            wire.send(server.url(f"{path}?token=SECRET"), headers={"Authorization": "SECRET"})
        assert "SECRET" not in told(caught.value)
        assert wire.send(server.url("/json")).content == JSON

    def test_a_connection_that_closes_unread_is_interrupted(self, wire: Wire) -> None:
        server = Loopback(deaf=True)
        try:
            # A loop may see the end before anything was written: then nothing was sent.
            told = TransportFailure if isinstance(wire.transport, AsyncFastTransport) else Interrupted
            with pytest.raises(told):
                wire.send(server.url("/x"), method="POST", content=b"once")
            assert server.connections == 1
        finally:
            server.close()

    def test_a_late_reply_is_interrupted(self, wire: Wire, server: Loopback) -> None:
        with pytest.raises(Interrupted):
            wire.send(server.url("/stall"), Timeout(connect=LONG, read=0.05, total=LONG))

    def test_a_reply_that_never_ends_is_cut_at_the_total(self, wire: Wire, server: Loopback) -> None:
        started = time.monotonic()
        with pytest.raises(Interrupted):
            wire.send(server.url("/drip"), Timeout(connect=LONG, read=LONG, total=0.15))
        assert time.monotonic() - started < LONG

    def test_failures_leave_no_connection_open(self, wire: Wire, server: Loopback) -> None:
        for path in ("/truncated", "/garbage", "/drip", "/stall"):
            with pytest.raises(TransportFailure):
                wire.send(server.url(path), Timeout(connect=LONG, read=0.05, total=0.1))
        wire.send(server.url("/json"))
        wire.close()
        server._stop.set()
        assert server.wait_until(lambda: server.open == 0)

    def test_a_closed_transport_sends_nothing(self, wire: Wire, server: Loopback) -> None:
        wire.send(server.url("/json"))
        wire.close()
        wire.close()
        with pytest.raises(NotSent, match="closed"):
            wire.send(server.url("/json"))

    def test_no_secret_reaches_a_log(
        self, wire: Wire, server: Loopback, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            wire.send(server.url("/echo?token=SECRET"), headers={"Authorization": "SECRET"})
            with pytest.raises(Interrupted):
                wire.send(server.url("/drop?token=SECRET"))
        assert "SECRET" not in caplog.text

    def test_its_repr_tells_no_more_than_its_kind(self, wire: Wire) -> None:
        assert " over " in repr(wire.transport)
