"""What a product becomes in TikTok Shop's bodies; what is wrong with it is said before it is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

from attrs import frozen

from socialcommerce.backends.shared import ProductUpdate
from socialcommerce.backends.tiktok.shop.codes import catalog as codes
from socialcommerce.backends.tiktok.shop.noun import Json
from socialcommerce.backends.tiktok.shop.regions import Region
from socialcommerce.errors import InvalidRequest, Unsupported
from socialcommerce.models.check import Problem
from socialcommerce.models.media import Media
from socialcommerce.models.money import Money
from socialcommerce.models.product import (
    AttributeValue,
    CategoryRef,
    Limits,
    Parcel,
    PriceChange,
    ProductInput,
    VariantInput,
)
from socialcommerce.resources.noun import invalid

__all__ = ["Shelf", "attributes", "category", "extras", "parcel", "price", "problems", "sku", "whole"]


@frozen
class Shelf:
    """What of a shop decides how its products are written.

    ``seller`` is the vendor's word for its kind; ``warehouse`` the id of the one that ships by default.
    """

    region: Region
    seller: str
    warehouse: str | None

    @property
    def price_field(self) -> str:
        """Prices are read as ``sale_price`` by all; local sellers write them as ``amount``."""
        return "sale_price" if self.seller == codes.GLOBAL_SELLER else "amount"


def price(money: Money, shelf: Shelf, field: str = "price") -> dict[str, str]:
    """A price as it is written; what the market's step would cut is refused."""
    region = shelf.region
    if region.currency not in ("XXX", money.currency):
        raise invalid(**{field: f"is in {money.currency}; this shop sells in {region.currency}"})
    if money.amount <= 0:
        raise invalid(**{field: "must be more than zero"})
    if money.amount % region.price_step:
        raise invalid(**{field: f"{money.amount} is no multiple of {region.price_step} {money.currency}"})
    return {"currency": money.currency, shelf.price_field: format(money.amount, "f")}


def list_price(money: Money, operation: str) -> dict[str, str]:
    """The crossed-out price, which only the United States know."""
    if money.currency != codes.LIST_PRICE_CURRENCY:
        refusal = codes.LIST_PRICES
        raise Unsupported(f"{operation}:list_price", "tiktok_shop", refusal.reason, refusal.instead)
    return {"currency": money.currency, "amount": format(money.amount, "f")}


def refuse_sale(change: PriceChange | VariantInput, operation: str) -> None:
    """A price for a time is a promotion, and not part of a product."""
    if change.sale is not None:
        refusal = codes.PRICES_BY_PROMOTION
        raise Unsupported(f"{operation}:sale", "tiktok_shop", refusal.reason, refusal.instead)


def category(refs: Sequence[Any], region: Region) -> dict[str, str]:
    """The leaf category with the version of the tree it stands in."""
    if len(refs) != 1:
        raise invalid(categories="TikTok Shop takes exactly one leaf category")
    ref: CategoryRef = refs[0]
    return {"category_id": ref.id, "category_version": ref.tree or region.tree}


def attributes(values: Iterable[AttributeValue]) -> list[dict[str, Any]]:
    """Attributes: listed values by id, values of one's own by name."""
    return [{"id": one.id, "values": _values(one)} for one in values]


def _values(one: AttributeValue) -> list[dict[str, str]]:
    if one.value_ids:
        return [{"id": value_id} for value_id in one.value_ids]
    return [{"name": value} for value in one.values]


def parcel(package: Parcel) -> dict[str, Any]:
    """Weight in kilograms, measures in whole centimetres rounded up to what the parcel needs."""
    body: dict[str, Any] = {}
    if package.weight_g is not None:
        body["package_weight"] = _kilograms(package.weight_g)
    sides = {name: getattr(package, f"{name}_mm") for name in ("length", "width", "height")}
    given = [side for side in sides.values() if side is not None]
    if given and len(given) < len(sides):
        raise invalid(package="give length, width and height together, or none of them")
    if given:
        whole_sides = {
            name: str((side / 10).to_integral_value(ROUND_CEILING)) for name, side in sides.items()
        }
        body["package_dimensions"] = {**whole_sides, "unit": "CENTIMETER"}
    return body


