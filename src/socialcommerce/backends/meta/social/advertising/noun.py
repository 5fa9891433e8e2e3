"""``client.ads`` on Meta: launch, check, creatives, advice, products, and the nouns within."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from attrs import asdict

from socialcommerce.backends.flaws import Flaw
from socialcommerce.backends.meta.social.advertising.ad_groups import MetaAdGroups
from socialcommerce.backends.meta.social.advertising.advice import AdviceNoun
from socialcommerce.backends.meta.social.advertising.audiences import MetaAudiences
from socialcommerce.backends.meta.social.advertising.base import CAMPAIGNS, REQUIRES, RULES
from socialcommerce.backends.meta.social.advertising.campaigns import MetaCampaigns
from socialcommerce.backends.meta.social.advertising.conversions import MetaConversions
from socialcommerce.backends.meta.social.advertising.creatives import CREATIVE_FIELDS, CreativesNoun
from socialcommerce.backends.meta.social.advertising.launching import LaunchingNoun, plan_flaws, spread
from socialcommerce.backends.meta.social.advertising.mapping import creative_of
from socialcommerce.backends.meta.social.advertising.plan import campaign_body
from socialcommerce.backends.meta.social.advertising.reports import ReportsNoun, question_of
from socialcommerce.backends.meta.social.advertising.single_ads import MetaSingleAds
from socialcommerce.backends.meta.social.advertising.targeting import MetaTargeting
from socialcommerce.backends.meta.social.codes.ads import REFUSALS
from socialcommerce.errors import InvalidRequest
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
from socialcommerce.resources.ads import Ads, SuggestionKind
from socialcommerce.resources.ads_levels import AdGroups, Campaigns, SingleAds
from socialcommerce.resources.ads_people import Audiences, Conversions, TargetingSearch
from socialcommerce.resources.capability import emulated, native, supports
from socialcommerce.resources.noun import identity
from socialcommerce.runtime.flow import Flow, done
from socialcommerce.runtime.jobs import Task
from socialcommerce.runtime.paging import Page, position, read_position

__all__ = ["MetaAds"]

_PAGE = 100
_PRODUCTS = 500
_RUNNING = 1
"""The ``account_status`` of an ad account that may advertise."""


class MetaAds(CreativesNoun, LaunchingNoun, AdviceNoun, ReportsNoun, Ads):
    """``client.ads`` on Meta."""

    campaigns: ClassVar[type[Campaigns]] = MetaCampaigns
    ad_groups: ClassVar[type[AdGroups]] = MetaAdGroups
    ads: ClassVar[type[SingleAds]] = MetaSingleAds
    audiences: ClassVar[type[Audiences]] = MetaAudiences
    conversions: ClassVar[type[Conversions]] = MetaConversions
    targeting: ClassVar[type[TargetingSearch]] = MetaTargeting

    @supports("native", params=native("plan"), requires=REQUIRES, cost="1 to 3 calls")
    def check(self, plan: LaunchPlan | CampaignInput) -> Flow[Check]:
        """Our rules for every level, then Meta's own check of the campaign and of the interests named.

        POST /act_{id}/campaigns with ``validate_only``, GET /act_{id}/targetingvalidation. An ad group can
        only be checked by Meta below a campaign that exists: ``ad_groups.create(…, validate_only=True)``.
        """
        tree = spread(plan if isinstance(plan, LaunchPlan) else LaunchPlan(campaign=plan))
        place = yield from self.place()
        found = list(plan_flaws(tree, place))
        status = place.account.row.get("account_status")
        if status not in (None, _RUNNING):
            found.append(Flaw("account", f"has status {status}: its campaigns would not run"))
        if not found:
            path = f"/{place.account.id}/campaigns"
            found += yield from self._told_flaws(path, campaign_body(tree.campaign, place))
            found += yield from self._interest_flaws(tree)
        return Check.of(RULES.problems(found))

    def _told_flaws(self, path: str, body: Mapping[str, Any]) -> Flow[list[Flaw]]:
        """What Meta says against a campaign, by the fields that it blames."""
        try:
            yield from self.validate(path, body)
        except InvalidRequest as error:
            told = error.fields or {"campaign": error.message}
            return [Flaw(name, text) for name, text in told.items()]
        return []

    def _interest_flaws(self, tree: LaunchPlan) -> Flow[list[Flaw]]:
        """The interests that Meta no longer knows."""
        named = {
            one: f"ad_groups.{index}.delivery.targeting.interests"
            for index, group in enumerate(tree.ad_groups)
            if group.delivery is not None and group.delivery.targeting is not None
            for one in group.delivery.targeting.interests
        }
        if not named:
            return []
        query = {"targeting_list": [{"type": "interests", "id": one} for one in named]}
        data = yield from self.ask("GET", f"/{self.own('ad')}/targetingvalidation", query=query)
        gone = [str(row.get("id")) for row in data.get("data") or () if row.get("valid") is False]
        return [Flaw(named[one], f"{one} is no interest of Meta's any more") for one in gone if one in named]

    @supports(
        "emulated",
        params={
            **emulated("plan", "may_spend", "resume"),
            "idempotency_key": REFUSALS["ads.launch:idempotency_key"],
        },
        requires=REQUIRES,
        cost="2 calls a campaign and an ad group, 3 an ad, and 1 a media to upload",
    )
    def launch(
        self,
        plan: LaunchPlan,
        *,
        may_spend: bool = False,
        resume: Any = None,
        idempotency_key: str | None = None,
    ) -> Flow[Launched]:
        """Campaign, ad groups, media, creatives and ads one after the other, paused.

        What the campaign's ``delivery`` says of goal, bid, schedule and targeting holds for every ad group
        that says nothing itself; the set of a ``CatalogCreative`` is what its ad group promotes.
        """
        return (yield from self.begin(plan, resume))

    @supports("native", requires=REQUIRES, cost="1 call for 100")
    def creatives(self, *, cursor: str | None = None) -> Flow[Page[Creative]]:
        """GET /act_{id}/adcreatives; those that show nothing unified are left out."""
        path = f"/{self.own('ad')}/adcreatives"
        page = yield from self.edge(path, {"fields": CREATIVE_FIELDS}, cursor=cursor, limit=_PAGE)
        shown = (creative_of(row) for row in page.items)
        return Page([one for one in shown if one is not None], page.next)

    @supports(
        "native",
        params=native("source"),
        requires=REQUIRES,
        cost="1 call",
        confidence="official; uploads of films unverified",
    )
    def upload_media(self, source: Media) -> Flow[Media]:
        """POST /act_{id}/adimages (its id is a hash) or /act_{id}/advideos (still processed by Meta then)."""
        return (yield from self.uploaded(source))

    @supports(
        "native",
        params={
            **native(
                "level", "since", "until", "since/until", "granularity", "hour", "breakdowns", "metrics"
            ),
            **native("attribution", "booked_on", "campaigns", "ids"),
            **emulated("fill_zero"),
        },
        requires=REQUIRES,
        cost="1 call for 500 rows, or 3 calls and more for what is too large to be answered at once",
        confidence="official; attribution windows and the 28 days until figures are final unverified",
    )
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
        """GET /act_{id}/insights; what is too large for that is made by Meta as a job (POST there).

        Deleted objects are reported as well. Meta shows no row where nothing was delivered, and leaves a
        figure out where there is none; an order is counted once, over all channels where Meta adds them up.
        """
        options = {
            "metrics": metrics,
            "breakdowns": breakdowns,
            "granularity": granularity,
            "attribution": attribution,
            "booked_on": booked_on,
            "campaigns": campaigns,
            "ids": ids,
            "fill_zero": fill_zero,
        }
        question = question_of(level, since, until, options)
        return (yield from done(Task("ads.report", {"question": asdict(question)}, wait=0.0)))

    def advance(self, task: Task[Any]) -> Flow[Task[Any]]:
        """Take a report one step on."""
        return (yield from self.step(task))

    @supports(
        "native",
        params={
            **native("what", "query", "delivery"),
            "product": REFUSALS["ads.suggest:product"],
        },
        requires=REQUIRES,
        cost="1 or 2 calls",
        confidence="official; reply fields unverified",
    )
    def suggest(
        self,
        what: SuggestionKind,
        *,
        product: str | Product | Ref | None = None,
        query: str | None = None,
        delivery: Delivery | None = None,
    ) -> Flow[Sequence[Suggestion]]:
        """Estimates for a ``delivery``, the least budget, interests near some words.

        GET /act_{id}/delivery_estimate, /minimum_budgets, /targetingsuggestions. Meta names no single best
        bid; a row without amounts still holds its estimates in ``raw``.
        """
        if what in ("roas", "products"):
            raise RULES.unsupported(f"ads.suggest:{what}")
        if what == "bid":
            return (yield from self.bids(delivery))
        return (yield from (self.least_budgets() if what == "budget" else self.words(query)))

    @supports(
        "native",
        params={**native("campaign"), "excluded": REFUSALS["ads.products:excluded"]},
        requires=REQUIRES,
        cost="2 calls, and 1 for 500",
    )
    def products(
        self, campaign: str | Campaign, *, excluded: bool = False, cursor: str | None = None
    ) -> Flow[Page[Ref]]:
        """The product sets of its ad groups (GET /{campaign-id}/adsets, GET /{product-set-id}/products).

        Without any set, the catalogue of the campaign itself.
        """
        kept = read_position(cursor)
        sources = kept.get("sources")
        if sources is None:
            sources = yield from self._sources(identity(campaign))
        if not sources:
            return Page([])
        query = {"fields": "id,retailer_id"}
        page = yield from self.edge(f"/{sources[0]}/products", query, cursor=kept.get("at"), limit=_PRODUCTS)
        left = sources if page.next is not None else sources[1:]
        following = position(sources=left, at=page.next) if left else None
        return Page([_ref(row) for row in page.items], following)

    def _sources(self, campaign: str) -> Flow[list[str]]:
        """The ids of the product sets that a campaign advertises, or of its catalogue."""
        row = yield from self.read_one(CAMPAIGNS, campaign)
        groups = yield from self.edge_all(f"/{campaign}/adsets", {"fields": "promoted_object"}, limit=_PAGE)
        told = [(one.get("promoted_object") or {}).get("product_set_id") for one in groups]
        whole = (row.get("promoted_object") or {}).get("product_catalog_id")
        sets = list(dict.fromkeys(str(one) for one in told if one))
        return sets or ([str(whole)] if whole else [])


def _ref(row: Mapping[str, Any]) -> Ref:
    """A product as the flat catalogue knows it: an item with its SKU and its number."""
    return Ref(sku=row.get("retailer_id"), product_id=str(row["id"]))
