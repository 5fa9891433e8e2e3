"""Toy markets with a fault, and what a check of the conformance kit says about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import evolve
from pretend_market import pretend_market
from toy_market import ToyCatalog, ToyMarket

from socialcommerce.backends import Service
from socialcommerce.testing import Candidate

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
