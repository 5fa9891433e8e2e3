"""Stock and prices: what is written, for whom, and what a refusal means to each change."""

from __future__ import annotations

from typing import Any

import pytest
from tests.tiktok_shop.wire import (
    OTHER_WAREHOUSE,
    PRODUCT,
    WAREHOUSE,
    Wire,
    failed,
    found,
    refusal,
    row,
    stock,
)

from socialcommerce import Money, PriceChange, Ref, Retry, Sale, StockChange, errors, simulate

STOCK = "POST /inventory/update"
PRICES = "POST /prices/update"
SEARCH = "POST /inventory/search"


def change(quantity: int, variant: str = "11", **fields: Any) -> StockChange:
    return StockChange(product_id=PRODUCT, variant_id=variant, quantity=quantity, **fields)


def shelf(*skus: tuple[str, dict[str, int]]) -> Wire:
    wire = Wire()
    wire[SEARCH] = stock(*(skus or (("11", {WAREHOUSE: 3}),)))
    wire[STOCK] = {}
    return wire


class TestSetStock:
    def test_the_quantity_is_what_buyers_can_buy(self) -> None:
        wire = shelf()
        level = wire.client().catalog.set_stock(change(9))
        assert level.available == 9
        assert wire.body(STOCK) == {
            "skus": [{"id": "11", "inventory": [{"warehouse_id": WAREHOUSE, "quantity": 9}]}]
        }

    def test_every_warehouse_of_a_sku_is_written(self) -> None:
        wire = shelf(("11", {WAREHOUSE: 3, OTHER_WAREHOUSE: 4}))
        level = wire.client().catalog.set_stock(change(9, location=OTHER_WAREHOUSE))
        assert level.available == 12
        assert wire.body(STOCK)["skus"][0]["inventory"] == [
            {"warehouse_id": WAREHOUSE, "quantity": 3},
            {"warehouse_id": OTHER_WAREHOUSE, "quantity": 9},
        ]

    def test_variants_of_one_product_are_one_call(self) -> None:
        wire = shelf(("11", {WAREHOUSE: 3, OTHER_WAREHOUSE: 4}), ("12", {WAREHOUSE: 0}))
        changes = [
            change(1, location=WAREHOUSE),
            change(2, "12"),
            change(5, location=OTHER_WAREHOUSE),
            change(6, location=WAREHOUSE),
        ]
        result = wire.client().catalog.set_stock(changes)
        assert [one.status for one in result] == ["ok", "ok", "ok", "failed"]
        assert [sku["inventory"] for sku in wire.body(STOCK)["skus"]] == [
            [{"warehouse_id": WAREHOUSE, "quantity": 1}, {"warehouse_id": OTHER_WAREHOUSE, "quantity": 5}],
            [{"warehouse_id": WAREHOUSE, "quantity": 2}],
        ]

    @pytest.mark.parametrize(
        ("wrong", "error"),
        [
            (change(1), errors.InvalidRequest),
            (change(1, location="5"), errors.InvalidRequest),
            (change(100_000, location=WAREHOUSE), errors.InvalidRequest),
            (change(1, location=WAREHOUSE, expected=2), errors.Conflict),
            (change(1, mode="add"), errors.Unsupported),
            (change(-9, mode="add", location=WAREHOUSE, expected=3), errors.InvalidRequest),
            (StockChange(sku="NONE", quantity=1), errors.NotFound),
        ],
    )
    def test_what_cannot_be_meant_is_not_sent(self, wrong: StockChange, error: type[Exception]) -> None:
        wire = shelf(("11", {WAREHOUSE: 3, OTHER_WAREHOUSE: 4}))
        wire["POST /products/search"] = found()
        with pytest.raises(error):
            wire.client().catalog.set_stock(wrong)
        assert not any("inventory/update" in path for path in wire.paths())

    def test_an_addition_is_counted_from_what_was_expected(self) -> None:
        wire = shelf()
        assert wire.client().catalog.set_stock(change(-2, mode="add", expected=3)).available == 1

    def test_a_row_that_failed_fails_its_own_change(self) -> None:
        wire = shelf(("11", {WAREHOUSE: 3, OTHER_WAREHOUSE: 4}), ("12", {WAREHOUSE: 0}))
        cause = {
            "warehouse_id": WAREHOUSE,
            "code": 12052003,
            "message": "The current status does not allow it",
        }
        wire[STOCK] = failed(
            [{"code": 12052990, "message": "batch", "detail": {"sku_id": "11", "extra_errors": [cause]}}]
        )
        changes = [change(1, location=WAREHOUSE), change(2, location=OTHER_WAREHOUSE), change(3, "12")]
        result = wire.client().catalog.set_stock(changes)
        assert [one.status for one in result] == ["failed", "ok", "ok"]
        error = result[0].error
        assert isinstance(error, errors.Conflict)
        assert (error.reason, error.sent) == ("state", "yes")

    def test_a_product_that_fails_whole_fails_for_all_its_changes(self) -> None:
        wire = shelf(("11", {WAREHOUSE: 3}), ("12", {WAREHOUSE: 0}))
        wire[STOCK] = refusal(12052048, "not yours")
        result = wire.client().catalog.set_stock([change(1), change(1, "12")])
        assert [type(one.error) for one in result] == [errors.NotFound, errors.NotFound]


