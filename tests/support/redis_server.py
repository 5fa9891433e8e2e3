"""A Redis server of the tests' own, on loopback, which keeps nothing on disk."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["redis_server", "why_not"]


def why_not() -> str | None:
    """Why no server can be started here; None where one can."""
    try:
        import redis  # noqa: F401  # only whether it is there
    except ImportError:
        return "the redis package is not installed"
    return None if shutil.which("redis-server") else "no program redis-server is installed"


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Start a server, answer its address, and stop it in the end."""
    import redis

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    address = f"redis://127.0.0.1:{port}/0"
    # The server is asked until it answers: retries with a pause of their own, ten seconds in all at most.
    retry = redis.retry.Retry(redis.backoff.ConstantBackoff(0.05), 200)
    client = redis.Redis.from_url(address, retry=retry, retry_on_error=[redis.ConnectionError])
    try:
        client.ping()
        yield address
    finally:
        client.close()
        process.terminate()
        process.wait()
