"""A fleet: many shops asked at once, one shop's trouble staying its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import islice
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialcommerce import AsyncClient, AsyncFleet, Client, Fleet, State, StockChange, simulate
from socialcommerce.client.fleet_listing import FleetPager, ShopListing
from socialcommerce.client.fleet_work import Crew
from socialcommerce.errors import BulkFailure, ConfigurationError, InvalidRequest, PlatformError
from socialcommerce.models.bulk import Outcome
from socialcommerce.runtime.paging import Cursor, Page

ORDERS = 3
EVERYWHERE = ["shopee", "tiktok_shop", "meta", "whatsapp"]


def shops(platform: str, cls: type[Any] = Client) -> tuple[Any, list[Any]]:
    """The root client of a world with three shops, and a client for each.

    ``ORDERS`` orders in each, but on Meta, where nothing is bought; those of WhatsApp come by webhooks.
    """
    root = simulate(platform, cls, accounts=3, page_size=2)
    ids = list(root.market.accounts)
    for name in ids:
        root.market.account(name).add_product("A", stock=100)
    for _ in range(0 if platform == "meta" else ORDERS):
        for name in ids:
            root.market.account(name).buy("A")
            root.market.advance(timedelta(minutes=7))
    if platform == "whatsapp":
        receive(root)
    return root, [root.for_account(name) for name in ids]


def receive(root: Any) -> None:
    """Hand over what the platform pushed."""
    for push in root.market.pushes():
        with root.webhooks.receive(push.method, push.headers, push.body) as receipt:
            assert receipt.events


def fleet_of_two_platforms(**options: Any) -> Fleet:
    return Fleet([*shops("shopee")[1], *shops("tiktok_shop")[1]], **options)


@pytest.mark.parametrize("platform", ["shopee", "tiktok_shop", "whatsapp"])
def test_the_shops_of_a_platform_are_listed_in_time_order(platform: str) -> None:
    orders = Fleet(shops(platform)[1]).orders.list().collect()
    placed = [order.created_at for order in orders if order.created_at]
    assert len(placed) == 3 * ORDERS
    assert placed == sorted(placed, reverse=platform != "tiktok_shop")


@pytest.mark.parametrize("platform", ["shopee", "tiktok_shop", "whatsapp"])
def test_every_shop_lists_its_own_orders(platform: str) -> None:
    root, clients = shops(platform)
    fleet = Fleet(clients)
    found = [(account, order.id) for account, order in fleet.orders.list().by_account()]
    for account in fleet.accounts:
        own = {id for whose, id in found if whose == account}
        assert own == set(root.market.account(account).orders)
        assert len(own) == ORDERS


@pytest.mark.parametrize("platform", EVERYWHERE)
def test_every_shop_lists_its_own_products(platform: str) -> None:
    root, clients = shops(platform)
    for name in root.market.accounts:
        root.market.account(name).add_product(f"B-{name}", stock=5)
    fleet = Fleet(clients)
    assert fleet.accounts == tuple(root.market.accounts)
    found = [
        (account, variant.sku)
        for account, product in fleet.catalog.list(detail="full").by_account()
        for variant in product.variants
    ]
    assert sorted(found) == sorted((name, sku) for name in fleet.accounts for sku in ("A", f"B-{name}"))


@pytest.mark.parametrize("platform", EVERYWHERE)
def test_what_is_changed_is_changed_in_every_shop(platform: str) -> None:
    root, clients = shops(platform)
    Fleet(clients).catalog.set_stock([StockChange(sku="A", quantity=4)]).raise_for_failures()
    for name in root.market.accounts:
        assert root.market.account(name).find("A")[1].available == 4


@pytest.mark.parametrize(
    ("platform", "ask"),
    [
        ("meta", lambda shop: shop.ads.campaigns.list()),
        ("whatsapp", lambda shop: shop.messaging.templates.list()),
    ],
)
def test_what_no_page_or_number_tells_wants_another_account_chosen(platform: str, ask: Any) -> None:
    shop = shops(platform)[1][0]
    with pytest.raises(ConfigurationError, match="for_account"):
        ask(shop).collect()


def test_two_platforms_give_every_order_once_in_each_shops_own_order() -> None:
    fleet = fleet_of_two_platforms()
    pager = fleet.orders.list()
    found = [(account, order.id) for account, order in pager.by_account()]
    assert len(found) == len(set(found)) == 6 * ORDERS
    for account in fleet.accounts:
        assert [id for whose, id in found if whose == account] == [o.id for o in fleet[account].orders.list()]
    assert not pager.failures
    pager.raise_for_failures()


def test_as_they_are_read_no_shop_waits_for_the_others() -> None:
    fleet = fleet_of_two_platforms(concurrency=2)
    pager = fleet.orders.list()
    found = [(account, order.id) for account, order in pager.as_read()]
    assert sorted(found) == sorted((account, order.id) for account, order in fleet.orders.list().by_account())
    for account in fleet.accounts:
        assert [id for whose, id in found if whose == account] == [o.id for o in fleet[account].orders.list()]
    assert not pager.failures


def test_as_they_are_read_no_more_shops_are_begun_than_are_asked_at_once() -> None:
    root, clients = shops("shopee")
    before = len(root.market.requests)
    next(
        Fleet(clients, concurrency=1)
        .orders.list(created_after=root.market.now() - timedelta(days=1))
        .as_read()
    )
    asked = {
        dict(parse_qsl(urlsplit(seen.request.url).query))["shop_id"] for seen in root.market.requests[before:]
    }
    assert len(asked) == 1


def test_as_they_are_read_a_listing_goes_on_from_its_cursor() -> None:
    fleet = fleet_of_two_platforms(concurrency=2)
    pager = fleet.orders.list()
    first = [order.id for _, order in islice(pager.as_read(), 5)]
    rest = [order.id for _, order in fleet.orders.list(cursor=pager.cursor).as_read()]
    assert len({*first, *rest}) == len(first) + len(rest) == 6 * ORDERS


def test_as_they_are_read_trouble_of_one_shop_stays_its_own() -> None:
    root, clients = shops("shopee")
    told: list[int] = []
    fleet = Fleet(clients, progress=lambda done, total, account: told.append(done))
    root.market.account(fleet.accounts[1]).revoke()
    pager = fleet.orders.list()
    assert len(list(pager.as_read())) == 2 * ORDERS
    assert set(pager.failures) == {fleet.accounts[1]}
    assert told == [1, 2, 3]
    for name in root.market.accounts:
        root.market.account(name).revoke()
    with pytest.raises(BulkFailure):
        list(fleet.orders.list().as_read())


def test_what_a_fleet_lists_becomes_a_frame() -> None:
    orders = fleet_of_two_platforms().orders.list()
    assert len(orders.to_pandas()) == len(orders.to_rows()) == 6 * ORDERS


@pytest.mark.anyio
async def test_an_async_fleet_gives_the_same_as_it_reads() -> None:
    fleet = AsyncFleet(shops("shopee", AsyncClient)[1], concurrency=2)
    pager = fleet.orders.list()
    found = [(account, order.id) async for account, order in pager.as_read()]
    assert sorted(found) == sorted([(a, o.id) async for a, o in fleet.orders.list().by_account()])
    assert len(await fleet.orders.list().to_pandas()) == len(found) == 3 * ORDERS
    assert not pager.failures


@pytest.mark.parametrize("taken", [0, 1, 4, 9, 17, 18])
def test_a_listing_goes_on_from_its_cursor(taken: int) -> None:
    fleet = fleet_of_two_platforms()
    whole = [order.id for order in fleet.orders.list()]
    first = fleet.orders.list()
    ids = [order.id for order in first.collect(taken)]
    rest = [order.id for order in fleet.orders.list(cursor=first.cursor)]
    assert sorted(ids + rest) == sorted(whole)


def test_a_cursor_holds_its_filters_and_its_operation() -> None:
    fleet = Fleet(shops("shopee")[1])
    cursor = fleet.orders.list(status="open").cursor
    with pytest.raises(InvalidRequest, match="leave out status"):
        fleet.orders.list(status="cancelled", cursor=cursor)
    with pytest.raises(InvalidRequest, match="belongs to"):
        fleet.catalog.list(cursor=cursor)
    with pytest.raises(InvalidRequest, match="not a cursor"):
        fleet.orders.list(cursor=Cursor("fleet.orders.list", {}, "nonsense").text())


def test_trouble_of_one_shop_does_not_sink_the_rest() -> None:
    root, clients = shops("shopee")
    fleet = Fleet(clients)
    lost = fleet.accounts[1]
    root.market.account(lost).revoke()
    pager = fleet.orders.list()
    assert len(pager.collect()) == 2 * ORDERS
    assert set(pager.failures) == {lost}
    with pytest.raises(BulkFailure, match=lost):
        pager.raise_for_failures()
    result = fleet.store.info()
    assert (result.ok, set(result.values), set(result.failures)) == (
        False,
        set(fleet.accounts) - {lost},
        {lost},
    )
    assert tuple(result) == fleet.accounts
    with pytest.raises(PlatformError):
        result[lost]
    with pytest.raises(BulkFailure) as failed:
        result.raise_for_failures()
    assert failed.value.exceptions == (result.failures[lost],)


def test_a_listing_that_failed_in_every_shop_is_not_an_empty_one() -> None:
    root, clients = shops("shopee")
    for name in root.market.accounts:
        root.market.account(name).revoke()
    with pytest.raises(BulkFailure):
        Fleet(clients).orders.list().collect()


def test_a_listing_that_a_shop_cannot_give_is_that_shops_failure() -> None:
    refused = Fleet(shops("shopee")[1][:1]).messaging.templates.list()
    assert len(refused.failures) == 1


def test_an_item_that_failed_in_a_shop_is_a_failure() -> None:
    fleet = Fleet(shops("shopee")[1])
    assert fleet.catalog.set_stock([StockChange(sku="A", quantity=4)]).raise_for_failures().ok
    catalog: Any = fleet.catalog  # an iterator is read once, and serves every shop all the same
    result = catalog.set_stock(iter([StockChange(sku="nobody's", quantity=4)]))
    assert not result.ok
    assert all(isinstance(error, BulkFailure) for error in result.failures.values())
    assert len(result.failures) == len(fleet)


@pytest.mark.parametrize("platform", ["shopee", "tiktok_shop", "whatsapp"])
def test_an_executor_changes_nothing_but_the_threads(platform: str) -> None:
    told: list[tuple[int, int, str]] = []
    with ThreadPoolExecutor(3) as executor:
        clients = shops(platform)[1]
        fleet = Fleet(clients, executor=executor, concurrency=2, progress=lambda *facts: told.append(facts))
        assert tuple(fleet.store.info()) == fleet.accounts
        assert [done for done, _, _ in told] == [1, 2, 3]
        assert {account for _, _, account in told} == set(fleet.accounts)
        told.clear()
        assert [o.id for o in fleet.orders.list()] == [o.id for o in Fleet(clients).orders.list()]
        assert [(done, total) for done, total, _ in told] == [(1, 3), (2, 3), (3, 3)]
        with pytest.raises(ZeroDivisionError):
            fleet.ask(lambda _: 1 // 0)


def test_a_fleet_routes_and_chooses() -> None:
    fleet = fleet_of_two_platforms()
    assert [fleet[account] for account in fleet.accounts] == list(fleet)
    assert {shop.backend.name for shop in fleet.only("shopee")} == {"shopee"}
    assert len(fleet.only("shopee")) == 3
    assert fleet.accounts[0] in fleet
    with pytest.raises(KeyError):
        fleet["nobody"]
    with pytest.raises(KeyError):
        fleet.store.info()["nobody"]
    with pytest.raises(AttributeError):
        _ = fleet.orders.lst
    assert "ship" in dir(fleet.orders)
    shown = repr([fleet, fleet.orders, fleet.orders.list, fleet.ads.campaigns, fleet.orders.list()])
    assert "3 shopee, 3 tiktok_shop" in shown
    assert "ok" in repr(fleet.store.info())
    with fleet:
        assert fleet.orders.list().collect(0) == []


def test_a_fleet_refuses_what_it_could_not_tell_apart() -> None:
    root, clients = shops("shopee")
    with pytest.raises(ConfigurationError, match="two clients"):
        Fleet([clients[0], clients[0]])
    with pytest.raises(ConfigurationError, match="for_account"):
        Fleet([root])
    with pytest.raises(ConfigurationError, match="at least 1"):
        Fleet(clients, concurrency=0)


@pytest.mark.parametrize("platform", EVERYWHERE)
def test_every_account_with_tokens_joins(platform: str) -> None:
    root, clients = shops(platform)
    for store in (root.state, root.state.tokens):
        with Fleet.from_tokens(root.backend, store, transport=lambda request: None) as fleet:
            assert set(fleet.accounts) == set(Fleet(clients).accounts)
    assert len(Fleet.from_tokens(root.backend, State.memory(), transport=lambda request: None)) == 0


async def test_an_async_fleet_does_the_same() -> None:
    told: list[tuple[int, int, str]] = []
    root, clients = shops("shopee", AsyncClient)
    others = shops("tiktok_shop", AsyncClient)[1]
    async with AsyncFleet([*clients, *others], progress=lambda *facts: told.append(facts)) as fleet:
        lost = fleet.accounts[0]
        root.market.account(lost).revoke()
        pager = fleet.orders.list()
        first = await pager.collect(4)
        rest = fleet.orders.list(cursor=pager.cursor)
        assert len({order.id for order in first} | {o.id for o in await rest.collect()}) == 5 * ORDERS
        assert set(rest.failures) == {lost}
        assert await rest.collect(0) == []
        result = await fleet.store.info()
        assert (tuple(result), set(result.failures)) == (fleet.accounts, {lost})
        assert told[-1][:2] == (6, 6)
        assert len(fleet.only("tiktok_shop")) == 3
        assert len([item async for item in fleet.catalog.list()]) == 5
        assert repr(fleet.ads.campaigns)
        assert repr(fleet.messaging)
        with pytest.raises(ZeroDivisionError):
            await fleet.ask(lambda _: 1 // 0)
    reached = await AsyncFleet.from_tokens(root.backend, root.state, transport=lambda request: None)
    assert len(reached) == 3


@given(st.lists(st.lists(st.integers(0, 1000), max_size=12), max_size=5), st.integers(1, 4), st.booleans())
def test_what_is_sorted_in_each_shop_is_sorted_in_all(rows: list[list[int]], size: int, newest: bool) -> None:
    def source(name: str, times: list[int]) -> Outcome[str, Any]:
        items = [SimpleNamespace(created_at=moment(at)) for at in sorted(times, reverse=newest)]

        def fetch(place: str | None) -> Page[Any]:
            at = int(place or 0)
            return Page(items[at : at + size], str(at + size) if at + size < len(items) else None)

        return Outcome.of(name, ShopListing(Cursor("x.list"), fetch))

    sources = [source(str(index), times) for index, times in enumerate(rows)]
    merged = FleetPager[Any](Cursor("fleet.x.list"), sources, None, Crew(None, 1)).collect()
    given_out = [item.created_at for item in merged]
    assert len(given_out) == sum(map(len, rows))
    told = any(len(set(sorted(times, reverse=True)[:size])) > 1 for times in rows)
    if not newest or told:  # a direction that no first page shows cannot be known
        assert given_out == sorted(given_out, reverse=newest)


def moment(seconds: int) -> Any:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC)
