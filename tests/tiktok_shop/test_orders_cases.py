"""Cancellations, refunds and returns: what may be asked, what is answered, what a lost answer means."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.tiktok_shop.orders_wire import NOW, ORDER, SKU, lost, order, shop
from tests.tiktok_shop.wire import refusal, sample

from socialcommerce import (
    AcceptReturn,
    Dispute,
    Exchange,
    LineRef,
    Media,
    Money,
    OfferPartial,
    Received,
    RefundInput,
    RefundOnly,
    Reject,
    ReturnInput,
)
from socialcommerce.errors import Conflict, InvalidRequest, NotFound, Unsupported

ELIGIBLE = "GET /aftersale_eligibility"
CREATE = "POST /return_refund/202602/cancellations"
FOUND = "POST /cancellations/search"
OPEN = "POST /return_refund/202602/returns"
RETURNS = "POST /returns/search"
DECISIONS = "GET /decision_eligibility"
UNITS = [f"57708651212375500{n}" for n in (1, 2, 3)]
OUT = "seller_cancel_reason_out_of_stock"


def eligibility(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"sku_eligibility": [{"sku_id": SKU, "line_item_eligibility": list(entries)}]}


def entry(
    kind: str = "CANCEL", *reasons: str, units: list[str] | None = None, **fields: Any
) -> dict[str, Any]:
    return {
        "request_type": kind,
        "eligible": True,
        "available_reason_names": list(reasons or (OUT,)),
        "order_line_list": [{"order_line_item_id": number} for number in units or UNITS],
    } | fields


def cancellation(
    word: str = "CANCELLATION_REQUEST_PENDING", number: str = "4035", **fields: Any
) -> dict[str, Any]:
    return {
        "cancel_id": number,
        "order_id": ORDER,
        "cancel_status": word,
        "cancel_reason": OUT,
        "role": "SELLER",
        "create_time": NOW,
        "update_time": NOW,
    } | fields


def test_reasons_belong_to_the_order_and_the_moment() -> None:
    wire, one = shop()
    wire[ELIGIBLE] = eligibility(entry("CANCEL", OUT, "seller_cancel_wrong_price", units=UNITS[:2]))
    first, second = one.orders.cancel_reasons(ORDER)
    assert (first.id, first.name, first.needs_lines) == (OUT, "Out of stock", False)
    assert second.name
    assert wire.query(ELIGIBLE) == {"initiate_aftersale_user": "SELLER", "request_types": "CANCEL"}
    wire[ELIGIBLE] = eligibility(
        entry("CANCEL", units=UNITS[:1]), entry("CANCEL", units=UNITS[1:], eligible=False)
    )
    assert one.orders.cancel_reasons(ORDER)[0].needs_lines
    wire[ELIGIBLE] = {}
    assert one.orders.cancel_reasons(ORDER) == ()


def test_a_cancellation_is_a_request() -> None:
    wire, one = shop()
    wire[ELIGIBLE] = eligibility(entry())
    wire[FOUND] = [{}, {"cancellations": [cancellation()]}]
    wire[CREATE] = {"cancel_id": "4035", "cancel_status": "CANCELLATION_REQUEST_PENDING"}
    found = one.orders.cancel(ORDER, one.orders.cancel_reasons(ORDER)[0])
    assert (found.id, found.status, found.requested_by) == ("4035", "requested", "seller")
    assert wire.body(CREATE) == {"order_id": ORDER, "cancel_reason": OUT}


def test_a_part_is_cancelled_by_its_units_where_that_is_offered() -> None:
    wire, one = shop()
    wire[ELIGIBLE] = eligibility(entry())
    wire[FOUND] = [{}, refusal(36009003, "internal")]
    wire[CREATE] = {"cancel_id": "4035", "cancel_status": "CANCELLATION_REQUEST_SUCCESS"}
    found = one.orders.cancellations.create(ORDER, OUT, [LineRef(key=SKU, quantity=1)])
    assert found.status == "accepted"
    assert wire.body(CREATE)["order_line_item_ids"] == UNITS[:1]
    wire, one = shop(order(recipient_address={"region_code": "TH"}))
    with pytest.raises(Unsupported, match="TH"):
        one.orders.cancel(ORDER, OUT, [LineRef(key=SKU)])


def test_what_is_not_offered_is_not_asked_for() -> None:
    wire, one = shop()
    wire[ELIGIBLE] = eligibility(entry())
    with pytest.raises(InvalidRequest, match=OUT):
        one.orders.cancel(ORDER, "no_reason")
    wire[ELIGIBLE] = eligibility(entry(eligible=False, ineligible_reason="already shipped"))
    with pytest.raises(Conflict, match="already shipped"):
        one.orders.cancel(ORDER, OUT)


def test_a_lost_cancellation_is_the_one_that_was_not_there_before() -> None:
    wire, one = shop()
    old, new = cancellation(number="1"), cancellation(number="2", create_time=NOW + 1)
    wire[ELIGIBLE] = eligibility(entry())
    wire[FOUND] = [{"cancellations": [old]}, {"cancellations": [old, new]}, {"cancellations": [new]}]
    wire[CREATE] = lost
    assert one.orders.cancel(ORDER, OUT).id == "2"
    wire[FOUND] = {"cancellations": [old]}
    wire[CREATE] = [lost, {"cancel_id": "3", "cancel_status": "CANCELLATION_REQUEST_PENDING"}]
    one.orders.cancel(ORDER, OUT)
    assert wire.paths().count(CREATE) == 3


def test_cancellations_are_listed_with_native_filters() -> None:
    wire, one = shop()
    wire[FOUND] = sample("cancellations_search") | {
        "data": sample("cancellations_search")["data"] | {"next_page_token": ""}
    }
    found = list(
        one.orders.cancellations.list(status="requested", updated_after=datetime(2023, 1, 1, tzinfo=UTC))
    )
    assert wire.body(FOUND) == {
        "cancel_status": ["CANCELLATION_REQUEST_PENDING"],
        "update_time_ge": 1_672_531_200,
    }
    assert wire.query(FOUND)["page_size"] == "50"
    only = found[0]
    assert (only.status, only.requested_by, only.amount) == ("requested", "buyer", Money("1.23", "USD"))
    assert only.lines == (LineRef(key="2729382476852921560", quantity=1),)
    assert only.answer_by == datetime.fromtimestamp(1_690_554_680, UTC)
    assert list(one.orders.cancellations.list(status="rejected")) == []


@pytest.mark.parametrize(("accept", "verb"), [(True, "approve"), (False, "reject")])
def test_a_buyers_wish_is_answered(accept: bool, verb: str) -> None:
    wire, one = shop()
    after = cancellation("CANCELLATION_REQUEST_COMPLETE" if accept else "CANCELLATION_REQUEST_CANCEL")
    wire[FOUND] = [{"cancellations": [cancellation()]}, {"cancellations": [after]}]
    wire["GET /reject_reasons"] = {"reasons": [{"name": "packed", "text": "Packed"}]}
    wire[f"POST /cancellations/4035/{verb}"] = {}
    found = one.orders.cancellations.answer("4035", accept=accept)
    assert found.status == ("completed" if accept else "withdrawn")
    request = f"POST /cancellations/4035/{verb}"
    assert wire.body(request) == ({} if accept else {"reject_reason": "packed"})
    assert len(wire.query(request)["idempotency_key"]) == 36


def test_the_order_names_its_waiting_request_too() -> None:
    wire, one = shop(order(is_buyer_request_cancel=True))
    wire[FOUND] = [
        {},
        {"cancellations": [cancellation("CANCELLATION_REQUEST_CANCEL", "1"), cancellation()]},
        {},
    ]
    wire["POST /cancellations/4035/approve"] = [lost, lost]
    asked = one.orders.get(ORDER).cancellation
    assert asked is not None
    assert asked.requested_by == "buyer"
    wire[FOUND] = [
        {},
        {"cancellations": [cancellation("CANCELLATION_REQUEST_CANCEL", "1"), cancellation()]},
        {"cancellations": [cancellation("CANCELLATION_REQUEST_SUCCESS")]},
    ]
    assert one.orders.cancellations.answer(asked, accept=True).status == "accepted"
    keys = [wire.query("POST /cancellations/4035/approve", n)["idempotency_key"] for n in (0, 1)]
    assert keys[0] == keys[1]


def test_answers_that_cannot_be_given() -> None:
    wire, one = shop()
    wire[FOUND] = {"cancellations": [cancellation("CANCELLATION_REQUEST_COMPLETE")]}
    with pytest.raises(Conflict, match="COMPLETE"):
        one.orders.cancellations.answer("4035", accept=True)
    wire[FOUND] = {"cancellations": [cancellation()]}
    wire["GET /reject_reasons"] = {"reasons": [{"name": "packed"}, {"name": "agreed"}]}
    for reason in (None, "other"):
        with pytest.raises(InvalidRequest, match="packed, agreed"):
            one.orders.cancellations.answer("4035", accept=False, reason=reason)
    with pytest.raises(InvalidRequest, match="refused"):
        one.orders.cancellations.answer("4035", accept=True, reason="packed")
    with pytest.raises(InvalidRequest, match="numbers"):
        one.orders.cancellations.answer("../4035", accept=True)


REFUND = RefundInput(move_money=True, lines=[LineRef(key=SKU, quantity=1)])


def refundable() -> Any:
    wire, one = shop()
    wire[ELIGIBLE] = eligibility(entry("REFUND", "damaged"))
    wire["POST /refunds/calculate"] = sample("refund_calculate")
    wire[RETURNS] = {}
    wire[OPEN] = {"return_id": "4037", "return_status": "RETURN_OR_REFUND_REQUEST_PENDING"}
    return wire, one


def test_a_refund_opens_a_case_for_these_units() -> None:
    wire, one = refundable()
    found = one.orders.refund(ORDER, REFUND)
    assert (found.id, found.status, found.amount) == ("4037", "pending", Money("1.23", "USD"))
    assert found.lines == (LineRef(key=SKU, quantity=1),)
    assert wire.body(OPEN) == {
        "order_id": ORDER,
        "return_type": "REFUND",
        "return_reason": "damaged",
        "order_line_item_ids": UNITS[:1],
    }
    amount = RefundInput(move_money=True, amount=Money("1", "USD"), reason="damaged")
    assert one.orders.refund(ORDER, amount, idempotency_key="mine").amount == Money("1", "USD")
    assert wire.query(OPEN, 1) == {"idempotency_key": "mine"}
    assert wire.body(OPEN, 1)["refund_total"] == "1"


def test_a_check_says_what_it_would_cost_and_what_is_wrong() -> None:
    wire, one = refundable()
    assert one.orders.check_refund(ORDER, REFUND)
    assert one.orders.check_refund(ORDER, REFUND).cost == Money("1.23", "USD")
    much = RefundInput(move_money=True, amount=Money("9", "USD"), reason="unheard of", note="x", restock=True)
    check = one.orders.check_refund(ORDER, much)
    assert [problem.field for problem in check.problems] == ["note", "restock", "reason", "amount"]
    dated = RefundInput(move_money=False, amount=Money("1", "EUR"), notify_buyer=False)
    fields = [problem.field for problem in one.orders.check_refund(ORDER, dated).problems]
    assert fields == ["move_money", "notify_buyer", "amount"]
    wire[ELIGIBLE] = eligibility(entry("REFUND", eligible=False, ineligible_reason="too late"))
    check = one.orders.check_refund(ORDER, REFUND)
    assert not check
    assert "too late" in check.problems[0].message
    assert check.cost is None
    wire[ELIGIBLE] = {}
    assert one.orders.check_refund(ORDER, REFUND).problems[0].field == "refund"


def test_refunds_that_cannot_be_given() -> None:
    wire, one = refundable()
    for wrong in ({"move_money": False}, {"shipping": Money("1", "USD")}):
        with pytest.raises(Unsupported):
            one.orders.refund(ORDER, REFUND.model_copy(update=wrong))
    with pytest.raises(InvalidRequest, match="at most"):
        one.orders.refund(ORDER, REFUND.model_copy(update={"amount": Money("9", "USD")}))
    wire[ELIGIBLE] = eligibility(entry("REFUND", "damaged", "late"))
    with pytest.raises(InvalidRequest, match="damaged, late"):
        one.orders.refund(ORDER, REFUND)
    assert OPEN not in [path for path in wire.paths() if "search" not in path]


def test_a_lost_refund_is_found_among_the_orders_returns() -> None:
    wire, one = refundable()
    made = {
        "return_id": "4039",
        "return_type": "REFUND",
        "return_status": "RETURN_OR_REFUND_REQUEST_COMPLETE",
    }
    wire[RETURNS] = [{}, {"return_orders": [made]}]
    wire[OPEN] = [lost, lost]
    found = one.orders.refund(ORDER, REFUND)
    assert (found.id, found.status) == ("4039", "completed")
    keys = [wire.query(OPEN, n)["idempotency_key"] for n in (0, 1)]
    assert keys[0] == keys[1]


def return_row(
    kind: str = "RETURN_AND_REFUND", word: str = "RETURN_OR_REFUND_REQUEST_PENDING", **more: Any
) -> Any:
    row = sample("returns_search")["data"]["return_orders"][0]
    return row | {"return_type": kind, "return_status": word, "arbitration_status": "CLOSED"} | more


ID = "4035318504086604100"


def returning(*rows: dict[str, Any], decisions: Any = ()) -> Any:
    wire, one = shop()
    wire[RETURNS] = [{"return_orders": [row]} for row in rows or (return_row(),)]
    wire["GET /records"] = {"records": []}
    wire[DECISIONS] = {"decisions": list(decisions)}
    wire["POST /approve"] = {}
    wire["POST /reject"] = {}
    return wire, one


def test_returns_are_listed_and_judged_ones_are_an_axis_of_their_own() -> None:
    wire, one = returning(return_row(arbitration_status="IN_PROGRESS"))
    found = list(one.orders.returns.list(status="disputed"))
    assert wire.body(RETURNS) == {"arbitration_status": ["IN_PROGRESS"]}
    assert (found[0].status, found[0].kind, found[0].amount) == (
        "disputed",
        "return_and_refund",
        Money("1.23", "USD"),
    )
    assert found[0].lines[0].key == "2729382476852921560"
    assert found[0].shipment is not None
    assert found[0].shipment.carrier == "J&T Express"
    assert list(one.orders.returns.list(status="requested")) == []
    assert wire.body(RETURNS, 1)["return_status"][0] == "RETURN_OR_REFUND_REQUEST_PENDING"
    assert list(one.orders.returns.list(status="none")) == []


def test_a_return_is_read_with_its_history() -> None:
    wire, one = returning()
    picture = {"url": "https://x.example/1.jpg"}
    wire["GET /records"] = {
        "records": [
            {
                "role": "BUYER",
                "note": "broken",
                "images": [picture],
                "videos": [{"url": "https://x.example/v"}],
            },
            {"role": "SELLER", "note": "ours"},
        ]
    }
    found = one.orders.returns.get(ID)
    assert (found.note, [media.kind for media in found.evidence]) == ("broken", ["image", "video"])
    wire["GET /records"] = refusal(98001004, "no")
    assert one.orders.returns.get(ID).note is None
    result = one.orders.returns.get([ID, "1"])
    assert isinstance(result[1].error, NotFound)


def test_a_return_is_opened_by_the_seller() -> None:
    wire, one = refundable()
    wire[ELIGIBLE] = eligibility(entry("RETURN_AND_REFUND", "damaged"))
    wire[RETURNS] = [{}, {"return_orders": [return_row()]}]
    wire[OPEN] = {"return_id": ID, "return_status": "RETURN_OR_REFUND_REQUEST_PENDING"}
    wanted = ReturnInput(
        lines=[LineRef(key=SKU)], amount=Money("2", "USD"), native={"shipment_type": "PLATFORM"}
    )
    assert one.orders.returns.create(ORDER, wanted).id == ID
    assert wire.body(OPEN) == {
        "order_id": ORDER,
        "return_type": "RETURN_AND_REFUND",
        "return_reason": "damaged",
        "order_line_item_ids": UNITS[:2],
        "shipment_type": "PLATFORM",
        "refund_total": "2",
        "currency": "USD",
    }
    with pytest.raises(Unsupported, match="buyers"):
        one.orders.returns.create(ORDER, ReturnInput(lines=[LineRef(key=SKU)], kind="exchange"))
    with pytest.raises(InvalidRequest, match="note"):
        one.orders.returns.create(ORDER, ReturnInput(lines=[LineRef(key=SKU)], note="x"))


def test_options_are_the_decisions_that_are_eligible_now() -> None:
    reasons = [{"name": "used", "text": "It was used"}]
    _, one = returning(
        decisions=[
            {"decision": "APPROVE_RETURN", "eligible": True},
            {"decision": "APPROVE_REFUND", "eligible": False},
            {"decision": "APPROVE_RECEIVED_PACKAGE", "eligible": True},
            {"decision": "DIRECT_REFUND", "eligible": True},
            {"decision": "OFFER_PARTIAL_REFUND", "eligible": True},
            {"decision": "APPROVE_REPLACEMENT", "eligible": True},
            {"decision": "REJECT_RETURN", "eligible": True, "available_reject_reasons": reasons},
            {"decision": "SOMETHING_NEW", "eligible": True},
        ]
    )
    kinds = one.orders.returns.options(ID)
    assert [type(kind) for kind in kinds] == [
        AcceptReturn,
        Received,
        RefundOnly,
        OfferPartial,
        Exchange,
        Reject,
    ]
    refusal_ = kinds[-1]
    assert isinstance(refusal_, Reject)
    assert (refusal_.reason, refusal_.label) == ("used", "It was used")


@pytest.mark.parametrize(
    ("row", "decision", "word"),
    [
        (("REFUND",), RefundOnly(), "APPROVE_REFUND"),
        (("RETURN_AND_REFUND",), RefundOnly(), "DIRECT_REFUND"),
        (("REPLACEMENT",), RefundOnly(), "ISSUE_REPLACEMENT_REFUND"),
        (("RETURN_AND_REFUND",), AcceptReturn(), "APPROVE_RETURN"),
        (("RETURN_AND_REFUND", "BUYER_SHIPPED_ITEM"), Received(), "APPROVE_RECEIVED_PACKAGE"),
        (("REPLACEMENT",), Exchange(), "APPROVE_REPLACEMENT"),
    ],
)
def test_a_decision_is_told_in_the_word_of_its_stage(row: tuple[str, ...], decision: Any, word: str) -> None:
    after = return_row(*row) | {"return_status": "RETURN_OR_REFUND_REQUEST_COMPLETE"}
    wire, one = returning(return_row(*row), after)
    assert one.orders.returns.decide(ID, decision).status == "refunded"
    assert wire.body("POST /approve") == {"decision": word}


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (("REFUND",), "REJECT_REFUND"),
        (("RETURN_AND_REFUND",), "REJECT_RETURN"),
        (("RETURN_AND_REFUND", "BUYER_SHIPPED_ITEM"), "REJECT_RECEIVED_PACKAGE"),
        (("REPLACEMENT",), "REJECT_REPLACEMENT"),
    ],
)
def test_a_refusal_has_a_reason_words_and_pictures(row: tuple[str, ...], word: str) -> None:
    wire, one = returning(return_row(*row))
    one.orders.returns.decide(ID, Reject("used", note="See", evidence=[Media.from_id("img1")]))
    assert wire.body("POST /reject") == {
        "decision": word,
        "reject_reason": "used",
        "comment": "See",
        "images": [{"image_id": "img1"}],
    }


def test_an_offer_is_made_before_and_after_the_goods_came_back() -> None:
    wire, one = returning()
    one.orders.returns.decide(ID, OfferPartial(Money("1", "USD")))
    assert wire.body("POST /approve")["partial_refund"] == {"currency": "USD", "amount": "1"}
    wire, one = returning(return_row(word="BUYER_SHIPPED_ITEM"))
    with pytest.raises(InvalidRequest, match="reject_reason"):
        one.orders.returns.decide(ID, OfferPartial(Money("1", "USD")))
    one.orders.returns.decide(ID, OfferPartial(Money("1", "USD"), native={"reject_reason": "scratched"}))
    assert wire.body("POST /reject") == {
        "decision": "OFFER_PARTIAL_REFUND_AFTER_RECEIVING_PKG",
        "reject_reason": "scratched",
        "partial_refund_amount": {"partial_refund_total": "1", "currency": "USD"},
    }
    for amount in (Money("9", "USD"), Money("1", "EUR")):
        with pytest.raises(InvalidRequest, match="amount"):
            one.orders.returns.decide(ID, OfferPartial(amount))


@pytest.mark.parametrize(
    ("decision", "error"),
    [
        (Dispute("x"), Unsupported),
        (Exchange(), Unsupported),
        (AcceptReturn(address="7"), Unsupported),
        (Received(note="x"), InvalidRequest),
        (Reject("x", evidence=[Media.from_url("https://x.example/a.png")]), InvalidRequest),
    ],
)
def test_decisions_that_tiktok_does_not_take(decision: Any, error: type[Exception]) -> None:
    wire, one = returning()
    with pytest.raises(error):
        one.orders.returns.decide(ID, decision)
    assert not any(path.endswith(("/approve", "/reject")) for path in wire.paths())


def test_what_is_not_eligible_is_not_asked_for() -> None:
    _, one = returning(
        decisions=[{"decision": "APPROVE_RETURN", "eligible": False, "ineligible_reason": "late"}]
    )
    with pytest.raises(Conflict, match="late"):
        one.orders.returns.decide(ID, AcceptReturn())
    _, one = returning(
        decisions=[
            {"decision": "REJECT_RETURN", "eligible": True, "available_reject_reasons": [{"name": "used"}]}
        ]
    )
    with pytest.raises(InvalidRequest, match="used"):
        one.orders.returns.decide(ID, Reject("other"))
    _, replacement = returning(return_row("REPLACEMENT"))
    with pytest.raises(Unsupported, match="order of its own"):
        replacement.orders.returns.decide(ID, Exchange(number="1"))


def test_a_lost_decision_shows_on_the_return() -> None:
    wire, one = returning(return_row(), return_row(word="AWAITING_BUYER_SHIP"))
    wire["POST /approve"] = [lost, lost]
    assert one.orders.returns.decide(ID, AcceptReturn()).status == "awaiting_return"
    keys = [wire.query("POST /approve", n)["idempotency_key"] for n in (0, 1)]
    assert keys[0] == keys[1]
