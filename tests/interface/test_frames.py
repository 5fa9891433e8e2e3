"""Frames: pagers and results become tables, one row an item or one row a part."""

from __future__ import annotations

import pytest

from socialcommerce import Client
from socialcommerce.errors import InvalidRequest


def test_results_of_many_become_frames_as_pagers_do(shop: Client) -> None:
    pytest.importorskip("pandas")
    ids = [product.id for product in shop.catalog.list()]
    listed, read = shop.catalog.list().to_pandas(), shop.catalog.get([*ids, "404"]).to_pandas()
    assert list(read["id"]) == list(listed["id"])


def test_parts_have_columns_of_their_own_and_money_has_two(shop: Client) -> None:
    pytest.importorskip("polars")
    shop.market.buy("TS-1", 2)
    result = shop.orders.get([order.id for order in shop.orders.list()])
    frame = result.to_polars(explode="lines")
    assert frame["line_sku"].to_list() == ["TS-1"]
    assert frame["line_unit_price_currency"].to_list() == ["SGD"]


def test_an_empty_result_is_an_empty_frame(shop: Client) -> None:
    pytest.importorskip("pyarrow")
    assert shop.catalog.get([]).to_arrow().num_rows == 0


def test_only_what_has_parts_explodes(shop: Client) -> None:
    with pytest.raises(InvalidRequest, match="'variants' or 'lines'"):
        shop.catalog.list().to_rows(explode="images")
