"""Products: what a catalogue gives, and what is written to it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import (
    AfterValidator,
    AliasChoices,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from socialcommerce.models.base import Entity, Given, Input, Many, Model, Record, absent
from socialcommerce.models.media import Media
from socialcommerce.models.money import Money

__all__ = [
    "Attribute",
    "AttributeChoice",
    "AttributeValue",
    "Category",
    "CategoryRef",
    "Condition",
    "Inventory",
    "Limits",
    "Option",
    "Parcel",
    "PriceChange",
    "Product",
    "ProductInput",
    "ProductStatus",
    "Ref",
    "Review",
    "ReviewStatus",
    "Sale",
    "StockChange",
    "StockLevel",
    "Variant",
    "VariantInput",
]

ProductStatus: TypeAlias = Literal[
    "draft",
    "processing",
    "under_review",
    "active",
    "inactive",
    "unlisted",
    "scheduled",
    "blocked",
    "rejected",
    "archived",
    "deleted",
    "other",
]
ReviewStatus: TypeAlias = Literal["pending", "approved", "rejected", "other"]
Condition: TypeAlias = Literal["new", "refurbished", "used", "other"]

Quantity: TypeAlias = Annotated[int, Field(strict=True, ge=0)]


class Ref(Input):
    """Names what is sold: by ``sku``, or by ``product_id`` and, where it has variants, ``variant_id``."""

    sku: str | None = Field(default=None, min_length=1)
    product_id: str | None = None
    variant_id: str | None = None

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if self.sku is None and self.product_id is None:
            raise ValueError(
                "give a sku, or the variant_id together with its product_id"
                if self.variant_id is not None
                else "give a sku or a product_id"
            )
        return self

    @property
    def key(self) -> tuple[str | None, str | None, str | None]:
        """The three names together, to compare and to look up by."""
        return self.sku, self.product_id, self.variant_id

    def ref(self) -> Ref:
        """The names alone, without what a change adds to them."""
        return Ref.build(sku=self.sku, product_id=self.product_id, variant_id=self.variant_id)

    def __str__(self) -> str:
        return self.sku or "/".join(name for name in (self.product_id, self.variant_id) if name)

    def __hash__(self) -> int:
        return hash((type(self), self.key))


class StockChange(Ref):
    """New stock of one variant. ``quantity`` is what buyers can still buy.

    ``mode="add"`` adds to it (negative takes away). ``expected`` is the stock you believe there is:
    where it is not, the change fails with ``Conflict(reason="stale")``.
    """

    quantity: Annotated[int, Field(strict=True)]
    mode: Literal["set", "add"] = "set"
    location: str | None = None
    expected: Quantity | None = None

    @model_validator(mode="after")
    def _stock_is_not_negative(self) -> Self:
        if self.mode == "set" and self.quantity < 0:
            raise ValueError("quantity cannot be negative; mode='add' with a negative quantity takes away")
        return self


class Sale(Given):
    """A lower price for a time; open ends where ``from_`` or ``until`` is None."""

    model_config = ConfigDict(validate_by_name=True)

    price: Money
    from_: AwareDatetime | None = Field(default=None, validation_alias=AliasChoices("from_", "from"))
    until: AwareDatetime | None = None


class PriceChange(Ref):
    """New prices of one variant; what is left out stays as it is.

    ``base_price`` is what the seller asks, ``list_price`` the crossed-out price, ``sale`` a price for a time.
    """

    base_price: Money | None = None
    list_price: Money | None = None
    sale: Sale | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        prices = (self.base_price, self.list_price, self.sale.price if self.sale else None)
        currencies = {price.currency for price in prices if price is not None}
        if not currencies:
            raise ValueError("give a base_price, a list_price or a sale")
        if len(currencies) > 1:
            raise ValueError(
                f"all prices of one change are in one currency, not {', '.join(sorted(currencies))}"
            )
        return self


class CategoryRef(Given):
    """A category by id, in the ``tree`` it belongs to; None is the platform's own tree."""

    tree: str | None = None
    id: str
    name: str | None = None


class Category(Entity):
    """A category; only a ``leaf`` takes products on most platforms."""

    name: str = absent()
    tree: str | None = None
    parent_id: str | None = None
    leaf: bool = False
    path: tuple[str, ...] = ()

    def ref(self) -> CategoryRef:
        """What a product keeps of it."""
        return CategoryRef.build(tree=self.tree, id=self.id, name=self.__dict__.get("name"))


class AttributeValue(Given):
    """An attribute of a product as it is set: words, and the platform's ids where it chose from a list."""

    id: str
    name: str | None = None
    values: tuple[str, ...] = ()
    value_ids: tuple[str, ...] = ()
    unit: str | None = None


class AttributeChoice(Model):
    """One value a category allows for an attribute."""

    id: str
    name: str


class Attribute(Entity):
    """What a category asks of its products."""

    name: str = absent()
    required: bool = False
    kind: Literal["choice", "text", "number", "date", "boolean", "other"] = "other"
    multiple: bool = False
    custom_values: bool = False
    variant: bool = False
    unit: str | None = None
    units: tuple[str, ...] = ()
    values: tuple[AttributeChoice, ...] = ()


class Limits(Record):
    """What a category allows. None where the platform tells no limit."""

    title_min: int | None = None
    title_max: int | None = None
    description_min: int | None = None
    description_max: int | None = None
    images_min: int | None = None
    images_max: int | None = None
    variants_max: int | None = None
    options_max: int | None = None
    price_min: Money | None = None
    price_max: Money | None = None
    price_step: Money | None = None
    stock_min: int | None = None
    stock_max: int | None = None
    weight_required: bool = False
    dimensions_required: bool = False


