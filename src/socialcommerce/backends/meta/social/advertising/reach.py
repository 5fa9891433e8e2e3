"""Whom an ad group reaches: ``Targeting`` and Meta's targeting spec, to and fro."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from socialcommerce.backends.flaws import Flaw
from socialcommerce.backends.meta.social.codes.ads import GENDERS, OLDEST, PLATFORMS
from socialcommerce.models.ads import Targeting

__all__ = ["targeting_flaws", "targeting_of", "targeting_spec"]

_WHERE = "delivery.targeting."
_READ_GENDERS = {number: name for name, number in GENDERS.items()}
_POSITIONS = "_positions"


def targeting_flaws(targeting: Targeting | None) -> Iterator[Flaw]:
    """What is wrong with a targeting."""
    told = targeting or Targeting()
    if not told.countries and not told.regions and "geo_locations" not in told.native:
        yield Flaw(_WHERE + "countries", "or regions are needed: Meta does not advertise everywhere")
    if told.keywords:
        yield Flaw(_WHERE + "keywords", refusal="ads.ad_groups.create:keywords")
    yield from _people_flaws(told)
    for name in ("languages", "interests", "audiences"):
        if wrong := [one for one in getattr(told, name) if not one.isdigit()]:
            yield Flaw(_WHERE + name, f"are ids that Meta gave (ads.targeting.search), not {wrong[0]!r}")
    yield from _placement_flaws(told.placements)


def _people_flaws(told: Targeting) -> Iterator[Flaw]:
    if told.age_max is not None and told.age_max >= OLDEST:
        yield Flaw(_WHERE + "age_max", f"is at most {OLDEST - 1}; left out, it reaches those above as well")
    if told.age_min is not None and told.age_min > OLDEST:
        yield Flaw(_WHERE + "age_min", f"is at most {OLDEST}, which stands for everybody above as well")
    if "unknown" in told.genders and len(set(told.genders)) < len(GENDERS) + 1:
        yield Flaw(_WHERE + "genders", "female, male, or everybody: Meta has no other choice")


def _placement_flaws(placements: Sequence[str]) -> Iterator[Flaw]:
    for place in placements:
        if place.partition(":")[0] not in PLATFORMS:
            yield Flaw(_WHERE + "placements", f"{place!r} is none of {', '.join(PLATFORMS)}")
        if place == "messenger:story":
            yield Flaw(_WHERE + "placements", "messenger:story is gone since version 26")


def targeting_spec(targeting: Targeting | None) -> dict[str, Any]:
    """A targeting as it is written; what is not restricted is left out.

    Meta would reach people beyond it by itself (Advantage+ audience); so that ages and interests mean what
    they say, that is switched off, unless ``native`` says ``{"targeting_automation": …}``.
    """
    told = targeting or Targeting()
    spec: dict[str, Any] = {
        "geo_locations": _geo(told),
        "age_min": told.age_min,
        "age_max": told.age_max,
        "genders": [] if "unknown" in told.genders else sorted(GENDERS[one] for one in told.genders),
        "locales": [int(one) for one in told.languages],
        "flexible_spec": [{"interests": _ids(told.interests)}] if told.interests else [],
        "custom_audiences": _ids(told.audiences),
        **_places(told.placements),
        "targeting_automation": {"advantage_audience": 0},
    }
    return {name: value for name, value in spec.items() if value} | told.native


def _geo(told: Targeting) -> dict[str, Any]:
    places: dict[str, Any] = {
        "countries": list(told.countries),
        "regions": [{"key": one} for one in told.regions],
    }
    return {name: value for name, value in places.items() if value}


def _ids(ids: Sequence[str]) -> list[dict[str, str]]:
    return [{"id": one} for one in ids]


def _places(placements: Sequence[str]) -> dict[str, list[str]]:
    """``instagram`` and ``facebook:feed`` as platforms and positions of each."""
    found: dict[str, list[str]] = {}
    for place in placements:
        platform, _, position = place.partition(":")
        platforms = found.setdefault("publisher_platforms", [])
        if platform not in platforms:
            platforms.append(platform)
        if position:
            found.setdefault(platform + _POSITIONS, []).append(position)
    return found


def targeting_of(spec: Mapping[str, Any]) -> Targeting:
    """A targeting spec as it is read; what has no unified word is kept under ``native``."""
    rest = dict(spec)
    geo = spec.get("geo_locations") or {}
    regions = [one.get("key") for one in geo.get("regions") or ()]
    if not geo.keys() - {"countries", "regions", "location_types"}:
        rest.pop("geo_locations", None)
    youngest, oldest = rest.pop("age_min", None), rest.pop("age_max", None)
    return Targeting.build(
        countries=tuple(geo.get("countries") or ()),
        regions=_texts(regions),
        age_min=youngest,
        age_max=None if oldest is None or oldest >= OLDEST else oldest,
        genders=tuple(_READ_GENDERS[one] for one in rest.pop("genders", None) or () if one in _READ_GENDERS),
        languages=_texts(rest.pop("locales", None)),
        interests=_interests(rest),
        audiences=_texts([one.get("id") for one in rest.pop("custom_audiences", None) or ()]),
        placements=_placements(rest),
        native=rest,
    )


def _interests(rest: dict[str, Any]) -> tuple[str, ...]:
    """The interests, where they are all that the flexible part of a spec says."""
    told: Sequence[Mapping[str, Any]] = rest.get("flexible_spec") or ()
    if len(told) != 1 or set(told[0]) != {"interests"}:
        return ()
    del rest["flexible_spec"]
    return _texts([one.get("id") for one in told[0]["interests"]])


def _placements(rest: dict[str, Any]) -> tuple[str, ...]:
    found: list[str] = []
    for platform in rest.pop("publisher_platforms", None) or ():
        positions = rest.pop(platform + _POSITIONS, None)
        found += [f"{platform}:{one}" for one in positions] if positions else [platform]
    return tuple(found)


def _texts(told: Sequence[Any] | None) -> tuple[str, ...]:
    return tuple(str(one) for one in told or ())
