"""The pretend TikTok Shop sells: orders by units, parcels, shipping, money."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.support.tiktok_shop_caller import Caller

from socialcommerce.runtime.transport import Request
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.tiktok_shop import TikTokShopTwin

SEARCH = "/order/202309/orders/search"
ORDERS = "/order/202507/orders"
PACKAGES = "/fulfillment/202309/packages"
OWN = {"tracking_number": "1Z999AA1", "shipping_provider_id": "7117858858072016686"}


def order_row(caller: Caller, order: str) -> Any:
    return caller.get(ORDERS, ids=order)["orders"][0]


def buy(
    caller: Caller, sku: str = "TS-1", quantity: int = 1, shipping: str | None = None, **native: Any
) -> str:
    shop = caller.twin.accounts[0]
    if shipping is not None:
        shop.native["shipping_type"] = shipping
    if shop.find(sku) is None:
        caller.twin.market.add_product(sku, 50, "19.90", **native)
    return caller.twin.market.buy(sku, quantity)


class TestReading:
    def test_a_line_item_is_one_unit_without_a_quantity(self, caller: Caller) -> None:
        row = order_row(caller, buy(caller, quantity=3))
        assert len(row["line_items"]) == 3
        assert len({one["id"] for one in row["line_items"]}) == 3
        assert all("quantity" not in one for one in row["line_items"])
        assert {one["sku_id"] for one in row["line_items"]} == {row["line_items"][0]["sku_id"]}

    def test_the_total_follows_the_documented_formula(self, caller: Caller) -> None:
        order = buy(
            caller, quantity=2, seller_discount="2", platform_discount="1", shipping_fee="3", tax_rate="0.1"
        )
        pay = order_row(caller, order)["payment"]
        amounts = {name: Decimal(value) for name, value in pay.items() if name != "currency"}
        assert (
            amounts["sub_total"]
            == amounts["original_total_product_price"]
            - amounts["seller_discount"]
            - amounts["platform_discount"]
        )
        assert amounts["total_amount"] == amounts["sub_total"] + amounts["shipping_fee"] + amounts["tax"]
        detail = caller.get(f"/order/202407/orders/{order}/price_detail")
        assert Decimal(detail["total"]) == amounts["total_amount"]
        assert sum(Decimal(one["total"]) for one in detail["line_items"]) == amounts["total_amount"]

    def test_currencies_without_cents_come_without_decimals(self) -> None:
        twin = TikTokShopTwin(Market(), currency="VND")
        twin.market.add_product("A", 1, 199000)
        caller = Caller(twin)
        assert order_row(caller, twin.market.buy("A"))["payment"]["total_amount"] == "199000"

    def test_search_filters_sorts_and_pages(self, caller: Caller) -> None:
        first = buy(caller)
        caller.twin.market.advance(timedelta(minutes=1))
        second = buy(caller)
        caller.twin.market.complete(first)
        everything = caller.post(SEARCH, page_size=1)
        assert everything["total_count"] == 2
        assert everything["orders"][0]["id"] == second
        rest = caller.post(SEARCH, page_size=1, page_token=everything["next_page_token"])
        assert rest["orders"][0]["id"] == first
        assert rest["next_page_token"] == ""
        found = caller.post(SEARCH, {"order_status": "COMPLETED"}, page_size=10)
        assert [one["id"] for one in found["orders"]] == [first]
        assert "orders" not in caller.post(SEARCH, {"order_status": "UNPAID"}, page_size=10)

    def test_a_page_token_holds_only_for_the_same_question(self, caller: Caller) -> None:
        buy(caller)
        buy(caller)
        token = caller.post(SEARCH, page_size=1)["next_page_token"]
        assert set("/+=") <= set(token)
        assert (
            caller.code("POST", SEARCH, {"shipping_type": "SELLER"}, page_size=1, page_token=token)
            == 36009004
        )
        assert caller.code("POST", SEARCH, {}, page_size=1, page_token="nonsense") == 36009004
        assert caller.code("POST", SEARCH, {}, page_size=1, page_token="no base64!") == 36009004

    def test_lt_is_exclusive(self, caller: Caller) -> None:
        order = buy(caller)
        created = order_row(caller, order)["create_time"]
        assert "orders" not in caller.post(SEARCH, {"create_time_lt": created}, page_size=10)
        assert caller.post(SEARCH, {"create_time_ge": created}, page_size=10)["total_count"] == 1

    @pytest.mark.parametrize("size", [0, 101])
    def test_pages_have_1_to_100_orders(self, caller: Caller, size: int) -> None:
        assert caller.code("POST", SEARCH, {}, page_size=size) == 36009004

    def test_detail_takes_at_most_fifty_ids(self, caller: Caller) -> None:
        assert caller.code("GET", ORDERS, ids=",".join(["1"] * 51)) == 36009004
        assert caller.code("GET", ORDERS, ids="1") == 11001001

    def test_an_order_on_hold_has_no_address_and_cannot_be_shipped(self, caller: Caller) -> None:
        caller.twin.hold = 3600
        order = buy(caller)
        row = order_row(caller, order)
        assert (row["status"], row["recipient_address"]) == ("ON_HOLD", {})
        package = row["packages"][0]["id"]
        assert caller.code("POST", f"{PACKAGES}/{package}/ship", {"handover_method": "DROP_OFF"}) == 21011006
        caller.twin.market.advance(timedelta(hours=1))
        row = order_row(caller, order)
        assert (row["status"], row["is_on_hold_order"]) == ("AWAITING_SHIPMENT", True)
        assert row["recipient_address"]["region_code"] == "US"
        assert [one["order_status"] for one in caller.told(1)] == ["ON_HOLD", "AWAITING_SHIPMENT"]

    def test_references_elsewhere(self, caller: Caller) -> None:
        order = buy(caller)
        outside = {"id": "SH-1", "platform": "SHOPIFY", "line_items": [{"id": "1", "origin_id": "2"}]}
        rows = [{"id": order, "external_order": outside}, {"id": "1", "external_order": outside}]
        assert len(caller.post("/order/202406/orders/external_orders", {"orders": rows})["errors"]) == 1
        assert caller.get(f"/order/202406/orders/{order}/external_orders", platform="SHOPIFY")[
            "external_orders"
        ]
        found = caller.post(
            "/order/202406/orders/external_order_search", platform="SHOPIFY", external_order_id="SH-1"
        )
        assert found["orders"][0]["id"] == order


class TestShippingByTikTok:
    def test_pick_up_needs_a_free_slot(self, caller: Caller) -> None:
        package = order_row(caller, buy(caller))["packages"][0]["id"]
        slots = caller.get(f"{PACKAGES}/{package}/handover_time_slots")["pickup_slots"]
        taken = next(one for one in slots if not one["avaliable"])
        for slot, code in ((taken, 21011014), (slots[0], 0)):
            body = {
                "handover_method": "PICKUP",
                "pickup_slot": {k: slot[k] for k in ("start_time", "end_time")},
            }
            assert caller.code("POST", f"{PACKAGES}/{package}/ship", body) == code

    def test_shipping_moves_order_and_parcel_and_gives_a_number(self, caller: Caller) -> None:
        order = buy(caller)
        package = order_row(caller, order)["packages"][0]["id"]
        path = f"{PACKAGES}/{package}/ship"
        assert caller.post(path, {"handover_method": "DROP_OFF"}) == {}
        assert order_row(caller, order)["status"] == "AWAITING_COLLECTION"
        detail = caller.get(f"{PACKAGES}/{package}")
        assert (detail["package_status"], detail["handover_method"]) == ("PROCESSING", "DROP_OFF")
        assert detail["tracking_number"]
        assert caller.code("POST", path, {"handover_method": "DROP_OFF"}) == 21011007
        assert caller.code("GET", f"{PACKAGES}/{package}/handover_time_slots") == 21011013

    def test_a_label_is_there_once_shipped_and_its_link_lives_a_day(self, caller: Caller) -> None:
        package = order_row(caller, buy(caller))["packages"][0]["id"]
        path = f"{PACKAGES}/{package}/shipping_documents"
        assert caller.code("GET", path, document_type="SHIPPING_LABEL") == 21011013
        caller.post(f"{PACKAGES}/{package}/ship", {"handover_method": "DROP_OFF"})
        assert caller.code("GET", path, document_type="POEM") == 36009004
        url = caller.get(path, document_type="SHIPPING_LABEL")["doc_url"]
        assert caller.twin.handle(Request("GET", url)).content.startswith(b"%PDF")
        assert caller.twin.handle(Request("GET", url, {"x-tts-access-token": "x"})).status == 400
        caller.twin.market.advance(timedelta(hours=25))
        assert caller.twin.handle(Request("GET", url)).status == 403
        zpl = caller.get(path, document_type="SHIPPING_LABEL", document_format="ZPL")["doc_url"]
        assert caller.twin.handle(Request("GET", zpl)).content.startswith(b"^XA")
        image = caller.get(path, document_type="SHIPPING_LABEL_PICTURE")["doc_url"]
        assert caller.twin.handle(Request("GET", image)).headers["content-type"] == "image/png"

    def test_many_at_once_name_their_failures(self, caller: Caller) -> None:
        package = order_row(caller, buy(caller))["packages"][0]["id"]
        rows = [{"id": package, "handover_method": "DROP_OFF"}, {"id": "1", "handover_method": "DROP_OFF"}]
        found = caller.post(f"{PACKAGES}/ship", {"packages": rows})
        assert [one["detail"]["package_id"] for one in found["errors"]] == ["1"]
        assert (
            caller.post(f"{PACKAGES}/ship", {"packages": [{"id": package}]})["errors"][0]["code"] == 21011007
        )

    def test_own_carriers_do_not_carry_for_tiktok(self, caller: Caller) -> None:
        order = buy(caller)
        package = order_row(caller, order)["packages"][0]["id"]
        own = {"tracking_number": "1Z999", "shipping_provider_id": "7117858858072016686"}
        assert caller.code("POST", f"{PACKAGES}/{package}/ship", {"self_shipment": own}) == 21011011
        body = {"shipping_info_list": [own]}
        assert caller.code("POST", f"/fulfillment/202610/orders/{order}/packages", body) == 21011011

    def test_labels_can_be_bought(self, caller: Caller) -> None:
        order, other = buy(caller, quantity=2), buy(caller)
        quotes = caller.post(f"/fulfillment/202309/orders/{order}/shipping_services/query")[
            "shipping_services"
        ]
        path = "/fulfillment/202512/packages"
        unit = order_row(caller, order)["line_items"][0]["id"]
        body = {
            "ship_type": "2",
            "order_id": order,
            "order_line_item": [{"order_line_id": unit}],
            "shipping_service_id": quotes[1]["id"],
        }
        made = caller.post(path, body)
        assert made["shipping_service_info"]["price"] == quotes[1]["price"]
        assert order_row(caller, order)["status"] == "PARTIALLY_SHIPPING"
        both = caller.post(path, {"ship_type": "3", "order_list_ids": [order, other]})
        assert {one["id"] for one in caller.get(f"{PACKAGES}/{both['package_id']}")["orders"]} == {
            order,
            other,
        }
        assert caller.code("POST", path, {"ship_type": "4", "order_id": order}) == 36009004
        assert caller.code("POST", path, {"ship_type": "1", "order_id": order}) == 21011007
        third = buy(caller)
        assert (
            caller.code("POST", path, {"ship_type": "1", "order_id": third, "shipping_service_id": "1"})
            == 21011031
        )


class TestShippingByTheSeller:
    def test_marking_as_shipped_makes_the_parcel(self, caller: Caller) -> None:
        order = buy(caller, quantity=2, shipping="SELLER")
        row = order_row(caller, order)
        assert row["packages"] == []
        path = f"/fulfillment/202610/orders/{order}/packages"
        lines = [{"order_line_id": row["line_items"][0]["id"]}]
        made = caller.post(path, {"order_line_list": lines, "shipping_info_list": [OWN]})
        assert made["order_line_item_ids"] == [row["line_items"][0]["id"]]
        assert order_row(caller, order)["status"] == "PARTIALLY_SHIPPING"
        caller.post(path, {"shipping_info_list": [OWN]})
        row = order_row(caller, order)
        assert (row["status"], len(row["packages"])) == ("AWAITING_COLLECTION", 2)
        assert row["line_items"][0]["shipping_provider_name"] == "USPS"
        assert caller.code("POST", path, {"shipping_info_list": [OWN]}) == 21011007
        assert caller.code("POST", path, {"shipping_info_list": []}) == 21011017

    @pytest.mark.parametrize(
        ("change", "code"),
        [({"shipping_provider_id": "1"}, 21011015), ({"tracking_number": "1"}, 21011016)],
    )
    def test_carrier_and_number_are_checked(self, caller: Caller, change: dict[str, str], code: int) -> None:
        order = buy(caller, shipping="SELLER")
        body = {"shipping_info_list": [OWN | change]}
        assert caller.code("POST", f"/fulfillment/202610/orders/{order}/packages", body) == code

    def test_tracking_can_be_put_right(self, caller: Caller) -> None:
        order = buy(caller, shipping="SELLER")
        made = caller.post(f"/fulfillment/202610/orders/{order}/packages", {"shipping_info_list": [OWN]})
        other = {"tracking_number": "9400111", "shipping_provider_id": "7117859084333745966"}
        path = f"/fulfillment/202610/packages/{made['package_id']}/shipping_info/update"
        caller.post(path, {"shipping_info_list": [other]})
        assert caller.get(f"{PACKAGES}/{made['package_id']}")["tracking_number"] == "9400111"
        assert caller.code("POST", path, {"shipping_info_list": []}) == 21011017
        caller.post(f"/fulfillment/202309/orders/{order}/shipping_info/update", OWN)
        assert order_row(caller, order)["tracking_number"] == "1Z999AA1"
        assert (
            caller.code(
                "GET", f"{PACKAGES}/{made['package_id']}/shipping_documents", document_type="SHIPPING_LABEL"
            )
            == 21011012
        )
        caller.twin.market.complete(order)
        assert caller.code("POST", path, {"shipping_info_list": [other]}) == 21011018

    def test_in_other_markets_the_parcel_is_there_and_takes_the_number(self) -> None:
        twin = TikTokShopTwin(Market(), currency="SGD")
        caller = Caller(twin)
        order = buy(caller, shipping="SELLER")
        package = order_row(caller, order)["packages"][0]["id"]
        assert caller.code("POST", f"{PACKAGES}/{package}/ship", {}) == 21011010
        caller.post(f"{PACKAGES}/{package}/ship", {"self_shipment": OWN})
        row = {"id": package, "delivery_type": "DELIVERY_SUCCESS"}
        assert caller.post(f"{PACKAGES}/deliver", {"packages": [row]}) == {}
        assert order_row(caller, order)["status"] == "DELIVERED"
        assert caller.post(f"{PACKAGES}/deliver", {"packages": [row]})["errors"][0]["code"] == 10007014
        assert (
            caller.code("POST", "/fulfillment/202512/packages", {"ship_type": "1", "order_id": order})
            == 21011030
        )

    def test_a_failed_delivery_is_told(self, caller: Caller) -> None:
        order = buy(caller, shipping="SELLER")
        made = caller.post(f"/fulfillment/202610/orders/{order}/packages", {"shipping_info_list": [OWN]})
        row = {"id": made["package_id"], "delivery_type": "DELIVERY_FAILED", "fail_delivery_reason": "OTHER"}
        caller.post(f"{PACKAGES}/deliver", {"packages": [row]})
        assert caller.get(f"{PACKAGES}/{made['package_id']}")["package_sub_status"] == "SHIP_EXCEPTION"

    def test_proofs(self, caller: Caller) -> None:
        picture = caller.twin.market.image()
        assert caller.upload("/fulfillment/202309/images/upload", picture)["data"]["width"] == 8
        assert caller.upload("/fulfillment/202309/files/upload", b"%PDF", name="a.pdf")["code"] == 36009004


class TestParcels:
    def test_search_by_status_and_time(self, caller: Caller) -> None:
        order = buy(caller)
        buy(caller)
        package = order_row(caller, order)["packages"][0]["id"]
        caller.post(f"{PACKAGES}/{package}/ship", {"handover_method": "DROP_OFF"})
        path = f"{PACKAGES}/search"
        found = caller.post(path, {"package_status": "PROCESSING"}, page_size=50, sort_field="update_time")
        assert [one["id"] for one in found["packages"]] == [package]
        assert found["packages"][0]["orders"][0]["skus"][0]["quantity"] == 1
        assert caller.post(path, page_size=1, sort_order="ASC")["next_page_token"]
        assert caller.code("POST", path, {}, page_size=51) == 36009004
        assert caller.code("GET", f"{PACKAGES}/1") == 21011001

    def test_split(self, caller: Caller) -> None:
        order = buy(caller, quantity=3)
        units = [one["id"] for one in order_row(caller, order)["line_items"]]
        attributes = caller.get("/fulfillment/202309/orders/split_attributes", order_ids=order)
        assert attributes["split_attributes"][0]["can_split"]
        path = f"/fulfillment/202309/orders/{order}/split"
        wrong = {"splittable_groups": [{"id": "a", "order_line_item_ids": ["1"]}]}
        assert caller.code("POST", path, wrong) == 36009004
        made = caller.post(path, {"splittable_groups": [{"id": "a", "order_line_item_ids": units[:1]}]})
        row = order_row(caller, order)
        assert len(row["packages"]) == 2
        assert row["line_items"][0]["package_id"] == made["packages"][0]["id"]
        assert caller.told(4)[-1]["sc_type"] == "SPLIT"
        single = buy(caller)
        one = [{"id": "a", "order_line_item_ids": units[:1]}]
        assert (
            caller.code("POST", f"/fulfillment/202309/orders/{single}/split", {"splittable_groups": one})
            == 21011020
        )

    def test_combine_and_take_apart(self, caller: Caller) -> None:
        first, second = buy(caller), buy(caller)
        shop = caller.twin.accounts[0]
        shop.orders[second].buyer = shop.orders[first].buyer
        found = caller.get("/fulfillment/202309/combinable_packages/search", page_size=10)
        groups = found["combinable_packages"]
        assert set(groups[0]["order_ids"]) == {first, second}
        made = caller.post(
            f"{PACKAGES}/combine", {"combinable_packages": [*groups, {"id": "1", "order_ids": ["1", "2"]}]}
        )
        package = made["packages"][0]["id"]
        assert made["errors"][0]["detail"]["package_id"] == "1"
        assert (
            order_row(caller, first)["packages"] == order_row(caller, second)["packages"] == [{"id": package}]
        )
        apart = caller.post(f"{PACKAGES}/{package}/uncombine", {"order_ids": [second]})
        assert apart["packages"][0]["order_ids"] == [second]
        assert order_row(caller, second)["packages"] != order_row(caller, first)["packages"]
        assert caller.code("POST", f"{PACKAGES}/{package}/uncombine", {}) == 21011022

    def test_a_combined_parcel_ships_every_order(self, caller: Caller) -> None:
        first, second = buy(caller), buy(caller)
        shop = caller.twin.accounts[0]
        shop.orders[second].buyer = shop.orders[first].buyer
        groups = caller.get("/fulfillment/202309/combinable_packages/search", page_size=10)[
            "combinable_packages"
        ]
        package = caller.post(f"{PACKAGES}/combine", {"combinable_packages": groups})["packages"][0]["id"]
        caller.post(f"{PACKAGES}/{package}/ship", {"handover_method": "DROP_OFF"})
        assert {order_row(caller, one)["status"] for one in (first, second)} == {"AWAITING_COLLECTION"}

    def test_tracking_in_milliseconds_newest_first(self, caller: Caller) -> None:
        order = buy(caller)
        caller.twin.market.complete(order)
        rows = caller.get(f"/fulfillment/202309/orders/{order}/tracking")["tracking"]
        assert len(rows) == 3
        assert rows[0]["update_time_millis"] > 10**12
        by_parcel = caller.get(f"/logistics/202604/orders/{order}/tracking")["logistics_details"]
        assert len(by_parcel[0]["track_list"]) == 3
        assert order_row(caller, order)["line_items"][0]["display_status"] == "COMPLETED"

    def test_invoices_are_brazilian(self, caller: Caller) -> None:
        row = {"package_id": "1", "order_ids": ["1"], "file_type": "XML", "file": "PHhtbC8+"}
        assert (
            caller.post("/fulfillment/202502/invoice/upload", {"invoices": [row]})["errors"][0]["code"]
            == 21011032
        )
        brazil = Caller(TikTokShopTwin(Market(), currency="BRL"))
        package = order_row(brazil, buy(brazil))["packages"][0]["id"]
        brazil.post("/fulfillment/202502/invoice/upload", {"invoices": [row | {"package_id": package}]})
        assert brazil.told(36)[0]["package_id"] == package


class TestMoney:
    def test_a_completed_order_is_settled_and_adds_up(self, caller: Caller) -> None:
        order = buy(caller, quantity=3)
        assert caller.get(f"/finance/202501/orders/{order}/statement_transactions")["total_count"] == 0
        open_ones = caller.get("/finance/202507/orders/unsettled", sort_field="order_create_time")
        assert open_ones["transactions"][0]["order_id"] == order
        caller.twin.market.complete(order)
        found = caller.get(f"/finance/202501/orders/{order}/statement_transactions")
        assert Decimal(found["settlement_amount"]) == Decimal(found["revenue_amount"]) + Decimal(
            found["fee_and_tax_amount"]
        )
        statement = caller.get("/finance/202309/statements", sort_field="statement_time")["statements"][0]
        assert statement["settlement_amount"] == found["settlement_amount"]
        path = f"/finance/202501/statements/{statement['id']}/statement_transactions"
        assert caller.get(path, sort_field="order_create_time")["transactions"][0]["order_id"] == order
        paid = caller.get("/finance/202605/payments", sort_field="create_time")["payments"][0]
        assert (paid["id"], paid["amount"]["value"]) == (
            statement["payment_id"],
            statement["settlement_amount"],
        )
        assert caller.get("/finance/202309/withdrawals", types="SETTLE,REFUND")["total_count"] == 1
        assert caller.get("/finance/202309/withdrawals", types="REFUND")["total_count"] == 0
        assert "statements" not in caller.get(
            "/finance/202309/statements", sort_field="statement_time", payment_status="FAILED"
        )

    def test_payments_are_not_for_south_east_asia(self) -> None:
        caller = Caller(TikTokShopTwin(Market(), currency="THB"))
        assert caller.code("GET", "/finance/202605/payments", sort_field="create_time") == 36009004
        path = "/finance/202501/statements/1/statement_transactions"
        assert caller.code("GET", path, sort_field="order_create_time") == 36011001


def test_the_reply_keeps_ids_as_text(caller: Caller) -> None:
    order = buy(caller)
    row = json.loads(json.dumps(order_row(caller, order)))
    assert all(isinstance(row[name], str) for name in ("id", "user_id", "warehouse_id"))
