"""Webhooks of the pretend TikTok Shop: what is told, to whom, and how it is signed; subscriptions.

An app is told a topic where it is switched on for the whole app (``App.topics``, sent to
``App.webhook_url``) or subscribed for the shop (sent to that address). Whether a lost
webhook is sent again is not stated by the platform: here none is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Message, Order, Product, Return, Variant
from socialcommerce.simulators.market import Delivery
from socialcommerce.simulators.tiktok_shop.authority import App, Grant
from socialcommerce.simulators.tiktok_shop.defaults import order_word
from socialcommerce.simulators.tiktok_shop.wire import Call, Routes, dumps, webhook_signature, wrong

if TYPE_CHECKING:
    from socialcommerce.simulators.tiktok_shop.cases import Cancellation
    from socialcommerce.simulators.tiktok_shop.twin import TikTokShopTwin

__all__ = [
    "TOPICS",
    "cancellation",
    "expiring",
    "inventory",
    "product",
    "routes",
    "tell",
    "topic",
    "withdrawn",
]

routes = Routes()

TOPICS: Mapping[str, int] = {
    "ORDER_STATUS_CHANGE": 1,
    "RECIPIENT_ADDRESS_UPDATE": 3,
    "PACKAGE_UPDATE": 4,
    "PRODUCT_STATUS_CHANGE": 5,
    "SELLER_DEAUTHORIZATION": 6,
    "UPCOMING_AUTHORIZATION_EXPIRATION": 7,
    "CANCELLATION_STATUS_CHANGE": 11,
    "RETURN_STATUS_CHANGE": 12,
    "NEW_CONVERSATION": 13,
    "NEW_MESSAGE": 14,
    "PRODUCT_INFORMATION_CHANGE": 15,
    "PRODUCT_CREATION": 16,
    "PRODUCT_CATEGORY_CHANGE": 18,
    "INVENTORY_STATUS_CHANGE": 27,
    "NEW_MESSAGE_LISTENER": 33,
    "INVOICE_STATUS_CHANGE": 36,
    "PRODUCT_AUDIT_STATUS_CHANGE": 37,
    "STRIKETHROUGH_PRICE_EXPIRED": 38,
    "ACTIVITY_STATUS_CHANGE": 39,
    "COMBINED_LISTING_CHANGE": 42,
    "SKU_STATUS_CHANGE": 50,
    "ACTIVITY_CHANGE": 63,
    "AFTERSALES_REQUEST_STATUS_UPDATE": 64,
    "RMA_STATUS_UPDATE": 65,
    "APPEAL_COMPLETED": 66,
    "REFUND_SUCCESS": 67,
    "INVENTORY_CHANGED_BY_SHOP": 71,
}
"""Topic -> type number; those that no subscription call takes are switched on in Partner Center."""
LOW_STOCK = 5
WORDS: Mapping[str, str] = {
    "CANCELLED": "CANCEL",
    "CANCELLATION_REQUEST_CANCEL": "CANCELLATION_REQUEST_CANCELLED",
}
"""Where a webhook says another word than the API."""
AFTERSALES: Mapping[str, str] = {
    "RETURN_OR_REFUND_REQUEST_PENDING": "PENDING_REQUEST_REVIEW",
    "AWAITING_BUYER_SHIP": "REQUEST_REVIEW_COMPLETED",
}
RMA: Mapping[str, str] = {
    "AWAITING_BUYER_SHIP": "AWAITING_BUYER_SHIPPED",
    "BUYER_SHIPPED_ITEM": "RETURN_IN_TRANSIT",
    "RETURN_OR_REFUND_REQUEST_COMPLETE": "PACKAGE_REVIEW_COMPLETED",
}


def topic(twin: TikTokShopTwin, shop_id: str, name: str, data: Mapping[str, Any]) -> None:
    """Tell every app that listens to a topic of a shop."""
    for app, address in _listeners(twin, shop_id, name):
        send(twin, app, address, shop_id, TOPICS[name], data)


def _listeners(twin: TikTokShopTwin, shop_id: str, name: str) -> Iterator[tuple[App, str]]:
    for app in twin.authority.apps.values():
        grant = twin.authority.grants.get(app.app_key)
        if grant is None or shop_id not in grant.shops:
            continue
        own = app.subscriptions.get(shop_id, {}).get(name)
        if own is not None:
            yield app, own[0]
        elif name in app.topics:
            yield app, app.webhook_url


def send(
    twin: TikTokShopTwin, app: App, address: str, shop_id: str, number: int, data: Mapping[str, Any]
) -> None:
    """Deliver one webhook, signed over the app key and the raw body."""
    body = dumps(
        {
            "type": number,
            "tts_notification_id": twin.new_id("notification"),
            "shop_id": shop_id,
            "timestamp": int(twin.clock.now()),
            "data": data,
        }
    )
    headers = {
        "content-type": "application/json",
        "authorization": webhook_signature(app.app_key, app.app_secret, body),
    }
    twin.market.deliver(Delivery("POST", address, headers, body))


def tell(twin: TikTokShopTwin, what: str, account: Account, entity: Any) -> None:
    """Push what TikTok Shop pushes about a change."""
    if what in ("order.placed", "order.changed"):
        _order(twin, account, entity, placed=what == "order.placed")
    elif what in ("return.requested", "return.changed"):
        _return(twin, account, entity)
    elif what == "product.created":
        _created(twin, account, entity)
    elif what == "message.added":
        _message(twin, account, entity)


def _order(twin: TikTokShopTwin, account: Account, order: Order, placed: bool) -> None:
    word = order_word(order)
    if placed:
        for line in order.lines:
            inventory(twin, account, line.product, line.variant, -line.quantity, line.quantity)
    if word != order.native["told"]:
        order.native["told"] = word
        if word == "PARTIALLY_SHIPPING":
            return  # not among the words that the webhook knows
        data = {
            "order_id": order.id,
            "order_status": WORDS.get(word, word),
            "is_on_hold_order": order.native["was_on_hold"],
            "update_time": int(order.updated),
        }
        topic(twin, account.id, "ORDER_STATUS_CHANGE", data)


def cancellation(twin: TikTokShopTwin, account: Account, case: Cancellation) -> None:
    """A request to cancel was made, or answered."""
    data = {
        "order_id": case.order.id,
        "cancellations_role": case.role,
        "cancel_status": WORDS.get(case.status, case.status),
        "cancel_id": case.id,
        "create_time": int(case.created),
    }
    topic(twin, account.id, "CANCELLATION_STATUS_CHANGE", data)


def _return(twin: TikTokShopTwin, account: Account, request: Return) -> None:
    native, created, updated = request.native, int(request.created), int(request.updated)
    status, role = native["status"], {"return_role": native["role"]}
    old = {
        "order_id": request.order.id,
        "return_id": request.id,
        "return_type": native["type"],
        "return_status": status,
        "create_time": created,
        "update_time": updated,
    }
    topic(twin, account.id, "RETURN_STATUS_CHANGE", old | role)
    aftersales = {
        "aftersales_request_id": request.id,
        "aftersales_request_status": AFTERSALES.get(status, "REQUEST_REVIEW_COMPLETED"),
        "aftersales_request_create_time": created,
        "aftersales_request_update_time": updated,
    }
    topic(twin, account.id, "AFTERSALES_REQUEST_STATUS_UPDATE", aftersales | role)
    if status in RMA and native["type"] == "RETURN_AND_REFUND":
        rma = {
            "rma_id": request.id,
            "aftersales_request_id": request.id,
            "rma_status": RMA[status],
            "rma_request_create_time": created,
            "rma_request_update_time": updated,
        }
        topic(twin, account.id, "RMA_STATUS_UPDATE", rma | role)
    if status == "RETURN_OR_REFUND_REQUEST_COMPLETE":
        _refunded(twin, account, request)


def _refunded(twin: TikTokShopTwin, account: Account, request: Return) -> None:
    lines = request.native["lines"]
    by_unit = {unit.id: unit for unit in request.order.native["units"]}
    topic(
        twin,
        account.id,
        "REFUND_SUCCESS",
        {
            "rma_id": request.id,
            "aftersales_request_id": request.id,
            "refund_status": "SUCCESS",
            "refund_total": str(request.amount),
            "refund_currency": account.currency,
            "refund_timestamp": int(request.updated),
            "line_items": [
                {
                    "main_order_id": request.order.id,
                    "return_line_item_id": lines[key],
                    "sku_id": by_unit[key].line.variant.id,
                    "sku_return_request_id": request.id,
                    "sub_return_line_item_id": "",
                }
                for key in lines
            ],
        },
    )


def _created(twin: TikTokShopTwin, account: Account, found: Product) -> None:
    data = {"product_id": int(found.id), "product_types": ["GPR_PRODUCT"], "update_time": int(found.updated)}
    topic(twin, account.id, "PRODUCT_CREATION", data)


def product(twin: TikTokShopTwin, account: Account, found: Product, name: str, **data: Any) -> None:
    """A topic about a product; types 5, 37 and 71 write its id as a number, the others as text."""
    number = name in ("PRODUCT_STATUS_CHANGE", "PRODUCT_AUDIT_STATUS_CHANGE")
    key: int | str = int(found.id) if number else found.id
    topic(twin, account.id, name, {"product_id": key, **data, "update_time": int(found.updated)})


def inventory(
    twin: TikTokShopTwin, account: Account, found: Product, variant: Variant, available: int, committed: int
) -> None:
    """The stock of a SKU changed by so many units; below the alert it is told so too."""
    from socialcommerce.simulators.tiktok_shop.stock import committed_units

    held = committed_units(account, variant)
    moment = datetime.fromtimestamp(int(account.clock.now()), UTC).isoformat().replace("+00:00", "Z")
    data = {
        "event_id": twin.new_id("notification"),
        "occurred_at": moment,
        "shop_id": int(account.id),
        "product_id": int(found.id),
        "sku_id": int(variant.id),
        "quantity_snapshot_after_change": _quantities(variant.available, held, "quantity"),
    }
    detail = {
        "idempotency_key": twin.new_id("notification"),
        "trigger_source": "ORDER" if committed else "SELLER",
        "occurred_at": moment,
    } | _quantities(available, committed, "quantity_delta")
    topic(twin, account.id, "INVENTORY_CHANGED_BY_SHOP", data | {"change_detail": [detail]})
    if variant.available <= LOW_STOCK and available < 0:
        _low(twin, account, found, variant, held)


def _quantities(available: int, committed: int, suffix: str) -> dict[str, int]:
    prefix = "total_" if suffix == "quantity" else ""
    return {
        f"total_{suffix}": available + committed,
        f"{prefix}available_{suffix}": available,
        f"{prefix}committed_{suffix}": committed,
        f"in_shop_{suffix}": available,
        f"campaign_locked_{suffix}": 0,
        f"creator_locked_{suffix}": 0,
    }


def _low(twin: TikTokShopTwin, account: Account, found: Product, variant: Variant, held: int) -> None:
    free = variant.available
    distribution = {
        "total_quantity": free + held,
        "available_quantity": free,
        "creator_reserved_quantity": 0,
        "campaign_reserved_quantity": 0,
        "committed_quantity": held,
    }
    product(
        twin,
        account,
        found,
        "INVENTORY_STATUS_CHANGE",
        sku_id=variant.id,
        trigger_reason={"alert_type": "REALTIME", "low_stock_threshold": LOW_STOCK},
        current_inventory_status="LOW_STOCK" if free else "OUT_OF_STOCK",
        inventory_distribution=distribution,
    )


def _message(twin: TikTokShopTwin, account: Account, message: Message) -> None:
    from socialcommerce.simulators.tiktok_shop.chat import message_row

    talk = account.conversations[message.conversation_id]
    if len(talk.messages) == 1:
        data = {"conversation_id": talk.id, "create_time": int(message.sent)}
        topic(twin, account.id, "NEW_CONVERSATION", data)
    row = message_row(account, talk, message)
    sender = {"im_user_id": row["sender"]["im_user_id"], "role": row["sender"]["role"]}
    kept = {name: row[name] for name in ("index", "type", "content", "create_time", "is_visible")}
    data = {"message_id": message.id, "conversation_id": talk.id, **kept, "sender": sender}
    topic(twin, account.id, "NEW_MESSAGE", data)


def withdrawn(twin: TikTokShopTwin, app: App, account: Account) -> None:
    """The seller took a shop away from the app."""
    message = f"Shop_id {account.id} is deauthorized from your APP by merchant."
    if "SELLER_DEAUTHORIZATION" in app.topics:
        send(twin, app, app.webhook_url, account.id, 6, {"message": message})


def expiring(twin: TikTokShopTwin, app: App, grant: Grant, until: float) -> None:
    """The consent ends soon, unless it was renewed or withdrawn."""
    if grant.until != until or "UPCOMING_AUTHORIZATION_EXPIRATION" not in app.topics:
        return
    days = round((until - twin.clock.now()) / 86400)
    for shop_id in sorted(grant.shops):
        text = (
            f"Authorization of shop_id {shop_id} is expirating in {days} days. "
            "Please direct the merchant to re-authorize."
        )
        send(twin, app, app.webhook_url, shop_id, 7, {"message": text, "expiration_time": str(int(until))})


# -- subscriptions


@routes.on("PUT", "/event/202309/webhooks")
def subscribe(call: Call) -> Any:
    """Send a topic of the shop to an address; an earlier address is replaced."""
    name, address = call.body["event_type"], call.body["address"]
    if len(address) > 255 or not address.startswith("https://"):
        raise wrong("The `address` parameter must be an HTTPS URL of at most 255 characters.")
    mine = call.app.subscriptions.setdefault(call.shop.id, {})
    created = mine[name][1] if name in mine else call.twin.clock.now()
    mine[name] = (address, created, call.twin.clock.now())
    return {}


@routes.on("GET", "/event/202309/webhooks")
def subscriptions(call: Call) -> Any:
    """The subscriptions of the shop; topics switched on for the whole app are not among them.

    The times are milliseconds.
    """
    rows = [
        {
            "event_type": name,
            "address": address,
            "create_time": int(created * 1000),
            "update_time": int(changed * 1000),
        }
        for name, (address, created, changed) in sorted(call.app.subscriptions.get(call.shop.id, {}).items())
    ]
    return {"total_count": len(rows), "webhooks": rows}


@routes.on("DELETE", "/event/202309/webhooks")
def unsubscribe(call: Call) -> Any:
    """Forget a subscription; that there was none is no error."""
    call.app.subscriptions.get(call.shop.id, {}).pop(call.body["event_type"], None)
    return {}