def priced(seller: str = "LOCAL", region: str = "US", **fields: Any) -> Wire:
    wire = Wire(seller, region)
    wire[SEARCH] = stock(("11", {WAREHOUSE: 3}), ("12", {WAREHOUSE: 3}))
    wire[f"GET /products/{PRODUCT}"] = row(PRODUCT, ("11", "A"), ("12", "B"), **fields)
    wire[PRICES] = {}
    return wire


def price(amount: str, variant: str = "11", currency: str = "USD", **fields: Any) -> PriceChange:
    return PriceChange(product_id=PRODUCT, variant_id=variant, base_price=Money(amount, currency), **fields)


class TestSetPrices:
    @pytest.mark.parametrize(("seller", "field"), [("LOCAL", "amount"), ("CROSS_BORDER", "sale_price")])
    def test_the_seller_decides_the_field_that_is_written(self, seller: str, field: str) -> None:
        wire = priced(seller)
        ref = wire.client().catalog.set_prices(price("13.00"))
        assert (ref.product_id, ref.variant_id) == (PRODUCT, "11")
        assert wire.body(PRICES) == {"skus": [{"id": "11", "price": {"currency": "USD", field: "13.00"}}]}

    def test_a_list_price_goes_beside_the_price_that_stays(self) -> None:
        wire = priced()
        crossed = PriceChange(product_id=PRODUCT, variant_id="11", list_price=Money("20", "USD"))
        wire.client().catalog.set_prices(crossed)
        assert wire.body(PRICES)["skus"] == [
            {
                "id": "11",
                "price": {"currency": "USD", "amount": "12.50"},
                "list_price": {"currency": "USD", "amount": "20"},
            }
        ]

    @pytest.mark.parametrize(
        ("wrong", "error"),
        [
            (price("13.005"), errors.InvalidRequest),
            (price("0"), errors.InvalidRequest),
            (price("13", currency="EUR"), errors.InvalidRequest),
            (price("13", sale=Sale(price=Money("9", "USD"))), errors.Unsupported),
        ],
    )
    def test_what_the_market_does_not_take_is_not_sent(
        self, wrong: PriceChange, error: type[Exception]
    ) -> None:
        wire = priced()
        with pytest.raises(error):
            wire.client().catalog.set_prices(wrong)
        assert not any("prices/update" in path for path in wire.paths())

    def test_markets_without_cents_and_without_list_prices(self) -> None:
        wire = priced(region="JP")
        catalog = wire.client().catalog
        with pytest.raises(errors.InvalidRequest):
            catalog.set_prices(price("100.50", currency="JPY"))
        with pytest.raises(errors.Unsupported, match="United States"):
            catalog.set_prices(price("100", currency="JPY", list_price=Money("120", "JPY")))
        catalog.set_prices(price("100", currency="JPY"))
        assert wire.body(PRICES)["skus"][0]["price"] == {"currency": "JPY", "amount": "100"}

    def test_a_promotion_locks_the_price(self) -> None:
        wire = priced()
        wire[PRICES] = refusal(12052003, "The product is in an ongoing promotion")
        result = wire.client().catalog.set_prices([price("13"), price("14", "12"), price("1.001", "12")])
        first, second, third = (one.error for one in result)
        assert isinstance(first, errors.Conflict)
        assert first.reason == "promotion"
        assert isinstance(second, errors.Conflict)
        assert isinstance(third, errors.InvalidRequest)

    def test_a_variant_that_the_product_no_longer_has(self) -> None:
        wire = priced()
        wire[f"GET /products/{PRODUCT}"] = row(PRODUCT, ("12", "B"))
        with pytest.raises(errors.NotFound):
            wire.client().catalog.set_prices(price("13"))


class TestStory:
    def test_stock_and_price_are_set_by_sku(self) -> None:
        client = simulate("tiktok_shop")
        client.market.add_product("A", stock=5, price="9.90")
        client.market.add_product("B", stock=5, price="9.90")
        changes = [StockChange(sku="A", quantity=7), StockChange(sku="B", quantity=2, mode="add", expected=5)]
        assert client.catalog.set_stock(changes).ok
        levels = client.catalog.stock([Ref(sku="A"), Ref(sku="B")])
        assert [level.available for level in levels.values] == [7, 7]
        client.catalog.set_prices(PriceChange(sku="A", base_price=Money("8.80", "USD")))
        assert {item.variants[0].sku: item.variants[0].price for item in client.catalog.list()} == {
            "A": Money("8.80", "USD"),
            "B": Money("9.90", "USD"),
        }

    def test_a_cut_line_does_not_lose_a_price(self) -> None:
        client = simulate("tiktok_shop").with_options(retry=Retry(attempts=3))
        client.market.add_product("A", stock=5, price="9.90")
        client.market.fault("drop_after", on="POST */prices/update")
        client.catalog.set_prices(PriceChange(sku="A", base_price=Money("8.80", "USD")))
        (ref,) = client.catalog.find("A")
        assert client.catalog.get(ref.product_id or "").variants[0].price == Money("8.80", "USD")
