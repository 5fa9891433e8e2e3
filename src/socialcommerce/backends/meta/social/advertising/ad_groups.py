"""Ad groups, which Meta calls ad sets: whom to reach, when, for what, at which bid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from typing_extensions import Unpack

from socialcommerce.backends.flaws import Flaw
from socialcommerce.backends.meta.social.advertising.base import (
    AD_GROUPS,
    CAMPAIGNS,
    REQUIRES,
    RULES,
    AdvertisingNoun,
    Row,
    Wanted,
    hold_changes,
    plain_changes,
)
from socialcommerce.backends.meta.social.advertising.blocks import (
    Place,
    bid_flaws,
    budget_fields,
    budget_flaws,
    promoted_object,
    roas_flaws,
    schedule_fields,
    schedule_flaws,
    wire_bid,
)
from socialcommerce.backends.meta.social.advertising.mapping import ad_group as shown
from socialcommerce.backends.meta.social.advertising.plan import group_body, group_flaws, has_budget
from socialcommerce.backends.meta.social.advertising.reach import targeting_flaws, targeting_spec
from socialcommerce.backends.meta.social.codes.ads import BILLING, GOALS, REFUSALS
from socialcommerce.models.ads import AdGroup, AdGroupInput, AdStatus, Campaign, Delivery, Schedule
from socialcommerce.models.bulk import BulkResult
from socialcommerce.resources.ads_levels import AdGroupChanges, AdGroups, Removed, TargetStatus
from socialcommerce.resources.capability import emulated, native, supports
from socialcommerce.resources.noun import each_alone, identity, invalid
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.paging import Page

__all__ = ["MetaAdGroups"]

_CHANGES = frozenset({"name", "status", "budget", "target_roas", "delivery", "native"})
_UNVERIFIED = "official; scale of a target ROAS and parts of the week unverified"


class MetaAdGroups(AdvertisingNoun, AdGroups):
    """``client.ads.ad_groups`` on Meta."""

    @supports(
        "native",
        params={**native("campaign", "status", "updated_after"), **emulated("ids")},
        requires=REQUIRES,
        cost="1 call for 100; by ids 1 for 50",
        confidence="official; the filter by change unverified",
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
        """GET /act_{id}/adsets or /{campaign-id}/adsets; archived and deleted ones only when asked for."""
        account = yield from self.account()
        above = None if campaign is None else identity(campaign)
        return (
            yield from self.listed(
                AD_GROUPS,
                f"/{above or account.id}/adsets",
                cursor,
                ids,
                Wanted.of(status, updated_after),
                lambda row: shown(row, account, self.now()),
                lambda row: above in (None, str(row.get("campaign_id"))),
            )
        )

    @supports("native", params=native("ad_groups"), requires=REQUIRES, cost="1 call for 50")
    def get(self, ad_groups: Sequence[str | AdGroup]) -> Flow[BulkResult[str | AdGroup, AdGroup]]:
        """GET /{adset-id}, fifty in one batch request."""
        account = yield from self.account()
        return (yield from self.got(ad_groups, AD_GROUPS, lambda row: shown(row, account, self.now())))

    @supports(
        "native",
        params={
            **native("ad_groups", "may_spend", "validate_only"),
            "idempotency_key": REFUSALS["ads.ad_groups.create:idempotency_key"],
        },
        requires=REQUIRES,
        cost="3 calls",
        confidence=_UNVERIFIED,
    )
    def create(
        self,
        ad_groups: Sequence[AdGroupInput],
        *,
        may_spend: bool = False,
        validate_only: bool = False,
        idempotency_key: str | None = None,
    ) -> Flow[BulkResult[AdGroupInput, AdGroup]]:
        """POST /act_{id}/adsets, paused; the campaign is read first.

        What only Meta knows goes into ``native``: ``promoted_object``, ``destination_type``,
        ``attribution_spec``, and for the European Union ``dsa_beneficiary`` and ``dsa_payor``.
        """
        place = yield from self.place()
        return (
            yield from each_alone(ad_groups, lambda one: self._create(one, place, validate_only), limit=4)
        )

    def _create(self, plan: AdGroupInput, place: Place, validate_only: bool) -> Flow[AdGroup]:
        if plan.campaign_id is None:
            raise invalid(campaign_id="is needed outside a LaunchPlan")
        campaign = yield from self.read_one(CAMPAIGNS, plan.campaign_id)
        RULES.hold(group_flaws(plan, campaign, place))
        body, above = group_body(plan, campaign, place), str(campaign["id"])
        row = yield from self.put(AD_GROUPS, body, place, under=above, validate_only=validate_only)
        return shown(row, place.account, self.now())

    @supports(
        "native",
        params={
            **native("ad_group", "changes"),
            **emulated("idempotency_key"),
            "resume": REFUSALS["ads.campaigns.update:resume"],
        },
        requires=REQUIRES,
        cost="3 calls, 1 more where budget or bid change",
        confidence=_UNVERIFIED,
    )
    def update(
        self,
        ad_group: str | AdGroup,
        *,
        resume: Any = None,
        idempotency_key: str | None = None,
        **changes: Unpack[AdGroupChanges],
    ) -> Flow[AdGroup]:
        """POST /{adset-id} with the changed fields, all in one call, so that it is whole or not at all.

        ``delivery.targeting`` replaces the whole targeting. All values are absolute: a repeat is harmless,
        with or without a key.
        """
        hold_changes(changes, _CHANGES)
        place = yield from self.place()
        known = yield from self.read_one(AD_GROUPS, identity(ad_group))
        campaign: Row = {}
        if _pays(changes):
            campaign = yield from self.read_one(CAMPAIGNS, str(known["campaign_id"]))
        RULES.hold(_change_flaws(known, campaign, changes, place))
        after = yield from self.changed(AD_GROUPS, known, _change_body(known, campaign, changes, place))
        return shown(after, place.account, self.now())

    @supports("native", params=native("ad_groups", "status"), requires=REQUIRES, cost="2 calls, and 1 for 50")
    def set_status(
        self, ad_groups: Sequence[str | AdGroup], status: TargetStatus
    ) -> Flow[BulkResult[str | AdGroup, AdGroup]]:
        """POST /{adset-id} with ``status``."""
        account = yield from self.account()
        return (
            yield from self.switch(ad_groups, AD_GROUPS, status, lambda row: shown(row, account, self.now()))
        )

    @supports("native", params=native("ad_groups"), requires=REQUIRES, cost="1 call, and 1 for 50")
    def delete(self, ad_groups: Sequence[str | AdGroup]) -> Flow[BulkResult[str | AdGroup, Removed]]:
        """DELETE /{adset-id}: final."""
        return (yield from self.erase(ad_groups, AD_GROUPS))


def _pays(changes: Mapping[str, Any]) -> bool:
    """Whether a change touches what depends on the campaign's budget: budget, bid, schedule."""
    delivery: Delivery = changes.get("delivery") or Delivery()
    return bool(changes.keys() & {"budget", "target_roas"} or delivery.bid or delivery.schedule)


