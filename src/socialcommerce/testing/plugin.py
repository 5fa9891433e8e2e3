"""Fixtures for pytest, switched on by ``pytest_plugins = ["socialcommerce.testing.plugin"]``.

``simulated`` opens clients on offline twins and closes them; ``canary`` is a secret whose leak fails
the test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from socialcommerce.client import Client

__all__ = ["canary", "simulated"]


@pytest.fixture
def simulated() -> Iterator[Callable[..., Client]]:
    """``simulated("shopee", seed=7)``: a client on its offline twin, closed when the test ends.

    Takes what ``socialcommerce.simulate`` takes, but for the class: clients are synchronous.
    """
    from socialcommerce.client import simulate

    opened: list[Client] = []

    def opens(name: str, **options: Any) -> Client:
        opened.append(simulate(name, **options))
        return opened[-1]

    yield opens
    for client in opened:
        client.close()


@pytest.fixture
def canary() -> Iterator[str]:
    """A secret: the test fails where it appears in a log record or a warning."""
    from socialcommerce.testing.canaries import planted

    secret = "canary-7f3e9d51c0ab"
    with planted(secret):
        yield secret
