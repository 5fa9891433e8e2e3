"""The tests themselves keep to this machine."""

from __future__ import annotations

import socket
from contextlib import closing
from pathlib import Path

import pytest
from tests.conftest import ROOT, NetworkForbidden, shared_path


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80, 0, 0)])
def test_a_connection_beyond_loopback_is_refused(address: tuple[object, ...]) -> None:
    family = socket.AF_INET6 if len(address) == 4 else socket.AF_INET
    with (
        closing(socket.socket(family)) as sock,
        pytest.raises(NetworkForbidden, match="on this machine"),
    ):
        sock.connect(address)


def test_a_name_is_not_looked_up() -> None:
    with pytest.raises(NetworkForbidden):
        socket.getaddrinfo("shop.example", 443)


def test_a_datagram_beyond_loopback_is_refused() -> None:
    with closing(socket.socket(type=socket.SOCK_DGRAM)) as sock, pytest.raises(NetworkForbidden):
        sock.sendto(b"?", ("192.0.2.1", 53))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_open(host: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        socket.create_connection((host, server.getsockname()[1])).close()


async def test_coroutine_tests_run_on_both_loops(anyio_backend: str) -> None:
    import sniffio

    assert sniffio.current_async_library() == anyio_backend


def test_the_shared_facts_stand_beside_the_repository(shared: Path) -> None:
    assert shared == shared_path() == ROOT.parent / "shared"
