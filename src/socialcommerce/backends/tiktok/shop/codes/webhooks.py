"""TikTok Shop's webhooks as data: types, the events they are, topics, and what is never pushed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from attrs import frozen

from socialcommerce.resources.capability import Level, Refusal

if TYPE_CHECKING:
    from socialcommerce.models.event import EventType

__all__ = [
    "CONSOLE_ONLY",
    "EVENTS",
    "FEATURES",
    "NAMES",
    "REFUSALS",
    "RULES",
    "Rule",
    "TOPICS",
    "TYPES",
    "topics_of",
]


@frozen
class Rule:
    """How one webhook is read: ``by`` names the field whose word chooses the type, else it is ``type``.

    ``kind`` and ``id`` (a path) say what the event is about, ``parent`` the object around it; ``each``
    is the list of which every entry is an event of its own.
    """

    type: EventType
    kind: str | None = None
    id: str = ""
    parent: str = ""
    by: str = ""
    words: dict[str, EventType] = {}  # noqa: RUF008  # a table, never changed
    each: str = ""


_ORDER: Final[dict[str, EventType]] = {
    "UNPAID": "order.created",
    "ON_HOLD": "order.created",
    "AWAITING_SHIPMENT": "order.paid",
    "AWAITING_COLLECTION": "shipment.created",
    "DELIVERED": "shipment.delivered",
    "COMPLETED": "order.completed",
    "CANCEL": "order.cancelled",
    "CANCELLED": "order.cancelled",
}
_CANCELLATION: Final[dict[str, EventType]] = {
    "CANCELLATION_REQUEST_PENDING": "order.cancellation_requested",
    "CANCELLATION_REQUEST_COMPLETE": "order.cancelled",
}
_PACKAGE: Final[dict[str, EventType]] = dict.fromkeys(("COMBINE", "SPLIT"), "shipment.created")
_RETURN: Final[dict[str, EventType]] = {
    "RETURN_OR_REFUND_REQUEST_PENDING": "return.created",
    "REPLACEMENT_REQUEST_PENDING": "return.created",
    "EXCHANGE_REQUEST_PENDING": "return.created",
    "PENDING_REQUEST_REVIEW": "return.created",
    "INIT": "return.created",
}
_PRODUCT: Final[dict[str, EventType]] = {
    "PRODUCT_FIRST_PASS_REVIEW": "product.reviewed",
    "PRODUCT_AUDIT_FAILURE": "product.reviewed",
}
_STOCK: Final[dict[str, EventType]] = {"SUFFICIENT_STOCK": "inventory.changed"}

RULES: Final[dict[int, Rule]] = {
    1: Rule("order.updated", "order", "order_id", by="order_status", words=_ORDER),
    3: Rule("order.address_changed", "order", "order_id"),
    4: Rule(
        "shipment.updated",
        "shipment",
        "package_id",
        "order_id_list",
        by="sc_type",
        words=_PACKAGE,
        each="package_list",
    ),
    5: Rule("product.status_changed", "product", "product_id", by="status", words=_PRODUCT),
    6: Rule("authorization.revoked", "shop", "shop_id"),
    7: Rule("authorization.expiring", "shop", "shop_id"),
    11: Rule("order.updated", "order", "order_id", by="cancel_status", words=_CANCELLATION),
    12: Rule("return.updated", "return", "return_id", "order_id", by="return_status", words=_RETURN),
    13: Rule("message.window_opened", "conversation", "conversation_id"),
    15: Rule("product.updated", "product", "product_id"),
    16: Rule("product.created", "product", "product_id"),
    18: Rule("product.updated", "product", "product_id"),
    20: Rule("authorization.revoked", "creator", "creator_open_id"),
    24: Rule("inventory.changed", "inventory", "sku_id"),
    27: Rule("inventory.low", "product", "product_id", "sku_id", by="current_inventory_status", words=_STOCK),
    36: Rule("shipment.updated", "shipment", "package_id", "order_ids"),
    37: Rule("product.reviewed", "product", "product_id"),
    38: Rule("price.changed", "product", "product_id"),
    39: Rule("price.changed", "promotion", "activity_id"),
    42: Rule("product.updated", "product", "id", "combined_listing_id", each="products"),
    46: Rule("job.finished", "job", "translation_task.id"),
    50: Rule("product.updated", "product", "product_id"),
    51: Rule("job.finished", "job", "source_product_id"),
    55: Rule("job.finished", "job", "precheck_task_id"),
    59: Rule("job.finished", "job", "task_id"),
    63: Rule("price.changed", "promotion", "activity_id"),
    64: Rule(
        "return.updated",
        "aftersales",
        "aftersales_request_id",
        by="aftersales_request_status",
        words=_RETURN,
    ),
    65: Rule("return.updated", "rma", "rma_id", "aftersales_request_id", by="rma_status", words=_RETURN),
    66: Rule("return.updated", "product", "product_id"),
    67: Rule("refund.succeeded", "rma", "rma_id", "aftersales_request_id"),
    71: Rule("inventory.changed", "product", "product_id", "sku_id"),
}
"""Webhooks by type. 14 and 33 (messages) are read by a function of their own."""

NAMES: Final[dict[int, str]] = {
    1: "ORDER_STATUS_CHANGE",
    2: "REVERSE_STATUS_UPDATE",
    3: "RECIPIENT_ADDRESS_UPDATE",
    4: "PACKAGE_UPDATE",
    5: "PRODUCT_STATUS_CHANGE",
    6: "SELLER_DEAUTHORIZATION",
    7: "UPCOMING_AUTHORIZATION_EXPIRATION",
    11: "CANCELLATION_STATUS_CHANGE",
    12: "RETURN_STATUS_CHANGE",
    13: "NEW_CONVERSATION",
    14: "NEW_MESSAGE",
    15: "PRODUCT_INFORMATION_CHANGE",
    16: "PRODUCT_CREATION",
    18: "PRODUCT_CATEGORY_CHANGE",
    20: "CREATOR_DEAUTHORIZATION",
    24: "FBT_INVENTORY_UPDATE",
    27: "INVENTORY_STATUS_CHANGE",
    33: "NEW_MESSAGE_LISTENER",
    36: "INVOICE_STATUS_CHANGE",
    37: "PRODUCT_AUDIT_STATUS_CHANGE",
    38: "STRIKETHROUGH_PRICE_EXPIRED",
    39: "ACTIVITY_STATUS_CHANGE",
    42: "COMBINED_LISTING_CHANGE",
    46: "IMAGE_TRANSLATION_COMPLETED",
    50: "SKU_STATUS_CHANGE",
    51: "GLOBAL_REPLICATION_STATUS_CHANGE",
    55: "VIDEO_PRECHECK_RESULT",
    59: "SHOPPABLE_VIDEO_PRECHECK_TASKS_RESULT",
    63: "ACTIVITY_CHANGE",
    64: "AFTERSALES_REQUEST_STATUS_UPDATE",
    65: "RMA_STATUS_UPDATE",
    66: "APPEAL_COMPLETED",
    67: "REFUND_SUCCESS",
    71: "INVENTORY_CHANGED_BY_SHOP",
}

TOPICS: Final = frozenset(
    NAMES[number] for number in (1, 3, 4, 5, 6, 7, 11, 12, 13, 14, 15, 16, 18, 33, 36, 37)
)
"""What a shop can be subscribed to over the API; the others are switched on in the Partner Center."""

CONSOLE_ONLY: Final = Refusal(
    "the API subscribes to some topics only, and this is not among them",
    "switch it on in the Partner Center (Manage webhooks)",
)

TYPES: Final[dict[int, tuple[EventType, ...]]] = {
    **{number: (rule.type, *dict.fromkeys(rule.words.values())) for number, rule in RULES.items()},
    14: ("message.received", "message.sent"),
    33: ("message.received",),
}
"""Every event a type may be."""


def topics_of(event: str) -> tuple[str, ...]:
    """The topics that an event type, a topic's name or a type as text stands for."""
    if event.isdigit() and int(event) in NAMES:
        return (NAMES[int(event)],)
    numbers = (number for number, name in NAMES.items() if event == name or event in TYPES.get(number, ()))
    return tuple(NAMES[number] for number in numbers)


