"""Products made and changed on Shopee: images first, rules before sending, nothing made twice."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from tests.shopee.wire import Wire, item, model, models, query_of, refusal

from socialcommerce import Client, Media, Money, Option, ProductInput, VariantInput, simulate
from socialcommerce.backends import Request
from socialcommerce.errors import (
    Conflict,
    DecodeError,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    PartiallyApplied,
    PlatformError,
    Unsupported,
)

PACKAGE: Any = {"weight_g": 250, "length_mm": 300, "width_mm": 200, "height_mm": 100}


def sgd(amount: str) -> Money:
    return Money(amount, "SGD")


def mug(sku: str | None = "MUG", **fields: Any) -> ProductInput:
    """A product of one variant that Shopee takes."""
    given: dict[str, Any] = {
        "title": "A plain mug",
        "description": "A mug, plain and white, for tea.",
        "categories": ["100636"],
        "media": [Media.from_id("img1")],
        "package": PACKAGE,
        "variants": [VariantInput(sku=sku, quantity=5, price=sgd("10"))],
    }
    return ProductInput(**given | fields)


def shirt(**fields: Any) -> ProductInput:
    """A product in two colours."""
    variants = [
        VariantInput(sku=f"T-{colour}", quantity=3, price=sgd("10"), options={"Colour": colour})
        for colour in ("red", "blue")
    ]
    return mug(title="A cotton shirt", **{"variants": variants} | fields)


@pytest.fixture
def wire() -> Wire:
    """A Shopee whose rules allow all, where item 77 is made by add_item."""
    wire = Wire()
    wire["get_category"] = {
        "category_list": [
            {"category_id": 100001, "parent_category_id": 0, "has_children": True},
            {"category_id": 100636, "parent_category_id": 100001, "has_children": False},
        ]
    }
    wire["get_item_limit"] = {"item_image_count_limit": {"min_limit": 1, "max_limit": 9}}
    wire["get_attribute_tree"] = {"list": [{"category_id": 100636, "attribute_tree": []}]}
    wire["get_brand_list"] = {"brand_list": [], "has_next_page": False, "is_mandatory": False}
    channels = [
        (80012, True, 0, "SIZE_INPUT"),
        (80013, True, 80012, ""),
        (80014, False, 0, ""),
        (80015, True, 0, "CUSTOM_PRICE"),
    ]
    wire["get_channel_list"] = {
        "logistics_channel_list": [
            {"logistics_channel_id": one, "enabled": on, "mask_channel_id": mask, "fee_type": fee}
            for one, on, mask, fee in channels
        ]
    }
    wire["add_item"] = {"item_id": 77}
    wire["get_item_base_info"] = {"item_list": [item(77)]}
    wire["init_tier_variation"] = {"item_id": 77, "model": []}
    return wire


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


@pytest.fixture
def shirts(wire: Wire) -> Client:
    """A shop whose item 77 is a shirt in red (7) and blue (8)."""
    wire["get_item_base_info"] = {"item_list": [item(77, has_model=True)]}
    wire["get_model_list"] = models(model(7, 0, sku="T-red"), model(8, 1, sku="T-blue"))
    for name in ("update_item", "update_tier_variation", "delete_model", "update_model"):
        wire[name] = {"error": "", "message": ""}
    wire["add_model"] = {"model": [{"model_id": 9}]}

    def agree(request: Request) -> Any:
        body = json.loads(request.content)
        ids = [row["model_id"] for row in body.get("price_list") or body.get("stock_list")]
        return {"success_list": [{"model_id": one} for one in ids], "failure_list": []}

    wire["update_price"] = wire["update_stock"] = agree
    return wire.client()


def colour(name: str, **fields: Any) -> VariantInput:
    return VariantInput(options={"Colour": name}, **fields)


def writes(wire: Wire) -> list[str]:
    return [name for name in wire.operations() if not name.startswith(("get_", "search_"))]


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
            ({"variants": [VariantInput(sku="x")]}, "variants.options"),
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
