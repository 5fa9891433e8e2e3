"""Checks that put a backend to work, by its replies, in clients and in worlds: each finds its fault."""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable
from typing import Any

import pytest
from pretend_market import pretend_market
from tests.testing.broken_markets import broken, catalog, found, serviced
from toy_market import ToyCatalog, ToyMarket

from socialcommerce import Account, Client, Request, Response, errors
from socialcommerce.backends import Auth, Call, Flow, Page, Webhooks, done, native, supports
from socialcommerce.resources.catalog import AsyncCatalog
from socialcommerce.testing.checks import clients, hostile, secrets, worlds

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
