"""Orders of the pretend Shopee: listed, read, cancelled."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.support.shopee_caller import Caller

from socialcommerce.simulators.entities import Order
from socialcommerce.simulators.market import Market

DAY = 86400


class TestLists:
    def _list(self, shop: Caller, days: float = 15, **more: Any) -> Any:
        now = int(shop.twin.clock.now())
        window = {
            "time_range_field": "create_time",
            "time_from": int(now - days * DAY),
            "time_to": now,
            "page_size": 10,
        }
        return shop.get("order/get_order_list", **window | more)

    def test_a_window_is_at_most_fifteen_days(self, shop: Caller, order: Order) -> None:
        assert len(self._list(shop)["response"]["order_list"]) == 1
        assert self._list(shop, days=15.1)["error"] == "order.order_list_invalid_time"
        assert self._list(shop, days=-1)["error"] == "order.order_list_invalid_time"

    def test_cursors_lead_through_the_pages(self, market: Market, shop: Caller, order: Order) -> None:
        for _ in range(4):
            market.buy("TS-1")
        seen, cursor = [], ""
        for _ in range(3):
            reply = self._list(shop, page_size=2, cursor=cursor)["response"]
            seen += [one["order_sn"] for one in reply["order_list"]]
            cursor = reply["next_cursor"]
        assert (cursor, reply["more"], set(seen)) == ("", False, set(market.default.orders))
        assert len(seen) == 5
        assert self._list(shop, cursor="x")["error"] == "error_param"

    def test_the_status_comes_only_when_asked_for(self, shop: Caller, order: Order) -> None:
        (plain,) = self._list(shop)["response"]["order_list"]
        (full,) = self._list(shop, response_optional_fields="order_status")["response"]["order_list"]
        assert ("order_status" in plain, full["order_status"]) == (False, "READY_TO_SHIP")

    def test_only_some_statuses_can_be_filtered_by(self, shop: Caller, order: Order) -> None:
        assert len(self._list(shop, order_status="READY_TO_SHIP")["response"]["order_list"]) == 1
        assert self._list(shop, order_status="SHIPPED")["response"]["order_list"] == []
        assert self._list(shop, order_status="TO_RETURN")["error"] == "error_param"

    def test_updates_are_another_clock(self, market: Market, shop: Caller, order: Order) -> None:
        market.advance(timedelta(hours=2))
        market.complete(order)
        recent = {"time_from": int(shop.twin.clock.now()) - 3600}
        assert self._list(shop, **recent)["response"]["order_list"] == []
        found = self._list(shop, **recent, time_range_field="update_time")["response"]["order_list"]
        assert len(found) == 1

    def test_a_pending_order_shows_as_such_only_when_asked(self, shop: Caller, order: Order) -> None:
        order.native["pending"] = True
        for asked, status in (("true", "PENDING"), ("false", "READY_TO_SHIP")):
            (detail,) = shop.get(
                "order/get_order_detail", order_sn_list=order.id, request_order_status_pending=asked
            )["response"]["order_list"]
            assert (detail["order_status"], "pending_terms" in detail) == (status, asked == "true")

    def test_a_boolean_is_true_or_false(self, shop: Caller, order: Order) -> None:
        reply = shop.get("order/get_order_detail", order_sn_list=order.id, request_order_status_pending="1")
        assert reply["error"] == "error_param"


class TestDetails:
    def test_most_fields_come_only_when_asked_for(self, shop: Caller, order: Order) -> None:
        (plain,) = shop.get("order/get_order_detail", order_sn_list=order.id)["response"]["order_list"]
        assert not {"item_list", "total_amount", "package_list", "pay_time"} & plain.keys()
        fields = "item_list,total_amount,package_list,pay_time,buyer_username,recipient_address,note"
        (full,) = shop.get("order/get_order_detail", order_sn_list=order.id, response_optional_fields=fields)[
            "response"
        ]["order_list"]
        assert (full["total_amount"], full["item_list"][0]["model_quantity_purchased"]) == (20, 2)
        assert full["package_list"][0]["logistics_status"] == "LOGISTICS_READY"

    def test_every_optional_field_is_known(self, shop: Caller, order: Order) -> None:
        from socialcommerce.simulators.shopee.orders import OPTIONAL

        fields = ",".join(OPTIONAL)
        (full,) = shop.get("order/get_order_detail", order_sn_list=order.id, response_optional_fields=fields)[
            "response"
        ]["order_list"]
        assert OPTIONAL.keys() <= full.keys()

    def test_missing_orders_are_named_in_a_warning(self, shop: Caller, order: Order) -> None:
        reply = shop.get("order/get_order_detail", order_sn_list=f"{order.id},NOPE")
        assert len(reply["response"]["order_list"]) == 1
        assert "NOPE" in reply["warning"][0]
        assert shop.get("order/get_order_detail", order_sn_list="NOPE")["error"] == "error_not_found"

    def test_at_most_fifty(self, shop: Caller) -> None:
        many = ",".join(map(str, range(51)))
        assert shop.get("order/get_order_detail", order_sn_list=many)["error"] == "error_param"

    def test_a_line_of_a_varied_item_names_its_model(self, market: Market, shop: Caller) -> None:
        product = market.add_product("V", stock=1)
        product.native["tiers"] = [{"id": 0, "name": "Size", "group": 0, "options": [{"id": 0, "name": "L"}]}]
        product.variants[0].options = (0,)
        order = market.buy("V")
        (detail,) = shop.get(
            "order/get_order_detail", order_sn_list=order, response_optional_fields="item_list"
        )["response"]["order_list"]
        line = detail["item_list"][0]
        assert (line["model_name"], line["model_id"]) == ("L", int(product.variants[0].id))


class TestCancelling:
    def _cancel(self, shop: Caller, order: Order, reason: str = "CUSTOMER_REQUEST", **more: Any) -> Any:
        return shop.post("order/cancel_order", order_sn=order.id, cancel_reason=reason, **more)

    def _row(self, order: Order, index: int = 0) -> dict[str, int]:
        return {"item_id": int(order.lines[index].product.id), "model_id": 0}

    def test_the_goods_go_back_on_the_shelf(self, shop: Caller, order: Order) -> None:
        assert self._cancel(shop, order)["response"]["update_time"] == int(order.updated)
        assert (order.status, order.lines[0].variant.available) == ("cancelled", 50)
        assert self._cancel(shop, order)["error"] == "order.error_limit"

    @pytest.mark.parametrize("reason", ["BORED", "UNDELIVERABLE_AREA", "OUT_OF_STOCK"])
    def test_a_reason_must_hold_here(self, shop: Caller, order: Order, reason: str) -> None:
        assert self._cancel(shop, order, reason)["error"] == "error_param"

    def test_out_of_stock_names_the_items(self, shop: Caller, order: Order) -> None:
        wrong = self._cancel(shop, order, "OUT_OF_STOCK", item_list=[{"item_id": 1, "model_id": 0}])
        assert wrong["error"] == "error_param"
        assert self._cancel(shop, order, "OUT_OF_STOCK", item_list=[self._row(order)])["error"] == ""

    def test_units_can_be_cancelled(self, shop: Caller, order: Order) -> None:
        part = [self._row(order) | {"model_quantity": 1}]
        value = shop.post("order/get_estimate_cancel_value", order_sn=order.id, partial_cancel_item_list=part)
        assert value["cancel_value_price"] == "10"
        assert self._cancel(shop, order, partial_cancel_item_list=part)["error"] == ""
        assert (order.status, order.lines[0].cancelled, order.total) == ("ready", 1, 10)
        too_many = [self._row(order) | {"model_quantity": 2}]
        assert self._cancel(shop, order, partial_cancel_item_list=too_many)["error"] == "error_param"
        assert self._cancel(shop, order, partial_cancel_item_list=part)["error"] == ""
        assert order.status == "cancelled"

    @pytest.mark.parametrize(("answer", "status"), [("ACCEPT", "cancelled"), ("REJECT", "ready")])
    def test_a_buyers_wish_is_answered(
        self, market: Market, shop: Caller, order: Order, answer: str, status: str
    ) -> None:
        def say(operation: str) -> Any:
            body = {"order_sn": order.id, "operation": operation}
            return shop.post("order/handle_buyer_cancellation", **body)["error"]

        assert say(answer) == "order.cancel_order_invalid_status"
        market.request_cancellation(order)
        assert say("MAYBE") == "error_param"
        fields = "cancel_by,buyer_cancel_reason"
        (detail,) = shop.get(
            "order/get_order_detail", order_sn_list=order.id, response_optional_fields=fields
        )["response"]["order_list"]
        assert (detail["order_status"], detail["cancel_by"]) == ("IN_CANCEL", "buyer")
        assert say(answer) == ""
        assert order.status == status

    def test_an_unknown_order_is_not_found(self, shop: Caller) -> None:
        reply = shop.post("order/set_note", order_sn="NOPE", note="x")
        assert reply["error"] == "error_not_found"

    def test_a_note_replaces_the_one_before(self, shop: Caller, order: Order) -> None:
        shop.post("order/set_note", order_sn=order.id, note="first")
        shop.post("order/set_note", order_sn=order.id, note="second")
        assert order.note == "second"
