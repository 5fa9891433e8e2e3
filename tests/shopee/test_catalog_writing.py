"""Products put on sale, taken off, deleted, and put in place by their SKU."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.shopee.products import colour, mug, open_shop, sgd, shirt
from tests.shopee.wire import Wire, item, refusal

from socialcommerce import Client, Media, simulate
from socialcommerce.backends import Request
from socialcommerce.errors import (
    Conflict,
    DecodeError,
    InvalidRequest,
    NotFound,
)


@pytest.fixture
def wire() -> Wire:
    return open_shop()


class TestShelf:
    @pytest.mark.parametrize("verb, unlist", [("publish", False), ("unpublish", True)])
    def test_fifty_products_go_in_one_call(self, wire: Wire, verb: str, unlist: bool) -> None:
        def agree(request: Request) -> Any:
            rows = json.loads(request.content)["item_list"]
            return {"success_list": [{"item_id": row["item_id"], "unlist": row["unlist"]} for row in rows]}

        wire["unlist_item"] = agree
        ids = [str(one) for one in range(1, 52)]
        assert getattr(wire.client().catalog, verb)(ids).ok
        sizes = sorted(len(wire.body("unlist_item", number)["item_list"]) for number in (0, 1))
        assert sizes == [1, 50]
        assert wire.body("unlist_item")["item_list"][0]["unlist"] is unlist

    def test_each_row_has_its_own_end(self, wire: Wire) -> None:
        reason = "Can't unlist item when item is under promotion"
        wire["unlist_item"] = {
            "success_list": [{"item_id": 1, "unlist": True}],
            "failure_list": [{"item_id": 2, "failed_reason": reason}],
        }
        good, bad, unanswered, wrong = wire.client().catalog.unpublish(["1", "2", "3", "x"])
        assert good.ok
        assert isinstance(bad.error, Conflict)
        assert bad.error.reason == "promotion"
        assert isinstance(unanswered.error, DecodeError)
        assert isinstance(wrong.error, NotFound)

    def test_a_call_of_which_every_row_failed_still_tells_each_reason(self, wire: Wire) -> None:
        rows = [{"item_id": 1, "failed_reason": "under promotion"}, {"item_id": 2, "failed_reason": "Banned"}]
        wire["unlist_item"] = refusal("error_unlist_item_all_failed", "Unlist item all failed.") | {
            "response": {"failure_list": rows}
        }
        first, second = wire.client().catalog.unpublish(["1", "2"])
        assert isinstance(first.error, Conflict)
        assert isinstance(second.error, Conflict)
        assert (first.error.reason, second.error.reason) == ("promotion", "state")

    def test_a_refused_call_is_the_end_of_each_of_its_rows(self, wire: Wire) -> None:
        wire["unlist_item"] = refusal("error_param", "parameter invalid")
        assert [outcome.status for outcome in wire.client().catalog.publish(["1", "2"])] == [
            "failed",
            "failed",
        ]


class TestDelete:
    def test_one_call_a_product(self, wire: Wire) -> None:
        wire["delete_item"] = {"error": "", "message": ""}
        assert wire.client().catalog.delete(["1", "2"]).ok
        assert sorted(wire.body("delete_item", number)["item_id"] for number in (0, 1)) == [1, 2]

    def test_a_promotion_holds_it(self, wire: Wire) -> None:
        wire["delete_item"] = refusal(
            "product.error_cannt_delete_in_promotion", "Item cannot be deleted when item is under promotion."
        )
        with pytest.raises(Conflict) as caught:
            wire.client().catalog.delete("1")
        assert caught.value.reason == "promotion"

    def test_what_is_no_number_is_not_there(self, wire: Wire) -> None:
        with pytest.raises(NotFound):
            wire.client().catalog.delete("x")

    @pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
    def test_a_lost_answer_is_found_out(self, fault: Any) -> None:
        shop = simulate("shopee")
        made = shop.market.add_product("TS-1", 5)
        shop.market.fault(fault, on="POST *delete_item")
        shop.catalog.delete(str(made.id))
        assert shop.catalog.list(status="active").collect() == []


class TestUpsert:
    @pytest.fixture
    def shop(self) -> Client:
        return simulate("shopee")

    def test_what_is_not_there_is_made_and_what_is_there_is_changed(self, shop: Client) -> None:
        image = Media.from_bytes(shop.market.image(), "image/png")
        (made,) = shop.catalog.upsert([mug(media=[image])]).values
        (changed,) = shop.catalog.upsert([mug(media=[image], title="A better mug")]).values
        assert (changed.id, changed.title) == (made.id, "A better mug")
        assert len(shop.catalog.list().collect()) == 1

    def test_the_same_sku_twice_in_a_list_is_one_product(self, shop: Client) -> None:
        image = Media.from_bytes(shop.market.image(), "image/png")
        result = shop.catalog.upsert(mug(media=[image], title=f"Mug number {number}") for number in (1, 2))
        assert [one.title for one in result.values] == ["Mug number 1", "Mug number 2"]
        assert len(shop.catalog.list().collect()) == 1

    def test_a_product_without_any_sku_cannot_be_matched(self, shop: Client) -> None:
        (outcome,) = shop.catalog.upsert([mug(sku=None)])
        assert isinstance(outcome.error, InvalidRequest)

    def test_a_sku_of_several_products_is_not_chosen_from(self, wire: Wire) -> None:
        wire["search_item"] = {"item_id_list": [1, 2], "total_count": 2, "next_offset": ""}
        wire["get_item_base_info"] = {"item_list": [item(1, item_sku="MUG"), item(2, item_sku="MUG")]}
        (outcome,) = wire.client().catalog.upsert([mug()])
        assert isinstance(outcome.error, Conflict)
        assert outcome.error.reason == "duplicate"


def test_a_whole_life_on_the_pretend_marketplace() -> None:
    shop = simulate("shopee")
    image = Media.from_bytes(shop.market.image(), "image/png")
    made = shop.catalog.create(shirt(media=[image]))
    shop.catalog.unpublish(made)
    assert shop.catalog.get(made.id).status == "inactive"
    shop.catalog.publish(made.id)
    green = colour("green", sku="T-green", price=sgd("12"), quantity=7)
    red = colour("red", sku="T-red", price=sgd("11"), quantity=4)
    changed = shop.catalog.update(made, variants=[red, green])
    assert {one.sku: (one.price, one.available) for one in changed.variants} == {
        "T-red": (sgd("11"), 4),
        "T-green": (sgd("12"), 7),
    }
    assert shop.catalog.find("T-green")[0].product_id == made.id
    shop.catalog.delete(made)
    assert [one.id for one in shop.catalog.list(status="deleted")] == [made.id]
