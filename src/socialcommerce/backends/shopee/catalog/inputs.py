"""Products as Shopee wants them written: bodies of its calls, and what it would refuse of them.

Pure functions. What cannot be written exactly is refused, never rounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Any, cast

from attrs import frozen

from socialcommerce.backends.shopee.codes import catalog as codes
from socialcommerce.backends.shopee.regions import Region
from socialcommerce.errors import InvalidRequest, Unsupported
from socialcommerce.models.check import Problem
from socialcommerce.models.media import Media
from socialcommerce.models.money import Money
from socialcommerce.models.product import (
    AttributeValue,
    Category,
    CategoryRef,
    Limits,
    Option,
    Parcel,
    ProductInput,
    VariantInput,
)
from socialcommerce.resources.noun import invalid

__all__ = [
    "Rules",
    "attribute_list",
    "attribute_problems",
    "brand_name",
    "category_ids",
    "category_problems",
    "channel_problems",
    "default_channels",
    "extras",
    "item_sku",
    "media_problems",
    "model",
    "options_of",
    "parcel",
    "price",
    "problems",
    "ratio_problem",
    "stock_rows",
    "tier_index",
    "tiers",
    "values_of",
]

Json = Mapping[str, Any]
BRAND = "brand"


@frozen
class Rules:
    """What a shop and category allow: its market, the reply of get_item_limit, and the same as a model."""

    region: Region
    row: Json
    limits: Limits


def values_of(attributes: object) -> tuple[AttributeValue, ...]:
    """Attributes of an input, which validation has turned into values whatever they were given as."""
    return cast("tuple[AttributeValue, ...]", attributes or ())


def category_ids(categories: Iterable[CategoryRef | Category | str]) -> tuple[str, ...]:
    """The ids of an input's categories."""
    return tuple(item if isinstance(item, str) else item.id for item in categories)


def item_sku(product: ProductInput) -> str | None:
    """The product's own SKU: said in ``native``, the group's id, else that of its first variant.

    It is the only SKU that Shopee searches, so a product is found again by it.
    """
    said = product.native.get("item_sku") or product.group_id or product.variants[0].sku
    return str(said) if said else None


def brand_name(product: ProductInput) -> str | None:
    """The brand, given as such or as the attribute ``brand`` that ``attributes`` lists."""
    if product.brand is not None:
        return product.brand
    given = next((value for value in values_of(product.attributes) if value.id == BRAND), None)
    return next(iter(given.values), None) if given else None


def attribute_list(values: Iterable[AttributeValue]) -> list[dict[str, Any]]:
    """``attribute_list`` of an item; a value of one's own has the id 0 and its words."""
    return [
        {"attribute_id": int(value.id), "attribute_value_list": list(_attribute_values(value))}
        for value in values
        if value.id != BRAND
    ]


def _attribute_values(value: AttributeValue) -> Iterator[dict[str, Any]]:
    for chosen, word in zip_longest(value.value_ids, value.values):
        row: dict[str, Any] = {"value_id": int(chosen or 0)}
        if word is not None:
            row["original_value_name"] = word
        if value.unit:
            row["value_unit"] = value.unit
        yield row


def options_of(options: Sequence[Option], variants: Sequence[VariantInput]) -> tuple[Option, ...]:
    """The options as given; where only variants name theirs, in the order in which they come up."""
    if options and all(option.values for option in options):
        return tuple(options)
    found: dict[str, dict[str, None]] = {option.name: dict.fromkeys(option.values) for option in options}
    for variant in variants:
        for name, value in variant.options.items():
            found.setdefault(name, {})[value] = None
    return tuple(Option.build(name=name, values=tuple(values)) for name, values in found.items())


