"""Our own HTTP/1.1: odd replies, dying connections, large uploads, cancellation, forks, threads."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

import pytest
from tests.runtime.loopback import LONG, Loopback, Peer, reply
from tests.runtime.test_http import PATIENT, Wire, open_wire, told

from socialcommerce.runtime.http.encoding import default_headers
from socialcommerce.runtime.http_fast import (
    AsyncFastTransport,
    FastTransport,
    messages,
    routes,
)
from socialcommerce.runtime.http_fast.messages import Reader
from socialcommerce.runtime.transport import (
    Interrupted,
    NotSent,
    Request,
    TransportFailure,
)

pytestmark = pytest.mark.usefixtures("no_proxies")


@pytest.fixture(params=["sync", "asyncio"])
def wire(request: pytest.FixtureRequest, stack: ExitStack) -> Wire:
    return open_wire(stack, request.param, FastTransport if request.param == "sync" else AsyncFastTransport)


@pytest.fixture
def answering(stack: ExitStack) -> Callable[[bytes], Loopback]:
    """A server that gives one reply to everything but ``/next``."""

    def start(odd: bytes) -> Loopback:
        server = Loopback(answer=lambda request: reply(b"next") if request.path == "/next" else odd)
        stack.callback(server.close)
        return server

    return start


def echo(peer: Peer) -> None:
    while (request := peer.read()) is not None:
        peer.send(reply(request.target.encode()))


def chunked(trailer: bytes = b"") -> bytes:
    return (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=y\r\no\r\n1\r\nk\r\n0\r\n"
        + trailer
        + b"\r\n"
    )


OK = reply(b"ok")
SECOND = reply(b"not yours", "404 Not Found", X_Second="1")

# What is sent, for which method, and what of it is the reply: status, body, whether another may follow.
REPLIES: dict[str, tuple[str, bytes, int, bytes, bool]] = {
    "with a length": ("GET", OK, 200, b"ok", True),
    "without a reason": ("GET", OK.replace(b" OK", b""), 200, b"ok", True),
    "in chunks": ("GET", chunked(), 200, b"ok", True),
    "with trailers": ("GET", chunked(b"X-Trail: 1\r\nContent-Encoding: gzip\r\n"), 200, b"ok", True),
    "204 with a length": ("GET", b"HTTP/1.1 204 None\r\nContent-Length: 9\r\n\r\n", 204, b"", True),
    "304 with a length": ("GET", b"HTTP/1.1 304 Same\r\nContent-Length: 9\r\n\r\n", 304, b"", True),
    "204 with a body": ("GET", b"HTTP/1.1 204 None\r\nContent-Length: 2\r\n\r\nok", 204, b"", False),
    "to HEAD": ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", 200, b"", False),
    "to HEAD with a body": ("HEAD", OK, 200, b"", False),
    "after 100": ("GET", b"HTTP/1.1 100 Continue\r\nX-Second: 1\r\n\r\n" + OK, 200, b"ok", True),
    "after 103": ("GET", b"HTTP/1.1 103 Early Hints\r\nX-Second: 1\r\n\r\n" * 3 + OK, 200, b"ok", True),
    "of HTTP/1.0": ("GET", OK.replace(b"1.1", b"1.0"), 200, b"ok", False),
    "that is the last": ("GET", reply(b"ok", Connection="close"), 200, b"ok", False),
    "that offers HTTP/2": ("GET", reply(b"ok", Upgrade="h2,h2c", Connection="Upgrade"), 200, b"ok", True),
    "longer than announced": ("GET", OK + b"er", 200, b"ok", False),
    "and another": ("GET", OK + SECOND, 200, b"ok", False),
    "in chunks and another": ("GET", chunked() + SECOND, 200, b"ok", False),
    "that is the last, and another": ("GET", reply(b"ok", Connection="close") + SECOND, 200, b"ok", False),
}

NO_REPLIES: dict[str, bytes] = {
    "nothing like HTTP": b"220 mail.example ESMTP\r\n",
    "another protocol": b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nxyz",
    "another protocol, unnamed": b"HTTP/1.1 101 Switching\r\n\r\nxyz",
    "a status below 100": b"HTTP/1.1 099 Low\r\nContent-Length: 2\r\n\r\nok" + OK,
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok!",
    "a negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
    "an endless length": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nok",
    "a length and chunks": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok",
    "a chunk without a length": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxx\r\nok\r\n",
    "a zero in a header": b"HTTP/1.1 200 OK\r\nX: \0\r\n\r\n",
    "a head that does not end": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000,
    "a header that does not end": b"HTTP/1.1 200 OK\r\nX: " + b"y" * 300_000,
    "announcements without end": b"HTTP/1.1 103 Early Hints\r\n\r\n" * 10_000,
}


def cut(reply: bytes, size: int) -> list[bytes]:
    return [reply[start : start + size] for start in range(0, len(reply), size)]


class TestReplies:
    @pytest.mark.parametrize("name", REPLIES)
    def test_a_reply_is_read_as_far_as_it_goes_and_no_further(
        self, wire: Wire, answering: Callable[[bytes], Loopback], name: str
    ) -> None:
        method, sent, status, body, lasting = REPLIES[name]
        server = answering(sent)
        response = wire.send(server.url("/"), method=method)
        assert (response.status, response.content) == (status, body)
        assert not {"x-second", "x-trail", "content-encoding"} & response.headers.keys()
        assert wire.send(server.url("/next")).content == b"next"
        assert server.connections == (1 if lasting else 2)

    @pytest.mark.parametrize("name", REPLIES)
    def test_it_may_be_cut_anywhere(self, name: str) -> None:
        method, sent, status, body, _ = REPLIES[name]
        splits = [[sent[:at], sent[at:]] for at in range(1, len(sent))]
        for pieces in [cut(sent, 1), cut(sent, 2), *splits]:
            reader = Reader()
            reader.expect(method)
            for piece in pieces:
                reader.feed(piece)
            response = reader.response()
            assert (reader.whole, response.status, response.content) == (True, status, body)

    @pytest.mark.parametrize("name", NO_REPLIES)
    def test_what_is_no_reply_is_an_interruption(
        self, wire: Wire, answering: Callable[[bytes], Loopback], name: str
    ) -> None:
        server = answering(NO_REPLIES[name])
        with pytest.raises(Interrupted):
            wire.send(server.url("/"))
        assert wire.send(server.url("/next")).content == b"next"
        assert server.connections == 2

    @pytest.mark.parametrize(
        "head", ["HTTP/1.1 200 OK", "HTTP/1.0 200 OK", "HTTP/1.1 200 OK\r\nConnection: close"]
    )
    def test_the_end_of_the_connection_may_end_the_body(self, wire: Wire, play: Any, head: str) -> None:
        def script(peer: Peer) -> None:
            peer.read()
            peer.send(f"{head}\r\n\r\nall of".encode())
            peer.send(b" it")

        assert wire.send(play(script).url("/")).content == b"all of it"

    @pytest.mark.parametrize(
        "sent",
        [
            b"HTTP/1.1 2",
            b"HTTP/1.1 200 OK\r\nX: y\r\n",
            b"HTTP/1.1 100 Go on\r\n\r\n",
            OK[:-1],
            chunked()[:-2],
        ],
    )
    def test_it_ends_nothing_else(self, wire: Wire, play: Any, sent: bytes) -> None:
        def script(peer: Peer) -> None:
            peer.read()
            peer.send(sent)

        with pytest.raises(Interrupted, match="broke off"):
            wire.send(play(script).url("/"))


class TestIdleConnections:
    """What happens on a connection between two requests; the loop is kept from seeing it by itself."""

    @pytest.fixture(params=["sync", "asyncio"])
    def twice(self, request: pytest.FixtureRequest) -> Callable[[str, Callable[[], object]], list[bytes]]:
        """Send twice, with something in between that the loop does not get to see."""

        async def run(url: str, between: Callable[[], object]) -> list[bytes]:
            transport = AsyncFastTransport()
            first = await transport.send(Request("GET", url), PATIENT)
            between()
            second = await transport.send(Request("GET", url), PATIENT)
            await transport.aclose()
            return [first.content, second.content]

        def send(url: str, between: Callable[[], object]) -> list[bytes]:
            transport = FastTransport()
            first = transport.send(Request("GET", url), PATIENT)
            between()
            second = transport.send(Request("GET", url), PATIENT)
            transport.close()
            return [first.content, second.content]

        return send if request.param == "sync" else lambda url, between: asyncio.run(run(url, between))

    @pytest.mark.parametrize(
        "unasked", [b"", None, SECOND, b"\r\n", SECOND[:9]], ids=["end", "reset", "reply", "line", "part"]
    )
    def test_one_that_the_server_ended_or_spoke_on_is_not_used_again(
        self, twice: Any, play: Any, unasked: bytes | None
    ) -> None:
        answered, spoken = threading.Event(), threading.Event()

        def script(peer: Peer) -> None:
            peer.read()
            peer.send(reply(b"%d" % peer.number))
            if peer.number == 2:
                return
            answered.wait(LONG)
            if unasked:
                peer.send(unasked)
                spoken.set()
                peer.gone()
            else:
                if unasked is None:
                    peer.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                peer.close()
                spoken.set()

        def between() -> None:
            answered.set()
            assert spoken.wait(LONG)

        server = play(script)
        assert twice(server.url("/"), between) == [b"1", b"2"]
        assert server.connections == 2

    @pytest.mark.parametrize("unasked", [b"", SECOND])
    def test_the_loop_closes_it_as_soon_as_it_sees_that(self, play: Any, unasked: bytes) -> None:
        def script(peer: Peer) -> object:
            peer.read()
            peer.send(OK)
            answered.wait(LONG)
            peer.send(unasked) if unasked else peer.connection.shutdown(socket.SHUT_WR)
            return peer.gone()

        async def main() -> None:
            transport = AsyncFastTransport()
            await transport.send(Request("GET", server.url("/")), PATIENT)
            answered.set()
            await asyncio.to_thread(server.ended, 1)
            await transport.aclose()

        answered = threading.Event()
        server = play(script)
        asyncio.run(main())
        assert server.played == [True]

    def test_one_that_dies_while_it_is_used_again_is_an_interruption(self, wire: Wire, play: Any) -> None:
        def script(peer: Peer) -> object:
            first = peer.read()
            peer.send(OK)
            return (first, peer.read())

        server = play(script)
        wire.send(server.url("/1"))
        with pytest.raises(Interrupted):
            wire.send(server.url("/2"), method="POST")
        assert server.ended(1)
        assert server.connections == 1  # nothing was sent twice

    def test_one_that_was_idle_too_long_is_closed(
        self, wire: Wire, play: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = [1000.0]
        monkeypatch.setattr(routes, "monotonic", lambda: now[0])
        server = play(echo)
        for moment, connections in ((0, 1), (4.9, 1), (9.7, 1), (14.8, 2)):
            now[0] = 1000 + moment
            wire.send(server.url("/"))
            assert server.connections == connections
        assert server.ended(1)

    def test_one_of_a_server_that_is_not_asked_again_is_closed_when_another_is_asked(
        self, wire: Wire, play: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = [1000.0]
        monkeypatch.setattr(routes, "monotonic", lambda: now[0])
        first, second = play(echo), play(echo)
        wire.send(first.url("/"))
        now[0] += 6
        wire.send(second.url("/"))
        assert first.ended(1)

    def test_one_of_an_origin_forgotten_is_closed(
        self, wire: Wire, play: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(routes, "ROUTES_KEPT", 1)
        first, second = play(echo), play(echo)
        wire.send(first.url("/"))
        wire.send(second.url("/"))
        assert first.ended(1)
        assert wire.send(first.url("/again")).content == b"/again"

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
    @pytest.mark.filterwarnings("ignore::DeprecationWarning")
    @pytest.mark.parametrize("proxied", [False, True])
    def test_a_forked_child_speaks_on_connections_of_its_own(
        self, proxied: bool, play: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server = play(lambda peer: [peer.send(reply(b"%d" % peer.number)) for _ in iter(peer.read, None)])
        if proxied:
            monkeypatch.setenv("http_proxy", server.netloc)
        transport = FastTransport()
        get = Request("GET", "http://shop.example/" if proxied else server.url("/"))
        assert transport.send(get, PATIENT).content == b"1"
        child = os.fork()
        if child == 0:
            with suppress(TransportFailure):
                os._exit(int(transport.send(get, PATIENT).content))
            os._exit(99)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
        assert transport.send(get, PATIENT).content == b"1"
        transport.close()

    def test_one_that_is_forgotten_is_closed_without_a_warning(self, play: Any) -> None:
        server = play(echo)
        FastTransport().send(Request("GET", server.url("/")), PATIENT)
        gc.collect()
        assert server.ended(1)


class TestRequests:
    @pytest.mark.parametrize(
        "parts",
        [
            {"headers": {"X": "SECRET\r\nY: 1"}},
            {"headers": {"X": "SECRET\nY: 1"}},
            {"headers": {"X": "SECRET\rY: 1"}},
            {"headers": {"X": "SECRET\0"}},
            {"headers": {"X": "SECRET\u20ac"}},
            {"headers": {"X\r\nY": "SECRET"}},
            {"headers": {"X: Y": "SECRET"}},
            {"headers": {"X Y": "SECRET"}},
            {"headers": {"X ": "SECRET"}},
            {"headers": {"": "SECRET"}},
            {"headers": {"\u00e9": "SECRET"}},
            {"headers": {"Content-Length": "1", "X": "SECRET"}, "content": b"SECRET"},
            {"headers": {"transfer-encoding": "chunked", "X": "SECRET"}, "content": b"SECRET"},
            {"method": "GET / HTTP/1.1\r\nX: y\r\n\r\nGET"},
            {"method": "G\u00c9T"},
            {"method": "G T"},
            {"method": ""},
        ],
        ids=repr,
    )
    def test_what_would_be_read_as_something_else_is_not_sent(
        self, wire: Wire, play: Any, parts: dict[str, Any]
    ) -> None:
        server = play(echo)
        with pytest.raises(NotSent) as caught:
            wire.send(server.url("/"), **parts)
        assert "SECRET" not in told(caught.value)
        assert server.connections == 0

    @pytest.mark.parametrize(
        "url",
        [
            "http://{}/a b",
            "http://{}/a\r\nX: y",
            "http://{}/a\n",
            "http://{}/a\0",
            "http://{}/\u4f60",
            "http://{}/#\n",
            "http://h\u00f6st.example/",
            "http://user name@{}/",
            "http://{}:0/",
            "http://127.0.0.1:0/",
            "http://127.0.0.1:65536/",
            "http://127.0.0.1:port/",
            "http://[::1/",
            "http://[zz]/",
            "http://.example/",
            "http://" + "a" * 64 + ".example/",
            "http://@/",
            "http://?x",
            "//{}/",
            "",
        ],
    )
    def test_nor_is_what_is_no_url(self, wire: Wire, play: Any, url: str) -> None:
        server = play(echo)
        with pytest.raises(NotSent):
            wire.send(url.format(server.netloc))
        assert server.connections == 0
        wire.close()
        with pytest.raises(NotSent, match="closed"):
            wire.send(url.format(server.netloc))

    @pytest.mark.parametrize(
        ("url", "target"),
        [
            ("http://{}", "/"),
            ("HTTP://{}/A", "/A"),
            ("http://{}?a=/b", "/?a=/b"),
            ("http://{}#part", "/"),
            ("http://{}/a?b#c?d", "/a?b"),
            ("http://{}//a/../b;c?", "//a/../b;c?"),
            ("http://{}/%0d%0A?x=?/:@'()!$*,", "/%0d%0A?x=?/:@'()!$*,"),
        ],
    )
    def test_a_url_becomes_the_target_as_it_was_signed(
        self, wire: Wire, play: Any, url: str, target: str
    ) -> None:
        server = play(echo)
        assert wire.send(url.format(server.netloc)).content == target.encode()

    def test_a_login_in_the_url_is_neither_sent_nor_told(self, wire: Wire, play: Any) -> None:
        def script(peer: Peer) -> None:
            request = peer.read()
            assert request is not None
            peer.send(reply(repr(request.headers).encode()))

        server = play(script)
        url = f"http://me:SECRET@{server.netloc}/"
        assert b"SECRET" not in wire.send(url).content
        server.close()
        with pytest.raises(NotSent) as caught:
            wire.send(url)
        assert "SECRET" not in told(caught.value)

    def test_an_address_of_ipv6_is_a_host(self, wire: Wire, play: Any) -> None:
        try:
            server = play(echo, family=socket.AF_INET6)
        except OSError:
            pytest.skip("no IPv6 here")
        assert wire.send(server.url("/six")).content == b"/six"

    def test_a_true_length_of_ones_own_is_sent_as_it_is(self, wire: Wire, stack: ExitStack) -> None:
        server = Loopback()
        stack.callback(server.close)
        wire.send(server.url("/echo"), method="POST", headers={"CONTENT-LENGTH": "2"}, content=b"ok")
        assert server.received[0].body == b"ok"

    def test_the_defaults_are_sent_once_however_often(self) -> None:
        defaults = default_headers()
        for _ in range(3):
            (written,) = messages.pieces(Request("GET", "x"), "/", b"h", defaults)
            assert (written.count(b"Accept-Encoding"), written.count(b"User-Agent")) == (1, 1)