def _kilograms(grams: Decimal) -> dict[str, str]:
    exact = (grams / 1000).quantize(Decimal("0.001"), ROUND_HALF_UP)
    return {"value": format(exact.normalize(), "f"), "unit": "KILOGRAM"}


def extras(given: Mapping[str, Any], allowed: frozenset[str], field: str = "native") -> dict[str, Any]:
    """The native part of an input; a word that TikTok Shop does not know is refused."""
    unknown = sorted(set(given) - allowed)
    if unknown:
        raise invalid(**{f"{field}.{unknown[0]}": f"is not known; there are {', '.join(sorted(allowed))}"})
    return dict(given)


def sku(
    variant: VariantInput, shelf: Shelf, image: Media | None = None, old: Json | None = None
) -> dict[str, Any]:
    """A row of ``skus``: a new one whole, one that is there (``old``) with what was given of it."""
    refuse_sale(variant, "catalog.update" if old else "catalog.create")
    body: dict[str, Any] = {"id": str(old["id"])} if old else {}
    if variant.sku is not None:
        body["seller_sku"] = variant.sku
    if variant.price is not None:
        body["price"] = price(variant.price, shelf, "variants.price")
    elif not old:
        raise invalid(**{"variants.price": "is required"})
    if variant.list_price is not None:
        body["list_price"] = list_price(variant.list_price, "catalog.create")
    if variant.weight_g is not None:
        body["sku_weight"] = _kilograms(variant.weight_g)
    if variant.gtin is not None:
        body["identifier_code"] = {"code": variant.gtin, "type": _code_type(variant.gtin)}
    stock = _inventory(variant, shelf, old)
    if stock:
        body["inventory"] = stock
    chosen = _sales_attributes(variant.options, image, old)
    if chosen:
        body["sales_attributes"] = chosen
    return body | extras(variant.native, codes.SKU_EXTRAS, "variants.native")


_CODE_TYPES = {14: "GTIN", 13: "EAN", 12: "UPC", 10: "ISBN", 8: "EAN"}


def _code_type(gtin: str) -> str:
    if len(gtin) not in _CODE_TYPES:
        raise invalid(**{"variants.gtin": f"{gtin!r} has {len(gtin)} digits; GTIN 14, EAN 8 or 13, UPC 12"})
    return _CODE_TYPES[len(gtin)]


def _inventory(variant: VariantInput, shelf: Shelf, old: Json | None) -> list[dict[str, Any]]:
    """Stock in the warehouse that was named, or ships by default; all others of the SKU stay."""
    if variant.quantity is None and old:
        return []
    if (variant.quantity or 0) > codes.STOCK_MAX:
        raise invalid(**{"variants.quantity": f"is {variant.quantity}; at most {codes.STOCK_MAX}"})
    present = {
        str(row["warehouse_id"]): int(row.get("quantity") or 0) for row in (old or {}).get("inventory") or ()
    }
    only = next(iter(present)) if len(present) == 1 else None
    place = variant.location or only or shelf.warehouse
    if place is None:
        raise invalid(**{"variants.location": "is required: the shop names no default warehouse"})
    if len(present) > 1 and variant.location is None:
        raise invalid(**{"variants.location": f"the stock lies in {', '.join(present)}; say which to set"})
    present[place] = variant.quantity or 0
    return [{"warehouse_id": key, "quantity": units} for key, units in present.items()]


def _sales_attributes(
    options: Mapping[str, str], image: Media | None, old: Json | None
) -> list[dict[str, Any]]:
    """A SKU's choices: those that are there by their ids, new ones by name; the image on the first."""
    known = {
        (row.get("name"), row.get("value_name")): row for row in (old or {}).get("sales_attributes") or ()
    }
    chosen = [_choice(name, value, known.get((name, value))) for name, value in options.items()]
    if chosen and image is not None:
        chosen[0]["sku_img"] = {"uri": image.id}
    return chosen