def tier_index(variant: VariantInput, options: Sequence[Option]) -> list[int]:
    """A variant's place in each option; InvalidRequest where it names none, or one that is not there."""
    if set(variant.options) != {option.name for option in options}:
        names = ", ".join(option.name for option in options) or "no option"
        raise invalid(**{"variants.options": f"{variant.options or 'nothing'} must name {names}"})
    index = []
    for option in options:
        value = variant.options[option.name]
        if value not in option.values:
            raise invalid(**{"variants.options": f"{value!r} is not among the values of {option.name}"})
        index.append(option.values.index(value))
    return index


def tiers(
    options: Sequence[Option], images: Mapping[str, str] | None = None, known: Sequence[Json] = ()
) -> list[dict[str, Any]]:
    """``standardise_tier_variation``: names of one's own have the id 0.

    ``images`` gives the choices of the first option their image ids; ``known`` are the tiers that the
    item has, whose ids are kept for names that stay.
    """
    by_name = {tier.get("variation_name"): tier for tier in known}
    return [
        _tier(option, by_name.get(option.name, {}), (images or {}) if position == 0 else {})
        for position, option in enumerate(options)
    ]


def _tier(option: Option, known: Json, images: Mapping[str, str]) -> dict[str, Any]:
    chosen = {row.get("variation_option_name"): row for row in known.get("variation_option_list") or ()}
    rows = []
    for value in option.values:
        row = {
            "variation_option_id": chosen.get(value, {}).get("variation_option_id") or 0,
            "variation_option_name": value,
        }
        image = images.get(value) or chosen.get(value, {}).get("image_id")
        rows.append({**row, "image_id": image} if image else row)
    return {
        "variation_id": known.get("variation_id") or 0,
        "variation_name": option.name,
        "variation_group_id": known.get("variation_group_id") or 0,
        "variation_option_list": rows,
    }


def model(variant: VariantInput, options: Sequence[Option], region: Region) -> dict[str, Any]:
    """One row of ``model`` of init_tier_variation, or of ``model_list`` of add_model."""
    row: dict[str, Any] = {
        "tier_index": tier_index(variant, options),
        "original_price": price(variant.price, region),
        "seller_stock": stock_rows(variant),
        **extras(variant.native, codes.MODEL_EXTRAS - {"model_status"}, "variants.native"),
    }
    if variant.sku:
        row["model_sku"] = variant.sku
    if variant.gtin:
        row["gtin_code"] = variant.gtin
    if variant.weight_g is not None:
        row["weight"] = kilograms(variant.weight_g)
    return row


def stock_rows(variant: VariantInput) -> list[dict[str, Any]]:
    """``seller_stock`` of a new item or model: nothing is reserved yet."""
    if variant.quantity is None:
        raise invalid(**{"variants.quantity": "is required: how many can be bought"})
    row: dict[str, Any] = {"stock": variant.quantity}
    if variant.location not in (None, "default"):
        row["location_id"] = variant.location
    return [row]


def price(amount: Money | None, region: Region, field: str = "variants.price") -> Decimal:
    """A price as a number of the shop's currency, exactly, or InvalidRequest."""
    trouble = price_trouble(amount, region)
    if amount is None or trouble:
        raise invalid(**{field: trouble or "is required"})
    return amount.amount


def price_trouble(amount: Money | None, region: Region) -> str | None:
    """Why a price cannot be written in this market, or None."""
    if amount is None:
        return "is required"
    if amount.currency != region.currency:
        return f"is in {amount.currency}; prices of this shop are in {region.currency}"
    if amount.amount <= 0:
        return "must be above zero"
    if not amount.is_multiple_of(region.price_step):
        return (
            f"{amount.amount} has more decimals than the {region.decimals} that Shopee keeps in {region.code}"
        )
    return None


def ratio_problem(prices: Iterable[Decimal], region: Region) -> str | None:
    """Why these prices cannot stand beside each other, or None."""
    known = list(prices)
    if region.price_ratio is None or not known or max(known) <= min(known) * region.price_ratio:
        return None
    return (
        f"the dearest variant ({max(known)}) may cost at most {region.price_ratio} times "
        f"the cheapest ({min(known)}) in {region.code}"
    )


