"""After the sale on Shopee: cancelling, answering, returns and what may be decided about them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.shopee.orders_wire import NOW, Wire, client, sample
from tests.shopee.test_orders_shipping import SN, line, order

from socialcommerce import (
    AcceptReturn,
    Client,
    Dispute,
    Exchange,
    LineRef,
    Media,
    Money,
    OfferPartial,
    OrderInput,
    Received,
    RefundInput,
    RefundOnly,
    Reject,
    ReturnInput,
    simulate,
)
from socialcommerce.errors import (
    Conflict,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    PlatformError,
    Unsupported,
)
from socialcommerce.runtime.transport import Interrupted

RETURN = "200203171852695"
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


SOLUTIONS = {
    "offer_return_refund": {"eligibility": True, "refund_amount_adjustable": False},
    "offer_refund": {
        "eligibility": True,
        "refund_amount_adjustable": True,
        "min_refund_amount": 5,
        "max_refund_amount": 10,
    },
}


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


def returned(shared: Path, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = sample(shared, "returns_get_return_list")["return"][0]
    return row | {"needs_logistics": False} | changes


def deciding(shared: Path, *, after: Any = None, **answers: Any) -> Wire:
    row = answers.pop("row", None) or returned(shared)
    done = {"return_sn": RETURN}
    known: dict[str, Any] = dict.fromkeys(("confirm", "offer", "accept_offer", "dispute"), done)
    known |= {"get_return_detail": [row, after or row], "get_available_solutions": SOLUTIONS}
    known |= {"get_return_dispute_reason": {"dispute_reason_list": [REASON]}}
    return Wire(**(known | answers))


REASON = {
    "dispute_reason": "50",
    "dispute_requirement": "<p>Upload proof</p>",
    "evidence_module_list": [
        {"module_index": 1, "requirement": "Unboxing", "is_required": True},
        {"module_index": 2, "requirement": "Chat", "is_required": False},
    ],
}


def test_a_return_is_mapped_whole(shared: Path) -> None:
    wire = Wire(get_return_list={"more": False, "return": [returned(shared)]})
    (found,) = client(wire).orders.returns.list()
    assert wire.query("get_return_list") == {"page_no": "0", "page_size": "100"}
    assert (found.id, found.order_id) == (RETURN, "2404098R48U37H")
    assert (found.status, found.native_status, found.kind) == ("requested", "REQUESTED", "return_and_refund")
    assert (found.native_reason, found.note) == ("PHYSICAL_DMG", "return reason")
    assert found.amount == Money(99000, "VND")
    (item,) = found.lines
    assert (item.key, item.quantity, item.amount) == ("23620853562-0", 1, Money(99000, "VND"))
    assert found.evidence[0].url == "https://cf.shopee.sg/file/166f23cbfb31bd882f51cfe7f90d3826"
    assert found.answer_by == datetime.fromtimestamp(1713300000, UTC)
    assert found.shipment is None


def test_returns_are_listed_by_status_and_window(shared: Path) -> None:
    wire = Wire(get_return_list={"more": False, "return": []})
    shop = client(wire)
    shop.orders.returns.list(status="disputed", updated_after=NOON - timedelta(days=20)).collect()
    asked = [wire.query("get_return_list", index) for index in range(len(wire.requests))]
    assert [query["status"] for query in asked] == ["JUDGING", "SELLER_DISPUTE"] * 2
    assert all(int(query["update_time_to"]) - int(query["update_time_from"]) <= 15 * 86400 for query in asked)
    assert shop.orders.returns.list(status="exchanged").collect() == []
    shop.orders.returns.list(status="awaiting_buyer_answer").collect()
    assert wire.query("get_return_list")["negotiation_status"] == "PENDING_BUYER_RESPOND"
    shop.orders.returns.list(status="other").collect()
    assert "status" not in wire.query("get_return_list")


def test_pages_of_returns_count_from_nought(shared: Path) -> None:
    pages = [
        {"more": True, "return": [returned(shared)]},
        {"more": False, "return": [returned(shared, return_sn="R2", create_time=1)]},
    ]
    wire = Wire(get_return_list=pages)
    since = datetime.fromtimestamp(1713000000, UTC)
    found = client(wire).orders.returns.list(created_before=since + timedelta(days=9)).collect()
    assert [each.id for each in found] == [RETURN, "R2"]
    assert wire.query("get_return_list")["page_no"] == "1"


def test_a_request_that_waits_for_the_buyer_says_so(shared: Path) -> None:
    for row, status in [
        (returned(shared, negotiation_status="PENDING_BUYER_RESPOND"), "awaiting_buyer_answer"),
        (returned(shared, negotiation_status="TERMINATED"), "requested"),
        (returned(shared, status="NEW", negotiation_status="TERMINATED"), "closed"),
        (returned(shared, status="NEW", negotiation_status=""), "other"),
        (returned(shared, status="ACCEPTED"), "approved"),
    ]:
        assert client(Wire(get_return_detail=row)).orders.returns.get(RETURN).status == status


def test_the_way_back_is_read_where_something_comes_back(shared: Path) -> None:
    row = returned(
        shared, needs_logistics=True, status="PROCESSING", buyer_videos=[{"video_url": "https://v"}]
    )
    route = {
        "reverse_logistics_status": "LOGISTICS_PICKUP_DONE",
        "tracking_number": "RN1",
        "tracking_info": [{"update_time": NOW, "tracking_description": "Picked up"}],
    }
    found = client(Wire(get_return_detail=row, get_reverse_tracking_info=route)).orders.returns.get(RETURN)
    assert found.shipment is not None
    assert (found.shipment.status, found.shipment.tracking_number) == ("in_transit", "RN1")
    assert found.shipment.events[0].description == "Picked up"
    assert found.evidence[-1].kind == "video"
    none = {"error": "returns.error_reverse_logistics", "message": "does not have reverse logistics status"}
    bare = client(Wire(get_return_detail=row, get_reverse_tracking_info=none)).orders.returns.get(RETURN)
    assert bare.shipment is None


def test_a_missing_return_is_not_found() -> None:
    gone = {"error": "returns.return_not_found", "message": "Return not found"}
    with pytest.raises(PlatformError):
        client(Wire(get_return_detail=gone)).orders.returns.get("nope")
    with pytest.raises(NotFound):
        client(Wire(get_return_detail={})).orders.returns.get("nope")


def test_options_are_decisions_to_be_taken(shared: Path) -> None:
    wire = deciding(shared)
    accept, refund, partial, dispute = client(wire).orders.returns.options(RETURN)
    assert (accept, refund) == (AcceptReturn(), RefundOnly())
    assert isinstance(partial, OfferPartial)
    assert partial.amount == Money(5, "VND")
    assert partial.native["max_refund_amount"] == Money(10, "VND")
    assert isinstance(dispute, Dispute)
    assert (dispute.reason, dispute.label) == ("50", "Upload proof")
    assert dispute.native["evidence_module_list"] == REASON["evidence_module_list"]


def test_a_return_that_is_over_offers_nothing(shared: Path) -> None:
    no = {"error": "error_return_status", "message": "The return status cannot support this action"}
    wire = deciding(shared, row=returned(shared, status="CLOSED"), get_available_solutions=no)
    assert client(wire).orders.returns.options(RETURN) == ()


@pytest.mark.parametrize(
    ("asked", "decision", "operation", "body"),
    [
        (0, AcceptReturn(), "confirm", {}),
        (1, RefundOnly(), "confirm", {}),
        (0, Received(), "confirm", {}),
        (1, AcceptReturn(), "offer", {"proposed_solution": "RETURN_REFUND"}),
        (
            0,
            RefundOnly(),
            "offer",
            {"proposed_solution": "REFUND", "proposed_adjusted_refund_amount": 10},
        ),
        (
            0,
            OfferPartial(Money("7.5", "VND")),
            "offer",
            {"proposed_solution": "REFUND", "proposed_adjusted_refund_amount": Decimal("7.5")},
        ),
    ],
)
def test_each_decision_is_the_call_that_does_it(
    shared: Path, asked: int, decision: Any, operation: str, body: Any
) -> None:
    wire = deciding(shared, row=returned(shared, return_solution=asked))
    client(wire).orders.returns.decide(RETURN, decision)
    assert wire.body(operation) == {"return_sn": RETURN} | body


def test_a_counter_offer_of_the_buyer_is_taken(shared: Path) -> None:
    bargain = {
        "negotiation_status": "PENDING_RESPOND",
        "latest_solution": "REFUND",
        "latest_offer_creator": "xt4fdsf96j",
    }
    wire = deciding(shared, row=returned(shared, negotiation=bargain))
    client(wire).orders.returns.decide(RETURN, RefundOnly())
    assert wire.body("accept_offer") == {"return_sn": RETURN}


@pytest.mark.parametrize(("amount", "operation"), [(99000, "confirm"), (50000, "accept_offer")])
def test_a_first_request_is_confirmed_and_another_amount_is_an_offer(
    shared: Path, amount: int, operation: str
) -> None:
    bargain = {
        "negotiation_status": "PENDING_RESPOND",
        "latest_solution": "RETURN_REFUND",
        "latest_offer_creator": "xt4fdsf96j",
        "latest_offer_amount": amount,
    }
    wire = deciding(shared, row=returned(shared, negotiation=bargain))
    client(wire).orders.returns.decide(RETURN, AcceptReturn())
    assert wire.body(operation) == {"return_sn": RETURN}


@pytest.mark.parametrize(
    ("decision", "error"),
    [
        (OfferPartial(Money(4, "VND")), InvalidRequest),
        (OfferPartial(Money(7, "SGD")), InvalidRequest),
        (Exchange(), Unsupported),
        (AcceptReturn("77"), Unsupported),
        (Received(note="thanks"), Unsupported),
        (Dispute("50"), InvalidRequest),
        (Dispute("99", "a@b.example"), InvalidRequest),
        (Dispute("50", "a@b.example"), InvalidRequest),
        (Reject("50"), InvalidRequest),
        (
            Dispute("50", "a@b.example", [Media.from_url(f"https://x/{n}.jpg") for n in range(7)]),
            InvalidRequest,
        ),
    ],
)
def test_what_cannot_be_decided_so_is_refused_before_it_is_sent(
    shared: Path, decision: Any, error: type[Exception]
) -> None:
    wire = deciding(shared)
    with pytest.raises(error):
        client(wire).orders.returns.decide(RETURN, decision)
    assert not {"confirm", "offer", "dispute"} & set(wire.operations)


@pytest.mark.parametrize(
    ("decision", "answers"),
    [
        (OfferPartial(Money(7, "VND")), {"get_available_solutions": {}}),
        (
            OfferPartial(Money(7, "VND")),
            {"get_available_solutions": {"offer_refund": {"eligibility": True}}},
        ),
        (Dispute("50", "a@b.example"), {"status": "CLOSED"}),
    ],
)
def test_what_the_state_forbids_is_a_conflict(shared: Path, decision: Any, answers: Any) -> None:
    row = returned(shared, **{name: answers.pop(name) for name in ("status",) if name in answers})
    with pytest.raises(Conflict):
        client(deciding(shared, row=row, **answers)).orders.returns.decide(RETURN, decision)


def test_a_dispute_brings_its_pictures_to_the_parts_that_ask_for_them(shared: Path) -> None:
    wire = deciding(shared, convert_image={"url": "https://proof/1", "thumbnail": "https://proof/t"})
    evidence = [
        Media.from_bytes(b"png", "image/png"),
        Media.from_url("https://x/2.jpg"),
        Media.from_url("https://x/3.jpg"),
    ]
    decision = Dispute("50", "seller@shop.example", evidence, note="never came back")
    client(wire).orders.returns.decide(RETURN, decision)
    assert b'name="upload_image"' in wire.sent("convert_image")[0].content
    assert wire.body("dispute") == {
        "return_sn": RETURN,
        "email": "seller@shop.example",
        "dispute_reason_id": 50,
        "image_list": [
            {
                "module_index": 1,
                "requirement": "Unboxing",
                "image_url": ["https://proof/1", "https://x/3.jpg"],
            },
            {"module_index": 2, "requirement": "Chat", "image_url": ["https://x/2.jpg"]},
        ],
        "dispute_text_reason": "never came back",
    }


def test_a_rejection_is_a_dispute(shared: Path) -> None:
    free = REASON | {"dispute_reason": "NOT_BACK", "evidence_module_list": []}
    wire = deciding(shared, get_return_dispute_reason={"dispute_reason_list": [free]})
    decision = Reject("NOT_BACK").model_copy(update={"native": {"email": "seller@shop.example"}})
    client(wire).orders.returns.decide(RETURN, decision)
    assert wire.body("dispute") == {
        "return_sn": RETURN,
        "email": "seller@shop.example",
        "dispute_reason_id": "NOT_BACK",
    }


OFFERED = {
    "negotiation_status": "PENDING_BUYER_RESPOND",
    "latest_solution": "REFUND",
    "latest_offer_amount": 7,
}


@pytest.mark.parametrize(
    ("decision", "operation", "after"),
    [
        (Received(), "confirm", {"status": "ACCEPTED"}),
        (OfferPartial(Money(7, "VND")), "offer", {"negotiation": OFFERED}),
        (
            Dispute("50", "a@b.example", [Media.from_url("https://x/1.jpg")]),
            "dispute",
            {"status": "SELLER_DISPUTE"},
        ),
    ],
)
def test_a_lost_decision_is_seen_on_the_return_and_not_made_twice(
    shared: Path, decision: Any, operation: str, after: Any
) -> None:
    wire = deciding(shared, after=returned(shared, **after), **{operation: Interrupted("gone")})
    client(wire).orders.returns.decide(RETURN, decision)
    assert len(wire.sent(operation)) == 1


def test_a_decision_that_did_not_arrive_is_made_again(shared: Path) -> None:
    wire = deciding(shared, confirm=[Interrupted("gone"), {"return_sn": RETURN}])
    client(wire).orders.returns.decide(RETURN, Received())
    assert len(wire.sent("confirm")) == 2


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


def test_a_buyer_sends_it_back_and_is_paid(shop: Client) -> None:
    order_id = shop.market.buy("TS-1")
    shop.market.complete(order_id)
    shop.market.request_return(order_id)
    (wish,) = shop.orders.returns.list(status="requested")
    options = shop.orders.returns.options(wish)
    accept = next(option for option in options if isinstance(option, AcceptReturn))
    assert shop.orders.returns.decide(wish, accept).status != "requested"


def test_a_dropped_connection_cancels_once(shop: Client) -> None:
    order_id = shop.market.buy("TS-1")
    shop.market.fault("drop_after", on="POST */cancel_order")
    assert shop.orders.cancel(order_id, "customer_request").status == "completed"
