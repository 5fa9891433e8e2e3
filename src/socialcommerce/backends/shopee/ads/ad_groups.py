"""The ad group that Shopee does not have: one a campaign, holding its bids, keywords and placements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from typing_extensions import Unpack

from socialcommerce.backends.shopee.ads.campaigns import NO_TIME, REQUIRES, has_status
from socialcommerce.backends.shopee.ads.edits import EditingNoun
from socialcommerce.backends.shopee.ads.mapping import Known
from socialcommerce.backends.shopee.ads.mapping import ad_group as shown
from socialcommerce.backends.shopee.ads.plan import unsupported
from socialcommerce.backends.shopee.regions import Region
from socialcommerce.errors import NotFound
from socialcommerce.models.ads import AdGroup, AdStatus, Campaign
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.resources.ads_levels import AdGroupChanges, AdGroups
from socialcommerce.resources.capability import emulated, supports
from socialcommerce.resources.noun import identity, invalid
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.paging import Page

__all__ = ["ShopeeAdGroups"]

_OF_CAMPAIGN = {"name", "status", "budget", "target_roas"}


class ShopeeAdGroups(EditingNoun, AdGroups):
    """``client.ads.ad_groups`` on Shopee: the same ids as the campaigns, ``synthetic``."""

    @supports(
        "emulated",
        params={**emulated("campaign", "status", "ids"), "updated_after": NO_TIME},
        requires=REQUIRES,
        cost="2 calls per 100 campaigns, and 1 for the campaign of the whole shop",
    )
    def list(
        self,
        *,
        campaign: str | Campaign | None = None,
        status: AdStatus | Sequence[AdStatus] | None = None,
        ids: Sequence[str] | None = None,
        updated_after: datetime | None = None,
        cursor: str | None = None,
    ) -> Flow[Page[AdGroup]]:
        """GET get_product_level_campaign_setting_info, read as one group a campaign."""
        region = yield from self.region()
        wanted = ids if campaign is None else [identity(campaign)]
        known, following = yield from self.known_page(cursor, wanted)
        groups = [shown(one, region) for one in known if ids is None or one.id in ids]
        return Page([one for one in groups if has_status(one, status)], following)

    @supports("emulated", params=emulated("ad_groups"), requires=REQUIRES, cost="1 call per 100 campaigns")
    def get(self, ad_groups: Sequence[str | AdGroup]) -> Flow[BulkResult[str | AdGroup, AdGroup]]:
        """GET get_product_level_campaign_setting_info, the groups' campaigns."""
        region = yield from self.region()
        found = yield from self.load([identity(one) for one in ad_groups])
        outcomes = [Outcome.of(one, _shown(found, identity(one), region)) for one in ad_groups]
        return BulkResult(tuple(outcomes))

    @supports(
        "emulated",
        params=emulated("ad_group", "resume", "idempotency_key", "changes"),
        requires=REQUIRES,
        cost="2 calls, and 1 each for keywords, placements and enhanced_cpc",
    )
    def update(
        self,
        ad_group: str | AdGroup,
        *,
        resume: Any = None,
        idempotency_key: str | None = None,
        **changes: Unpack[AdGroupChanges],
    ) -> Flow[AdGroup]:
        """POST edit_manual_product_ad_keywords, and edit_manual_product_ads for placements and enhanced CPC.

        ``delivery.targeting.keywords`` replaces all keywords, ``placements`` all placements, each
        where it is given; ``delivery.bid.amount`` is the bid of those without one of their own.
        """
        if changes.keys() & _OF_CAMPAIGN:
            raise unsupported("ads.ad_groups.update:budget")
        delivery = changes.get("delivery")
        if delivery is not None and delivery.schedule is not None:
            raise unsupported("ads.ad_groups.update:budget")
        known = yield from self.load_one(identity(ad_group))
        if known.shop:
            raise invalid(ad_group="the campaign of the whole shop bids by itself and has no keywords")
        after = yield from self.change(known, changes, resume, idempotency_key)
        return shown(after, (yield from self.region()))


def _shown(found: Mapping[str, Known], group_id: str, region: Region) -> AdGroup | NotFound:
    if group_id in found:
        return shown(found[group_id], region)
    return NotFound(f"this shop has no ad group {group_id}", platform="shopee", sent="yes")
