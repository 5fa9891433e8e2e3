"""Checks of what a backend declares, and of the kit itself: each finds its fault and says the remedy."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import pytest
import toy_market
from attrs import evolve
from pretend_market import pretend_market
from tests.testing.broken_markets import broken, catalog, found, serviced
from toy_market import ToyCatalog, ToyMarket, ToyOrders

from socialcommerce import Request, errors
from socialcommerce.backends import Call, Capability, Noun, Page, Refusal, done, native, supports
from socialcommerce.resources import face
from socialcommerce.testing import BackendConformance, Candidate
from socialcommerce.testing.checks import contract, identity, refusals

CHECKS = [test for name, test in vars(BackendConformance).items() if name.startswith("test_")]


def test_every_check_is_a_test_that_says_what_it_holds() -> None:
    assert len(CHECKS) == 23
    assert all(test.__doc__ for test in CHECKS)


# -- identity


@pytest.mark.parametrize(
    ("name", "class_name", "sentence"),
    [
        ("", "ToyMarket", "give it a name in lower case, as 'toy_market'"),
        ("Toy-Market", "ToyMarket", "give it a name in lower case, as 'toy_market'"),
        ("bazaar", "ToyMarket", "class ToyMarket is named 'bazaar'; call it 'toy_market'"),
        ("toym_arket", "ToyMarket", "class ToyMarket is named 'toym_arket'"),
        ("toy", "ToyMarket", "class ToyMarket is named 'toy'"),
    ],
)
def test_a_name_that_is_not_the_class(name: str, class_name: str, sentence: str) -> None:
    assert sentence in found(identity.name_matches_class, broken(class_name, name=name))


@pytest.mark.parametrize(
    ("name", "class_name"),
    [
        ("toy_market", "ToyMarket"),
        ("toymarket", "ToyMarket"),
        ("ticktock_shop", "TickTockShop"),
        ("line", "LINE"),
    ],
)
def test_a_name_may_leave_out_underscores(name: str, class_name: str) -> None:
    assert found(identity.name_matches_class, broken(class_name, name=name)) == ""


def test_a_name_that_is_taken() -> None:
    Candidate.of(backend=ToyMarket)
    assert "is already the name of toy_market.ToyMarket" in found(identity.name_matches_class, broken())


@pytest.mark.parametrize(
    ("backend", "sentence"),
    [
        (broken(services={}), "ToyMarket.services is empty"),
        (serviced(name="other"), "services['main'] is called 'other'"),
        (serviced(hosts=()), "has no hosts"),
        (serviced(hosts=("toy.example",)), "has the host 'toy.example'; write 'https://'"),
        (serviced(hosts=("https://toy.example/",)), "no slash"),
        (serviced(signer=None), "service 'main' has no signer"),
        (serviced(envelope=None), "service 'main' has no envelope"),
    ],
)
def test_services_that_lack_something(backend: type[ToyMarket], sentence: str) -> None:
    assert sentence in found(identity.services_are_whole, backend)


def _by_the_clock(call: Call, token: Any, now: float) -> Request:
    return toy_market.sign("kiosk-1", "hush", call, token, time.time())


def _with_a_nonce(call: Call, token: Any, now: float) -> Request:
    return evolve(
        toy_market.sign("kiosk-1", "hush", call, token, now), headers={"nonce": str(random.random())}
    )


def _forgetful() -> Callable[..., Request]:
    count = iter(range(1000))
    return lambda call, token, now: Request("GET", f"https://toy.example/?n={next(count)}")


@pytest.mark.parametrize(
    ("signer", "sentence"),
    [
        (_by_the_clock, "calls time; use its argument 'now'"),
        (_with_a_nonce, "calls Random.random; use its argument 'now', and derive any nonce"),
        (_forgetful(), "gives other bytes for the same inputs"),
    ],
)
def test_an_impure_signer(signer: Any, sentence: str) -> None:
    assert sentence in found(identity.authorize_is_pure, serviced(signer=signer))


@pytest.mark.parametrize(
    ("backend", "sentence"),
    [
        (broken(features={"Shipping": "native"}), "capability 'Shipping' is not named as"),
        (broken(refusals={"orders.shp": Refusal("no")}), "refusals name 'orders.shp', which is no operation"),
        (broken(refusals={"nothing.at_all": Refusal("no")}), "refusals name 'nothing.at_all'"),
        (broken(refusals={"catalog.list": Refusal("no")}), "both refused and marked as native"),
        (
            catalog(list=supports("native", confidence="")(lambda self: done(None))),
            "does not say how sure it is",
        ),
    ],
)
def test_capabilities_misnamed(backend: type[ToyMarket], sentence: str) -> None:
    assert sentence in found(identity.capability_names, backend)


def test_a_refusal_may_name_what_only_a_contract_has() -> None:
    backend = broken(refusals={"webhooks.respond": Refusal("a push takes no answer")})
    assert found(identity.capability_names, backend) == ""


def test_an_unknown_service_that_is_taken_for_the_first() -> None:
    backend = broken(service=lambda self, call: self._services["main"])
    sentences = found(identity.unknown_service, backend)
    assert "an unknown service is accepted; let Backend.service raise ConfigurationError" in sentences


# -- contract


def test_a_noun_that_is_no_contract() -> None:
    stranger = type("Stranger", (Noun,), {"noun": "catalog", "list": lambda self: done(None)})
    assert "Stranger does not extend Catalog" in found(contract.nouns_are_contracts, broken(catalog=stranger))


def test_a_mark_on_a_misspelt_operation() -> None:
    backend = catalog(lst=supports("native")(lambda self: done(None)))
    assert "ToyCatalog.lst is marked, but the contract has no such operation" in found(
        contract.nouns_are_contracts, backend
    )


def test_an_override_without_a_mark() -> None:
    backend = catalog(delete=lambda self, products: done(None))
    assert "ToyCatalog.delete overrides catalog.delete without a mark" in found(
        contract.overrides_are_marked, backend
    )


@pytest.mark.parametrize(
    "method",
    [
        lambda self, items: done(None),
        lambda self, *products: done(None),
        lambda self, products=(): done(None),
        lambda self, **products: done(None),
    ],
)
def test_another_signature(method: Any) -> None:
    backend = catalog(delete=supports("native")(method))
    sentences = found(contract.signatures_match, backend)
    assert "its contract takes (products): use the same names, kinds and defaults" in sentences


@pytest.mark.parametrize(
    ("method", "agrees"),
    [
        (lambda self, products, **options: done(None), True),
        (lambda self, products, *, version="live", **options: done(None), True),
        (lambda self, products, *, version="pending", **options: done(None), False),
        (lambda self, products, *, edition="live", **options: done(None), False),
        (lambda self, **options: done(None), False),
    ],
)
def test_keywords_may_be_handed_on_whole(method: Any, agrees: bool) -> None:
    sentences = found(contract.signatures_match, catalog(get=supports("native")(method)))
    assert (sentences == "") is agrees


def test_the_signature_of_keywords_is_shown() -> None:
    backend = catalog(get=supports("native")(lambda self, products: done(None)))
    assert "its contract takes (products, *, version='live')" in found(contract.signatures_match, backend)


def test_a_parameter_that_no_mark_names() -> None:
    backend = broken(
        catalog=type("ToyCatalog", (ToyCatalog,), {"get": supports("native")(lambda self: done(None))})
    )
    assert "the mark of ToyCatalog.get says nothing of version; name each in params" in found(
        contract.parameters_are_named, backend
    )


# -- refusals


def test_a_refusal_without_a_reason() -> None:
    backend = broken(refusals={"orders.ship": Refusal(" ")})
    assert "orders.ship is refused without a reason" in found(refusals.refusals_have_reasons, backend)


def test_a_backend_of_this_library_gives_reasons_of_its_own() -> None:
    built_in = broken(__module__="socialcommerce.backends.toy_market")
    assert "orders.ship is refused in the default words" in found(refusals.refusals_have_reasons, built_in)


@pytest.mark.parametrize(
    ("operation", "sentence"),
    [
        ("catalog.get", "catalog.get is refused, yet something was sent"),
        ("catalog.list", "catalog.list is refused, yet it answers"),
        ("catalog.set_stock", "catalog.set_stock is refused with InvalidRequest"),
    ],
)
def test_a_refusal_that_is_not_kept(operation: str, sentence: str) -> None:
    backend = broken(features={operation: Refusal("it is not meant to be used")})
    assert sentence in found(refusals.refusals_are_raised, backend)


def test_a_refusal_that_reaches_the_caller_without_its_reason() -> None:
    backend = broken(capability=classmethod(lambda cls, name: Capability(name, "no")))
    assert "is refused without a reason" in found(refusals.refusals_are_raised, backend)


def test_a_refused_part_that_is_not_kept() -> None:
    def lax(cls: type[ToyMarket], name: str) -> Capability:
        params = native("version", "group", "updated_after", "updated_before", "idempotency_key")
        return Capability(name, "native", params={key: Capability(key, "native") for key in params})

    sentences = found(refusals.parts_are_refused, broken(capability=classmethod(lax)))
    assert "catalog.get:version is refused, yet something was sent" in sentences
    assert "catalog.list:group is refused, yet it answers" in sentences


@pytest.mark.parametrize(
    ("list_", "sentence"),
    [
        (ToyOrders.list, "something was sent"),
        (supports("native", params=native("created_after"))(lambda self, **k: done(Page([]))), "it answered"),
        (supports("native", params=native("created_after"))(lambda self: done(Page([]))), "raised TypeError"),
    ],
)
def test_a_naive_datetime_that_is_taken(monkeypatch: pytest.MonkeyPatch, list_: Any, sentence: str) -> None:
    monkeypatch.setattr(face, "gate", lambda core, entry, kwargs: None)
    backend = broken(orders=type("ToyOrders", (ToyOrders,), {"list": list_}))
    sentences = found(refusals.naive_datetimes, backend)
    assert "orders.list takes a naive created_after" in sentences
    assert sentence in sentences


# -- the kit itself


def test_a_candidate_needs_a_name_or_a_class() -> None:
    with pytest.raises(errors.ConfigurationError, match="give the kit a name or a backend"):
        Candidate.of()


def test_a_candidate_without_a_twin_skips_what_needs_one() -> None:
    kit = type("TestToy", (BackendConformance,), {"backend": ToyMarket})()
    with pytest.raises(pytest.skip.Exception, match="no twin to try it on"):
        kit.test_reads_answer()


def test_a_test_of_the_kit_fails_with_every_sentence_once() -> None:
    backend = serviced(hosts=("a", "b"), signer=None)
    kit = type("TestToy", (BackendConformance,), {"backend": backend, "twin": staticmethod(pretend_market)})()
    with pytest.raises(AssertionError) as caught:
        kit.test_services_are_whole()
    assert len(str(caught.value).splitlines()) == 3


def test_compulsory_settings_are_made_up_and_secret_ones_are_canaries() -> None:
    settings = Candidate.of(backend=ToyMarket).complete_settings()
    assert settings == {"seller": "1", "secret_key": "canary-4b1dc0ffee-secret_key-d15ea5e"}
