"""Listings and their windows, details, SKUs, stock, and what changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.tiktok_shop.wire import (
    OTHER_WAREHOUSE,
    PRODUCT,
    WAREHOUSE,
    Wire,
    found,
    refusal,
    row,
    sample,
    stock,
)

from socialcommerce import Money, Ref, errors, simulate

SEARCH = "POST /products/search"
DETAIL = f"GET /products/{PRODUCT}"
SINCE = datetime(2026, 11, 1, tzinfo=UTC)


class TestList:
    def test_the_vendors_pages_are_read_to_their_end(self, shared: Any) -> None:
        wire = Wire()
        wire[SEARCH] = [sample(f"products_search_{page}") for page in ("page1", "page2", "last")]
        items = list(wire.client().catalog.list(detail="summary"))
        assert len(items) == 5
        assert (items[0].title, items[0].status) == ("Short Boat Invisible Socks 1", "active")
        assert items[0].variants[0].price == Money("19.99", "USD")
        assert [wire.query(SEARCH, page).get("page_token") for page in range(3)] == [
            None,
            "b2Zmc2V0PTIK",
            wire.query(SEARCH, 2)["page_token"],
        ]

    def test_an_empty_shop_gives_nothing(self, shared: Any) -> None:
        wire = Wire()
        wire[SEARCH] = sample("products_search_empty")
        assert list(wire.client().catalog.list()) == []
        assert wire.body(SEARCH) == {}

    def test_a_summary_says_what_it_left_out(self) -> None:
        wire = Wire()
        wire[SEARCH] = found(row())
        (item,) = wire.client().catalog.list(detail="summary")
        with pytest.raises(errors.NotLoaded):
            _ = item.description
        with pytest.raises(errors.NotLoaded):
            _ = item.variants[0].options
        assert wire.paths() == ["POST /product/202502/products/search"]

    def test_details_complete_every_row(self, shared: Any) -> None:
        wire = Wire()
        wire[SEARCH] = found(row(), row("2"))
        wire[DETAIL] = sample("product_detail_variants")
        wire["GET /products/2"] = refusal(12052048, "not yours")
        first, second = wire.client().catalog.list()
        assert first.description == "<p>100% cotton &amp; linen</p>"
        assert (second.id, second.loaded("description")) == ("2", False)

    def test_a_search_takes_one_status_and_a_closed_end(self) -> None:
        wire = Wire()
        wire[SEARCH] = found()
        pages = wire.client().catalog.list(
            status="blocked", updated_after=SINCE, updated_before=SINCE + timedelta(days=1)
        )
        assert list(pages) == []
        start = int(SINCE.timestamp())
        assert [wire.body(SEARCH, call) for call in range(2)] == [
            {"status": status, "update_time_ge": start, "update_time_le": start + 86_399}
            for status in ("PLATFORM_DEACTIVATED", "FREEZE")
        ]

    def test_a_status_that_is_not_searched_asks_nothing(self) -> None:
        wire = Wire()
        assert list(wire.client().catalog.list(status="archived")) == []
        assert wire.sent == []

    def test_a_window_beyond_the_cap_is_cut_without_a_gap(self) -> None:
        wire = Wire()
        start = int(SINCE.timestamp())

        def answer(request: Any) -> Any:
            body = wire.body(SEARCH, len(wire.sent) - 1)
            span = body["update_time_le"] - body["update_time_ge"] + 1
            if span > 25:
                return found(total=10_001) if span > 99 else refusal(12052180, "more than 10000")
            return found(row(str(body["update_time_ge"])))

        wire[SEARCH] = answer
        end = SINCE + timedelta(seconds=100)
        items = list(wire.client().catalog.list(detail="ids", updated_after=SINCE, updated_before=end))
        windows = [wire.body(SEARCH, call) for call in range(len(wire.sent))]
        sent = [(one["update_time_ge"], one["update_time_le"]) for one in windows]
        assert [(since, until) for since, until in sent if until - since == 24] == [
            (start + 25 * part, start + 25 * part + 24) for part in range(4)
        ]
        assert len(items) == 4

    def test_an_open_window_is_cut_at_the_present_and_stays_open(self) -> None:
        wire = Wire()
        wire[SEARCH] = [found(total=10_001), found(row("1")), found(row("2"))]
        assert len(list(wire.client().catalog.list(detail="ids"))) == 2
        older, newer = wire.body(SEARCH, 1), wire.body(SEARCH, 2)
        assert newer == {"update_time_ge": older["update_time_le"] + 1}
        assert "update_time_ge" not in older

    def test_a_period_without_length_asks_nothing(self) -> None:
        wire = Wire()
        assert list(wire.client().catalog.list(updated_after=SINCE, updated_before=SINCE)) == []
        assert wire.sent == []

    def test_a_second_that_is_too_full_is_an_error(self) -> None:
        wire = Wire()
        wire[SEARCH] = refusal(12052180, "more than 10000")
        end = SINCE + timedelta(seconds=1)
        with pytest.raises(errors.InvalidRequest):
            list(wire.client().catalog.list(updated_after=SINCE, updated_before=end))

    def test_a_cursor_goes_on_within_its_window(self) -> None:
        wire = Wire()

        def answer(request: Any) -> Any:
            last = wire.query(SEARCH, len(wire.sent) - 1).get("page_token") == "a/b+=="
            return found(row("2")) if last else found(row("1"), token="a/b+==")

        wire[SEARCH] = answer
        catalog = wire.client().catalog
        pager = catalog.list(detail="ids", status="active")
        assert next(iter(pager)).id == "1"
        assert [item.id for item in catalog.list(cursor=pager.cursor)] == ["2"]
        assert {wire.body(SEARCH, call)["status"] for call in range(3)} == {"ACTIVATE"}


class TestGet:
    def test_the_vendors_product_is_read_whole(self, shared: Any) -> None:
        wire = Wire()
        wire[DETAIL] = sample("product_detail_variants")
        item = wire.client().catalog.get(PRODUCT)
        assert (item.brand, item.categories[0].id, item.categories[0].name) == ("Acme", "842248", "T-shirts")
        assert item.attributes[0].value_ids == ("1001533",)
        assert [(one.name, one.values) for one in item.options] == [
            ("Color", ("Red", "Blue")),
            ("Size", ("S", "M")),
        ]
        red = item.variant("TEE-Red-S")
        assert (red.options, red.gtin) == ({"Color": "Red", "Size": "S"}, "00012345000001")
        assert (red.price, red.available) == (Money("19.99", "USD"), 5)
        assert [place.location for place in red.inventory] == [WAREHOUSE, OTHER_WAREHOUSE]
        assert red.media[0].id == "tos-maliva/Red"
        assert item.variant("TEE-Red-M").status == "inactive"
        assert item.package is not None
        assert (item.package.weight_g, item.package.length_mm) == (Decimal(250), Decimal(300))
        assert [media.id for media in item.media] == ["tos-maliva/main1", "tos-maliva/main2"]
        assert item.review is not None
        assert item.review.status == "approved"
        assert item.native_ids["external_product_id"] == "ext-tee"
        assert item.raw["id"] == PRODUCT

    def test_the_published_example_with_a_failed_audit(self, shared: Any) -> None:
        wire = Wire()
        wire["GET /products/1729592969712207008"] = sample("product_detail_published")
        item = wire.client().catalog.get("1729592969712207008")
        assert (item.status, item.native_status) == ("inactive", "SELLER_DEACTIVATED")
        assert item.media[-1].kind == "video"
        assert item.variants[0].price == Money("117.5", "USD")

    def test_what_is_not_there_is_not_found(self) -> None:
        wire = Wire()
        wire[DETAIL] = refusal(12052048, "The product does not belong to you")
        result = wire.client().catalog.get([PRODUCT, "no-number"])
        assert [type(one.error) for one in result] == [errors.NotFound, errors.NotFound]
        assert len(wire.paths()) == 1

    def test_the_copy_under_review(self) -> None:
        wire = Wire()
        wire[DETAIL] = row(title="new", audit={"status": "AUDITING"})
        item = wire.client().catalog.get(PRODUCT, version="pending")
        assert (item.title, item.status, item.native_status) == ("new", "under_review", "ACTIVATE")
        assert wire.query(DETAIL) == {"return_under_review_version": "true"}

    def test_else_the_draft(self) -> None:
        wire = Wire()
        none = refusal(12052049, "no such version")
        wire[DETAIL] = [none, row(has_draft=True), row(title="draft")]
        assert wire.client().catalog.get(PRODUCT, version="pending").title == "draft"
        assert wire.query(DETAIL, 2) == {"return_draft_version": "true"}

    def test_a_product_never_listed_is_its_own_draft(self) -> None:
        wire = Wire()
        wire[DETAIL] = [refusal(12052049, "no such version"), row(status="DRAFT")]
        assert wire.client().catalog.get(PRODUCT, version="pending").status == "draft"

    def test_nothing_pending_is_not_found(self) -> None:
        wire = Wire()
        wire[DETAIL] = row()
        with pytest.raises(errors.NotFound, match="no copy under review"):
            wire.client().catalog.get(PRODUCT, version="pending")


class TestFind:
    def test_many_skus_are_one_search(self) -> None:
        wire = Wire()
        deleted = row("9", ("91", "A"), status="DELETED")
        wire[SEARCH] = [
            found(row("1", ("11", "A"), ("12", "B")), token="t"),
            found(row("2", ("21", "A")), deleted),
        ]
        result = wire.client().catalog.find(["A", "B", "C"])
        assert [[(ref.product_id, ref.variant_id) for ref in one.unwrap()] for one in result] == [
            [("1", "11"), ("2", "21")],
            [("1", "12")],
            [],
        ]
        assert wire.body(SEARCH) == {"seller_skus": ["A", "B", "C"]}

    def test_more_than_fifty_are_cut(self) -> None:
        wire = Wire()
        wire[SEARCH] = found()
        wire.client().catalog.find([str(number) for number in range(51)])
        assert [len(wire.body(SEARCH, call)["seller_skus"]) for call in range(2)] == [50, 1]


class TestStock:
    def test_the_vendors_reply_is_read_whole(self, shared: Any) -> None:
        wire = Wire()
        wire["POST /inventory/search"] = sample("inventory_search")
        level = wire.client().catalog.stock(Ref(product_id="1729592969712207008"))
        assert level.available == 100
        (place,) = level.locations
        assert (place.on_hand, place.reserved, place.available) == (110, 10, 100)
        assert wire.body("POST /inventory/search") == {"product_ids": ["1729592969712207008"]}

    def test_a_sku_is_searched_first(self) -> None:
        wire = Wire()
        wire[SEARCH] = found(row(PRODUCT, ("11", "A")))
        wire["POST /inventory/search"] = stock(("11", {WAREHOUSE: 3}))
        assert wire.client().catalog.stock(Ref(sku="A")).available == 3

    def test_each_ref_has_its_own_answer(self) -> None:
        wire = Wire()
        wire[SEARCH] = found(row("1", ("11", "A")), row("2", ("21", "A")))
        wire["POST /inventory/search"] = stock(("11", {WAREHOUSE: 3}), ("12", {WAREHOUSE: 4}))
        refs = [
            Ref(product_id=PRODUCT, variant_id="12"),
            Ref(product_id=PRODUCT),
            Ref(product_id=PRODUCT, variant_id="99"),
            Ref(product_id="5"),
            Ref(sku="A"),
            Ref(sku="Z"),
        ]
        result = wire.client().catalog.stock(refs)
        assert result[0].unwrap().available == 4
        assert [type(one.error) for one in result[1:]] == [
            errors.InvalidRequest,
            errors.NotFound,
            errors.NotFound,
            errors.InvalidRequest,
            errors.NotFound,
        ]

    def test_one_unknown_product_does_not_hide_the_others(self) -> None:
        wire = Wire()

        def answer(request: Any) -> Any:
            ids = wire.body("POST /inventory/search", len(wire.paths()) - 1)["product_ids"]
            return refusal(12052048, "not yours") if "5" in ids else stock(("11", {WAREHOUSE: 3}))

        wire["POST /inventory/search"] = answer
        result = wire.client().catalog.stock([Ref(product_id=PRODUCT), Ref(product_id="5")])
        assert [one.status for one in result] == ["ok", "failed"]


class TestChanges:
    def test_rows_by_time_of_update_become_events(self) -> None:
        wire = Wire()
        wire[SEARCH] = found(row("1"), row("2", status="DELETED"), row("3", status="FREEZE"))
        events = list(wire.client().catalog.changes(since=SINCE))
        assert [(event.type, event.ref.id) for event in events if event.ref] == [
            ("product.updated", "1"),
            ("product.deleted", "2"),
            ("product.status_changed", "3"),
        ]
        assert wire.body(SEARCH) == {"update_time_ge": int(SINCE.timestamp())}


class TestStory:
    def test_a_catalogue_of_many_pages(self) -> None:
        client = simulate("tiktok_shop", page_size=2)
        for number in range(5):
            client.market.add_product(f"SKU-{number}", stock=number, price="9.90")
        items = list(client.catalog.list())
        assert {item.variants[0].sku: item.variants[0].available for item in items} == {
            f"SKU-{number}": number for number in range(5)
        }

    def test_a_sale_takes_from_what_can_be_bought(self) -> None:
        client = simulate("tiktok_shop")
        client.market.add_product("A", stock=5)
        client.market.buy("A", 2)
        level = client.catalog.stock(Ref(sku="A"))
        assert level.available == 3
        assert level.locations[0].on_hand == 5
