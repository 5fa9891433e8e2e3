"""``client.ads`` on Shopee: launch, reports, advice, and the nouns within."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from attrs import asdict, evolve

from socialcommerce.backends.shopee.ads.ad_groups import ShopeeAdGroups
from socialcommerce.backends.shopee.ads.advice import AdvisingNoun
from socialcommerce.backends.shopee.ads.campaigns import REQUIRES, ShopeeCampaigns
from socialcommerce.backends.shopee.ads.items import ShopeeSingleAds
from socialcommerce.backends.shopee.ads.mapping import Known, ad_group, ads_of
from socialcommerce.backends.shopee.ads.mapping import campaign as shown
from socialcommerce.backends.shopee.ads.plan import unsupported
from socialcommerce.backends.shopee.ads.reports import Question, ReportsNoun, dates, objects
from socialcommerce.backends.shopee.ads.wire import reference
from socialcommerce.models.ads import Ad, AdGroup, Campaign, CampaignInput, Delivery, Launched, LaunchPlan
from socialcommerce.models.audience import Suggestion
from socialcommerce.models.check import Check, Problem
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
from socialcommerce.resources.ads_levels import AdGroups, Campaigns, SingleAds, confirm_spending
from socialcommerce.resources.capability import emulated, native, no, supports
from socialcommerce.resources.noun import identity, invalid
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.jobs import Task
from socialcommerce.runtime.paging import Page, position, read_position

__all__ = ["ShopeeAds"]

_PAGE = 100


class ShopeeAds(AdvisingNoun, ReportsNoun, Ads):
    """``client.ads`` on Shopee; through the app that may call ads."""

    campaigns: ClassVar[type[Campaigns]] = ShopeeCampaigns
    ad_groups: ClassVar[type[AdGroups]] = ShopeeAdGroups
    ads: ClassVar[type[SingleAds]] = ShopeeSingleAds

    @supports("emulated", params=emulated("plan"), requires=REQUIRES, cost="2 or 3 calls")
    def check(self, plan: LaunchPlan | CampaignInput) -> Flow[Check]:
        """Our rules, then the shop's.

        GET check_create_gms_product_campaign_eligibility or get_create_product_ad_budget_suggestion,
        and get_total_balance.
        """
        tree = plan if isinstance(plan, LaunchPlan) else LaunchPlan(campaign=plan)
        found = [
            Problem.build(field=level, message="one call makes the whole tree; put it into the campaign")
            for level in ("ad_groups", "ads")
            if getattr(tree, level)
        ]
        return Check.of([*found, *(yield from self.problems_of(tree.campaign))])

    @supports(
        "native",
        params=native("plan", "may_spend", "resume", "idempotency_key"),
        requires=REQUIRES,
        cost="2 calls, and 1 to pause it",
    )
    def launch(
        self,
        plan: LaunchPlan,
        *,
        may_spend: bool = False,
        resume: Any = None,
        idempotency_key: str | None = None,
    ) -> Flow[Launched]:
        """One create call makes the campaign with its bids, keywords and placements.

        Shopee starts what it creates, so ``may_spend=True`` is needed; a plan that is not
        ``active`` is paused right after. The group and the ad that come of it are ``synthetic``.
        """
        if plan.ad_groups or plan.ads:
            raise unsupported("ads.launch:levels")
        confirm_spending(self, may_spend)
        maker = ShopeeCampaigns(self.session, self.operation)
        if resume is None:
            key = idempotency_key or reference()
            known = yield from maker.make(plan.campaign, key, again=idempotency_key is not None)
        else:
            known = _resumed(resume)
            yield from maker.pause(known)
        return (yield from self._tree((yield from self.reread(known))))

    def _tree(self, known: Known) -> Flow[Launched]:
        region = yield from self.region()
        return Launched.build(
            campaign=shown(known, region), ad_groups=(ad_group(known, region),), ads=tuple(ads_of(known))
        )

    @supports(
        "native",
        params={
            **native("level", "since", "until", "since/until"),
            **emulated("metrics", "campaigns", "ids", "fill_zero", "booked_on"),
            **native("granularity", "hour"),
            "breakdowns": no("none", "level='ad', which is by item, for the campaign of the whole shop"),
            "attribution": no("fixed: 7 days after the click, sales of any item of the shop"),
        },
        requires=REQUIRES,
        cost="1 call a month (a day by the hour), per 100 campaigns",
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
        """Daily and hourly performance of shop and product campaigns; totals of the whole shop's.

        Six months back, in the shop's days. ``level="ad"`` is the items of the whole shop's
        campaign. Orders and sales are those within 7 days of a click, so the newest days move.
        """
        if booked_on not in (None, "click"):
            raise unsupported("ads.report:booked_on")
        first, last = dates(since, until, (yield from self.today()))
        within, items = objects(level, campaigns, ids)
        if level == "account" and within is not None:
            raise invalid(campaigns="an account report is about the account alone")
        question = Question(
            level, first, last, granularity, tuple(metrics) if metrics else None, within, items, fill_zero
        )
        return Task("ads.report", asdict(question), wait=0.0)

    def advance(self, task: Task[Any]) -> Flow[Task[Any]]:
        """Make the report: Shopee keeps no report jobs, so one step does it all."""
        report = yield from self.answer(_question(task.state))
        return evolve(task, done=True, value=report)

    @supports(
        "native",
        params={
            **native("what", "product", "query"),
            **emulated("delivery"),
        },
        requires=REQUIRES,
        cost="1 call",
    )
    def suggest(
        self,
        what: SuggestionKind,
        *,
        product: str | Product | Ref | None = None,
        query: str | None = None,
        delivery: Delivery | None = None,
    ) -> Flow[Sequence[Suggestion]]:
        """What Shopee recommends for one item, or which items.

        GET get_recommended_keyword_list (bid, keywords), get_create_product_ad_budget_suggestion,
        get_product_recommended_roi_target, get_recommended_item_list (products).
        """
        if what == "products":
            return (yield from self.suggested_items())
        if product is None:
            raise invalid(product="is needed: Shopee recommends for one item")
        item = (yield from self.item_of(product)) if isinstance(product, Ref) else identity(product)
        return (yield from self.suggestions(what, item, query, delivery))

    @supports(
        "native",
        params=native("campaign", "excluded"),
        requires=REQUIRES,
        cost="1 call; per 100 items of the whole shop's campaign",
    )
    def products(
        self, campaign: str | Campaign, *, excluded: bool = False, cursor: str | None = None
    ) -> Flow[Page[Ref]]:
        """GET get_product_level_campaign_setting_info.

        For the whole shop's campaign POST get_gms_item_performance (of 90 days) and
        list_gms_user_deleted_item.
        """
        offset = int(read_position(cursor).get("items", 0))
        if offset:
            return (yield from self._shop_products(identity(campaign), offset))
        known = yield from self.load_one(identity(campaign))
        if not known.shop:
            return Page([] if excluded else [_ref(item) for item in known.items])
        if excluded:
            return Page([_ref(item) for item in (yield from self.removed_items())])
        return (yield from self._shop_products(known.id, 0))

    def _shop_products(self, shop: str, offset: int) -> Flow[Page[Ref]]:
        found, more = yield from self.shop_ads(shop, offset)
        items = [_ref(one.native_ids["item_id"]) for one in found if one.status == "active"]
        return Page(items, position(items=offset + _PAGE) if more else None)


def _ref(item: str) -> Ref:
    return Ref.build(product_id=item)


def _resumed(resume: Any) -> Known:
    if not isinstance(resume, Mapping) or "campaign_id" not in resume:
        raise invalid(resume="is not what PartiallyApplied.resume of a launch holds")
    return Known(str(resume["campaign_id"]), shop=bool(resume.get("shop")))


def _question(state: Mapping[str, Any]) -> Question:
    """A question as a job kept it: lists where tuples were."""
    lists = ("metrics", "campaigns", "items")
    parts: dict[str, Any] = {name: state[name] and tuple(state[name]) for name in lists}
    return Question(**{**state, **parts})
