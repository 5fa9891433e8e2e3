"""Lists of people and conversions of Meta's advertising as data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

from tests.faults.scenarios import Scenario

from socialcommerce import Client, Consent
from socialcommerce.models import AudienceInput, AudienceMember, ConversionEvent
from socialcommerce.simulators.market import Market

__all__ = ["SCENARIOS"]

PEOPLE = [AudienceMember(email="ann@example.com"), AudienceMember(email="bob@example.com")]
CONSENT = Consent(source="checkout", obtained_at=datetime(2025, 1, 1, tzinfo=UTC), purposes=["ads"])
FRIENDS = AudienceInput(name="Friends", members=PEOPLE, consent=CONSENT)
USERS = "*/users"
Write = partial(Scenario, platform="meta", currency="USD")
Act = Callable[[Client, Any], Any]


def _twin(market: Market) -> Any:
    return market.twins["meta"]


def audience(shop: Client) -> str:
    plan = AudienceInput(name="Friends", members=PEOPLE[:1], consent=CONSENT)
    return str(shop.ads.audiences.create(plan).id)


def audiences(before: int = 0) -> Callable[[Market, Any], int]:
    return lambda market, _: len(_twin(market).of("CustomAudience")) - before


def people(number: int) -> Callable[[Market, Any], int]:
    return lambda market, key: int(len(_twin(market).nodes[key].hidden["people"]) == number)


def _filled(market: Market, _: Any) -> int:
    return sum(len(one.hidden["people"]) == 2 for one in _twin(market).of("CustomAudience"))


def _events(market: Market, _: Any) -> int:
    return sum(len(one.hidden.get("events", ())) for one in _twin(market).of("AdsPixel"))


def _sold(shop: Any, _: Any) -> Any:
    event = ConversionEvent(
        type="lead",
        event_id="e-1",
        occurred_at=shop.market.now(),
        source=_twin(shop.market).of("AdsPixel")[0].id,
        action_source="website",
        person=PEOPLE[0],
        url="https://shop.example.com/thanks",
    )
    return shop.ads.conversions.send(event)


def _lists() -> Iterator[Scenario]:
    edge = "POST */customaudiences"
    yield Write("ads.audiences.create", edge, lambda shop, _: shop.ads.audiences.create(FRIENDS), audiences())
    yield Write(
        "ads.audiences.create, at its people",
        f"POST {USERS}",
        lambda shop, _: shop.ads.audiences.create(FRIENDS),
        _filled,
    )
    yield Write(
        "ads.audiences.create, of two alike",
        edge,
        lambda shop, _: shop.ads.audiences.create(FRIENDS),
        audiences(1),
        audience,
    )
    changes: list[tuple[str, str, Act, int]] = [
        (
            "add",
            f"POST {USERS}",
            lambda shop, one: shop.ads.audiences.add(one, PEOPLE[1:], consent=CONSENT),
            2,
        ),
        ("remove", f"DELETE {USERS}", lambda shop, one: shop.ads.audiences.remove(one, PEOPLE[:1]), 0),
        (
            "replace",
            "POST */usersreplace",
            lambda shop, one: shop.ads.audiences.replace(one, PEOPLE, consent=CONSENT),
            2,
        ),
    ]
    for verb, write, act, number in changes:
        yield Write(f"ads.audiences.{verb}", write, act, people(number), audience)
    yield Write(
        "ads.audiences.delete",
        "DELETE *",
        lambda shop, one: shop.ads.audiences.delete(one),
        lambda market, one: int(one not in _twin(market).nodes),
        audience,
    )
    yield Write("ads.conversions.send", "POST */events", _sold, _events)


SCENARIOS = tuple(_lists())
