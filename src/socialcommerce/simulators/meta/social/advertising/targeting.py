"""Tools around targeting: search, browse, suggestions, checks, places, and estimates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from socialcommerce.simulators.meta.graph.errors import missing, wrong
from socialcommerce.simulators.meta.graph.wire import Call, Routes, Rows
from socialcommerce.simulators.meta.social.advertising.shapes import shaped
from socialcommerce.simulators.meta.social.advertising.state import Advertising, ads_of, unit_of
from socialcommerce.simulators.meta.social.advertising.targets import check_targeting

__all__ = ["routes"]

routes = Routes("ads_read", "ads_management", use_case="ads_management")
Row = Mapping[str, Any]
MILLION = 1_000_000
PEOPLE = 500_000
"""How many people of one age there are in a country."""


def _option(key: str, name: str, kind: str, path: str, size: int) -> Row:
    return {
        "id": key,
        "name": name,
        "type": kind,
        "path": [*path.split(" > "), name],
        "description": "",
        "audience_size_lower_bound": size * MILLION,
        "audience_size_upper_bound": size * MILLION * 6 // 5,
    }


SHOPPING = "Interests > Shopping and fashion"
OPTIONS: tuple[Row, ...] = (
    _option("6003346592981", "Online shopping", "interests", SHOPPING, 1200),
    _option("6003348604581", "Fashion accessories", "interests", SHOPPING, 600),
    _option("6003198476967", "Handbags", "interests", SHOPPING, 250),
    _option("6003088846792", "Beauty salons", "interests", "Interests > Beauty", 400),
    _option("6003107902433", "Football", "interests", "Interests > Sports", 900),
    _option("6003384248805", "Physical fitness", "interests", "Interests > Fitness", 800),
    _option("6071631541183", "Engaged shoppers", "behaviors", "Behaviors > Purchase behavior", 300),
    _option("6015559470583", "Frequent travellers", "behaviors", "Behaviors > Travel", 150),
    _option("6002714398372", "Newly engaged (6 months)", "life_events", "Demographics > Life events", 20),
    _option("6023005372383", "Parents (all)", "family_statuses", "Demographics > Parents", 180),
)
"""What can be targeted. The ids are those of this pretend world."""
HELD_BACK = frozenset({"life_events", "family_statuses"})
"""What cannot be targeted under a regulated category."""
PLACES: tuple[Row, ...] = (
    {"key": "US", "name": "United States", "type": "country", "country_code": "US"},
    {"key": "DE", "name": "Germany", "type": "country", "country_code": "DE"},
    {"key": "JP", "name": "Japan", "type": "country", "country_code": "JP"},
    {"key": "3847", "name": "California", "type": "region", "country_code": "US"},
    {"key": "2421836", "name": "Los Angeles", "type": "city", "country_code": "US", "region": "California",
     "region_id": 3847},
    {"key": "US:90210", "name": "90210", "type": "zip", "country_code": "US"},
)  # fmt: skip
LOCALES: tuple[Row, ...] = (
    {"key": 6, "name": "English (US)"},
    {"key": 24, "name": "English (UK)"},
    {"key": 5, "name": "German"},
    {"key": 11, "name": "Japanese"},
)


def _allowed(call: Call) -> Iterable[Row]:
    """The options of the asked-for kind that the regulated categories leave."""
    kind, regulated = (
        call.given.get("limit_type"),
        set(call.given.get("regulated_categories") or ()) - {"NONE"},
    )
    return (
        one
        for one in OPTIONS
        if (kind is None or one["type"] == kind) and not (regulated and one["type"] in HELD_BACK)
    )


@routes.edge("GET", "AdAccount", "targetingsearch")
def search(call: Call) -> Rows:
    """Options whose name holds the text."""
    text = str(call.given["q"]).lower()
    return Rows([one for one in _allowed(call) if text in one["name"].lower()])


@routes.edge("GET", "AdAccount", "targetingbrowse")
def browse(call: Call) -> Rows:
    """All options."""
    return Rows(list(_allowed(call)), default=500)


@routes.edge("GET", "AdAccount", "targetingsuggestions")
def suggestions(call: Call) -> Rows:
    """Options that stand near the given ones."""
    given = shaped("targeting_list", call.given.get("targeting_list") or [])
    if not given:
        raise missing("targeting_list")
    keys = {str(one.get("id")) for one in given}
    near = {one["path"][1] for one in OPTIONS if one["id"] in keys}
    return Rows([one for one in _allowed(call) if one["path"][1] in near and one["id"] not in keys])


@routes.edge("GET", "AdAccount", "targetingvalidation")
def validation(call: Call) -> Rows:
    """Options by id or name, each with ``valid``; what does not exist is not."""
    listed = shaped("targeting_list", call.given.get("targeting_list") or [])
    keys = [str(one) for one in (call.given.get("id_list") or ())] + [str(one.get("id")) for one in listed]
    names = [str(one).lower() for one in call.given.get("name_list") or ()]
    if not keys and not names:
        raise wrong("One of targeting_list, id_list and name_list is required.")
    found = {one["id"]: one for one in OPTIONS} | {one["name"].lower(): one for one in OPTIONS}
    return Rows(
        [
            {**found[key], "valid": True} if key in found else {"id": key, "name": key, "valid": False}
            for key in (*keys, *names)
        ]
    )


# -- places and languages


def _as_places(call: Call) -> list[Row]:
    kinds = shaped("location_types", call.given.get("location_types") or [])
    return [one for one in PLACES if not kinds or one["type"] in kinds]


def _as_interests(call: Call) -> list[Row]:
    return [{**one, "topic": one["path"][1]} for one in OPTIONS if one["type"] == "interests"]


SEARCHES: Mapping[str, Callable[[Call], list[Row]]] = {
    "adgeolocation": _as_places,
    "adinterest": _as_interests,
    "adlocale": lambda call: list(LOCALES),
}


@routes.path("GET", "/search")
def search_by_type(call: Call) -> Rows:
    """Places (adgeolocation), languages (adlocale) and interests (adinterest) by a part of their name."""
    kind = str(call.given.get("type", ""))
    if kind not in SEARCHES:
        raise wrong(f"Param type must be one of {', '.join(SEARCHES)}")
    text = str(call.given.get("q", "")).lower()
    return Rows([one for one in SEARCHES[kind](call) if text in str(one["name"]).lower()])


# -- estimates


def _people(ads: Advertising, targeting: Mapping[str, Any]) -> int:
    """How many people a targeting reaches: fewer with every narrowing, but never nobody."""
    kept = {id_ for one in targeting.get("custom_audiences") or () if (id_ := str(one.get("id")))}
    if kept:
        return sum(len(ads.audiences[key].hidden["people"]) for key in kept)
    countries = len((targeting.get("geo_locations") or {}).get("countries") or ["one"])
    ages = (targeting.get("age_max") or 65) - (targeting.get("age_min") or 18) + 1
    narrowing = 1 + sum(
        1 for name in ("interests", "behaviors", "flexible_spec", "genders") if targeting.get(name)
    )
    return int(countries * ages * PEOPLE // narrowing)


def _spec(call: Call) -> Mapping[str, Any]:
    """The targeting to estimate; refused where an ad set would be."""
    spec = shaped("targeting", call.given["targeting_spec"], "targeting_spec")
    check_targeting(ads_of(call), [], {"targeting": spec, "dsa_beneficiary": "-", "dsa_payor": "-"})
    return dict(spec)


def _estimate(ads: Advertising, targeting: Mapping[str, Any]) -> dict[str, Any]:
    people = _people(ads, targeting)
    return {
        "estimate_ready": True,
        "estimate_mau_lower_bound": people,
        "estimate_mau_upper_bound": people * 6 // 5,
    }


@routes.edge("GET", "AdAccount", "delivery_estimate")
def delivery_estimate(call: Call) -> Any:
    """How many people a targeting reaches in a month."""
    return {"data": [_estimate(ads_of(call), _spec(call))]}


@routes.edge("GET", "AdSet", "delivery_estimate")
def delivery_estimate_of_adset(call: Call) -> Any:
    """The same for the targeting of an ad set."""
    return {"data": [_estimate(ads_of(call), unit_of(call).row["targeting"])]}


@routes.edge("GET", "AdAccount", "reachestimate")
def reach_estimate(call: Call) -> Any:
    """How many people a targeting could reach."""
    people = _people(ads_of(call), _spec(call))
    bounds = {"users_lower_bound": people, "users_upper_bound": people * 6 // 5}
    return {"data": {**bounds, "estimate_ready": True}}
