"""Clients: whose account, which policies, which transport."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from math import inf

import pytest

from socialcommerce import Client, Request, Response, Retry, simulate
from socialcommerce.backends import Shopee
from socialcommerce.errors import (
    ConfigurationError,
    InvalidRequest,
    OutcomeUnknown,
    RateLimited,
    TransportError,
)

SHOP = "/api/v2/shop/get_shop_info"


def test_the_root_asks_to_choose_where_there_are_several_accounts() -> None:
    with simulate("shopee", accounts=2) as root:
        first, second = root.accounts(kind="shop")
        with pytest.raises(ConfigurationError, match="for_account"):
            root.store.info()
        assert root.for_account(first).store.info().id == first.id
        assert root.for_account(int(second.id)).store.info().id == second.id


def test_every_account_that_the_credentials_reach_is_listed() -> None:
    with simulate("shopee", accounts=2) as root:
        shops, ads = root.accounts("shop"), root.accounts("ad")
        assert [account.id for account in ads] == [account.id for account in shops]
        assert [account.id for account in root.for_account(ads[1]).accounts("ad")] == [ads[1].id]


def test_the_root_uses_the_only_account_of_a_kind(shop: Client) -> None:
    assert shop.store.info().id == shop.accounts("shop")[0].id


@pytest.mark.parametrize(
    ("given", "seconds"), [(timedelta(minutes=1), 60.0), (30, 30.0), (2.5, 2.5), (None, inf)]
)
def test_a_deadline_is_a_timedelta_or_seconds(given: timedelta | float | None, seconds: float) -> None:
    assert Retry(deadline=given).deadline == seconds


def test_a_budget_may_be_the_number_of_retries_that_an_outage_may_cost() -> None:
    budget = Retry(budget=2).budget
    assert budget is not None
    assert [budget.spend() for _ in range(3)] == [True, True, False]


def test_the_attempts_of_the_policy_are_kept(shop: Client) -> None:
    shop.market.fault("throttle", times=9, retry_after=timedelta(seconds=2))
    with pytest.raises(RateLimited) as caught:
        shop.with_options(retry=Retry(attempts=2, deadline=timedelta(minutes=5), budget=9)).store.info()
    assert caught.value.attempts == 2
    assert caught.value.retry_after == timedelta(seconds=2)


def through(function: Callable[[Request], Response]) -> Client:
    backend = Shopee(partner_id=1, partner_key="key", shop_id=2, access_token="token")
    return Client(backend, transport=function, retry=Retry(attempts=1))


@pytest.mark.parametrize(
    ("error", "sent"),
    [(ConnectionRefusedError, "no"), (ConnectionResetError, "unknown"), (TimeoutError, "unknown")],
)
def test_a_plain_function_may_fail_as_a_network_does(error: type[OSError], sent: str) -> None:
    def broken(request: Request) -> Response:
        raise error("the wire says so")

    with pytest.raises(TransportError) as read:
        through(broken).call("GET", SHOP)
    assert read.value.sent == sent
    with pytest.raises((TransportError, OutcomeUnknown)) as written:
        through(broken).call("POST", "/api/v2/product/update_item", body={})
    assert written.value.sent == sent


def test_a_fault_of_the_function_itself_is_not_taken_for_a_reply() -> None:
    def faulty(request: Request) -> Response:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        through(faulty).call("GET", SHOP)


def test_what_a_repeat_would_do_is_said_in_known_words(shop: Client) -> None:
    sent = len(shop.market.requests)
    with pytest.raises(InvalidRequest, match="there is read, absolute, keyed"):
        shop.call("POST", "/api/v2/shop/get_shop_info", safety="harmless")  # type: ignore[arg-type]
    assert len(shop.market.requests) == sent
