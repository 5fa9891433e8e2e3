"""What a platform tells of its limits and tokens before it refuses anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from attrs import evolve
from tests.support.world import DOWN, NOW, SHOP, Toy, World, ok
from typing_extensions import override

from socialcommerce.errors import RateLimited
from socialcommerce.runtime import tokens
from socialcommerce.runtime.call import Call, Service, Subject, TokenRecord
from socialcommerce.runtime.flow import Flow, done
from socialcommerce.runtime.limits import Bucket
from socialcommerce.runtime.perform import perform
from socialcommerce.runtime.retry import RateLimits
from socialcommerce.runtime.transport import Response

DAY = 86400.0
BUCKET = Bucket("app", 100.0, 100)


class Counting(Toy):
    """A platform whose replies say how long its one bucket has to rest."""

    rest = 30.0

    @override
    def service(self, call: Call) -> Service:
        return evolve(super().service(call), limits=lambda *_: (BUCKET,), heed=self.heed)

    def heed(self, call: Call, subject: Subject | None, response: Response) -> Sequence[tuple[str, float]]:
        return [("app", self.rest)]


def ask(world: World) -> Any:
    return world.run(perform(world.session, Call("GET", "/do"))).value


def test_a_bucket_rests_as_long_as_a_reply_says() -> None:
    world = World([ok("1"), ok("2")], Counting())
    ask(world)
    assert world.slept == []
    ask(world)
    assert world.slept == [30.0]


def test_a_refusal_says_so_too() -> None:
    world = World([DOWN, ok("2")], Counting())
    ask(world)
    assert sum(world.slept) == pytest.approx(30.0, abs=1)


def test_who_does_not_wait_is_told() -> None:
    world = World([ok("1")], Counting(), limits=RateLimits(on_limit="raise"))
    ask(world)
    with pytest.raises(RateLimited):
        ask(world)


def test_limits_that_are_off_read_nothing() -> None:
    world = World([ok("1"), ok("2")], Counting(), limits=RateLimits(enabled=False))
    ask(world)
    ask(world)
    assert world.slept == []


@pytest.mark.parametrize(("left", "life", "renewed"), [(8, 60, False), (6, 60, True), (6, 20, False)])
def test_a_token_that_nothing_renews_after_its_end_is_renewed_days_before(
    left: int, life: int, renewed: bool
) -> None:
    seed = TokenRecord("old", access_expires_at=NOW + left * DAY, issued_at=NOW + (left - life) * DAY)

    def renewer(_: TokenRecord) -> Flow[TokenRecord]:
        return done(TokenRecord("new", access_expires_at=NOW + 60 * DAY))

    world = World((), Toy(seeds=seed, renewer=renewer, renewal="exchange_before_expiry"))
    service = world.platform.service(Call("GET", "/"))
    used = world.run(tokens.usable(world.session, service, SHOP))
    assert used.access_token == ("new" if renewed else "old")
