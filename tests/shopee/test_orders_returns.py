"""Returns on Shopee: what buyers send back, and what may be decided about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.shopee.orders_wire import NOW, RETURN, SOLUTIONS, Wire, client, sample

from socialcommerce import (
    AcceptReturn,
    Client,
    Dispute,
    Exchange,
    Media,
    Money,
    OfferPartial,
    Received,
    RefundOnly,
    Reject,
    simulate,
)
from socialcommerce.errors import Conflict, InvalidRequest, NotFound, Unsupported
from socialcommerce.runtime.transport import Interrupted

NOON = datetime.fromtimestamp(NOW, UTC)


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
    with pytest.raises(NotFound):
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


def test_a_buyer_sends_it_back_and_is_paid(shop: Client) -> None:
    order_id = shop.market.buy("TS-1")
    shop.market.complete(order_id)
    shop.market.request_return(order_id)
    (wish,) = shop.orders.returns.list(status="requested")
    options = shop.orders.returns.options(wish)
    accept = next(option for option in options if isinstance(option, AcceptReturn))
    assert shop.orders.returns.decide(wish, accept).status != "requested"
