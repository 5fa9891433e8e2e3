"""Listings of Shopee's catalogue: pages, statuses, windows, what changed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.shopee.wire import Wire, item, model, models, query_of, refusal

from socialcommerce import AsyncClient, simulate
from socialcommerce.backends import Request
from socialcommerce.errors import InvalidRequest, NotLoaded, PlatformUnavailable

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
