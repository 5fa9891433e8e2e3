"""Money at the pretend Shopee: amounts that add up, before and after release."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from tests.support.shopee_ads import later
from tests.support.shopee_caller import Caller
from tests.support.shopee_spec import ShopeeSpec

from socialcommerce.simulators import open_twin
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.shopee import ShopeeTwin, return_cases

PLUS = ("original_cost_of_goods_sold", "seller_return_refund", "shopee_discount", "buyer_paid_shipping_fee",
        "shopee_shipping_rebate", "shipping_fee_discount_from_3pl")  # fmt: skip
MINUS = ("original_shopee_discount", "voucher_from_seller", "seller_coin_cash_back", "actual_shipping_fee",
         "reverse_shipping_fee", "seller_transaction_fee", "service_fee", "commission_fee", "campaign_fee",
         "escrow_tax", "withholding_tax", "seller_order_processing_fee",
         "order_ams_commission_fee")  # fmt: skip


def buy(market: Market, quantity: int = 1, complete: bool = False) -> str:
    if market.default.find("SKU") is None:
        market.add_product("SKU", stock=100, price="33.33")
    order = market.buy("SKU", quantity)
    if complete:
        market.complete(order)
    return order


def detail(shop: Caller, order: str) -> dict[str, Any]:
    found: dict[str, Any] = shop.get("payment/get_escrow_detail", order_sn=order)["response"]
    return found


def income(shop: Caller, order: str) -> dict[str, Decimal]:
    """The amounts of an order, held against the vendor's formula."""
    told = detail(shop, order)["order_income"]
    exact = {name: Decimal(str(value)) for name, value in told.items() if isinstance(value, int | float)}
    sums = sum(exact[name] for name in PLUS) - sum(exact[name] for name in MINUS)
    assert exact["escrow_amount"] == sums
    return exact


def refund(shop: Caller, market: Market, order: str, amount: str | None = None) -> str:
    request = market.default.returns[market.request_return(order)]
    if amount is None:
        shop.post("returns/confirm", return_sn=request.id)
    else:
        return_cases.buyer_counters(market.default, request, amount)
        shop.post("returns/accept_offer", return_sn=request.id)
    return request.id


def days(market: Market, first: int, last: int) -> dict[str, Any]:
    now = market.now()
    return {
        "release_time_from": int((now + timedelta(days=first)).timestamp()),
        "release_time_to": int((now + timedelta(days=last)).timestamp()),
    }


# -- orders


def test_the_amount_is_the_goods_less_the_fees(shop: Caller, market: Market) -> None:
    found = income(shop, buy(market, 3))
    assert found["buyer_total_amount"] == Decimal("99.99")
    assert found["commission_fee"] == Decimal("6.00")
    assert found["escrow_amount"] == Decimal("99.99") - Decimal("6.00") - Decimal("4.00") - Decimal("2.00")


def test_lines_and_payment_tell_the_same(shop: Caller, market: Market) -> None:
    found = detail(shop, buy(market, 2))
    (item,) = found["order_income"]["items"]
    assert (item["quantity_purchased"], item["discounted_price"]) == (2, 66.66)
    assert found["buyer_payment_info"]["buyer_total_amount"] == 66.66
    assert found["return_order_sn_list"] == []


def test_the_estimate_follows_a_cancellation(shop: Caller, market: Market) -> None:
    order = buy(market, 2)
    before = income(shop, order)["escrow_amount"]
    line = market.default.orders[order].lines[0]
    part = {"item_id": int(line.product.id), "model_id": 0, "model_quantity": 1, "order_item_id": 0,
            "promotion_group_id": 0}  # fmt: skip
    shop.post(
        "order/cancel_order",
        order_sn=order,
        cancel_reason="CUSTOMER_REQUEST",
        partial_cancel_item_list=[part],
    )
    after = income(shop, order)
    assert after["escrow_amount"] < before
    assert (after["original_cost_of_goods_sold"], after["buyer_total_amount"]) == (
        Decimal("33.33"),
        Decimal("66.66"),
    )


