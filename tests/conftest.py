"""What every test may rely on: the platforms' facts, both event loops, and no network."""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from tests.support import redis_server

ROOT = Path(__file__).resolve().parents[1]

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "ci", parent=settings.get_profile("default"), max_examples=40, derandomize=True, database=None
)
settings.load_profile("ci" if os.environ.get("CI") else "default")


def shared_path() -> Path | None:
    """Answer the folder of platform facts beside the repository, or None where it is absent.

    For parametrisation while tests are collected; a test itself asks for ``shared``.
    """
    path = ROOT.parent / "shared"
    return path if path.is_dir() else None


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of platform facts (samples, specs, vectors) beside the repository."""
    path = shared_path()
    if path is None:
        pytest.skip("the platform facts (../shared beside the repository) are not here")
    return path


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real Redis server: one that was named, or one of the tests' own."""
    named = os.environ.get("SOCIALCOMMERCE_TEST_REDIS")
    if named:
        yield named
        return
    reason = redis_server.why_not()
    if reason:
        pytest.skip(reason)
    with redis_server.redis_server(tmp_path_factory.mktemp("redis")) as address:
        yield address


@pytest.fixture(scope="session", params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Every coroutine test runs on both event loops."""
    return str(request.param)


class NetworkForbidden(RuntimeError):
    """A test tried to leave this machine.

    Not an ``OSError``: code under test would take that for an ordinary failure to connect.
    """


def _is_local(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode()
    if not isinstance(host, str) or host in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _peer(arguments: tuple[Any, ...]) -> object:
    address = arguments[1]
    return address[0] if isinstance(address, tuple) else None  # a path: a Unix socket


_HOST_OF: dict[str, Callable[[tuple[Any, ...]], object]] = {
    "socket.connect": _peer,
    "socket.sendto": _peer,
    "socket.sendmsg": _peer,
    "socket.getaddrinfo": lambda arguments: arguments[0],
}


def _refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    host_of = _HOST_OF.get(event)
    if host_of is None:
        return
    host = host_of(arguments)
    if not _is_local(host):
        raise NetworkForbidden(f"tests stay on this machine: {event} to {host!r}")


# An audit hook sees every socket of the process, whichever library opens it.
sys.addaudithook(_refuse_network)
