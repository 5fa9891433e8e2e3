"""Marketing messages of the pretend TikTok Shop: tasks from templates or of one's own, in the US alone."""

from __future__ import annotations

from typing import Any

from socialcommerce.simulators.tiktok_shop.wire import Call, Refused, Routes

__all__ = ["routes"]

routes = Routes()

TEMPLATES = (
    {
        "id": "7300000000000000001",
        "message_title": "Welcome back",
        "message_body": "Something new waits for you.",
        "product_card_rules": {"min_count": 0, "max_count": 3},
        "coupon_card_rules": {"min_count": 0, "max_count": 1, "coupon_type": ["SHOP"]},
    },
)


def _offered(call: Call) -> None:
    if call.shop.region != "US":
        raise Refused(45201001, "Customer engagement is not available in this market")


@routes.on("GET", "/customer_engagement/202502/permissions")
def permissions(call: Call) -> Any:
    """What the shop may use."""
    return {"features": [{"name": "CUSTOM_MESSAGE", "is_authorized": call.shop.region == "US"}]}


@routes.on("GET", "/customer_engagement/202412/message_templates")
def templates(call: Call) -> Any:
    """The templates that TikTok wrote."""
    _offered(call)
    return {"message_templates": list(TEMPLATES)}


def _task(call: Call) -> dict[str, str]:
    _offered(call)
    if call.body["end_time"] <= call.now:
        raise Refused(45201002, "The end time has passed")
    key = call.twin.new_id("activity")
    call.shop.native["tasks"][key] = {"emails": [], "end": call.body["end_time"]}
    return {"task_id": key}


@routes.on("POST", "/customer_engagement/202412/engagement_tasks")
def task(call: Call) -> Any:
    """A task out of a template."""
    if all(one["id"] != call.body["template_id"] for one in TEMPLATES):
        raise Refused(45201003, "The template does not exist")
    return _task(call)


@routes.on("POST", "/customer_engagement/202502/engagement_tasks/custom")
def custom_task(call: Call) -> Any:
    """A task with a text of one's own."""
    return _task(call)


@routes.on("POST", "/customer_engagement/202412/messages")
def messages(call: Call) -> Any:
    """Send a task to buyers by their anonymous addresses; what failed is told one by one."""
    _offered(call)
    found = call.shop.native["tasks"].get(call.body.get("task_id"))
    if found is None:
        raise Refused(45201004, "The task does not exist")
    known = {
        f"{one.buyer.name}@chat.seller.{call.shop.region.lower()}.tiktok.com"
        for one in call.shop.orders.values()
    }
    errors = []
    for address in call.body["buyer_emails"]:
        if address in known:
            found["emails"].append(address)
        else:
            errors.append(Refused(45201005, "The buyer can not be reached").error(buyer_email=address))
    return {"errors": errors} if errors else {}


@routes.on("POST", "/customer_engagement/202412/performances")
def performances(call: Call) -> Any:
    """How tasks did: totals, no people."""
    rows = [
        {
            "id": key,
            "status": "ONGOING" if found["end"] > call.now else "ENDED",
            "sent_recipient_count": len(found["emails"]),
            "read_recipient_count": 0,
            "order_count": 0,
            "gmv_amount": "0",
            "claimed_coupons_count": 0,
        }
        for key, found in call.shop.native["tasks"].items()
        if key in call.body["task_ids"]
    ]
    return {"task_performances": rows}
