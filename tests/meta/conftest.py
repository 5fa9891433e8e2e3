"""What the tests of Meta's family share."""

from __future__ import annotations

import pytest
from tests.meta.wire import Wire


@pytest.fixture
def wire() -> Wire:
    """A Graph API that says what the test tells it to."""
    return Wire()
