"""Rows per unit become lines whose quantities and amounts add up to the order's, to the cent."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tiktok_shop.orders_wire import SECOND, SKU, order, unit
from tests.tiktok_shop.wire import sample

from socialcommerce import LineRef, Money
from socialcommerce.backends.tiktok.shop.orders.lines import folded, line_refs, open_units, units_of
from socialcommerce.backends.tiktok.shop.orders.mapping import order as order_of
from socialcommerce.errors import InvalidRequest

cents = st.integers(0, 100_000).map(lambda amount: Decimal(amount) / 100)


@st.composite
def orders(draw: st.DrawFn) -> dict[str, Any]:
    """Any order whose payment follows the vendor's formula."""
    units = [
        unit(
            0,
            draw(st.sampled_from([SKU, SECOND, "1729592969712310009"])),
            id=str(577086512123755000 + number),
            original_price=str(
                price := draw(st.sampled_from([Decimal("19.99"), Decimal("7.5"), Decimal(3)]))
            ),
            seller_discount=str(seller := draw(st.sampled_from([Decimal(0), Decimal("0.33"), Decimal(1)]))),
            platform_discount=str(platform := draw(st.sampled_from([Decimal(0), Decimal("0.07")]))),
            sale_price=str(price - seller - platform),
            item_tax=[{"tax_amount": str(draw(cents))}],
            display_status=draw(st.sampled_from(["AWAITING_SHIPMENT", "IN_TRANSIT", "CANCELLED"])),
        )
        for number in range(draw(st.integers(1, 12)))
    ]
    sub = sum(Decimal(one["sale_price"]) for one in units)
    shipping, rest, fee = draw(cents), draw(cents), draw(cents)
    payment = {
        "currency": "USD",
        "sub_total": str(sub),
        "shipping_fee": str(shipping),
        "tax": str(rest),
        "retail_delivery_fee": str(fee),
        "total_amount": str(sub + shipping + rest + fee),
    }
    return order(*draw(st.permutations(units)), payment=payment)


@given(orders())
def test_lines_and_sums_add_up_exactly(row: dict[str, Any]) -> None:
    found = order_of(row)
    units = row["line_items"]
    totals = found.totals
    assert sum(line.quantity.ordered for line in found.lines) == len(units)
    assert sorted(one for line in found.lines for one in line.unit_ids) == sorted(u["id"] for u in units)
    assert sum((line.total for line in found.lines), Money("0", "USD")) == totals.subtotal
    for line in found.lines:
        assert line.discounts is not None
        assert line.discounts.total is not None
        assert line.unit_price * line.quantity.ordered - line.discounts.total == line.total
    parts = [totals.subtotal, totals.shipping, totals.tax, totals.fees]
    assert sum((part for part in parts if part is not None), Money("0", "USD")) == totals.total


@given(orders())
def test_keys_are_unique_and_hold_whatever_the_order_of_the_rows(row: dict[str, Any]) -> None:
    keys = {key: {one["id"] for one in units} for key, units in folded(row).items()}
    turned = row | {"line_items": row["line_items"][::-1]}
    assert keys == {key: {one["id"] for one in units} for key, units in folded(turned).items()}


@given(orders(), st.data())
def test_any_units_are_told_as_lines_and_found_again(row: dict[str, Any], data: st.DataObject) -> None:
    chosen = data.draw(st.sets(st.sampled_from([one["id"] for one in row["line_items"]]), min_size=1))
    refs = line_refs(row, chosen)
    assert sum(ref.quantity or 0 for ref in refs) == len(chosen)
    assert len(units_of(row, refs, folded(row))) == len(chosen)


