"""``BackendConformance``: the rules that every backend keeps, as a class of tests to subclass.

class TestToyMarket(BackendConformance):
    backend = ToyMarket
    settings = {"seller": "kiosk-1"}
    twin = pretend_market
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, ClassVar

import pytest

from socialcommerce.backends.base import Backend
from socialcommerce.simulators.account import NotPlayed
from socialcommerce.testing.candidate import Candidate
from socialcommerce.testing.checks import clients, contract, hostile, identity, refusals, secrets, worlds

__all__ = ["BackendConformance"]

Check = Callable[[Candidate], Iterator[str]]


def _held(check: Check) -> Callable[[BackendConformance], None]:
    """A test that fails with every sentence of a check."""

    def test(self: BackendConformance) -> None:
        __tracebackhide__ = True
        findings = list(dict.fromkeys(check(self.candidate())))
        if findings:
            raise AssertionError("\n".join(findings))

    test.__doc__ = check.__doc__
    return test


def _held_in_a_world(check: Check) -> Callable[[BackendConformance], None]:
    """The same for a check that needs a pretend marketplace; skipped where there is none."""
    held = _held(check)

    def test(self: BackendConformance) -> None:
        __tracebackhide__ = True
        if not self.candidate().playable:
            pytest.skip("no twin to try it on: set twin on the backend, or on this class")
        held(self)

    test.__doc__ = check.__doc__
    return test


class BackendConformance:
    """The conformance kit. A subclass says which backend is on trial; each test fails with the remedy.

    ``name`` is the registered name, or ``backend`` the class. ``settings`` are constructor arguments
    that matter; secret ones (named key, secret, token, password) are filled with canaries, others that
    are compulsory are made up. ``twin`` is a function that takes the settings and answers a transport
    function with a fresh, furnished world behind it; it is not needed where the backend names its twin.
    A test that cannot hold for a platform is overridden, with the reason.
    """

    name: ClassVar[str | None] = None
    backend: ClassVar[type[Backend] | None] = None
    settings: ClassVar[Mapping[str, Any]] = {}
    twin: ClassVar[Callable[..., Any] | None] = None

    def arrange(self, market: Any) -> None:
        """Furnish the pretend world before it is read: products, orders, conversations."""
        for number in range(5):
            market.add_product(f"KIT-{number}", stock=9, price="10")
        with suppress(NotPlayed):
            for number in range(3):
                market.buy(f"KIT-{number}")
        with suppress(NotPlayed):
            for number in range(3):
                market.say(f"hello {number}")

    def candidate(self) -> Candidate:
        """The backend on trial, with its settings and its world."""
        twin = inspect.getattr_static(type(self), "twin")
        plain = twin.__func__ if isinstance(twin, staticmethod) else twin
        return Candidate.of(
            self.name, type(self).backend, settings=self.settings, twin=plain, arrange=self.arrange
        )

    test_name_matches_class = _held(identity.name_matches_class)
    test_services_are_whole = _held(identity.services_are_whole)
    test_authorize_is_pure = _held(identity.authorize_is_pure)
    test_capability_names = _held(identity.capability_names)
    test_unknown_service = _held(identity.unknown_service)

    test_nouns_are_contracts = _held(contract.nouns_are_contracts)
    test_overrides_are_marked = _held(contract.overrides_are_marked)
    test_signatures_match = _held(contract.signatures_match)
    test_parameters_are_named = _held(contract.parameters_are_named)

    test_refusals_have_reasons = _held(refusals.refusals_have_reasons)
    test_refusals_are_raised = _held(refusals.refusals_are_raised)
    test_parts_are_refused = _held(refusals.parts_are_refused)
    test_naive_datetimes = _held(refusals.naive_datetimes)

    test_secrets_stay_secret = _held(secrets.secrets_stay_secret)
    test_only_typed_errors = _held(hostile.only_typed_errors)
    test_errors_pickle = _held(hostile.errors_pickle)
    test_hostile_webhooks = _held(worlds.hostile_webhooks)

    test_closing_twice = _held(clients.closing_twice)
    test_faces_agree = _held(clients.faces_agree)

    test_reads_answer = _held_in_a_world(worlds.reads_answer)
    test_listings_resume = _held_in_a_world(worlds.listings_resume)
    test_sync_and_async_agree = _held_in_a_world(worlds.sync_and_async_agree)
    test_accounts_are_listed = _held_in_a_world(worlds.accounts_are_listed)
