"""Products changed on Shopee: only what is named, one call for each kind, the rest to be resumed."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from tests.shopee.products import PACKAGE, colour, open_shop, sgd, shirt, with_shirts, writes
from tests.shopee.wire import Wire, item, model, models, refusal

from socialcommerce import Client, Media, Option, VariantInput, simulate
from socialcommerce.errors import (
    Conflict,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    PartiallyApplied,
    PlatformError,
    Unsupported,
)


@pytest.fixture
def wire() -> Wire:
    return open_shop()


@pytest.fixture
def shirts(wire: Wire) -> Client:
    return with_shirts(wire)


class TestUpdate:
    def test_only_what_is_named_is_sent(self, wire: Wire, shirts: Client) -> None:
        changed = shirts.catalog.update("77", title="Another name", status="inactive")
        assert changed.id == "77"
        assert wire.body("update_item") == {
            "item_id": 77,
            "item_name": "Another name",
            "item_status": "UNLIST",
        }
        assert writes(wire) == ["update_item"]

    def test_every_field_has_its_place(self, wire: Wire, shirts: Client) -> None:
        shirts.catalog.update(
            "77",
            description="New words",
            categories=["100636"],
            attributes={"4811": "Wool"},
            brand=None,
            media=[Media.from_id("a"), Media.from_id("v", kind="video")],
            condition="used",
            package=PACKAGE | {"length_mm": None, "width_mm": None, "height_mm": None},
            native={"item_dangerous": 1},
        )
        assert wire.body("update_item") == {
            "item_id": 77,
            "description": "New words",
            "category_id": 100636,
            "attribute_list": [
                {
                    "attribute_id": 4811,
                    "attribute_value_list": [{"value_id": 0, "original_value_name": "Wool"}],
                }
            ],
            "brand": {"brand_id": 0, "original_brand_name": "No Brand"},
            "image": {"image_id_list": ["a"]},
            "video_upload_id": ["v"],
            "condition": "USED",
            "weight": Decimal("0.25"),
            "item_dangerous": 1,
        }

    @pytest.mark.parametrize(
        "changes, field",
        [
            ({"description": None}, "description"),
            ({"package": None}, "package"),
            ({"status": "archived"}, "status"),
            ({"condition": "refurbished"}, "condition"),
            ({"categories": ["1", "2"]}, "categories"),
            ({"media": []}, "media"),
            ({"native": {"colour": 1}}, "native.colour"),
            ({"native": {"logistic_info": []}}, "native.logistic_info"),
            ({"native": {"location_id": "A"}}, "native.location_id"),
            ({"variants": []}, "variants"),
            ({"variants": [colour(str(number)) for number in range(51)]}, "variants"),
            ({"variants": [VariantInput(options={"A": "1", "B": "1", "C": "1"})]}, "options"),
            ({"options": [Option(name="Colour", values=("red",))]}, "variants.options"),
            ({"variants": [VariantInput(sku="x")]}, "variants.options"),
            ({"variants": [colour("red", price=sgd("1")), colour("blue", price=sgd("9"))]}, "variants.price"),
            (
                {"options": [Option(name="Size", values=("L",)), Option(name="Colour", values=("red",))]},
                "variants.options",
            ),
            (
                {"package": {"weight_g": 1, "length_mm": 5, "width_mm": 10, "height_mm": 10}},
                "package.length_mm",
            ),
            ({"package": {"weight_g": 1, "length_mm": 10}}, "package.width_mm"),
        ],
    )
    def test_what_shopee_cannot_take_is_refused_before_anything_is_sent(
        self, wire: Wire, shirts: Client, changes: Any, field: str
    ) -> None:
        with pytest.raises(InvalidRequest) as caught:
            shirts.catalog.update("77", **changes)
        assert field in caught.value.fields
        assert writes(wire) == []

    def test_an_unknown_field_is_refused_by_the_gate_or_the_model(self, shirts: Client) -> None:
        with pytest.raises((InvalidRequest, Unsupported, TypeError)):
            shirts.catalog.update("77", colour="red")  # type: ignore[call-arg]  # a mistake on purpose

    @pytest.mark.parametrize("status", [None, "SELLER_DELETE"])
    def test_what_is_not_there_cannot_be_changed(
        self, wire: Wire, shirts: Client, status: str | None
    ) -> None:
        wire["get_item_base_info"] = {"item_list": [item(77, item_status=status)] if status else []}
        with pytest.raises(NotFound):
            shirts.catalog.update("77", title="x")

    def test_prices_and_stock_of_variants_that_stay(self, wire: Wire, shirts: Client) -> None:
        shirts.catalog.update(
            "77", variants=[colour("red", price=sgd("21"), quantity=9), colour("blue", sku="T-navy")]
        )
        assert writes(wire) == ["update_model", "update_price", "update_stock"]
        assert wire.body("update_model") == {"item_id": 77, "model": [{"model_id": 8, "model_sku": "T-navy"}]}
        assert wire.body("update_price")["price_list"] == [{"model_id": 7, "original_price": 21}]
        assert wire.body("update_stock")["stock_list"] == [{"model_id": 7, "seller_stock": [{"stock": 9}]}]

    def test_a_new_choice_regroups_and_adds_and_a_left_out_one_goes(self, wire: Wire, shirts: Client) -> None:
        green = colour("green", sku="T-green", price=sgd("20"), quantity=2)
        shirts.catalog.update("77", variants=[colour("red"), green])
        assert writes(wire) == ["update_tier_variation", "add_model"]
        body = wire.body("update_tier_variation")
        assert body["model_list"] == [{"model_id": 7, "tier_index": [0]}]
        options = body["standardise_tier_variation"][0]["variation_option_list"]
        assert [row["variation_option_name"] for row in options] == ["red", "green"]
        assert wire.body("add_model") == {
            "item_id": 77,
            "model_list": [
                {
                    "tier_index": [1],
                    "original_price": 20,
                    "seller_stock": [{"stock": 2}],
                    "model_sku": "T-green",
                }
            ],
        }

    def test_a_variant_left_out_is_deleted_where_its_choice_stays(self, wire: Wire, shirts: Client) -> None:
        both = [Option(name="Colour", values=("red", "blue"))]
        shirts.catalog.update("77", options=both, variants=[colour("red")])
        assert writes(wire) == ["delete_model"]
        assert wire.body("delete_model") == {"item_id": 77, "model_id": 8}

    def test_a_renamed_choice_keeps_its_model_by_its_sku(self, wire: Wire, shirts: Client) -> None:
        shirts.catalog.update("77", variants=[colour("crimson", sku="T-red"), colour("blue")])
        assert writes(wire) == ["update_tier_variation"]
        kept = {
            row["model_id"]: row["tier_index"] for row in wire.body("update_tier_variation")["model_list"]
        }
        assert kept == {7: [1], 8: [0]}

    def test_known_variations_keep_their_ids_and_images(self, wire: Wire, shirts: Client) -> None:
        standard = {
            "variation_id": 100001,
            "variation_name": "Colour",
            "variation_group_id": 5,
            "variation_option_list": [
                {"variation_option_id": 1, "variation_option_name": "red", "image_id": "red1"},
                {"variation_option_id": 2, "variation_option_name": "blue"},
            ],
        }
        rows = [model(7, 0, sku="T-red"), model(8, 1, sku="T-blue")]
        wire["get_model_list"] = {"standardise_tier_variation": [standard], "model": rows}
        options = [Option(name="Colour", values=("blue", "red", "green"))]
        shirts.catalog.update("77", options=options)
        body = wire.body("update_tier_variation")
        assert body["standardise_tier_variation"] == [
            {
                "variation_id": 100001,
                "variation_name": "Colour",
                "variation_group_id": 5,
                "variation_option_list": [
                    {"variation_option_id": 2, "variation_option_name": "blue"},
                    {"variation_option_id": 1, "variation_option_name": "red", "image_id": "red1"},
                    {"variation_option_id": 0, "variation_option_name": "green"},
                ],
            }
        ]
        assert body["model_list"] == [{"model_id": 7, "tier_index": [1]}, {"model_id": 8, "tier_index": [0]}]

    def test_another_number_of_options_makes_all_variants_anew(self, wire: Wire, shirts: Client) -> None:
        variants = [
            VariantInput(
                sku=f"A-{size}", quantity=1, price=sgd("10"), options={"Colour": "red", "Size": size}
            )
            for size in ("L", "XL")
        ]
        shirts.catalog.update("77", variants=variants)
        assert writes(wire) == ["init_tier_variation"]
        assert [row["tier_index"] for row in wire.body("init_tier_variation")["model"]] == [[0, 0], [0, 1]]

    def test_a_variant_may_be_named_by_its_sku_alone(self, wire: Wire, shirts: Client) -> None:
        variants = [VariantInput(sku="T-red", price=sgd("21")), VariantInput(sku="T-blue")]
        shirts.catalog.update("77", variants=variants)
        assert wire.body("update_price")["price_list"] == [{"model_id": 7, "original_price": 21}]
        assert writes(wire) == ["update_price"]

    def test_options_go_away_only_when_that_is_said(self, wire: Wire, shirts: Client) -> None:
        only = VariantInput(sku="T", price=sgd("21"), quantity=1)
        shirts.catalog.update("77", options=[], variants=[only])
        assert wire.body("init_tier_variation") == {
            "item_id": 77,
            "standardise_tier_variation": [],
            "model": [
                {"tier_index": [], "original_price": 21, "seller_stock": [{"stock": 1}], "model_sku": "T"}
            ],
        }

    def test_a_variant_made_anew_needs_price_and_stock(self, wire: Wire, shirts: Client) -> None:
        with pytest.raises(InvalidRequest, match="quantity"):
            shirts.catalog.update("77", title="x", options=[], variants=[VariantInput(price=sgd("1"))])
        assert writes(wire) == []

    def test_an_item_without_models_is_changed_by_itself(self, wire: Wire, shirts: Client) -> None:
        wire["get_item_base_info"] = {"item_list": [item(77)]}
        wanted = VariantInput(sku="NEW", gtin="00000000", weight_g=Decimal(90), price=sgd("11"), quantity=4)
        shirts.catalog.update("77", variants=[wanted])
        assert wire.body("update_item") == {
            "item_id": 77,
            "item_sku": "NEW",
            "gtin_code": "00000000",
            "weight": Decimal("0.09"),
        }
        assert writes(wire) == ["update_item", "update_price", "update_stock"]

    def test_a_variants_own_facts_are_renamed_in_one_call(self, wire: Wire, shirts: Client) -> None:
        red = colour("red", gtin="4006381333931", weight_g=Decimal(90))
        blue = colour("blue", native={"pre_order": {"is_pre_order": False, "days_to_ship": 2}})
        shirts.catalog.update("77", variants=[red, blue])
        assert wire.body("update_model")["model"] == [
            {"model_id": 7, "model_sku": "T-red", "gtin_code": "4006381333931", "weight": Decimal("0.09")},
            {"model_id": 8, "model_sku": "T-blue", "pre_order": {"is_pre_order": False, "days_to_ship": 2}},
        ]

    def test_variations_named_otherwise_take_the_old_ones_place(self, wire: Wire, shirts: Client) -> None:
        variants = [VariantInput(sku=f"T-{name}", options={"Farbe": name}) for name in ("red", "blue")]
        shirts.catalog.update("77", variants=variants)
        (tier,) = wire.body("update_tier_variation")["standardise_tier_variation"]
        assert tier["variation_name"] == "Farbe"
        assert [row["model_id"] for row in wire.body("update_tier_variation")["model_list"]] == [7, 8]

    def test_prices_by_promotion_are_refused(self, shirts: Client) -> None:
        with pytest.raises(Unsupported, match="discount activity"):
            shirts.catalog.update("77", variants=[colour("red", list_price=sgd("30")), colour("blue")])

    def test_the_first_call_that_fails_raises_as_it_is(self, wire: Wire, shirts: Client) -> None:
        wire["update_item"] = refusal("product.error_busi", "The GTIN code is mandatory")
        with pytest.raises(PlatformError, match="GTIN"):
            shirts.catalog.update("77", title="x")

    def test_a_later_one_leaves_the_rest_to_be_resumed(self, wire: Wire, shirts: Client) -> None:
        wire["update_price"] = [
            {"failure_list": [{"model_id": 7, "failed_reason": "is under promotion"}], "success_list": []},
            {"failure_list": [], "success_list": [{"model_id": 7}]},
        ]
        red = colour("red", price=sgd("21"), quantity=9)
        with pytest.raises(PartiallyApplied) as caught:
            shirts.catalog.update("77", title="Another name", variants=[red, colour("blue")])
        left = caught.value
        assert (left.done, left.failed) == (["update_item"], ["update_price", "update_stock"])
        assert isinstance(left.__cause__, Conflict)
        resume = json.loads(json.dumps(left.resume))
        assert set(resume["changes"]) == {"variants"}
        shirts.catalog.update(resume["product"], **resume["changes"])
        assert writes(wire) == ["update_item", "update_price", "update_price", "update_stock"]


class TestLostAnswersOfAnUpdate:
    """Adding and removing variants is looked for before it is repeated."""

    @pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
    @pytest.mark.parametrize("on", ["POST *add_model", "POST *delete_model", "POST *update_tier_variation"])
    def test_the_variants_are_as_wanted_in_the_end(self, fault: Any, on: str) -> None:
        shop = simulate("shopee")
        image = Media.from_bytes(shop.market.image(), "image/png")
        made = shop.catalog.create(shirt(media=[image]))
        shop.market.fault(fault, on=on)
        green = colour("green", sku="T-green", price=sgd("12"), quantity=7)
        options = [Option(name="Colour", values=("red", "blue", "green"))]
        shop.catalog.update(made, options=options, variants=[colour("red"), green, colour("blue")])
        shop.market.fault(fault, on=on)
        changed = shop.catalog.update(made, options=options, variants=[colour("red"), colour("green")])
        assert {one.sku for one in changed.variants} == {"T-red", "T-green"}

    def test_variants_of_which_some_are_there_are_left_to_a_person(self, wire: Wire, shirts: Client) -> None:
        before = models(model(7, 0, sku="T-red"), model(8, 1, sku="T-blue"))
        half = models(model(7, 0), model(8, 1), model(9, 2))
        wire["get_model_list"] = [before, half]
        wire["add_model"] = refusal("error_server", "Something wrong.")
        new = [colour(name, price=sgd("20"), quantity=1) for name in ("green", "grey")]
        with pytest.raises(PartiallyApplied) as caught:
            shirts.catalog.update("77", variants=[colour("red"), colour("blue"), *new])
        assert isinstance(caught.value.__cause__, OutcomeUnknown)
        assert wire.operations().count("add_model") == 1
