"""Rules of targeting: places, ages, audiences, special ad categories, and what Europe wants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from socialcommerce.simulators.meta.graph.tables import fields_of
from socialcommerce.simulators.meta.social.advertising.budgets import refused
from socialcommerce.simulators.meta.social.advertising.state import Advertising

__all__ = ["check_targeting"]

KNOWN = (fields_of("Targeting") or frozenset()) | {"age_range", "excluded_geo_locations", "genders"}
PLACES = (fields_of("TargetingGeoLocation") or frozenset()) | {"location_types"}
BAD_TARGETING = 1885183
SPECIAL_RULE = 2909035
YOUNGEST, OLDEST = 13, 65
HOUSING = frozenset({"HOUSING", "EMPLOYMENT", "CREDIT", "FINANCIAL_PRODUCTS_SERVICES"})
"""Categories under which nobody may be left out by age or sex."""
EUROPE = frozenset(
    {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT",
     "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
)  # fmt: skip


def _bad(user: str) -> Exception:
    return refused("Invalid targeting", user, "targeting", subcode=BAD_TARGETING)


def _check_words(targeting: Mapping[str, Any]) -> None:
    unknown = sorted(targeting.keys() - KNOWN)
    if unknown:
        raise _bad(f"The targeting spec has an unknown field {unknown[0]}.")
    if "story" in (targeting.get("messenger_positions") or ()):
        raise _bad("messenger_positions can no longer be story.")


def _check_places(targeting: Mapping[str, Any]) -> None:
    places = targeting.get("geo_locations") or {}
    wrong = sorted(places.keys() - PLACES)
    if wrong:
        raise _bad(f"The location spec has an unknown field {wrong[0]}.")
    if not any(places.values()) and not targeting.get("custom_audiences"):
        raise _bad("Please add at least one location to your audience.")
    for country in places.get("countries") or ():
        if not (len(country) == 2 and country.isupper()):
            raise _bad(f"{country} is no country code.")


def _check_people(targeting: Mapping[str, Any]) -> None:
    least, most = targeting.get("age_min") or 18, targeting.get("age_max") or OLDEST
    if not YOUNGEST <= least <= most <= OLDEST:
        raise _bad(f"age_min and age_max must lie between {YOUNGEST} and {OLDEST}.")
    if set(targeting.get("genders") or ()) - {0, 1, 2}:
        raise _bad("genders can hold 1 (men) and 2 (women).")


def _check_audiences(ads: Advertising, targeting: Mapping[str, Any]) -> None:
    for name in ("custom_audiences", "excluded_custom_audiences"):
        for one in targeting.get(name) or ():
            if str(one.get("id")) not in ads.audiences:
                raise _bad(f"There is no custom audience {one.get('id')}.")


def _check_special(categories: list[str], targeting: Mapping[str, Any]) -> None:
    if not categories:
        return
    if (targeting.get("targeting_automation") or {}).get("advantage_audience") not in (0, 1):
        user = "targeting_automation.advantage_audience must be set under a special ad category."
        raise refused("Special ad category", user, "targeting", code=SPECIAL_RULE)
    narrowed = {"age_min": (18, None), "age_max": (OLDEST, None), "genders": ([], None), "zips": (None,)}
    asked = {**targeting, "zips": (targeting.get("geo_locations") or {}).get("zips")}
    for name, free in narrowed.items():
        if HOUSING & set(categories) and asked.get(name) not in free:
            user = f"{name} cannot narrow the audience under a special ad category."
            raise refused("Special ad category", user, "targeting", code=SPECIAL_RULE)


def _check_europe(ads: Advertising, row: Mapping[str, Any]) -> None:
    countries = set((row["targeting"].get("geo_locations") or {}).get("countries") or ())
    if not countries & EUROPE:
        return
    for name in ("dsa_beneficiary", "dsa_payor"):
        if not row.get(name) and not ads.defaults.get(f"default_{name}"):
            user = f"{name} is required for audiences in the European Union."
            raise refused("Digital Services Act", user, name)


def check_targeting(ads: Advertising, categories: list[str], row: Mapping[str, Any]) -> None:
    """Refuse an ad set whose targeting breaks a rule; ``categories`` are its campaign's special ones."""
    targeting = row.get("targeting")
    if not targeting:
        raise _bad("The targeting spec is required.")
    _check_words(targeting)
    _check_places(targeting)
    _check_people(targeting)
    _check_audiences(ads, targeting)
    _check_special(categories, targeting)
    _check_europe(ads, row)
