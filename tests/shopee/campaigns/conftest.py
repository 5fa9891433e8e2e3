"""The wires that tests of campaigns speak on."""

from __future__ import annotations

import pytest
from tests.shopee.ads_wire import Wire
from tests.shopee.campaigns_wire import one_campaign, whole_shop


@pytest.fixture
def wire() -> Wire:
    return one_campaign()


@pytest.fixture
def shop_wire() -> Wire:
    return whole_shop()