_NOT_PUSHED: Final[dict[str, Refusal]] = {
    "shipment.label_ready": Refusal("the label is answered at once or does not exist", "orders.label"),
    "settlement.updated": Refusal("nothing tells it", "orders.transactions(order)"),
    "product.deleted": Refusal("nothing tells it", "a walk over catalog.list(detail='ids')"),
    "authorization.granted": Refusal("it is known from the exchange itself", "auth.exchange"),
    "account.updated": Refusal("TikTok Shop tells nothing of penalties or closures over the API"),
    "privacy.requested": Refusal("TikTok Shop tells nothing of data requests over the API"),
    "ad.*": Refusal("this API knows no ads", "the tiktok_ads backend"),
    "handshake": Refusal("TikTok Shop tries no address before it pushes to it"),
    "verification": Refusal("TikTok Shop tries no address before it pushes to it"),
}

EVENTS: Final[dict[str, Level | Refusal]] = {
    **{kind: "native" for kinds in TYPES.values() for kind in kinds},
    "message.*": "native",
    "unknown": "native",
    **_NOT_PUSHED,
}
"""What becomes of every event type."""

REFUSALS: Final[dict[str, Refusal]] = {
    "webhooks.respond": Refusal("TikTok Shop takes an empty answer only", "messaging.send(event.state, ...)"),
    "webhooks.recover": Refusal("lost pushes are not kept: use changes(since)", "orders.changes(since=...)"),
    "webhooks.subscribe:level.app": Refusal(
        "over the API it is one shop that is subscribed", "level='account', or the Partner Center for the app"
    ),
}
FEATURES: Final[dict[str, Level | Refusal]] = {}