def _choice(name: str, value: str, known: Json | None) -> dict[str, Any]:
    if known is None or not known.get("id") or not known.get("value_id"):
        return {"name": name, "value_name": value}
    row: dict[str, Any] = {"id": known["id"], "value_id": known["value_id"]}
    if known.get("sku_img"):
        row["sku_img"] = {"uri": known["sku_img"]["uri"]}
    return row


_COPIED = (
    "title",
    "description",
    "external_product_id",
    "is_cod_allowed",
    "is_pre_owned",
    "key_product_features",
    "manufacturer_ids",
    "minimum_order_quantity",
    "responsible_person_ids",
    "search_terms",
    "shipping_insurance_requirement",
    "shipping_template_id",
    "package_weight",
    "package_dimensions",
)
"""Fields that GET product answers as PUT product takes them."""


def whole(row: Json, shelf: Shelf) -> dict[str, Any]:
    """A product that is there as PUT takes it: what is left out of a PUT is cleared."""
    body: dict[str, Any] = {name: row[name] for name in _COPIED if row.get(name) not in (None, "", [])}
    body |= {"category_id": leaf_of(row), "category_version": shelf.region.tree}
    body["main_images"] = [{"uri": image["uri"]} for image in row.get("main_images") or ()]
    body["skus"] = [kept_sku(one, shelf) for one in row.get("skus") or ()]
    if (row.get("brand") or {}).get("id"):
        body["brand_id"] = row["brand"]["id"]
    if (row.get("video") or {}).get("id"):
        body["video"] = {"id": row["video"]["id"]}
    for name, written in _PARTS.items():
        if row.get(name):
            body[written] = _REWRITTEN[name](row[name])
    return body


def leaf_of(row: Json) -> str:
    """The leaf category of a product that is there."""
    return next((str(step["id"]) for step in row.get("category_chains") or () if step.get("is_leaf")), "")


def kept_sku(row: Json, shelf: Shelf) -> dict[str, Any]:
    """A SKU that is there as it is written again, unchanged."""
    body = {"id": row["id"], "seller_sku": row.get("seller_sku")}
    body |= {
        name: row[name]
        for name in ("external_sku_id", "identifier_code", "pre_sale", "list_price")
        if row.get(name)
    }
    shown = row.get("price") or {}
    if shown.get("sale_price"):
        body["price"] = {"currency": shown["currency"], shelf.price_field: shown["sale_price"]}
    body["inventory"] = [dict(place) for place in row.get("inventory") or ()]
    chosen = [
        _choice(one.get("name"), one.get("value_name"), one) for one in row.get("sales_attributes") or ()
    ]
    if chosen:
        body["sales_attributes"] = chosen
    return {name: value for name, value in body.items() if value not in (None, "", [])}


def _certificates(rows: Sequence[Json]) -> list[dict[str, Any]]:
    return [
        {
            "id": row["id"],
            "images": [{"uri": image["uri"]} for image in row.get("images") or ()],
            "files": [file["id"] for file in row.get("files") or ()],
            **({"expiration_date": row["expiration_date"]} if row.get("expiration_date") else {}),
        }
        for row in rows
    ]


def _size_chart(row: Json) -> dict[str, Any]:
    image, template = row.get("image") or {}, row.get("template") or {}
    chart: dict[str, Any] = {"image": {"uri": image["uri"]}} if image.get("uri") else {}
    return chart | ({"template": {"id": template["id"]}} if template.get("id") else {})


def _set_attributes(rows: Sequence[Json]) -> list[dict[str, Any]]:
    return [
        {
            "id": row["id"],
            "values": [
                {"id": value["id"]} if value.get("id") else {"name": value.get("name")}
                for value in row.get("values") or ()
            ],
        }
        for row in rows
    ]


_PARTS = {
    "certifications": "certifications",
    "size_chart": "size_chart",
    "product_attributes": "product_attributes",
    "delivery_options": "delivery_option_ids",
}
_REWRITTEN: dict[str, Callable[[Any], Any]] = {
    "certifications": _certificates,
    "size_chart": _size_chart,
    "product_attributes": _set_attributes,
    "delivery_options": lambda rows: [row["id"] for row in rows],
}


