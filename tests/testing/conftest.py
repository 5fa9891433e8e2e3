"""The example of the project is what these tests break; pytest's own tester runs the kit inside a test."""

from __future__ import annotations

import sys

import pytest
from tests.conftest import ROOT

from socialcommerce.backends import registry

PLACE = ROOT / "examples" / "toy_market"

if str(PLACE) not in sys.path:
    sys.path.append(str(PLACE))


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is forgotten with it."""
    monkeypatch.setattr(registry, "_REGISTERED", {})
