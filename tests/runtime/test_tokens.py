"""Tokens: used while fresh, renewed once for everybody, never lost but by a crash at one place."""

from __future__ import annotations

import copy
import os
import pickle
import random
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import define, evolve, field
from tests.support.world import NOW, SHOP, Scheduler, Toy, World, refused

from socialcommerce.errors import (
    AuthenticationError,
    AuthorizationRevoked,
    ConfigurationError,
    OutcomeUnknown,
    PlatformUnavailable,
    RateLimited,
    SocialCommerceError,
)
from socialcommerce.runtime import tokens
from socialcommerce.runtime.call import Call, Subject, TokenRecord
from socialcommerce.runtime.flow import Effect, Flow, Send, Store, done
from socialcommerce.runtime.perform import perform
from socialcommerce.runtime.text import read_json, write_json
from socialcommerce.runtime.transport import Interrupted, Request, Response

SERVICE = Toy().service(Call("GET", "/"))
KEY = "toy:7"


def record(left: float | None, access: str = "access-0", life: float | None = None) -> TokenRecord:
    """A token with so many seconds left, issued ``life`` seconds before its end."""
    end = None if left is None else NOW + left
    issued = None if life is None or end is None else end - life
    return TokenRecord(access, "refresh-0", access_expires_at=end, issued_at=issued)


@define
class Renewals:
    """Renewals as a script says: a record, or an error; ``asked`` counts them."""

    ends: list[Any] = field(factory=lambda: [TokenRecord("access-1", "refresh-1", NOW + 14400)])
    asked: list[TokenRecord] = field(factory=list)

    def __call__(self, old: TokenRecord) -> Flow[TokenRecord]:
        self.asked.append(old)
        end = self.ends.pop(0)
        if isinstance(end, Exception):
            raise end
        return (yield from done(end))


def world(seed: TokenRecord | None, *ends: Any, renewal: Any = "rotate_once") -> tuple[World, Renewals]:
    renewals = Renewals(list(ends)) if ends else Renewals()
    return World((), Toy(seeds=seed, renewer=renewals, renewal=renewal)), renewals


def use(w: World, service: Any = None) -> TokenRecord:
    found = w.platform.service(Call("GET", "/"))
    return w.run(tokens.usable(w.session, found, SHOP))


def kept(w: World) -> TokenRecord:
    value, _ = w.state.tokens.load(KEY)
    assert value is not None
    return TokenRecord.load(value)


class TestWindows:
    @pytest.mark.parametrize("left", [None, tokens.ADVISORY + 1, 1e9])
    def test_a_token_with_time_left_is_used(self, left: float | None) -> None:
        w, renewals = world(record(left))
        assert use(w).access_token == "access-0"
        assert renewals.asked == []

    @pytest.mark.parametrize("left", [tokens.ADVISORY, tokens.MANDATORY + 1, tokens.MANDATORY, 0, -1])
    def test_one_that_ends_soon_is_renewed_first(self, left: float) -> None:
        w, renewals = world(record(left))
        assert use(w).access_token == "access-1"
        assert len(renewals.asked) == 1

    def test_the_new_one_is_saved_before_it_is_used(self) -> None:
        w, _ = world(record(0))
        assert kept_after(w) == ("access-1", "refresh-1", None)

    def test_early_a_renewal_that_fails_still_leaves_the_old_token(self) -> None:
        w, _ = world(record(tokens.ADVISORY), PlatformUnavailable("down", sent="yes"))
        assert use(w).access_token == "access-0"

    def test_and_is_not_tried_again_at_every_call(self) -> None:
        down = PlatformUnavailable("down", sent="yes")
        w, renewals = world(record(tokens.ADVISORY), down, TokenRecord("access-1", "r", NOW + 9e9))
        use(w)
        use(w)
        assert len(renewals.asked) == 1
        w.now += 31
        assert use(w).access_token == "access-1"

    @pytest.mark.parametrize("failure", [PlatformUnavailable("down", sent="yes"), Interrupted("cut")])
    def test_late_it_is_raised(self, failure: Exception) -> None:
        w, _ = world(record(tokens.MANDATORY), failure)
        with pytest.raises(type(failure)):
            use(w)

    def test_a_short_life_has_short_windows(self) -> None:
        w, renewals = world(record(200, life=240))
        assert use(w).access_token == "access-0"
        w.now += 150
        assert use(w).access_token == "access-1"
        assert len(renewals.asked) == 1

    @pytest.mark.parametrize("renewal", ["never", "human"])
    def test_what_cannot_be_renewed_is_used_to_its_end(self, renewal: str) -> None:
        w, renewals = world(record(-1), renewal=renewal)
        assert use(w).access_token == "access-0"
        assert renewals.asked == []

    def test_so_is_one_without_a_refresh_token(self) -> None:
        w, _ = world(TokenRecord("access-0", access_expires_at=NOW))
        assert use(w).access_token == "access-0"

    @pytest.mark.parametrize("renewal", ["exchange_before_expiry", "reissue", "same_until_last_hour"])
    def test_some_renewals_need_no_refresh_token(self, renewal: str) -> None:
        w, _ = world(TokenRecord("access-0", access_expires_at=NOW), renewal=renewal)
        assert use(w).access_token == "access-1"