class Inventory(Model):
    """Stock at one place. None where the platform does not say, or does not count."""

    location: str | None = None
    on_hand: int | None = None
    reserved: int | None = None
    available: int | None = None


class StockLevel(Model):
    """What buyers can still buy of one variant, in all and by location; None is not counted."""

    ref: Ref
    available: int | None = None
    locations: tuple[Inventory, ...] = ()


class Option(Given):
    """What variants differ in: ``Option(name="Colour", values=("red", "blue"))``."""

    name: str
    values: tuple[str, ...] = ()


class Parcel(Given):
    """Weight and measures of a product packed for sending: grams and millimetres."""

    weight_g: Decimal | None = Field(default=None, ge=0)
    length_mm: Decimal | None = Field(default=None, ge=0)
    width_mm: Decimal | None = Field(default=None, ge=0)
    height_mm: Decimal | None = Field(default=None, ge=0)


class Review(Model):
    """The platform's judgement of a listing or an advertisement, with its reasons in its words."""

    status: ReviewStatus = "other"
    native_status: str | None = None
    reasons: tuple[str, ...] = ()


class Variant(Entity):
    """What is bought: one choice of a product's options.

    ``price`` is what a buyer pays now, ``base_price`` what the seller wrote, ``list_price`` the
    crossed-out one. ``available`` is what can still be bought; None where it is not counted.
    A product without choices has one variant with ``is_default`` true.
    """

    is_default: bool = False
    sku: str | None = None
    gtin: str | None = None
    title: str | None = None
    group_id: str | None = None
    options: dict[str, str] = Field(default_factory=dict)
    price: Money = absent()
    base_price: Money | None = None
    list_price: Money | None = None
    sale: Sale | None = None
    inventory: tuple[Inventory, ...] = ()
    available: int | None = None
    weight_g: Decimal | None = None
    media: tuple[Media, ...] = ()
    status: ProductStatus = "other"
    native_status: str | None = None


class Product(Entity):
    """A listing with its variants."""

    title: str = absent()
    description: str | None = None
    status: ProductStatus = "other"
    native_status: str | None = None
    review: Review | None = None
    group_id: str | None = None
    categories: tuple[CategoryRef, ...] = ()
    brand: str | None = None
    attributes: tuple[AttributeValue, ...] = ()
    options: tuple[Option, ...] = ()
    variants: tuple[Variant, ...] = absent()
    media: tuple[Media, ...] = ()
    url: str | None = None
    condition: Condition | None = None
    package: Parcel | None = None
    created_at: AwareDatetime | None = None
    updated_at: AwareDatetime | None = None

    def variant(self, sku: str) -> Variant:
        """The variant with this SKU; KeyError where there is none."""
        for variant in self.variants:
            if variant.sku == sku:
                return variant
        raise KeyError(sku)


def read_ref(value: Any) -> Any:
    """What is sold, named by a product or by its id; anything else is answered as it is."""
    if isinstance(value, str):
        return Ref(product_id=value)
    return Ref(product_id=value.id) if isinstance(value, Product) else value


RefLike: TypeAlias = Annotated[Ref, BeforeValidator(read_ref)]
"""A ``Ref``; a ``Product`` or its id is read as one."""


def _category_ref(value: Any) -> Any:
    """A category may be given as its id, as the Category that was listed, or as a reference."""
    if isinstance(value, Category):
        return value.ref()
    return CategoryRef.build(id=value) if isinstance(value, str) else value


def _attribute_values(value: Any) -> Any:
    """Attributes may be given as a mapping of id to value or values."""
    if not isinstance(value, Mapping):
        return value
    return [
        AttributeValue(id=str(key), values=(given,) if isinstance(given, str) else tuple(given))
        for key, given in value.items()
    ]


CategoryLike: TypeAlias = Annotated[CategoryRef | Category | str, BeforeValidator(_category_ref)]
Attributes: TypeAlias = Annotated[
    Many[AttributeValue] | Mapping[str, Any], BeforeValidator(_attribute_values), AfterValidator(tuple)
]


class VariantInput(Input):
    """One choice to sell. ``quantity`` is its stock, ``price`` what the seller asks.

    ``options`` names its choice of each option: ``{"Colour": "red"}``; empty for a product without choices.
    """

    sku: str | None = Field(default=None, min_length=1)
    quantity: Quantity | None = None
    price: Money | None = None
    list_price: Money | None = None
    sale: Sale | None = None
    options: dict[str, str] = Field(default_factory=dict)
    gtin: str | None = None
    weight_g: Decimal | None = Field(default=None, gt=0)
    media: Many[Media] = ()
    location: str | None = None


class ProductInput(Input):
    """A product to create. ``status`` is what it shall be: on sale, or kept as a draft.

    Lengths, pictures and attributes are a category's matter: ``catalog.check`` tells before sending.
    """

    title: str = Field(min_length=1)
    description: str = ""
    status: Literal["active", "draft", "unlisted"] = "active"
    categories: Many[CategoryLike] = ()
    brand: str | None = None
    attributes: Attributes = ()
    options: Many[Option] = ()
    variants: Many[VariantInput] = Field(min_length=1)
    media: Many[Media] = ()
    url: str | None = None
    condition: Condition = "new"
    package: Parcel | None = None
    group_id: str | None = None

    @model_validator(mode="after")
    def _variants_are_distinct(self) -> Self:
        skus = [variant.sku for variant in self.variants if variant.sku is not None]
        if twice := sorted({sku for sku in skus if skus.count(sku) > 1}):
            raise ValueError(f"each variant has a SKU of its own; given twice: {', '.join(twice)}")
        choices = [tuple(sorted(variant.options.items())) for variant in self.variants]
        if len(set(choices)) < len(choices):
            raise ValueError("each variant has options of its own, such as {'Colour': 'red'}")
        return self
