"""Orders on WhatsApp: carts that came as messages, what buyers are told of them, what was paid."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest
from tests.meta.wire import CATALOG, NOW, PHONE, Wire, refusal
from tests.whatsapp.chat import (
    MESSAGES,
    NAME,
    NUMBER,
    USER,
    deliver,
    known,
    message,
    ordered,
    push,
    said,
    status,
)

from socialcommerce import Client, Event, Identity, LineRef, Money, OwnCarrier, Pickup, RefundInput, errors
from socialcommerce.backends.meta.whatsapp.book import reference_of
from socialcommerce.backends.meta.whatsapp.messaging import cards
from socialcommerce.models.media import Media
from socialcommerce.models.order import Discounts, Order, Totals

ORDER = "wamid.order"
REFERENCE = reference_of(ORDER)


def sold(note: str = "", **settings: Any) -> tuple[Wire, Client]:
    """A number to which somebody has sent a cart."""
    wire, client = known(**settings)
    deliver(client, push(ordered(note=note)))
    return wire, client


def pay(
    client: Client, word: str = "captured", at: float = NOW, reference: str = REFERENCE
) -> tuple[Event, ...]:
    paid = {
        "reference_id": reference,
        "amount": {"value": 8550, "offset": 100},
        "currency": "USD",
        "transaction": {"id": f"t-{word}", "status": "success", "type": "upi"},
    }
    return deliver(client, push(statuses=[status(word, "wamid.p", at, type="payment", payment=paid)]))


def opened(client: Client) -> None:
    """Ask for the payment of the order, which is what opens it for WhatsApp."""
    order = client.orders.get(ORDER)
    payment = {"payment_type": "upi", "payment_configuration": "my-config"}
    client.messaging.send(order, cards.order_details(order, "Please pay", payment=payment))


# reading


def test_an_order_is_the_cart_that_was_sent() -> None:
    _, client = sold("At the door")
    order = client.orders.get(ORDER)
    assert (order.id, order.number, order.platform) == (ORDER, ORDER, "whatsapp")
    assert (order.status, order.payment_status, order.fulfilment_status) == ("open", "unpaid", "unfulfilled")
    assert [
        (line.key, line.sku, line.quantity.ordered, line.unit_price, line.total) for line in order.lines
    ] == [
        ("1", "TS-1", 2, Money(30, "USD"), Money(60, "USD")),
        ("2", "TS-2", 1, Money("25.5", "USD"), Money("25.5", "USD")),
    ]
    assert (order.totals.total, order.currency) == (Money("85.5", "USD"), "USD")
    assert (order.buyer.name, order.buyer.username, order.buyer.phone) == (NAME, "sheena", NUMBER)
    assert order.buyer.identity("bsuid") == Identity(kind="bsuid", value=USER)
    assert order.buyer_note == "At the door"
    assert order.created_at == datetime.fromtimestamp(NOW, UTC)
    assert order.conversation is not None
    assert order.conversation.native_id == USER


def test_many_orders_answer_each_for_itself() -> None:
    _, client = sold()
    found = client.orders.get([ORDER, "wamid.other"])
    assert [one.status for one in found] == ["ok", "failed"]
    with pytest.raises(errors.NotFound) as caught:
        client.orders.get("wamid.other")
    assert caught.value.sent == "no"


def test_orders_are_listed_newest_first_and_filtered() -> None:
    wire, client = known()
    for number in range(120):
        deliver(client, push(ordered(f"wamid.{number:03}", NOW + number)))
    wire.now = NOW + 200
    found = client.orders.list().collect()
    assert [order.id for order in found] == [f"wamid.{number:03}" for number in range(119, -1, -1)]
    after, before = (datetime.fromtimestamp(NOW + at, UTC) for at in (10, 13))
    some = client.orders.list(created_after=after, created_before=before)
    assert [order.id for order in some] == ["wamid.012", "wamid.011", "wamid.010"]
    pager = client.orders.list()
    first = [order.id for order in islice(pager, 60)]
    rest = [order.id for order in client.orders.list(cursor=pager.cursor)]
    assert first + rest == [order.id for order in found]
    client.orders.cancel("wamid.000", "Sold out")
    assert [order.id for order in client.orders.list(status="cancelled")] == ["wamid.000"]
    assert len(client.orders.list(status=["open", "cancelled"]).collect()) == 120
    assert client.orders.list(status="completed").collect() == []
    with pytest.raises(errors.Unsupported, match="never updated"):
        client.orders.list(updated_after=after)


def test_a_number_has_its_own_orders() -> None:
    _, client = sold()
    other = client.for_account("777")
    assert other.orders.list().collect() == []


# telling


def test_an_order_is_accepted_in_words_where_no_payment_was_asked_for() -> None:
    wire, client = sold()
    order = client.orders.accept(ORDER)
    assert said(wire)["text"] == {"body": "Your order is being prepared."}
    assert (order.status, order.native_status) == ("open", "processing")
    assert client.orders.get(ORDER).native_status == "processing"


def test_an_order_whose_payment_was_asked_for_is_told_by_its_reference() -> None:
    wire, client = sold()
    opened(client)
    assert client.orders.get(ORDER).status == "pending"
    client.orders.accept(ORDER)
    assert said(wire)["interactive"] == {
        "type": "order_status",
        "action": {
            "name": "review_order",
            "parameters": {"reference_id": REFERENCE, "order": {"status": "processing"}},
        },
        "body": {"text": "Your order is being prepared."},
    }


def test_an_order_is_shipped_by_telling_so() -> None:
    wire, client = sold()
    shipment = client.orders.ship(ORDER)
    assert (shipment.order_id, shipment.status, shipment.native_status) == (ORDER, "in_transit", "shipped")
    assert shipment.tracking_number is None
    assert said(wire)["text"] == {"body": "Your order is on its way."}
    assert client.orders.get(ORDER).fulfilment_status == "shipped"
    moved = client.orders.update_tracking(shipment, OwnCarrier("DHL", "JD01", url="https://dhl.example/JD01"))
    assert (moved.carrier, moved.tracking_number) == ("DHL", "JD01")
    assert said(wire)["text"]["body"] == "Your order is on its way. DHL JD01 https://dhl.example/JD01"


def test_what_logistics_there_are_not() -> None:
    wire, client = sold()
    with pytest.raises(errors.Unsupported, match="whole order"):
        client.orders.ship(ORDER, lines=["1"])
    with pytest.raises(errors.Unsupported, match="logistics"):
        client.orders.ship(ORDER, OwnCarrier("DHL", "1"))
    with pytest.raises(errors.InvalidRequest, match="OwnCarrier"):
        client.orders.update_tracking(ORDER, Pickup())
    with pytest.raises(errors.Unsupported):
        client.orders.update_tracking(ORDER, OwnCarrier("DHL", "1"), status="delivered")
    for call in (
        client.orders.shipping_options,
        client.orders.packages,
        client.orders.label,
        client.orders.tracking,
    ):
        with pytest.raises(errors.Unsupported, match="logistics"):
            call(ORDER)
    with pytest.raises(errors.Unsupported, match="returns"):
        client.orders.returns.list()
    with pytest.raises(errors.Unsupported, match="money back"):
        client.orders.refund(ORDER, RefundInput(amount=Money(1, "USD"), move_money=True))
    with pytest.raises(errors.Unsupported, match="hides"):
        client.orders.reveal(ORDER)
    assert wire.sent == []


def test_nothing_is_told_once_the_window_is_closed() -> None:
    wire, client = sold()
    wire.now = NOW + 2 * 86400
    with pytest.raises(errors.PolicyViolation) as caught:
        client.orders.accept(ORDER)
    assert (caught.value.sent, wire.sent) == ("no", [])
    assert client.orders.get(ORDER).native_status is None


def test_a_refused_message_changes_nothing() -> None:
    wire, client = sold()
    wire[MESSAGES] = refusal(131026)
    result = client.orders.ship([ORDER, "wamid.other"])
    assert [type(one.error) for one in result] == [errors.RecipientUnreachable, errors.NotFound]
    assert client.orders.get(ORDER).native_status is None


def test_an_order_is_cancelled_with_words_of_ones_own() -> None:
    wire, client = sold()
    reason = client.orders.cancel_reasons(ORDER)[0]
    cancellation = client.orders.cancel(ORDER, reason, note="Sorry!")
    assert (cancellation.status, cancellation.native_status, cancellation.order_id) == (
        "completed",
        "canceled",
        ORDER,
    )
    assert said(wire)["text"] == {"body": f"{reason.name}\nSorry!"}
    assert client.orders.get(ORDER).status == "cancelled"
    with pytest.raises(errors.Unsupported, match="whole orders"):
        client.orders.cancellations.create(ORDER, "x", [LineRef("1")])


@pytest.mark.parametrize("word", ["pending", "captured"])
def test_a_paid_order_is_not_cancelled(word: str) -> None:
    wire, client = sold()
    pay(client, word)
    with pytest.raises(errors.Conflict) as caught:
        client.orders.cancellations.create(ORDER, "Sold out")
    assert (caught.value.reason, caught.value.sent, wire.sent) == ("state", "no", [])


# money


def test_a_payment_is_asked_for_in_hundredths() -> None:
    wire, client = sold()
    opened(client)
    interactive = said(wire)["interactive"]
    assert interactive["action"]["parameters"] == {
        "reference_id": REFERENCE,
        "type": "physical-goods",
        "payment_type": "upi",
        "payment_configuration": "my-config",
        "currency": "USD",
        "total_amount": {"value": 8550, "offset": 100},
        "order": {
            "status": "pending",
            "items": [
                {
                    "retailer_id": "TS-1",
                    "name": "TS-1",
                    "amount": {"value": 3000, "offset": 100},
                    "quantity": 2,
                },
                {
                    "retailer_id": "TS-2",
                    "name": "TS-2",
                    "amount": {"value": 2550, "offset": 100},
                    "quantity": 1,
                },
            ],
            "subtotal": {"value": 8550, "offset": 100},
            "tax": {"value": 0, "offset": 100},
        },
    }
    assert len(REFERENCE) <= 35


def test_a_payment_is_asked_for_only_where_its_amounts_add_up() -> None:
    _, client = sold()
    order = client.orders.get(ORDER)
    total = Money("85.5", "USD")

    def details(totals: Totals, **more: Any) -> Any:
        changed: Order = order.model_copy(update={"totals": totals, **more})
        return cards.order_details(changed, "Pay", payment={}, header=Media.from_id("1"), footer="f")

    with pytest.raises(errors.InvalidRequest, match="is not subtotal"):
        details(Totals(total=total, shipping=Money(1, "USD")))
    with pytest.raises(errors.InvalidRequest, match="hundredth"):
        details(
            Totals(
                total=total, shipping=Money("0.001", "USD"), discounts=Discounts(seller=Money("0.001", "USD"))
            )
        )
    with pytest.raises(errors.InvalidRequest, match="characters"):
        details(Totals(total=total), id="x" * 36)
    made = details(
        Totals(
            total=Money("84.5", "USD"), discounts=Discounts(seller=Money(2, "USD")), shipping=Money(1, "USD")
        )
    )
    parts = made.raw["action"]["parameters"]["order"]
    assert (parts["discount"]["value"], parts["shipping"]["value"]) == (200, 100)
    assert made.raw["header"] == {"type": "image", "image": {"id": "1"}}


def test_a_line_sold_for_less_says_so() -> None:
    _, client = sold()
    order = client.orders.get(ORDER)
    lines = (order.lines[0].model_copy(update={"total": Money(50, "USD")}),)
    cheap = order.model_copy(update={"lines": lines, "totals": Totals(total=Money(50, "USD"))})
    items = cards.order_details(cheap, "Pay", payment={}).raw["action"]["parameters"]["order"]["items"]
    assert items[0]["sale_amount"] == {"value": 2500, "offset": 100}
    uneven = order.model_copy(
        update={
            "lines": (order.lines[0].model_copy(update={"total": Money("50.01", "USD")}),),
            "totals": Totals(total=Money("50.01", "USD")),
        }
    )
    with pytest.raises(errors.InvalidRequest, match="hundredth"):
        cards.order_details(uneven, "Pay", payment={})


def test_what_was_paid_is_told_by_webhooks() -> None:
    _, client = sold()
    pay(client, "pending")
    assert client.orders.get(ORDER).payment_status == "pending"
    assert client.orders.transactions(ORDER).status == "estimated"
    pay(client, at=NOW + 60)
    pay(client, "pending", NOW + 90)  # statuses come in any order
    order = client.orders.get(ORDER)
    assert (order.payment_status, order.native_payment_status) == ("paid", "captured")
    assert order.totals.paid == Money("85.5", "USD")
    assert order.payment is not None
    assert (order.payment.native_method, order.payment.paid_at) == (
        "upi",
        datetime.fromtimestamp(NOW + 60, UTC),
    )
    paid = client.orders.transactions(ORDER)
    assert (paid.status, paid.net, paid.items[0].kind) == ("final", Money("85.5", "USD"), "payment")
    assert client.orders.get(REFERENCE).id == ORDER


def test_a_payment_in_no_currency_is_still_a_payment() -> None:
    _, client = sold()
    paid = {"reference_id": REFERENCE, "amount": {"value": 1, "offset": 0}, "currency": "?"}
    deliver(client, push(statuses=[status("captured", "wamid.p", type="payment", payment=paid)]))
    order = client.orders.get(ORDER)
    assert (order.payment_status, order.totals.paid) == ("paid", None)
    assert (client.orders.transactions(ORDER).items, client.orders.transactions(ORDER).net) == ((), None)


def test_a_payment_of_which_nothing_is_known_is_looked_up() -> None:
    wire, client = sold()
    assert client.orders.transactions(ORDER).items == ()
    opened(client)
    path = f"/{PHONE}/payments/my-config/{REFERENCE}"
    row = {"reference_id": REFERENCE, "status": "captured", "currency": "USD",
           "amount": {"value": 8550, "offset": 100}}  # fmt: skip
    wire[path] = {"payments": [row]}
    paid = client.orders.transactions(ORDER)
    assert (paid.net, paid.native_status) == (Money("85.5", "USD"), "captured")
    wire[path] = {"payments": []}
    assert client.orders.transactions(ORDER).items == ()


def test_a_note_is_the_clients_own() -> None:
    wire, client = sold()
    client.orders.note(ORDER, "gift")
    client.orders.note(ORDER, "no gift")
    assert (client.orders.get(ORDER).notes, wire.sent) == ("no gift", [])


def test_changes_are_the_events_that_webhooks_brought() -> None:
    _, client = known()
    pushed = [event for event in deliver(client, push(ordered(at=NOW))) if event.type == "order.created"]
    pushed += pay(client, at=NOW + 60)
    start = datetime.fromtimestamp(NOW, UTC)
    polled = client.orders.changes(since=start).collect()
    assert [(event.type, event.key) for event in polled] == [
        (event.type, event.key) for event in reversed(pushed)
    ]
    assert polled[0].state.payment_status == "paid"
    later = client.orders.changes(since=start + timedelta(seconds=30)).collect()
    assert [event.type for event in later] == ["order.paid"]


def test_a_payment_of_an_order_from_elsewhere_is_kept() -> None:
    _, client = known()
    pay(client, reference="ref-1")
    (event,) = client.orders.changes(since=datetime.fromtimestamp(NOW, UTC))
    assert (event.type, event.state, event.ref and event.ref.id) == ("order.paid", None, "ref-1")


def test_a_cart_of_another_catalog_and_odd_rows_do_no_harm() -> None:
    _, client = known()
    odd = message("wamid.odd", kind="order", order={"catalog_id": CATALOG, "product_items": ["x", {}]})
    deliver(client, push(odd))
    order = client.orders.get("wamid.odd")
    assert not order.loaded("totals")
    assert [line.loaded("quantity") for line in order.lines] == [False], "nobody delivers a guess"
