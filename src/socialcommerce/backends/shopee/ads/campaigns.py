"""Shopee's campaigns: one product each, or the whole shop's (GMV Max)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from attrs import evolve
from typing_extensions import Unpack

from socialcommerce.backends.shopee.ads.edits import EditingNoun, step_to
from socialcommerce.backends.shopee.ads.mapping import Known, exact
from socialcommerce.backends.shopee.ads.mapping import campaign as shown
from socialcommerce.backends.shopee.ads.plan import Place, body, flaws, raise_flaws, unsupported
from socialcommerce.backends.shopee.ads.steps import Step
from socialcommerce.backends.shopee.ads.wire import PREFIX, day_text, first, instant, local_day, reference
from socialcommerce.backends.shopee.regions import Region
from socialcommerce.errors import (
    ApprovalRequired,
    Conflict,
    InvalidRequest,
    NotFound,
    PartiallyApplied,
    PlatformError,
    SocialCommerceError,
)
from socialcommerce.models.ads import AdStatus, Campaign, CampaignInput, CampaignKind
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.resources.ads_levels import (
    CampaignChanges,
    Campaigns,
    Removed,
    TargetStatus,
    confirm_spending,
)
from socialcommerce.resources.capability import emulated, native, no, supports
from socialcommerce.resources.noun import each_alone, identity
from socialcommerce.runtime.call import Absent, Found, Undecided
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.paging import Page

I = TypeVar("I")  # noqa: E741  # the letter of "input" reads best in signatures

__all__ = ["NO_TIME", "REQUIRES", "ShopeeCampaigns", "has_status"]

REQUIRES = ("ads", "app category: Seller In House System or Ads Service")
NO_TIME = no("no modification time is returned")


def has_status(thing: Any, status: AdStatus | Sequence[AdStatus] | None) -> bool:
    """Whether an object has (one of) the statuses asked for."""
    return status is None or thing.status in ((status,) if isinstance(status, str) else status)


class ShopeeCampaigns(EditingNoun, Campaigns):
    """``client.ads.campaigns`` on Shopee."""

    @supports(
        "native",
        params={**emulated("status", "kind", "name"), **native("ids"), "updated_after": NO_TIME},
        requires=REQUIRES,
        cost="2 calls per 100 campaigns, and 1 for the campaign of the whole shop",
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
        """GET get_product_level_campaign_id_list and _setting_info; the whole shop's campaign comes last."""
        region = yield from self.region()
        known, following = yield from self.known_page(cursor, ids, kind)
        found = [shown(one, region) for one in known if kind is None or one.kind == kind]
        items = [one for one in found if has_status(one, status) and _is_called(one, name)]
        return Page(items, following)

    @supports("native", params=native("campaigns"), requires=REQUIRES, cost="1 call per 100 campaigns")
    def get(self, campaigns: Sequence[str | Campaign]) -> Flow[BulkResult[str | Campaign, Campaign]]:
        """GET get_product_level_campaign_setting_info; the whole shop's campaign shows its id alone."""
        region = yield from self.region()
        found = yield from self.load([identity(one) for one in campaigns])
        outcomes = [Outcome.of(one, _shown(found, identity(one), region)) for one in campaigns]
        return BulkResult(tuple(outcomes))

    @supports(
        "native",
        params={
            **native("campaigns", "may_spend", "idempotency_key"),
            "validate_only": no("no dry run", "ads.check(plan)"),
        },
        requires=REQUIRES,
        cost="1 call, 1 to pause it, 1 to ask whether the shop may have one; 1 per 100 to read them back",
    )
    def create(
        self,
        campaigns: Sequence[CampaignInput],
        *,
        may_spend: bool = False,
        validate_only: bool = False,
        idempotency_key: str | None = None,
    ) -> Flow[BulkResult[CampaignInput, Campaign]]:
        """POST create_manual_product_ads or create_gms_product_campaign.

        Shopee starts what it creates, so ``may_spend=True`` is needed; a plan that is not
        ``active`` is paused right after. Without an end the campaign starts today.
        """
        confirm_spending(self, may_spend)
        keyed = list(zip(campaigns, _references(len(campaigns), idempotency_key), strict=True))
        made = yield from each_alone(keyed, lambda pair: self.make(*pair, again=idempotency_key is not None))
        return (yield from self._answered(campaigns, made, [one.id for one in made.values]))

    def _answered(
        self, inputs: Sequence[I], result: BulkResult[Any, Known], stale: Sequence[str]
    ) -> Flow[BulkResult[I, Campaign]]:
        """The outcomes of writes as campaigns; those that are ``stale`` are read again, all in one."""
        region = yield from self.region()
        shops = {one.id for one in result.values if one.shop}
        rows = yield from self.reread_rows([one for one in stale if one not in shops])
        outcomes: list[Outcome[I, Campaign]] = []
        for given, one in zip(inputs, result, strict=True):
            if one.error is not None:
                outcomes.append(Outcome.of(given, one.error))
            else:
                known = one.unwrap()
                row = rows.get(known.id, {} if known.id in stale else known.row)
                outcomes.append(Outcome.of(given, shown(evolve(known, row=row), region)))
        return BulkResult(tuple(outcomes))

    def make(self, plan: CampaignInput, key: str, *, again: bool) -> Flow[Known]:
        """Create one campaign under a reference, and pause it where the plan is not to run."""
        place = yield from self.place()
        raise_flaws(flaws(plan, place))
        shop = plan.kind == "shop_gmv_max"
        item = None if shop else (yield from self.item_of(plan.products[0]))
        if shop:
            yield from self._eligible(again)
        made = yield from self._created(body(plan, item, place) | {"reference_id": key}, shop)
        known = Known(made, shop=shop)
        if plan.status == "paused":
            yield from self.pause(known)
        return known

    def pause(self, known: Known) -> Flow[None]:
        """Pause what was just created; where that fails, say that the campaign is there and runs."""
        try:
            yield from self.edit(known, Step("status", "pause"))
        except SocialCommerceError as error:
            raise PartiallyApplied(
                f"campaign {known.id} was created and runs: it could not be paused",
                done=("create",),
                failed=("pause",),
                resume={"campaign_id": known.id, "shop": known.shop},
            ) from error

    def _eligible(self, again: bool) -> Flow[None]:
        reply = yield from self.read("check_create_gms_product_campaign_eligibility")
        reason = str(reply.get("reason") or "")
        if reply.get("is_eligible") or (again and reason == "active_campaign"):
            return
        kind: type[PlatformError] = _INELIGIBLE.get(reason, Conflict)
        raise kind(
            f"this shop cannot have a GMV Max campaign: {reason}", code=reason, platform="shopee", sent="yes"
        )

    def _created(self, wanted: dict[str, Any], shop: bool) -> Flow[str]:
        """Send the create call; a reference that has succeeded already finds what it made."""
        try:
            reply = yield from self.ask(
                "POST",
                PREFIX + ("create_gms_product_campaign" if shop else "create_manual_product_ads"),
                body=wanted,
                safety="keyed",
                readback=lambda: self._find(wanted, shop),
            )
        except Conflict as error:
            if error.reason != "duplicate":
                raise
            made = yield from self._fitting(wanted, shop)
            if not made:
                raise
            return max(made, key=int)
        made_now = str(first(reply)["campaign_id"])
        self.claim("campaign", made_now)  # the next one may be just like it
        return made_now

    def _find(self, wanted: dict[str, Any], shop: bool) -> Flow[Found[Any] | Absent | Undecided]:
        """Look for what a create of unknown outcome made."""
        fitting = yield from self._fitting(wanted, shop)
        made = [one for one in fitting if not self.claimed("campaign", one)]
        if len(made) > 1:
            return Undecided(made, "compare these campaigns in Shopee's seller centre")
        return Found({"campaign_id": made[0]}) if made else Absent()

    def _fitting(self, wanted: dict[str, Any], shop: bool) -> Flow[Sequence[str]]:
        """The ids of the campaigns that could be what a create call asked for."""
        if shop:
            found = yield from self.shop_campaign()
            return [found] if found else []
        place = yield from self.place()
        ids = yield from self.all_ids("manual")
        rows = yield from self.settings(ids)
        return [one for one in ids if one in rows and _fits(Known(one, rows[one]), wanted, place)]

    @supports(
        "emulated",
        params=native("campaign", "resume", "idempotency_key", "changes"),
        requires=REQUIRES,
        cost="2 calls, and 1 for each changed field",
    )
    def update(
        self,
        campaign: str | Campaign,
        *,
        resume: Any = None,
        idempotency_key: str | None = None,
        **changes: Unpack[CampaignChanges],
    ) -> Flow[Campaign]:
        """POST edit_manual_product_ads or edit_gms_product_campaign, one edit a changed field."""
        known = yield from self.load_one(identity(campaign))
        after = yield from self.change(known, changes, resume, idempotency_key)
        return shown(after, (yield from self.region()))

    @supports(
        "native",
        params={
            **native("campaigns", "status"),
            "archived": no("Shopee has no such status", "campaigns.delete"),
        },
        requires=REQUIRES,
        cost="1 call each where it has not the status yet, and 2 per 100 campaigns",
    )
    def set_status(
        self, campaigns: Sequence[str | Campaign], status: TargetStatus
    ) -> Flow[BulkResult[str | Campaign, Campaign]]:
        """POST edit_manual_product_ads with pause, resume, start or stop, after reading where it stands."""
        found = yield from self.load([identity(one) for one in campaigns])
        moved: set[str] = set()
        result = yield from each_alone(
            campaigns, lambda one: self._to_status(found, identity(one), status, moved)
        )
        return (yield from self._answered(campaigns, result, list(moved)))

    def _to_status(
        self, found: Mapping[str, Known], campaign_id: str, status: TargetStatus, moved: set[str]
    ) -> Flow[Known]:
        """Bring one campaign to a status, and note it as ``moved`` where that took an edit."""
        known = _writable(found, campaign_id)
        step = step_to(known, status)
        if step is not None:
            yield from self._bring(known, step)
            moved.add(known.id)
        return known

    def _bring(self, known: Known, step: Step) -> Flow[None]:
        """Send a status edit; the whole shop's campaign does not show whether it waits or is paused."""
        try:
            yield from self.edit(known, step)
        except Conflict:
            if not (known.shop and step.action == "resume"):
                raise
            yield from self.edit(known, Step(step.field, "start"))

    @supports(
        "native",
        params=native("campaigns"),
        requires=REQUIRES,
        cost="1 call each, and 1 per 100 campaigns",
    )
    def delete(self, campaigns: Sequence[str | Campaign]) -> Flow[BulkResult[str | Campaign, Removed]]:
        """POST edit_manual_product_ads with delete; the whole shop's campaign can only be paused."""
        found = yield from self.load([identity(one) for one in campaigns])
        return (yield from each_alone(campaigns, lambda one: self._delete(found, identity(one))))

    def _delete(self, found: Mapping[str, Known], campaign_id: str) -> Flow[Removed]:
        known = _writable(found, campaign_id)
        if known.shop:
            raise unsupported("ads.campaigns.delete:shop_gmv_max")
        if known.status != "deleted":
            yield from self.edit(known, Step("status", "delete"))
        return "deleted"


