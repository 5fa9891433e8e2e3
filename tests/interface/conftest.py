"""One shop of the pretend Shopee with three products, as a seller's program meets it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from socialcommerce import Client, simulate


@pytest.fixture
def shop() -> Iterator[Client]:
    with simulate("shopee") as client:
        for number in (1, 2, 3):
            client.market.add_product(f"TS-{number}", stock=10, price="19.90")
        yield client
