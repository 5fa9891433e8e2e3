"""Each check of the conformance kit finds the fault it is there for, and says it with the remedy."""

from __future__ import annotations

import json
import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import toy_market
from attrs import evolve
from pretend_market import pretend_market
from toy_market import ToyCatalog, ToyMarket, ToyOrders

from socialcommerce import Account, Client, Request, Response, errors
from socialcommerce.backends import (
    Auth,
    Call,
    Capability,
    Flow,
    Noun,
    Page,
    Refusal,
    Service,
    Webhooks,
    done,
    native,
    supports,
)
from socialcommerce.resources import face
from socialcommerce.resources.catalog import AsyncCatalog
from socialcommerce.testing import BackendConformance, Candidate
from socialcommerce.testing.checks import clients, contract, hostile, identity, refusals, secrets, worlds

Check = Callable[[Candidate], Iterator[str]]


def broken(class_name: str = "ToyMarket", /, **attributes: Any) -> type[ToyMarket]:
    """The toy market, with some of it replaced."""
    return type(class_name, (ToyMarket,), {"__module__": __name__, **attributes})


def found(check: Check, backend: type[ToyMarket] = ToyMarket, **details: Any) -> str:
    """Every sentence of a check about a backend."""
    details.setdefault("twin", pretend_market)
    return "\n".join(check(Candidate.of(backend=backend, settings={"seller": "kiosk-1"}, **details)))


def catalog(**methods: Any) -> type[ToyMarket]:
    return broken(catalog=type("ToyCatalog", (ToyCatalog,), methods))


def serviced(**changes: Any) -> type[ToyMarket]:
    """The toy market with a changed service."""

    def services(self: ToyMarket) -> Mapping[str, Service]:
        return {"main": evolve(self._services["main"], **changes)}

    return broken(services=property(services))


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


# -- secrets and hostile replies


def _talkative(call: Call, response: Response) -> Any:
    secret = "canary-4b1dc0ffee-secret_key-d15ea5e"
    logging.getLogger("toy").debug("signed with %s", secret)
    raise errors.PlatformError(f"the key {secret} is not accepted", sent="yes")


@pytest.mark.parametrize(
    ("backend", "places"),
    [
        (broken(__repr__=lambda self: f"<ToyMarket {self._services['main'].signer}>"), ["repr of backend"]),
        (broken(__reduce__=object.__reduce__, __reduce_ex__=lambda self, _: (str, (self._secret(),)),
                _secret=lambda self: self._services["main"].signer.args[1]), ["pickle of backend"]),
        (serviced(envelope=_talkative), ["log record of 'toy'", "str of error of call on main after"]),
    ],
)  # fmt: skip
def test_a_secret_that_is_shown(backend: type[ToyMarket], places: list[str]) -> None:
    sentences = found(secrets.secrets_stay_secret, backend)
    for place in places:
        assert f"a secret is shown in the {place}" in sentences
    assert "SecretStr" in sentences


def test_a_reply_that_is_not_read_with_care() -> None:
    def careless(call: Any, response: Any) -> Any:
        raise OSError("cannot read it")

    sentences = found(hostile.only_typed_errors, serviced(envelope=careless))
    assert "call on main after a page of HTML raises OSError" in sentences
    assert "catalog.list after an empty body raises" in sentences


def test_an_error_that_does_not_pickle() -> None:
    def read(call: Call, response: Response) -> Any:
        raise errors.PlatformError("no", raw=lambda: None)

    sentences = found(hostile.errors_pickle, serviced(envelope=read))
    assert "PlatformError of call on main after a bare 502 is not pickled" in sentences


class Shifty(errors.PlatformError):
    def __reduce__(self) -> Any:
        return errors.PlatformError, ("something else",)


def test_an_error_that_changes_in_its_pickle() -> None:
    def read(call: Call, response: Response) -> Any:
        raise Shifty("no")

    assert "comes back from its pickle as another error" in found(
        hostile.errors_pickle, serviced(envelope=read)
    )


class Trusting(Webhooks):
    @supports("native", params=native("query", "endpoint", "now", "minimum"))
    def receive(self, *, body: Any, **delivered: Any) -> Any:
        return json.loads(body)

    @supports("native", params=native("endpoint", "now"))
    def sign(self, body: bytes, *, endpoint: str = "default", now: Any = None) -> Any:
        return self.delivery(body)

    def delivery(self, body: bytes) -> Any:
        from socialcommerce.webhooks.delivery import Delivery

        return Delivery("POST", {"x-sign": "ok"}, body)


def test_a_webhook_that_is_trusted() -> None:
    sentences = found(worlds.hostile_webhooks, broken(webhooks=Trusting))
    assert "webhooks.receive answers a forged body b'' with JSONDecodeError" in sentences
    assert "webhooks.receive answers a signed body" in sentences


def test_no_webhooks_no_findings() -> None:
    assert found(worlds.hostile_webhooks) == ""


# -- clients


def test_a_client_that_closes_once(monkeypatch: pytest.MonkeyPatch) -> None:
    close = Client.close

    def once(self: Client) -> None:
        if getattr(self, "closed", False):
            raise RuntimeError("already closed")
        self.closed = True
        close(self)

    monkeypatch.setattr(Client, "close", once)
    assert "closing a client twice raises RuntimeError" in found(clients.closing_twice)


