"""Shopee's pushes as data: codes, the events they are, statuses, and what is never pushed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from attrs import frozen

from socialcommerce.resources.capability import Level, Refusal

if TYPE_CHECKING:
    from socialcommerce.models.event import EventType

__all__ = [
    "ACCOUNTS",
    "CONSOLE_ONLY",
    "EVENTS",
    "FEATURES",
    "FIRST_STATUSES",
    "HEALTH",
    "LAST_DOCUMENTED",
    "NAMES",
    "REFUSALS",
    "RULES",
    "Rule",
    "TYPES",
    "codes_of",
]


@frozen
class Rule:
    """How one push is read: ``by`` names the field whose word chooses the type, else ``types`` are all.

    ``kind`` and ``id`` say what the events are about, ``parent`` the field of the object around it.
    """

    types: tuple[EventType, ...]
    kind: str | None = None
    id: str = ""
    parent: str = ""
    by: str = ""
    words: dict[str, EventType] = {}  # noqa: RUF008  # a table, never changed


_ORDER: Final[dict[str, EventType]] = {
    "UNPAID": "order.created",
    "PENDING": "order.paid",
    "READY_TO_SHIP": "order.paid",
    "PROCESSED": "shipment.created",
    "TO_CONFIRM_RECEIVE": "shipment.delivered",
    "COMPLETED": "order.completed",
    "IN_CANCEL": "order.cancellation_requested",
    "CANCELLED": "order.cancelled",
    "TO_RETURN": "return.created",
}
FIRST_STATUSES: Final = frozenset({"UNPAID", "PENDING", "READY_TO_SHIP"})
"""In which an order may be seen for the first time; orders paid on delivery are never unpaid."""

_PARCEL: Final[dict[str, EventType]] = {
    "LOGISTICS_REQUEST_CREATED": "shipment.created",
    "LOGISTICS_DELIVERY_DONE": "shipment.delivered",
}

RULES: Final[dict[int, Rule]] = {
    0: Rule(("verification",)),
    3: Rule(("order.updated",), "order", "ordersn", by="status", words=_ORDER),
    4: Rule(("shipment.updated",), "shipment", "package_number", "ordersn"),
    5: Rule(("account.updated",)),
    7: Rule(("price.changed",), "product", "item_id"),
    8: Rule(("inventory.changed",), "product", "item_id"),
    9: Rule(("price.changed",), "product", "item_id"),
    11: Rule(("job.finished",), "job", "video_upload_id"),
    13: Rule(("product.reviewed",), "brand", "brand_id"),
    15: Rule(("shipment.label_ready",), "shipment", "package_number", "ordersn"),
    16: Rule(("product.reviewed", "product.status_changed"), "product", "item_id"),
    22: Rule(("price.changed",), "product", "item_id"),
    25: Rule(("shipment.label_ready",), "booking", "booking_sn"),
    27: Rule(("product.reviewed",), "product", "item_id"),
    28: Rule(("account.updated",)),
    30: Rule(
        ("shipment.updated",),
        "shipment",
        "package_number",
        "ordersn",
        by="fulfillment_status",
        words=_PARCEL,
    ),
    47: Rule(("shipment.updated",), "shipment", "package_number", "order_sn"),
}
"""Pushes that are read alike. Codes 1, 2, 10, 12 and 29 are read by functions of their own."""

ACCOUNTS: Final[dict[int, tuple[EventType, dict[str, tuple[str, ...]]]]] = {
    1: (
        "authorization.granted",
        {"shop": ("shop_id", "shop_id_list"), "merchant": ("merchant_id", "merchant_id_list")},
    ),
    2: (
        "authorization.revoked",
        {
            "shop": ("shop_id", "shop_id_list"),
            "merchant": ("merchant_id", "merchant_id_list"),
            "user": ("user_id", "user_id_list"),
        },
    ),
    12: (
        "authorization.expiring",
        {
            "shop": ("shop_expire_soon",),
            "merchant": ("merchant_expire_soon",),
            "user": ("user_expire_soon",),
        },
    ),
}
"""Pushes about many accounts at once: their type, and the fields that hold the accounts of each kind."""

NAMES: Final[dict[int, str]] = {
    0: "verification",
    1: "shop_authorization_push",
    2: "shop_authorization_canceled_push",
    3: "order_status_push",
    4: "order_trackingno_push",
    5: "shopee_updates",
    6: "banned_item_push",
    7: "item_promotion_push",
    8: "reserved_stock_change_push",
    9: "promotion_update_push",
    10: "webchat_push",
    11: "video_upload_push",
    12: "open_api_authorization_expiry",
    13: "brand_register_result",
    15: "shipping_document_status_push",
    16: "violation_item_push",
    18: "consignment_push_18",
    19: "consignment_push_19",
    20: "consignment_push_20",
    21: "consignment_push_21",
    22: "item_price_update_push",
    23: "booking_status_push",
    24: "booking_trackingno_push",
    25: "booking_shipping_document_status_push",
    27: "item_scheduled_publish_failed_push",
    28: "shop_penalty_update_push",
    29: "return_updates_push",
    30: "package_fulfillment_status_push",
    37: "courier_delivery_binding_status_push",
    47: "package_info_push",
}

TYPES: Final[dict[int, tuple[EventType, ...]]] = {
    **{code: (*rule.types, *dict.fromkeys(rule.words.values())) for code, rule in RULES.items() if code},
    **{code: (kind,) for code, (kind, _) in ACCOUNTS.items()},
    10: ("message.received", "message.sent"),
    29: ("return.created", "return.updated", "refund.succeeded"),
}
"""Every event a code may be."""

LAST_DOCUMENTED: Final = 13
"""The highest code that set_app_push_config documents; later ones are switched on in the console."""

CONSOLE_ONLY: Final = Refusal(
    f"set_app_push_config documents the push codes up to {LAST_DOCUMENTED}",
    "switch this push on in Shopee's console (Set Push)",
)

HEALTH: Final[dict[str, Literal["ok", "warning", "down"]]] = {
    "normal": "ok",
    "warning": "warning",
    "suspended": "down",
}


def codes_of(event: str) -> tuple[int, ...]:
    """The push codes that an event type, a topic's name or a code as text stands for."""
    if event.isdigit() and int(event) in NAMES:
        return (int(event),)
    return tuple(code for code, name in NAMES.items() if event == name or event in TYPES.get(code, ()))


