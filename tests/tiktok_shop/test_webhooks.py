"""TikTok Shop's webhooks: every type as events, keys that stay the same, subscriptions."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import shared_path
from tests.tiktok_shop.orders_wire import DETAIL, ORDER, client, order, shop
from tests.tiktok_shop.wire import SHOP_ID, Wire, refusal, sample

from socialcommerce import Client, Event, EventRef
from socialcommerce.backends import TikTokShop
from socialcommerce.backends.tiktok.shop.codes import webhooks as codes
from socialcommerce.errors import (
    ConfigurationError,
    InvalidRequest,
    PartiallyApplied,
    Unsupported,
    WebhookError,
)

SHARED = shared_path()
VECTORS = json.loads((SHARED / "vectors" / "tiktok_shop.json").read_text()) if SHARED else []
MANY = settings(max_examples=int(os.environ.get("WEBHOOK_EXAMPLES", "150")), deadline=None)
HOOKS = "GET /event/202309/webhooks"


def push(number: Any, data: Any, **more: Any) -> bytes:
    return json.dumps(
        {"type": number, "data": data, "shop_id": SHOP_ID, "timestamp": 1763700002} | more
    ).encode()


def events(body: bytes) -> tuple[Event, ...]:
    one = client(Wire())
    signed = one.webhooks.sign(body)
    return one.webhooks.receive(method="POST", headers=signed.headers, body=body).events


def only(body: bytes) -> Event:
    (event,) = events(body)
    return event


@pytest.mark.parametrize("vector", [v for v in VECTORS if v["kind"] == "webhook"], ids=lambda v: v["name"])
def test_signatures_are_those_of_other_clients(vector: dict[str, Any]) -> None:
    inputs, expected = vector["inputs"], vector["expected"]
    one = Client(TikTokShop(inputs["app_key"], inputs["app_secret"]), transport=Wire())
    body = inputs["raw_body"].encode()
    assert one.webhooks.sign(body).headers["authorization"] == expected["computed_signature"]
    delivered = {"method": "POST", "headers": {"Authorization": inputs["signature"]}, "body": body}
    if not expected["valid"]:
        with pytest.raises(WebhookError) as caught:
            one.webhooks.receive(**delivered)
        assert caught.value.reason == "signature"
        return
    receipt = one.webhooks.receive(**delivered)
    assert receipt.assurance == "signed"
    assert (receipt.response.status, receipt.response.content) == (200, b"")


@pytest.mark.parametrize("headers", [{}, {"Authorization": "ABC"}, {"Authorization": "é\ud800"}])
def test_what_is_not_signed_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(WebhookError):
        client(Wire()).webhooks.receive(method="POST", headers=headers, body=push(1, {}))


def test_an_old_secret_still_counts_while_it_is_replaced() -> None:
    old = Client(TikTokShop("key", "old"), transport=Wire())
    new = Client(TikTokShop("key", "new", webhook_secret=["next", "old"]), transport=Wire())
    body = push(1, {"order_id": "1"})
    receipt = new.webhooks.receive(method="POST", headers=old.webhooks.sign(body).headers, body=body)
    assert receipt.events[0].account == SHOP_ID


@pytest.mark.parametrize(
    ("number", "data", "kind", "ref"),
    [
        (1, {"order_id": "5", "order_status": "UNPAID"}, "order.created", ("order", "5")),
        (1, {"order_id": "5", "order_status": "ON_HOLD"}, "order.created", ("order", "5")),
        (1, {"order_id": "5", "order_status": "AWAITING_SHIPMENT"}, "order.paid", ("order", "5")),
        (1, {"order_id": "5", "order_status": "AWAITING_COLLECTION"}, "shipment.created", ("order", "5")),
        (1, {"order_id": "5", "order_status": "IN_TRANSIT"}, "order.updated", ("order", "5")),
        (1, {"order_id": "5", "order_status": "DELIVERED"}, "shipment.delivered", ("order", "5")),
        (1, {"order_id": "5", "order_status": "COMPLETED"}, "order.completed", ("order", "5")),
        (1, {"order_id": "5", "order_status": "CANCEL"}, "order.cancelled", ("order", "5")),
        (3, {"order_id": "5"}, "order.address_changed", ("order", "5")),
        (
            5,
            {"product_id": 2**60, "status": "PRODUCT_AUDIT_FAILURE"},
            "product.reviewed",
            ("product", str(2**60)),
        ),
        (
            5,
            {"product_id": 7, "status": "PRODUCT_STATUS_CHANGED"},
            "product.status_changed",
            ("product", "7"),
        ),
        (6, {"message": "x"}, "authorization.revoked", ("shop", SHOP_ID)),
        (7, {"expiration_time": "1627587506"}, "authorization.expiring", ("shop", SHOP_ID)),
        (
            11,
            {"order_id": "5", "cancel_status": "CANCELLATION_REQUEST_PENDING"},
            "order.cancellation_requested",
            ("order", "5"),
        ),
        (
            11,
            {"order_id": "5", "cancel_status": "CANCELLATION_REQUEST_COMPLETE"},
            "order.cancelled",
            ("order", "5"),
        ),
        (
            11,
            {"order_id": "5", "cancel_status": "CANCELLATION_REQUEST_CANCELLED"},
            "order.updated",
            ("order", "5"),
        ),
        (
            12,
            {"return_id": "6", "return_status": "RETURN_OR_REFUND_REQUEST_PENDING"},
            "return.created",
            ("return", "6"),
        ),
        (12, {"return_id": "6", "return_status": "AWAITING_BUYER_SHIP"}, "return.updated", ("return", "6")),
        (13, {"conversation_id": "8"}, "message.window_opened", ("conversation", "8")),
        (15, {"product_id": "7", "changed_fields": ["title"]}, "product.updated", ("product", "7")),
        (16, {"product_id": 576486316948490000}, "product.created", ("product", "576486316948490000")),
        (18, {"product_id": "7"}, "product.updated", ("product", "7")),
        (24, {"sku_id": "9"}, "inventory.changed", ("inventory", "9")),
        (27, {"product_id": "7", "current_inventory_status": "LOW_STOCK"}, "inventory.low", ("product", "7")),
        (
            27,
            {"product_id": "7", "current_inventory_status": "SUFFICIENT_STOCK"},
            "inventory.changed",
            ("product", "7"),
        ),
        (36, {"package_id": "4", "order_ids": ["5"]}, "shipment.updated", ("shipment", "4")),
        (37, {"product_id": 7}, "product.reviewed", ("product", "7")),
        (38, {"product_id": "7"}, "price.changed", ("product", "7")),
        (39, {"activity_id": "3"}, "price.changed", ("promotion", "3")),
        (46, {"translation_task": {"id": "2"}}, "job.finished", ("job", "2")),
        (50, {"product_id": "7", "skus": []}, "product.updated", ("product", "7")),
        (51, {"source_product_id": "7"}, "job.finished", ("job", "7")),
        (55, {"precheck_task_id": "2"}, "job.finished", ("job", "2")),
        (59, {"task_id": "2"}, "job.finished", ("job", "2")),
        (63, {"activity_id": "3"}, "price.changed", ("promotion", "3")),
        (
            64,
            {"aftersales_request_id": "6", "aftersales_request_status": "PENDING_REQUEST_REVIEW"},
            "return.created",
            ("aftersales", "6"),
        ),
        (65, {"rma_id": "6", "rma_status": "AWAITING_BUYER_SHIPPED"}, "return.updated", ("rma", "6")),
        (66, {"product_id": 7}, "return.updated", ("product", "7")),
        (67, {"rma_id": "6", "line_items": [{"main_order_id": "5"}]}, "refund.succeeded", ("order", "5")),
        (67, {"rma_id": "6", "line_items": []}, "refund.succeeded", ("rma", "6")),
        (
            71,
            {"product_id": 2**60, "sku_id": 9, "event_id": "e"},
            "inventory.changed",
            ("product", str(2**60)),
        ),
    ],
)
def test_every_type_is_the_event_it_means(number: int, data: Any, kind: str, ref: tuple[str, str]) -> None:
    event = only(push(number, data))
    assert event.type == kind
    assert event.ref is not None
    assert (event.ref.kind, event.ref.id) == ref
    assert event.native_type == codes.NAMES[number]
    assert event.account == SHOP_ID
    assert kind in codes.TYPES[number]


def test_creators_have_accounts_of_their_own() -> None:
    event = only(push(20, {"cancel_time": "1763700000"}, creator_open_id="c1"))
    assert (event.type, event.ref) == ("authorization.revoked", EventRef(kind="creator", id="c1"))


def test_one_webhook_may_be_about_several_packages_or_products() -> None:
    rows = [{"package_id": "1", "order_id_list": ["5", "6"]}, {"package_id": "2", "order_id_list": ["7"]}]
    found = events(push(4, {"sc_type": "COMBINE", "package_list": rows, "update_time": 5}))
    assert [(each.type, each.ref and each.ref.id, each.ref and each.ref.parent_id) for each in found] == [
        ("shipment.created", "1", "5"),
        ("shipment.created", "2", "7"),
    ]
    assert len({each.key for each in found}) == 2
    assert (
        only(push(4, {"sc_type": "ADDRESS_UPDATE_SPLIT", "package_list": rows[:1]})).type
        == "shipment.updated"
    )
    assert only(push(42, {"products": [{"id": "7"}], "combined_listing_id": "c"})).type == "product.updated"


def message(**fields: Any) -> dict[str, Any]:
    return sample("webhook_new_message")["data"] | fields


def test_messages_come_whole() -> None:
    event = only(push(14, message()))
    assert (event.type, event.state.text, event.state.author) == (
        "message.received",
        "Còn hàng không ạ? 🙏",
        "buyer",
    )
    assert event.state.conversation.native_id == "7494560109732334261"
    ours = only(push(14, message(sender={"im_user_id": "1", "role": "ROBOT"})))
    assert (ours.type, ours.state.author, ours.state.echo) == ("message.sent", "bot", True)
    assert only(push(14, message(is_visible=False))).type == "unknown"


def test_creators_chat_in_an_inbox_of_their_own() -> None:
    data = {"message_id": "1", "conversation_id": "2", "msg_type": "TEXT", "content": '{"content":"hi"}'}
    event = only(push(33, data | {"sender": {"sender_im_user_id": "3"}, "create_time": "1763700000"}))
    assert (event.state.conversation.surface, event.state.text) == ("creator", "hi")


def test_what_is_new_is_kept_as_it_came() -> None:
    event = only(push(999, {"a": 1}))
    assert (event.type, event.native_type, event.data) == ("unknown", "type 999", {"a": 1})
    assert only(push(42, {"products": "odd"})).type == "unknown"


def test_a_repeat_has_the_same_key_and_is_handed_out_once() -> None:
    one = client(Wire())
    body = push(1, {"order_id": "5", "update_time": 7}, tts_notification_id="n1")
    given = {"method": "POST", "headers": one.webhooks.sign(body).headers, "body": body}
    with one.webhooks.receive(**given) as receipt:
        assert [event.key for event in receipt.events] == ["n1"]
    with one.webhooks.receive(**given) as receipt:
        assert receipt.events == ()


def test_without_an_id_the_contents_are_the_key() -> None:
    data = {"order_id": "5", "order_status": "UNPAID", "update_time": 7}
    assert only(push(1, data)).key == only(push(1, data, timestamp=9)).key
    assert only(push(1, data)).key != only(push(1, data | {"update_time": 8})).key
    assert only(push(6, {"message": "m"})).key != only(push(6, {"message": "m"}, timestamp=9)).key
    assert only(push(71, {"event_id": "e1"})).key == "e1"


@MANY
@given(st.binary(max_size=200) | st.from_type(dict[str, int]).map(lambda value: json.dumps(value).encode()))
def test_hostile_bodies_are_one_kind_of_error(body: bytes) -> None:
    with pytest.raises(WebhookError):
        events(body)


JSONISH = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    ["order_id", "package_list", "products", "sender", "line_items", "content", "message_id", "update_time",
     "translation_task", "event_id", "shop_id", "order_status", "type"]
)  # fmt: skip


@MANY
@given(st.sampled_from([*codes.NAMES]), st.dictionaries(FIELDS, JSONISH, max_size=6))
def test_whatever_a_signed_webhook_holds_it_becomes_events(number: int, data: dict[str, Any]) -> None:
    assert events(push(number, data))


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(WebhookError):
        events(b'{"type":1,"data":' + b"[" * 100_000)


def test_an_event_fetches_what_it_is_about() -> None:
    wire, one = shop(order())
    body = push(1, {"order_id": ORDER, "order_status": "UNPAID"})
    receipt = one.webhooks.receive(method="POST", headers=one.webhooks.sign(body).headers, body=body)
    assert receipt.events[0].fetch().id == ORDER
    assert wire.query(DETAIL) == {"ids": ORDER}


@pytest.mark.parametrize("name", [
    "authorization_expiring", "cancellation_status", "new_message", "order_status", "package_update",
    "product_creation", "product_status", "return_status", "seller_deauthorization",
])  # fmt: skip
def test_the_published_webhooks_are_read(name: str) -> None:
    found = events(json.dumps(sample(f"webhook_{name}")).encode())
    assert all(event.type != "unknown" and event.ref for event in found)


# subscriptions


def row(topic: str = "ORDER_STATUS_CHANGE") -> dict[str, Any]:
    return {"event_type": topic, "address": "https://shop.example/hooks", "create_time": 1, "update_time": 1}


def test_topics_are_switched_on_one_by_one() -> None:
    wire, one = shop()
    wire["PUT /event/202309/webhooks"] = {}
    wire[HOOKS] = {"webhooks": [row()], "total_count": 1}
    found = one.webhooks.subscribe(["order.paid", "return.created", "NEW_MESSAGE"])
    assert (found[0].topic, found[0].level, found[0].account) == ("ORDER_STATUS_CHANGE", "account", SHOP_ID)
    assert "order.paid" in found[0].events
    bodies = [wire.body("PUT /event/202309/webhooks", number) for number in range(3)]
    assert sorted(body["event_type"] for body in bodies) == [
        "NEW_MESSAGE",
        "ORDER_STATUS_CHANGE",
        "RETURN_STATUS_CHANGE",
    ]
    assert {body["address"] for body in bodies} == {"https://shop.example/hooks"}


def test_how_far_it_came_is_told_where_a_topic_fails() -> None:
    wire, one = shop()
    wire["PUT /event/202309/webhooks"] = [{}, refusal(36009004, "no such topic")]
    with pytest.raises(PartiallyApplied) as caught:
        one.webhooks.subscribe(["order.paid", "NEW_MESSAGE"])
    assert caught.value.done == ["PUT NEW_MESSAGE"]
    assert caught.value.resume == {"events": ["ORDER_STATUS_CHANGE"]}
    wire["PUT /event/202309/webhooks"] = refusal(36009004, "no such topic")
    with pytest.raises(InvalidRequest):
        one.webhooks.subscribe(["order.paid"])


def test_topics_are_switched_off() -> None:
    wire, one = shop()
    wire["DELETE /event/202309/webhooks"] = {}
    wire[HOOKS] = {}
    assert one.webhooks.unsubscribe(["1"], level="account") == ()
    assert wire.body("DELETE /event/202309/webhooks") == {"event_type": "ORDER_STATUS_CHANGE"}


@pytest.mark.parametrize(
    ("event", "error", "match"),
    [
        ("refund.succeeded", Unsupported, "Partner Center"),
        ("product.deleted", Unsupported, "nothing tells it"),
        ("order.exploded", InvalidRequest, "neither"),
    ],
)
def test_what_cannot_be_subscribed_to(event: str, error: type[Exception], match: str) -> None:
    wire, one = shop()
    with pytest.raises(error, match=match):
        one.webhooks.subscribe([event])
    assert wire.sent == []


def test_where_to_push_must_be_known() -> None:
    wire, one = shop()
    with pytest.raises(ConfigurationError, match="callback_urls"):
        one.webhooks.subscribe(["order.paid"], endpoint="other")
    with pytest.raises(Unsupported, match="one shop"):
        one.webhooks.subscribe(["order.paid"], level="app")
    long = Client(
        TikTokShop("k", "s", callback_urls={"default": "https://x.example/" + "x" * 255}), transport=wire
    )
    with pytest.raises(InvalidRequest, match="255"):
        long.webhooks.subscribe(["order.paid"])


def test_health_says_only_whether_anything_is_switched_on() -> None:
    wire, one = shop()
    wire[HOOKS] = sample("event_webhooks_get")
    health = one.webhooks.health()
    assert (health.status, bool(health)) == ("ok", True)
    wire[HOOKS] = {}
    assert one.webhooks.health().status == "unknown"


def test_lost_webhooks_are_not_kept() -> None:
    _, one = shop()
    with pytest.raises(Unsupported, match="changes"):
        list(one.webhooks.recover())
