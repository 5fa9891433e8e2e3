"""Tokens that changed in the settings serve once those of the store are revoked; old ones never come back."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve
from tests.runtime.test_tokens import KEY, SERVICE, kept, record, use, world
from tests.support.world import NOW, SHOP, World, ok, refused

from socialcommerce.errors import AuthorizationRevoked
from socialcommerce.runtime import tokens
from socialcommerce.runtime.call import Call, TokenRecord
from socialcommerce.runtime.perform import perform

OLD, NEW = record(None), TokenRecord("access-9", "refresh-9")
REVOKED = AuthorizationRevoked("revoked", sent="yes")


def restarted(w: World, seed: TokenRecord | None) -> None:
    """The settings were changed and the program was started again."""
    w.platform.seeds = seed
    w.session = evolve(w.session, memo={})


def call(w: World) -> Any:
    return w.run(perform(w.session, Call("POST", "/do", safety="unsafe"))).value


def with_tokens_of_the_settings(*answers: Any) -> World:
    """A client that has used the settings' token once, and kept it."""
    w, _ = world(OLD)
    use(w)
    w.answers = iter(answers)
    return w


def sent(w: World) -> list[str]:
    return [request.headers["token"] for request in w.sent]


def test_a_changed_token_of_the_settings_takes_the_place_of_a_revoked_one() -> None:
    w = with_tokens_of_the_settings(refused("revoked"), ok(1), ok(2))
    restarted(w, NEW)
    assert (call(w), call(w)) == (1, 2)
    assert sent(w) == ["access-0", "access-9", "access-9"]
    assert kept(w) == NEW


def test_without_a_change_a_revoked_token_is_told() -> None:
    w = with_tokens_of_the_settings(refused("revoked"))
    with pytest.raises(AuthorizationRevoked):
        call(w)
    assert sent(w) == ["access-0"]


def test_each_is_tried_once_and_an_old_one_never_comes_back() -> None:
    w = with_tokens_of_the_settings(*[refused("revoked")] * 5)
    for seed in (NEW, NEW, OLD):
        restarted(w, seed)
        with pytest.raises(AuthorizationRevoked):
            call(w)
    assert sent(w) == ["access-0", "access-9", "access-9", "access-9"]


def test_a_renewal_that_is_refused_goes_on_with_a_changed_token() -> None:
    w, renewals = world(record(5), REVOKED)
    w.state.tokens.write({KEY: record(5).dump()})
    w.run(tokens.save(w.session, SERVICE, SHOP, record(5)))
    restarted(w, NEW)
    assert use(w) == NEW
    assert [one.refresh_token for one in renewals.asked] == ["refresh-0"]


def test_so_does_what_cannot_be_renewed_at_all() -> None:
    short = TokenRecord("access-0", "", access_expires_at=NOW - 1)
    w, _ = world(short)
    assert use(w) == short
    restarted(w, NEW)
    assert w.run(tokens.renew(w.session, SERVICE, SHOP, stale=short)) == NEW


def test_a_consent_outranks_the_settings_of_its_day() -> None:
    w, _ = world(OLD)
    w.run(tokens.save(w.session, SERVICE, SHOP, NEW))
    w.answers = iter([refused("revoked")])
    with pytest.raises(AuthorizationRevoked):
        call(w)
    assert sent(w) == ["access-9"]


def test_a_store_of_an_earlier_version_knows_nothing_and_stays_as_it_is() -> None:
    w, _ = world(NEW)
    w.state.tokens.write({KEY: OLD.dump()})
    w.answers = iter([refused("revoked")])
    with pytest.raises(AuthorizationRevoked):
        call(w)
    assert kept(w) == OLD


def test_what_somebody_saved_meanwhile_is_used_and_the_settings_are_kept_for_later() -> None:
    w = with_tokens_of_the_settings()
    restarted(w, NEW)
    other = TokenRecord("access-5", "refresh-5")
    w.state.tokens.write({KEY: other.dump()})
    assert w.run(tokens.adopt(w.session, SERVICE, SHOP, OLD)) == other
    assert w.run(tokens.adopt(w.session, SERVICE, SHOP, other)) == NEW


@pytest.mark.parametrize("seed", [None, NEW])
def test_nothing_is_adopted_where_there_is_nothing(seed: TokenRecord | None) -> None:
    w = with_tokens_of_the_settings()
    restarted(w, seed)
    w.run(tokens.forget(w.session, SERVICE, SHOP))
    assert w.run(tokens.adopt(w.session, SERVICE, SHOP, OLD)) is None


def test_the_notes_hold_no_token() -> None:
    w = with_tokens_of_the_settings()
    rows = w.state.seen.scan("")
    assert len(rows) == 1
    assert "access-0" not in repr(rows)
    assert "refresh-0" not in repr(rows)
