"""Dividing an order into parcels: from what is asked to what ``split_order`` takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from socialcommerce.backends.shopee.orders.lines import keyed, wire_item
from socialcommerce.backends.shopee.orders.values import Json
from socialcommerce.errors import Conflict, PartiallyApplied, SocialCommerceError
from socialcommerce.models.shipping import LineRef
from socialcommerce.resources.noun import invalid

__all__ = ["divided", "holding", "not_shipped", "parcels_of", "pieces", "whole"]

_MOST = {"TW": 30}
_MOST_ELSEWHERE = 5


def pieces(row: Json) -> dict[str, int]:
    """How many pieces of each line are still to be sent."""
    return {
        key: int(item["model_quantity_purchased"]) - int(item.get("cancelled_qty") or 0)
        for key, item in keyed(row.get("item_list") or ()).items()
    }


def asked_pieces(row: Json, lines: Sequence[str | LineRef]) -> Counter[str]:
    """How many pieces of each line are meant; a line without a quantity is meant whole."""
    have, asked = pieces(row), Counter[str]()
    for line in lines:
        key, quantity = (line, None) if isinstance(line, str) else (line.key, line.quantity)
        if key not in have:
            raise invalid(lines=f"order {row['order_sn']} has no line {key}; it has {', '.join(have)}")
        asked[key] += have[key] if quantity is None else quantity
        if asked[key] > have[key]:
            raise invalid(lines=f"line {key} has {have[key]} pieces, not {asked[key]}")
    return asked


def whole(row: Json, lines: Sequence[str | LineRef]) -> bool:
    """Whether these lines are all that the order has."""
    return asked_pieces(row, lines) == Counter(pieces(row))


def divided(row: Json, parcels: Sequence[Sequence[str | LineRef]]) -> list[Json]:
    """The ``package_list`` of a split: every piece of every line in one parcel or another."""
    asked = [asked_pieces(row, parcel) for parcel in parcels]
    total = sum(asked, Counter[str]())
    have = pieces(row)
    for key, count in have.items():
        if total[key] != count:
            raise invalid(
                parcels=f"line {key} has {count} pieces, {total[key]} of them were put into parcels"
            )
    most = _MOST.get(row.get("region") or "", _MOST_ELSEWHERE)
    if not 1 <= len(parcels) <= most or not all(asked):
        raise invalid(parcels=f"an order has 1 to {most} parcels, none of them empty")
    return [_parcel(parcel, have) for parcel in asked]


def parcels_of(row: Json, lines: Sequence[str | LineRef]) -> list[Json]:
    """Two parcels: these lines, and the rest."""
    asked = asked_pieces(row, lines)
    rest = Counter(pieces(row)) - asked
    if not asked or not rest:
        raise invalid(lines="must be a part of the order that is one parcel; give the package instead")
    return [_parcel(part, pieces(row)) for part in (asked, rest)]


def holding(row: Json, wanted: Json) -> Json:
    """The parcel of a split order that holds the lines asked for; ``Conflict`` where none does."""
    asked = {(item["item_id"], item["model_id"]) for item in wanted["item_list"]}
    for item in row.get("package_list") or ():
        if {(line["item_id"], line["model_id"]) for line in item.get("item_list") or ()} == asked:
            found: Json = item
            return found
    message = f"order {row['order_sn']} was not split as asked; look at orders.packages"
    raise Conflict(message, platform="shopee", sent="no")


def not_shipped(resume: dict[str, str], error: SocialCommerceError) -> PartiallyApplied:
    """What is said where an order was split for a shipment that then failed, or that may have."""
    return PartiallyApplied(
        f"order {resume['order_sn']} was split; shipping its parcel failed: {error}",
        done=("split",),
        failed=("ship",),
        resume=resume,
    )


def _parcel(asked: Counter[str], have: dict[str, int]) -> Json:
    """A parcel on the wire; a quantity is said only for a part of a line, which not every shop may split."""
    return {
        "item_list": [
            wire_item(key) | ({"model_quantity": count} if count != have[key] else {})
            for key, count in asked.items()
        ]
    }
