"""Setting stock and prices of items."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.meta.catalog_wire import BATCH, NOT_AN_ITEM, Wire, ended, group, item

from socialcommerce import Money, PriceChange, Ref, Sale, StockChange, errors

ITEM, GROUP = "24500000000001", "24600000000001"


class TestStock:
    def test_count_and_availability_are_set_together(self) -> None:
        wire = Wire()
        level = wire.client().catalog.set_stock(StockChange(sku="TS-1", quantity=25))
        assert wire.written()["TS-1"] == {
            "method": "UPDATE",
            "id": "TS-1",
            "quantity_to_sell_on_facebook": 25,
            "availability": "in stock",
        }
        assert (level.ref, level.available, level.locations[0].on_hand) == (Ref(sku="TS-1"), 25, 25)

    def test_none_left_is_out_of_stock(self) -> None:
        wire = Wire()
        assert wire.client().catalog.set_stock(StockChange(sku="TS-1", quantity=0)).available == 0
        assert wire.written()["TS-1"]["availability"] == "out of stock"

    def test_another_word_of_availability_can_be_said(self) -> None:
        wire = Wire()
        change = StockChange(sku="A", quantity=3, native={"availability": "preorder"})
        gone = StockChange(sku="B", quantity=3, native={"availability": "discontinued"})
        result = wire.client().catalog.set_stock([change, gone])
        assert [one.unwrap().available for one in result] == [3, 0]
        assert wire.written()["A"]["availability"] == "preorder"

    def test_an_item_by_its_id(self) -> None:
        wire = Wire()
        wire[f"GET /{ITEM}"] = item("TS-9")
        wire[f"GET /{GROUP}"] = [NOT_AN_ITEM, group(item("TS-8"))]
        result = wire.client().catalog.set_stock(
            [StockChange(product_id=ITEM, quantity=1), StockChange(product_id=GROUP, quantity=2)]
        )
        assert result.ok
        assert {sku: row["quantity_to_sell_on_facebook"] for sku, row in wire.written().items()} == {
            "TS-9": 1,
            "TS-8": 2,
        }

    def test_expected_is_compared_with_what_is_there(self) -> None:
        wire = Wire()
        wire["GET catalog:A"] = item("A", quantity_to_sell_on_facebook=5)
        wire["GET catalog:B"] = item("B", quantity_to_sell_on_facebook=4)
        result = wire.client().catalog.set_stock(
            [StockChange(sku=sku, quantity=9, expected=5) for sku in ("A", "B", "C")]
        )
        assert [type(one.error) for one in result] == [type(None), errors.Conflict, errors.NotFound]
        assert isinstance(result[1].error, errors.Conflict)
        assert result[1].error.reason == "stale"
        assert list(wire.written()) == ["A"]

    def test_adding_needs_what_is_expected(self) -> None:
        wire = Wire()
        wire["GET catalog:A"] = item("A", quantity_to_sell_on_facebook=5)
        catalog = wire.client().catalog
        assert catalog.set_stock(StockChange(sku="A", quantity=-2, mode="add", expected=5)).available == 3
        with pytest.raises(errors.Unsupported, match="twice"):
            catalog.set_stock(StockChange(sku="A", quantity=1, mode="add"))
        with pytest.raises(errors.InvalidRequest, match="at least 0"):
            catalog.set_stock(StockChange(sku="A", quantity=-6, mode="add", expected=5))

    def test_a_location_is_refused(self) -> None:
        with pytest.raises(errors.Unsupported, match="no locations"):
            Wire().client().catalog.set_stock(StockChange(sku="A", quantity=1, location="x"))

    def test_an_unknown_column_is_refused(self) -> None:
        wire = Wire()
        with pytest.raises(errors.InvalidRequest, match="no column"):
            wire.client().catalog.set_stock(StockChange(sku="A", quantity=1, native={"colour": "red"}))
        with pytest.raises(errors.InvalidRequest, match="none of"):
            wire.client().catalog.set_stock(StockChange(sku="A", quantity=1, native={"availability": "yes"}))
        assert not wire.sent

    def test_a_second_change_that_disagrees_is_refused(self) -> None:
        wire = Wire()
        changes = [
            StockChange(sku="A", quantity=1),
            StockChange(sku="A", quantity=2),
            StockChange(sku="A", quantity=1),
        ]
        result = wire.client().catalog.set_stock(changes)
        assert [one.status for one in result] == ["ok", "failed", "ok"]
        assert wire.written()["A"]["quantity_to_sell_on_facebook"] == 1

    def test_a_key_changes_nothing_since_a_repeat_does_not(self) -> None:
        wire = Wire()
        assert (
            wire.client().catalog.set_stock(StockChange(sku="A", quantity=1), idempotency_key="k").available
            == 1
        )


class TestPrices:
    def test_a_price_is_text_with_its_currency(self) -> None:
        wire = Wire()
        ref = wire.client().catalog.set_prices(PriceChange(sku="TS-1", base_price=Money("24.90", "SGD")))
        assert wire.written()["TS-1"] == {"method": "UPDATE", "id": "TS-1", "price": "24.90 SGD"}
        assert ref == Ref(sku="TS-1")

    def test_a_sale_has_a_price_and_two_ends(self) -> None:
        wire = Wire()
        sale = Sale(price=Money("9", "USD"), from_=datetime(2026, 12, 1, tzinfo=UTC))
        wire.client().catalog.set_prices(PriceChange(sku="A", sale=sale))
        assert wire.written()["A"] == {
            "method": "UPDATE",
            "id": "A",
            "sale_price": "9 USD",
            "sale_price_effective_date": "2026-12-01T00:00+0000/2099-12-31T23:59+0000",
        }

    def test_two_changes_of_one_item_are_merged(self) -> None:
        wire = Wire()
        price = PriceChange(sku="A", base_price=Money("20", "USD"))
        sale = PriceChange(sku="A", sale=Sale(price=Money("15", "USD")))
        result = wire.client().catalog.set_prices([price, sale])
        assert result.ok
        assert len(wire.body(BATCH)["requests"]) == 1
        assert {"price", "sale_price"} <= wire.written()["A"].keys()

    @pytest.mark.parametrize(
        "change",
        [
            {"base_price": Money("1.999", "USD")},
            {"base_price": Money("12.5", "JPY")},
            {"sale": Sale(price=Money("0.5", "TWD"))},
            {
                "sale": Sale(
                    price=Money("1", "USD"),
                    from_=datetime(2026, 12, 2, tzinfo=UTC),
                    until=datetime(2026, 12, 1, tzinfo=UTC),
                )
            },
        ],
    )
    def test_what_the_wire_would_cut_is_refused(self, change: dict[str, Any]) -> None:
        wire = Wire()
        with pytest.raises(errors.InvalidRequest):
            wire.client().catalog.set_prices(PriceChange(sku="A", **change))
        assert not wire.sent

    def test_a_list_price_is_refused(self) -> None:
        with pytest.raises(errors.Unsupported, match="crossed out"):
            Wire().client().catalog.set_prices(PriceChange(sku="A", list_price=Money("9", "USD")))

    def test_one_refused_price_does_not_sink_the_rest(self) -> None:
        wire = Wire()
        wire["GET catalog:B"] = item("B")
        wire["POST /items_batch"] = {"handles": ["h"]}
        wire["GET /check_batch_request_status"] = ended(("B", "Invalid price"))
        changes = [PriceChange(sku=sku, base_price=Money("20", "USD")) for sku in "ABC"]
        changes.append(PriceChange(sku="D", base_price=Money("0.001", "USD")))
        result = wire.client().catalog.set_prices(changes)
        assert [one.status for one in result] == ["ok", "failed", "ok", "failed"]
        assert list(wire.written()) == ["A", "B", "C"]
