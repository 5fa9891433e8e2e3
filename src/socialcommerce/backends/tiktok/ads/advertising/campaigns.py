"""Campaigns of three kinds: by hand, Smart+ (``auto``), and GMV Max for a TikTok Shop."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
from socialcommerce.backends.tiktok.ads.advertising.blocks import Place, budget_flaws
from socialcommerce.backends.tiktok.ads.advertising.edits import Step
from socialcommerce.backends.tiktok.ads.advertising.families import CAMPAIGNS, Known
from socialcommerce.backends.tiktok.ads.advertising.mapping import campaign as shown
from socialcommerce.backends.tiktok.ads.advertising.plan import (
    campaign_body,
    campaign_flaws,
    gmv_body,
    name_flaws,
    roas_flaws,
)
from socialcommerce.backends.tiktok.ads.advertising.shops import ShopNoun
from socialcommerce.backends.tiktok.ads.codes.ads import READ_BUDGETS, REFUSALS
from socialcommerce.backends.tiktok.ads.noun import AdAccount, utc_text
from socialcommerce.errors import PartiallyApplied
from socialcommerce.models.ads import AdStatus, Budget, Campaign, CampaignInput, CampaignKind
from socialcommerce.models.bulk import BulkResult
from socialcommerce.resources.ads_levels import (
    CampaignChanges,
    Campaigns,
    Removed,
    TargetStatus,
    confirm_spending,
)
from socialcommerce.resources.capability import emulated, native, supports
from socialcommerce.resources.noun import each_alone, identity
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.paging import Page

__all__ = ["TikTokCampaigns"]

_FAMILIES = CAMPAIGNS.families
_CHANGES = frozenset({"name", "status", "budget", "target_roas", "delivery", "native"})


class TikTokCampaigns(ShopNoun, Campaigns):
    """``client.ads.campaigns`` on TikTok."""

    level = CAMPAIGNS

    @supports(
        "native",
        params={**native("status", "kind", "ids"), **emulated("name", "updated_after")},
        requires=REQUIRES,
        cost="1 call for 1000 of each kind; GMV Max 1 for 100, and 1 a campaign",
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
        """GET /campaign/get/, /smart_plus/campaign/get/, /gmv_max/campaign/get/, one after the other."""
        account = yield from self.account()
        statuses = wanted(status)
        families = [one for one in _FAMILIES if kind in (None, one.kind)]
        fits = partial(fits_all, statuses=statuses, name=name, after=updated_after)
        found, following = yield from self.listed(families, cursor, ids, primary(statuses), fits)
        return shown_page(found, following, lambda one: shown(one, account))

    @supports("native", params=native("campaigns"), requires=REQUIRES, cost="1 to 3 calls for 100")
    def get(self, campaigns: Sequence[str | Campaign]) -> Flow[BulkResult[str | Campaign, Campaign]]:
        """The three lists by id, in turn: an id alone does not tell its kind."""
        account = yield from self.account()
        return (yield from self.got(campaigns, _FAMILIES, lambda one: shown(one, account), "campaign"))

    @supports(
        "native",
        params={
            **native("campaigns", "idempotency_key", "may_spend"),
            "validate_only": REFUSALS["ads.campaigns.create:validate_only"],
        },
        requires=REQUIRES,
        cost="2 calls; GMV Max up to 5",
    )
    def create(
        self,
        campaigns: Sequence[CampaignInput],
        *,
        may_spend: bool = False,
        validate_only: bool = False,
        idempotency_key: str | None = None,
    ) -> Flow[BulkResult[CampaignInput, Campaign]]:
        """POST /campaign/create/, /smart_plus/campaign/create/ or /campaign/gmv_max/create/.

        A ``request_id`` in the body makes a repeat harmless for ten seconds; what an ``idempotency_key``
        made is noted in the client's state for 90 days, and answered to every repeat. GMV Max cannot be
        created paused: it needs ``may_spend=True``, and is paused right after unless its status is
        ``active``.
        """
        drawn = list(zip(campaigns, request_ids(idempotency_key, len(campaigns)), strict=True))
        lasting = idempotency_key is not None
        result = yield from each_alone(drawn, lambda one: self._create(*one, may_spend, lasting), limit=4)
        return BulkResult(
            tuple(renamed(plan, outcome) for plan, outcome in zip(campaigns, result, strict=True))
        )

    def _create(self, plan: CampaignInput, key: str, may_spend: bool, lasting: bool) -> Flow[Campaign]:
        account = yield from self.account()
        known = yield from self.make(plan, key, may_spend, lasting=lasting)
        return shown(known, account)

    def make(
        self,
        plan: CampaignInput,
        key: str,
        may_spend: bool,
        note: Callable[[str], None] = lambda made: None,
        *,
        lasting: bool = False,
    ) -> Flow[Known]:
        """Create one campaign and tell ``note`` its id; answers it as it is read again.

        With a ``lasting`` key what it made before is answered, paused where that was left undone.
        """
        place = Place((yield from self.account()), self.now())
        RULES.hold(campaign_flaws(plan, place))
        family = CAMPAIGNS.family(plan.kind)
        if plan.kind == "shop_gmv_max":
            confirm_spending(self, may_spend)
            store = yield from self.exclusive_store(plan.native.get("store_id"))
            body = gmv_body(plan, store, place, key)
        else:
            body = campaign_body(plan, key)
        name, pausing = str(plan.name), plan.kind == "shop_gmv_max" and plan.status == "paused"
        earlier = (yield from self.earlier(family, body, name)) if lasting else None
        if earlier is None:
            made = yield from self.made(family, f"{family.root}create/", body, name, {"campaign_name": name})
            if lasting:
                yield from self.keep(family, body, id=made, name=name, whole=not pausing)
        else:
            made, pausing = str(earlier["id"]), not earlier["whole"]
        note(made)
        self._note(known := Known(family, {**body, "campaign_id": made}))
        if pausing:
            yield from self.pause(known)
            if lasting:
                yield from self.keep(family, body, id=made, name=name, whole=True)
        if earlier is not None:
            return (yield from self.load_one([family], made, "campaign"))
        return (yield from self.again([known]))[made]

    def pause(self, known: Known) -> Flow[None]:
        """Stop a campaign that TikTok starts by itself; ``PartiallyApplied`` where that fails."""
        failed = yield from self.set_word([known], "DISABLE")
        for error in failed.values():
            raise PartiallyApplied(
                f"campaign {known.id} was created and runs: it could not be paused",
                done=("create",),
                failed=("pause",),
                resume={"campaign": known.id, "kind": known.kind},
            ) from error

    @supports(
        "native",
        params=native("campaign", "resume", "changes") | emulated("idempotency_key"),
        requires=REQUIRES,
        cost="3 calls, 1 more where the status changes too",
    )
    def update(
        self,
        campaign: str | Campaign,
        *,
        resume: Any = None,
        idempotency_key: str | None = None,
        **changes: Unpack[CampaignChanges],
    ) -> Flow[Campaign]:
        """POST /campaign/update/, /smart_plus/campaign/update/ or /campaign/gmv_max/update/.

        All values are absolute, so a repeat is harmless, with or without a key.
        """
        account = yield from self.account()
        known = yield from self.load_one(_FAMILIES, identity(campaign), "campaign")
        after = yield from self.change(
            known, changes, resume, lambda: self._steps(known, changes, account), _CHANGES
        )
        return shown(after, account)

    def _steps(self, known: Known, changes: Mapping[str, Any], account: AdAccount) -> Flow[Sequence[Step]]:
        yield from ()
        RULES.hold(_change_flaws(known, changes, account))
        body = _change_body(known, changes)
        if not body:
            return []
        fields = "+".join(sorted(changes.keys() - {"status"}))
        whole = {"campaign_id": known.id, **body}
        return [Step(fields, f"{known.family.root}update/", whole)]

    @supports("native", params=native("campaigns", "status"), requires=REQUIRES, cost="1 call for 20, and 2")
    def set_status(
        self, campaigns: Sequence[str | Campaign], status: TargetStatus
    ) -> Flow[BulkResult[str | Campaign, Campaign]]:
        """POST /campaign/status/update/ or /smart_plus/campaign/status/update/."""
        account = yield from self.account()
        show = partial(shown, account=account)
        return (yield from self.switch(campaigns, _FAMILIES, status, show, "campaign"))

    @supports("native", params=native("campaigns"), requires=REQUIRES, cost="1 call for 20, and 1 for 100")
    def delete(self, campaigns: Sequence[str | Campaign]) -> Flow[BulkResult[str | Campaign, Removed]]:
        """The same call with DELETE: final, and what belongs to the campaign goes with it."""
        return (yield from self.erase(campaigns, _FAMILIES, "campaign"))


def _change_flaws(known: Known, changes: Mapping[str, Any], account: AdAccount) -> Iterator[Flaw]:
    if "name" in changes:
        yield from name_flaws(changes["name"])
    if "budget" in changes:
        yield from same_budget(known.row, changes["budget"], account)
    gmv = known.kind == "shop_gmv_max"
    if "target_roas" in changes:
        if not gmv:
            yield Flaw("target_roas", refusal="ads.campaigns.create:target_roas")
        yield from roas_flaws(changes["target_roas"], needed=True)
    delivery = changes.get("delivery")
    if delivery is None:
        return
    if delivery.objective is not None:
        yield Flaw("delivery.objective", refusal="ads.campaigns.update:objective")
    schedule = delivery.schedule
    if delivery.goal or delivery.bid or delivery.targeting or (schedule is not None and not gmv):
        yield Flaw("delivery", refusal="ads.campaigns.create:delivery")
    if schedule is not None and (schedule.start is not None or schedule.hours):
        yield Flaw("delivery.schedule", "of a GMV Max campaign only the end can be changed")


def same_budget(row: Mapping[str, Any], budget: Budget | None, account: AdAccount) -> Iterator[Flaw]:
    """What is wrong with a new budget for an object: its kind stays."""
    if budget is None or budget.amount is None:
        yield Flaw("budget", refusal="ads.campaigns.update:budget_kind")
        return
    yield from budget_flaws(budget, account)
    kept = READ_BUDGETS.get(str(row.get("budget_mode") or "BUDGET_MODE_DAY"))
    # TikTok writes a daily budget of Smart+ as one that evens out over the week.
    if kept != budget.kind and (kept, budget.kind) != ("dynamic_daily", "daily"):
        yield Flaw("budget", refusal="ads.campaigns.update:budget_kind")


def _change_body(known: Known, changes: Mapping[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if "name" in changes:
        body["campaign_name"] = changes["name"]
    if "budget" in changes:
        body["budget"] = changes["budget"].amount.amount
    if "target_roas" in changes:
        body["roas_bid"] = changes["target_roas"]
    delivery = changes.get("delivery")
    if delivery is not None and delivery.schedule is not None:
        body |= (
            {
                "schedule_type": "SCHEDULE_START_END",
                "schedule_end_time": utc_text(delivery.schedule.end),
            }
            if delivery.schedule.end
            else {"schedule_type": "SCHEDULE_FROM_NOW"}
        )
    if delivery is not None:
        body |= delivery.native
    return body | dict(changes.get("native") or {})