def kept_after(w: World) -> tuple[str, str, float | None]:
    use(w)
    found = kept(w)
    return found.access_token, found.refresh_token, found.renewing_since


class TestSeeds:
    def test_tokens_of_the_settings_serve_until_the_store_has_its_own(self) -> None:
        w, _ = world(record(0))
        use(w)
        assert use(w).access_token == "access-1"

    def test_a_token_that_never_changes_is_not_kept_so_the_settings_can_change_it(self) -> None:
        w, _ = world(record(None), renewal="never")
        use(w)
        w.platform.seeds = record(None, "another")
        assert use(w).access_token == "another"

    @pytest.mark.parametrize("renewal", ["reissue", "same_until_last_hour"])
    def test_where_no_consent_is_needed_the_first_token_is_asked_for(self, renewal: str) -> None:
        w, renewals = world(None, renewal=renewal)
        assert use(w).access_token == "access-1"
        assert renewals.asked[0].access_token == ""

    @pytest.mark.parametrize("renewal", ["rotate_once", "exchange_before_expiry", "never", "keep"])
    def test_else_the_seller_must_authorise(self, renewal: str) -> None:
        w, _ = world(None, renewal=renewal)
        with pytest.raises(AuthenticationError, match="shop 7"):
            use(w)

    def test_peek_shows_what_there_is_and_renews_nothing(self) -> None:
        w, _ = world(record(0))
        assert w.run(tokens.peek(w.session, SERVICE, SHOP)) == record(0)
        w.platform.seeds = None
        assert w.run(tokens.peek(w.session, SERVICE, SHOP)) is None

    def test_a_new_consent_replaces_whatever_was_there(self) -> None:
        w, _ = world(record(None))
        use(w)
        w.run(tokens.save(w.session, SERVICE, SHOP, record(None, "consented")))
        assert use(w).access_token == "consented"
        w.run(tokens.forget(w.session, SERVICE, SHOP))
        assert w.state.tokens.load(KEY)[0] is None


class TestOnlySubject:
    """Where a call names no account and there is one alone, that one is meant."""

    def only(self, *ids: str, kind: str | None = "shop") -> Any:
        w, _ = world(None)
        for each in ids:
            w.run(tokens.save(w.session, SERVICE, Subject("shop", each), record(None)))
        platform = Toy()
        platform.subject_kind = lambda call: kind  # type: ignore[method-assign]
        return w.run(tokens.only_subject(evolve(w.session, platform=platform), SERVICE, Call("GET", "/do")))

    def test_the_one_with_tokens(self) -> None:
        assert self.only("9") == Subject("shop", "9")

    def test_none_where_the_call_needs_none(self) -> None:
        assert self.only("9", kind=None) is None

    def test_of_several_one_must_be_chosen(self) -> None:
        with pytest.raises(ConfigurationError, match="there are 8, 9"):
            self.only("8", "9")

    def test_without_any_it_says_how_to_name_one(self) -> None:
        with pytest.raises(ConfigurationError, match="shop_id"):
            self.only()


