"""Whole stories of a shop: the backend and the pretend TikTok Shop, two readings of the same facts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from socialcommerce import (
    AcceptReturn,
    Image,
    LineRef,
    Media,
    Money,
    OrderCard,
    OwnCarrier,
    ProductCard,
    ProductRef,
    RefundInput,
    Reject,
    simulate,
)
from socialcommerce.errors import Conflict, InvalidRequest, OutcomeUnknown, Unsupported


@pytest.fixture
def shop() -> Any:
    client = simulate("tiktok_shop")
    client.market.add_product("TS-1", 50)
    return client


def pushed(shop: Any) -> list[Any]:
    found: list[Any] = []
    for delivery in shop.market.pushes():
        with shop.webhooks.receive(
            method=delivery.method, headers=delivery.headers, body=delivery.body
        ) as receipt:
            found += receipt.events
    return found


def test_an_order_is_sold_shipped_and_delivered(shop: Any) -> None:
    order = shop.orders.get(shop.market.buy("TS-1", 3))
    assert (order.status, order.lines[0].quantity.ordered) == ("open", 3)
    assert sum((line.total for line in order.lines), Money("0", "USD")) == order.totals.subtotal
    assert [found.id for found in shop.orders.list(status="open")] == [order.id]
    options = shop.orders.shipping_options(order)
    shipment = shop.orders.ship(order)
    assert options.default == "pickup"
    assert shipment.package_id == order.packages[0].id
    assert shop.orders.label(order).content.startswith(b"%PDF")
    with pytest.raises(Conflict):
        shop.orders.ship(order)
    shop.market.complete(order.id)
    after = shop.orders.get(order.id)
    assert after.status in ("open", "completed")
    assert after.fulfilment_status == "delivered"
    assert shop.orders.tracking(order.id).events
    assert {event.type for event in pushed(shop)} >= {"order.paid", "shipment.created"}


def test_an_order_is_split_and_shipped_in_parts(shop: Any) -> None:
    order = shop.orders.get(shop.market.buy("TS-1", 3))
    key = order.lines[0].key
    packages = shop.orders.split(order, [[LineRef(key=key, quantity=1)], [LineRef(key=key, quantity=2)]])
    assert sorted(part.lines[0].quantity for part in packages) == [1, 2]
    result = shop.orders.ship(packages)
    assert result.ok
    assert {shipment.package_id for shipment in result.values} == {package.id for package in packages}


def test_a_part_is_shipped_first(shop: Any) -> None:
    order = shop.orders.get(shop.market.buy("TS-1", 2))
    shipment = shop.orders.ship(order, lines=[LineRef(key=order.lines[0].key, quantity=1)])
    assert shipment.lines[0].quantity == 1
    assert len(shop.orders.packages(order)) == 2


def test_a_seller_cancels_what_cannot_be_had(shop: Any) -> None:
    order = shop.market.buy("TS-1")
    reason = shop.orders.cancel_reasons(order)[0]
    found = shop.orders.cancel(order, reason)
    assert found.native_reason == reason.id
    assert shop.orders.get(order).status == "cancelled"
    assert [each.id for each in shop.orders.cancellations.list()] == [found.id]
    with pytest.raises(Conflict):
        shop.orders.cancel(order, reason)


def test_a_buyer_wants_to_cancel(shop: Any) -> None:
    kept, dropped = shop.market.buy("TS-1"), shop.market.buy("TS-1")
    for order in (kept, dropped):
        shop.market.request_cancellation(order)
    assert [found.id for found in shop.orders.list(status="cancel_requested")] == [kept, dropped]
    with pytest.raises(InvalidRequest, match="reason") as missing:
        shop.orders.cancellations.answer(kept, accept=False)
    reason = str(missing.value).rpartition("takes ")[2].partition(",")[0]
    shop.orders.cancellations.answer(kept, accept=False, reason=reason)
    shop.orders.cancellations.answer(dropped, accept=True)
    assert [shop.orders.get(order).status for order in (kept, dropped)] == ["open", "cancelled"]
    assert "order.cancellation_requested" in {event.type for event in pushed(shop)}


def test_a_buyer_sends_something_back(shop: Any) -> None:
    order = shop.market.buy("TS-1", 2)
    shop.orders.ship(order)
    shop.market.complete(order)
    shop.market.request_return(order)
    (case,) = shop.orders.returns.list()
    assert case.order_id == order
    options = shop.orders.returns.options(case)
    assert any(isinstance(option, Reject) for option in options)
    first = next(option for option in options if not isinstance(option, Reject))
    after = shop.orders.returns.decide(case, first)
    assert after.native_status != case.native_status
    if isinstance(first, AcceptReturn):
        assert after.status == "awaiting_return"
    assert "return.created" in {event.type for event in pushed(shop)}


def test_what_changed_is_found_again(shop: Any) -> None:
    since = shop.market.now() - timedelta(hours=1)
    first, second = shop.market.buy("TS-1"), shop.market.buy("TS-1")
    shop.orders.cancel(second, shop.orders.cancel_reasons(second)[0])
    events = list(shop.orders.changes(since=since))
    assert {event.ref.id for event in events} >= {first, second}
    assert [event.occurred_at for event in events] == sorted(event.occurred_at for event in events)
    assert {event.key for event in events} == {event.key for event in shop.orders.changes(since=since)}


def test_a_refund_is_checked_before_it_is_given(shop: Any) -> None:
    order = shop.market.buy("TS-1", 2)
    shop.orders.ship(order)
    shop.market.complete(order)
    key = shop.orders.get(order).lines[0].key
    wanted = RefundInput(move_money=True, lines=[LineRef(key=key, quantity=1)])
    check = shop.orders.check_refund(order, wanted)
    if not check and check.problems[0].field == "reason":
        reason = check.problems[0].message.rpartition("of ")[2].partition(",")[0]
        wanted = wanted.model_copy(update={"reason": reason})
        check = shop.orders.check_refund(order, wanted)
    if check:
        refund = shop.orders.refund(order, wanted)
        assert refund.amount == check.cost
        assert [case.id for case in shop.orders.returns.list()] == [refund.id]
    else:
        with pytest.raises(Conflict):
            shop.orders.refund(order, wanted)


def test_money_adds_up(shop: Any) -> None:
    order = shop.market.buy("TS-1", 2)
    shop.orders.ship(order)
    shop.market.complete(order)
    found = shop.orders.transactions(order)
    assert sum((item.amount for item in found.items), Money("0", "USD")) == found.net


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "server_error"])
def test_a_shipment_is_made_once_whatever_the_wire_does(shop: Any, fault: str) -> None:
    order = shop.market.buy("TS-1")
    shop.market.fault(fault, on="POST */ship")
    shipment = shop.orders.ship(order)
    assert shipment.package_id
    assert shop.orders.get(order).fulfilment_status == "processing"


def test_a_buyer_asks_and_is_answered(shop: Any) -> None:
    order = shop.market.buy("TS-1")
    talk = shop.market.say("Is it blue?")
    (unread,) = shop.messaging.conversations(unread=True)
    assert unread.id == talk
    assert shop.messaging.policy(unread).can_reply
    bought = shop.orders.get(order)
    picture = Image(Media.from_bytes(shop.market.image()))
    card = ProductCard([ProductRef(id=bought.lines[0].product_id)])
    receipt = shop.messaging.send(unread, ["Yes!", picture, card, OrderCard(order)])
    assert len(receipt.ids) == 4
    kinds = [message.contents[0].type for message in shop.messaging.messages(unread)]
    assert kinds == ["order_card", "product_card", "image", "text", "text"]
    shop.messaging.mark_read(unread)
    assert list(shop.messaging.conversations(unread=True)) == []
    assert shop.messaging.profile(unread).name
    assert "message.received" in {event.type for event in pushed(shop)}


def test_a_buyer_is_told_by_order(shop: Any) -> None:
    order = shop.orders.get(shop.market.buy("TS-1"))
    shop.messaging.send(order, "On its way!")
    (conversation,) = shop.messaging.conversations(user=order.buyer.identities[0])
    assert [message.text for message in shop.messaging.messages(conversation)] == ["On its way!"]


@pytest.mark.parametrize(("fault", "sent"), [("drop_before", 0), ("drop_after", 1)])
def test_a_message_is_never_sent_twice_whatever_the_wire_does(shop: Any, fault: str, sent: int) -> None:
    talk = shop.market.say("Hello?")
    shop.messaging.policy(talk)
    before = len(list(shop.messaging.messages(talk)))
    shop.market.fault(fault, on="POST */messages")
    if sent:
        shop.messaging.send(talk, "Hello!")
    else:  # nobody can say that it will not arrive yet
        with pytest.raises(OutcomeUnknown):
            shop.messaging.send(talk, "Hello!")
    assert len(list(shop.messaging.messages(talk))) == before + sent


def test_a_seller_who_ships_tells_carrier_and_number(shop: Any) -> None:
    shop.market.default.native["shipping_type"] = "SELLER"
    order = shop.orders.get(shop.market.buy("TS-1", 2))
    carrier = shop.orders.shipping_options(order).own_carrier[0].carrier
    with pytest.raises(Unsupported):
        shop.orders.ship(order)
    shipment = shop.orders.ship(order, OwnCarrier(carrier.name, "1Z999AA1"))
    assert (shipment.tracking_number, shipment.carrier_id) == ("1Z999AA1", carrier.id)
    again = shop.orders.update_tracking(shipment, OwnCarrier(carrier, "1Z999AA2"))
    assert again.tracking_number == "1Z999AA2"
    assert shop.orders.get(order.id).shipments[0].tracking_number == "1Z999AA2"


def test_packages_of_two_buyers_are_not_joined(shop: Any) -> None:
    packages = [shop.orders.packages(shop.market.buy("TS-1"))[0] for _ in range(2)]
    with pytest.raises(Conflict, match="cannot be combined"):
        shop.orders.combine(packages)


def test_topics_are_subscribed_to_and_left(shop: Any) -> None:
    backend = shop.backend
    backend.callback_urls["default"] = "https://shop.example/hooks"
    on = shop.webhooks.subscribe(["order.paid", "message.received"])
    assert {each.topic for each in on} >= {"ORDER_STATUS_CHANGE", "NEW_MESSAGE"}
    assert shop.webhooks.health()
    off = shop.webhooks.unsubscribe(["message.received"])
    assert "NEW_MESSAGE" not in {each.topic for each in off}
