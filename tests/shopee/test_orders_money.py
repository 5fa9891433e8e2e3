"""The money of Shopee's orders: sums, who bears a discount, and what the seller is paid."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from tests.shopee.orders_wire import DENIED, SN, Wire, client, detail, escrow, plain, read

from socialcommerce import Money
from socialcommerce.errors import NotFound


def test_escrow_tells_who_bears_which_discount(shared: Path) -> None:
    order = read(shared)
    assert order.lines[0].discounts.seller == Money(252000, "VND")
    assert order.lines[0].discounts.platform == Money(0, "VND")
    assert order.totals.subtotal == Money(600000, "VND")
    assert order.totals.discounts.seller == Money(299000, "VND")
    assert order.totals.discounts.platform == Money(10881, "VND")
    assert order.totals.shipping == Money(15000, "VND")


def test_a_bundle_takes_its_price_from_escrow(shared: Path) -> None:
    comb = {
        "item_id": 23620853563,
        "model_id": 221404189999,
        "line_item_id": 778899,
        "discounted_price": 60000,
    }
    items = [*escrow(shared)["order_income"]["items"], comb]
    wire = Wire(
        get_order_detail={"order_list": [detail(shared)]},
        get_escrow_detail_batch={"response": [{"escrow_detail": escrow(shared, items=items)}], "error": ""},
    )
    order = client(wire).orders.get(SN)
    assert order.lines[2].total == Money(60000, "VND")
    assert sum(line.total for line in order.lines[1:]) + order.lines[0].total == Money(306000, "VND")


def test_without_escrow_its_facts_are_not_loaded_rather_than_wrong(shared: Path) -> None:
    wire = Wire(get_order_detail={"order_list": [detail(shared)]}, get_escrow_detail_batch=DENIED)
    order = client(wire).orders.get(SN)
    assert not order.totals.loaded("discounts")
    assert order.lines[1].total == Money(198000, "VND")
    assert not order.lines[2].loaded("total"), "a bundle's line costs 0 on the order, which is not its price"
    assert order.totals.total == Money(356119, "VND")


def test_sums_add_up_where_the_payloads_do(shared: Path) -> None:
    wire = Wire(
        get_order_detail={"order_list": [detail(shared, total_amount=305119)]},
        get_escrow_detail_batch={"response": [{"escrow_detail": escrow(shared)}], "error": ""},
    )
    sums = client(wire).orders.get(SN).totals
    assert sums.subtotal - sums.discounts.total + sums.shipping + sums.tax + sums.fees == sums.total


def test_transactions_add_up_to_what_the_seller_is_paid(shared: Path) -> None:
    wire = Wire(
        get_order_detail={"order_list": [detail(shared, order_status="COMPLETED")]},
        get_escrow_detail=escrow(shared),
    )
    found = client(wire).orders.transactions(SN)
    assert wire.query("get_escrow_detail") == {"order_sn": SN}
    assert found.net == Money("283490.4", "VND")
    assert sum((item.amount.amount for item in found.items), Decimal()) == found.net.amount
    assert found.status == "final"
    amounts = {item.native_kind: item.amount.amount for item in found.items}
    assert amounts["commission_fee"] == -12000
    assert amounts["voucher_from_seller"] == -5000
    assert amounts["order_adjustment"] == Decimal("-10.1")
    kinds = {item.kind for item in found.items}
    assert {"sale", "commission", "service_fee", "payment_fee", "shipping", "adjustment"} <= kinds


def test_a_formula_that_explains_all_leaves_no_rest(shared: Path) -> None:
    income = {
        "original_cost_of_goods_sold": 100,
        "original_shopee_discount": 10,
        "shopee_discount": 10,
        "commission_fee": 6,
        "escrow_amount": 94,
    }
    wire = Wire(get_order_detail={"order_list": [detail(shared)]}, get_escrow_detail={"order_income": income})
    found = client(wire).orders.transactions(SN)
    assert [(item.kind, int(item.amount.amount)) for item in found.items] == [
        ("sale", 100),
        ("subsidy", -10),
        ("subsidy", 10),
        ("commission", -6),
    ]
    assert (found.net, found.status) == (Money(94, "VND"), "estimated")


def test_adjustments_in_another_currency_are_taken_by_their_sum(shared: Path) -> None:
    rows = [{"amount": 3, "currency": "USD"}, {"amount": 4, "currency": "VND"}]
    wire = Wire(
        get_order_detail={"order_list": [detail(shared)]},
        get_escrow_detail=escrow(shared, order_adjustment=rows, total_adjustment_amount=700),
    )
    found = client(wire).orders.transactions(SN)
    (adjustment,) = [item for item in found.items if item.kind == "adjustment"]
    assert adjustment.amount == Money(700, "VND")


def test_many_orders_are_settled_by_one_post(shared: Path) -> None:
    wire = Wire(
        get_order_detail={"order_list": [detail(shared), plain("B")]},
        get_escrow_detail_batch={"response": [{"escrow_detail": escrow(shared)}], "error": ""},
    )
    found = client(wire).orders.transactions([SN, "B", "C"])
    assert wire.body("get_escrow_detail_batch") == {"order_sn_list": [SN, "B", "C"]}
    assert [outcome.ok for outcome in found] == [True, False, False]
    assert [type(outcome.error) for outcome in found[1:]] == [NotFound, NotFound]
    assert "escrow" in str(found[1].error)


def test_an_order_without_escrow_says_so(shared: Path) -> None:
    missing = {"error": "order_not_found", "message": "Order SN provided is invalid"}
    wire = Wire(get_order_detail={"order_list": [plain("B")]}, get_escrow_detail=missing)
    with pytest.raises(NotFound, match="no escrow yet"):
        client(wire).orders.transactions("B")
