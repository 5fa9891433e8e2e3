"""Whole stories of Shopee's orders against the pretend marketplace, in both worlds."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from socialcommerce import AsyncClient, Client, Money, RefundInput, simulate
from socialcommerce.errors import InvalidRequest, RateLimited
from socialcommerce.models.identity import Masked


@pytest.fixture
def shop() -> Client:
    shop = simulate("shopee")
    shop.market.add_product("TS-1", stock=25, price="19.90")
    return shop


def test_what_the_seller_is_paid_is_explained_to_the_cent(shop: Client) -> None:
    order_id = shop.market.buy("TS-1", quantity=2)
    expected = shop.orders.transactions(order_id)
    assert expected.status == "estimated"
    shop.market.complete(order_id)
    paid = shop.orders.transactions(order_id)
    assert paid.status == "final"
    assert sum((item.amount.amount for item in paid.items), Decimal()) == paid.net.amount
    assert "other" not in {item.kind for item in paid.items}, "the formula explains all of it"


def test_sums_of_an_order_add_up(shop: Client) -> None:
    order = shop.orders.get(shop.market.buy("TS-1", quantity=3))
    sums = order.totals
    assert sums.subtotal == Money("59.70", "SGD")
    assert sums.subtotal - sums.discounts.total + sums.shipping + sums.tax + sums.fees == sums.total
    assert sum(line.total.amount for line in order.lines) == sums.subtotal.amount


def test_many_orders_are_settled_together_and_a_stranger_is_not_found(shop: Client) -> None:
    orders = [shop.market.buy("TS-1") for _ in range(3)]
    found = shop.orders.transactions([*orders, "240101NOBODY00"])
    assert [outcome.ok for outcome in found] == [True, True, True, False]


def test_orders_of_many_weeks_are_all_found_once(shop: Client) -> None:
    made = []
    for _ in range(4):
        made += [shop.market.buy("TS-1") for _ in range(3)]
        shop.market.advance(timedelta(days=7))
    since = shop.market.now() - timedelta(days=60)
    for found in (shop.orders.list(created_after=since), shop.orders.list(updated_after=since)):
        assert sorted(order.id for order in found) == sorted(made)
    newest_first = [order.id for order in shop.orders.list(detail="ids")]
    assert sorted(newest_first) == sorted(made)
    assert set(newest_first[:3]) == set(made[-3:])


def test_a_listing_of_small_pages_is_whole_and_goes_on_after_a_fault() -> None:
    shop = simulate("shopee", page_size=2)
    shop.market.add_product("TS-1", stock=25, price="19.90")
    made = [shop.market.buy("TS-1") for _ in range(7)]
    pager = shop.orders.list(created_after=shop.market.now() - timedelta(days=1))
    assert sorted(order.id for order in pager) == sorted(made)
    first = pager.collect(3)
    rest = shop.orders.list(cursor=pager.cursor).collect()
    assert sorted(order.id for order in [*first, *rest]) == sorted(made)


def test_a_throttled_read_is_tried_again_and_costs_nothing(shop: Client) -> None:
    order_id = shop.market.buy("TS-1")
    shop.market.fault("throttle", on="GET */get_order_detail", times=1)
    assert shop.orders.get(order_id).id == order_id
    shop.market.fault("throttle", on="GET */get_order_detail", times=9)
    with pytest.raises(RateLimited):
        shop.orders.get(order_id)


def test_an_unknown_word_breaks_nothing(shop: Client) -> None:
    order_id = shop.market.buy("TS-1")
    shop.market.fault("unknown_enum", on="GET */get_order_detail")
    assert shop.orders.get(order_id).id == order_id


def test_buyers_stay_masked_in_export(shop: Client) -> None:
    order = shop.orders.get(shop.market.buy("TS-1"))
    assert isinstance(order.shipping_address.phone, Masked)
    assert order.masked().raw is None
    row = shop.orders.list(created_after=shop.market.now() - timedelta(days=1)).to_rows(explode="lines")[0]
    assert row["line_sku"] == "TS-1"


def test_a_return_makes_the_refund_check_name_it(shop: Client) -> None:
    order_id = shop.market.buy("TS-1")
    shop.market.complete(order_id)
    returned = shop.market.request_return(order_id)
    check = shop.orders.check_refund(order_id, RefundInput(move_money=False, amount=Money("1", "SGD")))
    assert not check.ok
    assert returned in check.problems[0].message


def test_an_order_of_one_line_cannot_be_split_by_that_line(shop: Client) -> None:
    order_id = shop.market.buy("TS-1", quantity=2)
    key = shop.orders.get(order_id).lines[0].key
    with pytest.raises(InvalidRequest):
        shop.orders.ship(order_id, lines=[])
    assert shop.orders.ship(order_id, lines=[key]).status == "awaiting_collection"


@pytest.mark.anyio
async def test_the_same_story_awaited() -> None:
    shop = simulate("shopee", cls=AsyncClient)
    shop.market.add_product("TS-1", stock=25, price="19.90")
    order_id = shop.market.buy("TS-1")
    shipment = await shop.orders.ship(order_id)
    shop.market.advance(timedelta(hours=1))
    document = await shop.orders.label(shipment)
    assert document.read().startswith(b"%PDF")
    job = await shop.orders.label(shipment, wait=False)
    assert (await job.wait()).media_type == "application/pdf"
    since = shop.market.now() - timedelta(days=1)
    assert [order.id async for order in shop.orders.list(created_after=since)] == [order_id]
    await shop.aclose()
