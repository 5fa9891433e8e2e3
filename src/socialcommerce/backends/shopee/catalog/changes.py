"""What an update means for an item: which calls change what, told before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen
from pydantic import Field

from socialcommerce.backends.shopee.catalog import inputs
from socialcommerce.backends.shopee.codes import catalog as codes
from socialcommerce.backends.shopee.regions import Region
from socialcommerce.models.base import Input, Many
from socialcommerce.models.media import Media
from socialcommerce.models.product import (
    Attributes,
    CategoryLike,
    Condition,
    Option,
    Parcel,
    PriceChange,
    Product,
    ProductInput,
    ProductStatus,
    StockChange,
    Variant,
    VariantInput,
)
from socialcommerce.resources.noun import invalid

__all__ = ["Changes", "Plan", "changes_of", "item_fields", "plan", "portable"]


class Changes(Input):
    """The fields of an update, validated; which of them were given is what counts."""

    title: str = Field(default="", min_length=1)
    description: str | None = None
    status: ProductStatus = "active"
    categories: Many[CategoryLike] = ()
    brand: str | None = None
    attributes: Attributes | None = None
    options: Many[Option] = ()
    variants: Many[VariantInput] = ()
    media: Many[Media] = ()
    condition: Condition = "new"
    package: Parcel | None = None

    def gives(self, name: str) -> bool:
        """Whether the field was named."""
        return name in self.model_fields_set


_UPSERTED = frozenset(Changes.model_fields)


def changes_of(product: ProductInput) -> Changes:
    """A product to create as a change of the one that is there: the fields its maker named."""
    named = product.model_fields_set & _UPSERTED
    given: dict[str, Any] = {name: getattr(product, name) for name in named if name != "native"}
    native = {name: value for name, value in product.native.items() if name not in _CREATE_ONLY}
    return Changes.model_validate(given | ({"native": native} if native else {}))


_CREATE_ONLY = frozenset({"logistic_info", "location_id"})


def portable(changes: Changes, names: Sequence[str]) -> dict[str, Any]:
    """Some fields of an update as JSON-able values, as ``update`` takes them again."""
    dumped = changes.model_dump(
        mode="json", include=set(names) & changes.model_fields_set, exclude_unset=True
    )
    return dict(dumped)


def item_fields(changes: Changes) -> dict[str, Any]:
    """The plain fields of update_item that follow from a change without asking Shopee anything."""
    body: dict[str, Any] = {}
    if changes.gives("title"):
        body["item_name"] = changes.title
    if changes.gives("description"):
        if changes.description is None:
            raise invalid(description="cannot be cleared: Shopee requires one")
        body["description"] = changes.description
    if changes.gives("status"):
        body["item_status"] = _status(changes.status)
    if changes.gives("categories"):
        body["category_id"] = _category(changes)
    if changes.gives("attributes"):
        body["attribute_list"] = inputs.attribute_list(inputs.values_of(changes.attributes))
    if changes.gives("condition"):
        body["condition"] = _condition(changes.condition)
    if changes.gives("package"):
        if changes.package is None:
            raise invalid(package="cannot be cleared: Shopee requires a weight")
        body |= inputs.parcel(changes.package)
    return body | _native(changes)


def _status(status: str) -> str:
    if status not in codes.WRITTEN_STATUSES:
        raise invalid(status=f"{status} cannot be written; Shopee takes active, inactive and draft")
    return codes.WRITTEN_STATUSES[status]


def _condition(condition: str) -> str:
    if condition not in ("new", "used"):
        raise invalid(condition=f"is {condition}; Shopee knows new and used")
    return condition.upper()


def _category(changes: Changes) -> int:
    ids = inputs.category_ids(changes.categories)
    if len(ids) != 1 or not ids[0].isdigit():
        raise invalid(categories="Shopee takes exactly one leaf category, by its number")
    return int(ids[0])


def _native(changes: Changes) -> dict[str, Any]:
    body = inputs.extras(changes.native, codes.ITEM_EXTRAS)
    if "logistic_info" in body:
        raise invalid(**{"native.logistic_info": "cannot be changed: Shopee took it out of update_item"})
    if "location_id" in body:
        raise invalid(**{"native.location_id": "is for the first stock; give StockChange its location"})
    return body


@frozen
class Plan:
    """The calls that bring an item's variants to what an update wants, in this order.

    ``rebuild``: rows of init_tier_variation, where the number of options changes and every model is
    made anew. ``regroup``: kept models with their new places, of update_tier_variation. ``add``,
    ``remove``, ``rename``: of add_model, delete_model and update_model. ``item``: what belongs to the item
    itself, where it has no models.
    """

    options: tuple[Option, ...] = ()
    rebuild: tuple[VariantInput, ...] | None = None
    regroup: tuple[tuple[Variant, VariantInput], ...] | None = None
    add: tuple[VariantInput, ...] = ()
    remove: tuple[Variant, ...] = ()
    rename: tuple[tuple[Variant, VariantInput], ...] = ()
    prices: tuple[PriceChange, ...] = ()
    stock: tuple[StockChange, ...] = ()
    item: Mapping[str, Any] = field(factory=dict)


def plan(changes: Changes, item: Product, region: Region) -> Plan:
    """Compare the wanted variants with those that are there. A list that is given is the whole list."""
    if not changes.gives("variants") and not changes.gives("options"):
        return Plan()
    named = {variant.sku: variant for variant in item.variants if variant.sku}
    variants = tuple(map(_as_input, item.variants))
    if changes.gives("variants"):
        variants = tuple(_placed(wanted, named, changes, item) for wanted in changes.variants)
    options = _wanted_options(changes, item, variants)
    _refuse(variants, options, region)
    if len(options) != len(item.options):
        if not changes.gives("variants"):
            raise invalid(variants="are required when the number of options changes: all are made anew")
        for variant in variants:
            inputs.model(variant, options, region)
        return Plan(options=options, rebuild=variants)
    if not options:
        return _single(item, variants)
    return _matched(item, variants, options)


def _placed(
    wanted: VariantInput, named: Mapping[str, Variant], changes: Changes, item: Product
) -> VariantInput:
    """A variant that says no options keeps those of its SKU; options go away by ``options=[]`` alone."""
    if wanted.options or changes.gives("options") or not item.options:
        return wanted
    old = named.get(wanted.sku or "")
    if old is None:
        raise invalid(**{"variants.options": f"{wanted.sku or 'a variant'} must name its options"})
    return wanted.model_copy(update={"options": dict(old.options)})


def _as_input(variant: Variant) -> VariantInput:
    return VariantInput.build(sku=variant.sku, options=dict(variant.options))


def _wanted_options(changes: Changes, item: Product, variants: Sequence[VariantInput]) -> tuple[Option, ...]:
    if changes.gives("options"):
        return inputs.options_of(changes.options, variants)
    found = {option.name: option for option in inputs.options_of((), variants)}
    if set(found) != {option.name for option in item.options}:
        return tuple(found.values())
    return tuple(
        Option.build(name=option.name, values=_in_old_order(option, found[option.name]))
        for option in item.options
    )


def _in_old_order(old: Option, new: Option) -> tuple[str, ...]:
    kept = tuple(value for value in old.values if value in new.values)
    return kept + tuple(value for value in new.values if value not in kept)


def _refuse(variants: Sequence[VariantInput], options: Sequence[Option], region: Region) -> None:
    if not variants:
        raise invalid(variants="cannot be empty; delete the product to sell nothing of it")
    if len(variants) > codes.MODELS_MAX:
        raise invalid(variants=f"{len(variants)} variants; at most {codes.MODELS_MAX}")
    if len(options) > codes.TIERS_MAX:
        raise invalid(options=f"{len(options)} options; at most {codes.TIERS_MAX}")
    for variant in variants:
        inputs.refuse_promotion_prices("catalog.update", variant)
        inputs.tier_index(variant, options)
        if variant.price is not None:
            inputs.price(variant.price, region)
    ratio = inputs.ratio_problem([one.price.amount for one in variants if one.price is not None], region)
    if ratio:
        raise invalid(**{"variants.price": ratio})


def _single(item: Product, variants: Sequence[VariantInput]) -> Plan:
    """An item without models keeps all of it by itself."""
    wanted, variant = variants[0], item.variants[0]
    body: dict[str, Any] = {}
    if wanted.sku and wanted.sku != variant.sku:
        body["item_sku"] = wanted.sku
    if wanted.gtin and wanted.gtin != variant.gtin:
        body["gtin_code"] = wanted.gtin
    if wanted.weight_g is not None:
        body["weight"] = inputs.kilograms(wanted.weight_g)
    pair = [(variant, wanted)]
    return Plan(item=body, prices=_prices(item, pair), stock=_stock(item, pair))


def _matched(item: Product, variants: Sequence[VariantInput], options: tuple[Option, ...]) -> Plan:
    kept, new = _pairs(item, variants)
    gone = tuple(old for old in item.variants if all(old is not match for match, _ in kept))
    same = [(option.name, option.values) for option in item.options] == [
        (option.name, option.values) for option in options
    ]
    moved = any(dict(old.options) != wanted.options for old, wanted in kept)
    regroup = None if same and not moved else tuple(kept)
    return Plan(
        options=options,
        regroup=regroup,
        add=tuple(new),
        remove=gone if regroup is None else (),
        rename=tuple(pair for pair in kept if _renamed(*pair)),
        prices=_prices(item, kept),
        stock=_stock(item, kept),
    )


def _pairs(
    item: Product, variants: Sequence[VariantInput]
) -> tuple[list[tuple[Variant, VariantInput]], list[VariantInput]]:
    """Each wanted variant with the model it is: the one of its options, else the one of its SKU."""
    left = {variant.id: variant for variant in item.variants}
    found: dict[int, Variant] = {}
    for same in (_same_options, _same_sku):
        for position, wanted in enumerate(variants):
            match = next((old for old in left.values() if position not in found and same(old, wanted)), None)
            if match is not None:
                found[position] = left.pop(match.id)
    kept = [(found[at], wanted) for at, wanted in enumerate(variants) if at in found]
    return kept, [wanted for at, wanted in enumerate(variants) if at not in found]


def _same_options(old: Variant, wanted: VariantInput) -> bool:
    return old.options == wanted.options


def _same_sku(old: Variant, wanted: VariantInput) -> bool:
    return wanted.sku is not None and old.sku == wanted.sku


def _renamed(old: Variant, wanted: VariantInput) -> bool:
    sku = wanted.sku is not None and wanted.sku != old.sku
    gtin = wanted.gtin is not None and wanted.gtin != old.gtin
    weight = wanted.weight_g is not None and wanted.weight_g != old.weight_g
    return sku or gtin or weight or bool(wanted.native)


def _prices(item: Product, pairs: Sequence[tuple[Variant, VariantInput]]) -> tuple[PriceChange, ...]:
    return tuple(
        PriceChange.build(product_id=item.id, variant_id=old.id, base_price=wanted.price)
        for old, wanted in pairs
        if wanted.price is not None and wanted.price != old.base_price
    )


def _stock(item: Product, pairs: Sequence[tuple[Variant, VariantInput]]) -> tuple[StockChange, ...]:
    return tuple(
        StockChange.build(
            product_id=item.id, variant_id=old.id, quantity=wanted.quantity, location=wanted.location
        )
        for old, wanted in pairs
        if wanted.quantity is not None
    )