_INELIGIBLE: dict[str, type[PlatformError]] = {
    "not_whitelisted": ApprovalRequired,
    "not_have_enough_sku": InvalidRequest,
}


def _shown(found: Mapping[str, Known], campaign_id: str, region: Region) -> Campaign | NotFound:
    known = found.get(campaign_id)
    return _unknown(campaign_id) if known is None else shown(known, region)


def _writable(found: Mapping[str, Known], campaign_id: str) -> Known:
    known = found.get(campaign_id)
    if known is None:
        raise _unknown(campaign_id)
    if known.automatic:
        raise unsupported("ads.campaigns.update:auto_product")
    return known


def _unknown(campaign_id: str) -> NotFound:
    return NotFound(f"this shop has no campaign {campaign_id}", platform="shopee", sent="yes")


def _is_called(one: Campaign, name: str | None) -> bool:
    return name is None or (one.loaded("name") and name.casefold() in one.name.casefold())


def _references(count: int, key: str | None) -> Iterator[str]:
    """One reference a campaign: drawn, or following from the caller's key."""
    if key is None:
        return (reference() for _ in range(count))
    return (key if count == 1 else f"{key}:{index}" for index in range(count))


def _fits(known: Known, wanted: dict[str, Any], place: Place) -> bool:
    """Whether a campaign could be the one a create call asked for: item, first day, budget."""
    start = instant((known.common.get("campaign_duration") or {}).get("start_time"))
    return (
        known.status != "deleted"
        and known.items == (str(wanted["item_id"]),)
        and exact(known.common.get("campaign_budget", -1)) == exact(wanted["budget"])
        and start is not None
        and day_text(local_day(start, place.region)) == wanted["start_date"]
    )
