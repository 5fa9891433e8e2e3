"""Our own HTTP/1.1 when things go wrong: uploads, cancellation, closing, TLS, threads, time."""

from __future__ import annotations

import asyncio
import gc
import random
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from tests.runtime.loopback import LONG, Loopback, Peer, Scripted, reply
from tests.runtime.test_http import PATIENT, Wire, open_wire

from socialcommerce.runtime.http_fast import AsyncFastTransport, FastTransport, blocking, looped, routes
from socialcommerce.runtime.transport import Interrupted, NotSent, Request, Timeout

LARGE = bytes(50_000_000)


pytestmark = pytest.mark.usefixtures("no_proxies")

OPENERS: dict[str, Callable[..., Any]] = {"sync": FastTransport, "asyncio": AsyncFastTransport}


@pytest.fixture(params=OPENERS)
def kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
def wire(kind: str, stack: ExitStack) -> Wire:
    return open_wire(stack, kind, OPENERS[kind])


@pytest.fixture
def full(stack: ExitStack) -> str:
    """Where connecting never ends: a server with a full queue of connections that nobody accepts."""
    listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
    for _ in range(4):
        peer = stack.enter_context(socket.socket())
        peer.setblocking(False)
        peer.connect_ex(listener.getsockname())
    return f"127.0.0.1:{listener.getsockname()[1]}"


def serve(peer: Peer) -> object:
    """Answer requests; silence, half a reply, or an answer before the whole request was read, by the path."""
    while (head := peer.read_head()) is not None:
        target = head.target
        if target == "/silent":
            return peer.gone()
        if target == "/half":
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            return peer.gone()
        if target == "/early":
            peer.send(reply(b"too large", "413 Too Large"))
            return None
        if target == "/early-and-open":
            peer.send(reply(b"too large", "413 Too Large"))
            return peer.gone()
        peer.read_body(head)
        peer.send(reply(target.encode()))
    return True


async def until(condition: Callable[[], bool]) -> None:
    for _ in iter(condition, True):
        await asyncio.sleep(0)


