"""A fleet on an executor that is not in this process: a pool of processes, and a real Dask cluster."""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from typing import Any

import pytest
from attrs import frozen
from tests.support import cluster_shops

from socialcommerce import Client, Fleet, simulate
from socialcommerce.errors import NotFound
from socialcommerce.runtime.call import TokenRecord
from socialcommerce.simulators.serve import serve

ORDERS = 3
SHOPS = 4


@frozen
class World:
    """Shops that are served on loopback, and what opens a client of one in whatever process."""

    twin: Any
    open: Any
    accounts: tuple[str, ...]
    since: datetime


@pytest.fixture(scope="module")
def world(redis_url: str) -> Iterator[World]:
    shop = simulate("shopee", accounts=SHOPS, page_size=2)
    twin, accounts = shop.market.twins["shopee"], tuple(shop.market.accounts)
    for name in accounts:
        shop.market.account(name).add_product("A", stock=100)
        for _ in range(ORDERS):
            shop.market.account(name).buy("A")
    with serve(twin) as served:
        settings = twin.settings() | {"host": served.base_url}
        settings.pop(twin.account_setting, None)
        opened = cluster_shops.opener(settings, redis_url, f"cluster-{os.getpid()}")
        for account in twin.accounts:
            consent(opened(account.id), twin.issue_token(account))
        yield World(twin, opened, accounts, datetime.now(UTC) - timedelta(days=1))


def consent(shop: Client, given: dict[str, Any]) -> None:
    """Put a shop's tokens where every worker finds them."""
    backend = shop.backend
    key = backend.token_key(backend.services["seller"], shop._core.session.chosen)
    record = TokenRecord(given["access_token"], given["refresh_token"])
    assert shop.state.tokens.swap(key, 0, record.dump())


@pytest.fixture(scope="module")
def processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        yield executor


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Executor]:
    distributed = pytest.importorskip("distributed", reason="Dask is not installed")
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=None,
            local_directory=str(tmp_path_factory.mktemp("dask")),
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        client.run(sys.path.insert, 0, os.getcwd())
        yield client.get_executor()


@pytest.fixture(params=["processes", "dask"])
def fleet(request: pytest.FixtureRequest, world: World) -> Iterator[Fleet]:
    executor = request.getfixturevalue(request.param)
    with Fleet.opened_by(world.open, world.accounts, executor=executor, concurrency=2) as fleet:
        yield fleet


def test_every_shop_is_asked_in_another_process(fleet: Fleet, world: World) -> None:
    found = fleet.ask(cluster_shops.where).values
    assert tuple(found) == world.accounts
    assert os.getpid() not in {process for process, _ in found.values()}
    assert {name for _, name in found.values()} == {fleet[one].store.info().name for one in world.accounts}


def test_a_listing_is_read_by_the_workers_and_merged_here(fleet: Fleet, world: World) -> None:
    here = Fleet.opened_by(world.open, world.accounts)
    listed = [
        (account, order.id) for account, order in fleet.orders.list(created_after=world.since).by_account()
    ]
    assert listed == [
        (account, order.id) for account, order in here.orders.list(created_after=world.since).by_account()
    ]
    assert len(listed) == SHOPS * ORDERS
    here.close()


def test_a_listing_goes_on_from_its_cursor_wherever_it_began(fleet: Fleet, world: World) -> None:
    pager = fleet.orders.list(created_after=world.since)
    first = [order.id for order in pager.collect(5)]
    with Fleet.opened_by(world.open, world.accounts) as here:
        rest = [order.id for order in here.orders.list(cursor=pager.cursor)]
    assert len({*first, *rest}) == len(first) + len(rest) == SHOPS * ORDERS


def test_an_operation_comes_back_with_its_answer_or_its_error(fleet: Fleet) -> None:
    assert {info.name for info in fleet.store.info().values.values()}
    failures = fleet.ask(cluster_shops.fail).failures
    assert tuple(failures) == fleet.accounts
    assert all(isinstance(error, NotFound) for error in failures.values())


def test_progress_is_told_here(world: World, processes: Executor) -> None:
    told: list[int] = []
    fleet = Fleet.opened_by(
        world.open, world.accounts, executor=processes, progress=lambda done, total, _: told.append(done)
    )
    fleet.store.info()
    assert told == list(range(1, SHOPS + 1))


def test_without_an_executor_the_shops_are_opened_here_and_once(world: World) -> None:
    opened: list[str] = []

    def open_once(account: str) -> Client:
        opened.append(account)
        return world.open(account)

    with Fleet.opened_by(open_once, world.accounts) as fleet:
        assert repr(fleet) == f"<Fleet: {SHOPS} accounts>"
        assert not opened
        fleet.store.info().raise_for_failures()
        fleet.orders.list(created_after=world.since).collect()
        assert opened == list(world.accounts)
        with pytest.raises(KeyError):
            fleet["nobody"]


def test_a_client_does_not_travel(world: World) -> None:
    shop = world.open(world.accounts[0])
    with pytest.raises(TypeError, match=r"Fleet\.opened_by"):
        pickle.dumps(shop)
