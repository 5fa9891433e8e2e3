"""After the sale on Shopee: cancelling, answering, returns and what may be decided about them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.shopee.orders_wire import NOW, RETURN, SN, SOLUTIONS, Wire, client, line, order

from socialcommerce import (
    Client,
    LineRef,
    Money,
    OrderInput,
    RefundInput,
    ReturnInput,
    simulate,
)
from socialcommerce.errors import (
    Conflict,
    OutcomeUnknown,
    Unsupported,
)
from socialcommerce.runtime.transport import Interrupted

NOON = datetime.fromtimestamp(NOW, UTC)
REFUND = RefundInput(move_money=False, lines=[LineRef(key="1-0", quantity=1)])


def cancelling(*rows: dict[str, Any], **answers: Any) -> Wire:
    details = [{"order_list": [row]} for row in rows]
    known = {"get_order_detail": details, "cancel_order": {"update_time": NOW}}
    return Wire(**(known | answers))


CANCELLED = order(order_status="CANCELLED", cancel_by="seller", cancel_reason="OUT_OF_STOCK")


def test_an_order_that_is_out_of_stock_names_its_items() -> None:
    wire = cancelling(order(), CANCELLED)
    found = client(wire).orders.cancel(SN, "out_of_stock")
    assert wire.body("cancel_order") == {
        "order_sn": SN,
        "cancel_reason": "OUT_OF_STOCK",
        "item_list": [{"item_id": 1, "model_id": 0}, {"item_id": 2, "model_id": 0}],
    }
    assert (found.status, found.requested_by, found.reason) == ("completed", "seller", "out_of_stock")
    assert found.native_status == "CANCELLED"


def test_a_part_is_cancelled_by_its_lines() -> None:
    partly = order(item_list=[line(1, 2) | {"cancel_requested_qty": 1}, line(2)])
    wire = cancelling(order(can_partial_cancel_order=True), partly)
    found = client(wire).orders.cancel(SN, "out_of_stock", [LineRef(key="1-0", quantity=1)])
    body = wire.body("cancel_order")
    assert body["partial_cancel_item_list"] == [
        {"item_id": 1, "model_id": 0, "order_item_id": 1, "promotion_group_id": 0, "model_quantity": 1}
    ]
    assert body["item_list"] == [{"item_id": 1, "model_id": 0}]
    assert found.status == "requested"
    assert found.lines == (LineRef(key="1-0", quantity=1),)


def test_a_cancellation_not_yet_to_be_seen_is_requested() -> None:
    found = client(cancelling(order())).orders.cancel(SN, "CUSTOMER_REQUEST")
    assert (found.status, found.reason, found.requested_by) == ("requested", "customer_request", "seller")


def test_reasons_are_those_of_the_market() -> None:
    reasons = client(cancelling(order())).orders.cancel_reasons(SN)
    assert [reason.id for reason in reasons] == ["out_of_stock", "customer_request", "cod_unsupported"]
    taiwan = client(cancelling(order(region="TW"))).orders.cancel_reasons(SN)
    assert "undeliverable" in {reason.id for reason in taiwan}
    assert client(cancelling(order(order_status="SHIPPED"))).orders.cancel_reasons(SN) == ()
    assert client(cancelling(order(can_full_cancel_order=False))).orders.cancel_reasons(SN) == ()


def test_a_reason_of_its_own_kind_is_taken_from_what_was_listed() -> None:
    wire = cancelling(order(), order(), CANCELLED)
    shop = client(wire)
    shop.orders.cancel(SN, shop.orders.cancel_reasons(SN)[1])
    assert wire.body("cancel_order") == {"order_sn": SN, "cancel_reason": "CUSTOMER_REQUEST"}


@pytest.mark.parametrize("reason", ["bored", "undeliverable"])
def test_a_reason_that_is_not_taken_here_is_refused_before_it_is_sent(reason: str) -> None:
    wire = cancelling(order())
    with pytest.raises(Unsupported) as caught:
        client(wire).orders.cancel(SN, reason)
    assert "cancel_order" not in wire.operations
    assert caught.value.operation == "orders.cancellations.create:reason"


@pytest.mark.parametrize(
    ("flag", "lines"),
    [("can_full_cancel_order", None), ("can_partial_cancel_order", [LineRef(key="1-0", quantity=1)])],
)
def test_what_the_order_does_not_allow_is_a_conflict(flag: str, lines: Any) -> None:
    wire = cancelling(order(**{flag: False}))
    with pytest.raises(Conflict, match="cannot be cancelled") as caught:
        client(wire).orders.cancel(SN, "out_of_stock", lines)
    assert caught.value.sent == "no"


def test_shopee_takes_no_words_with_a_cancellation() -> None:
    with pytest.raises(Unsupported, match="words"):
        client(cancelling(order())).orders.cancel(SN, "customer_request", note="sorry")


@pytest.mark.parametrize(("after", "times"), [(CANCELLED, 1), (order(), 2)])
def test_a_lost_cancellation_is_settled_by_reading_the_order(after: Any, times: int) -> None:
    wire = cancelling(order(), after, cancel_order=[Interrupted("gone"), {"update_time": NOW}])
    client(wire).orders.cancel(SN, "customer_request")
    assert len(wire.sent("cancel_order")) == times


def test_a_lost_partial_cancellation_is_settled_by_counting_pieces() -> None:
    partly = order(item_list=[line(1, 2) | {"cancelled_qty": 1}, line(2)])
    wire = cancelling(order(), partly, cancel_order=Interrupted("gone"))
    found = client(wire).orders.cancel(SN, "customer_request", [LineRef(key="1-0", quantity=1)])
    assert (found.status, len(wire.sent("cancel_order"))) == ("completed", 1)


def test_a_buyers_wish_is_accepted_or_refused() -> None:
    wire = cancelling(CANCELLED, handle_buyer_cancellation={"update_time": NOW})
    assert client(wire).orders.cancellations.answer(SN, accept=True).status == "completed"
    assert wire.body("handle_buyer_cancellation") == {"order_sn": SN, "operation": "ACCEPT"}
    wire = cancelling(order(), handle_buyer_cancellation={"update_time": NOW})
    refused = client(wire).orders.cancellations.answer(SN, accept=False)
    assert wire.body("handle_buyer_cancellation")["operation"] == "REJECT"
    assert (refused.status, refused.requested_by) == ("rejected", "buyer")


@pytest.mark.parametrize(("after", "times"), [(CANCELLED, 1), (order(order_status="IN_CANCEL"), 2)])
def test_a_lost_answer_is_settled_by_the_state_of_the_order(after: Any, times: int) -> None:
    done = {"update_time": NOW}
    wire = cancelling(after, CANCELLED, handle_buyer_cancellation=[Interrupted("gone"), done])
    assert client(wire).orders.cancellations.answer(SN, accept=True).status == "completed"
    assert len(wire.sent("handle_buyer_cancellation")) == times


def test_an_answer_that_another_one_overtook_is_unknown() -> None:
    wire = cancelling(order(order_status="PROCESSED"), handle_buyer_cancellation=Interrupted("gone"))
    with pytest.raises(OutcomeUnknown):
        client(wire).orders.cancellations.answer(SN, accept=True)


def test_cancellations_are_the_orders_that_wait_or_are_over() -> None:
    waiting = order(order_status="IN_CANCEL", buyer_cancel_reason="Change of mind", cancel_by="buyer")
    listed = {"more": False, "order_list": [{"order_sn": SN, "order_status": "IN_CANCEL"}]}
    wire = cancelling(waiting, get_order_list=listed)
    since = NOON - timedelta(days=1)
    (found,) = client(wire).orders.cancellations.list(status="requested", created_after=since)
    assert wire.query("get_order_list")["order_status"] == "IN_CANCEL"
    assert (found.id, found.order_id, found.status, found.requested_by) == (SN, SN, "requested", "buyer")
    assert found.note == "Change of mind"
    assert client(wire).orders.cancellations.list(status="withdrawn").collect() == []


def test_a_refund_is_refused_with_the_way_to_go() -> None:
    with pytest.raises(Unsupported, match="cancellations and returns"):
        client(Wire()).orders.refund(SN, REFUND)
    wire = cancelling(order(), get_estimate_cancel_value={"error": "", "cancel_value_price": "9.50"})
    check = client(wire).orders.check_refund(SN, REFUND)
    assert not check
    assert check.cost == Money("9.50", "SGD")
    assert "orders.cancel" in check.problems[0].message
    assert wire.body("get_estimate_cancel_value")["partial_cancel_item_list"][0]["model_quantity"] == 1


def test_without_lines_there_is_nothing_to_estimate() -> None:
    amount = RefundInput(move_money=False, amount=Money("1", "SGD"))
    assert client(cancelling(order())).orders.check_refund(SN, amount).cost is None


@pytest.mark.parametrize(
    ("solutions", "words"),
    [
        (SOLUTIONS, "between SGD 5.00 and SGD 10.00"),
        ({"offer_refund": {"eligibility": True}}, f"decide return {RETURN}"),
        ({}, "the buyer opens a return"),
    ],
)
def test_with_an_open_return_the_range_of_an_offer_is_told(solutions: Any, words: str) -> None:
    wire = cancelling(
        order(order_status="TO_RETURN"),
        get_escrow_detail={"return_order_sn_list": [RETURN], "order_income": {}},
        get_available_solutions=solutions,
    )
    assert words in client(wire).orders.check_refund(SN, REFUND).problems[0].message


def test_without_escrow_a_refund_begins_with_the_buyer() -> None:
    missing = {"error": "order_not_found", "message": "not there"}
    wire = cancelling(order(order_status="COMPLETED"), get_escrow_detail=missing)
    assert "the buyer opens a return" in client(wire).orders.check_refund(SN, REFUND).problems[0].message


@pytest.mark.parametrize(
    "ask",
    [
        lambda orders: orders.accept(SN),
        lambda orders: orders.combine([]),
        lambda orders: orders.reveal(SN),
        lambda orders: orders.answer_address_change(SN, accept=True),
        lambda orders: orders.returns.create(SN, ReturnInput(lines=[LineRef(key="1-0")])),
        lambda orders: orders.create(
            OrderInput(
                number="1",
                channel="web",
                placed_at=NOON,
                lines=[{"sku": "A", "quantity": 1, "unit_price": Money("1", "SGD")}],
            )
        ),
    ],
)
def test_what_shopee_cannot_do_is_refused_with_its_reason(ask: Any) -> None:
    with pytest.raises(Unsupported) as caught:
        ask(client(Wire()).orders)
    assert caught.value.reason
    assert "does not offer it over its API" not in caught.value.reason


@pytest.fixture
def shop() -> Client:
    shop = simulate("shopee")
    shop.market.add_product("TS-1", stock=25, price="19.90")
    return shop


def test_a_seller_cancels_and_the_stock_comes_back(shop: Client) -> None:
    order_id = shop.market.buy("TS-1")
    assert shop.orders.cancel(order_id, "out_of_stock").status == "completed"
    assert shop.orders.get(order_id).status == "cancelled"


@pytest.mark.parametrize(("accept", "status"), [(True, "cancelled"), (False, "open")])
def test_a_buyer_asks_to_cancel_and_is_answered(shop: Client, accept: bool, status: str) -> None:
    order_id = shop.market.buy("TS-1")
    shop.market.request_cancellation(order_id)
    since = shop.market.now() - timedelta(days=1)
    (wish,) = shop.orders.cancellations.list(status="requested", updated_after=since)
    shop.orders.cancellations.answer(wish, accept=accept)
    assert shop.orders.get(order_id).status == status
    with pytest.raises(Conflict):
        shop.orders.cancellations.answer(wish, accept=accept)


def test_a_dropped_connection_cancels_once(shop: Client) -> None:
    order_id = shop.market.buy("TS-1")
    shop.market.fault("drop_after", on="POST */cancel_order")
    assert shop.orders.cancel(order_id, "customer_request").status == "completed"
