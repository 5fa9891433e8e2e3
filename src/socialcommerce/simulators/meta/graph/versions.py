"""Which versions live, and what went with v26.0."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from attrs import frozen

from socialcommerce.simulators.meta.graph.errors import retired, wrong

__all__ = ["NEWEST", "check_protocol", "check_retired", "served"]

NEWEST = "v26.0"
GONE_PARAMETERS = ("pretty", "debug", "date_format")
RETIRED_EDGES = frozenset(
    {"commerce_orders", "commerce_returns", "commerce_payouts", "commerce_transactions", "acknowledge_orders",
     "acknowledge_order", "shipments", "update_shipment", "cancellations", "refunds", "returns",
     "payment_transaction_details", "promotion_details"}
)  # fmt: skip


@frozen
class Life:
    """Until when a version is served: by the Graph API, and by the Marketing API. None: no end is set."""

    graph: date | None
    marketing: date | None


LIVES: Mapping[str, Life] = {
    "v20.0": Life(date(2026, 9, 24), date(2025, 5, 6)),
    "v21.0": Life(date(2027, 1, 21), date(2025, 9, 9)),
    "v22.0": Life(date(2027, 5, 20), date(2026, 2, 19)),
    "v23.0": Life(date(2027, 10, 8), date(2026, 6, 9)),
    "v24.0": Life(date(2028, 2, 18), date(2026, 10, 6)),
    "v25.0": Life(date(2028, 7, 29), None),
    "v26.0": Life(None, None),
}


def _number(version: str) -> float:
    return float(version[1:])


def served(version: str, marketing: bool, today: date) -> str:
    """The version that answers a path: an expired one, or none, is the oldest that lives.

    Raises ``Refused`` for a version that is not out yet.
    """
    if version and _number(version) > _number(NEWEST):
        raise wrong(f"Unknown API version {version}")
    for name, life in LIVES.items():
        end = life.marketing if marketing else life.graph
        if end is not None and end <= today:
            continue
        if not version or _number(version) <= _number(name):
            return name
    return NEWEST


def check_protocol(path: str, given: Mapping[str, object]) -> None:
    """Refuse what the protocol lost: three parameters, and reads of the root by ids."""
    for name in GONE_PARAMETERS:
        if name in given:
            raise retired(f"The parameter {name}")
    if path == "/" and ({"ids", "id"} & given.keys()):
        raise retired("Reading objects by the parameter ids")


def check_retired(edge: str) -> None:
    """Refuse the edges of order management."""
    if edge in RETIRED_EDGES:
        raise retired(f"The edge {edge}")
