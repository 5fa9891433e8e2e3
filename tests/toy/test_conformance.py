"""The example keeps every rule that a backend has to keep."""

from __future__ import annotations

from typing import ClassVar

from pretend_market import pretend_market
from toy_market import ToyMarket

from socialcommerce.testing import BackendConformance


class TestToyMarket(BackendConformance):
    backend = ToyMarket
    settings: ClassVar[dict[str, str]] = {"seller": "kiosk-1"}
    twin = pretend_market