class TestRenewal:
    def test_whoever_comes_second_finds_the_new_token(self) -> None:
        w, renewals = world(record(0))
        stale = record(0)
        for _ in range(3):
            fresh = w.run(tokens.renew(w.session, SERVICE, SHOP, stale))
            assert fresh.access_token == "access-1"
        assert len(renewals.asked) == 1

    def test_a_platform_that_prolongs_the_same_token_is_asked_once_too(self) -> None:
        w, renewals = world(record(0), record(7200))
        for _ in range(2):
            w.run(tokens.renew(w.session, SERVICE, SHOP, record(0)))
        assert len(renewals.asked) == 1

    def test_a_consent_saved_beside_the_lock_wins(self) -> None:
        w, _ = world(record(0))

        def renew(old: TokenRecord) -> Flow[TokenRecord]:
            yield from tokens.save(w.session, SERVICE, SHOP, record(None, "consented"))
            return TokenRecord("access-1", "refresh-1")

        w.platform.renewer = renew
        assert use(w).access_token == "consented"
        assert kept(w).access_token == "consented"

    def test_what_else_is_noted_beside_the_lock_costs_no_token(self) -> None:
        w, _ = world(record(0))

        def renew(old: TokenRecord) -> Flow[TokenRecord]:
            yield from tokens.amend(w.session, SERVICE, SHOP, cipher="c")
            return TokenRecord("access-1", "refresh-1")

        w.platform.renewer = renew
        assert use(w).access_token == "access-1"
        assert (kept(w).refresh_token, kept(w).extra, kept(w).renewing_since) == (
            "refresh-1",
            {"cipher": "c"},
            None,
        )

    def test_so_does_one_saved_between_the_look_and_the_note(self) -> None:
        w, renewals = world(record(0))
        swap = w.state.tokens.swap

        def late(key: str, version: int, value: Any, ttl: float | None = None) -> bool:
            if value["renewing_since"] is not None:
                _, present = w.state.tokens.load(key)
                swap(key, present, record(None, "consented").dump())
            return swap(key, version, value, ttl)

        w.state.tokens.swap = late  # type: ignore[method-assign]
        assert use(w).access_token == "consented"
        assert renewals.asked == []

    def test_the_hooks_are_told(self) -> None:
        w, _ = world(record(0))
        use(w)
        assert [(each.kind, each.operation, each.account) for each in w.told] == [
            ("renewal", "auth.refresh", "7")
        ]

    def test_when_it_was_issued_is_noted_where_the_platform_does_not_say(self) -> None:
        w, _ = world(record(0))
        assert use(w).issued_at == NOW

    def test_what_cannot_be_renewed_is_revoked(self) -> None:
        w, _ = world(record(0))
        with pytest.raises(AuthorizationRevoked, match="authorise again") as caught:
            w.run(tokens.renew(w.session, SERVICE, SHOP, TokenRecord("access-0")))
        assert caught.value.sent == "no"


REVOKED = AuthorizationRevoked("gone", sent="yes")


class TestInterrupted:
    def test_after_a_crash_a_dead_token_is_told_as_an_interrupted_renewal(self) -> None:
        w, _ = world(record(0), REVOKED)
        w.state.tokens.swap(KEY, 0, evolve(record(0), renewing_since=NOW - 60).dump())
        with pytest.raises(AuthorizationRevoked, match="cut off after the platform had answered") as caught:
            use(w)
        assert datetime.fromtimestamp(NOW - 60, UTC).isoformat() in caught.value.message

    def test_a_crash_before_the_request_left_costs_nothing(self) -> None:
        w, _ = world(record(0))
        w.state.tokens.swap(KEY, 0, evolve(record(0), renewing_since=NOW - 60).dump())
        assert use(w).access_token == "access-1"
        assert kept(w).renewing_since is None

    def test_without_a_crash_it_is_the_platforms_own_word(self) -> None:
        w, _ = world(record(0), REVOKED)
        with pytest.raises(AuthorizationRevoked, match="gone"):
            use(w)

    @pytest.mark.parametrize(
        "failure", [RateLimited("slow", sent="yes"), PlatformUnavailable("full", sent="no"), REVOKED]
    )
    def test_a_clean_refusal_leaves_no_note(self, failure: SocialCommerceError) -> None:
        w, _ = world(record(0), failure)
        with pytest.raises(type(failure)):
            use(w)
        assert kept(w).renewing_since is None

    @pytest.mark.parametrize(
        "failure", [OutcomeUnknown("cut"), PlatformUnavailable("down", sent="yes"), Interrupted("cut")]
    )
    def test_a_renewal_in_doubt_leaves_one(self, failure: Exception) -> None:
        w, _ = world(record(0), failure, REVOKED)
        with pytest.raises(type(failure)):
            use(w)
        assert kept(w).renewing_since == NOW
        with pytest.raises(AuthorizationRevoked, match="cut off"):
            use(w)

    def test_a_repeat_that_finds_the_token_spent_tells_of_the_first_request(self) -> None:
        doubt = OutcomeUnknown("refused after a cut")
        doubt.__cause__ = REVOKED
        w, _ = world(record(0), doubt)
        with pytest.raises(AuthorizationRevoked, match="cut off"):
            use(w)