def test_a_cancelled_order_brings_nothing(shop: Caller, market: Market) -> None:
    order = buy(market)
    market.default.cancel(market.default.orders[order], "seller", "OUT_OF_STOCK")
    assert income(shop, order)["escrow_amount"] == 0


def test_a_refund_before_release_lowers_the_amount(shop: Caller, market: Market) -> None:
    order = buy(market, 3)
    market.default.ship(order)
    request = refund(shop, market, order, "49.99")
    found = income(shop, order)
    assert (found["seller_return_refund"], found["cost_of_goods_sold"]) == (Decimal("-49.99"), Decimal(50))
    assert found["escrow_amount"] == found["escrow_amount_after_adjustment"] == Decimal(44)
    assert detail(shop, order)["return_order_sn_list"] == [request]


def test_a_refund_after_release_is_an_adjustment(shop: Caller, market: Market) -> None:
    order = buy(market, 3, complete=True)
    before = income(shop, order)["escrow_amount"]
    refund(shop, market, order, "10")
    found = income(shop, order)
    assert found["escrow_amount"] == before
    assert found["escrow_amount_after_adjustment"] == before - 10
    (row,) = detail(shop, order)["order_income"]["order_adjustment"]
    assert (row["amount"], row["currency"]) == (-10, "SGD")


def test_amounts_are_whole_where_the_currency_has_no_cents(spec: ShopeeSpec | None) -> None:
    twin = open_twin("shopee", currency="VND")
    assert isinstance(twin, ShopeeTwin)
    twin.market.add_product("SKU", stock=1, price=99999)
    found = income(Caller(twin, spec), twin.market.buy("SKU"))
    assert found["commission_fee"] == 6000
    assert found["escrow_amount"] == 99999 - 6000 - 4000 - 2000


def test_an_unknown_order_is_refused(shop: Caller) -> None:
    assert shop.get("payment/get_escrow_detail", order_sn="X")["error"] == "order_not_found"


def test_a_batch_is_a_list_and_leaves_strangers_out(shop: Caller, market: Market) -> None:
    first, second = buy(market), buy(market, 2)
    rows = shop.post("payment/get_escrow_detail_batch", order_sn_list=[first, "X", second])["response"]
    assert [one["escrow_detail"]["order_sn"] for one in rows] == [first, second]
    amount = rows[0]["escrow_detail"]["order_income"]["escrow_amount"]
    assert amount == detail(shop, first)["order_income"]["escrow_amount"]
    strangers = shop.post("payment/get_escrow_detail_batch", order_sn_list=["X"])
    assert strangers["error"] == "order_not_found"


@pytest.mark.parametrize("number", [0, 51])
def test_a_batch_has_one_to_fifty_orders(shop: Caller, number: int) -> None:
    reply = shop.post("payment/get_escrow_detail_batch", order_sn_list=["X"] * number)
    assert reply["error"] == "error_param"


def test_a_batch_by_get_is_refused_whatever_the_page_says(twin: ShopeeTwin, shop: Caller) -> None:
    request = shop.request("GET", "payment/get_escrow_detail_batch", {"order_sn_list": "X"})
    assert twin.handle(request).status == 404


def test_only_released_orders_are_listed(shop: Caller, market: Market) -> None:
    buy(market)
    made = []
    for _ in range(3):
        later(shop, hours=1)
        made.append(buy(market, complete=True))
    span = days(market, -1, 1)
    first = shop.get("payment/get_escrow_list", page_size=2, **span)["response"]
    second = shop.get("payment/get_escrow_list", page_size=2, page_no=2, **span)["response"]
    rows = first["escrow_list"] + second["escrow_list"]
    assert [one["order_sn"] for one in rows] == made
    assert (first["more"], second["more"]) == (True, False)
    assert rows[0]["payout_amount"] == detail(shop, made[0])["order_income"]["escrow_amount"]
    assert shop.get("payment/get_escrow_list", **days(market, 1, 2))["response"]["escrow_list"] == []


