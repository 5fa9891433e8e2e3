"""The reasons for what no platform of the Graph API keeps of a store."""

from __future__ import annotations

from socialcommerce.resources.capability import Refusal

__all__ = ["NOT_A_WAREHOUSE"]

NOT_A_WAREHOUSE: dict[str, Refusal] = {
    "store.locations": Refusal(
        "stock has no locations in Meta catalogues (one number an item)", "client.catalog.set_stock"
    ),
    "store.addresses": Refusal(
        "no logistics; a page or business profile address is not a sender address",
    ),
    "store.carriers": Refusal("no logistics"),
}
