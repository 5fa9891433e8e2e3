"""Every exchange of these tests with the pretend Shopee is held against the vendor's interface data."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import pytest
from tests.conftest import shared_path
from tests.support.shopee_spec import ShopeeSpec
from tests.support.vendor import one_after_the_other, tell

from socialcommerce.runtime.transport import Request, Response
from socialcommerce.simulators.shopee import ShopeeTwin

__all__ = ["one_after_the_other"]


@lru_cache(maxsize=1)
def vendor_spec() -> ShopeeSpec | None:
    """The vendor's interface data; None in a clone that stands alone."""
    shared = shared_path()
    return ShopeeSpec(shared / "specs" / "shopee") if shared else None


@pytest.fixture(autouse=True)
def exchanges_as_documented(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test whose requests, or whose twin's replies, are not as the vendor documents them."""
    spec = vendor_spec()
    if spec is None:
        yield
        return
    found: list[str] = []
    answer = ShopeeTwin.answer

    def held(twin: ShopeeTwin, request: Request) -> Response:
        response = answer(twin, request)
        found.extend(f"{request.method} {request.path}: {line}" for line in spec.exchange(request, response))
        return response

    monkeypatch.setattr(ShopeeTwin, "answer", held)
    yield
    assert not found, "not as documented:\n" + "\n".join(sorted(set(found)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much of the wire was validated."""
    tell(terminalreporter, "Shopee", vendor_spec())
