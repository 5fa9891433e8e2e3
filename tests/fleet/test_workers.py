"""A fleet whose shops are opened by workers: where they run, and what is told when one of them dies."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context
from os import getpid

import pytest
from tests.support import failing_shops

from socialcommerce import Client, Fleet, Product, simulate
from socialcommerce.client.fleet_listing import Merge, ShopListing, _Stream
from socialcommerce.errors import ConfigurationError, DecodeError, OutcomeUnknown, TransportError
from socialcommerce.models.base import Blueprint
from socialcommerce.runtime.paging import Cursor, Page, Walk


@pytest.fixture
def workers() -> Iterator[Executor]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        yield executor


def test_a_single_shop_too_is_opened_where_the_work_is_done(workers: Executor) -> None:
    fleet = Fleet.opened_by(failing_shops.shop_of, ["a"], executor=workers)
    assert fleet.ask(failing_shops.process_of)["a"] != getpid()
    assert len(fleet.orders.list().collect()) == 1
    assert not failing_shops.shop_of.cache_info().currsize, "a client was opened in this process"


def test_a_worker_that_dies_is_the_failure_of_its_shops_alone(workers: Executor) -> None:
    told: list[str] = []
    fleet = Fleet.opened_by(
        failing_shops.dying,
        ["a", "b", "c"],
        executor=workers,
        concurrency=1,
        progress=lambda done, total, account: told.append(account),
    )
    result = fleet.ask(failing_shops.process_of)
    assert list(result.values) == ["a"]
    lost, unsent = result.failures["b"], result.failures["c"]
    assert isinstance(lost, OutcomeUnknown)
    assert lost.sent == "unknown"
    assert lost.evidence["account"] == "b"
    assert isinstance(unsent, TransportError)
    assert unsent.sent == "no"
    assert [outcome.status for outcome in result.outcomes] == ["ok", "unknown", "failed"]
    assert told == ["a", "b", "c"]


def test_an_answer_that_cannot_be_read_to_the_end_is_its_shops_failure(workers: Executor) -> None:
    fleet = Fleet.opened_by(failing_shops.shop_of, ["a", "b"], executor=workers)
    result = fleet.ask(failing_shops.unreadable)
    assert {type(error) for error in result.failures.values()} == {DecodeError}


def test_the_platforms_of_clients_opened_elsewhere_are_not_known(workers: Executor) -> None:
    fleet = Fleet.opened_by(failing_shops.shop_of, ["a"], executor=workers)
    with pytest.raises(ConfigurationError, match="opened elsewhere"):
        fleet.only("shopee")
    here = Fleet.opened_by(failing_shops.shop_of, ["a"])
    assert here.only("shopee").accounts == ("a",)
    assert here.only("meta").accounts == ()


def test_accounts_are_named_by_text(workers: Executor) -> None:
    assert Fleet.opened_by(failing_shops.shop_of, "shop-1").accounts == ("shop-1",)
    with pytest.raises(ConfigurationError, match="as text, not 8123"):
        Fleet.opened_by(failing_shops.shop_of, [8123])  # type: ignore[list-item]  # the mistake under test


def test_a_row_without_a_readable_time_stops_no_other_shop() -> None:
    """It is mapped when somebody looks, and the merge looks at its time first."""

    def broken(row: object) -> object:
        raise KeyError("create_time")

    odd = Blueprint(Product, "shopee", {"created_at": broken, "native_ids": broken, "variants": broken})
    row = odd({}, id="1")
    with pytest.raises(DecodeError):
        _ = row.created_at
    start = Cursor("catalog.list", {})
    streams = [_Stream[Product](name, ShopListing(start, lambda _: None).fetch, Walk(start)) for name in "ab"]
    with simulate("shopee") as shop:
        shop.market.add_product("A", stock=1)
        (whole,) = _products(shop)
    for stream, item in zip(streams, [row, whole], strict=True):
        stream._keep(Page([item], None))
    merge = Merge(streams, ("created_at",))
    given = []
    while not merge.wanted() and (following := merge.next()) is not None:
        given.append(following.give().id)
    assert sorted(given) == sorted(["1", whole.id])


def _products(shop: Client) -> list[Product]:
    return shop.catalog.list().collect()
