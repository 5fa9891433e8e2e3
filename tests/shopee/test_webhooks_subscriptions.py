"""Shopee's pushes switched on and off, their health, and those that were lost and are recovered."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.shopee.chat_wire import URL, Wire, client, sample
from tests.shopee.hooks_wire import push

from socialcommerce import State
from socialcommerce.errors import InvalidRequest, OutcomeUnknown, Unsupported
from socialcommerce.runtime.transport import Interrupted

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
