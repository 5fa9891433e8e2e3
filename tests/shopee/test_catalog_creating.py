"""Products made on Shopee: images first, rules before sending, nothing made twice."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from tests.shopee.products import mug, open_shop, sgd, shirt
from tests.shopee.wire import Wire, item, query_of, refusal

from socialcommerce import Client, Media, VariantInput, simulate
from socialcommerce.errors import (
    InvalidRequest,
    OutcomeUnknown,
    PartiallyApplied,
    Unsupported,
)


@pytest.fixture
def wire() -> Wire:
    return open_shop()


class TestCreate:
    def test_the_item_is_written_as_shopee_wants_it(self, wire: Wire) -> None:
        made = wire.client().catalog.create(mug())
        assert made.id == "77"
        assert wire.body("add_item") == {
            "item_name": "A plain mug",
            "description": "A mug, plain and white, for tea.",
            "category_id": 100636,
            "item_status": "NORMAL",
            "condition": "NEW",
            "attribute_list": [],
            "weight": Decimal("0.25"),
            "dimension": {"package_length": 30, "package_width": 20, "package_height": 10},
            "original_price": 10,
            "seller_stock": [{"stock": 5}],
            "image": {"image_id_list": ["img1"]},
            "logistic_info": [{"logistic_id": 80012, "enabled": True}],
            "brand": {"brand_id": 0, "original_brand_name": "No Brand"},
            "item_sku": "MUG",
        }

    def test_images_are_uploaded_first_without_a_token(self, wire: Wire) -> None:
        wire["upload_image"] = {"image_info": {"image_id": "new1", "image_url_list": []}}
        picture = Media.from_bytes(b"\x89PNG", "image/png", name="mug.png")
        wire.client().catalog.create(mug(media=[picture, Media.from_id("img1")]))
        assert wire.body("add_item")["image"] == {"image_id_list": ["new1", "img1"]}
        upload = wire.request("upload_image")
        assert b'name="image"; filename="mug.png"' in upload.content
        assert b'name="scene"\r\n\r\nnormal' in upload.content
        assert "access_token" not in upload.url
        assert wire.operations().index("upload_image") < wire.operations().index("add_item")

    def test_what_shopee_alone_knows_goes_through_native(self, wire: Wire) -> None:
        native = {
            "item_sku": "PARENT",
            "logistic_info": [{"logistic_id": 80012, "enabled": True, "is_free": True}],
            "brand": {"brand_id": 9, "original_brand_name": "Acme"},
            "pre_order": {"is_pre_order": True, "days_to_ship": 10},
            "image_ratio": "3:4",
            "location_id": "SGZ",
        }
        wire.client().catalog.create(mug(native=native, status="draft", condition="used"))
        body = wire.body("add_item")
        assert (body["item_sku"], body["item_status"], body["condition"]) == ("PARENT", "UNLIST", "USED")
        assert body["logistic_info"] == native["logistic_info"]
        assert body["brand"] == native["brand"]
        assert body["pre_order"] == native["pre_order"]
        assert body["image"] == {"image_id_list": ["img1"], "image_ratio": "3:4"}
        assert body["seller_stock"] == [{"stock": 5, "location_id": "SGZ"}]
        assert "location_id" not in body

    def test_attributes_have_ids_and_words_of_ones_own_have_none(self, wire: Wire) -> None:
        tree = [{"attribute_id": 4811, "name": "Material"}, {"attribute_id": 4812, "name": "Form"}]
        wire["get_attribute_tree"] = {"list": [{"attribute_tree": tree}]}
        given = [
            {"id": "4811", "values": ("Canvas",), "unit": "cm"},
            {"id": "4812", "values": ("Round",), "value_ids": ("5",)},
        ]
        wire.client().catalog.create(mug(attributes=given))
        assert wire.body("add_item")["attribute_list"] == [
            {
                "attribute_id": 4811,
                "attribute_value_list": [
                    {"value_id": 0, "original_value_name": "Canvas", "value_unit": "cm"}
                ],
            },
            {"attribute_id": 4812, "attribute_value_list": [{"value_id": 5, "original_value_name": "Round"}]},
        ]

    def test_a_code_for_trade_stands_on_the_item_and_rich_words_have_no_length(self, wire: Wire) -> None:
        wire["get_item_limit"] = {"item_description_length_limit": {"min_limit": 100, "max_limit": 200}}
        native = {"description_type": "extended", "description_info": {"extended_description": {}}}
        variants = [VariantInput(sku="MUG", quantity=5, price=sgd("10"), gtin="00")]
        wire.client().catalog.create(mug(native=native, variants=variants))
        assert wire.body("add_item")["gtin_code"] == "00"

    def test_a_brand_is_looked_up_page_by_page(self, wire: Wire) -> None:
        wire["get_brand_list"] = lambda request: (
            {
                "brand_list": [{"brand_id": 1, "original_brand_name": "Other"}],
                "has_next_page": True,
                "next_offset": 100,
            }
            if query_of(request)["offset"] == ["0"]
            else {"brand_list": [{"brand_id": 2, "original_brand_name": "ACME"}], "has_next_page": False}
        )
        wire.client().catalog.create(mug(brand="Acme"))
        assert wire.body("add_item")["brand"] == {"brand_id": 2, "original_brand_name": "ACME"}

    def test_variants_follow_the_item_which_has_no_stock_until_then(self, wire: Wire) -> None:
        wire.client().catalog.create(shirt())
        assert wire.body("add_item")["seller_stock"] == [{"stock": 0}]
        assert wire.body("init_tier_variation") == {
            "item_id": 77,
            "standardise_tier_variation": [
                {
                    "variation_id": 0,
                    "variation_name": "Colour",
                    "variation_group_id": 0,
                    "variation_option_list": [
                        {"variation_option_id": 0, "variation_option_name": "red"},
                        {"variation_option_id": 0, "variation_option_name": "blue"},
                    ],
                }
            ],
            "model": [
                {
                    "tier_index": [0],
                    "original_price": 10,
                    "seller_stock": [{"stock": 3}],
                    "model_sku": "T-red",
                },
                {
                    "tier_index": [1],
                    "original_price": 10,
                    "seller_stock": [{"stock": 3}],
                    "model_sku": "T-blue",
                },
            ],
        }

    def test_a_variant_brings_the_image_of_its_choice_and_all_it_has(self, wire: Wire) -> None:
        variant = VariantInput(
            sku="S",
            quantity=1,
            price=sgd("9.90"),
            options={"Colour": "red", "Size": "L"},
            media=[Media.from_id("red1")],
            gtin="4006381333931",
            weight_g=Decimal(180),
            location="SGZ",
        )
        wire.client().catalog.create(shirt(variants=[variant]))
        body = wire.body("init_tier_variation")
        red = body["standardise_tier_variation"][0]["variation_option_list"][0]
        assert red["image_id"] == "red1"
        assert body["model"] == [
            {
                "tier_index": [0, 0],
                "original_price": Decimal("9.9"),
                "seller_stock": [{"stock": 1, "location_id": "SGZ"}],
                "model_sku": "S",
                "gtin_code": "4006381333931",
                "weight": Decimal("0.18"),
            }
        ]

    def test_a_group_id_is_the_parents_sku_else_that_of_the_first_variant(self, wire: Wire) -> None:
        shop = wire.client()
        shop.catalog.create([shirt(), shirt(group_id="G-1")]).raise_for_failures()
        assert sorted(wire.body("add_item", number)["item_sku"] for number in (0, 1)) == ["G-1", "T-red"]

    def test_the_rules_are_read_once_for_a_category(self, wire: Wire) -> None:
        shop = wire.client()
        shop.catalog.create(mug())
        shop.catalog.create(mug())
        counts = {
            name: wire.operations().count(name) for name in ("get_item_limit", "get_category", "add_item")
        }
        assert counts == {"get_item_limit": 1, "get_category": 1, "add_item": 2}

    def test_what_breaks_a_rule_is_never_sent(self, wire: Wire) -> None:
        with pytest.raises(InvalidRequest) as caught:
            wire.client().catalog.create(mug(media=[], package=None, categories=["100636"]))
        assert set(caught.value.fields) == {"media", "package.weight_g"}
        assert caught.value.sent == "no"
        assert "add_item" not in wire.operations()

    def test_one_bad_input_does_not_stop_the_others(self, wire: Wire) -> None:
        result = wire.client().catalog.create([mug(media=[]), mug()])
        assert [outcome.ok for outcome in result] == [False, True]

    def test_a_product_whose_variants_failed_can_be_finished(self, wire: Wire) -> None:
        wire["init_tier_variation"] = [
            refusal("product.error_param", "tier bad"),
            {"item_id": 77, "model": []},
        ]
        shop = wire.client()
        picture = Media.from_bytes(b"\x89PNG", "image/png")
        wire["upload_image"] = {"image_info": {"image_id": "up1"}}
        variants = [
            VariantInput(sku="T-red", quantity=3, price=sgd("10"), options={"Colour": "red"}, media=[picture])
        ]
        with pytest.raises(PartiallyApplied) as caught:
            shop.catalog.create(shirt(variants=variants))
        left = caught.value
        assert (left.done, left.failed) == (["add_item"], ["init_tier_variation"])
        resume = json.loads(json.dumps(left.resume))
        shop.catalog.update(resume["product"], **resume["changes"])
        assert wire.body("init_tier_variation", 1) == wire.body("init_tier_variation", 0)
        assert wire.operations().count("add_item") == 1
        assert wire.operations().count("upload_image") == 1

    def test_a_product_that_cannot_be_read_afterwards_was_still_made(self, wire: Wire) -> None:
        wire["get_item_base_info"] = refusal("product.error_param", "busy")
        made = wire.client().catalog.create(mug())
        assert (made.id, made.loaded("title")) == ("77", False)

    def test_an_idempotency_key_is_refused_for_shopee_knows_none(self, wire: Wire) -> None:
        with pytest.raises(Unsupported, match="no idempotency key"):
            wire.client().catalog.create(mug(), idempotency_key="k")


class TestUnknownOutcome:
    """A creation whose answer was lost is looked for, and never repeated blindly."""

    @pytest.fixture
    def shop(self) -> Client:
        return simulate("shopee")

    @pytest.mark.parametrize("fault", ["drop_before", "drop_after", "server_error", "truncate"])
    @pytest.mark.parametrize("on", ["POST *add_item", "POST *init_tier_variation"])
    def test_one_product_is_made_whatever_happens_to_the_answer(
        self, shop: Client, fault: Any, on: str
    ) -> None:
        image = Media.from_bytes(shop.market.image(), "image/png")
        shop.market.fault(fault, on=on)
        made = shop.catalog.create(shirt(media=[image]))
        assert {variant.sku for variant in made.variants} == {"T-red", "T-blue"}
        assert len(shop.catalog.list().collect()) == 1

    def test_two_that_look_alike_leave_it_to_a_person(self, wire: Wire) -> None:
        now = 4_000_000_000
        twins = [item(one, item_name="A plain mug", item_sku="MUG", create_time=now) for one in (1, 2)]
        wire["add_item"] = refusal("error_server", "Something wrong.")
        wire["get_item_list"] = {"item": [{"item_id": 1}, {"item_id": 2}], "has_next_page": False}
        wire["search_item"] = {"item_id_list": []}
        wire["get_item_base_info"] = {"item_list": twins}
        with pytest.raises(OutcomeUnknown) as caught:
            wire.client().catalog.create(mug())
        assert caught.value.evidence == ["1", "2"]
        assert wire.operations().count("add_item") == 1
