"""Parcels of the pretend Shopee: listed, shipped, their documents, split from an order."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.support.shopee_caller import Caller
from tests.support.shopee_spec import ShopeeSpec

from socialcommerce.simulators import open_twin
from socialcommerce.simulators.entities import Line, Order
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.shopee import ShopeeTwin
from socialcommerce.simulators.shopee.defaults import DROP_OFF, OWN_FLEET, SELLER_BR


@pytest.fixture
def wide(market: Market, twin: ShopeeTwin, order: Order) -> Order:
    """An order of two lines."""
    other = market.add_product("TS-2", stock=5)
    line = Line(twin.new_id("line"), other, other.variants[0], 1, other.variants[0].price)
    order.lines.append(line)
    order.packages[0].contents[line.id] = 1
    return order


def ways(shop: Caller, order: Order) -> Any:
    return shop.get("logistics/get_shipping_parameter", order_sn=order.id)["response"]


def pickup(shop: Caller, order: Order) -> dict[str, Any]:
    place = ways(shop, order)["pickup"]["address_list"][0]
    slot = place["time_slot_list"][0]["pickup_time_id"]
    return {"address_id": place["address_id"], "pickup_time_id": slot}


def ship(shop: Caller, order: Order) -> None:
    assert shop.post("logistics/ship_order", order_sn=order.id, dropoff={})["error"] == ""


def rows(reply: Any) -> Any:
    return reply["response"]["result_list"]


class TestPackages:
    def _search(self, shop: Caller, status: int | None = None, **page: Any) -> Any:
        body: dict[str, Any] = {"pagination": {"page_size": 10, **page}}
        if status is not None:
            body["filter"] = {"package_status": status}
        return shop.post("order/search_package_list", **body)

    def test_parcels_are_found_by_stage(self, shop: Caller, order: Order) -> None:
        counts = [
            self._search(shop, stage)["response"]["pagination"]["total_count"] for stage in (0, 1, 2, 3)
        ]
        assert counts == [1, 0, 1, 0]
        ship(shop, order)
        (row,) = self._search(shop, 3)["response"]["packages_list"]
        assert row["is_shipment_arranged"] is True
        assert self._search(shop)["response"]["packages_list"] == []

    def test_the_cursor_sits_in_the_pagination(self, market: Market, shop: Caller, order: Order) -> None:
        market.buy("TS-1")
        first = self._search(shop, page_size=1)["response"]["pagination"]
        assert first["more"] is True
        second = self._search(shop, page_size=1, cursor=first["next_cursor"])["response"]
        assert (len(second["packages_list"]), second["pagination"]["next_cursor"]) == (1, "")
        assert self._search(shop, page_size=0)["error"] == "error_param"

    def test_channels_narrow(self, shop: Caller, order: Order) -> None:
        body = {"filter": {"logistics_channel_ids": [1]}, "pagination": {"page_size": 10}}
        assert shop.post("order/search_package_list", **body)["response"]["packages_list"] == []

    def test_a_parcel_tells_all(self, shop: Caller, order: Order) -> None:
        number = order.packages[0].id
        reply = shop.get("order/get_package_detail", package_number_list=f"{number},X")
        (row,) = reply["response"]["package_list"]
        assert (row["fulfillment_status"], row["item_list"][0]["model_quantity"]) == ("LOGISTICS_READY", 2)
        assert reply["warning"].endswith("X")
        assert shop.get("order/get_package_detail", package_number_list="X")["error"] == "error_param"


class TestShipping:
    def test_the_number_comes_some_minutes_after_the_arrangement(
        self, market: Market, shop: Caller, order: Order
    ) -> None:
        sent = shop.post("logistics/ship_order", order_sn=order.id, pickup=pickup(shop, order))
        assert (sent["error"], order.status) == ("", "processed")

        def number() -> Any:
            optional = "first_mile_tracking_number"
            return shop.get(
                "logistics/get_tracking_number", order_sn=order.id, response_optional_fields=optional
            )["response"]

        assert (number()["tracking_number"], bool(number()["hint"])) == ("", True)
        market.advance(timedelta(minutes=6))
        assert number()["tracking_number"].startswith("SPX")
        assert "first_mile_tracking_number" in number()
        codes = [json.loads(one.body)["code"] for one in market.pushes()]
        assert codes == [3, 30, 3, 4]

    @pytest.mark.parametrize(
        ("way", "code"),
        [
            ({}, "logistics.ship_order_only_support_one_type"),
            ({"pickup": {}, "dropoff": {}}, "error_param"),
            ({"non_integrated": {}, "dropoff": {}}, "logistics.ship_order_only_support_one_type"),
            ({"non_integrated": {}}, "logistics.ship_order_unsupport_non_integrated"),
            ({"pickup": []}, "error_param"),
            ({"pickup": {"address_id": 1}}, "logistics.ship_order_need_address_pickup_time"),
            ({"pickup": {"address_id": 1, "pickup_time_id": "1"}}, "logistics.address_not_found"),
            ({"dropoff": {}, "package_number": ""}, "error_param"),
            ({"dropoff": {}, "package_number": "X"}, "logistics.ship_order_not_need_pacakge_number"),
        ],
    )
    def test_exactly_one_complete_way(
        self, twin: ShopeeTwin, shop: Caller, order: Order, way: dict[str, Any], code: str
    ) -> None:
        request = shop.request("POST", "logistics/ship_order", body={"order_sn": order.id, **way})
        assert json.loads(twin.handle(request).content)["error"] == code
        assert order.status == "ready"

    def test_a_slot_must_be_one_of_those_offered(self, shop: Caller, order: Order) -> None:
        wrong = pickup(shop, order) | {"pickup_time_id": "123"}
        reply = shop.post("logistics/ship_order", order_sn=order.id, pickup=wrong)
        assert reply["error"] == "logistics.ship_order_pickup_time_invalid"

    def test_a_shipment_is_arranged_once(self, market: Market, shop: Caller, order: Order) -> None:
        ship(shop, order)
        again = shop.post("logistics/ship_order", order_sn=order.id, dropoff={})
        assert again["error"] == "logistics.package_already_shipped"
        assert (
            "ready to be shipped"
            in shop.get("logistics/get_shipping_parameter", order_sn=order.id)["message"]
        )
        asked = market.default.order(market.buy("TS-1"))
        market.request_cancellation(asked)
        frozen = shop.post("logistics/ship_order", order_sn=asked.id, dropoff={})
        assert frozen["error"] == "logistics.ship_order_not_ready_to_ship"

    def test_each_channel_has_its_way(self, shop: Caller, order: Order) -> None:
        package = order.packages[0]
        package.native["channel"] = DROP_OFF
        branch = ways(shop, order)["dropoff"]["branch_list"][0]["branch_id"]
        for details, code in (
            ({}, "logistics.ship_order_need_branch_id"),
            ({"branch_id": 1}, "logistics.error_store_not_found"),
        ):
            reply = shop.post("logistics/ship_order", order_sn=order.id, dropoff=details)
            assert reply["error"] == code
        done = shop.post("logistics/ship_order", order_sn=order.id, dropoff={"branch_id": branch})
        assert done["error"] == ""

    def test_an_own_carrier_brings_its_number(self, shop: Caller, order: Order) -> None:
        order.packages[0].native["channel"] = OWN_FLEET
        assert ways(shop, order)["info_needed"] == {"non_integrated": ["tracking_number"]}
        body = {"order_sn": order.id, "non_integrated": {"tracking_number": "MINE-1"}}
        assert shop.post("logistics/ship_order", **body)["error"] == ""
        assert order.packages[0].tracking_number == "MINE-1"

    def test_many_are_arranged_at_once(self, market: Market, shop: Caller, order: Order) -> None:
        packages = [{"package_number": order.packages[0].id}, {"package_number": "X"}]
        reply = shop.post("logistics/mass_ship_order", package_list=packages, dropoff={})
        assert (reply["success_list"], reply["fail_list"][0]["package_number"]) == (packages[:1], "X")
        numbers = shop.post("logistics/get_mass_tracking_number", package_list=packages)["response"]
        assert (len(numbers["success_list"]), len(numbers["fail_list"])) == (1, 1)
        second = market.default.order(market.buy("TS-1"))
        body = [{"order_sn": second.id}, {"order_sn": "NOPE"}]
        batch = shop.post("logistics/batch_ship_order", order_list=body, dropoff={})
        assert [one.get("fail_error") for one in rows(batch)] == [None, "error_not_found"]
        assert batch["warning"] == [{"order_sn": "NOPE"}]
        failed = shop.post("logistics/batch_ship_order", order_list=body[1:], dropoff={})
        assert (failed["error"], len(rows(failed))) == ("common.batch_api_all_failed", 1)

    def test_own_numbers_come_with_many(self, shop: Caller, order: Order) -> None:
        order.packages[0].native["channel"] = OWN_FLEET
        number = order.packages[0].id
        shop.post(
            "logistics/mass_ship_order",
            package_list=[{"package_number": number}],
            non_integrated={"tracking_number": [{"package_number": number, "tracking_number": "M-2"}]},
        )
        assert order.packages[0].tracking_number == "M-2"

    def test_a_missed_pickup_is_ordered_again(self, market: Market, shop: Caller, order: Order) -> None:
        slot = pickup(shop, order)
        early = shop.post("logistics/update_shipping_order", order_sn=order.id, pickup=slot)
        assert early["error"] == "logistics.order_not_ready_to_update"
        ship(shop, order)
        market.default.miss_pickup(order.id)
        assert order.status == "retry"
        again = shop.post("logistics/update_shipping_order", order_sn=order.id, pickup=slot)
        assert (again["error"], order.status) == ("", "processed")

    def test_events_are_told_newest_first(self, market: Market, shop: Caller, order: Order) -> None:
        assert shop.get("logistics/get_tracking_info", order_sn=order.id)["error"]
        market.complete(order)
        reply = shop.get("logistics/get_tracking_info", order_sn=order.id)["response"]
        words = [one["logistics_status"] for one in reply["tracking_info"]]
        assert words == ["DELIVERED", "PICKED_UP", "ORDER_CREATED"]
        assert reply["logistics_status"] == "LOGISTICS_DELIVERY_DONE"

    def test_a_brazilian_sellers_own_status(self, spec: ShopeeSpec | None) -> None:
        twin = open_twin("shopee", currency="BRL")
        assert isinstance(twin, ShopeeTwin)
        market, shop = twin.market, Caller(twin, spec)
        market.add_product("TS-1", stock=5)
        order = market.default.order(market.buy("TS-1"))

        def say(status: str, **more: Any) -> Any:
            body = {"order_sn": order.id, "logistics_status": status, **more}
            return shop.post("logistics/update_tracking_status", **body)["error"]

        assert say("logistics_pickup_done") == "logistics.feature_not_supported"
        order.packages[0].native["channel"] = SELLER_BR
        assert shop.post("logistics/ship_order", order_sn=order.id, non_integrated={})["error"] == ""
        assert say("on_the_moon") == "error_param"
        assert say("logistics_pickup_done", tracking_number="BR1") == ""
        assert (order.status, order.packages[0].tracking_number) == ("shipped", "BR1")
        assert say("logistics_delivery_done", tracking_url="https://x") == "error_param"
        assert say("logistics_delivery_failed") == ""
        assert say("logistics_delivery_done") == ""
        assert order.status == "delivered"

    def test_channels_and_addresses(self, shop: Caller) -> None:
        channels = shop.get("logistics/get_channel_list")["response"]["logistics_channel_list"]
        assert any(one["enabled"] and one["mask_channel_id"] == 0 for one in channels)
        (address,) = shop.get("logistics/get_address_list")["response"]["address_list"]
        assert "PICKUP_ADDRESS" in address["address_type"]


class TestDocuments:
    def _body(self, order: Order, **more: Any) -> dict[str, Any]:
        return {"order_list": [{"order_sn": order.id, **more}]}

    def test_a_label_is_printed_and_downloaded(
        self, market: Market, twin: ShopeeTwin, shop: Caller, order: Order
    ) -> None:
        ship(shop, order)
        market.advance(timedelta(minutes=6))
        offered = shop.post("logistics/get_shipping_document_parameter", **self._body(order))
        kind = rows(offered)[0]["suggest_shipping_document_type"]
        body = self._body(order, shipping_document_type=kind)
        assert shop.post("logistics/create_shipping_document", **body)["error"] == ""

        def status() -> Any:
            return rows(shop.post("logistics/get_shipping_document_result", **body))[0]["status"]

        download = {**self._body(order), "shipping_document_type": kind}
        early = shop.post("logistics/download_shipping_document", **download)
        assert (status(), early["error"]) == ("PROCESSING", "logistics.download_later")
        market.advance(timedelta(minutes=1))
        assert status() == "READY"
        assert json.loads(market.pushes()[-1].body)["code"] == 15
        reply = shop.send(shop.request("POST", "logistics/download_shipping_document", body=download))
        assert reply.headers["content-type"] == "application/pdf"
        assert reply.content.startswith(b"%PDF-1.4")
        assert order.id.encode() in reply.content
        market.complete(order)
        late = shop.post("logistics/download_shipping_document", **download)
        assert late["error"] == "logistics.package_can_not_print"

    def test_what_cannot_be_printed_says_why(self, market: Market, shop: Caller, order: Order) -> None:
        def why(name: str, **more: Any) -> Any:
            reply = shop.post(f"logistics/{name}", **self._body(order, **more))
            assert reply["error"] == "common.batch_api_all_failed"
            return rows(reply)[0]["fail_error"]

        assert why("create_shipping_document") == "logistics.package_can_not_print"
        ship(shop, order)
        assert why("create_shipping_document") == "logistics.tracking_number_invalid"
        assert why("create_shipping_document", shipping_document_type="POSTER") == (
            "logistics.shipping_document_type_invalid"
        )
        assert why("get_shipping_document_result") == "logistics.shipping_document_should_print_first"
        direct = shop.post("logistics/download_shipping_document", **self._body(order))
        assert direct["error"] == "logistics.shipping_document_should_print_first"


class TestSplitting:
    def _parcels(self, order: Order, *indexes: int) -> list[dict[str, Any]]:
        return [
            {"item_list": [{"item_id": int(order.lines[index].product.id), "model_id": 0}]}
            for index in indexes
        ]

    def test_parcels_are_shipped_one_by_one_by_number(self, shop: Caller, wide: Order) -> None:
        reply = shop.post("order/split_order", order_sn=wide.id, package_list=self._parcels(wide, 0, 1))
        first, second = [one["package_number"] for one in reply["response"]["package_list"]]
        body = {"order_sn": wide.id, "dropoff": {}}
        unnamed = shop.post("logistics/ship_order", **body)
        assert unnamed["error"] == "logistics.ship_order_need_pacakge_number"
        assert shop.get("logistics/get_tracking_number", order_sn=wide.id)["error"] == (
            "logistics.package_number_not_exist"
        )
        assert shop.post("logistics/ship_order", **body, package_number="X")["error"] == (
            "logistics.package_not_exist"
        )
        assert shop.post("logistics/ship_order", **body, package_number=first)["error"] == ""
        assert wide.status == "ready"
        assert shop.post("order/unsplit_order", order_sn=wide.id)["error"] == "order.order_cannot_undo_split"
        assert shop.post("logistics/ship_order", **body, package_number=second)["error"] == ""
        assert wide.status == "processed"

    def test_a_split_is_undone(self, shop: Caller, wide: Order) -> None:
        parcels = self._parcels(wide, 0, 1)
        shop.post("order/split_order", order_sn=wide.id, package_list=parcels)
        again = shop.post("order/split_order", order_sn=wide.id, package_list=parcels)
        assert again["error"] == "order.order_has_been_split"
        assert shop.post("order/unsplit_order", order_sn=wide.id)["error"] == ""
        assert [len(one.contents) for one in wide.packages] == [2]

    @pytest.mark.parametrize(
        ("indexes", "code"),
        [
            ((0,), "error_param"),
            ((0, 0), "order.order_split_duplicate_item"),
            ((0, 1, 0, 1, 0, 1), "error_param"),
        ],
    )
    def test_every_item_is_in_one_parcel(
        self, shop: Caller, wide: Order, indexes: tuple[int, ...], code: str
    ) -> None:
        reply = shop.post("order/split_order", order_sn=wide.id, package_list=self._parcels(wide, *indexes))
        assert reply["error"] == code

    def test_no_item_is_left_out(self, market: Market, twin: ShopeeTwin, shop: Caller, wide: Order) -> None:
        third = market.add_product("TS-3", stock=5)
        wide.lines.append(Line(twin.new_id("line"), third, third.variants[0], 1, third.variants[0].price))
        reply = shop.post("order/split_order", order_sn=wide.id, package_list=self._parcels(wide, 0, 1))
        assert reply["error"] == "order.order_split_package_missing_item"

    def test_only_what_waits_can_be_split(self, market: Market, shop: Caller, wide: Order) -> None:
        market.complete(wide)
        reply = shop.post("order/split_order", order_sn=wide.id, package_list=self._parcels(wide, 0, 1))
        assert reply["error"] == "order.order_cannot_split"
