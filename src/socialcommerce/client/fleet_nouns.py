"""The nouns of a fleet: the operations of the clients' faces, asked of every shop.

What a face lists as a listing is merged (``FleetPager``), everything else is fanned out
(``FleetResult``). The operations that shops are most often asked together are typed here;
every other one of the same face is there under the same name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, overload

from socialcommerce.client.fleet_listing import AsyncFleetPager, FleetPager, ShopListing
from socialcommerce.client.fleet_work import FleetResult, operate
from socialcommerce.errors import InvalidRequest, SocialCommerceError
from socialcommerce.models.bulk import Outcome
from socialcommerce.resources.catalog import Catalog
from socialcommerce.resources.face import Async, Sync, pages
from socialcommerce.resources.orders import Orders
from socialcommerce.resources.store import Store
from socialcommerce.runtime.paging import Cursor, Page, begun

if TYPE_CHECKING:
    from socialcommerce.runtime.flow import Flow

__all__ = [
    "AsyncFleetCatalog",
    "AsyncFleetNoun",
    "AsyncFleetOrders",
    "AsyncFleetStore",
    "FleetCatalog",
    "FleetNoun",
    "FleetOrders",
    "FleetStore",
]

P = ParamSpec("P")
R = TypeVar("R")


class Shops(Protocol):
    """The part of a fleet that its nouns stand on."""

    def shops(self) -> Mapping[str, Any]:
        """The clients by account."""
        ...

    def opener(self) -> Callable[[str], Any] | None:
        """What opens the client of an account where the work is done; None where that is here."""
        ...

    def listing(self, start: Cursor, sources: list[Outcome[str, Any]]) -> Any:
        """A pager over the shops' pagers."""
        ...

    def ask(self, call: Callable[[Any], Any]) -> Any:
        """One call a client, their outcomes as a ``FleetResult``."""
        ...


class _Noun:
    """A face's operations, of many shops. ``face`` is one without a client, which knows their names."""

    def __init__(self, fleet: Shops, face: Sync | Async) -> None:
        self._fleet = fleet
        self._face = face

    def _operation(self, name: str) -> Any:
        part = getattr(self._face, name)
        if isinstance(part, Sync | Async):
            return (FleetNoun if isinstance(part, Sync) else AsyncFleetNoun)(self._fleet, part)
        listed = isinstance(getattr(type(self._face), name), pages)
        return (_Listed if listed else _Fanned)(self._fleet, part)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return self._operation(name)

    def __dir__(self) -> list[str]:
        return sorted(name for name in dir(self._face) if not name.startswith("_"))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self._fleet.shops())} shops>"


class FleetNoun(_Noun):
    """A noun of a ``Fleet``."""


class AsyncFleetNoun(_Noun):
    """A noun of an ``AsyncFleet``."""


class _Operation:
    """One operation of a fleet: callable, and looking like the contract's method."""

    def __init__(self, fleet: Shops, part: Any) -> None:
        self._fleet = fleet
        self._name: str = part.operation
        self.__doc__ = part.__doc__
        self.__name__ = part.__name__
        self.__signature__ = part.__signature__

    def __repr__(self) -> str:
        return f"<{self._name} of {len(self._fleet.shops())} shops>"


class _Fanned(_Operation):
    """Asked of every shop with the same input."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # What can be read once only would be used up by the first shop.
        given = [list(value) if isinstance(value, Iterator) else value for value in args]
        named = {
            name: list(value) if isinstance(value, Iterator) else value for name, value in kwargs.items()
        }
        return self._fleet.ask(partial(operate, self._name, given, named))


class _Listed(_Operation):
    """Listed in every shop, and merged; calling it reads nothing yet."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        given = self.__signature__.bind(*args, **kwargs).arguments
        filters = {name: value for name, value in given.items() if value is not None}
        cursor = filters.pop("cursor", None)
        start = begun(f"fleet.{self._name}", filters, cursor)
        places: dict[str, str | None] = _places(start)
        sources = [
            self._source(account, start.filters, places.get(account)) for account in self._fleet.shops()
        ]
        return self._fleet.listing(start, sources)

    def _source(
        self, account: str, filters: Mapping[str, Any], place: str | None
    ) -> Outcome[str, ShopListing]:
        try:
            start = Cursor.read(place, self._name) if place else Cursor(self._name, dict(filters))
            return Outcome.of(account, ShopListing(start, self._reader(account, start.filters)))
        except SocialCommerceError as error:
            return Outcome.of(account, error)

    def _reader(self, account: str, filters: Mapping[str, Any]) -> Callable[[str | None], Any]:
        elsewhere = self._fleet.opener()
        if elsewhere is not None:
            return partial(_page_of, elsewhere, account, self._name, filters)
        return _reader(self._fleet.shops()[account], self._name, filters)


