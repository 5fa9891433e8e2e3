"""Ad groups: by hand and of Smart+; of a GMV Max campaign, the campaign itself, ``synthetic``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from typing_extensions import Unpack

from socialcommerce.backends.flaws import Flaw
from socialcommerce.backends.tiktok.ads.advertising.base import (
    REQUIRES,
    RULES,
    fits_all,
    primary,
    renamed,
    request_ids,
    shown_page,
    wanted,
)
from socialcommerce.backends.tiktok.ads.advertising.blocks import (
    Place,
    bid_fields,
    delivery_flaws,
    schedule_fields,
    targeting_fields,
)
from socialcommerce.backends.tiktok.ads.advertising.campaigns import same_budget
from socialcommerce.backends.tiktok.ads.advertising.edits import EditingNoun, Step
from socialcommerce.backends.tiktok.ads.advertising.families import AD_GROUPS, CAMPAIGNS, Known
from socialcommerce.backends.tiktok.ads.advertising.mapping import ad_group, group_of_campaign
from socialcommerce.backends.tiktok.ads.advertising.places import PlacesNoun
from socialcommerce.backends.tiktok.ads.advertising.plan import (
    group_body,
    group_flaws,
    name_flaws,
    roas_flaws,
)
from socialcommerce.backends.tiktok.ads.codes.ads import REFUSALS
from socialcommerce.backends.tiktok.ads.noun import AdAccount
from socialcommerce.models.ads import AdGroup, AdGroupInput, AdStatus, Campaign, Delivery
from socialcommerce.models.bulk import BulkResult
from socialcommerce.resources.ads_levels import AdGroupChanges, AdGroups, Removed, TargetStatus
from socialcommerce.resources.capability import emulated, native, supports
from socialcommerce.resources.noun import each_alone, identity, invalid
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.paging import Page

__all__ = ["TikTokAdGroups"]

_GMV = CAMPAIGNS.family("shop_gmv_max")
_READ = (*AD_GROUPS.families, _GMV)
_CHANGES = frozenset({"name", "status", "budget", "target_roas", "delivery", "native"})


class TikTokAdGroups(PlacesNoun, EditingNoun, AdGroups):
    """``client.ads.ad_groups`` on TikTok."""

    level = AD_GROUPS

    @supports(
        "native",
        params={**native("campaign", "status", "ids"), **emulated("updated_after")},
        requires=REQUIRES,
        cost="1 call for 1000 of each kind",
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
        """GET /adgroup/get/ and /smart_plus/adgroup/get/; then one synthetic group a GMV Max campaign."""
        account = yield from self.account()
        statuses = wanted(status)
        filters: dict[str, Any] = dict(primary(statuses))
        of_campaign = None if campaign is None else identity(campaign)
        if of_campaign is not None:
            filters["campaign_ids"] = [of_campaign]
        fits = partial(_of, of_campaign, statuses, updated_after)
        found, following = yield from self.listed(_READ, cursor, ids, filters, fits)
        return shown_page(found, following, partial(_shown, account=account))

    @supports("native", params=native("ad_groups"), requires=REQUIRES, cost="1 to 3 calls for 100")
    def get(self, ad_groups: Sequence[str | AdGroup]) -> Flow[BulkResult[str | AdGroup, AdGroup]]:
        """The lists by id, in turn."""
        account = yield from self.account()
        return (yield from self.got(ad_groups, _READ, partial(_shown, account=account), "ad group"))

    @supports(
        "native",
        params={
            **native("ad_groups", "idempotency_key", "may_spend"),
            "validate_only": REFUSALS["ads.campaigns.create:validate_only"],
        },
        requires=REQUIRES,
        cost="3 to 5 calls",
    )
    def create(
        self,
        ad_groups: Sequence[AdGroupInput],
        *,
        may_spend: bool = False,
        validate_only: bool = False,
        idempotency_key: str | None = None,
    ) -> Flow[BulkResult[AdGroupInput, AdGroup]]:
        """POST /adgroup/create/ or /smart_plus/adgroup/create/, paused; the campaign is read first.

        What an ``idempotency_key`` made is noted for 90 days, as with campaigns.
        """
        drawn = list(zip(ad_groups, request_ids(idempotency_key, len(ad_groups)), strict=True))
        lasting = idempotency_key is not None
        result = yield from each_alone(drawn, lambda one: self._create(*one, lasting), limit=4)
        return BulkResult(
            tuple(renamed(plan, outcome) for plan, outcome in zip(ad_groups, result, strict=True))
        )

    def _create(self, plan: AdGroupInput, key: str, lasting: bool) -> Flow[AdGroup]:
        if plan.campaign_id is None:
            raise invalid(campaign_id="is needed outside a LaunchPlan")
        campaign = yield from self.load_one(CAMPAIGNS.families, plan.campaign_id, "campaign")
        known = yield from self.make(plan, campaign, key, lasting=lasting)
        return ad_group(known, (yield from self.account()))

    def make(self, plan: AdGroupInput, campaign: Known, key: str, *, lasting: bool = False) -> Flow[Known]:
        """Create one ad group in a campaign, or find what a ``lasting`` key made; answers it as read."""
        place = yield from self.place(plan.delivery, str(campaign.row.get("objective_type") or "TRAFFIC"))
        RULES.hold(group_flaws(plan, campaign.kind, place))
        family = AD_GROUPS.family(campaign.kind)
        body = group_body(plan, campaign.row, campaign.kind, place, key)
        parent = {"campaign_ids": [campaign.id]}
        earlier = (yield from self.earlier(family, body, plan.name)) if lasting else None
        if earlier is not None:
            return (yield from self.load_one([family], str(earlier["id"]), "ad group"))
        made = yield from self.made(family, f"{family.root}create/", body, plan.name, parent)
        if lasting:
            yield from self.keep(family, body, id=made, name=plan.name)
        self._note(known := Known(family, {**body, "adgroup_id": made}))
        return (yield from self.again([known]))[made]

    @supports(
        "native",
        params=native("ad_group", "resume", "changes") | emulated("idempotency_key"),
        requires=REQUIRES,
        cost="3 calls, 1 more where the status changes too",
    )
    def update(
        self,
        ad_group: str | AdGroup,
        *,
        resume: Any = None,
        idempotency_key: str | None = None,
        **changes: Unpack[AdGroupChanges],
    ) -> Flow[AdGroup]:
        """POST /adgroup/update/, or /adgroup/budget/update/ for a budget alone; Smart+ has its own call.

        All values are absolute, so a repeat is harmless, with or without a key.
        """
        account = yield from self.account()
        known = yield from self.load_one(_READ, identity(ad_group), "ad group")
        if known.kind == "shop_gmv_max":
            raise RULES.unsupported("ads.ad_groups.create:gmv_max")
        after = yield from self.change(known, changes, resume, lambda: self._steps(known, changes), _CHANGES)
        return _shown(after, account)

    def _steps(self, known: Known, changes: Mapping[str, Any]) -> Flow[Sequence[Step]]:
        place = yield from self.place(
            changes.get("delivery"), str(known.row.get("objective_type") or "TRAFFIC")
        )
        RULES.hold(_change_flaws(known, changes, place))
        written = changes.keys() - {"status"}
        if written == {"budget"} and known.kind == "standard":
            amount = changes["budget"].amount.amount
            body: dict[str, Any] = {"budget": [{"adgroup_id": known.id, "budget": amount}]}
            return [Step("budget", "/adgroup/budget/update/", body)]
        body = _change_body(known, changes, place)
        if not body:
            return []
        step = Step(
            "+".join(sorted(written)), f"{known.family.root}update/", {"adgroup_id": known.id, **body}
        )
        return [step]

    @supports("native", params=native("ad_groups", "status"), requires=REQUIRES, cost="1 call for 20, and 2")
    def set_status(
        self, ad_groups: Sequence[str | AdGroup], status: TargetStatus
    ) -> Flow[BulkResult[str | AdGroup, AdGroup]]:
        """POST /adgroup/status/update/ with ``allow_partial_success``, or that of Smart+."""
        account = yield from self.account()
        show = partial(_shown, account=account)
        return (yield from self.switch(ad_groups, AD_GROUPS.families, status, show, "ad group"))

    @supports("native", params=native("ad_groups"), requires=REQUIRES, cost="1 call for 20, and 1 for 100")
    def delete(self, ad_groups: Sequence[str | AdGroup]) -> Flow[BulkResult[str | AdGroup, Removed]]:
        """The same call with DELETE: final."""
        return (yield from self.erase(ad_groups, AD_GROUPS.families, "ad group"))


def _shown(known: Known, account: AdAccount) -> AdGroup:
    show = group_of_campaign if known.kind == "shop_gmv_max" else ad_group
    return show(known, account)


def _of(campaign: str | None, statuses: frozenset[str] | None, after: datetime | None, known: Known) -> bool:
    belongs = campaign is None or str(known.row.get("campaign_id")) == campaign
    return belongs and fits_all(known, statuses, None, after)


def _change_flaws(known: Known, changes: Mapping[str, Any], place: Place) -> Iterator[Flaw]:
    if "name" in changes:
        yield from name_flaws(changes["name"])
    if "budget" in changes:
        yield from same_budget(known.row, changes["budget"], place.account)
    if "target_roas" in changes:
        yield from roas_flaws(changes["target_roas"], needed=True)
    delivery: Delivery | None = changes.get("delivery")
    if delivery is None:
        return
    yield from delivery_flaws(delivery, place)
    if delivery.objective is not None:
        yield Flaw("delivery.objective", refusal="ads.ad_groups.create:objective")
    if delivery.goal is not None:
        yield Flaw("delivery.goal", "is settled when an ad group is created; make a new one")
    if delivery.targeting is not None and delivery.targeting.placements:
        yield Flaw("delivery.targeting.placements", "are settled when an ad group is created; make a new one")
    if delivery.bid is not None and delivery.bid.billing_event is not None:
        yield Flaw("delivery.bid.billing_event", "is settled when an ad group is created; make a new one")


def _change_body(known: Known, changes: Mapping[str, Any], place: Place) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if "name" in changes:
        body["adgroup_name"] = changes["name"]
    if "budget" in changes:
        body["budget"] = changes["budget"].amount.amount
    if "target_roas" in changes:
        body["roas_bid"] = changes["target_roas"]
    delivery: Delivery | None = changes.get("delivery")
    if delivery is not None:
        body |= _delivery_body(known, delivery, place)
    return body | dict(changes.get("native") or {})


def _delivery_body(known: Known, delivery: Delivery, place: Place) -> dict[str, Any]:
    auto = known.kind == "auto"
    body: dict[str, Any] = {}
    if delivery.bid is not None:
        settled = {"billing_event", *(("bid_type", "deep_bid_type") if auto else ())}
        body |= {name: one for name, one in bid_fields(delivery, None).items() if name not in settled and one}
    if delivery.schedule is not None:
        body |= schedule_fields(delivery.schedule, place)
        if delivery.schedule.start is None:
            body.pop("schedule_start_time")
    if delivery.targeting is not None:
        reach = targeting_fields(delivery.targeting, place)
        reach.pop("placement_type", None)
        body |= {"targeting_spec": reach} if auto else reach
    return body | delivery.native