def test_the_published_order_is_mapped_whole() -> None:
    row = sample("order_detail_multi_line")["data"]["orders"][0]
    found = order_of(row, "7494049642642441621")
    red, blue = found.lines
    assert (red.key, red.quantity.ordered, red.total) == (SKU, 2, Money("31.98", "USD"))
    assert red.discounts is not None
    assert (red.discounts.seller, red.discounts.platform) == (Money("6.00", "USD"), Money("2.00", "USD"))
    assert red.tax == Money("2.96", "USD")
    assert (blue.sku, blue.unit_price, blue.options) == (
        "TEE-Blue-S",
        Money("21.50", "USD"),
        {"sku": "Blue, S"},
    )
    assert found.totals.total == Money("61.70", "USD")
    assert found.totals.fees == Money("0", "USD")
    assert (found.status, found.fulfilment_status) == ("open", "ready_to_ship")
    assert (found.payment_status, found.payment and found.payment.method) == ("paid", "card")
    address = found.shipping_address
    assert address is not None
    assert (address.city, address.region, address.country) == ("San Jose", "California", "US")
    assert (address.district, address.lines) == ("Santa Clara", ("1199 Coleman Ave", "Suite 100"))
    assert str(address.name) == "Da*** K***"
    assert found.packages[0].lines == (LineRef(key=SKU, quantity=2), LineRef(key=SECOND, quantity=1))
    assert found.buyer_note == "Please ship asap! 🙏"
    assert found.conversation is not None
    assert found.conversation.own_account == "7494049642642441621"


def test_an_order_on_hold_has_no_address_yet() -> None:
    row = sample("orders_search_page1")["data"]["orders"][1]
    found = order_of(row)
    assert (found.status, found.shipping_address, found.packages) == ("on_hold", None, ())


def test_a_bundle_has_its_contents_as_parts() -> None:
    listed = [{"sku_id": SECOND, "sku_count": 2, "product_id": "9", "seller_sku": "P"}]
    line = order_of(
        order(unit(1, combined_listing_skus=listed), unit(2, combined_listing_skus=listed))
    ).lines[0]
    assert [(part.sku, part.quantity.ordered) for part in line.parts] == [("P", 4)]
    subs = [unit(7, SECOND, "4.00"), unit(8, SECOND, "4.00")]
    line = order_of(order(unit(1, sub_item_info=subs))).lines[0]
    assert [(part.quantity.ordered, part.total) for part in line.parts] == [(2, Money("8.00", "USD"))]


def test_what_is_in_the_price_already_is_not_added_again() -> None:
    payment = {"currency": "EUR", "sub_total": "20", "shipping_fee": "5", "tax": "4", "total_amount": "25"}
    assert order_of(order(payment=payment)).totals.fees == Money("0", "EUR")
    assert not order_of(order(payment={})).totals.loaded("total")


@pytest.mark.parametrize(
    ("fields", "status", "payment"),
    [
        ({"status": "UNPAID", "paid_time": 0}, "pending", "unpaid"),
        ({"is_buyer_request_cancel": True}, "cancel_requested", "paid"),
        ({"status": "CANCELLED"}, "cancelled", "refunded"),
        ({"status": "CANCELLED", "paid_time": 0}, "cancelled", "unpaid"),
        ({"is_cod": True, "paid_time": 0}, "open", "due_on_delivery"),
        ({"status": "COMPLETED"}, "completed", "paid"),
        ({"status": "NEW_WORD", "paid_time": 0}, "other", "other"),
    ],
)
def test_statuses(fields: dict[str, Any], status: str, payment: str) -> None:
    found = order_of(order(**fields))
    assert (found.status, found.payment_status) == (status, payment)


def test_digital_goods_need_no_shipping() -> None:
    assert order_of(order(shipping_type="TIKTOK_DIGITAL")).fulfilment_status == "not_required"


def test_lines_that_are_not_there_are_refused() -> None:
    row = order(unit(1), unit(2, display_status="CANCELLED"))
    for wanted in ([LineRef(key=SKU, quantity=2)], ["no-such-line"]):
        with pytest.raises(InvalidRequest, match="lines"):
            units_of(row, wanted, open_units(row))
    assert [one["id"] for one in units_of(row, [row["line_items"][0]["id"]], open_units(row))] == [
        row["line_items"][0]["id"]
    ]
