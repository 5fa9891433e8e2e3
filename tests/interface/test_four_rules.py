"""The four rules from which the rest can be guessed, and how arguments may be given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from socialcommerce import (
    BulkResult,
    Client,
    Conversation,
    ConversationRef,
    Job,
    Message,
    Order,
    Ref,
    StockChange,
    Text,
)
from socialcommerce.errors import BulkFailure, InvalidRequest, NotFound


def test_a_verb_takes_an_object_or_its_id(shop: Client) -> None:
    (product, *_) = shop.catalog.list()
    assert shop.catalog.get(product) == shop.catalog.get(product.id)
    assert shop.catalog.stock(product).available == shop.catalog.stock(product.id).available == 10
    branch = next(category for category in shop.catalog.categories() if not category.leaf)
    assert shop.catalog.categories(parent=branch) == shop.catalog.categories(parent=branch.id)


@pytest.mark.parametrize("several", [list, tuple, iter], ids=["list", "tuple", "generator"])
def test_many_in_is_a_bulk_result_in_input_order(shop: Client, several: Callable[[Any], Any]) -> None:
    ids = [product.id for product in shop.catalog.list(detail="ids")] + ["404"]
    result = shop.catalog.get(several(ids))
    assert isinstance(result, BulkResult)
    assert [outcome.input for outcome in result] == ids
    assert [outcome.status for outcome in result] == ["ok", "ok", "ok", "failed"]
    assert isinstance(result[-1].error, NotFound)
    with pytest.raises(BulkFailure):
        result.raise_for_failures()


def test_what_was_looked_for_and_is_not_there_was_sent(shop: Client) -> None:
    with pytest.raises(NotFound) as caught:
        shop.catalog.get("404")
    assert caught.value.sent == "yes"


def test_a_cursor_stands_after_the_last_item_given_and_holds_its_filters(shop: Client) -> None:
    pager = shop.catalog.list(status="active")
    first = next(iter(pager))
    rest = shop.catalog.list(cursor=pager.cursor).collect()
    assert len(rest) == 2
    assert first not in rest
    pager.collect()
    assert shop.catalog.list(cursor=pager.cursor).collect() == []


def test_what_is_slow_gives_a_job_on_request(shop: Client) -> None:
    order = shop.market.buy("TS-1")
    shop.orders.ship(order)
    shop.market.advance(timedelta(minutes=10))
    job = shop.orders.label(order, wait=False)
    assert isinstance(job, Job)
    assert shop.jobs.resume(job.id).read() == job.wait().read() == shop.orders.label(order).read()


def test_arguments_may_go_on_by_position(shop: Client) -> None:
    shop.market.buy("TS-1")
    long_ago = shop.market.now() - timedelta(hours=1)
    assert shop.orders.changes(long_ago).collect() == shop.orders.changes(since=long_ago).collect()
    with pytest.raises(TypeError, match="several values for argument 'since'"):
        shop.orders.changes(long_ago, since=long_ago)


def test_where_several_are_taken_one_will_do(shop: Client) -> None:
    today = shop.market.now().date()
    one, many = (shop.ads.report("account", today, today, metrics=given) for given in ("spend", ["spend"]))
    assert list(one) == list(many)
    switched = shop.webhooks.subscribe("order.paid")
    assert "order.paid" in {event for subscription in switched for event in subscription.events}


WRONG: dict[str, Callable[[Client], Any]] = {
    "changes: expected StockChange, not dict": lambda shop: shop.catalog.set_stock({"sku": "TS-1"}),
    "changes: expected PriceChange, not StockChange": lambda shop: shop.catalog.set_prices(
        StockChange(sku="TS-1", quantity=1)
    ),
    "products: expected ProductInput, not dict": lambda shop: shop.catalog.create([{"title": "x"}]),
    "source: expected Media, not bytes": lambda shop: shop.catalog.upload_media(b"x"),
    "skus: expected text, not Ref": lambda shop: shop.catalog.find(Ref(sku="TS-1")),
    "created_after: expected datetime, not date": lambda shop: shop.orders.list(
        created_after=date(2026, 1, 1)
    ).collect(),
    "method: expected Pickup or DropOff or OwnCarrier, not str": lambda shop: shop.orders.ship("1", "pickup"),
    "level: 'shop' is not known": lambda shop: shop.ads.report("shop", date(2026, 1, 1), date(2026, 1, 2)),
}


@pytest.mark.parametrize("sentence", WRONG)
def test_a_wrong_thing_is_an_invalid_request_and_nothing_is_sent(shop: Client, sentence: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        WRONG[sentence](shop)
    assert sentence in str(caught.value)
    assert caught.value.sent == "no"
    assert not shop.market.requests


def test_what_was_said_on_another_platform_is_not_answered_here(shop: Client) -> None:
    """The ids of conversations are numbers on many platforms: the same number is somebody else's here."""
    said = shop.market.say("Is it warm?")
    elsewhere = ConversationRef(platform="tiktok_shop", native_id=said)
    for verb in (shop.messaging.policy, shop.messaging.mark_read, shop.messaging.messages):
        with pytest.raises(InvalidRequest, match="of tiktok_shop, not of shopee"):
            verb(elsewhere)
    message = Message(id="1", conversation=elsewhere, contents=(Text("Is it warm?"),))
    order = Order.build(id="1", conversation=elsewhere)
    for to in (elsewhere, Conversation(id=said, ref=elsewhere), message, order):
        with pytest.raises(InvalidRequest, match="of tiktok_shop, not of shopee"):
            shop.messaging.send(to, "Very!")
    assert not shop.market.outbox
    assert shop.messaging.send(said, "Very!").ids