def _change_flaws(known: Row, campaign: Row, changes: Mapping[str, Any], place: Place) -> Iterator[Flaw]:
    budget = changes.get("budget")
    if "budget" in changes:
        yield from budget_flaws(budget, place.account)
        if has_budget(campaign):
            yield Flaw("budget", "is held by the campaign; change it there")
        elif budget is None or budget.amount is None:
            yield Flaw("budget", "is needed: the campaign has none")
    delivery: Delivery = changes.get("delivery") or Delivery()
    if "target_roas" in changes:
        if changes["target_roas"] is None:
            yield Flaw("target_roas", "is taken away by another bid: delivery=Delivery(bid=…)")
        yield from roas_flaws(changes["target_roas"], delivery)
    if delivery.objective is not None:
        yield Flaw("delivery.objective", refusal="ads.ad_groups.update:objective")
    if delivery.goal is not None and delivery.goal not in GOALS:
        yield Flaw("delivery.goal", refusal="ads.ad_groups.create:goal")
    yield from bid_flaws(delivery.bid, delivery.goal, place.account)
    yield from _schedule_flaws(known, campaign, changes, delivery.schedule, place.now)
    if delivery.targeting is not None:
        yield from targeting_flaws(delivery.targeting)


def _schedule_flaws(
    known: Row, campaign: Row, changes: Mapping[str, Any], schedule: Schedule | None, now: datetime
) -> Iterator[Flaw]:
    """What is wrong with a new schedule or a new kind of budget; what is not named stays."""
    budget = changes.get("budget")
    kept = known if budget is None else {}
    lifetime = (
        (budget is not None and budget.kind == "lifetime")
        or has_budget(kept, "lifetime_budget")
        or has_budget(campaign, "lifetime_budget")
    )
    if schedule is not None and schedule.end is None and "end" in schedule.model_fields_set:
        yield Flaw(_END, "cannot be taken away; give another one")
    if schedule is None and budget is None:
        return
    ends = bool(known.get("end_time")) and (schedule is None or schedule.end is None)
    for flaw in schedule_flaws(schedule, lifetime, now):
        if not (ends and flaw.field == _END):
            yield flaw


_END = "delivery.schedule.end"


def _change_body(known: Row, campaign: Row, changes: Mapping[str, Any], place: Place) -> dict[str, Any]:
    body = plain_changes(changes) | budget_fields(changes.get("budget"), place.account)
    delivery: Delivery = changes.get("delivery") or Delivery()
    if delivery.bid is not None or changes.get("target_roas") is not None:
        body |= wire_bid(
            delivery.bid, changes.get("target_roas"), place.account, below_budget=has_budget(campaign)
        )
    if delivery.bid is not None and delivery.bid.billing_event is not None:
        body["billing_event"] = BILLING[delivery.bid.billing_event]
    if delivery.goal is not None:
        body["optimization_goal"] = GOALS[delivery.goal].word
        if promoted := promoted_object(delivery.goal, _promoted_ids(known), place):
            body["promoted_object"] = promoted
    body |= schedule_fields(delivery.schedule)
    if delivery.targeting is not None:
        body["targeting"] = targeting_spec(delivery.targeting)
    return body | delivery.native | dict(changes.get("native") or {})


def _promoted_ids(known: Row) -> dict[str, Any]:
    """What an ad group promotes already, without the event that its old goal counted."""
    told = known.get("promoted_object") or {}
    return {name: value for name, value in told.items() if name != "custom_event_type"}
