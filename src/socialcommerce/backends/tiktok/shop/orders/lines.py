"""Rows per unit folded into lines: quantities and amounts add up exactly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from socialcommerce.backends.shared import Json, text
from socialcommerce.backends.tiktok.shop.codes import orders as codes
from socialcommerce.backends.tiktok.shop.orders.values import NONE, exact, money, total
from socialcommerce.models.money import Money
from socialcommerce.models.order import Discounts, Line, Quantities, Totals
from socialcommerce.models.shipping import LineRef
from socialcommerce.resources.noun import invalid

__all__ = ["folded", "line_refs", "open_units", "order_lines", "order_totals", "units_of"]

_BUYER_FEES = (
    "retail_delivery_fee",
    "small_order_fee",
    "buyer_service_fee",
    "handling_fee",
    "shipping_insurance_fee",
    "item_insurance_fee",
    "item_insurance_tax",
    "payment_discount_service_fee",
    "distance_shipping_fee",
    "distance_fee",
)


def folded(row: Json) -> dict[str, list[Json]]:
    """The units of an order by line: those of one SKU that cost the same.

    The line's key is the SKU's id; where one SKU was sold at several list prices, or also given away,
    the later ones get ``~2``, ``~3``, by the ids of their units. So a key holds while units are shipped,
    cancelled or moved to other packages.
    """
    groups: dict[tuple[Any, ...], list[Json]] = {}
    for unit in sorted(row.get("line_items") or (), key=lambda unit: _order(unit["id"])):
        which = (unit.get("sku_id"), exact(unit.get("original_price")), bool(unit.get("is_gift")))
        groups.setdefault(which, []).append(unit)
    seen: Counter[str] = Counter()
    found: dict[str, list[Json]] = {}
    for (sku, *_), units in groups.items():
        sku_id = str(sku or units[0]["id"])
        seen[sku_id] += 1
        found[sku_id if seen[sku_id] == 1 else f"{sku_id}~{seen[sku_id]}"] = units
    return found


def _order(unit_id: Any) -> tuple[int, str]:
    """Ids as numbers compare, though they are text."""
    return len(str(unit_id)), str(unit_id)


def order_lines(row: Json, detail: Json = NONE) -> tuple[Line, ...]:
    """The lines of an order; ``detail`` is its price detail, for taxes that the order does not itemise."""
    currency = _currency(row)
    priced = {str(unit.get("id")): unit for unit in detail.get("line_items") or ()}
    return tuple(_line(key, units, currency, priced) for key, units in folded(row).items())


def _currency(row: Json) -> str:
    units: Sequence[Json] = row.get("line_items") or (NONE,)
    return (row.get("payment") or NONE).get("currency") or units[0].get("currency") or "XXX"


def _line(key: str, units: Sequence[Json], currency: str, priced: dict[str, Json]) -> Line:
    first = units[0]
    return Line.build(
        key=key,
        unit_ids=tuple(str(unit["id"]) for unit in units),
        product_id=text(first.get("product_id")),
        variant_id=text(first.get("sku_id")),
        sku=text(first.get("seller_sku")),
        title=first.get("product_name") or "",
        options={"sku": first["sku_name"]} if first.get("sku_name") else {},
        quantity=_quantities(units),
        **_amounts(units, currency),
        tax=_tax(units, currency, priced),
        image_url=text(first.get("sku_image")),
        parts=_parts(key, units, currency),
        raw=list(units),
    )


def _amounts(units: Sequence[Json], currency: str) -> dict[str, Any]:
    return {
        "unit_price": money(units[0].get("original_price"), currency),
        "discounts": Discounts.build(
            seller=money(total(unit.get("seller_discount") for unit in units), currency),
            platform=money(total(unit.get("platform_discount") for unit in units), currency),
        ),
        "total": money(total(unit.get("sale_price") for unit in units), currency),
    }


def _quantities(units: Sequence[Json]) -> Quantities:
    words = [unit.get("display_status") for unit in units]
    return Quantities.build(
        ordered=len(units),
        cancelled=words.count("CANCELLED"),
        shipped=sum(word in codes.SHIPPED_UNITS for word in words),
    )


def _tax(units: Sequence[Json], currency: str, priced: dict[str, Json]) -> Money | None:
    """The taxes of every unit; None where those of one are not told."""
    amounts: list[Decimal] = []
    for unit in units:
        if "item_tax" in unit:
            amounts.append(total(tax.get("tax_amount") for tax in unit["item_tax"] or ()))
        elif (detail := priced.get(str(unit["id"]))) is not None and "tax_amount" in detail:
            amounts.append(exact(detail["tax_amount"]))
        else:
            return None
    return money(total(amounts), currency)


def _parts(key: str, units: Sequence[Json], currency: str) -> tuple[Line, ...]:
    """What a bundle holds: its sub-items where they are told one by one, else its SKUs and counts."""
    subs = [sub for unit in units for sub in unit.get("sub_item_info") or ()]
    if subs:
        parts = folded({"line_items": subs})
        return tuple(_line(f"{key}/{part}", rows, currency, {}) for part, rows in parts.items())
    listed: dict[str, tuple[Json, int]] = {}
    for unit in units:
        for sku in unit.get("combined_listing_skus") or ():
            _, count = listed.get(sku["sku_id"], (sku, 0))
            listed[sku["sku_id"]] = (sku, count + int(sku.get("sku_count") or 1))
    return tuple(_listed_part(key, sku, count) for sku, count in listed.values())


def _listed_part(key: str, sku: Json, count: int) -> Line:
    return Line.build(
        missing=("title", "unit_price", "total"),
        key=f"{key}/{sku['sku_id']}",
        product_id=text(sku.get("product_id")),
        variant_id=text(sku["sku_id"]),
        sku=text(sku.get("seller_sku")),
        quantity=Quantities.build(ordered=count),
        raw=sku,
    )


def order_totals(row: Json) -> Totals:
    """The sums of an order. Subtotal, shipping, tax and fees make the total.

    Where prices hold the tax already, the total does not add it a second time.
    """
    payment = row.get("payment")
    if not payment:
        return Totals.build(missing=("total",))
    currency = _currency(row)
    rest = exact(payment.get("total_amount")) - total((payment.get("sub_total"), payment.get("shipping_fee")))
    named = total(payment.get(name) for name in _BUYER_FEES)
    fees = named if rest == named else rest - exact(payment.get("tax"))
    whole = money(payment.get("total_amount"), currency)
    return Totals.build(
        total=whole,
        subtotal=money(payment.get("sub_total"), currency),
        discounts=Discounts.build(
            seller=money(payment.get("seller_discount"), currency),
            platform=money(payment.get("platform_discount"), currency),
        ),
        shipping=money(payment.get("shipping_fee"), currency),
        tax=money(payment["tax"], currency) if payment.get("tax") not in (None, "") else None,
        fees=money(fees, currency),
        paid=whole if row.get("paid_time") else None,
        raw=payment,
    )


def line_refs(row: Json, unit_ids: Iterable[Any]) -> tuple[LineRef, ...]:
    """Units as parts of an order's lines; a unit that the order does not hold is left out."""
    asked = {str(unit) for unit in unit_ids}
    counts = {key: sum(unit["id"] in asked for unit in units) for key, units in folded(row).items()}
    return tuple(LineRef.build(key=key, quantity=count) for key, count in counts.items() if count)