def kilograms(grams: Decimal) -> Decimal:
    """Grams as Shopee's kilograms."""
    return Decimal(grams).scaleb(-3)


def parcel(package: Parcel | None) -> dict[str, Any]:
    """``weight`` in kilograms and ``dimension`` in whole centimetres; what would be cut is refused."""
    if package is None:
        return {}
    body: dict[str, Any] = {} if package.weight_g is None else {"weight": kilograms(package.weight_g)}
    sides = {
        "length": package.length_mm,
        "width": package.width_mm,
        "height": package.height_mm,
    }
    if all(side is None for side in sides.values()):
        return body
    body["dimension"] = {f"package_{name}": _centimetres(name, side) for name, side in sides.items()}
    return body


def _centimetres(name: str, millimetres: Decimal | None) -> int:
    field = f"package.{name}_mm"
    if millimetres is None:
        raise invalid(**{field: "is required beside the other two measures"})
    if millimetres % 10 or millimetres <= 0:
        raise invalid(**{field: f"{millimetres} is no whole number of centimetres; round it up yourself"})
    return int(millimetres / 10)


def extras(native: Mapping[str, Any], known: frozenset[str], field: str = "native") -> dict[str, Any]:
    """What ``native`` holds, where Shopee has such fields."""
    for name in native:
        if name not in known:
            raise invalid(
                **{f"{field}.{name}": f"is not a field of Shopee; it knows {', '.join(sorted(known))}"}
            )
    return dict(native)


def default_channels(channels: Sequence[Json]) -> list[dict[str, Any]]:
    """The channels an item attaches to when nothing is said: those switched on that buyers see.

    Channels for which the seller must choose a size or name a fee are left out.
    """
    return [
        {"logistic_id": row["logistics_channel_id"], "enabled": True}
        for row in channels
        if row.get("enabled")
        and not row.get("mask_channel_id")
        and row.get("fee_type") not in ("SIZE_SELECTION", "CUSTOM_PRICE")
    ]


# what would be refused


def problems(product: ProductInput, rules: Rules) -> Iterator[Problem]:
    """What the limits of the category forbid in a product."""
    limits = rules.limits
    yield from _length("title", product.title, limits.title_min, limits.title_max)
    if "description_info" not in product.native:
        yield from _length("description", product.description, limits.description_min, limits.description_max)
    yield from media_problems(product.media, limits)
    yield from _variant_problems(product, rules)
    yield from _package_problems(product, limits)
    yield from _other_problems(product, rules.row)


def _length(field: str, text: str, least: int | None, most: int | None) -> Iterator[Problem]:
    if least is not None and len(text) < least:
        yield Problem(field=field, message=f"is {len(text)} characters; at least {least}")
    if most is not None and len(text) > most:
        yield Problem(field=field, message=f"is {len(text)} characters; at most {most}")


def media_problems(media: Sequence[Media], limits: Limits) -> Iterator[Problem]:
    """Too few or too many images, more than one film, a film that Shopee only streams."""
    images = sum(item.kind == "image" for item in media)
    films = sum(item.kind == "video" for item in media)
    if images < (limits.images_min or 1):
        yield Problem(field="media", message=f"{images} images; at least {limits.images_min or 1}")
    if limits.images_max is not None and images > limits.images_max:
        yield Problem(field="media", message=f"{images} images; at most {limits.images_max}")
    if films > 1:
        yield Problem(field="media", message=f"{films} films; at most 1")
    if images + films < len(media):
        yield Problem(field="media", message="only images and one film can be shown")


