"""What can be targeted: interests, behaviour, places, languages, devices, placements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from socialcommerce.backends.meta.social.advertising.account import AccountNoun
from socialcommerce.backends.meta.social.advertising.base import REQUIRES, RULES
from socialcommerce.backends.meta.social.codes.ads import PLATFORMS
from socialcommerce.models.audience import TargetingOption
from socialcommerce.resources.ads_people import TargetingKind, TargetingSearch
from socialcommerce.resources.capability import native, supports
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.paging import Page

__all__ = ["MetaTargeting", "audience_size"]


@frozen
class Finder:
    """How a kind is found: its ``limit_type`` at the ad account, or its ``type`` at the search for places."""

    limit: str | None = None
    search: Mapping[str, Any] | None = None
    browse: bool = False


_FINDERS: dict[str, Finder] = {
    "interests": Finder("interests", browse=True),
    "behaviors": Finder("behaviors", browse=True),
    "devices": Finder("user_device"),
    "countries": Finder(search={"type": "adgeolocation", "location_types": ["country"]}),
    "regions": Finder(search={"type": "adgeolocation", "location_types": ["region"]}),
    "languages": Finder(search={"type": "adlocale"}),
}
_ANY = Finder(browse=True)
_KINDS = {"interests": "interests", "behaviors": "behaviors", "user_device": "devices"}


class MetaTargeting(AccountNoun, TargetingSearch):
    """``client.ads.targeting`` on Meta."""

    @supports(
        "native",
        params=native("query", "kind"),
        requires=REQUIRES,
        cost="1 call",
        confidence="official; places and languages unverified",
    )
    def search(
        self, query: str = "", *, kind: TargetingKind | None = None, cursor: str | None = None
    ) -> Flow[Page[TargetingOption]]:
        """GET /act_{id}/targetingsearch; without words /act_{id}/targetingbrowse; places GET /search.

        A country's id is its ISO code; a region's goes into ``Targeting.regions``.
        """
        words = query.strip()
        if kind == "placements":
            return Page([_placement(one) for one in PLATFORMS if words.casefold() in one])
        if kind == "keywords":
            raise RULES.unsupported("ads.targeting.search:keywords")
        finder = _ANY if kind is None else _FINDERS[kind]
        if not words and not finder.browse:
            raise invalid(query=f"is needed to find {kind}")
        path, asked = self._question(finder, words)
        page = yield from self.edge(path, asked, cursor=cursor)
        return Page([_option(row, kind) for row in page.items], page.next)

    def _question(self, finder: Finder, words: str) -> tuple[str, dict[str, Any]]:
        if finder.search is not None:
            return "/search", {**finder.search, "q": words}
        limit = {"limit_type": finder.limit} if finder.limit else {}
        account = self.own("ad")
        return (
            (f"/{account}/targetingsearch", {"q": words, **limit})
            if words
            else (f"/{account}/targetingbrowse", limit)
        )


def _placement(name: str) -> TargetingOption:
    return TargetingOption.build(
        id=name, platform="meta", name=name, kind="placements", raw={"placement": name}
    )


def _option(row: Mapping[str, Any], kind: str | None) -> TargetingOption:
    """One row: places are known by a ``key``, everything else by an ``id``."""
    number = row.get("key", row.get("id"))
    path: Sequence[Any] = row.get("path") or [row[name] for name in ("country_name",) if row.get(name)]
    return TargetingOption.build(
        id=str(number),
        platform="meta",
        name=str(row.get("name") or number),
        kind=kind or _KINDS.get(str(row.get("type")), "other"),
        path=tuple(str(one) for one in path),
        audience_size=audience_size(row),
        raw=row,
    )


def audience_size(row: Mapping[str, Any]) -> int | None:
    """How many people a row stands for: Meta's lower bound, None where it tells none."""
    told = row.get("audience_size_lower_bound", row.get("audience_size"))
    return None if told is None else int(told)
