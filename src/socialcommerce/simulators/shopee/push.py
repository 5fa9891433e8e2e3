"""Webhooks of the pretend Shopee: one body for each code, signed with the app's push key."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from socialcommerce.simulators.account import Account
from socialcommerce.simulators.entities import Message, Order, Package, Product, Return, Upload
from socialcommerce.simulators.market import Delivery
from socialcommerce.simulators.shopee.authority import App, Subject
from socialcommerce.simulators.shopee.defaults import ITEM_STATUS, ORDER_STATUS, PACKAGE_STATUS, RETURN_STATUS
from socialcommerce.simulators.shopee.wire import Call, Refused, Routes, dumps, push_signature

if TYPE_CHECKING:
    from socialcommerce.simulators.shopee.twin import ShopeeTwin

__all__ = ["CODES", "authorised", "expiring", "routes", "send", "send_example", "tell", "withdrawn"]

routes = Routes()

CODES = (1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 15, 16, 18, 19, 20, 21, 22, 23, 24, 25, 27, 28, 29, 30,
         37, 47)  # fmt: skip
"""Every push code that is in use (0 is the verification)."""
CONFIGURABLE = frozenset(range(1, 14))
"""The codes that ``set_app_push_config`` knows; newer ones are switched in the console."""
PARTNER_LEVEL = frozenset({1, 2, 12})
"""Codes that speak to the app and name no shop at the top."""
VERIFY = "This is a Verification message.Please respond in the certain format."
KEPT = 3 * 86400

Body = dict[str, Any]


def send(twin: ShopeeTwin, shop: Account | None, code: int, data: Body, app: App | None = None) -> None:
    """Push to every app that listens to ``code`` and may see ``shop`` (or to ``app`` alone)."""
    for listener in [app] if app is not None else list(twin.authority.apps.values()):
        if code in listener.push_on and _may_see(twin, listener, shop):
            _deliver(twin, listener, shop, code, data)


def _may_see(twin: ShopeeTwin, app: App, shop: Account | None) -> bool:
    if shop is None:
        return True
    linked = (app.partner_id, ("shop_id", shop.id)) in twin.authority.grants
    return linked and int(shop.id) not in app.blocked_shops


def _deliver(twin: ShopeeTwin, app: App, shop: Account | None, code: int, data: Body) -> None:
    now = int(twin.clock.now())
    message: Body = {"data": data}
    if shop is not None and code not in PARTNER_LEVEL:
        message["shop_id"] = int(shop.id)
    elif code in (1, 2):
        message["partner_id"] = app.partner_id
    number = uuid.UUID(int=twin.market.random.getrandbits(128), version=4)
    message |= {"code": code, "timestamp": now, "msg_id": str(number)}
    if code == 28:
        message = _texts(message)
    if not _post(twin, app, dumps(message)):
        app.lost.append(message)


def _post(twin: ShopeeTwin, app: App, body: bytes) -> bool:
    headers = {
        "content-type": "application/json",
        "authorization": push_signature(app.push_key, app.callback_url, body),
    }
    return twin.market.deliver(Delivery("POST", app.callback_url, headers, body))


def _texts(value: Any) -> Any:
    """Every number as a text: how code 28 alone arrives."""
    if isinstance(value, dict):
        return {key: _texts(inner) for key, inner in value.items()}
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


# -- authorisations


def _parties(subjects: Sequence[Subject]) -> tuple[list[int], list[int]]:
    shops = [int(one) for kind, one in subjects if kind == "shop_id"]
    return shops, [int(one) for kind, one in subjects if kind == "merchant_id"]


def authorised(twin: ShopeeTwin, app: App, subjects: Sequence[Subject], main_account: bool) -> None:
    """Code 1: a seller has authorised the app."""
    shops, merchants = _parties(subjects)
    data: Body = {
        "authorize_type": "shop authorization by user",
        "extra": "Shop has been authorized successfully",
        "success": 1,
    }
    if main_account:
        data |= {"main_account_id": int(twin.main_account_id), "shop_id_list": shops}
        data |= {"merchant_id_list": merchants} if merchants else {}
    else:
        data["shop_id"] = shops[0]
    send(twin, None, 1, data, app)


def withdrawn(twin: ShopeeTwin, app: App, shop: Account) -> None:
    """Code 2: a seller has withdrawn the authorisation."""
    data = {
        "authorize_type": "shop cancel authorization by user",
        "extra": "Shop authorization has been canceled successfully",
        "shop_id": int(shop.id),
        "success": 1,
    }
    send(twin, None, 2, data, app)


def expiring(twin: ShopeeTwin, app: App, subjects: Sequence[Subject], until: float) -> None:
    """Code 12: authorisations that end within a week, unless they were renewed meanwhile."""
    grants = twin.authority.grants
    ending = [
        one
        for one in subjects
        if (grant := grants.get((app.partner_id, one))) is not None and grant.until <= until
    ]
    if not ending:
        return
    shops, merchants = _parties(ending)
    data = {
        "shop_expire_soon": shops,
        "merchant_expire_soon": merchants,
        "user_expire_soon": [],
        "expire_before": int(until),
        "page_no": 1,
        "total_page": 1,
    }
    send(twin, None, 12, data, app)


# -- what happens in a shop


def _order_placed(twin: ShopeeTwin, shop: Account, order: Order) -> None:
    _order_changed(twin, shop, order)
    _reserved_changed(twin, shop, order, "place_order")


def _reserved_changed(twin: ShopeeTwin, shop: Account, order: Order, action: str) -> None:
    for line in order.lines:
        if not line.variant.reserved:
            continue
        change = -line.quantity if action == "place_order" else line.quantity
        data = {
            "shop_id": int(shop.id),
            "item_id": int(line.product.id),
            "variation_id": variation_id(line.product, line.variant.id),
            "changed_values": [
                {
                    "name": "reserved_stock",
                    "old": line.variant.reserved - change,
                    "new": line.variant.reserved,
                }
            ],
            "promotion_type": "flash_sale",
            "promotion_id": 104993304719361,
            "action": action,
            "ordersn": order.id,
            "update_time": int(order.updated),
        }
        send(twin, shop, 8, data)


def variation_id(product: Product, variant_id: str) -> int:
    """The model id of a variant: 0 for an item without models."""
    return int(variant_id) if product.native["tiers"] else 0


def _order_changed(twin: ShopeeTwin, shop: Account, order: Order) -> None:
    status = ORDER_STATUS[order.status]
    if order.native.get("told") == status:
        return
    order.native["told"] = status
    data = {
        "items": [],
        "ordersn": order.id,
        "status": status,
        "completed_scenario": "NORMAL" if status == "COMPLETED" else "",
        "update_time": int(order.updated),
    }
    send(twin, shop, 3, data)
    if status == "CANCELLED":
        _reserved_changed(twin, shop, order, "cancel_order")


def _package_changed(twin: ShopeeTwin, shop: Account, package: Package) -> None:
    status = PACKAGE_STATUS[package.status]
    if package.native.get("told") != status:
        package.native["told"] = status
        data = {
            "ordersn": package.order_id,
            "package_number": package.id,
            "fulfillment_status": status,
            "update_time": int(package.updated),
        }
        send(twin, shop, 30, data)
    if package.tracking_number and package.native.get("told_number") != package.tracking_number:
        package.native["told_number"] = package.tracking_number
        data = {
            "ordersn": package.order_id,
            "forder_id": package.id.removeprefix("OFG"),
            "package_number": package.id,
            "tracking_no": package.tracking_number,
        }
        send(twin, shop, 4, data)


def _document_ready(twin: ShopeeTwin, shop: Account, package: Package) -> None:
    data = {"ordersn": package.order_id, "package_number": package.id, "status": "READY"}
    send(twin, shop, 15, data)


def _return_changed(twin: ShopeeTwin, shop: Account, request: Return) -> None:
    native = request.native
    now = {
        "return_status": RETURN_STATUS[request.status],
        "logistics_status": native["logistics"],
        "negotiation_status": native["negotiation"]["negotiation_status"],
        "seller_proof_status": native["proof_status"],
        "seller_compensation_status": native["compensation"],
    }
    told = native.get("told", now | {"return_status": ""})
    native["told"] = now
    changes = [
        {
            "update_field": name,
            "old_value": told[name],
            "new_value": value,
            "update_time": int(request.updated),
        }
        for name, value in now.items()
        if told[name] != value
    ]
    if changes:
        data = {"order_sn": request.order.id, "return_sn": request.id, "updated_values": changes}
        send(twin, shop, 29, data)


def _message_added(twin: ShopeeTwin, shop: Account, message: Message) -> None:
    talk = shop.conversations[message.conversation_id]
    buyer = (int(talk.buyer.id), talk.buyer.name)
    seller = (int(shop.native["user_id"]), shop.name)
    (from_id, from_name), (to_id, to_name) = (buyer, seller) if message.author == "buyer" else (seller, buyer)
    content = {
        "message_id": message.id,
        "shop_id": int(shop.id),
        "request_id": twin.authority.token(),
        "from_id": from_id,
        "from_user_name": from_name,
        "from_shop_id": 0 if message.author == "buyer" else int(shop.id),
        "to_id": to_id,
        "to_user_name": to_name,
        "to_shop_id": int(shop.id) if message.author == "buyer" else 0,
        "message_type": message.kind,
        "content": message.contents,
        "conversation_id": talk.id,
        "created_timestamp": int(message.sent),
        "region": shop.region,
        "status": "normal",
        "business_type": 0,
        "is_in_chatbot_session": False,
        "source_content": {},
        "quoted_msg": {"message_id": ""},
        "sub_account_id": 0,
        "sub_account_name": "",
    }
    send(twin, shop, 10, {"type": "message", "region": shop.region, "content": content})


def _price_changed(twin: ShopeeTwin, shop: Account, change: Body) -> None:
    send(twin, shop, 22, change)


def _item_banned(twin: ShopeeTwin, shop: Account, product: Product) -> None:
    data = {
        "item_id": int(product.id),
        "item_name": product.title,
        "item_status": ITEM_STATUS[product.status],
        "deboost": False,
        "item_status_details": [
            {"violation_type": "Prohibited Listing", "violation_reason": "Prohibited", "suggestion": "Delete"}
        ],
        "deboost_details": [],
    }
    send(twin, shop, 16, data)


def _video_done(twin: ShopeeTwin, shop: Account, upload: Upload) -> None:
    send(twin, shop, 11, {"video_upload_id": upload.id, "status": upload.status, "message": ""})


def _package_info(twin: ShopeeTwin, shop: Account, change: Body) -> None:
    send(twin, shop, 47, change)


TOLD: Mapping[str, Callable[[ShopeeTwin, Account, Any], None]] = {
    "order.placed": _order_placed,
    "order.changed": _order_changed,
    "package.changed": _package_changed,
    "document.ready": _document_ready,
    "return.requested": _return_changed,
    "return.changed": _return_changed,
    "message.added": _message_added,
    "price.changed": _price_changed,
    "product.banned": _item_banned,
    "video.done": _video_done,
    "package.info": _package_info,
}
"""Which push tells of which change; what is not here, Shopee does not push."""


def tell(twin: ShopeeTwin, what: str, account: Account, entity: Any) -> None:
    """Push a change, where Shopee pushes it."""
    teller = TOLD.get(what)
    if teller is not None:
        teller(twin, account, entity)


# -- codes that nothing in the market brings about

EXAMPLES: Mapping[int, Body] = {
    5: {"actions": [{"content": "Policy update", "title": "Announcement", "update_time": 1660123127}]},
    7: {"shop_id": 0, "item_id": 1, "variation_id": 0, "promotion_type": "flash_sale", "promotion_id": 1,
        "action": "promo_lock_stock", "start_time": 1660123127, "end_time": 1660126727,
        "update_time": 1660123127, "reserved_stock": 5},
    9: {"promotion_id": 1, "promotion_type": "flash_sale", "action": "added_in_promo", "item_id": 1,
        "variation_id": 0, "start_time": 1660123127, "end_time": 1660126727},
    13: {"brand_id": 1, "original_brand_name": "Brand", "status": "approved", "reason": ""},
    18: {"consignment_id": "1", "status": "created", "update_time": 1660123127},
    19: {"consignment_id": "1", "status": "accepted", "update_time": 1660123127},
    20: {"consignment_id": "1", "status": "shipped", "update_time": 1660123127},
    21: {"consignment_id": "1", "status": "received", "update_time": 1660123127},
    23: {"booking_sn": "2408090000001", "booking_status": "READY_TO_SHIP", "update_time": 1660123127},
    24: {"booking_sn": "2408090000001", "tracking_number": "SPX100000000001"},
    25: {"booking_sn": "2408090000001", "status": "READY"},
    27: {"shop_id": 0, "item_id": 1, "scheduled_publish_time": 1660123127},
    28: {"action_type": 1, "update_time": 1660123127000,
         "points_issued_data": {"issued_points": 1, "violation_type": 5}},
    37: {"order_sn": "2408090000001A", "package_number": "OFG100000000000001", "binding_status": "BOUND",
         "update_time": 1660123127},
}  # fmt: skip
"""Bodies of the codes that the market never causes by itself."""


def send_example(twin: ShopeeTwin, code: int, shop: Account | None = None, **changes: Any) -> None:
    """Push a code that nothing in the market brings about, with ``changes`` to its body.

    Code 0 is the verification message of the console. Raises ``LookupError`` for a code
    that has no example.
    """
    if code == 0:
        for app in twin.authority.apps.values():
            _post(twin, app, dumps({"code": 0, "data": {"verify_info": VERIFY}}))
        return
    account = shop or twin.accounts[0]
    data = EXAMPLES[code] | changes
    send(twin, account, code, data | ({"shop_id": int(account.id)} if "shop_id" in data else {}))


# -- configuration and lost pushes


@routes.get("push/get_app_push_config")
def config(call: Call) -> Any:
    """What the app listens to."""
    return {
        "callback_url": call.app.callback_url,
        "live_push_status": "Normal",
        "blocked_shop_id": sorted(call.app.blocked_shops),
        "push_config_on_list": sorted(call.app.push_on),
        "push_config_off_list": sorted(set(CODES) - call.app.push_on),
    }


@routes.post("push/set_app_push_config")
def configure(call: Call) -> Any:
    """Set the callback url (which is sent a verification), the codes and the blocked shops."""
    on, off = set(call.get("set_push_config_on", [])), set(call.get("set_push_config_off", []))
    blocked = call.get("blocked_shop_id_list")
    url = call.get("callback_url")
    if not (on | off) <= CONFIGURABLE or on & off or len(blocked or []) > 500:
        raise Refused("error_param", "Wrong parameters, detail: push config.")
    if url is not None and not url.startswith(("http://", "https://")):
        raise Refused("error_param", "this callback_url is invalid, please check your callback_url.")
    if url is not None:
        call.app.callback_url = url
        _post(call.twin, call.app, dumps({"code": 0, "data": {"verify_info": VERIFY}}))
    call.app.push_on = (call.app.push_on | on) - off
    call.app.blocked_shops = call.app.blocked_shops if blocked is None else set(blocked)
    return {"result": "success"}


@routes.get("push/get_lost_push_message")
def lost(call: Call) -> Any:
    """The earliest hundred pushes of the last three days that reached nobody."""
    recent = [one for one in call.app.lost if int(one["timestamp"]) > call.now - KEPT]
    batch = recent[: call.twin.page(100)]
    rows = [
        {
            "shop_id": int(one.get("shop_id", 0)),
            "code": int(one["code"]),
            "timestamp": int(one["timestamp"]),
            "data": dumps(one).decode(),
        }
        for one in batch
    ]
    last = _watermark(call.app, batch[-1]) if batch else 0
    return {
        "push_message_list": rows,
        "has_next_page": len(recent) > len(batch),
        "last_message_id": last,
    }


def _watermark(app: App, message: Body) -> int:
    return next(number for number, one in enumerate(app.lost, app.confirmed + 1) if one is message)


@routes.post("push/confirm_consumed_lost_push_message")
def confirm(call: Call) -> Any:
    """Everything up to the watermark is settled and will not be offered again."""
    last = call.params["last_message_id"]
    if not call.app.confirmed < last <= call.app.confirmed + len(call.app.lost):
        raise Refused("error_param", "Wrong parameters, detail: last_message_id.")
    del call.app.lost[: last - call.app.confirmed]
    call.app.confirmed = last
    return {}