_EMULATED: Final[tuple[EventType, ...]] = ("order.created", "return.created")
_POLL: Final[dict[EventType, str]] = {
    "order.address_changed": "orders.changes(since)",
    "settlement.updated": "orders.transactions(order)",
    "product.created": "catalog.changes(since)",
    "product.updated": "catalog.changes(since)",
    "product.deleted": "a walk over catalog.list(detail='ids'), compared with the last one",
    "inventory.low": "catalog.stock(refs), compared with a threshold",
}

EVENTS: Final[dict[str, Level | Refusal]] = {
    **{kind: "native" for kinds in TYPES.values() for kind in kinds},
    **dict.fromkeys(_EMULATED, "emulated"),
    **{kind: Refusal("Shopee pushes nothing of the kind", instead) for kind, instead in _POLL.items()},
    "message.*": "native",
    "verification": "native",
    "unknown": "native",
    "privacy.requested": Refusal("Shopee tells nothing of data requests over the API"),
    "ad.*": Refusal("Shopee pushes nothing about ads", "ads.report"),
}
"""What becomes of every event type; emulated where it is told from the words of a push about more."""

REFUSALS: Final[dict[str, Refusal]] = {
    "webhooks.respond": Refusal("Shopee takes an empty answer only", "messaging.send(event.state, ...)"),
    "webhooks.subscribe:level.account": Refusal(
        "Shopee's pushes are switched on for the whole app", "level='app'"
    ),
}
FEATURES: Final[dict[str, Level | Refusal]] = {}
