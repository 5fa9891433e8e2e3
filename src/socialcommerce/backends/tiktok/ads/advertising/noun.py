"""``client.ads`` on TikTok: launch, check, reports, advice, and the nouns within."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from attrs import asdict

from socialcommerce.backends.flaws import Flaw
from socialcommerce.backends.tiktok.ads.advertising.ad_groups import TikTokAdGroups
from socialcommerce.backends.tiktok.ads.advertising.audiences import TikTokAudiences
from socialcommerce.backends.tiktok.ads.advertising.base import REQUIRES, RULES
from socialcommerce.backends.tiktok.ads.advertising.campaigns import TikTokCampaigns
from socialcommerce.backends.tiktok.ads.advertising.conversions import TikTokConversions
from socialcommerce.backends.tiktok.ads.advertising.creatives import CreativesNoun
from socialcommerce.backends.tiktok.ads.advertising.families import AD_GROUPS, ADS, CAMPAIGNS, Known
from socialcommerce.backends.tiktok.ads.advertising.launching import LaunchingNoun, plan_flaws, spread
from socialcommerce.backends.tiktok.ads.advertising.mapping import creative_of
from socialcommerce.backends.tiktok.ads.advertising.places import PlacesNoun
from socialcommerce.backends.tiktok.ads.advertising.reports import ReportsNoun, question_of
from socialcommerce.backends.tiktok.ads.advertising.shops import is_free
from socialcommerce.backends.tiktok.ads.advertising.single_ads import TikTokSingleAds
from socialcommerce.backends.tiktok.ads.advertising.targeting import TikTokTargeting
from socialcommerce.backends.tiktok.ads.codes.ads import OBJECTIVES, REFUSALS
from socialcommerce.backends.tiktok.ads.noun import last_page, number
from socialcommerce.errors import InvalidRequest, PlatformError
from socialcommerce.models.ads import Ad, AdGroup, Campaign, CampaignInput, Delivery, Launched, LaunchPlan
from socialcommerce.models.audience import Suggestion
from socialcommerce.models.check import Check
from socialcommerce.models.creatives import Creative
from socialcommerce.models.media import Media
from socialcommerce.models.money import Money
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
from socialcommerce.resources.noun import identity, invalid
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.jobs import Task
from socialcommerce.runtime.paging import Page, position, read_position

__all__ = ["TikTokAdvertising"]

_PAGE = 100
_BIDS = frozenset({"TRAFFIC", "WEB_CONVERSIONS"})


class TikTokAdvertising(CreativesNoun, ReportsNoun, LaunchingNoun, PlacesNoun, Ads):
    """``client.ads`` on TikTok."""

    campaigns: ClassVar[type[Campaigns]] = TikTokCampaigns
    ad_groups: ClassVar[type[AdGroups]] = TikTokAdGroups
    ads: ClassVar[type[SingleAds]] = TikTokSingleAds
    audiences: ClassVar[type[Audiences]] = TikTokAudiences
    conversions: ClassVar[type[Conversions]] = TikTokConversions
    targeting: ClassVar[type[TargetingSearch]] = TikTokTargeting

    @supports("emulated", params=emulated("plan"), requires=REQUIRES, cost="1 to 5 calls")
    def check(self, plan: LaunchPlan | CampaignInput) -> Flow[Check]:
        """Our rules, then what TikTok tells of the account, the shop and bidding by value.

        GET /advertiser/info/; of GMV Max /gmv_max/store/list/, /gmv_max/exclusive_authorization/get/ and
        /gmv_max/store/shop_ad_usage_check/; of value bids /tool/vbo_status/.
        """
        tree = spread(plan if isinstance(plan, LaunchPlan) else LaunchPlan(campaign=plan))
        groups = TikTokAdGroups(self.session, self.operation)
        try:
            place = yield from self._countries(groups, tree)
        except InvalidRequest as error:
            flaws = [Flaw(name, str(told)) for name, told in (error.fields or {}).items()]
            return Check.of(RULES.problems(flaws))
        found = list(plan_flaws(tree, place))
        status = place.account.row.get("status")
        if status not in (None, "STATUS_ENABLE"):
            found.append(Flaw("account", f"is {status}: its campaigns would not run"))
        if tree.campaign.kind == "shop_gmv_max":
            found += yield from self._shop_flaws(tree.campaign)
        found += yield from self._value_flaws(tree)
        return Check.of(RULES.problems(found))

    def _shop_flaws(self, plan: CampaignInput) -> Flow[list[Flaw]]:
        try:
            store = yield from self.store(plan.native.get("store_id"))
        except PlatformError as error:
            return [Flaw("native.store_id", error.message or str(error))]
        found = []
        if not store.get("is_gmv_max_available", True):
            found.append(Flaw("kind", "GMV Max is not available for this shop"))
        right = yield from self.right_of(store)
        if not is_free(right) and not (yield from self.is_ours(right)):
            found.append(Flaw("kind", "another ad account has the right to advertise this shop"))
        query = {"store_id": str(store["store_id"])}
        usage = yield from self.ask("GET", "/gmv_max/store/shop_ad_usage_check/", query=query)
        if not plan.products and usage.get("promote_all_products_allowed") is False:
            found.append(Flaw("products", "are needed: not all of this shop's products may be advertised"))
        return found

    def _value_flaws(self, tree: LaunchPlan) -> Flow[list[Flaw]]:
        """Whether the account may bid by value, where an ad group wants that (GET /tool/vbo_status/)."""
        objective = tree.campaign.delivery.objective if tree.campaign.delivery else None
        by_value = any(one.delivery is not None and one.delivery.goal == "value" for one in tree.ad_groups)
        if not by_value or objective not in OBJECTIVES:
            return []
        query = {
            "objective_type": OBJECTIVES[objective],
            "promotion_type": "WEBSITE",
            "placements": ["PLACEMENT_TIKTOK"],
        }
        data = yield from self.ask("GET", "/tool/vbo_status/", query=query)
        closed = [
            name for name, value in (data or {}).items() if value in ("NOT_ALLOWED", "UNAVAILABLE", False)
        ]
        return (
            [Flaw("delivery.goal", f"value is not open to this account ({', '.join(closed)})")]
            if closed
            else []
        )

    @supports(
        "emulated",
        params=emulated("plan", "may_spend", "resume", "idempotency_key"),
        requires=REQUIRES,
        cost="2 calls a campaign and an ad group, 4 an ad, and 1 a media to upload",
    )
    def launch(
        self,
        plan: LaunchPlan,
        *,
        may_spend: bool = False,
        resume: Any = None,
        idempotency_key: str | None = None,
    ) -> Flow[Launched]:
        """Campaign, ad groups, media and ads one after the other, paused; of GMV Max one call.

        What the campaign's ``delivery`` says of goal, bid, schedule and targeting holds for every ad
        group that says nothing itself.
        """
        return (yield from self.begin(plan, may_spend, resume, idempotency_key))

    @supports("native", requires=REQUIRES, cost="1 call for 100")
    def creatives(self, *, cursor: str | None = None) -> Flow[Page[Creative]]:
        """GET /ad/get/ and /smart_plus/ad/get/: a creative has no id of its own, so it has its ad's."""
        found, following = yield from self.page_of(ADS.families, cursor, {})
        shown = (creative_of(one.row) for one in found)
        return Page([one for one in shown if one is not None], following)

    @supports("native", params=native("source"), requires=REQUIRES, cost="1 call")
    def upload_media(self, source: Media) -> Flow[Media]:
        """POST /file/image/ad/upload/ or /file/video/ad/upload/, with the MD5 of the bytes."""
        return (yield from self.uploaded(source))

    @supports(
        "native",
        params={
            **native("level", "since", "until", "since/until", "granularity", "hour", "breakdowns", "ids"),
            **native("metrics", "campaigns", "attribution"),
            **emulated("fill_zero", "booked_on"),
        },
        requires=REQUIRES,
        cost="1 call a month by the day, a day by the hour, a year in one, for 1000 rows",
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
        """GET /report/integrated/get/; of more than 10,000 rows a job (POST /report/task/create/).

        A report of campaigns holds those of GMV Max as well (GET /gmv_max/report/get/), by the day.
        Results follow the windows that are set on each ad group, so ``attribution`` is refused.
        """
        if attribution is not None:
            raise RULES.unsupported("ads.report:attribution")
        options = {
            "metrics": metrics,
            "breakdowns": breakdowns,
            "granularity": granularity,
            "booked_on": booked_on,
            "campaigns": campaigns,
            "ids": ids,
            "fill_zero": fill_zero,
        }
        yield from ()
        question = question_of(level, since, until, options)
        return Task("ads.report", {"question": asdict(question)}, wait=0.0)

    def advance(self, task: Task[Any]) -> Flow[Task[Any]]:
        """Take a report one step on."""
        return (yield from self.step(task))

    @supports(
        "native",
        params=native("what", "product", "query", "delivery"),
        requires=REQUIRES,
        cost="1 to 3 calls",
        confidence="official; reply fields 1 source",
    )
    def suggest(
        self,
        what: SuggestionKind,
        *,
        product: str | Product | Ref | None = None,
        query: str | None = None,
        delivery: Delivery | None = None,
    ) -> Flow[Sequence[Suggestion]]:
        """Bids for traffic and website conversions; ROAS and budget of GMV Max; interest keywords.

        POST /tool/bid/recommend/, GET /gmv_max/bid/recommend/, GET /tool/interest_keyword/recommend/.
        """
        if what == "products":
            raise RULES.unsupported("ads.suggest:products")
        if what == "keywords":
            return (yield from self._words(query))
        account = yield from self.account()
        if what == "bid":
            return (yield from self._bids(delivery, account.currency))
        return (yield from self._gmv_advice(what, product, account.currency))

    def _words(self, query: str | None) -> Flow[Sequence[Suggestion]]:
        if not query:
            raise invalid(query="is needed to find keywords")
        data = yield from self.ask("GET", "/tool/interest_keyword/recommend/", query={"keyword": query})
        rows = data.get("recommended_keywords") or ()
        return [Suggestion.build(kind="keywords", keyword=row.get("keyword"), raw=row) for row in rows]

    def _bids(self, delivery: Delivery | None, currency: str) -> Flow[Sequence[Suggestion]]:
        objective = OBJECTIVES.get(str(delivery.objective)) if delivery else None
        if objective not in _BIDS or delivery is None or delivery.targeting is None:
            raise invalid(delivery="needs objective traffic or conversions, and targeting with places")
        place = yield from self.place(delivery, str(objective))
        places = [*place.countries.values(), *delivery.targeting.regions]
        body = {"objective_type": objective, "location_ids": places}
        data = yield from self.ask("POST", "/tool/bid/recommend/", body=body)
        bid = number(data.get("bid"))
        return [] if not bid else [Suggestion.build(kind="bid", amount=Money.of(bid, currency), raw=data)]

    def _gmv_advice(self, what: SuggestionKind, product: Any, currency: str) -> Flow[Sequence[Suggestion]]:
        if what == "budget" and product is None:
            raise RULES.unsupported("ads.suggest:budget")
        store = yield from self.store()
        query: dict[str, Any] = {
            "store_id": str(store["store_id"]),
            "shopping_ads_type": "PRODUCT",
            "optimization_goal": "VALUE",
        }
        named = _product_of(product)
        if named is not None:
            query["item_group_ids"] = [named]
        data = yield from self.ask("GET", "/gmv_max/bid/recommend/", query=query)
        roas, budget = number(data.get("roas_bid")), number(data.get("budget"))
        if what == "roas":
            return [Suggestion.build(kind="roas", roas=roas, product_id=named, raw=data)] if roas else []
        amount = Money.of(budget, currency) if budget else None
        return [Suggestion.build(kind="budget", amount=amount, product_id=named, raw=data)] if amount else []

    @supports(
        "emulated",
        params={**emulated("campaign"), "excluded": REFUSALS["ads.products:excluded"]},
        requires=REQUIRES,
        cost="2 to 4 calls",
        confidence="official; products of a shop 1 source",
    )
    def products(
        self, campaign: str | Campaign, *, excluded: bool = False, cursor: str | None = None
    ) -> Flow[Page[Ref]]:
        """Of GMV Max: those named (GET /campaign/gmv_max/info/), or all of the shop (/store/product/get/).

        Of others: the product sets of their ad groups (GET /adgroup/get/, /catalog/set/product/get/).
        """
        known = yield from self.load_one(CAMPAIGNS.families, identity(campaign), "campaign")
        page = int(read_position(cursor).get("page", 1))
        if known.kind != "shop_gmv_max":
            return (yield from self._catalog_products(known))
        named = known.row.get("item_group_ids") or ()
        if named:
            return Page([Ref(product_id=str(one)) for one in named])
        query = {
            "bc_id": str(known.row["store_authorized_bc_id"]),
            "store_id": str(known.row["store_id"]),
            "page": page,
            "page_size": _PAGE,
        }
        data = yield from self.ask("GET", "/store/product/get/", query=query)
        refs = [Ref(product_id=str(row["item_group_id"])) for row in data.get("store_products") or ()]
        return Page(refs, None if last_page(data) else position(page=page + 1))

    def _catalog_products(self, known: Known) -> Flow[Page[Ref]]:
        family = AD_GROUPS.family(known.kind)
        groups = yield from self.rows(family, 1, {"campaign_ids": [known.id]})
        sets = {_set_of(row): None for row in groups.get("list") or () if row.get("product_set_id")}
        found: dict[str, Ref] = {}
        for one in sets:
            page, more = 1, True
            while more:
                query = {**dict(one), "page": page, "page_size": _PAGE}
                data = yield from self.ask("GET", "/catalog/set/product/get/", query=query)
                found |= {str(row["sku_id"]): _ref(row) for row in data.get("products") or ()}
                page, more = page + 1, not last_page(data)
        return Page(list(found.values()))


def _product_of(product: Any) -> str | None:
    if product is None or isinstance(product, str):
        return product
    found = product.product_id if isinstance(product, Ref) else product.id
    if found is None:
        raise invalid(product="name it by product_id: GMV Max knows no SKUs")
    return str(found)


def _set_of(row: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The product set of an ad group, as the call that reads it names it."""
    return (
        ("bc_id", str(row.get("catalog_authorized_bc_id"))),
        ("catalog_id", str(row.get("catalog_id"))),
        ("product_set_id", str(row["product_set_id"])),
    )


def _ref(row: Mapping[str, Any]) -> Ref:
    return Ref(sku=str(row["sku_id"]))