def _reader(client: Any, name: str, filters: Mapping[str, Any]) -> Callable[[str | None], Any]:
    """What reads the page of a client's listing at a place; a client that cannot list it refuses now."""
    fetch: Callable[[str | None], Any] = operate(name, (), filters, client)._fetch
    return fetch


def _page_of(
    open: Callable[[str], Any], account: str, name: str, filters: Mapping[str, Any], place: str | None
) -> Any:
    return _reader(open(account), name, filters)(place)


def _places(start: Cursor) -> dict[str, str | None]:
    """Where each shop stands; a shop that the cursor does not know begins at its beginning."""
    try:
        return dict(json.loads(start.position or "{}"))
    except (ValueError, TypeError) as error:
        raise InvalidRequest(fields={"cursor": "is not a cursor of this library"}, sent="no") from error


class _named:  # noqa: N801  # used like a decorator
    """An operation by the name it is assigned to."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def _on(self, noun: _Noun | None) -> Any:
        return self if noun is None else noun._operation(self._name)


class merged(_named, Generic[P, R]):  # noqa: N801  # used like a decorator
    """A listing of every shop, typed by its contract."""

    def __init__(self, method: Callable[Concatenate[Any, P], Flow[Page[R]]]) -> None:
        self.__doc__ = method.__doc__

    @overload
    def __get__(self, noun: FleetNoun, owner: type) -> Callable[P, FleetPager[R]]: ...
    @overload
    def __get__(self, noun: AsyncFleetNoun, owner: type) -> Callable[P, AsyncFleetPager[R]]: ...
    def __get__(self, noun: Any, owner: type) -> Any:
        return self._on(noun)


class fanned(_named, Generic[P, R]):  # noqa: N801  # used like a decorator
    """An operation asked of every shop, typed by its contract."""

    def __init__(self, method: Callable[Concatenate[Any, P], Flow[R]]) -> None:
        self.__doc__ = method.__doc__

    @overload
    def __get__(self, noun: FleetNoun, owner: type) -> Callable[P, FleetResult[R]]: ...
    @overload
    def __get__(
        self, noun: AsyncFleetNoun, owner: type
    ) -> Callable[P, Coroutine[Any, Any, FleetResult[R]]]: ...
    def __get__(self, noun: Any, owner: type) -> Any:
        return self._on(noun)


class _Catalog:
    list = merged(Catalog.list)
    changes = merged(Catalog.changes)
    stock = fanned(Catalog.stock)
    set_stock = fanned(Catalog.set_stock)
    set_prices = fanned(Catalog.set_prices)


class FleetCatalog(_Catalog, FleetNoun):
    """``fleet.catalog``: what ``client.catalog`` has, for every shop."""


class AsyncFleetCatalog(_Catalog, AsyncFleetNoun):
    """``fleet.catalog`` of an ``AsyncFleet``."""


class _Orders:
    list = merged(Orders.list)
    changes = merged(Orders.changes)


class FleetOrders(_Orders, FleetNoun):
    """``fleet.orders``: what ``client.orders`` has, for every shop."""


class AsyncFleetOrders(_Orders, AsyncFleetNoun):
    """``fleet.orders`` of an ``AsyncFleet``."""


class _Store:
    info = fanned(Store.info)
    locations = fanned(Store.locations)
    addresses = fanned(Store.addresses)
    carriers = fanned(Store.carriers)


class FleetStore(_Store, FleetNoun):
    """``fleet.store``: what ``client.store`` has, for every shop."""


class AsyncFleetStore(_Store, AsyncFleetNoun):
    """``fleet.store`` of an ``AsyncFleet``."""
