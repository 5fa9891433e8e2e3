"""Returns at the pretend Shopee: read, agreed, bargained over, disputed."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.support.shopee_caller import Caller
from tests.support.shopee_spec import ShopeeSpec

from socialcommerce.simulators import open_twin
from socialcommerce.simulators.entities import Return
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.shopee import ShopeeTwin, return_cases

UNBOXING = "Photo(s) or Video of unboxing the returned parcel with the courier label"
EVIDENCE = [{"module_index": 1, "requirement": UNBOXING, "image_url": ["https://a.example/1.png"]}]


@pytest.fixture
def request_(market: Market) -> Return:
    return new_return(market)


def new_return(market: Market, completed: bool = True) -> Return:
    if market.default.find("SKU") is None:
        market.add_product("SKU", stock=50, price=20)
    order = market.buy("SKU", 2)
    if completed:
        market.complete(order)
    else:
        market.default.ship(order)
    return market.default.returns[market.request_return(order)]


def detail(shop: Caller, request: Return) -> dict[str, Any]:
    found: dict[str, Any] = shop.get("returns/get_return_detail", return_sn=request.id)["response"]
    return found


def later(shop: Caller, **span: float) -> None:
    """Let time pass, and carry on with a fresh token."""
    shop.twin.market.advance(timedelta(**span))
    shop.token = shop.twin.issue_token(shop.twin.accounts[0])["access_token"]


def refusal(reply: dict[str, Any]) -> tuple[str, str]:
    return reply["error"], reply["message"]


def dispute(shop: Caller, request: Return, **changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = {
        "return_sn": request.id,
        "email": "a@example.com",
        "dispute_reason_id": 50,
        "image_list": EVIDENCE,
    }
    answer: dict[str, Any] = shop.post("returns/dispute", **(body | changes))
    return answer


# -- reading


def test_a_fresh_return_waits_for_the_seller(shop: Caller, request_: Return) -> None:
    found = detail(shop, request_)
    assert (found["status"], found["refund_amount"], found["currency"]) == ("REQUESTED", 40, "SGD")
    assert found["negotiation"]["negotiation_status"] == "PENDING_RESPOND"
    assert found["item"][0] | {"amount": 2, "item_price": 20, "refund_amount": 40} == found["item"][0]
    assert found["return_refund_type"] == "RRAOC"
    assert found["due_date"] == found["create_time"] + 3 * 86400


def test_a_return_before_completion_says_so(shop: Caller, market: Market) -> None:
    assert detail(shop, new_return(market, completed=False))["return_refund_type"] == "RRBOC"


def test_pages_count_from_zero_and_come_newest_first(shop: Caller, market: Market) -> None:
    made = []
    for _ in range(3):
        made.append(new_return(market).id)
        market.advance(timedelta(minutes=1))
    first = shop.get("returns/get_return_list", page_no=0, page_size=2)["response"]
    second = shop.get("returns/get_return_list", page_no=1, page_size=2)["response"]
    assert [one["return_sn"] for one in first["return"] + second["return"]] == made[::-1]
    assert (first["more"], second["more"]) == (True, False)


def test_the_list_is_filtered_by_every_status(shop: Caller, market: Market) -> None:
    kept, answered = new_return(market), new_return(market)
    shop.post("returns/confirm", return_sn=answered.id)
    for name, value, wanted in [
        ("status", "ACCEPTED", answered),
        ("negotiation_status", "PENDING_RESPOND", kept),
        ("negotiation_status", "TERMINATED", answered),
    ]:
        rows = shop.get("returns/get_return_list", page_no=0, page_size=10, **dict[str, Any]({name: value}))[
            "response"
        ]
        assert [one["return_sn"] for one in rows["return"]] == [wanted.id]
    none = shop.get("returns/get_return_list", page_no=0, page_size=10, seller_proof_status="PENDING")
    assert none["response"]["return"] == []


def test_windows_choose_by_creation_and_by_update(shop: Caller, market: Market) -> None:
    request = new_return(market)
    born = int(request.created)
    later(shop, days=1)
    shop.post("returns/confirm", return_sn=request.id)

    def found(**window: Any) -> int:
        reply = shop.get("returns/get_return_list", page_no=0, page_size=10, **window)
        return len(reply["response"]["return"])

    assert found(create_time_from=born, create_time_to=born + 60) == 1
    assert found(update_time_from=born, update_time_to=born + 60) == 0
    assert found(update_time_from=born + 86400, update_time_to=born + 86460) == 1


@pytest.mark.parametrize(
    ("window", "message"),
    [
        ({"create_time_from": 0, "create_time_to": 15 * 86400 + 1}, "must not more than 15 days"),
        ({"update_time_from": 10, "update_time_to": 5}, "should be later than"),
        ({"create_time_from": 10}, "go together"),
        ({"page_size": 101}, "between 1 and 100"),
        ({"page_no": -1}, "between 0"),
    ],
)
def test_a_wrong_window_or_page_is_refused(shop: Caller, window: dict[str, Any], message: str) -> None:
    code, text = refusal(shop.get("returns/get_return_list", **({"page_no": 0, "page_size": 10} | window)))
    assert code == "error_param"
    assert message in text


def test_an_unknown_return_is_refused(shop: Caller) -> None:
    assert shop.get("returns/get_return_detail", return_sn="X")["error"] == "error_param"
    assert shop.get("returns/get_reverse_tracking_info", return_sn="X")["error"] == "returns.return_not_found"
    assert shop.get("returns/query_proof", return_sn="X")["error"] == "returnsn.illegal"
    assert (
        shop.get("returns/get_return_dispute_reason", return_sn="X")["error"] == "dispute.request.param.error"
    )


# -- agreeing


def test_confirming_refunds_the_buyer_and_ends_the_order(
    shop: Caller, market: Market, request_: Return
) -> None:
    assert shop.post("returns/confirm", return_sn=request_.id)["response"]["return_sn"] == request_.id
    line = request_.order.lines[0]
    assert detail(shop, request_)["status"] == "ACCEPTED"
    assert (request_.order.status, line.returned, line.return_requested) == ("completed", 2, 0)
    code, text = refusal(shop.post("returns/confirm", return_sn=request_.id))
    assert (code, text) == ("error_data", "Invalid return status: ACCEPTED")


def test_every_step_is_pushed(shop: Caller, market: Market, request_: Return) -> None:
    shop.post("returns/confirm", return_sn=request_.id)
    bodies = [json.loads(one.body) for one in market.pushes()]
    steps = [one["data"]["updated_values"][0] for one in bodies if one["code"] == 29]
    assert [(one["old_value"], one["new_value"]) for one in steps] == [
        ("", "REQUESTED"),
        ("REQUESTED", "ACCEPTED"),
    ]


def test_what_else_changes_is_pushed_under_its_own_name(
    shop: Caller, market: Market, request_: Return
) -> None:
    shop.post("returns/offer", return_sn=request_.id, proposed_solution="RETURN_REFUND")
    change = json.loads(market.pushes()[-1].body)["data"]["updated_values"]
    assert [(one["update_field"], one["new_value"]) for one in change] == [
        ("negotiation_status", "PENDING_BUYER_RESPOND")
    ]
    return_cases.buyer_accepts(market.default, request_)
    bodies = [json.loads(one.body) for one in market.pushes()]
    last = [one for one in bodies if one["code"] == 29][-1]["data"]["updated_values"]
    assert {one["update_field"] for one in last} == {
        "return_status",
        "logistics_status",
        "negotiation_status",
    }


def test_a_request_without_an_answer_is_accepted_by_the_platform(
    shop: Caller, market: Market, request_: Return
) -> None:
    later(shop, days=3, seconds=1)
    found = detail(shop, request_)
    assert found["status"] == "ACCEPTED"
    assert found["seller_compensation"]["seller_compensation_status"] == "COMPENSATION_PENDING_REQUEST"


def test_an_answered_request_is_left_alone_when_the_time_is_up(
    shop: Caller, market: Market, request_: Return
) -> None:
    return_cases.buyer_cancels(market.default, request_)
    later(shop, days=4)
    assert detail(shop, request_)["status"] == "CANCELLED"
    assert request_.order.lines[0].return_requested == 0


def test_a_return_that_the_warehouse_checks_is_not_for_the_seller(shop: Caller, request_: Return) -> None:
    request_.native["validation_type"] = "warehouse_validation"
    assert shop.post("returns/confirm", return_sn=request_.id)["error"] == "error_validation"


# -- negotiating


def test_a_refund_may_be_bargained_over_and_a_return_not(shop: Caller, request_: Return) -> None:
    found = shop.get("returns/get_available_solutions", return_sn=request_.id)["response"]
    assert found["offer_return_refund"] == {"eligibility": True, "refund_amount_adjustable": False}
    assert found["offer_refund"]["refund_amount_adjustable"] is True
    assert (found["offer_refund"]["min_refund_amount"], found["offer_refund"]["max_refund_amount"]) == (
        0.01,
        40,
    )


def test_an_answered_return_leaves_nothing_to_offer(shop: Caller, request_: Return) -> None:
    shop.post("returns/confirm", return_sn=request_.id)
    found = shop.get("returns/get_available_solutions", return_sn=request_.id)["response"]
    assert found["offer_refund"] == {"eligibility": False, "refund_amount_adjustable": False}
    code = shop.post("returns/offer", return_sn=request_.id, proposed_solution="REFUND")["error"]
    assert code == "error_data"


def test_an_accepted_offer_refunds_what_was_offered(shop: Caller, market: Market, request_: Return) -> None:
    shop.post(
        "returns/offer",
        return_sn=request_.id,
        proposed_solution="REFUND",
        proposed_adjusted_refund_amount=15.5,
    )
    assert (
        detail(shop, request_)["negotiation"]
        | {
            "negotiation_status": "PENDING_BUYER_RESPOND",
            "latest_offer_amount": 15.5,
        }
        == detail(shop, request_)["negotiation"]
    )
    return_cases.buyer_accepts(market.default, request_)
    found = detail(shop, request_)
    assert (found["status"], found["refund_amount"], found["return_solution"]) == ("ACCEPTED", 15.5, 1)


def test_an_accepted_offer_of_a_return_waits_for_the_parcel(
    shop: Caller, twin: ShopeeTwin, market: Market, request_: Return
) -> None:
    shop.post("returns/offer", return_sn=request_.id, proposed_solution="RETURN_REFUND")
    return_cases.buyer_accepts(market.default, request_)
    assert detail(shop, request_)["status"] == "PROCESSING"
    return_cases.buyer_sends_back(twin, market.default, request_)
    found = shop.get("returns/get_reverse_tracking_info", return_sn=request_.id)["response"]
    assert found["reverse_logistics_status"] == "LOGISTICS_PICKUP_DONE"
    assert found["tracking_number"].startswith("SPX")
    assert len(found["tracking_info"]) == 1
    shop.post("returns/confirm", return_sn=request_.id)
    assert detail(shop, request_)["status"] == "ACCEPTED"


@pytest.mark.parametrize(
    ("offer", "message"),
    [
        ({"proposed_solution": "EXCHANGE"}, "not one of the available solutions"),
        ({"proposed_solution": "REFUND"}, "Please fill a value"),
        ({"proposed_solution": "REFUND", "proposed_adjusted_refund_amount": 0}, "must be positive"),
        ({"proposed_solution": "REFUND", "proposed_adjusted_refund_amount": 1.005}, "only accepts 2 digit"),
        ({"proposed_solution": "REFUND", "proposed_adjusted_refund_amount": 41}, "can not exceed max"),
        (
            {"proposed_solution": "RETURN_REFUND", "proposed_adjusted_refund_amount": 5},
            "cannot have adjusted",
        ),
    ],
)
def test_an_impossible_offer_is_refused(
    shop: Caller, request_: Return, offer: dict[str, Any], message: str
) -> None:
    code, text = refusal(shop.post("returns/offer", return_sn=request_.id, **offer))
    assert code == "error_param"
    assert message in text


def test_nobody_bargains_with_themselves(shop: Caller, market: Market, request_: Return) -> None:
    assert shop.post("returns/accept_offer", return_sn=request_.id)["error"] == "error_no_buyer_offer"
    offer: dict[str, Any] = {"proposed_solution": "REFUND", "proposed_adjusted_refund_amount": 10}
    shop.post("returns/offer", return_sn=request_.id, **offer)
    assert shop.post("returns/offer", return_sn=request_.id, **offer)["error"] == "error_negotiation_status"
    assert shop.post("returns/accept_offer", return_sn=request_.id)["error"] == "err_data"


def test_the_sellers_yes_to_a_counter_offer_settles_it(
    shop: Caller, market: Market, request_: Return
) -> None:
    return_cases.buyer_counters(market.default, request_, 25)
    assert detail(shop, request_)["negotiation"]["latest_offer_creator"] == request_.order.buyer.name
    shop.post("returns/accept_offer", return_sn=request_.id)
    found = detail(shop, request_)
    assert (found["status"], found["refund_amount"]) == ("ACCEPTED", 25)


# -- disputing


def test_a_dispute_takes_a_return_to_the_judge(shop: Caller, market: Market, request_: Return) -> None:
    reasons = shop.get("returns/get_return_dispute_reason", return_sn=request_.id)["response"]
    (reason,) = reasons["dispute_reason_list"]
    assert reason["evidence_module_list"][0]["requirement"] == UNBOXING
    answer = dispute(shop, request_, dispute_reason_id=reason["dispute_reason"], dispute_text_reason="no")
    assert answer["response"]["msg"] == "dispute return success"
    found = detail(shop, request_)
    assert (found["status"], found["dispute_text_reason"]) == ("JUDGING", ["no"])
    assert found["seller_proof"]["seller_proof_status"] == "PENDING"
    assert refusal(shop.post("returns/confirm", return_sn=request_.id))[1].startswith("Shopee is reviewing")
    assert dispute(shop, request_)["error"] == "error_return_status"


@pytest.mark.parametrize(("for_seller", "status"), [(True, "CLOSED"), (False, "ACCEPTED")])
def test_the_judge_decides(
    shop: Caller, market: Market, request_: Return, for_seller: bool, status: str
) -> None:
    dispute(shop, request_)
    return_cases.judge(market.default, request_, for_seller)
    assert detail(shop, request_)["status"] == status
    assert request_.order.status == "completed"


def test_what_did_not_come_back_needs_no_picture(
    shop: Caller, twin: ShopeeTwin, market: Market, request_: Return
) -> None:
    return_cases.buyer_sends_back(twin, market.default, request_)
    assert dispute(shop, request_, image_list=[])["error"] == "dispute.request.param.error"
    assert detail(shop, request_)["status"] == "PROCESSING"
    assert dispute(shop, request_, dispute_reason_id=51, image_list=[])["error"] == ""
    assert detail(shop, request_)["status"] == "SELLER_DISPUTE"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"email": "nobody"}, "Input invalid email"),
        ({"dispute_reason_id": 51}, "does not match"),
        ({"image_list": []}, "mandatory evidence is missing"),
        ({"image_list": [EVIDENCE[0] | {"requirement": "x"}]}, "requirement and dispute reason"),
        ({"image_list": [EVIDENCE[0] | {"image_url": ["u"] * 4}]}, "max size is 3 per module"),
    ],
)
def test_a_dispute_out_of_order_is_refused(
    shop: Caller, request_: Return, change: dict[str, Any], message: str
) -> None:
    code, text = refusal(dispute(shop, request_, **change))
    assert code == "dispute.request.param.error"
    assert message in text


def test_only_a_request_for_compensation_can_be_withdrawn(
    shop: Caller, market: Market, request_: Return
) -> None:
    body: dict[str, Any] = {"return_sn": request_.id, "email": "a@example.com"}
    assert shop.post("returns/cancel_dispute", **body)["error"] == "dispute.cancel.ineligible"
    later(shop, days=4)
    assert shop.post("returns/cancel_dispute", **body)["error"] == "dispute.cancel.ineligible"
    dispute(shop, request_)
    assert detail(shop, request_)["status"] == "ACCEPTED"
    rows = shop.get(
        "returns/get_return_list",
        page_no=0,
        page_size=10,
        seller_compensation_status="COMPENSATION_REQUESTED",
    )
    assert len(rows["response"]["return"]) == 1
    assert shop.post("returns/cancel_dispute", **body)["response"]["message"] == "SUCCESS"
    assert dispute(shop, request_)["error"] == "dispute.rr.not.allow"


def test_what_the_seller_granted_is_not_compensated(shop: Caller, request_: Return) -> None:
    shop.post("returns/confirm", return_sn=request_.id)
    assert dispute(shop, request_)["error"] == "dispute.rr.not.allow"
    found = shop.get("returns/get_return_dispute_reason", return_sn=request_.id)["response"]
    assert found["dispute_reason_list"] == []


# -- evidence


def test_evidence_is_uploaded_and_read_back(shop: Caller, market: Market, request_: Return) -> None:
    dispute(shop, request_)
    answer = shop.upload(
        "returns/convert_image",
        {"return_sn": request_.id},
        [("upload_image", market.image())],
        public=False,
    )
    picture = answer["response"]
    assert shop.get("returns/query_proof", return_sn=request_.id)["error"] == "no.proof"
    assert shop.post("returns/upload_proof", return_sn=request_.id)["error"] == "no.proof"
    shop.post("returns/upload_proof", return_sn=request_.id, photo=[picture], description="broken")
    proof = shop.get("returns/query_proof", return_sn=request_.id)["response"]
    assert proof == {"image": [picture], "video": [], "description": "broken"}
    assert detail(shop, request_)["seller_proof"]["seller_proof_status"] == "UPLOADED"


def test_a_picture_of_another_kind_or_size_is_refused(shop: Caller, market: Market, request_: Return) -> None:
    def upload(content: bytes) -> str:
        fields = {"return_sn": request_.id}
        reply = shop.upload("returns/convert_image", fields, [("upload_image", content)], public=False)
        return str(reply["error"])

    assert upload(b"GIF89a") == "format.unsupport"
    assert upload(market.image() + b"0" * 10 * 1024 * 1024) == "image.upload.fail"


def test_evidence_has_a_date_and_a_number(shop: Caller, market: Market, request_: Return) -> None:
    photo = {"url": "https://a.example/1.png", "thumbnail": "https://a.example/1.png"}
    many = shop.post("returns/upload_proof", return_sn=request_.id, photo=[photo] * 10)
    assert many["error"] == "number.error"
    dispute(shop, request_)
    later(shop, days=3)
    late = shop.post("returns/upload_proof", return_sn=request_.id, description="late")
    assert late["error"] == "proof.overdue"


# -- carriers


def test_only_a_parcel_under_way_has_a_trace(shop: Caller, request_: Return) -> None:
    found = shop.get("returns/get_reverse_tracking_info", return_sn=request_.id)
    assert found["error"] == "returns.error_reverse_logistics"


def test_carriers_are_offered_where_the_seller_fetches(spec: ShopeeSpec | None, shop: Caller) -> None:
    twin = open_twin("shopee", currency="TWD")
    assert isinstance(twin, ShopeeTwin)
    request, caller = new_return(twin.market), Caller(twin, spec)
    path = "returns/get_shipping_carrier"
    assert caller.get(path, return_sn=request.id)["error"] == "returns.missing_reverse_logistics_carrier_list"
    request.native["seller_arrange"] = True
    assert caller.get(path, return_sn=request.id)["response"]["is_shipping_proof_mandatory"] is True
    offered = caller.get("returns/get_available_solutions", return_sn=request.id)["response"]
    assert offered["offer_refund"]["min_refund_amount"] == 1


def test_the_other_parties_do_only_what_is_possible(market: Market, request_: Return) -> None:
    with pytest.raises(ValueError, match="cannot happen"):
        return_cases.judge(market.default, request_, for_seller=True)
    with pytest.raises(ValueError, match="cannot happen"):
        return_cases.buyer_accepts(market.default, request_)