def test_a_list_has_bounds(shop: Caller, market: Market) -> None:
    assert shop.get("payment/get_escrow_list", **days(market, 1, -1))["error"] == "error_param"
    assert shop.get("payment/get_escrow_list", page_size=101, **days(market, -1, 1))["error"] == "error_param"
    assert shop.get("payment/get_escrow_list", page_no=0, **days(market, -1, 1))["error"] == "error_param"


# -- the wallet


def wallet(shop: Caller, **params: Any) -> dict[str, Any]:
    query = {"page_no": 0, "page_size": 10} | params
    reply: dict[str, Any] = shop.get("payment/get_wallet_transaction_list", **query)
    return reply


def test_the_wallet_grows_by_orders_and_falls_by_refunds(shop: Caller, market: Market) -> None:
    order = buy(market, 3, complete=True)
    later(shop, hours=1)
    request = refund(shop, market, order, "10")
    minus, plus = wallet(shop)["response"]["transaction_list"]
    assert (plus["transaction_type"], plus["order_sn"]) == ("ESCROW_VERIFIED_ADD", order)
    assert (minus["amount"], minus["refund_sn"], minus["money_flow"]) == (-10, request, "MONEY_OUT")
    assert minus["current_balance"] == pytest.approx(plus["current_balance"] - 10)


def test_the_wallet_is_filtered_and_paged_from_zero(shop: Caller, market: Market) -> None:
    order = buy(market, 3, complete=True)
    later(shop, hours=1)
    refund(shop, market, order, "10")

    def kinds(**params: Any) -> list[str]:
        return [one["transaction_type"] for one in wallet(shop, **params)["response"]["transaction_list"]]

    assert kinds(money_flow="MONEY_IN") == ["ESCROW_VERIFIED_ADD"]
    assert kinds(transaction_type="402") == ["ADJUSTMENT_MINUS"]
    assert kinds(transaction_tab_type="wallet_order_income") == ["ESCROW_VERIFIED_ADD"]
    assert kinds(page_size=1, page_no=1) == ["ESCROW_VERIFIED_ADD"]
    assert wallet(shop, page_size=1)["response"]["more"] is True
    now = int(market.now().timestamp())
    assert kinds(create_time_from=now - 60, create_time_to=now) == ["ADJUSTMENT_MINUS"]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"create_time_from": 0, "create_time_to": 15 * 86400 + 1}, "time_period_too_large"),
        ({"create_time_from": 9, "create_time_to": 1}, "time_invalid"),
        ({"create_time_from": 9}, "time_invalid"),
        ({"page_size": 101}, "error_param"),
    ],
)
def test_the_wallet_has_bounds(shop: Caller, params: dict[str, Any], code: str) -> None:
    assert wallet(shop, **params)["error"] == code


# -- payouts


@pytest.fixture
def abroad(market: Market) -> Market:
    market.default.native["merchant_id"] = 77
    return market


def payouts(market: Market, first: int = -10, last: int = 1, **more: Any) -> dict[str, Any]:
    span = days(market, first, last)
    return {"payout_time_from": span["release_time_from"], "payout_time_to": span["release_time_to"]} | more


def test_payouts_gather_a_day(shop: Caller, abroad: Market) -> None:
    made = [buy(abroad, complete=True), buy(abroad, complete=True)]
    later(shop, days=2)
    made.append(buy(abroad, complete=True))
    found = shop.get("payment/get_payout_detail", **payouts(abroad, page_no=1, page_size=10))["response"]
    newest, oldest = found["payout_list"]
    assert [one["order_sn"] for one in oldest["escrow_list"]] == made[:2]
    assert oldest["payout_info"]["payout_amount"] == pytest.approx(
        sum(one["escrow_amount"] for one in oldest["escrow_list"])
    )
    assert newest["escrow_list"][0]["order_sn"] == made[2]


