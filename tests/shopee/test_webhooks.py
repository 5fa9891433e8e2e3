"""Shopee's pushes: every code as events, keys that stay the same, and what is recovered."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import shared_path
from tests.shopee.chat_wire import KEY, SHOP, URL, Wire, client, sample, shopee

from socialcommerce import Event, EventRef, State
from socialcommerce.backends.shopee.codes import webhooks as codes
from socialcommerce.backends.shopee.webhooks import ShopeeWebhooks
from socialcommerce.errors import InvalidRequest, OutcomeUnknown, Unsupported, WebhookError
from socialcommerce.runtime.call import Subject
from socialcommerce.runtime.transport import Interrupted

SHARED = shared_path()
VECTORS = json.loads((SHARED / "vectors" / "shopee.json").read_text()) if SHARED else []


def push(code: int, data: Any, shop: Any = SHOP, **more: Any) -> bytes:
    return json.dumps({"code": code, "data": data, "shop_id": shop, "timestamp": 1660123127} | more).encode()


def events(body: bytes) -> tuple[Event, ...]:
    shop = client(Wire())
    signed = shop.webhooks.sign(body)
    return shop.webhooks.receive(method="POST", headers=signed.headers, body=body).events


def types(body: bytes) -> list[str]:
    return [event.type for event in events(body)]


# signatures


@pytest.mark.parametrize("vector", [v for v in VECTORS if v["kind"] == "webhook"], ids=lambda v: v["name"])
def test_signatures_are_those_of_other_clients(vector: dict[str, Any]) -> None:
    inputs, expected = vector["inputs"], vector["expected"]
    backend = shopee(
        push_partner_key=inputs["push_partner_key"], callback_urls={"default": inputs["callback_url"]}
    )
    shop = client(Wire(), backend=backend)
    body = inputs["body"].encode()
    assert shop.webhooks.sign(body).headers["authorization"] == expected["authorization"]
    given: dict[str, Any] = {
        "method": "POST",
        "headers": {"Authorization": inputs["authorization"]},
        "body": body,
    }
    if expected["valid"] and body:
        assert shop.webhooks.receive(**given).assurance == "signed"
    else:
        with pytest.raises(WebhookError) as caught:
            shop.webhooks.receive(**given)
        assert caught.value.reason == ("signature" if body else "malformed")


def test_the_partner_key_still_signs_where_the_push_key_does_not() -> None:
    body = push(5, {})
    for key in ("new-push-key", "old-push-key", "partner-key"):
        by = client(Wire(), backend=shopee(push_partner_key=key)).webhooks.sign(body)
        both = client(Wire(), backend=shopee(push_partner_key=["new-push-key", "old-push-key"]))
        assert both.webhooks.receive(method="POST", headers=by.headers, body=body).assurance == "signed"


def test_the_address_is_part_of_the_signature() -> None:
    urls = {"default": URL, "second": URL + "?tenant=2"}
    shop = client(Wire(), backend=shopee(callback_urls=urls))
    signed = shop.webhooks.sign(push(5, {}), endpoint="second")
    received = shop.webhooks.receive(
        method="POST", headers=signed.headers, body=signed.body, endpoint="second"
    )
    assert received.assurance == "signed"
    with pytest.raises(WebhookError) as caught:
        shop.webhooks.receive(method="POST", headers=signed.headers, body=signed.body)
    assert caught.value.reason == "signature"


def test_an_address_that_the_settings_do_not_know_is_a_mistake_of_ours() -> None:
    shop = client(Wire(), backend=shopee(callback_urls=None))
    with pytest.raises(WebhookError, match="callback_urls") as caught:
        shop.webhooks.receive(method="POST", headers={"Authorization": "00"}, body=push(5, {}))
    assert caught.value.reason == "configuration"


def test_the_answer_is_empty() -> None:
    shop = client(Wire())
    signed = shop.webhooks.sign(push(5, {}))
    receipt = shop.webhooks.receive(method="POST", headers=signed.headers, body=signed.body)
    assert (receipt.response.status, receipt.response.content, dict(receipt.response.headers)) == (
        200,
        b"",
        {},
    )
    with pytest.raises(Unsupported, match="empty"):
        receipt.respond("hello")


# the console's trial


def test_the_consoles_trial_is_an_event_where_it_is_signed(shared: Path) -> None:
    body = (shared / "samples" / "shopee" / "push_00_verification.json").read_bytes()
    assert types(body) == ["verification"]


def test_the_consoles_trial_is_answered_where_its_signature_does_not_match(shared: Path) -> None:
    body = (shared / "samples" / "shopee" / "push_00_verification.json").read_bytes()
    shop = client(Wire())
    for headers in ({}, {"Authorization": "00" * 32}):
        receipt = shop.webhooks.receive(method="POST", headers=headers, body=body)
        assert (receipt.assurance, receipt.events, receipt.response.status) == ("nothing", (), 200)
    loose = shop.webhooks.receive(method="POST", headers={}, body=body, minimum="nothing")
    assert [event.type for event in loose.events] == ["verification"]


@pytest.mark.parametrize("body", [push(3, {"ordersn": "X"}), push(0, {"ordersn": "X"}), b"", b"{}", b"\xff"])
def test_nothing_else_passes_without_a_signature(body: bytes) -> None:
    with pytest.raises(WebhookError) as caught:
        client(Wire()).webhooks.receive(method="POST", headers={}, body=body, minimum="nothing")
    assert caught.value.reason == "signature"


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


# subscriptions

CONFIG = {
    "callback_url": URL,
    "live_push_status": "suspended",
    "suspended_time": 1577416181,
    "blocked_shop_id": [10010],
    "push_config_on_list": [3, 10, 99],
    "push_config_off_list": [4],
}


def test_events_are_switched_on_by_the_codes_that_carry_them() -> None:
    wire = Wire(set_app_push_config={"result": "success"}, get_app_push_config=CONFIG)
    found = client(wire).webhooks.subscribe(["order.paid", "order.cancelled", "webchat_push", "12"])
    assert wire.body("set_app_push_config") == {"callback_url": URL, "set_push_config_on": [3, 10, 12]}
    assert "access_token" not in wire.requests[0].url
    assert [row.topic for row in found] == ["order_status_push", "webchat_push", "99"]
    assert "order.paid" in found[0].events
    assert (found[0].url, found[0].level, found[2].events) == (URL, "app", ("unknown",))


def test_events_are_switched_off() -> None:
    wire = Wire(set_app_push_config={"result": "success"}, get_app_push_config=CONFIG)
    client(wire).webhooks.unsubscribe(["inventory.changed"])
    assert wire.body("set_app_push_config") == {"set_push_config_off": [8]}


@pytest.mark.parametrize("event", ["refund.succeeded", "return.updated", "job.of.nobody", "product.created"])
def test_what_cannot_be_switched_on_is_refused(event: str) -> None:
    wire = Wire()
    with pytest.raises((Unsupported, InvalidRequest)) as caught:
        client(wire).webhooks.subscribe([event])
    assert caught.value.sent == "no"
    assert wire.requests == []


def test_later_codes_need_the_console_and_polling_is_named() -> None:
    webhooks = client(Wire()).webhooks
    with pytest.raises(Unsupported, match="console"):
        webhooks.subscribe(["29"])
    with pytest.raises(Unsupported, match="changes"):
        webhooks.subscribe(["product.created"])
    with pytest.raises(Unsupported, match="whole app"):
        webhooks.subscribe(["order.paid"], level="account")


@pytest.mark.parametrize(
    ("native", "status", "well"),
    [
        ("Normal", "ok", True),
        ("Warning", "warning", True),
        ("suspended", "down", False),
        ("?", "unknown", False),
    ],
)
def test_health(native: str, status: str, well: bool) -> None:
    health = client(Wire(get_app_push_config=CONFIG | {"live_push_status": native})).webhooks.health()
    assert (health.status, health.native_status, bool(health)) == (status, native, well)
    assert health.blocked == ("10010",)
    assert (health.since == datetime.fromtimestamp(1577416181, UTC)) == (status == "down")


# lost pushes


def lost(*orders: str, more: bool = False, last: int = 7) -> dict[str, Any]:
    rows = [
        {"code": 3, "shop_id": 1, "timestamp": 1, "data": push(3, {"ordersn": o}).decode()} for o in orders
    ]
    return {"push_message_list": rows, "has_next_page": more, "last_message_id": last}


def test_lost_pushes_are_confirmed_once_they_were_handled() -> None:
    wire = Wire(
        get_lost_push_message=[lost("A", "B", more=True), lost("C", last=8)],
        confirm_consumed_lost_push_message={},
    )
    seen = []
    for event in client(wire).webhooks.recover():
        assert event.ref is not None
        seen.append((event.ref.id, len(wire.sent("confirm_consumed_lost_push_message"))))
    assert seen == [("A", 0), ("B", 0), ("C", 1)]
    confirmed = [wire.body("confirm_consumed_lost_push_message", n) for n in (0, 1)]
    assert confirmed == [{"last_message_id": 7}, {"last_message_id": 8}]


def test_a_handler_that_fails_leaves_the_batch_to_be_recovered_again() -> None:
    wire = Wire(get_lost_push_message=lost("A", "B"), confirm_consumed_lost_push_message={})
    shop = client(wire)

    def handle() -> None:
        for _ in shop.webhooks.recover():
            raise LookupError

    with pytest.raises(LookupError):
        handle()
    assert wire.sent("confirm_consumed_lost_push_message") == []
    assert len(shop.webhooks.recover().collect()) == 2


def test_what_was_handled_before_is_not_recovered_again() -> None:
    wire = Wire(
        get_lost_push_message=lost("A", "B"),
        confirm_consumed_lost_push_message=[Interrupted("gone"), Interrupted("gone"), {}],
    )
    shop = client(wire, state=State.memory(lambda: 0.0))
    with pytest.raises(OutcomeUnknown):
        shop.webhooks.recover().collect()
    assert shop.webhooks.recover().collect() == []
    assert wire.body("confirm_consumed_lost_push_message") == {"last_message_id": 7}


def test_the_sample_of_a_lost_push_is_its_event(shared: Path) -> None:
    wire = Wire(
        get_lost_push_message=sample(shared, "push_get_lost_push_message"),
        confirm_consumed_lost_push_message={},
    )
    (event,) = client(wire).webhooks.recover().collect()
    assert (event.type, event.account) == ("shipment.created", "727720655")


def test_a_lost_push_that_cannot_be_read_is_not_lost_again() -> None:
    rows = [{"shop_id": 1, "timestamp": 5, "data": data} for data in ("{", None, "[]")]
    answer = {"push_message_list": rows, "has_next_page": False, "last_message_id": 1}
    wire = Wire(get_lost_push_message=answer, confirm_consumed_lost_push_message={})
    found = client(wire).webhooks.recover().collect()
    assert [event.type for event in found] == ["unknown"] * 3
    assert [event.raw for event in found] == rows


def test_nothing_lost_is_nothing_confirmed() -> None:
    wire = Wire(get_lost_push_message={"push_message_list": [], "has_next_page": False})
    assert client(wire).webhooks.recover().collect() == []
    assert len(wire.requests) == 1


# the matrix


def test_every_row_of_the_matrix_is_a_capability(shared: Path) -> None:
    capabilities = client(Wire()).capabilities
    for line in (shared / "mapping" / "webhooks.tsv").read_text().splitlines():
        name, platform, support, *_ = line.split("\t")
        if platform != "shopee":
            continue
        name = name.partition(" (")[0]
        if name.startswith("op: receive · "):
            full = "webhooks.receive:" + name.removeprefix("op: receive · ").split()[0]
        elif name.startswith("op: "):
            full = "webhooks." + name.removeprefix("op: ").split()[0]
        else:
            full = f"webhooks.receive:{name}"
        assert capabilities[full].level == support, name


def test_every_code_of_the_sheet_has_a_name() -> None:
    sheet = {*range(6), *range(7, 14), 15, 16, *range(18, 26), 27, 28, 29, 30, 37, 47}
    assert sheet <= codes.NAMES.keys()
    assert KEY not in repr(shopee())
