"""What can be targeted: places, interests, words, behaviour, languages, devices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from socialcommerce.backends.tiktok.ads.advertising.base import REQUIRES
from socialcommerce.backends.tiktok.ads.advertising.places import PLACEMENTS, PlacesNoun, is_country
from socialcommerce.models.audience import TargetingOption
from socialcommerce.resources.ads_people import TargetingKind, TargetingSearch
from socialcommerce.resources.capability import native, supports
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.paging import Page

__all__ = ["TikTokTargeting"]

_OBJECTIVE = "TRAFFIC"
_PLACEMENTS = ("PLACEMENT_TIKTOK", "PLACEMENT_PANGLE", "PLACEMENT_GLOBAL_APP_BUNDLE")


class TikTokTargeting(PlacesNoun, TargetingSearch):
    """``client.ads.targeting`` on TikTok."""

    @supports("native", params=native("query", "kind"), requires=REQUIRES, cost="1 call; 2 without a kind")
    def search(
        self, query: str = "", *, kind: TargetingKind | None = None, cursor: str | None = None
    ) -> Flow[Page[TargetingOption]]:
        """The call of each kind; TikTok answers all there is, so words are compared here.

        Places with words: POST /tool/targeting/search/; all of them: GET /tool/region/. Also
        /tool/interest_category/, /tool/interest_keyword/recommend/, /tool/action_category/,
        /tool/language/, /tool/device_model/. Without a kind: places and interests.
        """
        kinds: Sequence[str] = ("regions", "interests") if kind is None else (kind,)
        found: list[TargetingOption] = []
        for one in kinds:
            found += yield from self._of(one, query.strip())
        return Page(found)

    def _of(self, kind: str, query: str) -> Flow[list[TargetingOption]]:
        if kind in ("countries", "regions"):
            return (yield from self._places(kind, query))
        if kind == "keywords":
            return (yield from self._keywords(query))
        if kind == "placements":
            return [
                _option("placements", one, one, {"placement": one}) for one in _PLACEMENTS if _has(one, query)
            ]
        path, key, read = _LISTS[kind]
        data = yield from self.ask("GET", path)
        return [one for one in map(read, data.get(key) or ()) if _has(one.name, query)]

    def _places(self, kind: str, query: str) -> Flow[list[TargetingOption]]:
        if query and kind == "regions":
            body = {
                "keywords": [query],
                "objective_type": _OBJECTIVE,
                "placements": list(PLACEMENTS),
                "search_type": "FUZZY_SEARCH",
            }
            data = yield from self.ask("POST", "/tool/targeting/search/", body=body)
            rows = data.get("targeting_tag_list") or data.get("targeting_tag") or ()
            return [_tag(row) for row in rows if row.get("geo")]
        rows = yield from self.region_rows(_OBJECTIVE)
        fitting = (row for row in rows if kind == "regions" or is_country(row))
        return [one for one in map(_region(kind), fitting) if _has(one.name, query) or one.id == query]

    def _keywords(self, query: str) -> Flow[list[TargetingOption]]:
        if not query:
            raise invalid(query="is needed to find keywords")
        data = yield from self.ask("GET", "/tool/interest_keyword/recommend/", query={"keyword": query})
        return [_word(row) for row in data.get("recommended_keywords") or ()]


def _has(name: str, query: str) -> bool:
    return query.casefold() in name.casefold()


def _option(kind: str, number: Any, name: Any, row: Mapping[str, Any]) -> TargetingOption:
    return TargetingOption.build(
        id=str(number), platform="tiktok_ads", name=str(name or number), kind=kind, raw=row
    )


def _region(kind: str) -> Callable[[Mapping[str, Any]], TargetingOption]:
    def read(row: Mapping[str, Any]) -> TargetingOption:
        number = row.get("region_code") if kind == "countries" else row["location_id"]
        return _option(kind, number, row.get("name"), row)

    return read


def _tag(row: Mapping[str, Any]) -> TargetingOption:
    geo = row["geo"]
    option = _option("regions", geo["geo_id"], row.get("name") or geo.get("description"), row)
    path: Iterable[str] = str(geo.get("description") or "").split(", ")
    return option.model_copy(update={"path": tuple(one for one in path if one)})


def _word(row: Mapping[str, Any]) -> TargetingOption:
    return _option("keywords", row.get("keyword_id") or row.get("keyword"), row.get("keyword"), row)


def _interest(row: Mapping[str, Any]) -> TargetingOption:
    return _option("interests", row["interest_category_id"], row.get("interest_category_name"), row)


def _action(row: Mapping[str, Any]) -> TargetingOption:
    return _option("behaviors", row["action_category_id"], row.get("name"), row)


def _language(row: Mapping[str, Any]) -> TargetingOption:
    return _option("languages", row["code"], row.get("name"), row)


def _device(row: Mapping[str, Any]) -> TargetingOption:
    return _option("devices", row["device_model_id"], row.get("device_model_name"), row)


_LISTS: dict[str, tuple[str, str, Callable[[Mapping[str, Any]], TargetingOption]]] = {
    "interests": ("/tool/interest_category/", "interest_categories", _interest),
    "behaviors": ("/tool/action_category/", "action_categories", _action),
    "languages": ("/tool/language/", "languages", _language),
    "devices": ("/tool/device_model/", "device_models", _device),
}