def test_payouts_come_by_cursor_too(shop: Caller, abroad: Market) -> None:
    for _ in range(2):
        buy(abroad, complete=True)
        later(shop, days=1)
    path, asked = "payment/get_payout_info", payouts(abroad, page_size=1)
    assert shop.twin.handle(shop.request("GET", path, asked)).content.count(b"cursor is required")
    assert shop.get(path, cursor="x", **asked)["error"] == "error_param"
    first = shop.get(path, cursor="", **asked)["response"]
    second = shop.get(path, cursor=first["next_cursor"], **asked)["response"]
    assert (first["more"], second["more"], second["next_cursor"]) == (True, False, "")
    assert first["payout_list"][0]["payout_time"] > second["payout_list"][0]["payout_time"]


def test_payouts_are_for_shops_abroad_and_the_wallet_for_local_ones(shop: Caller, market: Market) -> None:
    path, asked = "payment/get_payout_detail", payouts(market, page_no=1, page_size=10)
    assert "cross boarder" in shop.get(path, **asked)["message"]
    market.default.native["merchant_id"] = 77
    assert shop.get(path, **asked)["error"] == ""
    assert wallet(shop)["error"] == "error_param"


def test_payouts_have_a_window_and_a_beginning(shop: Caller, abroad: Market) -> None:
    path = "payment/get_payout_detail"
    long = shop.get(path, **payouts(abroad, -16, 1, page_no=1, page_size=10))
    assert "within 15 days" in long["message"]
    old = int(datetime(2022, 4, 1, tzinfo=UTC).timestamp())
    early = shop.get(path, page_no=1, page_size=10, payout_time_from=old, payout_time_to=old + 60)
    assert "May 1, 2022" in early["message"]


# -- income


def income_detail(shop: Caller, market: Market, status: int, **params: Any) -> dict[str, Any]:
    query: dict[str, Any] = {
        "date_from": f"{market.now() - timedelta(days=3):%Y-%m-%d}",
        "date_to": f"{market.now() + timedelta(days=3):%Y-%m-%d}",
        "income_status": status,
        "page_size": 10,
    }
    reply: dict[str, Any] = shop.get("payment/get_income_detail", **(query | params))
    return reply


def test_income_is_released_or_pending(shop: Caller, market: Market) -> None:
    released, pending = buy(market, complete=True), buy(market)
    (row,) = income_detail(shop, market, 1)["income_detail_list"]["list"]
    assert (row["order_sn"], row["released_amount"]) == (
        released,
        detail(shop, released)["order_income"]["escrow_amount"],
    )
    (row,) = income_detail(shop, market, 2)["income_detail_list"]["list"]
    assert (row["order_sn"], "released_amount" in row) == (pending, False)
    assert row["estimated_escrow_amount"] == detail(shop, pending)["order_income"]["escrow_amount"]


def test_income_comes_by_cursor(shop: Caller, market: Market) -> None:
    made = {buy(market) for _ in range(2)}
    first = income_detail(shop, market, 2, page_size=1)["income_detail_list"]
    cursor = first["next_page"]["cursor"]
    second = income_detail(shop, market, 2, page_size=1, cursor=cursor)["income_detail_list"]
    assert {row["order_sn"] for row in first["list"] + second["list"]} == made
    assert second["next_page"]["cursor"] == ""


def test_income_has_bounds(shop: Caller, market: Market) -> None:
    far = f"{market.now() + timedelta(days=20):%Y-%m-%d}"
    assert "14 days" in income_detail(shop, market, 1, date_to=far)["message"]
    assert income_detail(shop, market, 1, date_to="soon")["error"] == "error_param"
    assert income_detail(shop, market, 0)["error"] == "error_param"
    market.default.native["merchant_id"] = 77
    assert income_detail(shop, market, 0)["income_detail_list"]["list"] == []


# -- ways to pay


def test_ways_to_pay_need_no_shop(shop: Caller) -> None:
    rows = shop.get("payment/get_payment_method_list", public=True)["response"]
    assert "ShopeePay" in {row["region"]: row["payment_method"] for row in rows}["SG"]
