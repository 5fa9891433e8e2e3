"""The variants of an update against those that are there: TikTok Shop removes a SKU that is left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from socialcommerce.backends.shared import ProductUpdate
from socialcommerce.backends.tiktok.shop.catalog import inputs
from socialcommerce.backends.tiktok.shop.catalog.mapping import options_of
from socialcommerce.backends.tiktok.shop.codes import catalog as codes
from socialcommerce.backends.tiktok.shop.noun import Json
from socialcommerce.models.media import Media
from socialcommerce.models.product import VariantInput
from socialcommerce.resources.noun import invalid

__all__ = ["merged_skus"]


def merged_skus(
    row: Json, changes: ProductUpdate, shelf: inputs.Shelf, faces: Sequence[Media]
) -> list[dict[str, Any]]:
    """The ``skus`` of an edit: every wanted variant, with the id of the SKU it is.

    A variant is the SKU of its options, else the one of its seller SKU; else it is new. Options are what
    the variants name, so ``options`` alone, which would rename them, is refused.
    """
    wanted: Sequence[VariantInput] = tuple(changes.variants)
    if not wanted:
        raise invalid(variants="cannot be empty; with options, give the variants that choose among them")
    if len(wanted) > shelf.region.variants:
        raise invalid(variants=f"{len(wanted)} variants; at most {shelf.region.variants}")
    left: list[Json] = list(row.get("skus") or ())
    matches = _matches(wanted, left)
    image = iter(faces)
    return [
        _merged(one, match, shelf, next(image) if one.media else None)
        for one, match in zip(wanted, matches, strict=True)
    ]


def _matches(wanted: Sequence[VariantInput], rows: Sequence[Json]) -> list[Json | None]:
    found: dict[int, Json] = {}
    left = {str(row["id"]): row for row in rows}
    for same in (_same_options, _same_sku):
        for place, one in enumerate(wanted):
            match = next((row for row in left.values() if place not in found and same(one, row)), None)
            if match is not None:
                found[place] = left.pop(str(match["id"]))
    return [found.get(place) for place in range(len(wanted))]


def _same_options(one: VariantInput, row: Json) -> bool:
    return bool(one.options) and one.options == options_of(row)


def _same_sku(one: VariantInput, row: Json) -> bool:
    return one.sku is not None and one.sku == row.get("seller_sku")


def _merged(one: VariantInput, match: Json | None, shelf: inputs.Shelf, face: Media | None) -> dict[str, Any]:
    if match is None:
        return inputs.sku(one, shelf, face)
    if not one.options and match.get("sales_attributes"):
        one = one.model_copy(update={"options": options_of(match)})
    if len(one.options) > codes.OPTIONS_MAX:
        raise invalid(**{"variants.options": f"at most {codes.OPTIONS_MAX} options"})
    return inputs.kept_sku(match, shelf) | inputs.sku(one, shelf, face, match)