class TestRecord:
    def test_shows_no_secret(self) -> None:
        assert "access-0" not in repr(record(None)) + str(record(None))

    @pytest.mark.parametrize("duplicate", [pickle.dumps, copy.copy, copy.deepcopy])
    def test_is_never_pickled(self, duplicate: Callable[[Any], Any]) -> None:
        with pytest.raises(TypeError, match="secrets"):
            duplicate(record(None))

    def test_survives_a_store(self) -> None:
        whole = TokenRecord("a", "r", 1.0, 2.0, 3.0, 4.0, ("x", "y"), 5.0, {"k": [1]})
        assert TokenRecord.load(read_json(write_json(whole.dump()))) == whole

    def test_reads_what_another_version_wrote(self) -> None:
        assert TokenRecord.load({"access_token": "a", "of_the_future": 1}) == TokenRecord("a")

    def test_reads_what_a_caller_has(self) -> None:
        end = datetime(2030, 1, 1, tzinfo=UTC)
        token = SimpleNamespace(
            access_token=SimpleNamespace(get_secret_value=lambda: "a"),
            refresh_token=None,
            access_expires_at=end,
            scopes=["x"],
        )
        assert TokenRecord.of(token) == TokenRecord("a", "", end.timestamp(), scopes=("x",))
        assert TokenRecord.of("a") == TokenRecord("a")
        assert TokenRecord.of(None) is None


@define
class Rotation:
    """The platform's side of single-use refresh tokens."""

    clock: Callable[[], float]
    valid: str = "refresh-0"
    access: str = "access-0"
    spent: dict[str, int] = field(factory=dict)
    renewals: int = 0

    def __call__(self, request: Request) -> Response:
        if request.path == "/do":
            good = request.headers["token"] == self.access
            return Response(200, {}, b'{"value": 1}') if good else refused("expired")
        return self._renew(request.content.decode())

    def _renew(self, refresh: str) -> Response:
        if refresh != self.valid:
            return refused("revoked")
        self.spent[refresh] = self.spent.get(refresh, 0) + 1
        self.renewals += 1
        self.valid, self.access = f"refresh-{self.renewals}", f"access-{self.renewals}"
        return Response(200, {}, write_json({"value": [self.access, self.valid]}))


def asking(w: World) -> Callable[[TokenRecord], Flow[TokenRecord]]:
    """The renewal as a backend writes it: one request, through no retry."""

    def renew(old: TokenRecord) -> Flow[TokenRecord]:
        response: Response = yield Send(
            Request("POST", "https://toy.example/renew", {}, old.refresh_token.encode())
        )
        body = w.platform.service(Call("GET", "/")).envelope(Call("GET", "/"), response)
        access, refresh = body["value"]
        return TokenRecord(access, refresh, access_expires_at=w.now + 14400, issued_at=w.now)

    return renew


def interleave(seed: int, crash_rate: float) -> tuple[Scheduler, Rotation, list[int]]:
    """Four flows with calls to make, two expiries, any order; some die between two effects."""
    dice = random.Random(seed)
    w = World((), Toy(seeds=record(0)))
    w.platform.renewer = asking(w)
    rotation = Rotation(w.clock)
    lost: list[int] = []

    def flow() -> Flow[int]:
        for _ in range(2):
            session = evolve(w.session, memo={})
            yield from perform(session, Call("GET", "/do"))
            w.now += 14400 * (dice.random() < 0.2)
        return 1

    def crash(number: int, effect: Effect) -> bool:
        dies = dice.random() < crash_rate
        if dies and isinstance(effect, Store) and _is_fresh(effect, rotation):
            lost.append(number)
        return dies

    scheduler = Scheduler(w.state, rotation, dice.randrange, crash, lambda seconds: None)
    scheduler.run([flow() for _ in range(4)])
    return scheduler, rotation, lost


def _is_fresh(effect: Store, rotation: Rotation) -> bool:
    """Whether this saves the new tokens."""
    if (effect.part, effect.verb) != ("tokens", "swap"):
        return False
    value = effect.arguments[2]
    return value is not None and value["refresh_token"] == rotation.valid and value["renewing_since"] is None


@pytest.mark.slow
@pytest.mark.parametrize("block", range(3 if os.environ.get("CI") else 10))
def test_a_thousand_interleavings_spend_every_refresh_token_once(block: int) -> None:
    for seed in range(block * 1000, block * 1000 + 1000):
        scheduler, rotation, lost = interleave(seed, crash_rate=0.02 if seed % 2 else 0.0)
        assert set(rotation.spent.values()) <= {1}, seed
        if lost:
            for error in scheduler.failures.values():
                assert isinstance(error, AuthorizationRevoked), (seed, error)
                assert "cut off" in error.message, seed
        else:
            assert scheduler.failures == {}, (seed, scheduler.failures)
            assert len(scheduler.results) + len(scheduler.crashed) == 4


def test_flows_that_all_find_the_token_expired_renew_it_once() -> None:
    for seed in range(200):
        dice = random.Random(seed)
        w = World((), Toy(seeds=record(0)))
        w.platform.renewer = asking(w)
        rotation = Rotation(w.clock)
        scheduler = Scheduler(w.state, rotation, dice.randrange)
        scheduler.run([perform(w.session, Call("GET", "/do")) for _ in range(8)])
        assert len(scheduler.results) == 8
        assert rotation.renewals == 1