def test_a_face_that_lacks_an_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AsyncCatalog, "list", None)
    assert "AsyncClient does not offer catalog.list" in found(clients.faces_agree)


# -- worlds


def world(**answers: Callable[[Request], Response]) -> Callable[..., Any]:
    """The pretend market with another answer at some of its paths."""

    def made(**settings: Any) -> Any:
        market = pretend_market(**settings)
        return lambda request: answers.get(request.path.strip("/"), market)(request)

    return made


def test_a_read_that_the_twin_does_not_know() -> None:
    sentences = found(worlds.reads_answer, twin=world(orders=lambda request: Response(404, {}, b"{}")))
    assert "orders.list is native, yet it raises DecodeError" in sentences


class AbsentMinded(ToyCatalog):
    """Keeps its place in the backend, so that a cursor alone is not enough."""

    place = 0

    @supports("native", params=ToyCatalog.list.__capability__.params)
    def list(self, *, cursor: str | None = None, **filters: Any) -> Flow[Page[Any]]:
        type(self).place += 1
        place = type(self).place
        page = yield from super().list(cursor=str(place % 4))
        return Page(page.items, str(place) if place % 3 else None)


def test_a_listing_that_keeps_its_place_elsewhere() -> None:
    sentences = found(worlds.listings_resume, broken(catalog=AbsentMinded))
    assert "catalog.list resumed after item" in sentences
    assert "put into Page.next all that the next page depends on" in sentences


def test_a_listing_that_repeats_itself() -> None:
    def twice(self: Any, **filters: Any) -> Flow[Page[Any]]:
        return done(Page(["a", "b", "a"]))

    backend = catalog(list=supports("native", params=ToyCatalog.list.__capability__.params)(twice))
    assert "catalog.list gives the same item twice" in found(worlds.listings_resume, backend)


def test_a_listing_whose_cursors_are_refused() -> None:
    def fleeting(self: Any, cursor: str | None = None, **filters: Any) -> Flow[Page[Any]]:
        calls.append(cursor)
        if len(calls) > 4:  # two passages of two pages; then the cursors are tried
            raise errors.NotFound("this page is gone")
        return done(Page(["a", "b"], None) if cursor else Page(["c"], "next"))

    calls: list[str | None] = []
    params = ToyCatalog.list.__capability__.params
    sentences = found(worlds.listings_resume, catalog(list=supports("native", params=params)(fleeting)))
    assert "catalog.list resumed after item 0 gives NotFound (this page is gone)" in sentences


def test_a_long_listing_is_looked_at_in_part() -> None:
    def many(self: Any, cursor: str | None = None, **filters: Any) -> Flow[Page[Any]]:
        start = int(cursor or 0)
        return done(Page([str(start), str(start + 1)], str(start + 2)))

    backend = catalog(list=supports("native", params=ToyCatalog.list.__capability__.params)(many))
    assert found(worlds.listings_resume, backend) == ""


def test_an_unfurnished_world() -> None:
    empty = lambda **settings: lambda request: Response(200, {}, b'{"rows": []}')  # noqa: E731
    assert "no listing of the pretend world has two items" in found(worlds.listings_resume, twin=empty)


def test_clients_that_read_differently() -> None:
    def drawn(self: Any, **filters: Any) -> Flow[Page[Any]]:
        return done(Page([random.random()]))

    backend = catalog(list=supports("native", params=ToyCatalog.list.__capability__.params)(drawn))
    assert "catalog.list differs between the two clients" in found(worlds.sync_and_async_agree, backend)


def test_clients_that_fail_alike_agree() -> None:
    twin = world(orders=lambda request: Response(404, {}, b"{}"))
    assert found(worlds.sync_and_async_agree, twin=twin) == ""


def listing(*accounts: Any) -> type[Auth]:
    method = supports("native", params=native("kind", "slot"))(lambda self, **k: done(accounts))
    return type("ToyAuth", (Auth,), {"accounts": method})


def failing(self: Any, **filters: Any) -> Flow[Any]:
    raise errors.NotFound("nobody")


FAILING = type("ToyAuth", (Auth,), {"accounts": supports("native", params=native("kind", "slot"))(failing)})


@pytest.mark.parametrize(
    ("attributes", "sentence"),
    [
        ({"account_kinds": ("shop",)}, "auth.accounts is refused; list the accounts"),
        ({"auth": listing()}, "client.accounts() is empty"),
        ({"auth": listing("7")}, "client.accounts() gives str; map each to Account"),
        ({"auth": listing(Account(id="7", kind="page"))}, "of the kind 'page'"),
        ({"auth": listing(Account(id="", kind="shop")), "account_kinds": ("shop",)}, "without an id"),
        ({"auth": FAILING}, "client.accounts() raises NotFound"),
    ],
)  # fmt: skip
def test_accounts_that_cannot_be_worked_with(attributes: dict[str, Any], sentence: str) -> None:
    assert sentence in found(worlds.accounts_are_listed, broken(**attributes))


def test_accounts_that_can() -> None:
    backend = broken(auth=listing(Account(id="7", kind="shop")), account_kinds=("shop",))
    assert found(worlds.accounts_are_listed, backend) == ""


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
