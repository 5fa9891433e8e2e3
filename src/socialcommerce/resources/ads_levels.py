"""The three levels of advertising: campaigns, ad groups, ads; and the rule that nothing spends unasked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict

from typing_extensions import Unpack

from socialcommerce.errors import PolicyViolation
from socialcommerce.resources.face import Async, Sync, each, operation, pages
from socialcommerce.resources.noun import Noun

if TYPE_CHECKING:
    from socialcommerce.models.ads import (
        Ad,
        AdGroup,
        AdGroupInput,
        AdInput,
        AdStatus,
        Budget,
        Campaign,
        CampaignInput,
        CampaignKind,
        Delivery,
    )
    from socialcommerce.models.bulk import BulkResult
    from socialcommerce.models.creatives import Creative
    from socialcommerce.runtime.flow import Flow
    from socialcommerce.runtime.paging import Page

__all__ = [
    "AdChanges",
    "AdGroupChanges",
    "AdGroups",
    "AsyncAdGroups",
    "AsyncCampaigns",
    "AsyncSingleAds",
    "CampaignChanges",
    "Campaigns",
    "Removed",
    "SingleAds",
    "SyncAdGroups",
    "SyncCampaigns",
    "SyncSingleAds",
    "TargetStatus",
    "confirm_spending",
]

TargetStatus: TypeAlias = Literal["active", "paused", "archived", "ended"]
"""What can be set: ``ended`` stops the delivery for good, where a platform has that."""

Removed: TypeAlias = Literal["archived", "deleted"]
"""What became of an object that was deleted."""


class CampaignChanges(TypedDict, total=False):
    """What ``campaigns.update`` can change: absent leaves it, None clears it."""

    name: str
    status: TargetStatus
    budget: Budget | None
    target_roas: Decimal | None
    delivery: Delivery
    native: Mapping[str, Any]


class AdGroupChanges(TypedDict, total=False):
    """What ``ad_groups.update`` can change: absent leaves it, None clears it."""

    name: str
    status: TargetStatus
    budget: Budget | None
    target_roas: Decimal | None
    delivery: Delivery
    native: Mapping[str, Any]


class AdChanges(TypedDict, total=False):
    """What ``ads.update`` can change: absent leaves it, None clears it."""

    name: str
    status: TargetStatus
    creative: Creative
    delivery: Delivery
    native: Mapping[str, Any]


def confirm_spending(noun: Noun, may_spend: bool) -> None:
    """Hold the rule that a create never spends by default.

    A backend calls it before a create that its platform cannot make paused.

    Raises:
        PolicyViolation: the caller did not say ``may_spend=True`` (``reason="may_spend"``); nothing was sent.
    """
    if not may_spend:
        platform = noun.backend.name
        raise PolicyViolation(
            f"{platform} starts it at once, so it may spend money; say may_spend=True to allow that",
            reason="may_spend",
            platform=platform,
            sent="no",
        )


class Campaigns(Noun):
    """The contract of ``client.ads.campaigns``: what a backend may override, refused until it does."""

    noun = "ads.campaigns"

    def list(
        self,
        *,
        status: AdStatus | Sequence[AdStatus] | None = None,
        kind: CampaignKind | None = None,
        name: str | None = None,
        ids: Sequence[str] | None = None,
        updated_after: datetime | None = None,
        cursor: str | None = None,
    ) -> Flow[Page[Campaign]]:
        """List the campaigns of the ad account.

        Args:
            status: only these unified statuses.
            kind: only this kind.
            name: only those whose name contains this text, in upper or lower case.
            ids: only these.
            updated_after: only those changed at or after this instant.
            cursor: go on where an earlier listing stood.

        Returns:
            A pager of campaigns.
        """
        self.refuse("list")

    def get(self, campaigns: Sequence[str | Campaign]) -> Flow[BulkResult[str | Campaign, Campaign]]:
        """Read campaigns whole.

        Returns:
            The campaign, or a ``BulkResult`` with ``NotFound`` for each id that is not there.
        """
        self.refuse("get")

    def create(
        self,
        campaigns: Sequence[CampaignInput],
        *,
        may_spend: bool = False,
        validate_only: bool = False,
        idempotency_key: str | None = None,
    ) -> Flow[BulkResult[CampaignInput, Campaign]]:
        """Create campaigns, paused unless their ``status`` says otherwise.

        Args:
            campaigns: what to create.
            may_spend: allows the create on a platform that starts a campaign at once; without it,
                such a create is refused.
            validate_only: have the platform check it and create nothing, where it can.
            idempotency_key: makes a repeat safe where the platform knows such a key.

        Returns:
            The campaign as the platform keeps it.

        Raises:
            PolicyViolation: the platform cannot create it paused and ``may_spend`` was not said.
            PartiallyApplied: it was created, and then could not be paused.
        """
        self.refuse("create")

    def update(
        self,
        campaign: str | Campaign,
        *,
        resume: Any = None,
        idempotency_key: str | None = None,
        **changes: Unpack[CampaignChanges],
    ) -> Flow[Campaign]:
        """Change some settings of a campaign; what is not named stays.

        Args:
            campaign: the campaign or its id.
            resume: what ``PartiallyApplied`` carried, to finish an update that stopped half-way.
            idempotency_key: makes a repeat safe where the platform knows such a key.
            changes: fields of ``CampaignInput``; None clears one where the platform can.

        Returns:
            The campaign after the change.

        Raises:
            PartiallyApplied: one of several calls failed after others took effect.
        """
        self.refuse("update")

    def set_status(
        self, campaigns: Sequence[str | Campaign], status: TargetStatus
    ) -> Flow[BulkResult[str | Campaign, Campaign]]:
        """Start, pause, archive or end campaigns. One that has the status already is left as it is.

        Raises:
            Conflict: the campaign cannot go from where it is to that status (``reason="state"``).
        """
        self.refuse("set_status")

    def delete(self, campaigns: Sequence[str | Campaign]) -> Flow[BulkResult[str | Campaign, Removed]]:
        """Delete campaigns.

        Returns:
            ``"deleted"``, or ``"archived"`` where the platform keeps what it has.
        """
        self.refuse("delete")


class AdGroups(Noun):
    """The contract of ``client.ads.ad_groups``: ad sets, ad squads, line items."""

    noun = "ads.ad_groups"

    def list(
        self,
        *,
        campaign: str | Campaign | None = None,
        status: AdStatus | Sequence[AdStatus] | None = None,
        ids: Sequence[str] | None = None,
        updated_after: datetime | None = None,
        cursor: str | None = None,
    ) -> Flow[Page[AdGroup]]:
        """List ad groups. A platform without that level gives one a campaign, ``synthetic``.

        Args:
            campaign: only those of this campaign.
            status: only these unified statuses.
            ids: only these.
            updated_after: only those changed at or after this instant.
            cursor: go on where an earlier listing stood.

        Returns:
            A pager of ad groups.
        """
        self.refuse("list")

    def get(self, ad_groups: Sequence[str | AdGroup]) -> Flow[BulkResult[str | AdGroup, AdGroup]]:
        """Read ad groups whole; ``NotFound`` for each id that is not there."""
        self.refuse("get")

    def create(
        self,
        ad_groups: Sequence[AdGroupInput],
        *,
        may_spend: bool = False,
        validate_only: bool = False,
        idempotency_key: str | None = None,
    ) -> Flow[BulkResult[AdGroupInput, AdGroup]]:
        """Create ad groups; the parameters are those of ``campaigns.create``."""
        self.refuse("create")

    def update(
        self,
        ad_group: str | AdGroup,
        *,
        resume: Any = None,
        idempotency_key: str | None = None,
        **changes: Unpack[AdGroupChanges],
    ) -> Flow[AdGroup]:
        """Change some settings of an ad group; the parameters are those of ``campaigns.update``.

        ``delivery.targeting`` replaces the whole targeting, keywords included.

        Raises:
            PartiallyApplied: some of several changes took effect; ``done`` and ``failed`` name them.
            BulkFailure: none of several changes took effect.
        """
        self.refuse("update")

    def set_status(
        self, ad_groups: Sequence[str | AdGroup], status: TargetStatus
    ) -> Flow[BulkResult[str | AdGroup, AdGroup]]:
        """Start, pause, archive or end ad groups. One that has the status already is left as it is."""
        self.refuse("set_status")

    def delete(self, ad_groups: Sequence[str | AdGroup]) -> Flow[BulkResult[str | AdGroup, Removed]]:
        """Delete ad groups; answers whether they are deleted or archived."""
        self.refuse("delete")


class SingleAds(Noun):
    """The contract of ``client.ads.ads``: what people see."""

    noun = "ads.ads"

    def list(
        self,
        *,
        ad_group: str | AdGroup | None = None,
        campaign: str | Campaign | None = None,
        status: AdStatus | Sequence[AdStatus] | None = None,
        ids: Sequence[str] | None = None,
        updated_after: datetime | None = None,
        cursor: str | None = None,
    ) -> Flow[Page[Ad]]:
        """List ads.

        Args:
            ad_group: only those of this ad group.
            campaign: only those of this campaign.
            status: only these unified statuses.
            ids: only these.
            updated_after: only those changed at or after this instant.
            cursor: go on where an earlier listing stood.

        Returns:
            A pager of ads.
        """
        self.refuse("list")

    def get(self, ads: Sequence[str | Ad]) -> Flow[BulkResult[str | Ad, Ad]]:
        """Read ads whole; ``NotFound`` for each id that is not there."""
        self.refuse("get")

    def create(
        self,
        ads: Sequence[AdInput],
        *,
        may_spend: bool = False,
        validate_only: bool = False,
        idempotency_key: str | None = None,
    ) -> Flow[BulkResult[AdInput, Ad]]:
        """Create ads, uploading their media first; the parameters are those of ``campaigns.create``."""
        self.refuse("create")

    def update(
        self,
        ad: str | Ad,
        *,
        resume: Any = None,
        idempotency_key: str | None = None,
        **changes: Unpack[AdChanges],
    ) -> Flow[Ad]:
        """Change some settings of an ad; the parameters are those of ``campaigns.update``."""
        self.refuse("update")

    def set_status(self, ads: Sequence[str | Ad], status: TargetStatus) -> Flow[BulkResult[str | Ad, Ad]]:
        """Start, pause, archive or end ads. One that has the status already is left as it is."""
        self.refuse("set_status")

    def delete(self, ads: Sequence[str | Ad]) -> Flow[BulkResult[str | Ad, Removed]]:
        """Delete ads; answers whether they are deleted or archived."""
        self.refuse("delete")


class _Campaigns:
    contract = Campaigns

    list = pages(Campaigns.list)
    get = each(Campaigns.get)
    create = each(Campaigns.create)
    update = operation(Campaigns.update)
    set_status = each(Campaigns.set_status)
    delete = each(Campaigns.delete)


class SyncCampaigns(Sync, _Campaigns):
    """``client.ads.campaigns``."""


class AsyncCampaigns(Async, _Campaigns):
    """``client.ads.campaigns`` of an ``AsyncClient``."""


class _AdGroups:
    contract = AdGroups

    list = pages(AdGroups.list)
    get = each(AdGroups.get)
    create = each(AdGroups.create)
    update = operation(AdGroups.update)
    set_status = each(AdGroups.set_status)
    delete = each(AdGroups.delete)


class SyncAdGroups(Sync, _AdGroups):
    """``client.ads.ad_groups``."""


class AsyncAdGroups(Async, _AdGroups):
    """``client.ads.ad_groups`` of an ``AsyncClient``."""


class _SingleAds:
    contract = SingleAds

    list = pages(SingleAds.list)
    get = each(SingleAds.get)
    create = each(SingleAds.create)
    update = operation(SingleAds.update)
    set_status = each(SingleAds.set_status)
    delete = each(SingleAds.delete)


class SyncSingleAds(Sync, _SingleAds):
    """``client.ads.ads``."""


class AsyncSingleAds(Async, _SingleAds):
    """``client.ads.ads`` of an ``AsyncClient``."""