def problems(product: ProductInput, rules: Limits, shelf: Shelf) -> Iterator[Problem]:
    """What of a new product breaks a rule that is known without asking."""
    yield from _length("title", product.title, rules.title_min, rules.title_max)
    yield from _length("description", product.description, rules.description_min, rules.description_max)
    if len(product.categories) != 1:
        yield Problem(field="categories", message="TikTok Shop takes exactly one leaf category")
    images = sum(1 for one in product.media if one.kind == "image")
    if not 1 <= images <= codes.IMAGES_MAX:
        yield Problem(field="media", message=f"{images} images; from 1 to {codes.IMAGES_MAX}")
    if len(product.variants) > shelf.region.variants:
        message = f"{len(product.variants)} variants; at most {shelf.region.variants} in {shelf.region.code}"
        yield Problem(field="variants", message=message)
    if product.condition != "new":
        yield Problem(field="condition", message="TikTok Shop sells new goods; used ones by their category")
    if product.status not in codes.WRITTEN_STATUSES:
        yield Problem(field="status", message="is unlisted; TikTok Shop takes active and draft")
    for name in ("url", "group_id"):
        if getattr(product, name) is not None:
            yield Problem(field=name, message="TikTok Shop keeps none")
    if product.package:
        yield from _objections(partial(parcel, product.package))
    yield from _objections(partial(extras, product.native, codes.CREATE_EXTRAS))
    yield from _variant_problems(product, shelf)


def _objections(write: Callable[[], object]) -> Iterator[Problem]:
    """What writing a part of a body refuses, said together with all else that is wrong."""
    try:
        write()
    except InvalidRequest as error:
        yield from (Problem(field=field, message=text) for field, text in error.fields.items())


def _length(field: str, text: str, least: int | None, most: int | None) -> Iterator[Problem]:
    if not (least or 0) <= len(text) <= (most or len(text)):
        yield Problem(field=field, message=f"has {len(text)} characters; from {least} to {most}")


def _variant_problems(product: ProductInput, shelf: Shelf) -> Iterator[Problem]:
    names = {frozenset(variant.options) for variant in product.variants}
    if len(names) > 1:
        yield Problem(field="variants.options", message="every variant names the same options")
    if max(map(len, names)) > codes.OPTIONS_MAX:
        yield Problem(field="variants.options", message=f"at most {codes.OPTIONS_MAX} options")
    for variant in product.variants:
        if variant.sku is not None and not shelf.region.sku_min <= len(variant.sku) <= codes.SKU_MAX:
            length = f"{len(variant.sku)} characters; from {shelf.region.sku_min} to {codes.SKU_MAX}"
            yield Problem(field="variants.sku", message=f"{variant.sku!r} has {length}")
        yield from _objections(partial(sku, variant, shelf))


def _refuse_length(field: str, text: str, least: int, most: int) -> None:
    for problem in _length(field, text, least, most):
        raise invalid(**{field: problem.message})


def update_fields(changes: ProductUpdate, shelf: Shelf) -> dict[str, Any]:
    """The plain fields of an edit that follow from a change without asking TikTok Shop anything."""
    body: dict[str, Any] = {}
    if changes.gives("title"):
        _refuse_length("title", changes.title or "", shelf.region.title_min, shelf.region.title_max)
        body["title"] = changes.title
    if changes.gives("description"):
        if not changes.description:
            raise invalid(description="cannot be cleared: TikTok Shop requires one")
        _refuse_length("description", changes.description, 1, codes.DESCRIPTION_MAX)
        body["description"] = changes.description
    if changes.gives("categories"):
        body |= category(changes.categories, shelf.region)
    if changes.gives("attributes"):
        values: Any = changes.attributes or ()
        body["product_attributes"] = attributes(values)
    if changes.gives("condition") and changes.condition != "new":
        raise invalid(condition="TikTok Shop sells new goods; used ones by their category")
    if changes.gives("package"):
        if changes.package is None:
            raise invalid(package="cannot be cleared: TikTok Shop requires one")
        body |= parcel(changes.package)
    return body | extras(changes.native, codes.PARTIAL_EXTRAS | codes.WHOLE_EXTRAS)