def open_units(row: Json) -> dict[str, list[Json]]:
    """The units of each line that are still to be sent."""
    gone = codes.SHIPPED_UNITS | {"CANCELLED", "AWAITING_COLLECTION"}
    return {
        key: [unit for unit in units if unit.get("display_status") not in gone]
        for key, units in folded(row).items()
    }


def units_of(row: Json, lines: Sequence[str | LineRef], among: dict[str, list[Json]]) -> list[Json]:
    """The units that are meant, none of them twice; ``among`` are those there are to choose from.

    A line is named by its key, or one unit by its own id; without a quantity all of a line is meant.
    """
    left = {key: list(units) for key, units in among.items()}
    found: list[Json] = []
    for line in lines:
        key, quantity = (line, None) if isinstance(line, str) else (line.key, line.quantity)
        found += _taken(row, left, key, quantity)
    return found


def _taken(row: Json, left: dict[str, list[Json]], key: str, quantity: int | None) -> list[Json]:
    if key not in left:
        return [_unit(row, left, key)]
    count = len(left[key]) if quantity is None else quantity
    if not count or count > len(left[key]):
        raise invalid(lines=f"line {key} of order {row['id']} has {len(left[key])} pieces left, not {count}")
    taken, left[key] = left[key][:count], left[key][count:]
    return taken


def _unit(row: Json, left: dict[str, list[Json]], unit_id: str) -> Json:
    for key, units in left.items():
        for unit in units:
            if unit["id"] == unit_id:
                left[key] = [one for one in units if one is not unit]
                return unit
    raise invalid(lines=f"order {row['id']} has no line {unit_id} left; it has {', '.join(left)}")
