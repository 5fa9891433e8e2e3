"""What Shopee's categories, attributes, variations and limits mean as models of this library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from socialcommerce.backends.shopee.catalog.mapping import money
from socialcommerce.backends.shopee.codes import catalog as codes
from socialcommerce.backends.shopee.regions import Region
from socialcommerce.models.money import Money
from socialcommerce.models.product import Attribute, AttributeChoice, Category, Limits

__all__ = ["attribute", "brand_attribute", "category", "limits", "variation"]

Json = Mapping[str, Any]


def category(row: Json) -> Category:
    """A row of get_category; only one without children takes products."""
    parent = row.get("parent_category_id")
    return Category.build(
        id=str(row["category_id"]),
        platform="shopee",
        name=row.get("display_category_name") or row.get("original_category_name") or "",
        parent_id=str(parent) if parent else None,
        leaf=not row.get("has_children"),
        raw=row,
    )


def attribute(row: Json) -> Attribute:
    """A row of get_attribute_tree."""
    info = row.get("attribute_info") or {}
    shape = info.get("input_type")
    choice = shape in codes.CHOICES
    free = codes.ATTRIBUTE_KINDS.get(info.get("input_validation_type") or 0, "text")
    units = tuple(info.get("attribute_unit_list") or ())
    return Attribute.build(
        id=str(row["attribute_id"]),
        platform="shopee",
        name=row.get("name") or "",
        required=bool(row.get("mandatory")),
        kind="choice" if choice else free,
        multiple=shape in codes.MULTIPLE,
        custom_values=shape in codes.COMBO_BOXES,
        unit=units[0] if len(units) == 1 else None,
        units=units,
        values=tuple(
            AttributeChoice.build(id=str(value["value_id"]), name=value.get("name") or "")
            for value in row.get("attribute_value_list") or ()
        ),
        raw=row,
    )


def brand_attribute(brands: Sequence[Json], required: bool) -> Attribute:
    """The brand, which Shopee keeps apart from attributes; its id here is ``brand``."""
    choices = (
        AttributeChoice.build(id=str(row["brand_id"]), name=row.get("original_brand_name") or "")
        for row in brands
    )
    return Attribute.build(
        id="brand", platform="shopee", name="Brand", required=required, kind="choice", values=tuple(choices)
    )


def variation(row: Json) -> Attribute:
    """A standard variation of a category: an option that variants may differ in."""
    groups = row.get("variation_group_list") or ()
    choices = (choice for group in groups for choice in group.get("variation_option_list") or ())
    return Attribute.build(
        id=f"variation:{row['variation_id']}",
        platform="shopee",
        native_ids={"variation_id": str(row["variation_id"])},
        name=row.get("variation_name") or "",
        kind="choice",
        custom_values=True,
        variant=True,
        values=tuple(
            AttributeChoice.build(
                id=str(choice["variation_option_id"]), name=choice.get("variation_option_name") or ""
            )
            for choice in choices
        ),
        raw=row,
    )


def limits(row: Json, region: Region) -> Limits:
    """The reply of get_item_limit; prices in the currency of the shop's region."""
    price = _range(row, "price_limit")
    title, text = _range(row, "item_name_length_limit"), _range(row, "item_description_length_limit")
    images, stock = _range(row, "item_image_count_limit"), _range(row, "stock_limit")
    return Limits.build(
        title_min=title[0],
        title_max=title[1],
        description_min=text[0],
        description_max=text[1],
        images_min=images[0],
        images_max=images[1],
        variants_max=codes.MODELS_MAX,
        options_max=codes.TIERS_MAX,
        price_min=money(price[0], region.currency),
        price_max=money(price[1], region.currency),
        price_step=Money.of(region.price_step, region.currency),
        stock_min=stock[0],
        stock_max=stock[1],
        weight_required=bool((row.get("weight_limit") or {}).get("weight_mandatory", True)),
        dimensions_required=bool((row.get("dimension_limit") or {}).get("dimension_mandatory")),
        raw=row,
    )


def _range(row: Json, name: str) -> tuple[Any, Any]:
    bounds = row.get(name) or {}
    return bounds.get("min_limit"), bounds.get("max_limit")
