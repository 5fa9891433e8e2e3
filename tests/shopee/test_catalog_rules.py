"""Shopee's rules for what is listed, and what of an input breaks them; uploads of images and films."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from tests.shopee.wire import Wire, query_of, refusal

from socialcommerce import Client, Media, Money, Option, ProductInput, VariantInput, simulate
from socialcommerce.backends import Request
from socialcommerce.errors import (
    DecodeError,
    InvalidRequest,
    NotReady,
    PlatformError,
    Unsupported,
)

LIMITS = {
    "price_limit": {"min_limit": 5.5, "max_limit": 1000.0},
    "stock_limit": {"min_limit": 1, "max_limit": 100},
    "item_name_length_limit": {"min_limit": 5, "max_limit": 20},
    "item_image_count_limit": {"min_limit": 1, "max_limit": 2},
    "item_description_length_limit": {"min_limit": 10, "max_limit": 50},
    "tier_variation_name_length_limit": {"min_limit": 0, "max_limit": 14},
    "tier_variation_option_length_limit": {"min_limit": 0, "max_limit": 20},
    "dts_limit": {"days_to_ship_limit": {"min_limit": 7, "max_limit": 30}},
    "weight_limit": {"weight_mandatory": True},
    "dimension_limit": {"dimension_mandatory": True},
    "size_chart_limit": {"size_chart_mandatory": False},
}
CATEGORIES = [
    {"category_id": 1, "parent_category_id": 0, "display_category_name": "Home", "has_children": True},
    {"category_id": 2, "parent_category_id": 1, "display_category_name": "Mugs", "has_children": False},
]
MATERIAL = {
    "attribute_id": 4811,
    "mandatory": True,
    "name": "Material",
    "attribute_value_list": [
        {"value_id": 5, "name": "Clay", "child_attribute_list": [{"attribute_id": 4900, "name": "Kiln"}]}
    ],
    "attribute_info": {"input_type": 5, "max_value_count": 2, "attribute_unit_list": ["g", "kg"]},
}


def envelope(response: Any, **beside: Any) -> dict[str, Any]:
    return {"error": "", "message": "", "response": response, **beside}


@pytest.fixture
def wire() -> Wire:
    wire = Wire()
    wire["get_category"] = {"category_list": CATEGORIES}
    wire["get_item_limit"] = LIMITS
    wire["get_attribute_tree"] = {"list": [{"category_id": 2, "attribute_tree": [MATERIAL]}]}
    wire["get_brand_list"] = {
        "brand_list": [{"brand_id": 7, "original_brand_name": "Acme"}],
        "has_next_page": False,
        "is_mandatory": True,
    }
    wire["get_variation_tree"] = {
        "error": "",
        "data": {
            "standardise_variation_list": [
                {
                    "variation_id": 9,
                    "variation_name": "Colour",
                    "variation_group_list": [
                        {
                            "variation_option_list": [
                                {"variation_option_id": 3, "variation_option_name": "Red"}
                            ]
                        }
                    ],
                }
            ]
        },
    }
    wire["get_channel_list"] = {
        "logistics_channel_list": [{"logistics_channel_id": 80012, "enabled": True, "mask_channel_id": 0}]
    }
    return wire


class TestReading:
    def test_categories_are_read_once_a_day_and_filtered_here(self, wire: Wire) -> None:
        shop = wire.client()
        home, mugs = shop.catalog.categories()
        assert (home.leaf, home.parent_id) == (False, None)
        assert (mugs.id, mugs.name, mugs.leaf, mugs.parent_id) == ("2", "Mugs", True, "1")
        assert [one.id for one in shop.catalog.categories(parent="1")] == ["2"]
        assert wire.operations() == ["get_category"]

    def test_there_is_one_tree(self, wire: Wire) -> None:
        with pytest.raises(Unsupported, match="one tree"):
            wire.client().catalog.categories(tree="other")

    def test_attributes_begin_with_the_brand_and_end_with_variations(self, wire: Wire) -> None:
        brand, material, colour = wire.client().catalog.attributes("2")
        assert (brand.id, brand.required, brand.values[0].name) == ("brand", True, "Acme")
        assert (material.id, material.name, material.required) == ("4811", "Material", True)
        assert (material.kind, material.multiple, material.custom_values) == ("choice", True, True)
        assert material.units == ("g", "kg")
        assert (colour.id, colour.variant, colour.values[0].name) == ("variation:9", True, "Red")
        assert wire.query("get_attribute_tree") == {"category_id_list": ["2"]}

    @pytest.mark.parametrize(
        "info, kind, multiple, custom",
        [
            ({"input_type": 1}, "choice", False, False),
            ({"input_type": 2}, "choice", False, True),
            ({"input_type": 3, "input_validation_type": 2}, "text", False, True),
            ({"input_type": 3, "input_validation_type": 1}, "number", False, True),
            ({"input_type": 3, "input_validation_type": 4}, "date", False, True),
            ({"input_type": 4}, "choice", True, False),
        ],
    )
    def test_an_attribute_says_how_it_is_filled_in(
        self, wire: Wire, info: Any, kind: str, multiple: bool, custom: bool
    ) -> None:
        row = {"attribute_id": 1, "name": "A", "attribute_info": info}
        wire["get_attribute_tree"] = {"list": [{"attribute_tree": [row]}]}
        found = wire.client().catalog.attributes("2")[1]
        assert (found.kind, found.multiple, found.custom_values) == (kind, multiple, custom)

    def test_brands_are_read_page_by_page(self, wire: Wire) -> None:
        def brands(request: Request) -> Any:
            offset = int(query_of(request)["offset"][0])
            rows = [{"brand_id": offset + 1, "original_brand_name": f"B{offset}"}]
            return {"brand_list": rows, "has_next_page": offset < 200, "next_offset": offset + 100}

        wire["get_brand_list"] = brands
        assert [choice.name for choice in wire.client().catalog.attributes("2")[0].values] == [
            "B0",
            "B100",
            "B200",
        ]

    def test_limits_are_kept_by_category(self, wire: Wire) -> None:
        shop = wire.client()
        limits = shop.catalog.limits("2")
        assert (limits.title_min, limits.title_max, limits.images_max) == (5, 20, 2)
        assert (limits.price_min, limits.price_step) == (Money("5.5", "SGD"), Money("0.01", "SGD"))
        assert (limits.variants_max, limits.options_max, limits.stock_max) == (50, 2, 100)
        assert limits.dimensions_required
        shop.catalog.limits("2")
        shop.catalog.limits()
        assert [wire.query("get_item_limit", number) for number in (0, 1)] == [{"category_id": ["2"]}, {}]


def mug(**fields: Any) -> ProductInput:
    """A product that breaks no rule."""
    given: dict[str, Any] = {
        "title": "A plain mug",
        "description": "A mug, plain and white.",
        "categories": ["2"],
        "brand": "Acme",
        "attributes": {"4811": "Clay"},
        "media": [Media.from_id("img1")],
        "package": {"weight_g": 250, "length_mm": 300, "width_mm": 200, "height_mm": 100},
        "variants": [VariantInput(sku="MUG", quantity=5, price=Money("10", "SGD"))],
    }
    return ProductInput(**given | fields)


def variant(**fields: Any) -> VariantInput:
    return VariantInput(**{"quantity": 5, "price": Money("10", "SGD")} | fields)


def sizes(count: int) -> list[VariantInput]:
    return [variant(options={"Size": str(number)}) for number in range(count)]


class TestCheck:
    def test_a_good_product_has_no_problems(self, wire: Wire) -> None:
        assert wire.client().catalog.check(mug())
        assert "add_item" not in wire.operations()

    @pytest.mark.parametrize(
        "fields, field",
        [
            ({"title": "Mug"}, "title"),
            ({"title": "A mug" * 5}, "title"),
            ({"description": "Short"}, "description"),
            ({"description": "Long" * 20}, "description"),
            ({"categories": []}, "categories"),
            ({"categories": ["1"]}, "categories"),
            ({"categories": ["99"]}, "categories"),
            ({"categories": ["2", "1"]}, "categories"),
            ({"media": []}, "media"),
            ({"media": [Media.from_id(str(number)) for number in range(3)]}, "media"),
            ({"media": [Media.from_id("i"), *(Media.from_id("v", kind="video") for _ in range(2))]}, "media"),
            ({"media": [Media.from_id("i"), Media.from_id("a", kind="audio")]}, "media"),
            ({"brand": None}, "brand"),
            ({"brand": "Nobody"}, "brand"),
            ({"attributes": {}}, "attributes.4811"),
            ({"attributes": {"4811": ["a", "b", "c"]}}, "attributes.4811"),
            ({"attributes": {"4811": "Clay", "1": "x"}}, "attributes.1"),
            ({"variants": [variant(price=None)]}, "variants.0.price"),
            ({"variants": [variant(price=Money("10", "MYR"))]}, "variants.0.price"),
            ({"variants": [variant(price=Money("10.005", "SGD"))]}, "variants.0.price"),
            ({"variants": [variant(price=Money("1", "SGD"))]}, "variants.0.price"),
            ({"variants": [variant(price=Money("1001", "SGD"))]}, "variants.0.price"),
            ({"variants": [variant(quantity=None)]}, "variants.0.quantity"),
            ({"variants": [variant(quantity=0)]}, "variants.0.quantity"),
            ({"variants": [variant(sku="x" * 101)]}, "variants.0.sku"),
            ({"variants": [variant(list_price=Money("12", "SGD"))]}, "variants.0.list_price"),
            ({"variants": [variant(options={"A": "1", "B": "1", "C": "1"})]}, "options"),
            ({"variants": sizes(51)}, "variants"),
            ({"variants": [variant(options={"Size": "x" * 21})]}, "options.values"),
            ({"variants": [variant(options={"A very long name": "x"})]}, "options.name"),
            ({"options": [Option(name="Size", values=("L",))]}, "variants.0.options"),
            (
                {
                    "options": [Option(name="Size", values=("L",))],
                    "variants": [variant(options={"Size": "M"})],
                },
                "variants.0.options",
            ),
            (
                {
                    "variants": [
                        variant(options={"Size": "L"}, price=Money("6", "SGD")),
                        variant(options={"Size": "M"}, price=Money("31", "SGD")),
                    ]
                },
                "variants.price",
            ),
            ({"package": None}, "package"),
            ({"package": {"weight_g": 250}}, "package"),
            ({"package": {"length_mm": 300, "width_mm": 200, "height_mm": 100}}, "package.weight_g"),
            (
                {"package": {"weight_g": 1, "length_mm": 305, "width_mm": 200, "height_mm": 100}},
                "package.length_mm",
            ),
            ({"condition": "refurbished"}, "condition"),
            ({"status": "unlisted"}, "status"),
            ({"url": "https://example.com"}, "url"),
            ({"native": {"nonsense": 1}}, "native.nonsense"),
            (
                {"native": {"pre_order": {"is_pre_order": True, "days_to_ship": 3}}},
                "native.pre_order.days_to_ship",
            ),
            ({"native": {"logistic_info": [{"logistic_id": 5, "enabled": True}]}}, "native.logistic_info"),
        ],
    )
    def test_a_broken_rule_names_its_field(self, wire: Wire, fields: Any, field: str) -> None:
        check = wire.client().catalog.check(mug(**fields))
        assert not check
        assert field in {problem.field for problem in check.problems}

    def test_an_attribute_that_a_chosen_value_brings_is_known(self, wire: Wire) -> None:
        assert wire.client().catalog.check(mug(attributes={"4811": "Clay", "4900": "Hot"}))

    def test_the_brand_may_come_as_the_attribute_that_was_listed(self, wire: Wire) -> None:
        assert wire.client().catalog.check(mug(brand=None, attributes={"4811": "Clay", "brand": "Acme"}))

    def test_no_brand_is_a_brand_where_none_is_required(self, wire: Wire) -> None:
        wire["get_brand_list"] = {"brand_list": [], "has_next_page": False, "is_mandatory": False}
        shop = wire.client()
        assert shop.catalog.check(mug(brand=None))
        assert shop.catalog.check(mug(brand="No Brand"))
        assert shop.catalog.check(mug(brand=None, native={"brand": {"brand_id": 0}}))

    def test_a_shop_without_a_channel_cannot_send(self, wire: Wire) -> None:
        wire["get_channel_list"] = {"logistics_channel_list": []}
        check = wire.client().catalog.check(mug())
        assert {problem.field for problem in check.problems} == {"native.logistic_info"}

    def test_a_code_for_trade_may_be_mandatory(self, wire: Wire) -> None:
        wire["get_item_limit"] = envelope(LIMITS, gtin_limit={"gtin_validation_rule": "Mandatory"})
        shop = wire.client()
        assert {one.field for one in shop.catalog.check(mug()).problems} == {"variants.0.gtin"}
        assert shop.catalog.check(mug(variants=[variant(gtin="00")]))

    def test_a_size_chart_may_be_mandatory(self, wire: Wire) -> None:
        wire["get_item_limit"] = LIMITS | {"size_chart_limit": {"size_chart_mandatory": True}}
        shop = wire.client()
        assert {one.field for one in shop.catalog.check(mug()).problems} == {"native.size_chart_info"}
        assert shop.catalog.check(mug(native={"size_chart_info": {"size_chart": "img"}}))

    def test_certificates_are_asked_for_where_markets_want_them(self, wire: Wire) -> None:
        rule = {"certification_type": 1, "is_mandatory": True, "permit_id": 3, "name": "FDA"}
        wire["get_product_certification_rule"] = {
            "certification_rule_list": [rule, rule | {"is_mandatory": False}]
        }
        shop = wire.client("PH")
        good = mug(variants=[variant(price=Money("100", "PHP"))])
        (problem,) = shop.catalog.check(good).problems
        assert problem.field == "native.certification_info"
        assert wire.body("get_product_certification_rule")["category_id"] == 2
        certified = good.model_copy(update={"native": {"certification_info": {}}})
        assert shop.catalog.check(certified)

    def test_a_failure_while_asking_is_raised(self, wire: Wire) -> None:
        wire["get_brand_list"] = refusal("error_param", "Wrong parameters")
        with pytest.raises(InvalidRequest, match="Wrong parameters"):
            wire.client().catalog.check(mug())

    def test_the_pretend_marketplace_has_rules_too(self) -> None:
        shop = simulate("shopee")
        leaf = next(one for one in shop.catalog.categories() if one.leaf)
        image = Media.from_bytes(shop.market.image(), "image/png")
        title = "x" * ((shop.catalog.limits(leaf).title_max or 0) + 1)
        check = shop.catalog.check(
            mug(title=title, categories=[leaf], brand=None, attributes={}, media=[image])
        )
        assert [problem.field for problem in check.problems] == ["title"]


PNG = Media.from_bytes(b"\x89PNG", "image/png", name="mug.png")


class TestUpload:
    def test_an_image_gets_an_id_and_a_url(self, wire: Wire) -> None:
        urls = [{"image_url_region": "SG", "image_url": "https://cf.shopee.sg/file/a"}]
        wire["upload_image"] = {"image_info": {"image_id": "a", "image_url_list": urls}}
        found = wire.client().catalog.upload_media(PNG)
        assert (found.id, found.url) == ("a", "https://cf.shopee.sg/file/a")

    def test_a_descriptions_image_is_not_squared(self, wire: Wire) -> None:
        wire["upload_image"] = {"image_info_list": [{"id": 0, "error": "", "image_info": {"image_id": "b"}}]}
        assert wire.client().catalog.upload_media(PNG, purpose="description").id == "b"
        assert b"\r\n\r\ndesc\r\n" in wire.request("upload_image").content

    def test_an_image_may_fail_although_the_call_succeeds(self, wire: Wire) -> None:
        row = {"id": 0, "error": "error_image", "message": "Image is broken"}
        wire["upload_image"] = {"image_info_list": [row]}
        with pytest.raises(PlatformError, match="broken"):
            wire.client().catalog.upload_media(PNG)

    def test_a_reply_without_an_image_is_not_believed(self, wire: Wire) -> None:
        wire["upload_image"] = {"image_info": {}}
        with pytest.raises(DecodeError):
            wire.client().catalog.upload_media(PNG)

    @pytest.mark.parametrize(
        "media, said",
        [
            (Media.from_bytes(b"GIF", "image/gif"), "JPEG and PNG"),
            (Media.from_bytes(b"\0" * 10_000_001, "image/png"), "10 MB"),
            (Media.from_bytes(b"\0" * (30 * 1024 * 1024 + 1), "video/mp4"), "30 MB"),
        ],
        ids=["gif", "large image", "large film"],
    )
    def test_what_shopee_does_not_take_is_not_sent(self, wire: Wire, media: Media, said: str) -> None:
        with pytest.raises(InvalidRequest, match=said):
            wire.client().catalog.upload_media(media)
        assert wire.sent == []

    def test_what_shopee_holds_is_answered_as_it_is(self, wire: Wire) -> None:
        media = Media.from_id("a")
        assert wire.client().catalog.upload_media(media, product="1") is media

    def test_a_url_is_refused_with_the_way_out(self, wire: Wire) -> None:
        with pytest.raises(Unsupported, match="from_bytes"):
            wire.client().catalog.upload_media(Media.from_url("https://example.com/a.png"))


class TestFilm:
    FILM = bytes(range(256)) * (9 * 1024 * 4)

    @pytest.fixture
    def shop(self, wire: Wire) -> Client:
        wire["init_video_upload"] = {"video_upload_id": "sg_1"}
        wire["upload_video_part"] = wire["complete_video_upload"] = {"error": "", "message": ""}
        return wire.client()

    def test_a_film_goes_in_parts_of_four_megabytes(self, wire: Wire, shop: Client) -> None:
        url = {"video_url_region": "SG", "video_url": "https://cvf.shopee.sg/file/v"}
        wire["get_video_upload_result"] = {"status": "SUCCEEDED", "video_info": {"video_url_list": [url]}}
        found = shop.catalog.upload_media(Media.from_bytes(self.FILM, "video/mp4"))
        assert (found.id, found.kind, found.url) == ("sg_1", "video", "https://cvf.shopee.sg/file/v")
        assert wire.body("init_video_upload") == {
            "file_md5": hashlib.md5(self.FILM, usedforsecurity=False).hexdigest(),
            "file_size": len(self.FILM),
        }
        parts = [one for one in wire.sent if one.path.endswith("upload_video_part")]
        mega = 1024 * 1024
        assert sorted(len(one.content) // mega for one in parts) == [1, 4, 4]
        first = hashlib.md5(self.FILM[: 4 * mega], usedforsecurity=False).hexdigest()
        assert any(first.encode() in one.content for one in parts)
        assert all("access_token" not in one.url for one in parts)
        done = wire.body("complete_video_upload")
        assert done["part_seq_list"] == [0, 1, 2]
        assert done["report_data"]["upload_cost"] >= 1

    @pytest.mark.parametrize("status", ["FAILED", "CANCELLED"])
    def test_a_film_that_shopee_refuses_says_why(self, wire: Wire, shop: Client, status: str) -> None:
        wire["get_video_upload_result"] = {"status": status, "message": "Video is too short"}
        with pytest.raises(InvalidRequest, match="too short"):
            shop.catalog.upload_media(Media.from_bytes(b"film", "video/mp4"), purpose="video")

    def test_the_pretend_marketplace_transcodes_for_a_while(self) -> None:
        shop = simulate("shopee")
        found = shop.catalog.upload_media(Media.from_bytes(self.FILM, "video/mp4"), purpose="video")
        assert found.native_status == "SUCCEEDED"

    def test_a_film_that_is_never_ready_is_given_up_on(self) -> None:
        shop = simulate("shopee")
        inner = shop._core.driver.transport.send

        def never(request: Request, timeout: Any) -> Any:
            answer = inner(request, timeout)
            if request.path.endswith("get_video_upload_result"):
                body = json.loads(answer.content) | {"response": {"status": "TRANSCODING"}}
                return type(answer)(200, answer.headers, json.dumps(body).encode())
            return answer

        shop._core.driver.transport.send = never
        with pytest.raises(NotReady):
            shop.catalog.upload_media(Media.from_bytes(b"film", "video/mp4"), purpose="video")


def test_every_row_of_the_matrix_is_answered() -> None:
    capabilities = simulate("shopee").capabilities
    refused = {name for name in capabilities if name.startswith("catalog.") and not capabilities[name]}
    assert refused == {
        "catalog.export_feed",
        "catalog.get:version",
        "catalog.categories:tree",
        "catalog.create:idempotency_key",
        "catalog.set_prices:list_price",
        "catalog.set_prices:sale",
    }
    assert "no product file" in capabilities["catalog.export_feed"].reason
    for name in ("find", "upsert", "check", "changes"):
        assert capabilities[f"catalog.{name}"].level == "emulated"
