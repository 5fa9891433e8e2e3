"""Campaigns: what they aim at, and, where they hold it, the budget that their ad groups share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from typing_extensions import Unpack

from socialcommerce.backends.flaws import Flaw
from socialcommerce.backends.meta.social.advertising.base import (
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
    budget_fields,
    budget_flaws,
    schedule_fields,
)
from socialcommerce.backends.meta.social.advertising.mapping import campaign as shown
from socialcommerce.backends.meta.social.advertising.mapping import kind_of
from socialcommerce.backends.meta.social.advertising.plan import (
    campaign_body,
    campaign_flaws,
    has_budget,
    level_flaws,
)
from socialcommerce.backends.meta.social.codes.ads import BID_STRATEGIES, REFUSALS
from socialcommerce.models.ads import AdStatus, Campaign, CampaignInput, CampaignKind, Delivery
from socialcommerce.models.bulk import BulkResult
from socialcommerce.resources.ads_levels import CampaignChanges, Campaigns, Removed, TargetStatus
from socialcommerce.resources.capability import emulated, native, supports
from socialcommerce.resources.noun import each_alone, identity
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.paging import Page

__all__ = ["MetaCampaigns"]

_CHANGES = frozenset({"name", "status", "budget", "target_roas", "delivery", "native"})


class MetaCampaigns(AdvertisingNoun, Campaigns):
    """``client.ads.campaigns`` on Meta."""

    @supports(
        "native",
        params={**native("status", "name", "updated_after"), **emulated("ids", "kind")},
        requires=REQUIRES,
        cost="1 call for 100; by ids 1 for 50",
        confidence="official; the filter by change unverified",
    )
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
        """GET /act_{id}/campaigns; archived and deleted ones only when ``status`` asks for them."""
        account = yield from self.account()
        return (
            yield from self.listed(
                CAMPAIGNS,
                f"/{account.id}/campaigns",
                cursor,
                ids,
                Wanted.of(status, updated_after, name),
                lambda row: shown(row, account, self.now()),
                lambda row: kind in (None, kind_of(row)),
            )
        )

    @supports("native", params=native("campaigns"), requires=REQUIRES, cost="1 call for 50")
    def get(self, campaigns: Sequence[str | Campaign]) -> Flow[BulkResult[str | Campaign, Campaign]]:
        """GET /{campaign-id}, fifty in one batch request."""
        account = yield from self.account()
        return (yield from self.got(campaigns, CAMPAIGNS, lambda row: shown(row, account, self.now())))

    @supports(
        "native",
        params={
            **native("campaigns", "may_spend", "validate_only"),
            "idempotency_key": REFUSALS["ads.campaigns.create:idempotency_key"],
        },
        requires=REQUIRES,
        cost="2 calls",
    )
    def create(
        self,
        campaigns: Sequence[CampaignInput],
        *,
        may_spend: bool = False,
        validate_only: bool = False,
        idempotency_key: str | None = None,
    ) -> Flow[BulkResult[CampaignInput, Campaign]]:
        """POST /act_{id}/campaigns, paused.

        ``native={"special_ad_categories": […]}`` is a declaration that Meta demands of every campaign. With
        ``validate_only`` nothing is made, and what is answered has no id.
        """
        place = yield from self.place()
        return (
            yield from each_alone(campaigns, lambda one: self._create(one, place, validate_only), limit=4)
        )

    def _create(self, plan: CampaignInput, place: Place, validate_only: bool) -> Flow[Campaign]:
        RULES.hold(campaign_flaws(plan, place))
        body = campaign_body(plan, place)
        row = yield from self.put(CAMPAIGNS, body, place, validate_only=validate_only)
        return shown(row, place.account, self.now())

    @supports(
        "native",
        params={
            **native("campaign", "changes"),
            **emulated("idempotency_key"),
            "resume": REFUSALS["ads.campaigns.update:resume"],
        },
        requires=REQUIRES,
        cost="3 calls",
    )
    def update(
        self,
        campaign: str | Campaign,
        *,
        resume: Any = None,
        idempotency_key: str | None = None,
        **changes: Unpack[CampaignChanges],
    ) -> Flow[Campaign]:
        """POST /{campaign-id} with the changed fields, all in one call, so that it is whole or not at all.

        All values are absolute: a repeat is harmless, with or without a key.
        """
        hold_changes(changes, _CHANGES)
        place = yield from self.place()
        known = yield from self.read_one(CAMPAIGNS, identity(campaign))
        RULES.hold(_change_flaws(known, changes, place))
        after = yield from self.changed(CAMPAIGNS, known, _change_body(changes, place))
        return shown(after, place.account, self.now())

    @supports("native", params=native("campaigns", "status"), requires=REQUIRES, cost="2 calls, and 1 for 50")
    def set_status(
        self, campaigns: Sequence[str | Campaign], status: TargetStatus
    ) -> Flow[BulkResult[str | Campaign, Campaign]]:
        """POST /{campaign-id} with ``status``."""
        account = yield from self.account()
        return (
            yield from self.switch(campaigns, CAMPAIGNS, status, lambda row: shown(row, account, self.now()))
        )

    @supports("native", params=native("campaigns"), requires=REQUIRES, cost="1 call, and 1 for 50")
    def delete(self, campaigns: Sequence[str | Campaign]) -> Flow[BulkResult[str | Campaign, Removed]]:
        """DELETE /{campaign-id}: final; its reports stay readable."""
        return (yield from self.erase(campaigns, CAMPAIGNS))


def _change_flaws(known: Row, changes: Mapping[str, Any], place: Place) -> Iterator[Flaw]:
    budget = changes.get("budget")
    if "budget" in changes:
        if budget is None or budget.kind == "unlimited":
            yield Flaw("budget", refusal="ads.campaigns.update:no_budget")
        yield from budget_flaws(budget, place.account)
    if "target_roas" in changes:
        yield Flaw("target_roas", refusal="ads.campaigns.create:target_roas")
    delivery: Delivery | None = changes.get("delivery")
    if delivery is None:
        return
    if delivery.objective is not None:
        yield Flaw("delivery.objective", refusal="ads.campaigns.update:objective")
    yield from level_flaws(delivery, place, budget=budget is not None or has_budget(known))


def _change_body(changes: Mapping[str, Any], place: Place) -> dict[str, Any]:
    body = plain_changes(changes) | budget_fields(changes.get("budget"), place.account)
    delivery: Delivery | None = changes.get("delivery")
    if delivery is not None:
        body |= schedule_fields(delivery.schedule, "stop_time")
        if delivery.bid is not None:
            body["bid_strategy"] = BID_STRATEGIES[delivery.bid.strategy]
        body |= delivery.native
    return body | dict(changes.get("native") or {})