class TestLargeRequests:
    def test_one_is_sent_whole(self, wire: Wire, play: Any) -> None:
        def script(peer: Peer) -> None:
            while (head := peer.read_head()) is not None:
                peer.send(reply(b"%d" % peer.read_body(head)))

        server = play(script)
        for _ in range(2):
            assert wire.send(server.url("/"), method="POST", content=LARGE).content == b"50000000"
        assert server.connections == 1

    def test_a_server_may_answer_before_it_has_read_it(self, wire: Wire, play: Any) -> None:
        server = play(serve)
        response = wire.send(server.url("/early"), method="POST", content=LARGE)
        assert (response.status, response.content) == (413, b"too large")
        assert wire.send(server.url("/next")).content == b"/next"
        assert server.connections == 2

    def test_the_rest_is_not_sent_to_one_that_answered(self, play: Any) -> None:
        async def main() -> None:
            transport = AsyncFastTransport()
            large = Request("POST", server.url("/early-and-open"), {}, LARGE)
            assert (await transport.send(large, PATIENT)).status == 413
            assert (await transport.send(Request("GET", server.url("/next")), PATIENT)).content == b"/next"
            await transport.aclose()

        server = play(serve)
        asyncio.run(main())
        assert server.connections == 2

    def test_one_that_nobody_reads_is_given_up(self, wire: Wire, play: Any) -> None:
        given_up = threading.Event()
        server = play(lambda peer: peer.read_head() and given_up.wait(LONG))
        for hurry in (Timeout(LONG, 0.05, LONG), Timeout(LONG, LONG, 0.05)):
            with pytest.raises(Interrupted, match="in time"):
                wire.send(server.url("/"), hurry, method="POST", content=LARGE)
        given_up.set()
        assert server.ended(2)

    @pytest.mark.parametrize(("total", "sent"), [(1000, 10), (45, 2)])
    def test_every_piece_has_its_time_and_all_have_the_total(
        self, total: float, sent: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A byte every twenty seconds is slow, but not silent."""
        now, written = [0.0], bytearray()

        class Slow(socket.socket):
            def send(self, data: Any, flags: int = 0, /) -> int:
                now[0] += 20
                if now[0] > total:
                    raise TimeoutError
                written.extend(data[:1])
                return 1

            def recv(self, size: int, flags: int = 0, /) -> bytes:
                return reply(b"ok")

        monkeypatch.setattr(blocking, "monotonic", lambda: now[0])
        with Slow() as slow:
            line = blocking._Line(slow)
            try:
                line.exchange("POST", [b"0123456789"], 30, total)
            except TimeoutError:
                assert total == 45
        assert len(written) == sent

    def test_what_the_server_takes_counts_as_heard(self, play: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        async def main() -> None:
            line = looped._Line(looped._Watch())
            await asyncio.get_running_loop().create_connection(lambda: line, *server.netloc.split(":"))
            sending = asyncio.create_task(line.exchange("POST", [b"x" * 70000, LARGE], 30, 1000))
            await until(lambda: line._room is not None)
            assert line.due == now[0] + 30
            now[0] += 25
            taking.set()
            await sending
            assert line.due == now[0] + 30
            line.close()
            await asyncio.sleep(0)

        def script(peer: Peer) -> None:
            taking.wait(LONG)
            taken = 0
            while taken < len(LARGE) + 70000:
                taken += len(peer.connection.recv(1 << 20))
            peer.send(reply(b"ok"))

        now, taking = [100.0], threading.Event()
        monkeypatch.setattr(looped, "monotonic", lambda: now[0])
        server = play(script)
        asyncio.run(main())


class TestCancelling:
    """Wherever a task is cancelled, its connection is closed, and no other request gets to it."""

    @pytest.fixture(autouse=True)
    def _quietly(self, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
        yield
        gc.collect()
        assert caplog.records == []

    @pytest.mark.parametrize(("path", "content"), [("/silent", b""), ("/half", b""), ("/unread", LARGE)])
    def test_while_it_sends_or_waits_or_reads(self, path: str, content: bytes, play: Any) -> None:
        def under_way(transport: AsyncFastTransport) -> bool:
            """Whether the exchange has come to the point that is meant."""
            line = next(iter(transport._watch._lines), None)
            return line is not None and bool(
                line._room if content else path == "/silent" or line._reader._body
            )

        async def main() -> None:
            transport = AsyncFastTransport()
            task = asyncio.create_task(
                transport.send(Request("POST", server.url(path), {}, content), PATIENT)
            )
            await until(lambda: under_way(transport))
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            cancelled.set()
            assert (await transport.send(Request("GET", server.url("/next")), PATIENT)).content == b"/next"
            assert await asyncio.to_thread(server.ended, 1)
            await transport.aclose()

        def script(peer: Peer) -> object:
            return cancelled.wait(LONG) if content and peer.number == 1 else serve(peer)

        cancelled = threading.Event()
        server = play(script)
        asyncio.run(main())
        assert server.connections == 2

    def test_while_it_connects(self, full: str) -> None:
        async def main() -> None:
            transport = AsyncFastTransport()
            task = asyncio.create_task(transport.send(Request("GET", f"http://{full}/"), PATIENT))
            for _ in range(5):
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await transport.aclose()

        asyncio.run(main())

    def test_as_the_connection_is_made(self, play: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        async def main() -> None:
            made = looped._Line.connection_made
            transport = AsyncFastTransport()
            task = asyncio.create_task(transport.send(Request("GET", server.url("/")), PATIENT))

            def cancel(line: Any, transport: Any) -> None:
                made(line, transport)
                task.cancel()

            monkeypatch.setattr(looped._Line, "connection_made", cancel)
            with pytest.raises(asyncio.CancelledError):
                await task
            await transport.aclose()

        server = play(serve)
        asyncio.run(main())
        assert server.ended(1)
        assert server.played == [True]

    def test_at_every_turn_of_the_loop(self, play: Any) -> None:
        server = play(serve)
        get = Request("GET", server.url("/json"))

        async def main(turns: int) -> None:
            transport = AsyncFastTransport()
            task = asyncio.create_task(transport.send(get, PATIENT))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert (await transport.send(get, PATIENT)).status == 200
            await transport.aclose()

        for turns in range(40):
            asyncio.run(main(turns))
        assert server.ended(server.connections)


class TestClosing:
    def test_what_is_under_way_is_broken_off(self, play: Any) -> None:
        async def main() -> None:
            transport = AsyncFastTransport()
            gets = [Request("GET", server.url(path)) for path in ("/silent", "/half", "/silent")]
            tasks = [asyncio.create_task(transport.send(get, PATIENT)) for get in gets]
            await until(lambda: len(transport._watch._lines) == len(tasks))
            await transport.aclose()
            for ended in await asyncio.gather(*tasks, return_exceptions=True):
                assert isinstance(ended, Interrupted)

        server = play(serve)
        asyncio.run(main())
        gc.collect()
        assert server.ended(3)

    def test_what_connects_meanwhile_is_not_sent(self, play: Any) -> None:
        async def main() -> None:
            transport = AsyncFastTransport()
            task = asyncio.create_task(transport.send(Request("GET", server.url("/")), PATIENT))
            await asyncio.sleep(0)
            await transport.aclose()
            with pytest.raises(NotSent, match="closed"):
                await task

        server = play(serve)
        asyncio.run(main())
        assert server.ended(1)
        assert server.played == [True]

    def test_a_thread_may_close_while_another_sends(self, play: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        """Closed at the worst moment, it still keeps no connection."""
        transport, server = FastTransport(), play(serve)
        monkeypatch.setattr(routes, "bypasses_proxy", lambda _: False)
        split = routes.urlsplit
        monkeypatch.setattr(routes, "urlsplit", lambda url: transport.close() or split(url))
        assert transport.send(Request("GET", server.url("/last")), PATIENT).content == b"/last"
        assert server.ended(1)


class TestConnecting:
    def test_through_a_connection_that_ends_as_it_is_made_nothing_is_sent(
        self, play: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:

        async def main() -> None:
            made = looped._Line.connection_made
            monkeypatch.setattr(
                looped._Line, "connection_made", lambda line, transport: made(line, transport) or line.close()
            )
            transport = AsyncFastTransport()
            with pytest.raises(NotSent, match="could not connect"):
                await transport.send(Request("GET", server.url("/")), PATIENT)
            await transport.aclose()

        server = play(serve)
        asyncio.run(main())
        assert server.ended(1)
        assert server.connections == 1

    def test_the_total_limits_it_too(self, wire: Wire, full: str) -> None:
        with pytest.raises(NotSent, match="in time"):
            wire.send(f"http://{full}/", Timeout(connect=LONG, read=LONG, total=0.05))

    def test_a_host_that_nobody_knows(self, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
        def unknown(*_: Any, **__: Any) -> None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        with pytest.raises(NotSent, match="no such host"):
            wire.send("http://nowhere.example/?token=SECRET")

    def test_all_addresses_of_a_host_share_the_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        now, allowed = [0.0], []

        def slow(address: tuple[str, int], timeout: float) -> socket.socket:
            allowed.append((address[0], timeout))
            now[0] += min(timeout, 3)
            raise TimeoutError

        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{n}", 80)) for n in range(1, 5)]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        monkeypatch.setattr(socket, "create_connection", slow)
        monkeypatch.setattr(blocking, "monotonic", lambda: now[0])
        with pytest.raises(NotSent, match="in time"):
            FastTransport().send(Request("GET", "http://many.example/"), Timeout(connect=5))
        assert allowed == [("127.0.0.1", 5), ("127.0.0.2", 2)]

    def test_the_next_address_is_tried(self, play: Any, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
        server = play(serve)
        port = int(server.netloc.rpartition(":")[2])
        real = socket.getaddrinfo

        def two(host: str, *arguments: Any, **options: Any) -> Any:
            hosts = ["127.0.0.9", "127.0.0.1"] if host == "two.example" else [host]
            return [found for host in hosts for found in real(host, *arguments, **options)]

        monkeypatch.setattr(socket, "getaddrinfo", two)
        assert wire.send(f"http://two.example:{port}/two").content == b"/two"

    @pytest.mark.parametrize("name", ["http_proxy", "all_proxy"])
    def test_a_proxy_is_held_to_the_total(
        self, kind: str, name: str, stack: ExitStack, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        proxy = Loopback()
        stack.callback(proxy.close)
        monkeypatch.setenv(name, proxy.netloc)
        monkeypatch.setenv("no_proxy", "other.example")
        wire = open_wire(stack, kind, OPENERS[kind])
        monkeypatch.setattr("tests.runtime.loopback.Received.path", "/drip")
        with pytest.raises(Interrupted):
            wire.send("http://shop.example/drip", Timeout(LONG, LONG, 0.1))


class TestManyAtOnce:
    """Every reply belongs to its request, whatever the server does to the others."""

    @staticmethod
    def script(peer: Peer) -> None:
        while (request := peer.read()) is not None:
            mine, number = reply(request.target.encode()), int(request.target.rpartition("=")[2])
            match random.Random(number).randrange(8):
                case 0:
                    return
                case 1:
                    peer.send(mine[:-3])
                    return
                case 2:
                    peer.send(mine + reply(b"nobody's"))
                case 3:
                    peer.send(b"HTTP/1.1 103 Early Hints\r\n\r\n" + mine)
                case 4:
                    peer.send(mine.replace(b"1.1", b"1.0"))
                case 5:
                    peer.send(mine)
                    return
                case _:
                    peer.send(mine)

    NUMBERS = range(600)

    def check(self, server: Scripted, outcomes: list[bytes | Exception]) -> None:
        for number, outcome in zip(self.NUMBERS, outcomes, strict=True):
            broken = random.Random(number).randrange(8) < 2
            if isinstance(outcome, bytes):
                assert outcome == f"/?n={number}".encode()
                assert not broken
            else:  # one that ended well may meet a connection that ends at that moment
                assert isinstance(outcome, Interrupted)

    def test_among_threads(self, play: Any) -> None:
        server, transport = play(self.script), FastTransport()

        def send(number: int) -> bytes | Exception:
            try:
                return transport.send(Request("GET", server.url(f"/?n={number}")), PATIENT).content
            except Interrupted as error:
                return error

        with ThreadPoolExecutor(50) as threads:
            self.check(server, list(threads.map(send, self.NUMBERS)))
        transport.close()
        assert server.ended(server.connections)

    def test_among_tasks(self, play: Any) -> None:
        server = play(self.script)

        async def main() -> list[bytes | Exception]:
            transport, places = AsyncFastTransport(), asyncio.Semaphore(50)

            async def send(number: int) -> bytes | Exception:
                async with places:
                    try:
                        get = Request("GET", server.url(f"/?n={number}"))
                        return (await transport.send(get, PATIENT)).content
                    except Interrupted as error:
                        return error

            outcomes = await asyncio.gather(*map(send, self.NUMBERS))
            await transport.aclose()
            return outcomes

        self.check(server, asyncio.run(main()))
        assert server.ended(server.connections)
