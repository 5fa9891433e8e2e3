"""Every request of these tests, to the wire and to the pretend WhatsApp, is held to the vendor's data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import pytest
from tests.conftest import shared_path
from tests.meta.wire import PHONE, WABA, Wire
from tests.support.vendor import tell
from tests.support.whatsapp_spec import WhatsAppSpec

from socialcommerce.runtime.transport import Request, Response
from socialcommerce.simulators.meta.whatsapp import WhatsAppTwin

KINDS = {PHONE: "WhatsAppBusinessPhoneNumber", WABA: "WhatsAppBusinessAccount"}
FORGOTTEN = frozenset({"phone_number", "action", "coupon_code"})
"""Parts of templates that the vendor's examples and pages have, and its schemas forget."""
UNREAD = Response(500)
"""In place of replies: what the wire of a test says is made up, and the twin's own tests look at its."""


@lru_cache(maxsize=1)
def vendor_spec() -> WhatsAppSpec | None:
    """The vendor's interface data; None in a clone that stands alone."""
    shared = shared_path()
    return WhatsAppSpec(shared / "specs" / "whatsapp") if shared else None


@pytest.fixture(autouse=True)
def requests_as_documented(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test whose requests are not as the vendor documents them."""
    spec = vendor_spec()
    if spec is None:
        yield
        return
    found: list[str] = []
    monkeypatch.setattr(Wire, "__call__", _held(Wire.__call__, spec, found))
    monkeypatch.setattr(WhatsAppTwin, "answer", _held(WhatsAppTwin.answer, spec, found))
    yield
    assert not found, "not as documented:\n" + "\n".join(sorted(set(found)))


def _held(
    answer: Callable[[Any, Request], Response], spec: WhatsAppSpec, found: list[str]
) -> Callable[[Any, Request], Response]:
    def held(platform: Any, request: Request) -> Response:
        faults = spec.exchange(request, UNREAD, KINDS.get)
        found.extend(one for one in faults if not _forgotten(one))
        return answer(platform, request)

    return held


def _forgotten(fault: str) -> bool:
    name = fault.removesuffix(" is not documented").rpartition(".")[2]
    return fault.endswith(" is not documented") and name in FORGOTTEN


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much of the wire was validated."""
    tell(terminalreporter, "WhatsApp", vendor_spec(), "requests")
