"""Reading Meta's catalogue: items, groups, SKUs, stock."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.meta.catalog_wire import CATALOG, GONE, NOT_AN_ITEM, Wire, group, item, named, refusal

from socialcommerce import Client, Money, Product, Ref, errors
from socialcommerce.backends import Response
from socialcommerce.backends.meta.whatsapp.backend import WhatsApp

ITEM, OTHER, GROUP = "24500000000001", "24500000000002", "24600000000001"
PRODUCTS = f"GET /{CATALOG}/products"
GROUPS = f"GET /{CATALOG}/product_groups"


def page(*rows: Any, after: str | None = None) -> dict[str, Any]:
    paging: dict[str, Any] = {"cursors": {"before": "b", "after": after or "end"}}
    if after:
        paging["next"] = f"https://graph.facebook.com/v26.0/{CATALOG}/products?after={after}&access_token=x"
    return {"data": list(rows), "paging": paging}


class TestList:
    def test_every_item_is_a_product_with_its_group(self) -> None:
        wire = Wire()
        wire[PRODUCTS] = page(
            item(), item("TS-2", OTHER, color="Red", additional_variant_attributes=[{"Fit": "Slim"}])
        )
        one, two = wire.client().catalog.list()
        assert (one.id, one.group_id, one.title, one.status) == (ITEM, "TS", "Tee", "active")
        assert one.native_ids == {
            "product_id": ITEM,
            "retailer_id": "TS-1",
            "product_group_id": GROUP,
        }
        assert one.variants[0].is_default
        assert one.variants[0].sku == "TS-1"
        assert one.variants[0].price == Money("19.99", "USD")
        assert two.variants[0].options == {"Color": "Red", "Fit": "Slim"}
        assert [option.name for option in two.options] == ["Color", "Fit"]
        assert one.raw["name"] == "Tee"

    def test_pages_go_on_until_there_is_no_next_and_may_be_empty(self) -> None:
        wire = Wire()
        wire[PRODUCTS] = [page(item(), after="a"), page(after="b"), page(item("TS-2", OTHER))]
        assert [one.id for one in wire.client().catalog.list()] == [ITEM, OTHER]
        assert [wire.query(PRODUCTS, n).get("after") for n in range(3)] == [None, "a", "b"]
        assert wire.query(PRODUCTS)["limit"] == "500"

    def test_a_cursor_goes_on_after_the_last_item(self) -> None:
        wire = Wire()
        wire[PRODUCTS] = lambda request: (
            page(item("TS-2", OTHER)) if "after=a" in request.url else page(item(), after="a")
        )
        catalog = wire.client().catalog
        pager = catalog.list()
        next(iter(pager))
        assert [one.id for one in catalog.list(cursor=pager.cursor)] == [OTHER]

    def test_what_is_too_large_is_asked_for_in_smaller_pages(self) -> None:
        wire = Wire()
        too_large = refusal(1, "Please reduce the amount of data you're asking for, then retry", status=500)
        wire[PRODUCTS] = [too_large, page(item())]
        assert [one.id for one in wire.client().catalog.list()] == [ITEM]
        assert [wire.query(PRODUCTS, n)["limit"] for n in range(2)] == ["500", "250"]

    def test_statuses_are_told_apart_here(self) -> None:
        wire = Wire()
        wire[PRODUCTS] = page(
            item(),
            item("A", "2", review_status="pending"),
            item("B", "3", review_status="outdated"),
            item("C", "4", review_status="rejected", review_rejection_reasons=["Weapons"]),
            item("D", "5", visibility="staging"),
            item("E", "6", review_status="", visibility="staging"),
            item("F", "7", review_status=""),
            item("G", "8", review_status="frozen"),
        )
        catalog = wire.client().catalog
        found = {one.id: one.status for one in catalog.list()}
        assert found == {
            ITEM: "active",
            "2": "under_review",
            "3": "under_review",
            "4": "rejected",
            "5": "inactive",
            "6": "draft",
            "7": "under_review",
            "8": "other",
        }
        assert [one.id for one in catalog.list(status=["rejected", "draft"])] == ["4", "6"]
        rejected = catalog.list(status="rejected").collect()[0]
        assert rejected.native_status == "rejected/published"
        assert rejected.review is not None
        assert rejected.review.reasons == ("Weapons",)

    def test_less_detail_asks_for_fewer_fields(self) -> None:
        wire = Wire()
        wire[PRODUCTS] = page(item())
        (summary,) = wire.client().catalog.list(detail="summary")
        assert summary.title == "Tee"
        assert not summary.loaded("description")
        assert summary.variants[0].available == 12
        assert "description" not in wire.query(PRODUCTS)["fields"].split(",")
        assert wire.query(PRODUCTS)["limit"] == "1000"

    def test_ids_are_the_listing_alone(self) -> None:
        wire = Wire()
        wire[PRODUCTS] = page({"id": ITEM, "retailer_id": "TS-1"})
        (only,) = wire.client().catalog.list(detail="ids")
        assert (only.id, only.variants[0].sku) == (ITEM, "TS-1")
        assert wire.query(PRODUCTS)["fields"] == "id,retailer_id"
        with pytest.raises(errors.NotLoaded):
            _ = only.variants[0].price
        with pytest.raises(errors.NotLoaded):
            _ = only.status

    def test_ids_by_status_read_what_decides_it(self) -> None:
        wire = Wire()
        wire[PRODUCTS] = page({"id": ITEM, "retailer_id": "TS-1", "review_status": "approved"})
        assert len(wire.client().catalog.list(detail="ids", status="active").collect()) == 1
        assert wire.query(PRODUCTS)["fields"] == "id,retailer_id,review_status,visibility"

    @pytest.mark.parametrize(
        "reply", [{"data": [{"name": "no id"}]}, {"data": ["x"]}, [], {"data": {"id": "1"}}]
    )
    def test_a_reply_of_another_shape_is_told_as_such(self, reply: Any) -> None:
        wire = Wire()
        wire[PRODUCTS] = Response(200, {}, json.dumps(reply).encode())
        with pytest.raises(errors.DecodeError):
            wire.client().catalog.list().collect()

    def test_times_of_change_are_refused_with_the_reason(self) -> None:
        wire = Wire()
        with pytest.raises(errors.Unsupported, match="no modification time"):
            wire.client().catalog.list(updated_after=datetime(2026, 1, 1, tzinfo=UTC))
        assert not wire.sent

    def test_what_was_listed_is_found_without_asking_again(self) -> None:
        wire = Wire()
        wire[PRODUCTS] = page(item())
        client = wire.client()
        client.catalog.list().collect()
        rows = client._core.state.skus.scan(f"meta/{CATALOG}/TS-1", "", 10)
        assert [dict(ref) for _, ref in rows] == [{"product_id": ITEM, "variant_id": ITEM}]


class TestGroups:
    def test_a_group_is_a_product_with_its_items_as_variants(self) -> None:
        wire = Wire()
        wire[GROUPS] = page(
            group(item("A", "1", color="Red"), item("B", "2", color="Blue", review_status="pending"))
        )
        (product,) = wire.client().catalog.list(group=True)
        assert (product.id, product.group_id, product.title, product.status) == (GROUP, "TS", "Tee", "active")
        assert [one.sku for one in product.variants] == ["A", "B"]
        assert product.native_ids == {"product_group_id": GROUP, "retailer_id": "TS"}
        assert product.options[0].values == ("Red", "Blue")
        assert [one.url for one in product.media] == [f"https://cdn.example.com/{sku}.jpg" for sku in "AB"]
        assert product.variant("B").status == "under_review"
        assert "products.limit(100){id,retailer_id,name" in wire.query(GROUPS)["fields"]
        assert wire.query(GROUPS)["limit"] == "50"

    def test_items_that_do_not_fit_are_read_from_the_group(self) -> None:
        wire = Wire()
        wire[GROUPS] = page(group(item("A", "1"), more=True))
        wire[f"GET /{GROUP}/products"] = page(item("A", "1"), item("B", "2"))
        (product,) = wire.client().catalog.list(group=True)
        assert [one.id for one in product.variants] == ["1", "2"]

    def test_an_empty_group_has_no_variants(self) -> None:
        wire = Wire()
        wire[GROUPS] = page({"id": GROUP, "retailer_id": "TS"})
        (product,) = wire.client().catalog.list(group=True)
        assert (product.variants, product.title, product.group_id) == ((), "", "TS")

    def test_a_status_is_that_of_its_best_item(self) -> None:
        wire = Wire()
        rejected, pending = item("A", "1", review_status="rejected"), item("B", "2", review_status="pending")
        wire[GROUPS] = page(group(rejected, pending), group(rejected, number="9"))
        catalog = wire.client().catalog
        assert [one.id for one in catalog.list(group=True, status="rejected")] == ["9"]
        assert [one.id for one in catalog.list(group=True, status="under_review")] == [GROUP]


class TestGet:
    def test_an_item_by_its_id(self) -> None:
        wire = Wire()
        wire[f"GET /{ITEM}"] = item(product_catalog={"id": CATALOG}, gtin="00012345678905", brand="Acme")
        product = wire.client().catalog.get(ITEM)
        assert (product.id, product.brand, product.variants[0].gtin) == (ITEM, "Acme", "00012345678905")
        assert wire.calls() == [f"GET /{ITEM}"]

    def test_a_group_by_its_id(self) -> None:
        wire = Wire()
        wire[f"GET /{GROUP}"] = [NOT_AN_ITEM, group(item("A", "1"), item("B", "2"))]
        product = wire.client().catalog.get(GROUP)
        assert (product.id, len(product.variants)) == (GROUP, 2)

    def test_many_ids_go_in_one_request(self) -> None:
        wire = Wire()
        wire[f"GET /{ITEM}"] = item()
        wire[f"GET /{OTHER}"] = item("TS-2", OTHER)
        result = wire.client().catalog.get([ITEM, "404", OTHER, "no-id"])
        assert [outcome.status for outcome in result] == ["ok", "failed", "ok", "failed"]
        assert [type(one.error) for one in result.failures] == [errors.NotFound, errors.NotFound]
        assert wire.batches == 1
        assert [one.sent for one in (result[1].error, result[3].error) if one] == ["yes", "no"]

    def test_an_item_of_another_catalogue_is_not_here(self) -> None:
        wire = Wire()
        wire[f"GET /{ITEM}"] = item(product_catalog={"id": "777"})
        with pytest.raises(errors.NotFound, match="catalogue 777"):
            wire.client().catalog.get(ITEM)

    def test_an_error_that_is_not_about_the_product_is_raised(self) -> None:
        wire = Wire()
        wire[f"GET /{ITEM}"] = refusal(200, "Permissions error", status=403)
        with pytest.raises(errors.PermissionDenied):
            wire.client().catalog.get(ITEM)

    def test_the_copy_under_review_cannot_be_read(self) -> None:
        with pytest.raises(errors.Unsupported, match="pending copy"):
            Wire().client().catalog.get(ITEM, version="pending")

    def test_a_price_that_could_be_two_amounts_is_not_loaded(self) -> None:
        wire = Wire()
        wire[f"GET /{ITEM}"] = item(price="$1,299")
        variant = wire.client().catalog.get(ITEM).variants[0]
        with pytest.raises(errors.NotLoaded):
            _ = variant.price
        assert not variant.loaded("base_price")
        assert variant.raw["price"] == "$1,299"

    @pytest.mark.parametrize(
        ("dates", "price"),
        [
            ({}, "14.99"),
            ({"sale_price_start_date": "2026-11-20T00:00:00-0800"}, "14.99"),
            ({"sale_price_start_date": "2026-11-30T00:00:00-0800"}, "19.99"),
            ({"sale_price_end_date": "2026-11-20T00:00:00-0800"}, "19.99"),
            ({"sale_price_end_date": "2099-12-31T23:59:00+0000"}, "14.99"),
        ],
    )
    def test_a_sale_counts_while_it_runs(self, dates: dict[str, str], price: str) -> None:
        wire = Wire()
        wire[f"GET /{ITEM}"] = item(sale_price="$14.99", **dates)
        variant = wire.client().catalog.get(ITEM).variants[0]
        assert (variant.price, variant.base_price) == (Money(price, "USD"), Money("19.99", "USD"))
        assert variant.sale is not None
        assert variant.sale.price == Money("14.99", "USD")
        assert variant.sale.until is None or variant.sale.until.year == 2026

    def test_a_sale_whose_price_cannot_be_read_hides_the_price_while_it_runs(self) -> None:
        wire = Wire()
        wire[f"GET /{ITEM}"] = item(sale_price="$1,499", price="$1,999.00")
        variant = wire.client().catalog.get(ITEM).variants[0]
        assert (variant.base_price, variant.sale) == (Money("1999", "USD"), None)
        assert not variant.loaded("price")
        with pytest.raises(errors.NotLoaded):
            _ = variant.price

    def test_the_rest_of_an_item(self) -> None:
        wire = Wire()
        wire[f"GET /{ITEM}"] = item(
            category="Apparel",
            fb_product_category="clothing",
            condition="used_good",
            custom_label_0="spring",
            manufacturer_part_number="M-1",
            shipping_weight_value=1.2,
            shipping_weight_unit="kg",
            errors=[{"title": "Image too small", "description": "Use 500 x 500."}, {"error_type": "X"}],
            additional_variant_attributes=[{"key": "Fit", "value": "Slim"}],
        )
        product: Product = wire.client().catalog.get(ITEM)
        assert [(ref.tree, ref.id) for ref in product.categories] == [
            ("google_product_category", "Apparel"),
            ("fb_product_category", "clothing"),
        ]
        assert product.condition == "used"
        assert {one.id: one.values for one in product.attributes} == {
            "mpn": ("M-1",),
            "custom_label_0": ("spring",),
        }
        assert product.package is not None
        assert product.package.weight_g == 1200
        assert product.variants[0].weight_g == 1200
        assert product.review is not None
        assert product.review.reasons == ("Image too small: Use 500 x 500.", "X")
        assert product.variants[0].options == {"Fit": "Slim"}


class TestFindAndStock:
    def test_a_sku_is_read_at_its_own_address(self) -> None:
        wire = Wire()
        wire["GET catalog:TS/1 ä"] = {"id": ITEM, "retailer_id": "TS/1 ä"}
        assert wire.client().catalog.find("TS/1 ä") == (Ref(sku="TS/1 ä", product_id=ITEM, variant_id=ITEM),)
        assert wire.sent[0].path == f"/v26.0/catalog:{CATALOG}:VFMvMSDDpA=="

    def test_many_skus_go_in_one_request_and_missing_ones_are_none(self) -> None:
        wire = Wire()
        wire["GET catalog:A"] = {"id": "1", "retailer_id": "A"}
        result = wire.client().catalog.find(["A", "B", "A"], scan=True)
        assert [len(one.unwrap()) for one in result] == [1, 0, 1]
        assert (wire.batches, len(wire.sent)) == (1, 2)

    def test_a_sku_that_could_not_be_read_is_an_error_and_not_none(self) -> None:
        wire = Wire()
        wire["GET catalog:A"] = refusal(2, "later", status=500)
        wire["GET catalog:B"] = {"id": "1", "retailer_id": "B"}
        result = wire.client().catalog.find(["A", "B"])
        assert isinstance(result[0].error, errors.PlatformUnavailable)
        assert result[1].ok

    @pytest.mark.parametrize(
        ("availability", "available"),
        [("in stock", 12), ("preorder", 12), ("out of stock", 0), ("discontinued", 0), ("something new", 0)],
    )
    def test_availability_decides_what_can_be_bought(self, availability: str, available: int) -> None:
        wire = Wire()
        wire["GET catalog:TS-1"] = item(availability=availability)
        level = wire.client().catalog.stock(Ref(sku="TS-1"))
        assert level.available == available
        assert level.locations[0].on_hand == 12
        assert level.locations[0].location is None

    def test_what_is_not_counted_is_none(self) -> None:
        wire = Wire()
        wire["GET catalog:TS-1"] = {"id": ITEM, "retailer_id": "TS-1", "availability": "in stock"}
        level = wire.client().catalog.stock(Ref(sku="TS-1"))
        assert (level.available, level.locations) == (None, ())

    def test_stock_by_id_of_an_item_or_of_the_only_item_of_a_group(self) -> None:
        wire = Wire()
        wire[f"GET /{ITEM}"] = item(inventory=7, quantity_to_sell_on_facebook=None)
        wire[f"GET /{GROUP}"] = [NOT_AN_ITEM, group(item())]
        refs = [Ref(product_id=GROUP), Ref(product_id=GROUP, variant_id=ITEM), Ref(sku="NONE")]
        result = wire.client().catalog.stock(refs)
        assert [one.value.available if one.value else None for one in result] == [12, 7, None]
        assert isinstance(result[2].error, errors.NotFound)

    def test_a_group_of_several_asks_which_one(self) -> None:
        wire = Wire()
        wire[f"GET /{GROUP}"] = [NOT_AN_ITEM, group(item("A", "1"), item("B", "2"))]
        with pytest.raises(errors.InvalidRequest, match="2 variants"):
            wire.client().catalog.stock(Ref(product_id=GROUP))

    def test_a_throttle_says_how_long(self) -> None:
        wire = Wire()
        wire["GET catalog:TS-1"] = refusal(80009, "too many", 2446079)
        client = wire.client().with_options(on_limit="raise")
        with pytest.raises(errors.RateLimited) as caught:
            client.catalog.stock(Ref(sku="TS-1"))
        assert caught.value.scope == "catalog_management"


@pytest.mark.parametrize("operation", ["categories", "attributes", "upload_media", "changes"])
def test_what_meta_has_not_is_refused_with_the_reason(operation: str) -> None:
    wire = Wire()
    catalog = wire.client().catalog
    arguments: dict[str, Any] = {
        "attributes": {"category": "1"},
        "upload_media": {"source": None},
        "changes": {"since": datetime(2026, 1, 1, tzinfo=UTC)},
    }.get(operation, {})
    with pytest.raises(errors.Unsupported) as caught:
        getattr(catalog, operation)(**arguments)
    assert caught.value.reason
    assert not wire.sent


class TestWhatsApp:
    def client(self, wire: Wire, **settings: Any) -> Client:
        shop = WhatsApp("6001", "secret", "token", waba_id="102", **settings)
        return Client(shop, transport=wire, clock=wire.clock, sleep=wire.clock.sleep)

    def test_the_catalogue_is_the_one_that_is_linked(self) -> None:
        wire = Wire()
        wire["GET /102/product_catalogs"] = {"data": [{"id": CATALOG}]}
        wire[PRODUCTS] = page(item())
        catalog = self.client(wire).catalog
        assert [one.platform for one in catalog.list()] == ["whatsapp"]
        catalog.list().collect()
        assert wire.calls().count("GET /102/product_catalogs") == 1

    def test_the_settings_may_name_it(self) -> None:
        wire = Wire()
        wire[PRODUCTS] = page(item())
        assert len(self.client(wire, catalog_id=CATALOG).catalog.list().collect()) == 1
        assert named(wire.sent[0]) == f"/{CATALOG}/products"

    def test_an_account_without_one_says_so(self) -> None:
        wire = Wire()
        wire["GET /102/product_catalogs"] = {"data": []}
        with pytest.raises(errors.ConfigurationError, match="catalog_id"):
            self.client(wire).catalog.list().collect()


def of_the_page(rows: list[Any]) -> tuple[Wire, Any]:
    """A client that speaks for a page, by its id alone, whose catalogues are these rows."""
    from socialcommerce.backends.meta.social.backend import Meta

    wire = Wire()
    wire["GET /103/product_catalogs"] = {"data": rows}
    wire[PRODUCTS] = page(item())
    root = Client(Meta("1", "s", "t"), transport=wire, clock=wire.clock, sleep=wire.clock.sleep)
    return wire, root.for_account("103").catalog


def test_the_catalogue_of_a_chosen_page_is_the_one_that_it_shows() -> None:
    wire, catalog = of_the_page([{"id": CATALOG}])
    assert [len(catalog.list().collect()) for _ in range(2)] == [1, 1]
    assert wire.calls().count("GET /103/product_catalogs") == 1


@pytest.mark.parametrize("rows", [[], [{"id": CATALOG}, {"id": "2"}]])
def test_a_page_that_shows_none_or_many_leaves_the_choice(rows: list[Any]) -> None:
    with pytest.raises(errors.ConfigurationError, match=r"catalog_id.*for_account"):
        of_the_page(rows)[1].list().collect()


def test_a_missing_setting_is_named() -> None:
    from socialcommerce.backends.meta.social.backend import Meta

    with pytest.raises(errors.ConfigurationError, match=r"catalog_id.*page_id.*for_account"):
        Client(Meta("1", "s", "t"), transport=Wire()).catalog.list().collect()


def test_nothing_there_at_all_is_not_found() -> None:
    wire = Wire()
    wire[f"GET /{ITEM}"] = GONE
    with pytest.raises(errors.NotFound, match=ITEM):
        wire.client().catalog.get(ITEM)
