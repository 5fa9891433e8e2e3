"""Our own HTTP/1.1 over TLS: handshakes and connections that break off, and loops one after the other."""

from __future__ import annotations

import asyncio
import gc
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

import pytest
import trustme
from tests.runtime.loopback import LONG, Loopback, Peer, reply
from tests.runtime.test_http import PATIENT, Wire, open_wire

from socialcommerce.runtime.http_fast import AsyncFastTransport, FastTransport, looped
from socialcommerce.runtime.transport import Interrupted, NotSent, Request, Timeout

pytestmark = pytest.mark.usefixtures("no_proxies")

OPENERS: dict[str, Callable[..., Any]] = {"sync": FastTransport, "asyncio": AsyncFastTransport}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def trust(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture(scope="module")
def identity(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture
def secured(identity: ssl.SSLContext, stack: ExitStack) -> Callable[[], Loopback]:
    def start() -> Loopback:
        server = Loopback(tls=identity)
        stack.callback(server.close)
        return server

    return start


@pytest.fixture(params=OPENERS)
def wire(request: pytest.FixtureRequest, trust: ssl.SSLContext, stack: ExitStack) -> Wire:
    return open_wire(stack, request.param, lambda: OPENERS[request.param](tls=trust))


class TestTLS:
    @pytest.mark.parametrize("said", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x16\x03\x03\x00"])
    def test_a_server_that_breaks_off_the_handshake_was_sent_nothing(
        self, wire: Wire, play: Any, said: bytes
    ) -> None:
        server = play(lambda peer: peer.connection.recv(1 << 16) and peer.send(said))
        with pytest.raises(NotSent, match="could not connect"):
            wire.send(server.url("/?token=SECRET", "https"))
        assert server.ended(1)

    def test_a_handshake_that_does_not_end_is_given_up(self, wire: Wire, play: Any) -> None:
        given_up = threading.Event()
        server = play(lambda peer: given_up.wait(LONG))
        with pytest.raises(NotSent, match="in time"):
            wire.send(server.url("/", "https"), Timeout(connect=0.05, read=LONG, total=LONG))
        given_up.set()

    def test_a_large_request_is_sent_whole(self, wire: Wire, secured: Any) -> None:
        server = secured()
        assert wire.send(server.url("/json"), method="POST", content=bytes(5_000_000)).status == 200
        assert len(server.received[0].body) == 5_000_000
        wire.send(server.url("/json"))
        assert server.connections == 1

    @pytest.mark.parametrize("ending", ["close", "unwrap", "shutdown"])
    def test_an_idle_connection_that_the_server_ended_is_not_used_again(
        self, wire: Wire, play: Any, identity: ssl.SSLContext, ending: str
    ) -> None:
        def script(peer: Peer) -> None:
            secure = identity.wrap_socket(peer.connection, server_side=True)
            secure.recv(1 << 16)
            secure.sendall(reply(b"%d" % peer.number))
            answered.acquire()
            if ending == "shutdown":
                secure.shutdown(socket.SHUT_WR)
            elif ending == "unwrap":
                secure.settimeout(0)
                with suppress(OSError):
                    secure.unwrap()  # says goodbye, and does not wait for the answer
            ended.release()
            secure.close()

        answered, ended = threading.Semaphore(0), threading.Semaphore(0)
        server = play(script)
        for number in (b"1", b"2", b"3"):
            assert wire.send(server.url("/", "https")).content == number
            answered.release()
            assert ended.acquire(timeout=LONG)
            assert server.ended(int(number))

    def test_what_is_no_tls_is_an_interruption(
        self, wire: Wire, play: Any, identity: ssl.SSLContext, caplog: pytest.LogCaptureFixture
    ) -> None:
        def script(peer: Peer) -> None:
            below = peer.connection.dup()
            with identity.wrap_socket(peer.connection, server_side=True) as secure, below:
                secure.recv(1 << 16)
                below.sendall(reply(b"in plain text"))
                secure.recv(1)

        server = play(script)
        with pytest.raises(Interrupted):
            wire.send(server.url("/?token=SECRET", "https"))
        assert server.ended(1)
        assert caplog.records == []

    def test_a_reply_that_is_cut_is_an_interruption(self, wire: Wire, secured: Any) -> None:
        server = secured()
        for path in ("/truncated", "/truncated-chunks", "/drop"):
            with pytest.raises(Interrupted):
                wire.send(server.url(path))
        assert wire.send(server.url("/json")).status == 200

    def test_one_transport_after_another_in_loops_of_their_own(
        self, secured: Any, trust: ssl.SSLContext
    ) -> None:
        async def main() -> int:
            transport = AsyncFastTransport(tls=trust)
            gets = [transport.send(Request("GET", server.url("/json")), PATIENT) for _ in range(3)]
            statuses = {response.status for response in await asyncio.gather(*gets)}
            await transport.aclose()
            return statuses.pop()

        server = secured()
        assert [asyncio.run(main()), asyncio.run(main())] == [200, 200]
        gc.collect()
        assert server.wait_until(lambda: server.open == 0)

    def test_one_cancelled_as_it_is_made_is_closed_at_once(
        self, secured: Any, trust: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Not after the server has agreed, which it may never do."""

        async def main() -> None:
            made = looped._Line.connection_made
            transport = AsyncFastTransport(tls=trust)
            task = asyncio.create_task(transport.send(Request("GET", server.url("/json")), PATIENT))

            def cancel(line: Any, transport: Any) -> None:
                made(line, transport)
                task.cancel()

            monkeypatch.setattr(looped._Line, "connection_made", cancel)
            with pytest.raises(asyncio.CancelledError):
                await task
            await transport.aclose()

        server = secured()
        asyncio.run(main())
        gc.collect()
        assert server.wait_until(lambda: server.open == 0)
