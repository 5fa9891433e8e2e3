"""Finding orders, reading them, what they bring, and what changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.tiktok_shop.orders_wire import DETAIL, NOW, ORDER, client, order, shop, unit
from tests.tiktok_shop.wire import Wire, refusal, sample

from socialcommerce import Money
from socialcommerce.backends.tiktok.shop.orders.reading import step_of
from socialcommerce.errors import InvalidRequest, NotFound, PermissionDenied, Unsupported

SEARCH = "POST /orders/search"
THEN = datetime.fromtimestamp(NOW - 3000, UTC)


def listing(*pages: Any) -> tuple[Wire, Any]:
    wire, shop_client = shop()
    wire[SEARCH] = list(pages)
    return wire, shop_client


def test_a_listing_is_walked_by_update_time_page_by_page() -> None:
    wire, one = listing(
        {"orders": [order()], "next_page_token": "a/b+c=="},
        {"orders": [order(id="5764")], "next_page_token": ""},
    )
    assert [found.id for found in one.orders.list(updated_after=THEN)] == [ORDER, "5764"]
    assert wire.query(SEARCH) == {"page_size": "100", "sort_field": "update_time", "sort_order": "ASC"}
    assert wire.query(SEARCH, 1)["page_token"] == "a/b+c=="
    assert wire.body(SEARCH) == wire.body(SEARCH, 1) == {"update_time_ge": NOW - 3000}


def test_every_filter_holds() -> None:
    wire, one = listing({"orders": [order(), order(id="5764", create_time=NOW - 9000)]})
    found = list(
        one.orders.list(
            status="on_hold",
            created_after=THEN - timedelta(hours=1),
            updated_before=THEN + timedelta(hours=2),
        )
    )
    assert found == []  # the platform was asked for ON_HOLD and answered something else
    assert wire.body(SEARCH) == {
        "order_status": "ON_HOLD",
        "create_time_ge": NOW - 6600,
        "update_time_lt": NOW + 4200,
    }


def test_a_status_of_several_words_is_asked_for_word_by_word() -> None:
    wire, one = listing({"orders": [order()]})
    assert len(one.orders.list(status=["open", "cancel_requested"]).collect(10)) == 1
    asked = [wire.body(SEARCH, number) for number in range(6)]
    assert [body.get("order_status") for body in asked] == [
        "AWAITING_SHIPMENT",
        "PARTIALLY_SHIPPING",
        "AWAITING_COLLECTION",
        "IN_TRANSIT",
        "DELIVERED",
        None,
    ]
    assert asked[5] == {"is_buyer_request_cancel": True}


def test_a_status_that_tiktok_has_not_is_nothing() -> None:
    wire, one = listing({"orders": []})
    assert list(one.orders.list(status="archived")) == []
    assert SEARCH not in wire.paths()
    assert list(one.orders.list(status="other")) == []
    assert wire.body(SEARCH) == {}


def test_details_are_read_fifty_at_a_time_and_what_is_missing_is_not_found() -> None:
    wire, one = shop()
    result = one.orders.get([ORDER, *(str(number) for number in range(1, 61))])
    assert [len(wire.query(DETAIL, number)["ids"].split(",")) for number in (0, 1)] == [50, 11]
    assert result[0].ok
    assert isinstance(result[1].error, NotFound)
    wire[DETAIL] = refusal(36009004, "order not exist")
    with pytest.raises((NotFound, InvalidRequest)):
        one.orders.get(ORDER)


def test_taxes_that_no_line_tells_are_read_from_the_price_detail() -> None:
    bare = unit(1)
    del bare["item_tax"]
    wire, one = shop(order(bare))
    wire["GET /price_detail"] = {"line_items": [{"id": bare["id"], "tax_amount": "3.00"}], "currency": "USD"}
    assert one.orders.get(ORDER).lines[0].tax == Money("3.00", "USD")
    wire["GET /price_detail"] = refusal(98001004, "invalid")
    assert one.orders.get(ORDER).lines[0].tax is None


def settlement(**sums: str) -> dict[str, Any]:
    return {
        "order_id": ORDER,
        "currency": "USD",
        "settlement_amount": sums["settlement_amount"],
        "sku_transactions": [
            {
                **sums,
                "revenue_breakdown": {
                    "subtotal_before_discount_amount": "20",
                    "seller_discount_amount": "-2",
                },
                "shipping_cost_breakdown": {
                    "actual_shipping_fee_amount": sums["shipping_cost_amount"],
                    "supplementary_component": {"fbm_shipping_cost_amount": sums["shipping_cost_amount"]},
                },
                "fee_tax_breakdown": {
                    "fee": {"referral_fee_amount": sums["referral"], "affiliate_commission_amount": "0"},
                    "tax": {"vat_amount": sums["vat"]},
                },
            }
        ],
    }


BELOW = {"shipping_cost_amount": "-3", "fee_tax_amount": "-2", "referral": "-1", "vat": "-1"}
ABOVE = {"shipping_cost_amount": "3", "fee_tax_amount": "2", "referral": "1", "vat": "1"}


@pytest.mark.parametrize("costs", [BELOW, ABOVE])
def test_a_settlement_adds_up_whichever_sign_costs_are_written_with(costs: dict[str, str]) -> None:
    wire, one = shop()
    wire["GET /statement_transactions"] = settlement(revenue_amount="18", settlement_amount="13", **costs)
    found = one.orders.transactions(ORDER)
    assert (found.net, found.status) == (Money("13", "USD"), "final")
    kinds = {item.kind: item.amount.amount for item in found.items}
    assert kinds == {"sale": 20, "discount": -2, "shipping": -3, "commission": -1, "tax": -1}


def test_what_is_left_unexplained_is_an_item_of_its_own() -> None:
    wire, one = shop()
    wire["GET /statement_transactions"] = settlement(revenue_amount="17", settlement_amount="10", **BELOW)
    items = one.orders.transactions(ORDER).items
    assert sum(item.amount.amount for item in items) == 10
    assert items[-1].kind == "adjustment"


def test_before_settlement_the_estimate_is_looked_for_among_what_is_unsettled() -> None:
    wire, one = shop()
    wire["GET /statement_transactions"] = {"order_id": ORDER, "sku_transactions": []}
    row = {"order_id": ORDER, "currency": "USD", "status": "UNSETTLED", "est_settlement_amount": "9"}
    wire["GET /orders/unsettled"] = [
        {"transactions": [], "next_page_token": "t"},
        {"transactions": [row | {"est_revenue_amount": "10", "est_fee_tax_amount": "-1"}]},
    ]
    found = one.orders.transactions([ORDER, "577"])
    assert found[0].unwrap().status == "estimated"
    assert found[0].unwrap().net == Money("9", "USD")
    assert isinstance(found[1].error, NotFound)
    assert wire.query("GET /orders/unsettled", 1)["page_token"] == "t"


def test_changes_come_from_three_lists_in_the_order_of_time() -> None:
    wire, one = listing({"orders": [order(update_time=NOW - 900), order(id="5765", update_time=NOW - 100)]})
    wire["POST /cancellations/search"] = {
        "cancellations": [
            {"cancel_id": "4", "order_id": ORDER, "cancel_status": "CANCELLATION_REQUEST_PENDING",
             "create_time": NOW - 500, "update_time": NOW - 500}
        ]
    }  # fmt: skip
    wire["POST /returns/search"] = {
        "return_orders": [
            {"return_id": "7", "order_id": ORDER, "return_status": "RETURN_OR_REFUND_REQUEST_PENDING",
             "create_time": NOW - 700, "update_time": NOW - 700}
        ]
    }  # fmt: skip
    events = list(one.orders.changes(since=THEN))
    assert [(event.type, event.ref and event.ref.id) for event in events] == [
        ("order.paid", ORDER),
        ("return.created", "7"),
        ("order.cancellation_requested", ORDER),
        ("order.paid", "5765"),
    ]
    assert len({event.key for event in events}) == 4


def test_changes_of_long_lists_are_merged_page_by_page_without_loss() -> None:
    early = [order(id=str(576 + n), update_time=NOW - 900 + n) for n in range(3)]
    late = [order(id=str(586 + n), update_time=NOW - 400 + n) for n in range(3)]
    wire, one = shop()

    def pages(request: Any) -> Any:
        second = "page_token" in request.url
        return {"orders": late if second else early, "next_page_token": "" if second else "more"}

    wire[SEARCH] = pages
    wire["POST /returns/search"] = {}
    rows = [
        {"cancel_id": str(n), "order_id": "1", "create_time": NOW, "update_time": NOW - 500 + n}
        for n in (1, 2)
    ]
    wire["POST /cancellations/search"] = {"cancellations": rows}
    moments = [event.occurred_at for event in one.orders.changes(since=THEN)]
    assert moments == sorted(moments)
    assert len(moments) == 8


@pytest.mark.parametrize("call", [
    lambda one: one.orders.accept(ORDER),
    lambda one: one.orders.note(ORDER, "x"),
    lambda one: one.orders.reveal(ORDER),
    lambda one: one.orders.answer_address_change(ORDER, accept=True),
])  # fmt: skip
def test_what_tiktok_cannot_do_is_refused_before_anything_is_sent(call: Any) -> None:
    wire = Wire()
    with pytest.raises(Unsupported):
        call(client(wire))
    assert wire.sent == []


def test_the_published_pages_are_read() -> None:
    _, one = listing(sample("orders_search_page1"), sample("orders_search_last"))
    found = list(one.orders.list())
    assert [each.status for each in found] == ["open", "on_hold", "cancelled"]
    assert found[2].cancellation is not None
    assert found[2].cancellation.requested_by == "buyer"


def test_a_settlement_that_may_not_be_read_is_the_error_of_its_order() -> None:
    wire, one = shop()
    wire["GET /statement_transactions"] = refusal(105005, "you should apply auth pkg")
    assert isinstance(one.orders.transactions([ORDER])[0].error, PermissionDenied)
    wire["GET /statement_transactions"] = refusal(36009010, "no such order")
    wire["GET /orders/unsettled"] = {}
    assert not one.orders.transactions([ORDER]).ok


@pytest.mark.parametrize("place", ["", "x", "-1 t", "9 t", "9" * 5000, '{"step":0,"token":null}'])
def test_a_place_that_is_none_of_this_listing_is_refused(place: str) -> None:
    with pytest.raises(InvalidRequest, match="cursor"):
        step_of(place, 2)


def test_a_foreign_cursor_is_refused() -> None:
    _, one = listing({"orders": [order()], "next_page_token": "a"})
    pager = one.orders.list(status=["on_hold", "open"])
    with pytest.raises(InvalidRequest, match="cursor"):
        list(one.orders.list(cursor=pager.cursor + "x"))


def test_what_kind_of_change_an_order_is() -> None:
    wire, one = listing(
        {
            "orders": [
                order(id="1", status="ON_HOLD", create_time=NOW),
                order(id="2", is_buyer_request_cancel=True),
                order(id="3", status="IN_TRANSIT"),
            ]
        }
    )
    wire["POST /cancellations/search"] = wire["POST /returns/search"] = {}
    assert [event.type for event in one.orders.changes(since=THEN)] == [
        "order.created",
        "order.cancellation_requested",
        "order.updated",
    ]
