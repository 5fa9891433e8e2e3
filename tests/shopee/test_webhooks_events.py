"""Shopee's pushes as events: every code, keys that stay the same, what an event can fetch."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.shopee.chat_wire import SHOP, Wire, client
from tests.shopee.hooks_wire import events, push, types

from socialcommerce import EventRef
from socialcommerce.backends.shopee.webhooks import ShopeeWebhooks
from socialcommerce.errors import Unsupported
from socialcommerce.runtime.call import Subject

# events


@pytest.mark.parametrize(
    ("name", "expected", "ref"),
    [
        ("01_shop_authorization", ["authorization.granted"] * 4, EventRef(kind="shop", id="62000001")),
        ("03_order_status", ["shipment.created"], EventRef(kind="order", id="220810QSK8S7BX")),
        (
            "04_tracking_no",
            ["shipment.updated"],
            EventRef(kind="shipment", id="OFG113701539238152", parent_id="220809MDBFYFT2"),
        ),
        ("08_reserved_stock", ["inventory.changed"], EventRef(kind="product", id="18614185187")),
        (
            "10_webchat_text",
            ["message.received"],
            EventRef(kind="message", id="2302748948493123953", parent_id="709122092476686867"),
        ),
        ("12_authorization_expiry", ["authorization.expiring"] * 11, EventRef(kind="shop", id="23213")),
        ("22_item_price", ["price.changed"], EventRef(kind="product", id="25100000630")),
        (
            "29_return_updates",
            ["return.updated"],
            EventRef(kind="return", id="2411280EDT4JRV5", parent_id="241128EDQ9YKJ0"),
        ),
        (
            "30_package_fulfillment",
            ["shipment.created"],
            EventRef(kind="shipment", id="OFG198917831207390", parent_id="250421TPSF33R6"),
        ),
        (
            "47_package_info",
            ["shipment.updated"],
            EventRef(kind="shipment", id="OFG218268963204539", parent_id="2512017TFPB0HF"),
        ),
    ],
)
def test_every_sample_is_its_events(shared: Path, name: str, expected: list[str], ref: EventRef) -> None:
    body = (shared / "samples" / "shopee" / f"push_{name}.json").read_bytes()
    found = events(body)
    assert [event.type for event in found] == expected
    assert found[0].ref == ref
    assert len({event.key for event in found}) == len(found)
    raw = json.loads(body)
    assert all(
        event.platform == "shopee" and event.raw == raw and event.data == raw["data"] for event in found
    )
    assert all(event.occurred_at for event in found)
    if "shop_id" in raw:
        assert found[0].account == str(raw["shop_id"])


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("UNPAID", ["order.created"]),
        ("PENDING", ["order.created", "order.paid"]),
        ("READY_TO_SHIP", ["order.created", "order.paid"]),
        ("PROCESSED", ["shipment.created"]),
        ("RETRY_SHIP", ["order.updated"]),
        ("SHIPPED", ["order.updated"]),
        ("TO_CONFIRM_RECEIVE", ["shipment.delivered"]),
        ("COMPLETED", ["order.completed"]),
        ("IN_CANCEL", ["order.cancellation_requested"]),
        ("CANCELLED", ["order.cancelled"]),
        ("TO_RETURN", ["return.created"]),
        ("SOMETHING_NEW", ["order.updated"]),
        (["?"], ["order.updated"]),
    ],
)
def test_an_order_moves(status: Any, expected: list[str]) -> None:
    assert types(push(3, {"ordersn": "X", "status": status})) == expected


def test_an_order_is_created_when_it_is_first_seen() -> None:
    def told(shop: Any, status: str) -> list[str]:
        signed = shop.webhooks.sign(push(3, {"ordersn": "X", "status": status, "update_time": 5}))
        with shop.webhooks.receive(method="POST", headers=signed.headers, body=signed.body) as receipt:
            return [event.type for event in receipt.events]

    shop = client(Wire())
    assert [told(shop, "UNPAID"), told(shop, "READY_TO_SHIP")] == [["order.created"], ["order.paid"]]
    assert told(client(Wire()), "READY_TO_SHIP") == ["order.created", "order.paid"]


@pytest.mark.parametrize(
    ("code", "data", "expected"),
    [
        (2, {"shop_id": 5, "user_id_list": [7, 7]}, ["authorization.revoked"] * 2),
        (5, {"actions": []}, ["account.updated"]),
        (7, {"item_id": 1, "action": "promo_lock_stock"}, ["price.changed"]),
        (9, {"item_id": 1}, ["price.changed"]),
        (11, {"video_upload_id": "v", "status": "SUCCEEDED"}, ["job.finished"]),
        (13, {"brand_id": 3}, ["product.reviewed"]),
        (15, {"ordersn": "X", "package_number": "P", "status": "FAILED"}, ["shipment.label_ready"]),
        (16, {"item_id": 1, "item_status": "BANNED"}, ["product.reviewed", "product.status_changed"]),
        (25, {"booking_sn": "B"}, ["shipment.label_ready"]),
        (27, {"item_id": 1}, ["product.reviewed"]),
        (28, {"action_type": "1"}, ["account.updated"]),
        (30, {"ordersn": "X", "fulfillment_status": "LOGISTICS_DELIVERY_DONE"}, ["shipment.delivered"]),
        (30, {"ordersn": "X", "fulfillment_status": "LOGISTICS_LOST"}, ["shipment.updated"]),
        (18, {"x": 1}, ["unknown"]),
        (37, {}, ["unknown"]),
        (99, None, ["unknown"]),
        (10, {"type": "notification", "content": {}}, ["unknown"]),
        (12, {}, ["authorization.expiring"]),
    ],
)
def test_every_code_is_events(code: int, data: Any, expected: list[str]) -> None:
    assert types(push(code, data)) == expected


def test_a_return_is_created_updated_and_refunded() -> None:
    def change(old: str, new: str) -> bytes:
        row = {"update_field": "return_status", "old_value": old, "new_value": new, "update_time": 1}
        return push(29, {"order_sn": "X", "return_sn": "R", "updated_values": [row]})

    assert types(change("", "REQUESTED")) == ["return.created"]
    assert types(change("REQUESTED", "PROCESSING")) == ["return.updated"]
    assert types(change("PROCESSING", "ACCEPTED")) == ["return.updated", "refund.succeeded"]
    assert types(push(29, {"return_sn": "R", "updated_values": "?"})) == ["return.updated"]


def test_an_order_number_is_read_in_both_spellings() -> None:
    for name in ("ordersn", "order_sn"):
        (event,) = events(push(30, {name: "X"}))
        assert event.ref == EventRef(kind="order", id="X")


def test_the_account_is_found_however_it_is_spelt() -> None:
    body = json.dumps({"code": 3, "data": {"ordersn": "X"}, "shopid": 77}).encode()
    assert events(body)[0].account == "77"
    body = json.dumps({"code": 7, "data": {"item_id": 1, "shop_id": 78}}).encode()
    assert events(body)[0].account == "78"


def test_numbers_that_come_as_text_are_numbers() -> None:
    body = json.dumps(
        {
            "code": "28",
            "shop_id": "9",
            "timestamp": "1660123127",
            "data": {"update_time": "1660123127000", "p": ["3", "x"]},
        }
    ).encode()
    (event,) = events(body)
    assert event.data == {"update_time": 1660123127000, "p": [3, "x"]}
    assert (event.account, event.occurred_at) == ("9", datetime.fromtimestamp(1660123127, UTC))


def test_a_message_comes_whole(shared: Path) -> None:
    body = (shared / "samples" / "shopee" / "push_10_webchat_text.json").read_bytes()
    (event,) = events(body)
    message = event.state
    assert (message.text, message.author, message.echo) == ("Baik kak .. 🤗", "buyer", False)
    assert message.conversation.native_id == "709122092476686867"
    assert message.conversation.peer.value == "165105353"
    assert message.conversation.own_account == "947042923"
    assert message.reply_to is None


def test_our_own_message_comes_back_as_an_echo() -> None:
    content = {
        "message_id": "1",
        "from_shop_id": int(SHOP),
        "to_id": 5,
        "message_type": "text",
        "content": {"text": "hi"},
        "quoted_msg": {"message_id": "0x"},
        "business_type": 11,
    }
    (event,) = events(push(10, {"type": "message", "content": content}))
    assert event.type == "message.sent"
    assert event.state.echo
    assert event.state.reply_to == "0x"
    assert event.state.conversation.surface == "affiliate"


def test_a_bundle_without_a_type_of_its_own_is_kept_as_it_came() -> None:
    content = {"message_id": "1", "from_shop_id": 0, "messages": [1, 2]}
    (event,) = events(push(10, {"type": "bundle_message", "content": content}))
    assert event.state.contents[0].kind == "bundle_message"


# keys


def test_a_key_is_the_pushs_own_id_or_its_contents() -> None:
    data = {"ordersn": "X", "status": "SHIPPED", "update_time": 5}
    assert events(push(3, data, msg_id="abc"))[0].key == "abc"
    bare = events(push(3, data, msg_id=""))[0].key
    assert events(push(3, data, msg_id=None))[0].key == bare
    assert events(push(3, data, timestamp=9))[0].key == bare
    assert events(push(3, data | {"update_time": 6}))[0].key != bare
    assert events(push(3, data, shop=1))[0].key != bare


def test_two_grants_of_one_shop_are_two_events() -> None:
    first, second = (events(push(1, {"shop_id": 5}, timestamp=moment))[0].key for moment in (1, 2))
    assert first != second


def test_an_expiry_told_on_two_pages_is_one_event() -> None:
    data = {"shop_expire_soon": [5], "expire_before": 1619740800}
    one, two = (
        events(push(12, data | {"page_no": page}, shop=None, msg_id=f"m{page}"))[0] for page in (1, 2)
    )
    assert one.key == two.key
    assert one.account == "5"


def test_a_message_is_known_by_its_id() -> None:
    content = {"message_id": "1", "from_shop_id": 0, "message_type": "text", "content": {"text": "a"}}
    one = events(push(10, {"type": "message", "content": content}, timestamp=1))
    two = events(push(10, {"type": "message", "content": content}, timestamp=2))
    assert one[0].key == two[0].key


# fetch


@pytest.mark.parametrize(
    ("body", "kind", "account"),
    [
        (push(3, {"ordersn": "X"}, shop=5), "shop", "5"),
        (push(2, {"merchant_id": 6}, shop=None), "merchant", "6"),
        (push(2, {"user_id_list": [7]}, shop=None), "user", "7"),
    ],
)
def test_an_event_speaks_for_its_own_account(body: bytes, kind: str, account: str) -> None:
    shop = client(Wire())
    (event,) = events(body)
    reader = ShopeeWebhooks(shop._core.session)
    assert reader.subject_of(event) == Subject(kind, account)
    assert reader.subject_of(event.model_copy(update={"account": None})) is None


def test_an_event_that_no_operation_reads_says_so() -> None:
    shop = client(Wire())
    signed = shop.webhooks.sign(push(28, {}))
    (event,) = shop.webhooks.receive(method="POST", headers=signed.headers, body=signed.body).events
    with pytest.raises(Unsupported, match=r"event\.data"):
        event.fetch()
