"""Every request of these tests, to the wire and to the pretend TikTok, is held against the vendor's data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import pytest
from tests.conftest import shared_path
from tests.support.tiktok_ads_spec import TikTokAdsSpec
from tests.support.vendor import tell
from tests.tiktok_ads.wire import Wire

from socialcommerce.runtime.transport import Request, Response
from socialcommerce.simulators.tiktok_ads import TikTokAdsTwin


@lru_cache(maxsize=1)
def vendor_spec() -> TikTokAdsSpec | None:
    """The vendor's interface data; None in a clone that stands alone."""
    shared = shared_path()
    return TikTokAdsSpec(shared / "specs" / "tiktok_ads") if shared else None


@pytest.fixture(autouse=True)
def requests_as_documented(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test whose requests are not as the vendor documents them."""
    spec = vendor_spec()
    if spec is None:
        yield
        return
    found: list[str] = []
    monkeypatch.setattr(Wire, "__call__", _held(Wire.__call__, spec, found))
    monkeypatch.setattr(TikTokAdsTwin, "answer", _held(TikTokAdsTwin.answer, spec, found))
    yield
    assert not found, "not as documented:\n" + "\n".join(sorted(set(found)))


def _held(
    answer: Callable[[Any, Request], Response], spec: TikTokAdsSpec, found: list[str]
) -> Callable[[Any, Request], Response]:
    def held(platform: Any, request: Request) -> Response:
        if "/open_api/" in request.url:
            found.extend(spec.disagreements(request))
        return answer(platform, request)

    return held


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much of the wire was validated."""
    tell(terminalreporter, "TikTok Ads", vendor_spec(), "requests")
