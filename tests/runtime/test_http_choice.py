"""Proxies, TLS, injected clients, plain functions, and what ``transport=`` may be."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import ssl
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpx
import httpx2
import pytest
import trustme
from tests.runtime.loopback import JSON, LONG, Loopback, Received, reply

from socialcommerce.runtime.http import (
    AsyncDefaultTransport,
    AsyncFunctionTransport,
    AsyncHttpxTransport,
    DefaultTransport,
    FunctionTransport,
    HttpxTransport,
    as_async_transport,
    as_transport,
    async_transport_factory,
    encoding,
    open_async_transport,
    open_transport,
)
from socialcommerce.runtime.http.privacy import guard_logs, private
from socialcommerce.runtime.http_fast import AsyncFastTransport, FastTransport
from socialcommerce.runtime.transport import Interrupted, NotSent, Request, Response, Timeout

PATIENT = Timeout(connect=LONG, read=LONG, total=LONG)
FOREIGN = "http://shop.example/items?token=SECRET"


def get(transport: Any, url: str, timeout: Timeout = PATIENT) -> Response:
    response: Response = transport.send(Request("GET", url), timeout)
    return response


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server() -> Iterator[Loopback]:
    server = Loopback()
    yield server
    server.close()


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def serve(stack: ExitStack) -> Callable[..., Loopback]:
    def start(**settings: Any) -> Loopback:
        server = Loopback(**settings)
        stack.callback(server.close)
        return server

    return start


def answer_any(_: Received) -> bytes:
    return reply(b"by proxy")


def refuse(_: Received) -> bytes:
    return reply(b"", "403 Forbidden")


class TestProxies:
    @pytest.mark.parametrize("opener", [DefaultTransport, FastTransport])
    @pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "all_proxy"])
    def test_the_environment_names_the_proxy(
        self, opener: Any, variable: str, serve: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        proxy = serve(answer=answer_any)
        monkeypatch.setenv(variable, f"http://us%40er:pass@{proxy.netloc}")
        transport = opener()
        assert get(transport, FOREIGN).content == b"by proxy"
        transport.close()
        assert proxy.received[0].target == FOREIGN
        assert proxy.received[0].headers["proxy-authorization"] == "Basic dXNAZXI6cGFzcw=="

    @pytest.mark.parametrize("opener", [AsyncDefaultTransport, AsyncFastTransport])
    def test_an_async_transport_takes_it_too(
        self, opener: Any, serve: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        proxy = serve(answer=answer_any)
        monkeypatch.setenv("http_proxy", proxy.netloc)

        async def main() -> Response:
            transport = opener()
            try:
                response: Response = await transport.send(Request("GET", FOREIGN), PATIENT)
                return response
            finally:
                await transport.aclose()

        assert asyncio.run(main()).content == b"by proxy"

    @pytest.mark.parametrize("opener", [DefaultTransport, FastTransport])
    def test_no_proxy_leads_past_it(
        self, opener: Any, server: Loopback, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
        monkeypatch.setenv("no_proxy", "shop.example,127.0.0.1")
        transport = opener()
        assert get(transport, server.url("/json")).content == JSON
        transport.close()

    @pytest.mark.parametrize("opener", [DefaultTransport, FastTransport])
    def test_it_can_be_told_to_leave_the_environment_alone(
        self, opener: Any, server: Loopback, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
        transport = opener(trust_env=False)
        assert get(transport, server.url("/json")).content == JSON
        transport.close()

    @pytest.mark.parametrize("opener", [DefaultTransport, FastTransport])
    def test_a_proxy_that_refuses_the_tunnel_sent_nothing(
        self, opener: Any, serve: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("https_proxy", f"http://{serve(answer=refuse).netloc}")
        transport = opener()
        with pytest.raises(NotSent, match="proxy"):
            get(transport, FOREIGN.replace("http", "https"))
        transport.close()

    @pytest.mark.parametrize(
        "opener", [DefaultTransport, AsyncDefaultTransport, FastTransport, AsyncFastTransport]
    )
    def test_a_strange_proxy_is_refused_at_once(self, opener: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("http_proxy", "gopher://127.0.0.1")
        with pytest.raises(ValueError, match="gopher"):
            opener()

    def test_an_injected_client_keeps_its_own(self, serve: Any) -> None:
        proxy = serve(answer=answer_any)
        with httpx.Client(proxy=f"http://{proxy.netloc}") as client:
            assert get(HttpxTransport(client), FOREIGN).content == b"by proxy"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


class TestServerIdentity:
    @pytest.fixture
    def secure(self, authority: trustme.CA, serve: Any) -> Loopback:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        server: Loopback = serve(tls=context)
        return server

    @pytest.mark.parametrize(
        "opener", [DefaultTransport, lambda: DefaultTransport(core="httpcore2"), FastTransport]
    )
    def test_an_unknown_authority_is_refused_before_anything_is_sent(
        self, opener: Any, secure: Loopback
    ) -> None:
        transport = opener()
        with pytest.raises(NotSent, match=r"(?i)certificate"):
            get(transport, secure.url("/json?token=SECRET"))
        transport.close()
        assert secure.received == []

    @pytest.mark.parametrize(
        ("opener", "loop"),
        [
            (AsyncDefaultTransport, "asyncio"),
            (AsyncDefaultTransport, "trio"),
            (AsyncFastTransport, "asyncio"),
        ],
    )
    def test_an_async_transport_refuses_it_too(self, opener: Any, loop: str, secure: Loopback) -> None:
        async def main() -> None:
            transport = opener()
            with pytest.raises(NotSent, match="could not connect"):
                await transport.send(Request("GET", secure.url("/json")), PATIENT)
            await transport.aclose()

        anyio.run(main, backend=loop)
        assert secure.received == []

    @pytest.mark.parametrize("opener", [DefaultTransport, FastTransport])
    def test_a_context_of_ones_own_is_used(
        self, opener: Any, authority: trustme.CA, secure: Loopback
    ) -> None:
        context = ssl.create_default_context()
        authority.configure_trust(context)
        transport = opener(tls=context)
        assert get(transport, secure.url("/json")).content == JSON
        transport.close()

    @pytest.mark.parametrize("opener", [DefaultTransport, FastTransport])
    def test_the_environment_may_name_the_roots(
        self,
        opener: Any,
        authority: trustme.CA,
        secure: Loopback,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        transport = opener()
        assert get(transport, secure.url("/json")).content == JSON
        transport.close()

    @pytest.mark.parametrize("opener", [DefaultTransport, FastTransport])
    def test_roots_that_are_not_there_are_named(
        self, opener: Any, secure: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
        with pytest.raises(OSError, match=r"SSL_CERT_FILE.*none\.pem"):
            get(opener(), secure.url("/json"))
        assert secure.received == []


class TestInjectedClient:
    @pytest.mark.parametrize("library", [httpx, httpx2])
    def test_its_hooks_run_and_may_read_the_reply(self, library: Any, server: Loopback) -> None:
        seen: list[str] = []
        hooks = {"request": [lambda r: seen.append(r.method)], "response": [lambda r: seen.append(r.read())]}
        with library.Client(event_hooks=hooks) as client:
            response = get(HttpxTransport(client), server.url("/gzip"))
        assert response.content == JSON
        assert "content-encoding" not in response.headers
        assert seen == ["GET", JSON]

    def test_what_it_would_add_to_a_request_is_left_aside(self, server: Loopback) -> None:
        with httpx.Client(
            headers={"X-Mine": "1"},
            params={"p": "1"},
            cookies={"c": "1"},
            auth=("u", "p"),
            follow_redirects=True,
        ) as client:
            transport = HttpxTransport(client)
            assert get(transport, server.url("/redirect")).status == 302
        (seen,) = server.received
        assert seen.target == "/redirect"
        assert not {"x-mine", "cookie", "authorization"} & seen.headers.keys()

    def test_it_is_closed_by_its_owner_alone(self, server: Loopback) -> None:
        with httpx.Client() as client:
            HttpxTransport(client).close()
            assert client.get(server.url("/json")).content == JSON
        with pytest.raises(NotSent, match="closed"):
            get(HttpxTransport(client), server.url("/json"))

    def test_the_logs_of_its_other_requests_stay_as_they_are(
        self, server: Loopback, caplog: pytest.LogCaptureFixture
    ) -> None:
        with httpx.Client() as client, caplog.at_level(logging.INFO):
            get(HttpxTransport(client), server.url("/json?token=SECRET"))
            assert "SECRET" not in caplog.text
            assert "/json?..." in caplog.text
            client.get(server.url("/json?page=7"))
        assert "page=7" in caplog.text

    def test_the_wrong_kind_of_client_is_refused(self) -> None:
        with pytest.raises(TypeError, match="Client"):
            HttpxTransport(object())  # type: ignore[type-var]  # that is the point


class TestLimits:
    def test_a_full_pool_sends_nothing(self, server: Loopback) -> None:
        transport = DefaultTransport(max_connections=1)

        def occupy() -> None:
            with pytest.raises(Interrupted):
                get(transport, server.url("/stall"))

        thread = threading.Thread(target=occupy)
        thread.start()
        assert server.wait_until(lambda: len(server.received) == 1)
        with pytest.raises(NotSent, match="no free connection"):
            get(transport, server.url("/json"), Timeout(connect=0.05, read=LONG, total=LONG))
        server._stop.set()
        thread.join()
        transport.close()

    def test_the_routes_remembered_are_bounded(self, serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("http_proxy", f"http://{serve(answer=answer_any).netloc}")
        transport = DefaultTransport()
        for n in range(520):
            transport._route(urlsplit(f"http://host{n}.example/"))
        assert len(transport._routes) <= 512
        transport.close()

    def test_http2_asks_for_its_package(self, monkeypatch: pytest.MonkeyPatch) -> None:
        without(monkeypatch, "h2")
        with pytest.raises(ImportError, match="h2"):
            DefaultTransport(http2=True)

    def test_a_missing_http_library_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        without(monkeypatch, "httpcore", "httpcore2")
        with pytest.raises(ImportError, match="install httpx"):
            DefaultTransport()

    @pytest.mark.parametrize("path", ["/bare-deflate", "/gzip-members"])
    def test_unusual_compression_is_read(self, server: Loopback, path: str) -> None:
        transport = DefaultTransport()
        assert get(transport, server.url(path)).content == JSON
        transport.close()

    def test_an_unknown_encoding_is_left_as_it_came(self, serve: Any) -> None:
        server = serve(answer=lambda _: reply(b"??", Content_Encoding="rot13"))
        transport = DefaultTransport()
        response = get(transport, server.url("/"))
        assert (response.content, response.headers["content-encoding"]) == (b"??", "rot13")
        transport.close()


@pytest.mark.parametrize(("module", "error"), [("brotli", "error"), ("backports.zstd", "ZstdError")])
class TestOptionalDecompressors:
    @pytest.fixture
    def body(self, module: str, error: str, monkeypatch: pytest.MonkeyPatch) -> str:
        """Stand in for an installed decompressor: it reverses the bytes, and fails on an odd count."""
        failing = type(error, (Exception,), {})

        def decompress(body: bytes) -> bytes:
            if len(body) % 2:
                raise failing
            return body[::-1]

        for name in (module.partition(".")[0], module):
            fake = ModuleType(name)
            fake.__spec__ = ModuleSpec(name, None)
            vars(fake).update({"decompress": decompress, error: failing})
            monkeypatch.setitem(sys.modules, name, fake)
        monkeypatch.setattr(encoding, "_decoders", {})
        return {"brotli": "br", "backports.zstd": "zstd"}[module]

    def test_one_that_is_installed_is_offered_and_used(self, body: str, serve: Any) -> None:
        server = serve(answer=lambda _: reply(b"abcd", Content_Encoding=body))
        transport = DefaultTransport()
        assert get(transport, server.url("/")).content == b"dcba"
        assert body in server.received[0].headers["accept-encoding"]
        transport.close()

    def test_its_failure_is_an_interruption(self, body: str, serve: Any) -> None:
        server = serve(answer=lambda _: reply(b"odd", Content_Encoding=body))
        transport = DefaultTransport()
        with pytest.raises(Interrupted, match="decompressed"):
            get(transport, server.url("/"))
        transport.close()


def test_the_codec_of_http2_logs_nothing_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    guard_logs()
    logger = logging.getLogger("hpack.hpack")
    with caplog.at_level(logging.DEBUG):
        with private():
            logger.debug("Decoded authorization: SECRET")
        logger.debug("somebody else's")
    assert caplog.messages == ["somebody else's"]


def without(monkeypatch: pytest.MonkeyPatch, *missing: str) -> None:
    real = importlib.util.find_spec

    def find_spec(name: str, package: str | None = None) -> Any:
        return None if name in missing else real(name, package)

    monkeypatch.setattr("socialcommerce.runtime.http.pools.find_spec", find_spec)
    monkeypatch.setattr("socialcommerce.runtime.http.choice.find_spec", find_spec)


def handler(request: Request) -> Response:
    return Response(200, {}, request.path.encode())


async def async_handler(request: Request) -> Response:
    return handler(request)


class TestWhatTransportMayBe:
    def test_a_plain_function(self) -> None:
        transport = as_transport(handler)
        assert isinstance(transport, FunctionTransport)
        assert get(transport, "https://x/a?b").content == b"/a"
        transport.close()

    @pytest.mark.parametrize("function", [handler, async_handler])
    def test_either_kind_of_function_for_the_async_client(
        self, function: Callable[[Request], Response | Awaitable[Response]]
    ) -> None:
        async def main() -> Response:
            transport = as_async_transport(function)
            assert isinstance(transport, AsyncFunctionTransport)
            response = await transport.send(Request("GET", "https://x/a"), PATIENT)
            await transport.aclose()
            return response

        assert anyio.run(main).content == b"/a"

    def test_a_client_of_httpx_or_httpx2(self) -> None:
        for library in (httpx, httpx2):
            with library.Client() as client:
                assert isinstance(as_transport(client), HttpxTransport)
            assert isinstance(as_async_transport(library.AsyncClient()), AsyncHttpxTransport)

    def test_a_transport_as_it_is(self) -> None:
        plain, asynchronous = FunctionTransport(handler), AsyncFunctionTransport(handler)
        assert as_transport(plain) is plain
        assert as_async_transport(asynchronous) is asynchronous

    @pytest.mark.parametrize(
        ("wrong", "hint"),
        [
            (3, "not int"),
            (httpx.Client, "the class Client"),
            (AsyncFunctionTransport(handler), "async client"),
        ],
    )
    def test_nothing_else_for_the_sync_client(self, wrong: object, hint: str) -> None:
        with pytest.raises(TypeError, match=hint):
            as_transport(wrong)

    @pytest.mark.parametrize(
        ("wrong", "hint"),
        [("x", "not str"), (dict, "the class dict"), (FunctionTransport(handler), "sync client")],
    )
    def test_nothing_else_for_the_async_client(self, wrong: object, hint: str) -> None:
        with pytest.raises(TypeError, match=hint):
            as_async_transport(wrong)

    def test_a_coroutine_function_needs_the_async_client(self) -> None:
        with pytest.raises(TypeError, match="async client"):
            as_transport(async_handler)


class TestDefault:
    def test_the_fast_transport_is_taken_where_it_is_installed(self) -> None:
        assert isinstance(as_transport(None), FastTransport)
        assert isinstance(open_transport(fast=True), FastTransport)
        assert isinstance(open_transport(fast=False), DefaultTransport)

    def test_else_the_default_one(self, monkeypatch: pytest.MonkeyPatch) -> None:
        without(monkeypatch, "httptools")
        assert isinstance(open_transport(), DefaultTransport)
        with pytest.raises(ImportError, match=r"socialcommerce\[fast\]"):
            open_transport(fast=True)

    def test_each_event_loop_gets_a_pool_of_its_own(self, server: Loopback) -> None:
        for fast in (False, None):
            factory = async_transport_factory(fast=fast)

            async def main(factory: Any = factory) -> bytes:
                transport = factory()
                response = await transport.send(Request("GET", server.url("/json")), PATIENT)
                await transport.aclose()
                content: bytes = response.content
                return content

            assert [asyncio.run(main()), asyncio.run(main()), anyio.run(main, backend="trio")] == [JSON] * 3

    def test_the_factory_answers_what_the_user_passed_every_time(self) -> None:
        factory = async_transport_factory(handler)
        assert factory() is factory()

    def test_the_fast_one_runs_on_asyncio_alone(self) -> None:
        async def kinds() -> type:
            return type(as_async_transport(None))

        async def insist() -> None:
            with pytest.raises(RuntimeError, match="asyncio"):
                open_async_transport(fast=True)

        assert anyio.run(kinds) is AsyncFastTransport
        assert anyio.run(kinds, backend="trio") is AsyncDefaultTransport
        anyio.run(insist, backend="trio")
