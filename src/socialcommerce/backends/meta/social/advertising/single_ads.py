"""Ads: a creative in an ad group. Creatives are settled when they are made, so a new look is a new one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from typing_extensions import Unpack

from socialcommerce.backends.flaws import Flaw
from socialcommerce.backends.meta.social.advertising.base import (
    AD_GROUPS,
    ADS,
    REQUIRES,
    RULES,
    Row,
    Wanted,
    hold_changes,
    plain_changes,
)
from socialcommerce.backends.meta.social.advertising.creatives import CreativesNoun
from socialcommerce.backends.meta.social.advertising.looks import creative_flaws
from socialcommerce.backends.meta.social.advertising.mapping import ad as shown
from socialcommerce.backends.meta.social.advertising.plan import ad_flaws
from socialcommerce.backends.meta.social.codes.ads import REFUSALS, WRITE_STATUS
from socialcommerce.errors import OutcomeUnknown, PartiallyApplied, SocialCommerceError
from socialcommerce.models.ads import Ad, AdGroup, AdInput, AdStatus, Campaign
from socialcommerce.models.bulk import BulkResult
from socialcommerce.resources.ads_levels import AdChanges, Removed, SingleAds, TargetStatus
from socialcommerce.resources.capability import emulated, native, supports
from socialcommerce.resources.noun import each_alone, identity, invalid
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.paging import Page
from socialcommerce.runtime.text import read_json, write_json

__all__ = ["MetaSingleAds"]

_CHANGES = frozenset({"name", "status", "creative", "delivery", "native"})


class MetaSingleAds(CreativesNoun, SingleAds):
    """``client.ads.ads`` on Meta."""

    @supports(
        "native",
        params={**native("ad_group", "campaign", "status", "updated_after"), **emulated("ids")},
        requires=REQUIRES,
        cost="1 call for 100; by ids 1 for 50",
        confidence="official; the filter by change unverified",
    )
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
        """GET /act_{id}/ads, /{campaign-id}/ads or /{adset-id}/ads."""
        above = {
            name: identity(one)
            for name, one in (("adset_id", ad_group), ("campaign_id", campaign))
            if one is not None
        }
        parent = next(iter(above.values()), None) or self.own("ad")
        return (
            yield from self.listed(
                ADS,
                f"/{parent}/ads",
                cursor,
                ids,
                Wanted.of(status, updated_after),
                lambda row: shown(row, self.now()),
                lambda row: all(str(row.get(name)) == one for name, one in above.items()),
            )
        )

    @supports("native", params=native("ads"), requires=REQUIRES, cost="1 call for 50")
    def get(self, ads: Sequence[str | Ad]) -> Flow[BulkResult[str | Ad, Ad]]:
        """GET /{ad-id} with its creative, fifty in one batch request."""
        return (yield from self.got(ads, ADS, lambda row: shown(row, self.now())))

    @supports(
        "native",
        params={
            **native("ads", "may_spend", "validate_only"),
            "idempotency_key": REFUSALS["ads.ads.create:idempotency_key"],
        },
        requires=REQUIRES,
        cost="4 calls, and 1 a media to upload",
        confidence="official; uploads of films unverified",
    )
    def create(
        self,
        ads: Sequence[AdInput],
        *,
        may_spend: bool = False,
        validate_only: bool = False,
        idempotency_key: str | None = None,
    ) -> Flow[BulkResult[AdInput, Ad]]:
        """POST /act_{id}/adimages or /advideos, then /adcreatives, then /ads, paused.

        Where the last step fails, ``PartiallyApplied`` names the creative that was made: the same input
        with ``native={"creative_id": …}`` goes on with it.
        """
        return (yield from each_alone(ads, lambda one: self._create(one, validate_only), limit=4))

    def _create(self, plan: AdInput, validate_only: bool) -> Flow[Ad]:
        RULES.hold(ad_flaws(plan, self.settled()))
        if plan.ad_group_id is None:
            raise invalid(ad_group_id="is needed outside a LaunchPlan")
        if validate_only:
            return (yield from self._validate(plan))
        group = yield from self.read_one(AD_GROUPS, plan.ad_group_id)
        row = yield from self.make(plan, str(group["id"]))
        return shown(row, self.now())

    def _validate(self, plan: AdInput) -> Flow[Ad]:
        """Have Meta check an ad with its creative inside; nothing is uploaded, nothing made."""
        assert plan.creative is not None
        creative = yield from self.creative_fields(plan.creative, upload=False)
        body = _body(plan, str(plan.ad_group_id), creative)
        yield from self.validate(f"/{self.own('ad')}/ads", body)
        return shown({**body, "creative": {}}, self.now())

    def make(
        self,
        plan: AdInput,
        group: str,
        creative: str | None = None,
        note: Callable[[str], None] = lambda made: None,
    ) -> Flow[Row]:
        """Create one ad in an ad group; answers it as it is read again.

        Args:
            plan: an input without flaws.
            group: the id of the ad group.
            creative: the id of a creative that was made for it before.
            note: is told the id of the creative once there is one.
        """
        assert plan.creative is not None
        given = creative or plan.native.get("creative_id")
        used = str(given) if given else (yield from self.creative(plan.creative, str(plan.name)))
        note(used)
        body = _body(plan, group, {"creative_id": used})
        try:
            made = yield from self.made(f"/{self.own('ad')}/ads", body, f"/{group}/ads")
        except OutcomeUnknown:
            raise
        except SocialCommerceError as error:
            raise PartiallyApplied(
                f"creative {used} was made, its ad was not: {error}",
                done=(f"creative {used}",),
                failed=("ad",),
                resume={"creative_id": used},
            ) from error
        return (yield from self.after(ADS, {**body, "id": made, "creative": {"id": used}}))

    @supports(
        "emulated",
        params=native("ad", "resume", "changes") | emulated("idempotency_key"),
        requires=REQUIRES,
        cost="3 calls; 4 with a new creative, and 1 a media to upload",
    )
    def update(
        self,
        ad: str | Ad,
        *,
        resume: Any = None,
        idempotency_key: str | None = None,
        **changes: Unpack[AdChanges],
    ) -> Flow[Ad]:
        """POST /{ad-id}; a changed creative is a new one (POST /act_{id}/adcreatives), reviewed anew.

        Raises:
            PartiallyApplied: the creative was made and the ad does not show it yet.
        """
        number = identity(ad)
        if resume is None:
            hold_changes(changes, _CHANGES)
            RULES.hold(_change_flaws(changes, self.settled()))
        known = yield from self.read_one(ADS, number)
        if resume is not None:
            body = _resumed(resume, number)
        else:
            body = plain_changes(changes) | dict(changes.get("native") or {})
            if "creative" in changes:
                name = str(body.get("name") or known.get("name"))
                made = yield from self.creative(changes["creative"], name)
                body["creative"] = {"creative_id": made}
        return shown((yield from self._changed(known, body)), self.now())

    def _changed(self, known: Row, body: Mapping[str, Any]) -> Flow[Row]:
        if not body:
            return known
        try:
            yield from self.write(f"/{known['id']}", body)
        except SocialCommerceError as error:
            if "creative" not in body:
                raise
            made = f"creative {body['creative']['creative_id']}"
            raise PartiallyApplied(
                f"{made} was made, and ad {known['id']} does not show it yet: {error}",
                done=(made,),
                failed=tuple(sorted(body)),
                resume=write_json({"ad": str(known["id"]), "body": body}).decode(),
            ) from error
        return (yield from self.after(ADS, {**known, **body}))

    @supports("native", params=native("ads", "status"), requires=REQUIRES, cost="2 calls, and 1 for 50")
    def set_status(self, ads: Sequence[str | Ad], status: TargetStatus) -> Flow[BulkResult[str | Ad, Ad]]:
        """POST /{ad-id} with ``status``."""
        return (yield from self.switch(ads, ADS, status, lambda row: shown(row, self.now())))

    @supports("native", params=native("ads"), requires=REQUIRES, cost="1 call, and 1 for 50")
    def delete(self, ads: Sequence[str | Ad]) -> Flow[BulkResult[str | Ad, Removed]]:
        """DELETE /{ad-id}: final."""
        return (yield from self.erase(ads, ADS))


def _body(plan: AdInput, group: str, creative: Mapping[str, Any]) -> dict[str, Any]:
    own = {name: value for name, value in plan.native.items() if name != "creative_id"}
    return {
        "name": plan.name,
        "adset_id": group,
        "status": WRITE_STATUS[plan.status],
        "creative": dict(creative),
        **own,
    }


def _change_flaws(changes: Mapping[str, Any], own: Mapping[str, str]) -> Sequence[Flaw]:
    found = list(creative_flaws(changes["creative"], own)) if changes.get("creative") else []
    if changes.get("delivery") is not None:
        found.append(Flaw("delivery", refusal="ads.ads.create:delivery"))
    if "creative" in changes and changes["creative"] is None:
        found.append(Flaw("creative", "cannot be taken away; give another one"))
    return found


def _resumed(text: Any, number: str) -> dict[str, Any]:
    try:
        kept = read_json(str(text).encode())
        body = dict(kept["body"])
    except (ValueError, KeyError, TypeError) as error:
        raise invalid(resume="is not what PartiallyApplied.resume of such an update holds") from error
    if kept.get("ad") != number:
        raise invalid(resume=f"belongs to ad {kept.get('ad')}")
    return body
