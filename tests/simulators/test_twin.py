"""What a twin gets for nothing: the smallest possible platform."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from socialcommerce.runtime.transport import Request, Response
from socialcommerce.simulators.account import Account, NotPlayed
from socialcommerce.simulators.entities import Location
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.twin import Twin


class Corner(Twin):
    """A shop at the corner that answers every request with good day."""

    name = "corner"

    def open_account(self, index: int, currency: str | None) -> Account:
        place = Location("shelf", "Shelf")
        return Account(
            str(index), "Corner", currency or "EUR", "DE", "Europe/Berlin", self.clock, self, [place]
        )

    def answer(self, request: Request) -> Response:
        return Response(200, {}, b"good day")

    def settings(self, account_index: int = 0) -> dict[str, Any]:
        return {"account": self.accounts[account_index].id}

    def issue_token(self, account: Account) -> dict[str, Any]:
        return {"access_token": account.id}

    def throttled(self, request: Request, retry_after: timedelta | None) -> Response:
        return Response(429)

    def new_id(self, kind: str) -> str:
        return f"{kind}-{self.market.random.randrange(10**6)}"


@pytest.fixture
def corner() -> Corner:
    return Corner(Market(), accounts=2, currency="CHF")


def test_the_market_sells_for_any_platform(corner: Corner) -> None:
    corner.market.add_product("X", stock=1)
    corner.market.complete(corner.market.buy("X"))
    assert corner.accounts[0].currency == "CHF"
    assert corner.market.account("1").add_product("X", stock=1).sku == "X"


def test_what_was_not_overridden_says_what_is_missing(corner: Corner) -> None:
    request = Request("GET", "https://corner.example/hello")
    for lacking in (lambda: corner.expire_token(request), corner.accounts[0].revoke):
        with pytest.raises(NotPlayed, match="corner"):
            lacking()
    with pytest.raises(ValueError, match="consent"):
        corner.market.consent("https://corner.example/auth")


def test_faults_work_without_help(corner: Corner) -> None:
    request = Request("GET", "https://corner.example/hello")
    corner.market.fault("server_error")
    corner.market.fault("unknown_enum")
    assert [corner.handle(request).status for _ in range(2)] == [500, 200]
    assert corner.handle(request).content == b"good day"


def test_a_push_goes_to_the_twins_address(corner: Corner) -> None:
    corner.push({"x-signature": "1"}, b"{}", {"shop": "1"})
    (push,) = corner.market.pushes()
    assert (push.url, push.body, push.query) == (corner.push_url, b"{}", {"shop": "1"})
