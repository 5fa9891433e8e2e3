"""Ads: campaigns, ad groups and ads of one ad account, what they did, and what the platform suggests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias, TypedDict, overload

from typing_extensions import Unpack

from socialcommerce.resources.ads_levels import (
    AdGroups,
    AsyncAdGroups,
    AsyncCampaigns,
    AsyncSingleAds,
    Campaigns,
    SingleAds,
    SyncAdGroups,
    SyncCampaigns,
    SyncSingleAds,
)
from socialcommerce.resources.ads_people import (
    AsyncAudiences,
    AsyncConversions,
    AsyncTargetingSearch,
    Audiences,
    Conversions,
    SyncAudiences,
    SyncConversions,
    SyncTargetingSearch,
    TargetingSearch,
)
from socialcommerce.resources.face import Async, Sync, job, operation, pages, sub
from socialcommerce.resources.noun import Noun

if TYPE_CHECKING:
    from socialcommerce.models.ads import Ad, AdGroup, Campaign, CampaignInput, Delivery, Launched, LaunchPlan
    from socialcommerce.models.audience import Suggestion
    from socialcommerce.models.check import Check
    from socialcommerce.models.creatives import Creative
    from socialcommerce.models.media import Media
    from socialcommerce.models.product import Product, Ref
    from socialcommerce.models.reports import (
        Attribution,
        BookedOn,
        Breakdown,
        Derived,
        Granularity,
        Level,
        Metric,
        Report,
    )
    from socialcommerce.resources.jobs import AsyncJob, Job
    from socialcommerce.runtime.flow import Flow
    from socialcommerce.runtime.jobs import Task
    from socialcommerce.runtime.paging import Page

__all__ = ["Ads", "AsyncAds", "ReportOptions", "SuggestionKind", "SyncAds"]

SuggestionKind: TypeAlias = Literal["bid", "budget", "roas", "keywords", "products"]


class ReportOptions(TypedDict, total=False):
    """The options of ``ads.report``; see there."""

    metrics: Sequence[Metric | Derived] | None
    breakdowns: Sequence[Breakdown]
    granularity: Granularity
    attribution: Attribution | None
    booked_on: BookedOn | None
    campaigns: Sequence[str | Campaign] | None
    ids: Sequence[str | Campaign | AdGroup | Ad] | None
    fill_zero: bool


class Ads(Noun):
    """The contract of ``client.ads``: what a backend may override, refused until it does."""

    noun = "ads"

    campaigns: ClassVar[type[Campaigns]] = Campaigns
    ad_groups: ClassVar[type[AdGroups]] = AdGroups
    ads: ClassVar[type[SingleAds]] = SingleAds
    audiences: ClassVar[type[Audiences]] = Audiences
    conversions: ClassVar[type[Conversions]] = Conversions
    targeting: ClassVar[type[TargetingSearch]] = TargetingSearch

    def check(self, plan: LaunchPlan | CampaignInput) -> Flow[Check]:
        """Say what the platform would refuse in a plan, without making anything.

        Args:
            plan: a whole tree, or a campaign alone.

        Returns:
            A check with one problem a field: kind, budget, bid, dates, products, balance.
        """
        self.refuse("check")

    def launch(
        self,
        plan: LaunchPlan,
        *,
        may_spend: bool = False,
        resume: Any = None,
        idempotency_key: str | None = None,
    ) -> Flow[Launched]:
        """Make a whole tree: campaign, ad groups, media, creatives, ads; paused where not told otherwise.

        Args:
            plan: what to make.
            may_spend: allows it on a platform that starts a campaign at once; without it, refused there.
            resume: what ``PartiallyApplied`` carried, to go on where an earlier launch stopped.
            idempotency_key: makes a repeat safe where the platform knows such a key.

        Returns:
            What the plan became, in its own order.

        Raises:
            PolicyViolation: the platform cannot create paused and ``may_spend`` was not said.
            PartiallyApplied: some of it was made; ``resume`` goes on with the rest.
        """
        self.refuse("launch")

    def creatives(self, *, cursor: str | None = None) -> Flow[Page[Creative]]:
        """List the creatives that the ad account keeps; ``native["id"]`` is their id.

        Args:
            cursor: go on where an earlier listing stood.
        """
        self.refuse("creatives")

    def upload_media(self, source: Media) -> Flow[Media]:
        """Upload an image or a video for use in ads.

        Args:
            source: the file, from bytes, a path or a URL.

        Returns:
            The media with its platform id; a video may still be processed (see ``status``).
        """
        self.refuse("upload_media")

    def report(
        self,
        level: Level,
        since: date,
        until: date,
        *,
        metrics: Sequence[Metric | Derived] | None = None,
        breakdowns: Sequence[Breakdown] = (),
        granularity: Granularity = "day",
        attribution: Attribution | None = None,
        booked_on: BookedOn | None = None,
        campaigns: Sequence[str | Campaign] | None = None,
        ids: Sequence[str | Campaign | AdGroup | Ad] | None = None,
        fill_zero: bool = False,
    ) -> Flow[Task[Report]]:
        """Report what advertising did; spans longer than a call allows are cut and joined.

        Args:
            level: one row an account, campaign, ad group or ad (and day, and breakdown).
            since: the first day, in the account's time zone.
            until: the last day, inclusive.
            metrics: only these figures; default all that the platform reports. A derived one
                (``ctr``, ``roas``) brings what it is computed from.
            breakdowns: one row a slice of these, where the platform splits by them.
            granularity: one row a day, hour, week (from Monday), month, or one in all. Figures
                that cannot be added up (``reach``) are None where the platform does not total them.
            attribution: how long after a click or view a sale counts, where it can be chosen.
            booked_on: the day a sale is booked on, where it can be chosen.
            campaigns: only what belongs to these.
            ids: only these objects of the ``level``.
            fill_zero: give a row of zeros for each object and day without figures.

        Returns:
            The report; with ``wait=False`` a job that answers it.
        """
        self.refuse("report")

    def suggest(
        self,
        what: SuggestionKind,
        *,
        product: str | Product | Ref | None = None,
        query: str | None = None,
        delivery: Delivery | None = None,
    ) -> Flow[Sequence[Suggestion]]:
        """Ask what the platform recommends.

        Args:
            what: a bid, a budget, a target ROAS, keywords, or products to advertise.
            product: the product it is for.
            query: words to start from, for keywords.
            delivery: how the campaign will bid and whom it will reach, where that matters.

        Returns:
            The recommendations, best first.
        """
        self.refuse("suggest")

    def products(
        self, campaign: str | Campaign, *, excluded: bool = False, cursor: str | None = None
    ) -> Flow[Page[Ref]]:
        """List the products that a campaign advertises.

        Args:
            campaign: the campaign or its id.
            excluded: those that the seller took out of it instead.
            cursor: go on where an earlier listing stood.

        Returns:
            A pager of references; ``catalog.get`` reads the products.
        """
        self.refuse("products")


class _Ads:
    contract = Ads

    campaigns = sub(SyncCampaigns, AsyncCampaigns)
    ad_groups = sub(SyncAdGroups, AsyncAdGroups)
    ads = sub(SyncSingleAds, AsyncSingleAds)
    audiences = sub(SyncAudiences, AsyncAudiences)
    conversions = sub(SyncConversions, AsyncConversions)
    targeting = sub(SyncTargetingSearch, AsyncTargetingSearch)

    check = operation(Ads.check)
    launch = operation(Ads.launch)
    creatives = pages(Ads.creatives)
    upload_media = operation(Ads.upload_media)
    suggest = operation(Ads.suggest)
    products = pages(Ads.products)

    if not TYPE_CHECKING:  # the faces below declare it with the overloads over ``wait``
        report = job(Ads.report)


class SyncAds(Sync, _Ads):
    """``client.ads``."""

    if TYPE_CHECKING:

        @overload
        def report(
            self,
            level: Level,
            since: date,
            until: date,
            *,
            wait: Literal[True] = True,
            **options: Unpack[ReportOptions],
        ) -> Report: ...
        @overload
        def report(
            self,
            level: Level,
            since: date,
            until: date,
            *,
            wait: Literal[False],
            **options: Unpack[ReportOptions],
        ) -> Job[Report]: ...
        def report(
            self,
            level: Level,
            since: date,
            until: date,
            *,
            wait: bool = True,
            **options: Unpack[ReportOptions],
        ) -> Report | Job[Report]:
            """See ``Ads.report``; ``wait=False`` answers the job."""
            ...


class AsyncAds(Async, _Ads):
    """``client.ads`` of an ``AsyncClient``."""

    if TYPE_CHECKING:

        @overload
        async def report(
            self,
            level: Level,
            since: date,
            until: date,
            *,
            wait: Literal[True] = True,
            **options: Unpack[ReportOptions],
        ) -> Report: ...
        @overload
        async def report(
            self,
            level: Level,
            since: date,
            until: date,
            *,
            wait: Literal[False],
            **options: Unpack[ReportOptions],
        ) -> AsyncJob[Report]: ...
        async def report(
            self,
            level: Level,
            since: date,
            until: date,
            *,
            wait: bool = True,
            **options: Unpack[ReportOptions],
        ) -> Report | AsyncJob[Report]:
            """See ``Ads.report``; ``wait=False`` answers the job."""
            ...
