"""What one call waits for: between its attempts, for the retry budget, for a slot of the rate limits."""

from __future__ import annotations

from datetime import timedelta
from math import inf
from typing import Any

import pytest
from attrs import evolve
from tests.runtime.one_call import THROTTLED_7, ask, fails
from tests.support.world import DOWN, Toy, World, ok, refused

from socialcommerce.errors import OutcomeUnknown, PlatformUnavailable, RateLimited
from socialcommerce.runtime.limits import Bucket
from socialcommerce.runtime.retry import RateLimits, Retry, RetryBudget


class TestWaiting:
    def test_waits_grow_exponentially_up_to_the_cap(self) -> None:
        world = World([DOWN] * 4, retry=Retry(base=2, cap=5))
        fails(world, PlatformUnavailable)
        assert world.slept == [2, 4, 5]

    def test_jitter_spreads_them_from_zero(self) -> None:
        world = World([DOWN, ok()], jitter=0.25, retry=Retry(base=2))
        ask(world)
        assert world.slept == [0.5]

    @pytest.mark.parametrize("jitter", [0.0, 0.5, 0.999])
    @pytest.mark.parametrize("asked", [0.1, 7, 61])
    def test_never_shorter_than_the_platform_asked(self, asked: float, jitter: float) -> None:
        world = World([refused("throttled", wait=asked), ok()], jitter=jitter)
        ask(world)
        assert world.slept[0] >= asked

    @pytest.mark.parametrize(("header", "seconds"), [("7", 7), (" 2.5 ", 2.5), ("0", 0)])
    def test_the_standard_header_is_heard_whatever_the_platform_says_in_its_body(
        self, header: str, seconds: float
    ) -> None:
        world = World([evolve(DOWN, headers={"Retry-After": header}), ok()], jitter=0.0)
        ask(world)
        assert world.slept == [seconds]

    def test_the_platforms_own_word_goes_before_the_header(self) -> None:
        told = evolve(refused("throttled", wait=7), headers={"Retry-After": "1"})
        world = World([told, ok()], jitter=0.0)
        ask(world)
        assert world.slept == [7]

    @pytest.mark.parametrize("header", ["", "soon", "-1", "1e9", "9" * 40, "Wed, 21 Oct 2026 07:28:00 GMT"])
    def test_a_header_that_says_no_number_of_seconds_says_nothing(self, header: str) -> None:
        world = World([evolve(DOWN, headers={"Retry-After": header}), ok()], jitter=0.0)
        ask(world)
        assert world.slept == [0]

    def test_the_thousandth_wait_is_still_a_number(self) -> None:
        assert Retry(attempts=5000).delay(4999, 1.0, None) == 30

    def test_no_attempt_begins_after_the_deadline(self) -> None:
        world = World([DOWN] * 9, retry=Retry(attempts=9, deadline=10, base=4, cap=4))
        fails(world, PlatformUnavailable)
        assert (len(world.sent), world.slept) == (3, [4, 4])

    def test_a_wait_that_would_pass_the_deadline_is_not_begun(self) -> None:
        world = World([refused("throttled", wait=121)])
        error = fails(world, RateLimited)
        assert (error.retry_after, world.slept) == (timedelta(seconds=121), [])

    @pytest.mark.parametrize("wrong", [{"attempts": 0}, {"deadline": -1}, {"base": -1}, {"cap": -1}])
    def test_a_policy_that_makes_no_sense_is_refused(self, wrong: dict[str, float]) -> None:
        with pytest.raises(ValueError, match=next(iter(wrong))):
            Retry(**wrong)


class TestBudget:
    def test_an_outage_is_not_amplified(self) -> None:
        budget = RetryBudget(capacity=50, cost=5)
        world = World([DOWN] * 1000, retry=Retry(budget=budget))
        for _ in range(100):
            fails(world, PlatformUnavailable)
        assert len(world.sent) == 100 + 10

    def test_successes_fill_it_again_up_to_its_capacity(self) -> None:
        budget = RetryBudget(capacity=5, cost=5)
        world = World([DOWN, ok(), DOWN, *[ok()] * 9, DOWN, ok()], retry=Retry(budget=budget))
        ask(world)
        fails(world, PlatformUnavailable)
        for _ in range(9):
            ask(world)
        assert ask(world).value is None

    def test_without_one_only_attempts_and_deadline_count(self) -> None:
        world = World([DOWN] * 3 + [ok(1)], retry=Retry(budget=None))
        assert ask(world).value == 1


def bucketed(rate: float = 1.0, burst: int = 1) -> Toy:
    return Toy(buckets=(Bucket("shop", rate, burst), Bucket("app", 100, 100)))


class TestLimits:
    def test_waits_until_the_call_may_go(self) -> None:
        world = World([ok(), ok()], bucketed())
        ask(world)
        ask(world)
        assert world.slept == [1.0]

    def test_raises_with_nothing_sent_where_told(self) -> None:
        world = World([ok()], bucketed(), limits=RateLimits(on_limit="raise"))
        ask(world)
        error = fails(world, RateLimited)
        assert (error.sent, error.scope, error.attempts) == ("no", "shop", 0)
        assert error.retry_after == timedelta(seconds=1)
        assert len(world.sent) == 1

    def test_can_be_slowed_down(self) -> None:
        world = World([ok(), ok()], bucketed(), limits=RateLimits(scale=0.5))
        ask(world)
        ask(world)
        assert world.slept == [2.0]

    def test_can_be_switched_off(self) -> None:
        world = World([ok(), ok()], bucketed(), limits=RateLimits(enabled=False))
        ask(world)
        ask(world)
        assert world.slept == []

    @pytest.mark.parametrize("wrong", [{"scale": 0}, {"on_limit": "panic"}])
    def test_a_policy_that_makes_no_sense_is_refused(self, wrong: Any) -> None:
        with pytest.raises(ValueError, match=next(iter(wrong))):
            RateLimits(**wrong)

    def test_what_the_platform_asks_holds_for_other_calls_too(self) -> None:
        world = World([THROTTLED_7], bucketed(100, 100), retry=Retry(attempts=1))
        fails(world, RateLimited)
        world.answers = iter([ok()])
        ask(world)
        assert world.slept == [7.0]

    def test_a_repeat_waits_once_not_twice(self) -> None:
        world = World([THROTTLED_7, ok()], bucketed(100, 100))
        ask(world)
        assert world.slept == [7.0]

    def test_a_repeat_does_not_wait_for_a_slot_beyond_the_deadline(self) -> None:
        world = World([DOWN], bucketed(0.001), retry=Retry(deadline=60))
        error = fails(world, RateLimited)
        assert error.sent == "no"
        assert world.slept == [0.5]

    def test_a_doubtful_write_without_a_slot_for_its_repeat_is_of_unknown_outcome(self) -> None:
        world = World([DOWN], bucketed(0.001), retry=Retry(deadline=60))
        fails(world, OutcomeUnknown, "keyed")


def test_patience_is_endless_for_a_first_attempt_alone() -> None:
    world = World([ok(), ok()], bucketed(0.001), retry=Retry(deadline=1))
    ask(world)
    ask(world)
    assert world.slept == [1000.0]
    assert world.slept[0] < inf