def _variant_problems(product: ProductInput, rules: Rules) -> Iterator[Problem]:
    options = options_of(product.options, product.variants)
    limits, region = rules.limits, rules.region
    if len(options) > codes.TIERS_MAX:
        yield Problem(field="options", message=f"{len(options)} options; at most {codes.TIERS_MAX}")
    if len(product.variants) > codes.MODELS_MAX:
        yield Problem(
            field="variants", message=f"{len(product.variants)} variants; at most {codes.MODELS_MAX}"
        )
    if not options and len(product.variants) > 1:
        yield Problem(field="variants.options", message="several variants need options to tell them apart")
    yield from _option_problems(options, rules.row)
    for position, variant in enumerate(product.variants):
        yield from _one_variant(f"variants.{position}", variant, options, limits, region)
    known = [variant.price.amount for variant in product.variants if variant.price is not None]
    ratio = ratio_problem(known, region)
    if ratio:
        yield Problem(field="variants.price", message=ratio)


def _option_problems(options: Sequence[Option], row: Json) -> Iterator[Problem]:
    names = row.get("tier_variation_name_length_limit") or {}
    values = row.get("tier_variation_option_length_limit") or {}
    for option in options:
        yield from _length("options.name", option.name, names.get("min_limit"), names.get("max_limit"))
        for value in option.values:
            yield from _length("options.values", value, values.get("min_limit"), values.get("max_limit"))


def _one_variant(
    at: str, variant: VariantInput, options: Sequence[Option], limits: Limits, region: Region
) -> Iterator[Problem]:
    trouble = price_trouble(variant.price, region)
    if trouble:
        yield Problem(field=f"{at}.price", message=trouble)
    else:
        yield from _between(f"{at}.price", variant.price, limits.price_min, limits.price_max)
    if variant.quantity is None:
        yield Problem(field=f"{at}.quantity", message="is required: how many can be bought")
    else:
        yield from _between(f"{at}.quantity", variant.quantity, limits.stock_min, limits.stock_max)
    if variant.sku and len(variant.sku) > codes.SKU_MAX:
        yield Problem(field=f"{at}.sku", message=f"is {len(variant.sku)} characters; at most {codes.SKU_MAX}")
    if variant.list_price is not None or variant.sale is not None:
        yield Problem(field=f"{at}.list_price", message=codes.PRICES_BY_PROMOTION.reason)
    try:
        tier_index(variant, options)
    except InvalidRequest as error:
        yield Problem(field=f"{at}.options", message=error.fields["variants.options"])


def _between(field: str, value: Any, least: Any, most: Any) -> Iterator[Problem]:
    if least is not None and value < least:
        yield Problem(field=field, message=f"is {value}; at least {least}")
    if most is not None and value > most:
        yield Problem(field=field, message=f"is {value}; at most {most}")


def _package_problems(product: ProductInput, limits: Limits) -> Iterator[Problem]:
    package = product.package
    if package is None or package.weight_g is None or package.weight_g <= 0:
        yield Problem(field="package.weight_g", message="is required: the weight of the parcel in grams")
    if limits.dimensions_required and (package is None or package.length_mm is None):
        yield Problem(field="package", message="length, width and height are required in this category")
    try:
        parcel(package)
    except InvalidRequest as error:
        yield from (Problem(field=field, message=text) for field, text in error.fields.items())


def _other_problems(product: ProductInput, row: Json) -> Iterator[Problem]:
    if product.condition not in ("new", "used"):
        yield Problem(field="condition", message=f"is {product.condition}; Shopee knows new and used")
    if product.url is not None:
        yield Problem(field="url", message="Shopee gives a product its own address")
    if product.status not in codes.WRITTEN_STATUSES:
        yield Problem(field="status", message="Shopee sells to all or to nobody: active, or draft")
    try:
        extras(product.native, codes.ITEM_EXTRAS)
    except InvalidRequest as error:
        yield from (Problem(field=field, message=text) for field, text in error.fields.items())
    chart = (row.get("size_chart_limit") or {}).get("size_chart_mandatory")
    if chart and "size_chart_info" not in product.native:
        yield Problem(field="native.size_chart_info", message="a size chart is required in this category")
    yield from _gtin_problems(product, row)
    yield from _days_problems(product, row)


