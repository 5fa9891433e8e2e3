"""The calls of each level of advertising: by hand, Smart+, and GMV Max, side by side as data.

An id alone does not tell its family: ``get`` tries them in turn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from socialcommerce.models.ads import CampaignKind

__all__ = ["ADS", "AD_GROUPS", "CAMPAIGNS", "NULLS", "Family", "Known", "Level"]

NULLS = ["NULL_FIELD"]
"""Keeps fields that are not set out of a reply."""

_GMV_TYPES = ["PRODUCT_GMV_MAX", "LIVE_GMV_MAX"]


@frozen(eq=False)
class Family:
    """One family of calls for one level.

    ``root`` begins its paths; ``id`` names the object in rows and bodies, ``ids`` in filters and status
    writes. ``filters`` always go along. ``plain``: the call leaves out fields that are null, if asked.
    """

    kind: CampaignKind
    root: str
    id: str
    page: int = 1000
    listing: str = ""
    ids: str = ""
    filters: Mapping[str, Any] = field(factory=dict)
    plain: bool = False

    @property
    def get(self) -> str:
        """The path that lists."""
        return self.listing or f"{self.root}get/"

    @property
    def status(self) -> str:
        """The path that sets the status; GMV Max shares it with other campaigns."""
        return "/campaign/status/update/" if self.kind == "shop_gmv_max" else f"{self.root}status/update/"

    @property
    def many(self) -> str:
        """The name of a list of ids."""
        return self.ids or f"{self.id}s"


@frozen
class Level:
    """A level of advertising: its unified name and its families, in the order they are tried."""

    name: str
    families: tuple[Family, ...]

    def family(self, kind: CampaignKind) -> Family:
        """The calls of a kind of campaign; of GMV Max only campaigns have any."""
        return next(one for one in self.families if one.kind == kind)


@frozen
class Known:
    """An object of advertising as TikTok answered it, and the family it belongs to."""

    family: Family
    row: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.row[self.family.id])

    @property
    def kind(self) -> CampaignKind:
        """The kind of campaign it belongs to."""
        return self.family.kind


CAMPAIGNS = Level(
    "campaign",
    (
        Family("standard", "/campaign/", "campaign_id", plain=True),
        Family("auto", "/smart_plus/campaign/", "campaign_id"),
        Family(
            "shop_gmv_max",
            "/campaign/gmv_max/",
            "campaign_id",
            page=100,
            listing="/gmv_max/campaign/get/",
            filters={"gmv_max_promotion_types": _GMV_TYPES},
        ),
    ),
)
AD_GROUPS = Level(
    "ad_group",
    (
        Family("standard", "/adgroup/", "adgroup_id", plain=True),
        Family("auto", "/smart_plus/adgroup/", "adgroup_id"),
    ),
)
ADS = Level(
    "ad",
    (
        Family("standard", "/ad/", "ad_id", plain=True),
        Family("auto", "/smart_plus/ad/", "smart_plus_ad_id", page=100),
    ),
)
