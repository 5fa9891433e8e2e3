"""The lines of an order: their keys, prices and pieces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from socialcommerce.backends.shopee.orders.values import Json, exact, money, text
from socialcommerce.models.money import Money
from socialcommerce.models.order import Discounts, Line, Quantities

__all__ = ["in_bundle", "keyed", "line_key", "order_lines", "wire_item"]

_NONE: Mapping[str, Any] = {}


def line_key(row: Json) -> str:
    """Shopee has no id of a line: item and model, and for deals the group and the place in it."""
    item, model = row["item_id"], row.get("model_id") or 0
    group, place = row.get("promotion_group_id") or 0, row.get("order_item_id") or item
    return f"{item}-{model}" if not group and place == item else f"{item}-{model}-{group}-{place}"


def wire_item(key: str) -> dict[str, int]:
    """The four numbers that name a line on the wire."""
    item, model, *deal = (int(part) for part in key.split("~", maxsplit=1)[0].split("-"))
    group, place = deal or (0, item)
    return {"item_id": item, "model_id": model, "order_item_id": place, "promotion_group_id": group}


def keyed(rows: Iterable[Json]) -> dict[str, Json]:
    """Rows by their key; a line that comes twice (two prices of one model) gets ``~2``."""
    found: dict[str, Json] = {}
    for row in rows:
        key, times = line_key(row), 1
        while key in found:
            times += 1
            key = f"{line_key(row)}~{times}"
        found[key] = row
    return found


def order_lines(row: Json, income: Json | None = None) -> tuple[Line, ...]:
    """The lines of an order.

    ``income`` is its ``order_income`` of the escrow, which alone tells who bears a discount and
    what a line of a bundle costs; without it those are not loaded.
    """
    currency = row["currency"]
    priced = _income_items(income)
    rows = keyed(row.get("item_list") or ())
    return tuple(_line(key, item, currency, _income_of(item, priced)) for key, item in rows.items())


def _income_items(income: Json | None) -> dict[str, Json]:
    """Escrow's items by line id, and by item and model."""
    found: dict[str, Json] = {}
    for item in (income or _NONE).get("items") or ():
        found.setdefault(f"{item['item_id']}-{item.get('model_id') or 0}", item)
        if item.get("line_item_id"):
            found[f"#{item['line_item_id']}"] = item
    return found


def _income_of(row: Json, priced: Mapping[str, Json]) -> Json | None:
    by_line = priced.get(f"#{row.get('line_item_id')}")
    return by_line or priced.get(f"{row['item_id']}-{row.get('model_id') or 0}")


def _line(key: str, row: Json, currency: str, income: Json | None) -> Line:
    quantity = int(row["model_quantity_purchased"])
    amounts = _amounts(row, quantity, currency, income)
    return Line.build(
        missing=tuple(name for name in ("discounts", "total") if name not in amounts),
        key=key,
        product_id=str(row["item_id"]),
        variant_id=str(row.get("model_id") or 0),
        sku=text(row.get("model_sku")) or text(row.get("item_sku")),
        title=row.get("item_name") or "",
        options={"model": row["model_name"]} if row.get("model_name") else {},
        quantity=_quantities(row, quantity),
        unit_price=money(row.get("model_original_price"), currency),
        image_url=text((row.get("image_info") or _NONE).get("image_url")),
        raw=row,
        **amounts,
    )


def _amounts(row: Json, quantity: int, currency: str, income: Json | None) -> dict[str, Any]:
    """Total and discounts, as far as they are known; escrow's are of the whole line already."""
    if not in_bundle(row):
        total = money(exact(row.get("model_discounted_price")) * quantity, currency)
    elif income is not None:
        total = money(income.get("discounted_price"), currency)
    else:
        return {}
    if income is None:
        return {"total": total}
    return {"total": total, "discounts": _discounts(row, quantity, total, income)}


def _discounts(row: Json, quantity: int, total: Money, income: Json) -> Discounts:
    """What price and total differ by: the platform's part as escrow says, the rest is the seller's."""
    off = exact(row.get("model_original_price")) * quantity - total.amount
    platform = min(exact(income.get("shopee_discount")), off)
    return Discounts.build(
        seller=Money.of(off - platform, total.currency), platform=Money.of(platform, total.currency)
    )


def in_bundle(row: Json) -> bool:
    """Whether its bundle prices the line: its own discounted price is then 0, escrow knows the real one."""
    return row.get("promotion_type") == "bundle_deal" and not exact(row.get("model_discounted_price"))


def _quantities(row: Json, ordered: int) -> Quantities:
    return Quantities.build(
        ordered=ordered,
        cancelled=int(row.get("cancelled_qty") or 0),
        returned=int(row.get("returned_qty") or 0),
    )