def _gtin_problems(product: ProductInput, row: Json) -> Iterator[Problem]:
    rule = str((row.get("gtin_limit") or {}).get("gtin_validation_rule") or "")
    if rule.casefold() != "mandatory":
        return
    for position, variant in enumerate(product.variants):
        if not variant.gtin and "gtin_code" not in product.native:
            yield Problem(
                field=f"variants.{position}.gtin", message='is required; "00" says that it has none'
            )


def _days_problems(product: ProductInput, row: Json) -> Iterator[Problem]:
    pre_order = product.native.get("pre_order") or {}
    days, bounds = pre_order.get("days_to_ship"), (row.get("dts_limit") or {}).get("days_to_ship_limit") or {}
    if pre_order.get("is_pre_order") and days is not None:
        field = "native.pre_order.days_to_ship"
        yield from _between(field, days, bounds.get("min_limit"), bounds.get("max_limit"))


def category_problems(product: ProductInput, categories: Mapping[str, Json]) -> Iterator[Problem]:
    """No category, several, one that is not there, or one that is no leaf."""
    ids = category_ids(product.categories)
    if len(ids) != 1:
        yield Problem(field="categories", message="Shopee takes exactly one leaf category")
    for category_id in ids[:1]:
        row = categories.get(category_id)
        if row is None:
            yield Problem(field="categories", message=f"there is no category {category_id}")
        elif row.get("has_children"):
            yield Problem(field="categories", message=f"{category_id} is no leaf; choose one of its children")


def attribute_problems(product: ProductInput, rows: Sequence[Json]) -> Iterator[Problem]:
    """Mandatory attributes that are missing, unknown ones, and too many values."""
    given = {value.id: value for value in values_of(product.attributes) if value.id != BRAND}
    known = {str(row["attribute_id"]): row for row in rows}
    for key, row in known.items():
        value = given.get(key)
        if row.get("mandatory") and (value is None or not (value.values or value.value_ids)):
            yield Problem(
                field=f"attributes.{key}", message=f"{row.get('name')} is required in this category"
            )
        most = (row.get("attribute_info") or {}).get("max_value_count")
        count = max(len(value.values), len(value.value_ids)) if value else 0
        if most and count > most:
            yield Problem(field=f"attributes.{key}", message=f"{count} values; at most {most}")
    for key in given.keys() - _with_children(rows):
        yield Problem(field=f"attributes.{key}", message="this category has no such attribute")


def _with_children(rows: Sequence[Json]) -> set[str]:
    """Attributes of a tree, those that a chosen value brings with it included."""
    found = {str(row["attribute_id"]) for row in rows if "attribute_id" in row}
    for row in rows:
        for value in row.get("attribute_value_list") or ():
            found |= _with_children(value.get("child_attribute_list") or ())
    return found


def channel_problems(product: ProductInput, channels: Sequence[Json]) -> Iterator[Problem]:
    """No way to send it: neither said in ``native``, nor switched on in the shop."""
    said = product.native.get("logistic_info")
    usable = {
        row["logistics_channel_id"]
        for row in channels
        if row.get("enabled") and not row.get("mask_channel_id")
    }
    if said is None and not default_channels(channels):
        yield Problem(
            field="native.logistic_info",
            message="the shop has no channel switched on that needs no choice; name one, or enable one",
        )
    for row in said or ():
        if row.get("enabled") and int(row.get("logistic_id", 0)) not in usable:
            yield Problem(
                field="native.logistic_info",
                message=f"channel {row.get('logistic_id')} is not switched on, or is no checkout channel",
            )


def refuse_promotion_prices(operation: str, change: Any) -> None:
    """Unsupported for the prices that Shopee makes by discount activities alone."""
    if change.list_price is not None or change.sale is not None:
        name = "list_price" if change.list_price is not None else "sale"
        refusal = codes.PRICES_BY_PROMOTION
        raise Unsupported(f"{operation}:{name}", "shopee", refusal.reason, refusal.instead)
