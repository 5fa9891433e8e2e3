"""Creating, changing, shelving, deleting and upserting products."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.meta.catalog_wire import (
    BATCH,
    CATALOG,
    GONE,
    NOT_AN_ITEM,
    STATUS,
    Wire,
    ended,
    group,
    item,
    refusal,
)

from socialcommerce import AsyncClient, Media, Money, Parcel, ProductInput, Sale, VariantInput, errors
from socialcommerce.backends import Response
from socialcommerce.backends.meta.social.backend import Meta
from socialcommerce.models.product import CategoryRef, Option

ITEM, OTHER, GROUP = "24500000000001", "24500000000002", "24600000000001"
PICTURE = Media.from_url("https://cdn.example.com/1.jpg")


def mug(sku: str = "MUG-1", **fields: Any) -> ProductInput:
    defaults: dict[str, Any] = {
        "title": "A mug",
        "description": "of clay",
        "url": "https://shop.example.com/mug",
        "media": [PICTURE],
        "variants": [VariantInput(sku=sku, quantity=5, price=Money("12.50", "USD"))],
    }
    return ProductInput(**{**defaults, **fields})


def variant(sku: str, colour: str, **fields: Any) -> VariantInput:
    return VariantInput(
        sku=sku, quantity=1, price=Money("12.50", "USD"), options={"Colour": colour}, **fields
    )


class TestCreate:
    def test_a_product_becomes_one_item(self) -> None:
        wire = Wire()
        wire["GET catalog:MUG-1"] = [GONE, item("MUG-1")]
        product = wire.client().catalog.create(mug())
        assert product.id == ITEM
        assert product.variants[0].sku == "MUG-1"
        assert wire.body()["allow_upsert"] is False
        assert wire.body()["requests"] == [
            {
                "method": "CREATE",
                "data": {
                    "id": "MUG-1",
                    "availability": "in stock",
                    "title": "A mug",
                    "description": "of clay",
                    "link": "https://shop.example.com/mug",
                    "status": "active",
                    "condition": "new",
                    "image": [{"url": "https://cdn.example.com/1.jpg"}],
                    "price": "12.50 USD",
                    "quantity_to_sell_on_facebook": 5,
                },
            }
        ]

    def test_everything_has_its_column(self) -> None:
        wire = Wire()
        wire["GET catalog:A"] = [GONE, item("A")]
        one = VariantInput(
            sku="A",
            price=Money("19.99", "USD"),
            sale=Sale(price=Money("14.99", "USD"), until=datetime(2026, 12, 1, tzinfo=UTC)),
            options={"color": "Red", "Age group": "adult", "Fit": "Regular", "Neck": "Crew"},
            gtin="00012345678905",
            media=[
                Media.from_url("https://cdn.example.com/a.jpg"),
                Media.from_url("https://cdn.example.com/b.jpg"),
            ],
            native={"custom_label_0": "x"},
        )
        wire.client().catalog.create(
            mug(
                variants=[one],
                brand="Acme",
                categories=["212", CategoryRef(tree="fb_product_category", id="9")],
                attributes={"mpn": "M-1"},
                condition="used",
                status="draft",
                group_id="G",
                native={"product_type": "Home > Mugs"},
            )
        )
        row = wire.written()["A"]
        assert row["color"] == "Red"
        assert row["age_group"] == "adult"
        assert row["additional_variant_attribute"] == "Fit:Regular,Neck:Crew"
        assert row["sale_price"] == "14.99 USD"
        assert row["sale_price_effective_date"].endswith("/2026-12-01T00:00+0000")
        assert row["image"] == [{"url": f"https://cdn.example.com/{name}.jpg"} for name in "ab"]
        assert (row["google_product_category"], row["fb_product_category"]) == ("212", "9")
        assert (row["mpn"], row["custom_label_0"], row["product_type"]) == ("M-1", "x", "Home > Mugs")
        assert (row["gtin"], row["brand"], row["condition"], row["status"]) == (
            "00012345678905",
            "Acme",
            "used",
            "archived",
        )
        assert (row["item_group_id"], row["availability"]) == ("G", "in stock")
        assert "quantity_to_sell_on_facebook" not in row

    def test_variants_are_items_of_one_group(self) -> None:
        wire = Wire()
        wire["GET catalog:R"], wire["GET catalog:B"] = [GONE, item("R", ITEM)], [GONE, item("B", OTHER)]
        wire[f"GET /{GROUP}"] = group(item("R", ITEM, color="Red"), item("B", OTHER, color="Blue"))
        product = wire.client().catalog.create(mug(variants=[variant("R", "Red"), variant("B", "Blue")]))
        assert {row["item_group_id"] for row in wire.written().values()} == {"R"}
        assert (product.id, [one.id for one in product.variants]) == (GROUP, [ITEM, OTHER])

    def test_a_sku_that_is_there_is_a_conflict_and_nothing_is_sent(self) -> None:
        wire = Wire()
        wire["GET catalog:MUG-1"] = item("MUG-1")
        with pytest.raises(errors.Conflict) as caught:
            wire.client().catalog.create(mug())
        assert (caught.value.reason, caught.value.sent) == ("duplicate", "no")
        assert BATCH not in "".join(wire.calls())

    def test_the_same_sku_twice_in_one_call_is_made_once(self) -> None:
        wire = Wire()
        wire["GET catalog:MUG-1"] = [GONE, item("MUG-1")]
        result = wire.client().catalog.create([mug(), mug()])
        assert [one.status for one in result] == ["ok", "failed"]
        assert isinstance(result[1].error, errors.Conflict)

    def test_a_batch_that_was_sent_twice_makes_what_it_made_itself(self) -> None:
        wire = Wire()
        wire["GET catalog:MUG-1"] = [GONE, item("MUG-1")]
        wire[BATCH] = [Response(502, {}, b"<html>"), {"handles": ["h"]}]
        wire[STATUS] = ended(("MUG-1", "Duplicate retailer_id"))
        assert wire.client().catalog.create(mug(), idempotency_key="mine").id == ITEM

    def test_one_that_is_refused_does_not_sink_the_rest(self) -> None:
        wire = Wire()
        wire["GET catalog:A"], wire["GET catalog:B"] = [GONE, item("A")], GONE
        wire[STATUS] = ended(("B", "The image could not be fetched"))
        result = wire.client().catalog.create([mug("A"), mug("B"), mug("C", url=None)])
        assert [one.status for one in result] == ["ok", "failed", "failed"]
        assert "image" in str(result[1].error)
        assert isinstance(result[2].error, errors.InvalidRequest)
        assert "url" in result[2].error.fields

    def test_half_a_product_is_partially_applied(self) -> None:
        wire = Wire()
        wire["GET catalog:R"], wire["GET catalog:B"] = (
            [GONE, item("R", ITEM, retailer_product_group_id="R")],
            GONE,
        )
        wire[STATUS] = [ended(("B", "Invalid price")), ended()]
        with pytest.raises(errors.PartiallyApplied) as caught:
            wire.client().catalog.create(mug(variants=[variant("R", "Red"), variant("B", "Blue")]))
        assert (caught.value.done, caught.value.failed) == (["R"], ["B"])
        resume = json.loads(json.dumps(caught.value.resume))
        assert resume["product"] == GROUP
        wire[f"GET /{GROUP}"] = [NOT_AN_ITEM, group(item("R", ITEM, retailer_product_group_id="R"))]
        wire.client().catalog.update(resume["product"], **resume["changes"])
        written = wire.written(1)
        assert {sku: row["method"] for sku, row in written.items()} == {"R": "UPDATE", "B": "CREATE"}
        assert (written["B"]["item_group_id"], written["B"]["color"]) == ("R", "Blue")

    def test_half_a_product_that_cannot_be_read_is_told_without_its_group(self) -> None:
        wire = Wire()
        wire["GET catalog:R"], wire["GET catalog:B"] = [GONE, refusal(10, "no", status=403)], GONE
        wire[STATUS] = ended(("B", "Invalid price"))
        with pytest.raises(errors.PartiallyApplied) as caught:
            wire.client().catalog.create(mug(variants=[variant("R", "Red"), variant("B", "Blue")]))
        assert caught.value.resume["product"] is None

    def test_what_was_made_and_cannot_be_read_is_told_with_its_address(self) -> None:
        wire = Wire()
        wire["GET catalog:MUG-1"] = [GONE, refusal(10, "no", status=403)]
        product = wire.client().catalog.create(mug())
        assert (product.id, product.title) == (f"catalog:{CATALOG}:TVVHLTE=", "A mug")
        assert not product.loaded("variants")
        wire["GET catalog:MUG-1"] = item("MUG-1")
        assert wire.client().catalog.get(product).id == ITEM

    def test_a_group_that_cannot_be_read_is_told_as_well(self) -> None:
        wire = Wire()
        wire["GET catalog:R"], wire["GET catalog:B"] = [GONE, item("R", ITEM)], [GONE, item("B", OTHER)]
        wire[f"GET /{GROUP}"] = refusal(10, "no", status=403)
        product = wire.client().catalog.create(mug(variants=[variant("R", "Red"), variant("B", "Blue")]))
        assert not product.loaded("status")

    def test_local_pictures_go_through_the_media_host(self) -> None:
        wire = Wire()
        wire["GET catalog:MUG-1"] = [GONE, item("MUG-1")]
        picture = Media.from_bytes(b"\x89PNG....", name="mug.png")
        client = wire.client(media_host=lambda media: f"https://host.example.com/{media.name}")
        client.catalog.create(mug(media=[picture]))
        assert wire.written()["MUG-1"]["image"] == [{"url": "https://host.example.com/mug.png"}]
        with pytest.raises(errors.InvalidRequest, match="media_host"):
            Wire().client().catalog.create(mug(media=[picture]))


class TestUpsert:
    def test_items_are_written_whether_they_are_there_or_not(self) -> None:
        wire = Wire()
        wire["GET catalog:A"], wire["GET catalog:B"] = item("A", ITEM), item("B", OTHER)
        result = wire.client().catalog.upsert(mug(sku) for sku in ("A", "B"))
        assert [one.unwrap().id for one in result] == [ITEM, OTHER]
        assert wire.body()["allow_upsert"] is True
        assert {row["method"] for row in wire.written().values()} == {"UPDATE"}

    def test_a_long_list_is_one_batch_and_is_read_with_filters(self) -> None:
        wire = Wire()
        skus = [f"S-{number}" for number in range(120)]
        pages = [item(sku, sku.removeprefix("S-")) for sku in skus[:119]]
        wire[f"GET /{CATALOG}/products"] = [{"data": pages[:100]}, {"data": pages[100:]}]
        wire["GET catalog:S-119"] = item("S-119", "119")
        result = wire.client().catalog.upsert([mug(sku) for sku in skus])
        assert [one.unwrap().id for one in result] == [str(number) for number in range(120)]
        assert len([one for one in wire.calls() if one.endswith("items_batch")]) == 1
        asked = json.loads(wire.query(f"GET /{CATALOG}/products", 1)["filter"])
        assert asked == {"retailer_id": {"is_any": skus[100:]}}
        assert (wire.batches, len(wire.sent)) == (1, 5)

    def test_where_a_filter_fails_items_are_read_one_by_one(self) -> None:
        wire = Wire()
        wire[f"GET /{CATALOG}/products"] = refusal(1, "later", status=500)
        for number in range(60):
            wire[f"GET catalog:S-{number}"] = item(f"S-{number}", str(number))
        assert wire.client().catalog.upsert([mug(f"S-{number}") for number in range(60)]).ok

    def test_of_two_inputs_with_one_sku_the_later_counts(self) -> None:
        wire = Wire()
        wire["GET catalog:A"] = item("A")
        result = wire.client().catalog.upsert([mug("A"), mug("A", title="A cup", brand="Acme")])
        assert result.ok
        assert len(wire.body()["requests"]) == 1
        assert (wire.written()["A"]["title"], wire.written()["A"]["brand"]) == ("A cup", "Acme")

    def test_a_sku_is_required(self) -> None:
        wire = Wire()
        (outcome,) = wire.client().catalog.upsert([mug(variants=[VariantInput(price=Money("1", "USD"))])])
        assert "retailer_id" in str(outcome.error)
        assert not wire.sent

    def test_errors_come_back_to_their_inputs(self) -> None:
        wire = Wire()
        for sku in "ABC":
            wire[f"GET catalog:{sku}"] = item(sku)
        wire[STATUS] = ended(("B", "Invalid price"))
        result = wire.client().catalog.upsert([mug(sku) for sku in "ABC"])
        assert [one.status for one in result] == ["ok", "failed", "ok"]
        assert result[1].input.variants[0].sku == "B"


class TestUpdate:
    def test_an_item_is_changed_alone(self) -> None:
        wire = Wire()
        wire[f"GET /{ITEM}"] = [item(), item(name="A new name")]
        product = wire.client().catalog.update(ITEM, title="A new name", brand=None)
        assert product.title == "A new name"
        assert wire.written() == {
            "TS-1": {"method": "UPDATE", "id": "TS-1", "title": "A new name", "brand": ""}
        }
        assert wire.body()["allow_upsert"] is False

    def test_a_group_is_changed_in_every_item(self) -> None:
        wire = Wire()
        both = group(item("A", "1"), item("B", "2"))
        wire[f"GET /{GROUP}"] = [NOT_AN_ITEM, both, NOT_AN_ITEM, both]
        wire.client().catalog.update(GROUP, description="new", status="inactive", condition="refurbished")
        for sku in "AB":
            assert wire.written()[sku] == {
                "method": "UPDATE",
                "id": sku,
                "description": "new",
                "status": "archived",
                "condition": "refurbished",
            }

    def test_variants_are_the_whole_list(self) -> None:
        wire = Wire()
        both = group(item("A", "1", color="Red"), item("B", "2", category="Apparel"))
        wire[f"GET /{GROUP}"] = [NOT_AN_ITEM, both, NOT_AN_ITEM, both]
        new = VariantInput(sku="C", price=Money("9", "USD"), options={"Color": "Green"})
        wire.client().catalog.update(GROUP, variants=[VariantInput(sku="A", quantity=3), new], title="Tee!")
        written = wire.written()
        assert written["A"] == {
            "method": "UPDATE",
            "id": "A",
            "title": "Tee!",
            "quantity_to_sell_on_facebook": 3,
            "availability": "in stock",
        }
        assert written["B"] == {"method": "DELETE", "id": "B"}
        assert written["C"] == {
            "method": "CREATE",
            "id": "C",
            "availability": "in stock",
            "title": "Tee!",
            "description": "Organic cotton tee",
            "link": "https://shop.example.com/p/A",
            "condition": "new",
            "image": [{"url": "https://cdn.example.com/A.jpg"}],
            "item_group_id": "TS",
            "price": "9 USD",
            "color": "Green",
        }

    def test_a_new_variant_needs_a_price(self) -> None:
        wire = Wire()
        wire[f"GET /{GROUP}"] = [NOT_AN_ITEM, group(item("A", "1"))]
        with pytest.raises(errors.InvalidRequest, match="C is new"):
            wire.client().catalog.update(GROUP, variants=[VariantInput(sku="C")])

    def test_an_item_by_itself_has_one_variant(self) -> None:
        wire = Wire()
        wire[f"GET /{ITEM}"] = item()
        catalog = wire.client().catalog
        catalog.update(ITEM, variants=[VariantInput(sku="TS-1", price=Money("3", "USD"))])
        assert wire.written()["TS-1"]["price"] == "3 USD"
        with pytest.raises(errors.InvalidRequest, match=GROUP):
            catalog.update(ITEM, variants=[VariantInput(sku="TS-2")])

    def test_no_variant_at_all_is_refused(self) -> None:
        wire = Wire()
        wire[f"GET /{GROUP}"] = [NOT_AN_ITEM, group(item("A", "1"))]
        with pytest.raises(errors.InvalidRequest, match="delete"):
            wire.client().catalog.update(GROUP, variants=[])

    def test_half_an_update_can_be_done_again(self) -> None:
        wire = Wire()
        wire[f"GET /{GROUP}"] = [NOT_AN_ITEM, group(item("A", "1"), item("B", "2"))]
        wire["GET catalog:B"] = item("B")
        wire[STATUS] = ended(("B", "Invalid title"))
        with pytest.raises(errors.PartiallyApplied) as caught:
            wire.client().catalog.update(GROUP, title="Tee!")
        assert (caught.value.done, caught.value.failed) == (["A"], ["B"])
        assert caught.value.resume == {"product": GROUP, "changes": {"title": "Tee!"}}

    def test_a_refused_update_is_its_error(self) -> None:
        wire = Wire()
        wire[f"GET /{ITEM}"], wire["GET catalog:TS-1"] = item(), item()
        wire[STATUS] = ended(("TS-1", "Invalid title"))
        with pytest.raises(errors.InvalidRequest, match="Invalid title"):
            wire.client().catalog.update(ITEM, title="Tee!")

    def test_what_cannot_be_read_back_was_written_all_the_same(self) -> None:
        wire = Wire()
        wire[f"GET /{ITEM}"] = [item(), refusal(10, "no", status=403)]
        product = wire.client().catalog.update(ITEM, description="new")
        assert (product.id, product.title) == (ITEM, "Tee")

    def test_what_vanished_meanwhile_was_written_all_the_same(self) -> None:
        wire = Wire()
        wire[f"GET /{GROUP}"] = [NOT_AN_ITEM, {"id": GROUP, "retailer_id": "TS"}, GONE]
        assert wire.client().catalog.update(GROUP, title="Tee!").title == "Tee!"
        assert BATCH not in "".join(wire.calls())

    def test_what_is_not_there_is_not_found(self) -> None:
        with pytest.raises(errors.NotFound):
            Wire().client().catalog.update(ITEM, title="x")

    @pytest.mark.parametrize(
        "changes",
        [
            {"description": None},
            {"media": []},
            {"status": "blocked"},
            {"categories": []},
            {"attributes": None},
            {"condition": "other"},
            {"title": "x" * 201},
            {"options": [Option(name="Color", values=("Red",))]},
            {"variants": [VariantInput(quantity=1)]},
        ],
    )
    def test_what_meta_cannot_clear_or_keep_is_refused(self, changes: Any) -> None:
        wire = Wire()
        with pytest.raises(errors.InvalidRequest):
            wire.client().catalog.update(ITEM, **changes)
        assert not wire.sent

    def test_a_parcel_is_refused(self) -> None:
        with pytest.raises(errors.Unsupported, match="ships nothing"):
            Wire().client().catalog.update(ITEM, package=Parcel(weight_g=1))


class TestShelf:
    @pytest.mark.parametrize(
        ("operation", "row"),
        [
            ("publish", {"method": "UPDATE", "status": "active"}),
            ("unpublish", {"method": "UPDATE", "status": "archived"}),
            ("delete", {"method": "DELETE"}),
        ],
    )
    def test_every_item_of_a_product_is_written(self, operation: str, row: dict[str, str]) -> None:
        wire = Wire()
        wire[f"GET /{ITEM}"] = item("Z", ITEM)
        wire[f"GET /{GROUP}"] = [NOT_AN_ITEM, group(item("A", "1"), item("B", "2"))]
        result = getattr(wire.client().catalog, operation)([ITEM, GROUP, "404"])
        assert [one.status for one in result] == ["ok", "ok", "failed"]
        assert wire.written() == {sku: {"id": sku, **row} for sku in ("Z", "A", "B")}
        assert isinstance(result[2].error, errors.NotFound)

    def test_one_product_answers_nothing_or_raises(self) -> None:
        wire = Wire()
        wire[f"GET /{ITEM}"], wire["GET catalog:TS-1"] = item(), item()
        catalog = wire.client().catalog
        assert catalog.delete(ITEM) is None
        wire[STATUS] = ended(("TS-1", "In use"))
        with pytest.raises(errors.InvalidRequest, match="In use"):
            catalog.delete(ITEM)

    def test_half_a_group_is_partially_applied(self) -> None:
        wire = Wire()
        wire[f"GET /{GROUP}"] = [NOT_AN_ITEM, group(item("A", "1"), item("B", "2"))]
        wire["GET catalog:B"] = item("B")
        wire[STATUS] = ended(("B", "In use"))
        result = wire.client().catalog.unpublish([GROUP])
        assert isinstance(result[0].error, errors.PartiallyApplied)

    def test_an_item_that_is_gone_already_is_not_found(self) -> None:
        wire = Wire()
        wire[f"GET /{ITEM}"] = item()
        wire[STATUS] = ended(("TS-1", "unknown item"))
        with pytest.raises(errors.NotFound):
            wire.client().catalog.delete(ITEM)


@pytest.mark.anyio
async def test_the_same_asynchronously() -> None:
    wire = Wire()
    wire["GET catalog:MUG-1"] = [GONE, item("MUG-1")]

    async def sleep(seconds: float) -> None:
        wire.clock.sleep(seconds)

    async def transport(request: Any) -> Response:
        return wire(request)

    settings = Meta("6001", "secret", "token", catalog_id=CATALOG)
    async with AsyncClient(settings, transport=transport, clock=wire.clock, sleep=sleep) as client:
        assert (await client.catalog.create(mug())).id == ITEM
