"""Where TikTok advertises: countries as its location ids (GET /tool/region/)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from socialcommerce.backends.tiktok.ads.advertising.blocks import Place
from socialcommerce.backends.tiktok.ads.noun import TikTokNoun
from socialcommerce.models.ads import Delivery
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime.flow import Flow

__all__ = ["PLACEMENTS", "PlacesNoun", "is_country"]

PLACEMENTS = ("PLACEMENT_TIKTOK",)
_A_DAY = 86_400.0


class PlacesNoun(TikTokNoun):
    """A noun that turns countries into location ids."""

    def region_rows(self, objective: str) -> Flow[Sequence[Mapping[str, Any]]]:
        """Every place that can be targeted for an objective, read once a day."""
        return (
            yield from self.remember(("regions", objective), lambda: self._read_regions(objective), _A_DAY)
        )

    def _read_regions(self, objective: str) -> Flow[Sequence[Mapping[str, Any]]]:
        query = {"placements": list(PLACEMENTS), "objective_type": objective}
        data = yield from self.ask("GET", "/tool/region/", query=query)
        return tuple(data.get("region_info") or ())

    def place(self, delivery: Delivery | None, objective: str) -> Flow[Place]:
        """Where and when inputs are held against the rules, with the countries that they name."""
        account = yield from self.account()
        named = delivery.targeting.countries if delivery and delivery.targeting else ()
        if not named:
            return Place(account, self.now())
        rows = yield from self.region_rows(objective)
        known = {str(row.get("region_code")): str(row["location_id"]) for row in rows if is_country(row)}
        unknown = [one for one in named if one not in known]
        if unknown:
            raise invalid(
                **{"delivery.targeting.countries": f"TikTok does not advertise in {', '.join(unknown)}"}
            )
        return Place(account, self.now(), {one: known[one] for one in named})


def is_country(row: Mapping[str, Any]) -> bool:
    """Whether a place is a country."""
    return row.get("level", row.get("area_type")) == "COUNTRY" or str(row.get("parent_id")) == "0"
