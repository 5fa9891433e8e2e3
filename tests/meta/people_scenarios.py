"""Every write about people on Meta as data: lists and conversions, and how often each took effect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.faults.scenarios import Scenario

from socialcommerce import Client
from socialcommerce.models import Consent
from socialcommerce.models.audience import AudienceInput, AudienceMember, ConversionEvent
from socialcommerce.simulators.market import Market

__all__ = ["SCENARIOS"]

PEOPLE = [AudienceMember(email=f"p{number}@example.com") for number in range(2)]
CONSENT = Consent("checkout", datetime(2026, 1, 1, tzinfo=UTC), ["ads"])
FRIENDS = AudienceInput(name="Friends", members=PEOPLE, consent=CONSENT)
Count = Callable[[Market, Any], int]


def nodes(market: Market, kind: str) -> list[Any]:
    """What the pretend Graph API has of a kind."""
    found = market.twins["meta"].nodes.values()  # type: ignore[attr-defined]  # the twin of a Graph API
    return [one for one in found if one.kind == kind]


def audience(shop: Client) -> str:
    plan = AudienceInput(name="Friends", members=PEOPLE[:1], consent=CONSENT)
    return str(shop.ads.audiences.create(plan).id)


def audiences(before: int = 0) -> Count:
    return lambda market, _: len(nodes(market, "CustomAudience")) - before


def people(number: int) -> Count:
    def count(market: Market, key: Any) -> int:
        (row,) = [one for one in nodes(market, "CustomAudience") if one.id == key]
        return int(len(row.hidden["people"]) == number)

    return count


def alike(shop: Client, seed: Any) -> Any:
    plan = AudienceInput(name="Alike", kind="lookalike", seed_id=seed, countries=["US"])
    return shop.ads.audiences.create(plan)


def tell(shop: Client, source: Any) -> Any:
    return shop.ads.conversions.send(
        ConversionEvent(
            type="lead",
            event_id="e-1",
            occurred_at=shop.market.now(),
            source=source,
            action_source="website",
            person=PEOPLE[0],
        )
    )


def pixel(shop: Client) -> str:
    (one,) = nodes(shop.market, "AdsPixel")
    return str(one.id)


def told(market: Market, _: Any) -> int:
    (one,) = nodes(market, "AdsPixel")
    return len({event["event_id"] for event in one.hidden.get("events", ())})


def _of(name: str, write: str, act: Any, count: Count, arrange: Any = None) -> Scenario:
    given = {} if arrange is None else {"arrange": arrange}
    return Scenario(f"ads.{name}", write, act, count, platform="meta", currency="USD", **given)


SCENARIOS = (
    _of(
        "audiences.create",
        "POST */customaudiences",
        lambda shop, _: shop.ads.audiences.create(FRIENDS),
        audiences(),
    ),
    _of(
        "audiences.create, of two alike",
        "POST */customaudiences",
        lambda shop, _: shop.ads.audiences.create(FRIENDS),
        audiences(1),
        audience,
    ),
    _of("audiences.create, lookalike", "POST */customaudiences", alike, audiences(1), audience),
    _of(
        "audiences.add",
        "POST */users",
        lambda shop, one: shop.ads.audiences.add(one, PEOPLE[1:], consent=CONSENT),
        people(2),
        audience,
    ),
    _of(
        "audiences.remove",
        "DELETE */users",
        lambda shop, one: shop.ads.audiences.remove(one, PEOPLE[:1]),
        people(0),
        audience,
    ),
    _of(
        "audiences.replace",
        "POST */usersreplace",
        lambda shop, one: shop.ads.audiences.replace(one, PEOPLE, consent=CONSENT),
        people(2),
        audience,
    ),
    _of(
        "audiences.delete",
        "DELETE *",
        lambda shop, one: shop.ads.audiences.delete(one),
        lambda market, one: int(one not in {row.id for row in nodes(market, "CustomAudience")}),
        audience,
    ),
    _of("conversions.send", "POST */events", tell, told, pixel),
)
