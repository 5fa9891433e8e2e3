"""The pretend TikTok Shop hears second thoughts: cancellations, returns, refunds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.support.tiktok_shop_caller import Caller

from socialcommerce.simulators.entities import Return
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.tiktok_shop import TikTokShopTwin

CANCEL = "/return_refund/202602/cancellations"
RETURNS = "/return_refund/202602/returns"
ANSWER = "/return_refund/202309/cancellations"
APPROVE = "/return_refund/202309/returns/{}/approve"
REJECT = "/return_refund/202606/returns/{}/reject"
NO_STOCK = "seller_cancel_reason_out_of_stock"
GOODWILL = "seller_refund_reason_goodwill"


def buy(caller: Caller, quantity: int = 1, complete: bool = False) -> str:
    market = caller.twin.market
    if caller.twin.accounts[0].find("TS-1") is None:
        market.add_product("TS-1", 20, "10", tax_rate="0.1", shipping_fee="2")
    order = market.buy("TS-1", quantity)
    if complete:
        market.complete(order)
    return order


def order_row(caller: Caller, order: str) -> Any:
    return caller.get("/order/202507/orders", ids=order)["orders"][0]


def the_return(caller: Caller, key: str) -> Any:
    return caller.post(f"{RETURNS}/search", {"return_ids": [key]})["return_orders"][0]


def available(caller: Caller) -> int:
    found = caller.twin.accounts[0].find("TS-1")
    assert found is not None
    return found[1].available


class TestEligibility:
    def test_what_may_be_asked_depends_on_the_order(self, caller: Caller) -> None:
        order = buy(caller)
        path = f"/return_refund/202602/orders/{order}/aftersale_eligibility"
        query = {"initiate_aftersale_user": "SELLER", "request_types": "CANCEL,REFUND"}
        entries = caller.get(path, **query)["sku_eligibility"][0]["line_item_eligibility"]
        assert [(one["request_type"], one["eligible"]) for one in entries] == [
            ("CANCEL", True),
            ("REFUND", False),
        ]
        assert NO_STOCK in entries[0]["available_reason_names"]
        assert entries[1]["ineligible_code"]
        caller.twin.market.complete(order)
        entries = caller.get(path)["sku_eligibility"][0]["line_item_eligibility"]
        assert [one["eligible"] for one in entries] == [False, True, True]

    def test_a_refund_can_be_previewed(self, caller: Caller) -> None:
        order = buy(caller, 2, complete=True)
        path = "/return_refund/202602/refunds/calculate"
        body = {"order_id": order, "request_type": "REFUND", "reason_name": GOODWILL}
        assert caller.post(path, body)["order_refund_amount"]["refund_total"] == "24.00"
        sku = order_row(caller, order)["line_items"][0]["sku_id"]
        part = caller.post(path, body | {"skus": [{"sku_id": sku, "quantity": 1}]})["order_refund_amount"]
        assert (part["refund_total"], part["refund_shipping_fee"]) == ("11.00", "0.00")
        assert caller.code("POST", path, body | {"skus": [{"sku_id": sku, "quantity": 3}]}) == 25020002
        assert caller.code("POST", path, body | {"reason_name": "whim"}) == 98001004
        assert caller.code("POST", path, body | {"request_type": "GIFT"}) == 98001004
        assert caller.code("POST", path, body | {"order_line_item_ids": ["1"]}) == 25020001
        both = {"order_line_item_ids": ["1"], "order_line_list": [{"order_line_item_id": "1"}]}
        assert caller.code("POST", path, body | both) == 36009004


class TestCancelling:
    def test_a_whole_order(self, caller: Caller) -> None:
        order = buy(caller, 2)
        before = available(caller)
        made = caller.post(CANCEL, {"order_id": order, "cancel_reason": NO_STOCK})
        row = order_row(caller, order)
        assert (row["status"], row["cancellation_initiator"]) == ("CANCELLED", "SELLER")
        assert {one["display_status"] for one in row["line_items"]} == {"CANCELLED"}
        assert available(caller) == before + 2
        found = caller.post(f"{CANCEL}/search", {"order_ids": [order]})["cancellations"]
        assert [one["cancel_id"] for one in found] == [made["cancel_id"]]
        assert (found[0]["cancel_type"], len(found[0]["cancel_line_items"])) == ("CANCEL", 2)
        assert caller.told(1)[-1]["order_status"] == "CANCEL"
        assert caller.code("POST", CANCEL, {"order_id": order, "cancel_reason": NO_STOCK}) == 25020001

    def test_some_units_in_the_us(self, caller: Caller) -> None:
        order = buy(caller, 3)
        units = [one["id"] for one in order_row(caller, order)["line_items"]]
        body = {
            "order_id": order,
            "cancel_reason": NO_STOCK,
            "order_line_list": [{"order_line_item_id": units[0]}],
        }
        assert caller.post(CANCEL, body)["cancel_status"] == "CANCELLATION_REQUEST_COMPLETE"
        row = order_row(caller, order)
        states = [one["display_status"] for one in row["line_items"]]
        assert states == ["CANCELLED", "AWAITING_SHIPMENT", "AWAITING_SHIPMENT"]
        assert row["status"] == "AWAITING_SHIPMENT"

    def test_some_units_elsewhere_not(self) -> None:
        caller = Caller(TikTokShopTwin(Market(), currency="MYR"))
        order = buy(caller, 2)
        unit = order_row(caller, order)["line_items"][0]["id"]
        body = {"order_id": order, "cancel_reason": NO_STOCK, "order_line_item_ids": [unit]}
        assert caller.code("POST", CANCEL, body) == 25020004

    def test_the_reason_must_be_one_of_the_order(self, caller: Caller) -> None:
        assert caller.code("POST", CANCEL, {"order_id": buy(caller), "cancel_reason": "whim"}) == 98001004
        assert caller.code("POST", CANCEL, {"order_id": "1", "cancel_reason": NO_STOCK}) == 11001001


class TestBuyersWish:
    def case(self, caller: Caller) -> tuple[str, str]:
        order = buy(caller)
        caller.twin.market.request_cancellation(order)
        return order, caller.post(f"{CANCEL}/search", {"order_ids": [order]})["cancellations"][0]["cancel_id"]

    def test_it_is_an_overlay_on_the_order(self, caller: Caller) -> None:
        order, _ = self.case(caller)
        row = order_row(caller, order)
        assert (row["status"], row["is_buyer_request_cancel"]) == ("AWAITING_SHIPMENT", True)
        found = caller.post(
            f"{CANCEL}/search", {"cancel_status": ["CANCELLATION_REQUEST_PENDING"]}, page_size="10"
        )
        assert (
            found["cancellations"][0]["seller_next_action_response"][0]["action"]
            == "SELLER_RESPOND_BUYER_CANCEL"
        )
        assert caller.told(11)[-1]["cancellations_role"] == "BUYER"
        package = row["packages"][0]["id"]
        path = f"/fulfillment/202309/packages/{package}/ship"
        assert caller.code("POST", path, {"handover_method": "DROP_OFF"}) == 21011008
        assert caller.code("POST", CANCEL, {"order_id": order, "cancel_reason": NO_STOCK}) == 25020003
        searched = caller.post("/order/202309/orders/search", {"is_buyer_request_cancel": True}, page_size=5)
        assert searched["total_count"] == 1

    def test_granted(self, caller: Caller) -> None:
        order, case = self.case(caller)
        assert caller.post(f"{ANSWER}/{case}/approve", {}, idempotency_key="a") == {}
        assert caller.post(f"{ANSWER}/{case}/approve", {}, idempotency_key="a") == {}
        assert caller.code("POST", f"{ANSWER}/{case}/approve", {}) == 25020006
        assert order_row(caller, order)["cancellation_initiator"] == "BUYER"
        assert [one["cancel_status"] for one in caller.told(11)] == [
            "CANCELLATION_REQUEST_PENDING",
            "CANCELLATION_REQUEST_COMPLETE",
        ]

    def test_refused(self, caller: Caller) -> None:
        order, case = self.case(caller)
        reasons = caller.get("/return_refund/202309/reject_reasons", return_or_cancel_id=case)["reasons"]
        eligible = caller.get("/return_refund/202601/decision_eligibility", return_or_cancel_id=case)[
            "decisions"
        ]
        assert all(one["eligible"] for one in eligible)
        assert caller.code("POST", f"{ANSWER}/{case}/reject", {"reject_reason": "whim"}) == 98001004
        caller.post(f"{ANSWER}/{case}/reject", {"reject_reason": reasons[0]["name"]})
        assert not order_row(caller, order)["is_buyer_request_cancel"]
        assert caller.told(11)[-1]["cancel_status"] == "CANCELLATION_REQUEST_CANCELLED"
        found = caller.post(f"{CANCEL}/search", {"cancel_ids": [case]})["cancellations"][0]
        assert found["cancel_status"] == "CANCELLATION_REQUEST_CANCEL"
        assert caller.code("POST", f"{ANSWER}/1/approve", {}) == 25020005

    def test_within_the_remorse_hour_no_consent_is_needed(self, caller: Caller) -> None:
        caller.twin.hold = 3600
        order, _ = self.case(caller)
        assert order_row(caller, order)["status"] == "CANCELLED"
        caller.twin.market.advance(timedelta(hours=2))
        assert order_row(caller, order)["status"] == "CANCELLED"

    def test_a_wish_that_the_market_drops_is_withdrawn(self, caller: Caller) -> None:
        order, case = self.case(caller)
        shop = caller.twin.accounts[0]
        shop.keep(shop.orders[order])
        found = caller.post(f"{CANCEL}/search", {"cancel_ids": [case]})["cancellations"][0]
        assert found["cancel_status"] == "CANCELLATION_REQUEST_CANCEL"


class TestReturns:
    def asked(self, caller: Caller, quantity: int = 1) -> str:
        return caller.twin.market.request_return(buy(caller, quantity, complete=True))

    def test_the_search(self, caller: Caller) -> None:
        assert "return_orders" not in caller.post(f"{RETURNS}/search")
        key = self.asked(caller, 2)
        row = the_return(caller, key)
        assert (row["return_status"], row["return_type"]) == (
            "RETURN_OR_REFUND_REQUEST_PENDING",
            "RETURN_AND_REFUND",
        )
        assert len(row["return_line_items"]) == 2
        assert row["seller_next_action_response"][0]["action"] == "SELLER_RESPOND_RETURN"
        none = caller.post(f"{RETURNS}/search", {"return_types": ["REFUND"]}, sort_field="update_time")
        assert none["total_count"] == 0
        assert order_row(caller, row["order_id"])["status"] == "COMPLETED"
        assert caller.told(12)[0]["return_id"] == key
        assert caller.told(64)[0]["aftersales_request_status"] == "PENDING_REQUEST_REVIEW"
        assert caller.code("POST", f"{RETURNS}/search", {}, page_size="51") == 36009004

    def test_agreed_sent_back_received_refunded(self, caller: Caller) -> None:
        key = self.asked(caller)
        caller.post(APPROVE.format(key), {"decision": "APPROVE_RETURN"})
        assert the_return(caller, key)["return_status"] == "AWAITING_BUYER_SHIP"
        caller.twin.market.advance(timedelta(days=1))
        row = the_return(caller, key)
        assert (row["return_status"], bool(row["return_tracking_number"])) == ("BUYER_SHIPPED_ITEM", True)
        assert row["seller_next_action_response"][0]["action"] == "SELLER_RESPOND_RECEIVE_PACKAGE"
        caller.post(APPROVE.format(key), {"decision": "APPROVE_RECEIVED_PACKAGE"})
        assert the_return(caller, key)["return_status"] == "RETURN_OR_REFUND_REQUEST_COMPLETE"
        assert caller.told(65)[0]["rma_status"] == "AWAITING_BUYER_SHIPPED"
        assert caller.told(67)[0]["line_items"][0]["main_order_id"] == row["order_id"]
        records = caller.get(f"/return_refund/202309/returns/{key}/records")["records"]
        assert len(records) == 4
        settled = caller.get(f"/finance/202501/orders/{row['order_id']}/statement_transactions")
        assert settled["revenue_amount"] == "0.00"

    def test_the_buyer_may_keep_it(self, caller: Caller) -> None:
        key = self.asked(caller)
        caller.post(APPROVE.format(key), {"decision": "APPROVE_RETURN", "buyer_keep_item": True})
        row = the_return(caller, key)
        assert (row["return_status"], row["can_buyer_keep_item"]) == (
            "RETURN_OR_REFUND_REQUEST_COMPLETE",
            True,
        )

    def test_a_refund_while_the_parcel_is_awaited_ends_it(self, caller: Caller) -> None:
        key = self.asked(caller)
        caller.post(APPROVE.format(key), {"decision": "APPROVE_RETURN"})
        caller.post(APPROVE.format(key), {"decision": "DIRECT_REFUND"})
        caller.twin.market.advance(timedelta(days=2))
        assert the_return(caller, key)["return_status"] == "RETURN_OR_REFUND_REQUEST_COMPLETE"

    def test_refused_with_a_reason_that_fits(self, caller: Caller) -> None:
        key = self.asked(caller)
        reasons = caller.get("/return_refund/202309/reject_reasons", return_or_cancel_id=key)["reasons"]
        body = {"decision": "REJECT_RETURN", "reject_reason": "whim"}
        assert caller.code("POST", REJECT.format(key), body) == 98001004
        caller.post(REJECT.format(key), body | {"reject_reason": reasons[0]["name"]})
        row = the_return(caller, key)
        assert row["return_status"] == "REFUND_OR_RETURN_REQUEST_REJECT"
        order = caller.twin.accounts[0].orders[row["order_id"]]
        assert (order.status, order.lines[0].return_requested) == ("completed", 0)
        assert caller.code("POST", APPROVE.format(key), {"decision": "APPROVE_RETURN"}) == 25020009

    @pytest.mark.parametrize(("declines", "ends"), [(False, "COMPLETE"), (True, "PENDING")])
    def test_part_of_the_money_can_be_offered(self, caller: Caller, declines: bool, ends: str) -> None:
        caller.twin.accounts[0].native["declines_offers"] = declines
        key = self.asked(caller)
        body: dict[str, Any] = {"decision": "OFFER_PARTIAL_REFUND"}
        assert caller.code("POST", APPROVE.format(key), body) == 98001004
        too_much = body | {"partial_refund": {"currency": "USD", "amount": "99"}}
        assert caller.code("POST", APPROVE.format(key), too_much) == 25020007
        caller.post(APPROVE.format(key), body | {"partial_refund": {"currency": "USD", "amount": "4"}})
        assert the_return(caller, key)["seller_proposed_return_type"] == "PARTIAL_REFUND"
        caller.twin.market.advance(timedelta(days=1))
        row = the_return(caller, key)
        assert (row["return_status"].endswith(ends), row["buyer_rejected_partial_refund"]) == (True, declines)

    def test_a_bad_parcel_is_refused_or_paid_in_part(self, caller: Caller) -> None:
        first, second = self.asked(caller), self.asked(caller)
        for key in (first, second):
            caller.post(APPROVE.format(key), {"decision": "APPROVE_RETURN"})
        caller.twin.market.advance(timedelta(days=1))
        reason = caller.get("/return_refund/202309/reject_reasons", return_or_cancel_id=first)["reasons"][0][
            "name"
        ]
        caller.post(REJECT.format(first), {"decision": "REJECT_RECEIVED_PACKAGE", "reject_reason": reason})
        assert the_return(caller, first)["return_status"] == "REJECT_RECEIVE_PACKAGE"
        body = {
            "decision": "OFFER_PARTIAL_REFUND_AFTER_RECEIVING_PKG",
            "reject_reason": reason,
            "partial_refund_amount": {"partial_refund_total": "3", "currency": "USD"},
        }
        caller.post(REJECT.format(second), body)
        assert the_return(caller, second)["return_status"] == "AWAITING_BUYER_RESPONSE"

    def test_which_decisions_are_open(self, caller: Caller) -> None:
        key = self.asked(caller)
        path = "/return_refund/202601/decision_eligibility"
        found = {one["decision"]: one for one in caller.get(path, return_or_cancel_id=key)["decisions"]}
        assert found["APPROVE_RETURN"]["eligible"]
        assert found["REJECT_RETURN"]["available_reject_reasons"]
        assert found["APPROVE_REFUND"]["ineligible_code"]
        one = caller.get(path, return_or_cancel_id=key, check_decisions="APPROVE_REFUND")["decisions"]
        assert len(one) == 1
        assert caller.code("GET", path, return_or_cancel_id="1") == 25020008

    def test_replacements(self, caller: Caller) -> None:
        key = self.asked(caller)
        request: Return = caller.twin.accounts[0].returns[key]
        request.native |= {"type": "REPLACEMENT", "status": "REPLACEMENT_REQUEST_PENDING"}
        assert (
            the_return(caller, key)["seller_next_action_response"][0]["action"]
            == "SELLER_RESPOND_REPLACEMENT"
        )
        caller.post(APPROVE.format(key), {"decision": "APPROVE_REPLACEMENT"})
        assert the_return(caller, key)["return_status"] == "REPLACEMENT_REQUEST_COMPLETE"


class TestSellersReturns:
    def test_a_refund_of_one_unit_once_per_key(self, caller: Caller) -> None:
        order = buy(caller, 2, complete=True)
        unit = order_row(caller, order)["line_items"][0]["id"]
        body = {
            "order_id": order,
            "return_type": "REFUND",
            "return_reason": GOODWILL,
            "order_line_item_ids": [unit],
            "refund_total": "5",
            "currency": "USD",
        }
        made = caller.post(RETURNS, body, idempotency_key="k")
        assert made == caller.post(RETURNS, body, idempotency_key="k")
        row = the_return(caller, made["return_id"])
        assert (row["role"], row["refund_amount"]["refund_total"]) == ("SELLER", "5.00")
        assert row["return_status"] == "RETURN_OR_REFUND_REQUEST_COMPLETE"
        assert caller.code("POST", RETURNS, body) == 25020001
        rest = caller.post(RETURNS, {"order_id": order, "return_type": "REFUND", "return_reason": GOODWILL})
        assert len(the_return(caller, rest["return_id"])["return_line_items"]) == 1

    def test_goods_sent_back_for_a_refund(self, caller: Caller) -> None:
        order = buy(caller, complete=True)
        body = {"order_id": order, "return_type": "RETURN_AND_REFUND", "return_reason": GOODWILL}
        assert caller.post(RETURNS, body)["return_status"] == "AWAITING_BUYER_SHIP"

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"return_type": "GIFT"}, 98001004),
            ({"return_reason": "whim"}, 98001004),
            ({"refund_total": "5"}, 98001004),
            ({"refund_total": "99", "currency": "USD"}, 25020007),
            ({"refund_total": "much", "currency": "USD"}, 98001004),
        ],
    )
    def test_what_is_wrong_is_refused(self, caller: Caller, change: dict[str, str], code: int) -> None:
        order = buy(caller, complete=True)
        body = {"order_id": order, "return_type": "REFUND", "return_reason": GOODWILL} | change
        assert caller.code("POST", RETURNS, body) == code
