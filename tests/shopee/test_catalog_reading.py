"""Listings, details, SKUs and changes of Shopee's catalogue."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.shopee.wire import Wire, item, model, models, query_of, refusal, stock

from socialcommerce import AsyncClient, Client, Money, Ref, State, simulate
from socialcommerce.backends import Request
from socialcommerce.errors import InvalidRequest, NotFound, NotLoaded, PlatformUnavailable, Unsupported

ALL = ["NORMAL", "UNLIST", "BANNED", "REVIEWING", "SELLER_DELETE", "SHOPEE_DELETE"]


def sample(shared: Path, name: str) -> Any:
    return json.loads((shared / "samples" / "shopee" / f"{name}.json").read_text())


def rows(*ids: int, status: str = "NORMAL", **more: Any) -> dict[str, Any]:
    found = [{"item_id": one, "item_status": status, "update_time": 1_762_000_000} for one in ids]
    return {"item": found, "total_count": len(found), "has_next_page": False, "next_offset": 0, **more}


@pytest.fixture
def wire() -> Wire:
    wire = Wire()
    wire["get_item_list"] = rows(34001)
    wire["get_item_base_info"] = {"item_list": [item()]}
    return wire


class TestList:
    def test_all_six_statuses_are_asked_for_when_none_is(self, wire: Wire) -> None:
        wire.client().catalog.list().collect()
        query = wire.query("get_item_list")
        assert query == {"offset": ["0"], "page_size": ["100"], "item_status": ALL}

    def test_pages_follow_the_offset_that_shopee_gives(self, wire: Wire, shared: Path) -> None:
        pages = [
            sample(shared, f"product_get_item_list_page{name}") for name in ("1_first", "2_middle", "3_last")
        ]
        wire["get_item_list"] = pages
        found = wire.client().catalog.list(detail="ids").collect()
        assert [one.id for one in found] == [str(2500139861 + number) for number in range(23)]
        assert [wire.query("get_item_list", number)["offset"] for number in range(3)] == [
            ["0"],
            ["10"],
            ["20"],
        ]

    def test_details_come_fifty_at_a_time_and_variants_item_by_item(self, wire: Wire) -> None:
        ids = range(1, 101)
        wire["get_item_list"] = rows(*ids)

        def details(request: Request) -> Any:
            asked = query_of(request)["item_id_list"][0].split(",")
            return {"item_list": [item(int(one), has_model=one == "7") for one in asked]}

        wire["get_item_base_info"] = details
        wire["get_model_list"] = models(model(70, 0, sku="red-7"))
        found = wire.client().catalog.list().collect()
        assert [one.id for one in found] == [str(one) for one in ids]
        asked = [request for request in wire.sent if request.path.endswith("get_item_base_info")]
        assert [len(query_of(request)["item_id_list"][0].split(",")) for request in asked] == [50, 50]
        assert wire.operations().count("get_model_list") == 1

    def test_a_summary_leaves_out_the_variants_that_cost_a_call(self, wire: Wire) -> None:
        wire["get_item_base_info"] = {"item_list": [item(has_model=True)]}
        (found,) = wire.client().catalog.list(detail="summary").collect()
        assert found.title == "Plain mug"
        with pytest.raises(NotLoaded):
            _ = found.variants
        assert "get_model_list" not in wire.operations()

    def test_ids_read_the_listing_alone(self, wire: Wire) -> None:
        (found,) = wire.client().catalog.list(detail="ids").collect()
        assert (found.id, found.status, found.native_status) == ("34001", "active", "NORMAL")
        assert found.updated_at == datetime.fromtimestamp(1_762_000_000, UTC)
        assert not found.loaded("title")
        assert wire.operations() == ["get_item_list"]

    @pytest.mark.parametrize(
        "status, natives",
        [
            ("active", ["NORMAL"]),
            ("inactive", ["UNLIST"]),
            ("scheduled", ["UNLIST"]),
            ("blocked", ["BANNED"]),
            ("under_review", ["REVIEWING"]),
            ("deleted", ["SELLER_DELETE", "SHOPEE_DELETE"]),
            (["blocked", "active"], ["NORMAL", "BANNED"]),
        ],
    )
    def test_a_status_is_asked_for_in_shopees_words(
        self, wire: Wire, status: Any, natives: list[str]
    ) -> None:
        wire.client().catalog.list(status=status).collect()
        assert wire.query("get_item_list")["item_status"] == natives

    @pytest.mark.parametrize("status", ["draft", "rejected", "archived"])
    def test_a_status_that_shopee_has_not_gives_nothing_and_asks_nothing(
        self, wire: Wire, status: Any
    ) -> None:
        assert wire.client().catalog.list(status=status).collect() == []
        assert wire.sent == []

    def test_scheduled_and_inactive_are_told_apart_by_their_details(self, wire: Wire) -> None:
        wire["get_item_list"] = rows(1, 2, status="UNLIST")
        waiting = item(1, item_status="UNLIST", scheduled_publish_time=1_900_000_000)
        wire["get_item_base_info"] = {"item_list": [waiting, item(2, item_status="UNLIST")]}
        shop = wire.client()
        assert [one.id for one in shop.catalog.list(status="scheduled", detail="ids")] == ["1"]
        assert [one.id for one in shop.catalog.list(status="inactive")] == ["2"]

    def test_times_are_whole_seconds_the_end_not_included(self, wire: Wire) -> None:
        start = datetime(2025, 11, 1, 12, 0, 0, 500_000, tzinfo=UTC)
        end = datetime(2025, 11, 2, tzinfo=UTC)
        at_end = {"item_id": 2, "item_status": "NORMAL", "update_time": int(end.timestamp())}
        inside = {"item_id": 1, "item_status": "NORMAL", "update_time": int(end.timestamp()) - 1}
        wire["get_item_list"] = rows() | {"item": [inside, at_end], "total_count": 2}
        found = wire.client().catalog.list(updated_after=start, updated_before=end, detail="ids").collect()
        assert [one.id for one in found] == ["1"]
        query = wire.query("get_item_list")
        assert query["update_time_from"] == [str(int(start.timestamp()) + 1)]
        assert query["update_time_to"] == [str(int(end.timestamp()))]

    def test_an_empty_window_is_not_asked_for(self, wire: Wire) -> None:
        now = datetime(2025, 11, 1, tzinfo=UTC)
        assert wire.client().catalog.list(updated_after=now, updated_before=now).collect() == []
        assert wire.sent == []

    def test_a_row_without_details_keeps_what_the_listing_told(self, wire: Wire) -> None:
        wire["get_item_list"] = rows(34001, 34002)
        first, second = wire.client().catalog.list().collect()
        assert first.loaded("title")
        assert (second.id, second.loaded("title")) == ("34002", False)

    def test_a_cursor_goes_on_after_the_last_item_with_its_filters(self, wire: Wire) -> None:
        pages = {"0": rows(1, 2, has_next_page=True, next_offset=2), "2": rows(3)}
        wire["get_item_list"] = lambda request: pages[query_of(request)["offset"][0]]
        shop = wire.client()
        pager = shop.catalog.list(status="active", detail="ids")
        assert [one.id for one in pager.collect(1)] == ["1"]
        assert [one.id for one in shop.catalog.list(cursor=pager.cursor)] == ["2", "3"]
        assert wire.query("get_item_list", -1)["item_status"] == ["NORMAL"]

    def test_an_error_names_the_cursor_to_go_on_with(self, wire: Wire) -> None:
        wire["get_item_list"] = [rows(1, has_next_page=True, next_offset=1), refusal("error_param", "bad")]
        pager = wire.client().catalog.list(detail="ids")
        with pytest.raises(InvalidRequest) as caught:
            pager.collect()
        assert caught.value.cursor

    def test_group_changes_nothing(self, wire: Wire) -> None:
        assert [one.id for one in wire.client().catalog.list(group=True)] == ["34001"]


class TestDeepListings:
    """Offsets reach only so far, so a long listing is cut by time of update."""

    @pytest.fixture
    def crowd(self, wire: Wire) -> list[int]:
        """Ten thousand items a minute apart; offsets beyond 5000 are refused."""
        times = [1_700_000_000 + 60 * number for number in range(10_000)]

        def listing(request: Request) -> Any:
            query = query_of(request)
            offset = int(query["offset"][0])
            if offset > 5000:
                return refusal("error_param", "get items offset over limit, please use the next field")
            since = int(query.get("update_time_from", ["0"])[0])
            until = int(query.get("update_time_to", ["9999999999"])[0])
            found = [(number, at) for number, at in enumerate(times) if since <= at <= until]
            page = [
                {"item_id": number + 1, "item_status": "NORMAL", "update_time": at}
                for number, at in found[offset : offset + 100]
            ]
            more = offset + 100 < len(found)
            return {
                "item": page,
                "total_count": len(found),
                "has_next_page": more,
                "next_offset": offset + 100,
            }

        wire["get_item_list"] = listing
        return times

    def test_every_item_comes_once_and_none_is_missed(self, wire: Wire, crowd: list[int]) -> None:
        ids = [one.id for one in wire.client(limits=_unlimited()).catalog.list(detail="ids")]
        assert len(ids) == len(crowd)
        assert len(set(ids)) == len(crowd)

    def test_a_refused_offset_is_gone_around(self, wire: Wire) -> None:
        late = {"item_id": 2, "item_status": "NORMAL", "update_time": 1_762_000_000}
        early = {"item_id": 1, "item_status": "NORMAL", "update_time": 1_500_000_000}

        def listing(request: Request) -> Any:
            query = query_of(request)
            if "update_time_from" in query:
                return rows() | {"item": [late], "total_count": 1}
            if "update_time_to" in query:
                return rows() | {"item": [early], "total_count": 1}
            if query["offset"] == ["0"]:
                return rows() | {"item": [early], "has_next_page": True, "next_offset": 1}
            return refusal("error_param", "get items offset over limit, please use the next field")

        wire["get_item_list"] = listing
        assert [one.id for one in wire.client().catalog.list(detail="ids")] == ["1", "2"]

    def test_a_crowd_within_one_second_cannot_be_cut_and_says_so(self, wire: Wire) -> None:
        wire["get_item_list"] = refusal(
            "error_param", "get items offset over limit, please use the next field"
        )
        at = datetime(2025, 11, 1, tzinfo=UTC)
        with pytest.raises(InvalidRequest, match="offset over limit"):
            wire.client().catalog.list(updated_after=at, updated_before=at + timedelta(seconds=1)).collect()


def _unlimited() -> Any:
    from socialcommerce import RateLimits

    return RateLimits(enabled=False)


class TestProduct:
    """What a product is made of."""

    def test_an_item_without_models_has_one_variant(self, wire: Wire, shared: Path) -> None:
        wire["get_item_base_info"] = sample(shared, "product_get_item_base_info")
        wire["get_model_list"] = sample(shared, "product_get_model_list")
        found = wire.client().catalog.get("34001")
        assert (found.title, found.status, found.condition, found.brand) == (
            "Plain mug",
            "active",
            "new",
            None,
        )
        assert found.categories[0].id == "100636"
        assert found.attributes[0].id == "4811"
        assert (found.attributes[0].values, found.attributes[0].value_ids) == (("Canvas",), ())
        assert found.media[0].id == "aaa111"
        assert found.package is not None
        assert (found.package.weight_g, found.package.length_mm) == (Decimal(1200), Decimal(300))
        assert found.created_at == datetime.fromtimestamp(1600572637, UTC)
        (only,) = found.variants
        assert (only.id, only.is_default, only.sku) == ("0", True, "PARENT-1")
        assert only.price == Money("99.9", "SGD")
        assert only.base_price == only.list_price == Money("122.02", "SGD")
        assert only.available == 389
        assert [(place.location, place.on_hand, place.available) for place in only.inventory] == [
            ("SGZ", 90, 90),
            ("SGG", 299, 299),
        ]

    def test_models_are_variants_with_options_prices_and_stock(self, wire: Wire, shared: Path) -> None:
        wire["get_item_base_info"] = sample(shared, "product_get_item_base_info")
        wire["get_model_list"] = sample(shared, "product_get_model_list")
        found = wire.client().catalog.get("34002")
        assert [(option.name, option.values) for option in found.options] == [
            ("Color", ("red", "blue")),
            ("Size", ("L", "XL")),
        ]
        first = found.variant("red-L")
        assert first.options == {"Color": "red", "Size": "L"}
        assert first.native_ids == {"item_id": "34002", "model_id": "2000458802"}
        assert (first.price, first.list_price) == (Money("25", "SGD"), Money("30.5", "SGD"))
        assert (first.available, first.inventory[0].reserved) == (100, 10)
        assert first.media[0].id == "aaa111"
        assert (first.status, first.gtin) == ("active", None)
        assert found.variant("red-XL").list_price is None

    def test_older_replies_without_standard_variations_read_the_same(self, wire: Wire) -> None:
        wire["get_item_base_info"] = {"item_list": [item(has_model=True)]}
        wire["get_model_list"] = models(
            model(7, 1, sku="b", gtin_code="00", model_status="MODEL_UNAVAILABLE")
        )
        (only,) = wire.client().catalog.get("34001").variants
        assert (only.options, only.gtin, only.status) == ({"Colour": "blue"}, None, "inactive")

    @pytest.mark.parametrize(
        "fields, status",
        [
            ({"item_status": "UNLIST"}, "inactive"),
            ({"item_status": "UNLIST", "scheduled_publish_time": 1_900_000_000}, "scheduled"),
            ({"item_status": "SHOPEE_DELETE"}, "deleted"),
            ({"item_status": "NEW_WORD"}, "other"),
        ],
    )
    def test_the_status_keeps_the_native_word(self, wire: Wire, fields: dict[str, Any], status: str) -> None:
        wire["get_item_base_info"] = {"item_list": [item(**fields)]}
        found = wire.client().catalog.get("34001")
        assert (found.status, found.native_status) == (status, fields["item_status"])

    def test_a_product_under_review_says_so(self, wire: Wire) -> None:
        wire["get_item_base_info"] = {"item_list": [item(item_status="REVIEWING")]}
        found = wire.client().catalog.get("34001")
        assert found.review is not None
        assert (found.status, found.review.status) == ("under_review", "pending")

    def test_extended_descriptions_brands_and_films_are_read(self, wire: Wire) -> None:
        parts = [
            {"field_type": "text", "text": "One"},
            {"field_type": "image", "image_info": {}},
            {"text": "Two"},
        ]
        wire["get_item_base_info"] = {
            "item_list": [
                item(
                    description="",
                    description_info={"extended_description": {"field_list": parts}},
                    brand={"brand_id": 7, "original_brand_name": "Acme"},
                    video_info=[{"video_url": "https://cvf.shopee.sg/v"}],
                    attribute_list=[
                        {
                            "attribute_id": 1,
                            "attribute_value_list": [
                                {"value_id": 5, "original_value_name": "Wool", "value_unit": "g"}
                            ],
                        }
                    ],
                )
            ]
        }
        found = wire.client().catalog.get("34001")
        assert (found.description, found.brand) == ("One\nTwo", "Acme")
        assert [media.kind for media in found.media] == ["video"]
        assert (found.attributes[0].value_ids, found.attributes[0].unit) == (("5",), "g")

    def test_an_item_without_a_price_says_that_it_was_not_loaded(self, wire: Wire) -> None:
        wire["get_item_base_info"] = {"item_list": [item(price_info=[], stock_info_v2={})]}
        (only,) = wire.client().catalog.get("34001").variants
        assert only.available is None
        with pytest.raises(NotLoaded):
            _ = only.price

    def test_what_is_reserved_at_which_of_several_places_is_not_told(self, wire: Wire) -> None:
        held = stock(10, reserved=5, seller={"A": 10, "B": 5})
        wire["get_item_base_info"] = {"item_list": [item(stock_info_v2=held)]}
        (only,) = wire.client().catalog.get("34001").variants
        assert [(place.on_hand, place.available) for place in only.inventory] == [(10, None), (5, None)]


class TestGet:
    def test_ids_are_asked_for_in_one_call_comma_joined(self, wire: Wire) -> None:
        wire["get_item_base_info"] = {"item_list": [item(1), item(2)]}
        result = wire.client().catalog.get(["1", "2"])
        assert [one.id for one in result.values] == ["1", "2"]
        assert wire.query("get_item_base_info")["item_id_list"] == ["1,2"]

    def test_each_id_that_is_not_there_is_not_found_by_itself(self, wire: Wire) -> None:
        wire["get_item_base_info"] = {"item_list": [item(1)]}
        result = wire.client().catalog.get(["1", "2", "not-a-number"])
        assert [outcome.status for outcome in result] == ["ok", "failed", "failed"]
        assert all(isinstance(outcome.error, NotFound) for outcome in result.failures)

    def test_one_unknown_id_does_not_hide_the_others(self, wire: Wire) -> None:
        def details(request: Request) -> Any:
            asked = query_of(request)["item_id_list"][0].split(",")
            if "2" in asked:
                return refusal("product.error_item_not_found", "Item_id is not found.")
            return {"item_list": [item(int(one)) for one in asked]}

        wire["get_item_base_info"] = details
        assert [outcome.ok for outcome in wire.client().catalog.get(["1", "2", "3"])] == [True, False, True]

    def test_one_id_raises(self, wire: Wire) -> None:
        wire["get_item_base_info"] = {"item_list": []}
        with pytest.raises(NotFound, match="no product 9"):
            wire.client().catalog.get("9")

    def test_the_copy_under_review_is_refused_because_there_is_one_copy(self, wire: Wire) -> None:
        with pytest.raises(Unsupported, match="one copy"):
            wire.client().catalog.get("1", version="pending")
        assert wire.sent == []

    def test_a_deleted_product_whose_variants_are_gone_can_still_be_read(self, wire: Wire) -> None:
        wire["get_item_base_info"] = {"item_list": [item(item_status="SELLER_DELETE", has_model=True)]}
        wire["get_model_list"] = refusal("product.error_item_not_found", "Product not found")
        found = wire.client().catalog.get("34001")
        assert (found.status, found.loaded("variants")) == ("deleted", False)


class TestFind:
    @pytest.fixture
    def shop(self, wire: Wire) -> Client:
        wire["search_item"] = {"item_id_list": [], "total_count": 0, "next_offset": ""}
        return wire.client()

    def test_a_products_sku_is_searched_and_compared(self, wire: Wire, shop: Client) -> None:
        wire["search_item"] = {"item_id_list": [1, 2], "total_count": 2, "next_offset": ""}
        wire["get_item_base_info"] = {"item_list": [item(1, item_sku="TS-1"), item(2, item_sku="TS-10")]}
        assert shop.catalog.find("TS-1") == (Ref(sku="TS-1", product_id="1", variant_id="0"),)
        assert wire.query("search_item") == {"page_size": ["100"], "item_sku": ["TS-1"]}

    def test_the_search_follows_its_text_offset(self, wire: Wire, shop: Client) -> None:
        wire["search_item"] = [
            {"item_id_list": [1], "total_count": 2, "next_offset": "abc"},
            {"item_id_list": [2], "total_count": 2, "next_offset": ""},
        ]
        wire["get_item_base_info"] = {"item_list": [item(1, item_sku="TS-1"), item(2, item_sku="TS-1")]}
        assert [ref.product_id for ref in shop.catalog.find("TS-1")] == ["1", "2"]
        assert wire.query("search_item", 1)["offset"] == ["abc"]

    def test_a_parents_sku_names_no_variant(self, wire: Wire, shop: Client) -> None:
        wire["search_item"] = {"item_id_list": [1], "total_count": 1, "next_offset": ""}
        wire["get_item_base_info"] = {"item_list": [item(1, item_sku="P", has_model=True)]}
        wire["get_model_list"] = models(model(7, 0, sku="red"), model(8, 1, sku="blue"))
        assert shop.catalog.find("P") == (Ref(sku="P", product_id="1"),)

    def test_a_variants_sku_that_was_never_seen_is_refused_with_the_way_out(self, shop: Client) -> None:
        with pytest.raises(Unsupported, match="scan=True") as caught:
            shop.catalog.find("red")
        assert caught.value.instead

    def test_a_listing_teaches_the_index_and_what_it_says_is_read_back(
        self, wire: Wire, shop: Client
    ) -> None:
        wire["get_item_base_info"] = {"item_list": [item(has_model=True)]}
        wire["get_model_list"] = models(model(7, 0, sku="red"))
        shop.catalog.list().collect()
        before = len(wire.sent)
        assert shop.catalog.find("red") == (Ref(sku="red", product_id="34001", variant_id="7"),)
        assert wire.operations()[before:] == ["get_item_base_info", "get_model_list"]

    def test_an_index_that_is_out_of_date_is_not_believed(self, wire: Wire, shop: Client) -> None:
        shop.catalog.list().collect()
        wire["get_item_base_info"] = {"item_list": [item(item_sku="renamed")]}
        with pytest.raises(Unsupported):
            shop.catalog.find("SKU-34001")

    def test_the_index_outlives_the_client(self, wire: Wire) -> None:
        state = State()
        wire.client(state=state).catalog.list().collect()
        wire["search_item"] = {"item_id_list": [], "total_count": 0, "next_offset": ""}
        assert wire.client(state=state).catalog.find("SKU-34001")

    def test_a_scan_walks_the_catalogue_once_for_all(self, wire: Wire, shop: Client) -> None:
        wire["get_item_list"] = rows(1, 2)
        wire["get_item_base_info"] = {"item_list": [item(1, has_model=True), item(2)]}
        wire["get_model_list"] = models(model(7, 0, sku="red"), model(8, 1, sku="blue"))
        result = shop.catalog.find(["red", "blue", "nowhere"], scan=True)
        assert [len(refs) for refs in result.values] == [1, 1, 0]
        assert wire.operations().count("get_item_list") == 1
        assert "SELLER_DELETE" not in wire.query("get_item_list")["item_status"]

    def test_deleted_products_do_not_carry_a_sku(self, wire: Wire, shop: Client) -> None:
        wire["search_item"] = {"item_id_list": [1], "total_count": 1, "next_offset": ""}
        wire["get_item_base_info"] = {"item_list": [item(1, item_sku="TS-1", item_status="SELLER_DELETE")]}
        assert shop.catalog.find("TS-1", scan=True) == ()


class TestChanges:
    def test_what_was_updated_or_deleted_comes_as_events(self, wire: Wire) -> None:
        gone = {"item_id": 2, "item_status": "SELLER_DELETE", "update_time": 1_762_000_100}
        wire["get_item_list"] = rows(1) | {"item": [*rows(1)["item"], gone], "total_count": 2}
        since = datetime.fromtimestamp(1_761_999_999, UTC)
        updated, deleted = wire.client().catalog.changes(since=since).collect()
        assert (updated.type, deleted.type) == ("product.updated", "product.deleted")
        assert updated.ref is not None
        assert (updated.ref.kind, updated.ref.id, updated.account) == ("product", "1", "14701711")
        assert updated.key == "shopee:product:1:1762000000"
        assert wire.query("get_item_list")["update_time_from"] == ["1761999999"]
        assert wire.query("get_item_list")["item_status"] == ALL

    def test_an_event_names_the_product_to_get(self) -> None:
        shop = simulate("shopee")
        shop.market.add_product("TS-1", 5)
        (event,) = shop.catalog.changes(since=shop.market.now() - timedelta(days=1)).collect()
        assert event.ref is not None
        assert shop.catalog.get(event.ref.id).variants[0].sku == "TS-1"


class TestPretendMarketplace:
    def test_many_products_come_once_each_whatever_the_page(self) -> None:
        shop = simulate("shopee", page_size=3)
        skus = {f"TS-{number}" for number in range(10)}
        for sku in skus:
            shop.market.add_product(sku, 5)
        assert {one.variants[0].sku for one in shop.catalog.list()} == skus

    def test_a_platform_that_fails_for_a_while_is_asked_again(self) -> None:
        shop = simulate("shopee")
        shop.market.add_product("TS-1", 5)
        shop.market.fault("server_error", on="GET *get_item_list", times=2)
        assert len(shop.catalog.list().collect()) == 1

    def test_a_platform_that_stays_down_says_so(self) -> None:
        shop = simulate("shopee")
        shop.market.fault("server_error", on="GET *get_item_list", times=99)
        with pytest.raises(PlatformUnavailable):
            shop.catalog.list().collect()

    def test_a_word_that_is_not_known_keeps_the_listing_going(self) -> None:
        shop = simulate("shopee")
        shop.market.add_product("TS-1", 5)
        shop.market.fault("unknown_enum", on="GET *get_item_list")
        (found,) = shop.catalog.list(detail="ids").collect()
        assert found.status == "other"
        assert found.native_status

    @pytest.mark.anyio
    async def test_the_same_words_are_awaited(self) -> None:
        async with simulate("shopee", AsyncClient) as shop:
            shop.market.add_product("TS-1", 5)
            found = [one async for one in shop.catalog.list()]
            assert [one.variants[0].sku for one in found] == ["TS-1"]
            assert (await shop.catalog.get(found[0].id)).title == found[0].title
            assert (await shop.store.info()).region == "SG"
