"""Stock and prices on Shopee: one product a call, what is reserved counted, nothing rounded."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.shopee.wire import Wire, item, model, models, query_of, refusal, stock

from socialcommerce import Client, Money, PriceChange, Ref, StockChange, simulate
from socialcommerce.backends import Request
from socialcommerce.errors import (
    BulkFailure,
    Conflict,
    DecodeError,
    InvalidRequest,
    NotFound,
    PlatformError,
    Unsupported,
)


def agreed(field: str) -> Any:
    """Say yes to every row of a write."""

    def answer(request: Request) -> Any:
        rows = json.loads(request.content)[field]
        return {"success_list": [{"model_id": row["model_id"]} for row in rows], "failure_list": []}

    return answer


@pytest.fixture
def wire() -> Wire:
    wire = Wire()
    wire["get_item_base_info"] = lambda request: {
        "item_list": [item(int(one)) for one in query_of(request)["item_id_list"][0].split(",")]
    }
    wire["update_stock"] = agreed("stock_list")
    wire["update_price"] = agreed("price_list")
    return wire


def keep(wire: Wire, **fields: Any) -> Client:
    """A shop with the one product 34001 that has these fields."""
    wire["get_item_base_info"] = {"item_list": [item(**fields)]}
    return wire.client()


def shirts(wire: Wire, *rows: dict[str, Any]) -> Client:
    """A shop with the product 34001 in red (7) and blue (8)."""
    wire["get_model_list"] = models(*(rows or (model(7, 0, sku="red"), model(8, 1, sku="blue", price=25))))
    return keep(wire, has_model=True)


def change(quantity: int, variant: str = "0", **more: Any) -> StockChange:
    return StockChange(product_id="34001", variant_id=variant, quantity=quantity, **more)


class TestSetStock:
    def test_an_item_without_variants_is_model_zero(self, wire: Wire) -> None:
        level = wire.client().catalog.set_stock(change(25))
        assert wire.body("update_stock") == {
            "item_id": 34001,
            "stock_list": [{"model_id": 0, "seller_stock": [{"stock": 25}]}],
        }
        assert (level.available, level.locations[0].available) == (25, 25)

    def test_what_is_reserved_is_added_to_what_buyers_can_buy(self, wire: Wire) -> None:
        shop = keep(wire, stock_info_v2=stock(10, reserved=4))
        shop.catalog.set_stock(change(6))
        assert wire.body("update_stock")["stock_list"][0]["seller_stock"] == [{"stock": 10}]

    def test_shopees_own_stock_is_not_written(self, wire: Wire) -> None:
        shop = keep(wire, stock_info_v2=stock(100, seller={"SGZ": 90}, shopee={"SGG": 10}))
        level = shop.catalog.set_stock(change(30))
        assert wire.body("update_stock")["stock_list"][0]["seller_stock"] == [{"stock": 20}]
        assert [(place.location, place.on_hand) for place in level.locations] == [("SGZ", 20), ("SGG", 10)]

    def test_less_than_shopee_holds_itself_is_refused(self, wire: Wire) -> None:
        shop = keep(wire, stock_info_v2=stock(100, seller={"SGZ": 90}, shopee={"SGG": 10}))
        with pytest.raises(InvalidRequest, match="lie with Shopee"):
            shop.catalog.set_stock(change(5))
        assert "update_stock" not in wire.operations()

    def test_variants_of_one_product_go_in_one_call(self, wire: Wire) -> None:
        shop = shirts(wire)
        shop.catalog.set_stock([change(1, "7"), change(2, "8")]).raise_for_failures()
        assert wire.body("update_stock")["stock_list"] == [
            {"model_id": 7, "seller_stock": [{"stock": 1}]},
            {"model_id": 8, "seller_stock": [{"stock": 2}]},
        ]
        assert wire.operations().count("update_stock") == 1

    def test_more_than_fifty_variants_are_cut(self, wire: Wire) -> None:
        rows = [model(number, 0, number) for number in range(1, 53)]
        wire["get_model_list"] = models(*rows)
        shop = keep(wire, has_model=True)
        shop.catalog.set_stock([change(1, str(number)) for number in range(1, 53)]).raise_for_failures()
        assert [len(wire.body("update_stock", number)["stock_list"]) for number in (0, 1)] == [50, 2]

    def test_each_product_has_a_call_of_its_own(self, wire: Wire) -> None:
        changes = [StockChange(product_id=str(one), quantity=1) for one in (1, 2)]
        wire.client().catalog.set_stock(changes).raise_for_failures()
        assert sorted(wire.body("update_stock", number)["item_id"] for number in (0, 1)) == [1, 2]
        assert wire.operations().count("get_item_base_info") == 1

    def test_a_failed_row_fails_alone(self, wire: Wire, shared: Path) -> None:
        text = (shared / "samples/shopee/product_update_stock_partial_failure.json").read_text()
        wire["update_stock"] = json.loads(text)
        shop = shirts(wire, model(2000458802, 0), model(2000458803, 1))
        good, bad = shop.catalog.set_stock([change(100, "2000458802"), change(1, "2000458803")])
        assert good.ok
        assert isinstance(bad.error, Conflict)
        assert (bad.error.reason, bad.error.sent) == ("promotion", "yes")

    def test_a_refusal_of_the_call_is_that_of_each_of_its_rows_and_of_no_other(self, wire: Wire) -> None:
        def answer(request: Request) -> Any:
            if json.loads(request.content)["item_id"] == 1:
                return refusal("error_param", "Wrong parameters")
            return agreed("stock_list")(request)

        wire["update_stock"] = answer
        changes = [StockChange(product_id=str(one), quantity=1) for one in (1, 2)]
        result = wire.client().catalog.set_stock(changes)
        assert [outcome.ok for outcome in result] == [False, True]
        with pytest.raises(BulkFailure):
            result.raise_for_failures()

    def test_a_row_that_was_not_answered_did_not_succeed(self, wire: Wire) -> None:
        wire["update_stock"] = {"success_list": [], "failure_list": []}
        with pytest.raises(DecodeError):
            wire.client().catalog.set_stock(change(1))

    def test_expected_stock_is_compared_before_the_write(self, wire: Wire) -> None:
        shop = wire.client()
        with pytest.raises(Conflict, match="expected 9") as caught:
            shop.catalog.set_stock(change(25, expected=9))
        assert (caught.value.reason, caught.value.sent) == ("stale", "no")
        assert shop.catalog.set_stock(change(25, expected=10)).available == 25

    def test_adding_is_taken_with_expected_alone_for_it_can_then_be_repeated(self, wire: Wire) -> None:
        shop = wire.client()
        with pytest.raises(Unsupported, match="count twice"):
            shop.catalog.set_stock(change(5, mode="add"))
        assert wire.sent == []
        assert shop.catalog.set_stock(change(-4, mode="add", expected=10)).available == 6
        assert wire.body("update_stock")["stock_list"][0]["seller_stock"] == [{"stock": 6}]

    def test_taking_away_more_than_there_is_is_refused(self, wire: Wire) -> None:
        with pytest.raises(InvalidRequest, match="would leave -1"):
            wire.client().catalog.set_stock(change(-11, mode="add", expected=10))

    def test_a_location_is_named_only_where_it_was_given(self, wire: Wire) -> None:
        two = stock(15, seller={"A": 10, "B": 5})
        shop = keep(wire, stock_info_v2=two)
        level = shop.catalog.set_stock(change(7, location="B"))
        assert wire.body("update_stock")["stock_list"][0]["seller_stock"] == [
            {"location_id": "B", "stock": 7}
        ]
        assert (level.available, level.locations[1].available) == (17, 7)

    def test_two_locations_of_a_variant_are_one_row(self, wire: Wire) -> None:
        shop = keep(wire, stock_info_v2=stock(15, seller={"A": 10, "B": 5}))
        shop.catalog.set_stock([change(1, location="A"), change(2, location="B")]).raise_for_failures()
        assert wire.body("update_stock")["stock_list"] == [
            {
                "model_id": 0,
                "seller_stock": [{"location_id": "A", "stock": 1}, {"location_id": "B", "stock": 2}],
            }
        ]

    def test_several_locations_must_be_told_apart(self, wire: Wire) -> None:
        shop = keep(wire, stock_info_v2=stock(15, seller={"A": 10, "B": 5}))
        with pytest.raises(InvalidRequest, match="A, B"):
            shop.catalog.set_stock(change(7))

    def test_stock_held_back_somewhere_among_several_locations_is_a_conflict(self, wire: Wire) -> None:
        shop = keep(wire, stock_info_v2=stock(12, reserved=3, seller={"A": 10, "B": 5}))
        with pytest.raises(Conflict, match="at which location"):
            shop.catalog.set_stock(change(7, location="B"))

    def test_the_only_location_may_be_named_or_called_default(self, wire: Wire) -> None:
        shop = keep(wire, stock_info_v2=stock(10, reserved=2))
        shop.catalog.set_stock(change(20, location="SGZ"))
        shop.catalog.set_stock(change(20, location="default"))
        assert wire.body("update_stock", 0)["stock_list"][0]["seller_stock"] == [
            {"location_id": "SGZ", "stock": 22}
        ]
        assert wire.body("update_stock", 1)["stock_list"][0]["seller_stock"] == [{"stock": 22}]

    def test_the_same_stock_twice_in_one_call_is_refused(self, wire: Wire) -> None:
        result = wire.client().catalog.set_stock([change(1), change(2, location="default")])
        assert [outcome.ok for outcome in result] == [True, False]
        assert isinstance(result[1].error, InvalidRequest)

    @pytest.mark.parametrize(
        "ref, error",
        [
            ({"product_id": "34001", "variant_id": "9"}, NotFound),
            ({"product_id": "abc"}, NotFound),
            ({"product_id": "34001"}, InvalidRequest),
            ({"sku": "unseen"}, Unsupported),
        ],
    )
    def test_what_names_no_variant_is_refused(self, wire: Wire, ref: Any, error: type[Exception]) -> None:
        wire["search_item"] = {"item_id_list": [], "total_count": 0, "next_offset": ""}
        with pytest.raises(error):
            shirts(wire).catalog.set_stock(StockChange(quantity=1, **ref))
        assert "update_stock" not in wire.operations()

    def test_a_sku_names_its_variant_once_it_was_seen(self, wire: Wire) -> None:
        shop = shirts(wire)
        shop.catalog.get("34001")
        shop.catalog.set_stock(StockChange(sku="blue", quantity=3))
        assert wire.body("update_stock")["stock_list"][0]["model_id"] == 8

    def test_a_sku_in_two_places_is_not_chosen_from(self, wire: Wire) -> None:
        wire["search_item"] = {"item_id_list": [1, 2], "total_count": 2, "next_offset": ""}
        wire["get_item_base_info"] = {"item_list": [item(1, item_sku="X"), item(2, item_sku="X")]}
        with pytest.raises(InvalidRequest, match="several places"):
            wire.client().catalog.set_stock(StockChange(sku="X", quantity=3))

    def test_a_deleted_product_takes_no_stock(self, wire: Wire) -> None:
        with pytest.raises(NotFound):
            keep(wire, item_status="SELLER_DELETE").catalog.set_stock(change(1))


class TestStock:
    def test_stock_is_read_by_product_or_sku(self, wire: Wire) -> None:
        shop = shirts(wire)
        shop.catalog.get("34001")
        levels = shop.catalog.stock([Ref(sku="red"), Ref(product_id="34001", variant_id="8")])
        assert [level.available for level in levels.values] == [5, 5]
        assert str(levels[0].unwrap().ref) == "red"

    def test_fifty_products_cost_one_call(self, wire: Wire) -> None:
        refs = [Ref(product_id=str(one)) for one in range(1, 51)]
        assert wire.client().catalog.stock(refs).ok
        assert wire.operations() == ["get_item_base_info"]

    def test_what_is_not_there_fails_by_itself(self, wire: Wire) -> None:
        shop = keep(wire)
        result = shop.catalog.stock([Ref(product_id="34001"), Ref(product_id="2")])
        assert [outcome.ok for outcome in result] == [True, False]


def price(amount: str, variant: str = "0", currency: str = "SGD") -> PriceChange:
    return PriceChange(product_id="34001", variant_id=variant, base_price=Money(amount, currency))


class TestSetPrices:
    def test_the_original_price_is_written_as_a_number(self, wire: Wire) -> None:
        ref = wire.client().catalog.set_prices(price("21.50"))
        assert wire.body("update_price") == {
            "item_id": 34001,
            "price_list": [{"model_id": 0, "original_price": Decimal("21.5")}],
        }
        assert (ref.sku, ref.product_id, ref.variant_id) == ("SKU-34001", "34001", "0")

    @pytest.mark.parametrize(
        "region, amount, currency, said",
        [
            ("SG", "21.505", "SGD", "2 that Shopee keeps"),
            ("TW", "100.5", "TWD", "0 that Shopee keeps"),
            ("SG", "21.50", "MYR", "is in MYR"),
            ("SG", "0", "SGD", "above zero"),
        ],
    )
    def test_a_price_that_would_be_cut_is_refused(
        self, wire: Wire, region: str, amount: str, currency: str, said: str
    ) -> None:
        with pytest.raises(InvalidRequest, match=said):
            wire.client(region).catalog.set_prices(price(amount, currency=currency))
        assert "update_price" not in wire.operations()

    def test_whole_amounts_are_whole_numbers(self, wire: Wire) -> None:
        wire["get_item_base_info"] = {"item_list": [item()]}
        wire.client("ID").catalog.set_prices(price("48000", currency="IDR"))
        assert b'"original_price":48000}' in wire.request("update_price").content

    def test_the_dearest_variant_may_cost_so_many_times_the_cheapest(self, wire: Wire) -> None:
        shop = shirts(wire)
        with pytest.raises(InvalidRequest, match="at most 5 times"):
            shop.catalog.set_prices(price("125.01", "8"))
        assert shop.catalog.set_prices(price("102.50", "8"))

    def test_prices_changed_together_are_held_against_each_other(self, wire: Wire) -> None:
        shop = shirts(wire)
        assert shop.catalog.set_prices([price("200", "7"), price("900", "8")]).ok

    @pytest.mark.parametrize("name", ["list_price", "sale"])
    def test_other_prices_are_discount_activities(self, wire: Wire, name: str) -> None:
        amount = Money("9", "SGD")
        given: Any = {name: {"price": amount} if name == "sale" else amount}
        with pytest.raises(Unsupported, match="discount activity"):
            wire.client().catalog.set_prices(PriceChange(product_id="34001", **given))
        assert wire.sent == []

    def test_a_promotion_locks_the_price(self, wire: Wire) -> None:
        reason = "Price cannot be changed when model is under promotion."
        wire["update_price"] = {
            "failure_list": [{"model_id": 7, "failed_reason": reason}],
            "success_list": [{"model_id": 8}],
        }
        result = shirts(wire).catalog.set_prices([price("21", "7"), price("22", "8")])
        assert [outcome.ok for outcome in result] == [False, True]
        assert isinstance(result[0].error, Conflict)
        assert result[0].error.reason == "promotion"

    def test_the_whole_call_refused_for_a_promotion_is_a_conflict_too(self, wire: Wire) -> None:
        wire["update_price"] = refusal(
            "product.error_cannt_edit_price_in_promotion",
            "Original_price cannot be edited when item is under promotion.",
        )
        with pytest.raises(Conflict) as caught:
            wire.client().catalog.set_prices(price("21"))
        assert caught.value.reason == "promotion"

    @pytest.mark.parametrize(
        "text, error",
        [
            ("Item not belong to shop.", NotFound),
            ("Can't edit this item. item status can not support editing.", Conflict),
            ("Update price failed, please try later.", PlatformError),
            ("Price is out of range.", InvalidRequest),
        ],
    )
    def test_the_text_of_a_failed_row_tells_its_kind(
        self, wire: Wire, text: str, error: type[Exception]
    ) -> None:
        wire["update_price"] = {"failure_list": [{"model_id": 0, "failed_reason": text}], "success_list": []}
        with pytest.raises(error, match=text[:10]):
            wire.client().catalog.set_prices(price("21"))


class TestPretendMarketplace:
    @pytest.fixture
    def shop(self) -> Client:
        shop = simulate("shopee")
        shop.market.add_product("TS-1", 10, "20")
        return shop

    def test_stock_that_was_set_can_be_bought(self, shop: Client) -> None:
        shop.catalog.set_stock([StockChange(sku="TS-1", quantity=2)]).raise_for_failures()
        shop.market.buy("TS-1", quantity=2)
        assert shop.catalog.stock(Ref(sku="TS-1")).available == 0
        shop.catalog.set_stock(StockChange(sku="TS-1", quantity=7))
        assert shop.catalog.stock(Ref(sku="TS-1")).available == 7

    @pytest.mark.parametrize("fault", ["drop_before", "drop_after", "server_error", "truncate"])
    def test_a_write_of_unknown_outcome_is_sent_again_for_it_sets_the_same(
        self, shop: Client, fault: Any
    ) -> None:
        shop.market.fault(fault, on="POST *update_stock")
        shop.catalog.set_stock(StockChange(sku="TS-1", quantity=7))
        assert shop.catalog.stock(Ref(sku="TS-1")).available == 7

    def test_a_price_that_was_set_is_what_buyers_pay(self, shop: Client) -> None:
        shop.catalog.set_prices(PriceChange(sku="TS-1", base_price=Money("21.50", "SGD")))
        (found,) = shop.catalog.list().collect()
        assert found.variants[0].price == Money("21.50", "SGD")
