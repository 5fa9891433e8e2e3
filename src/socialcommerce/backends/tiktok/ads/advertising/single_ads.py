"""Ads: what people see, made by hand or of Smart+."""

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
    shown_page,
    wanted,
)
from socialcommerce.backends.tiktok.ads.advertising.creatives import CreativesNoun, smart_body
from socialcommerce.backends.tiktok.ads.advertising.edits import Step
from socialcommerce.backends.tiktok.ads.advertising.families import AD_GROUPS, ADS, Family, Known
from socialcommerce.backends.tiktok.ads.advertising.mapping import ad as shown
from socialcommerce.backends.tiktok.ads.advertising.plan import ad_flaws, name_flaws
from socialcommerce.backends.tiktok.ads.codes.ads import REFUSALS
from socialcommerce.backends.tiktok.ads.noun import utc_text
from socialcommerce.models.ads import Ad, AdGroup, AdInput, AdStatus, Campaign
from socialcommerce.models.bulk import BulkResult
from socialcommerce.resources.ads_levels import AdChanges, Removed, SingleAds, TargetStatus
from socialcommerce.resources.capability import emulated, native, supports
from socialcommerce.resources.noun import each_alone, identity, invalid
from socialcommerce.runtime.call import Absent, Found
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.paging import Page

__all__ = ["TikTokSingleAds"]

_CHANGES = frozenset({"name", "status", "creative", "native"})


class TikTokSingleAds(CreativesNoun, SingleAds):
    """``client.ads.ads`` on TikTok."""

    level = ADS

    @supports(
        "native",
        params=native("ad_group", "campaign", "status", "ids", "updated_after"),
        requires=REQUIRES,
        cost="1 call for 1000 of each kind",
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
        """GET /ad/get/, then /smart_plus/ad/get/."""
        statuses = wanted(status)
        parents = {
            name: [identity(one)]
            for name, one in (("adgroup_ids", ad_group), ("campaign_ids", campaign))
            if one is not None
        }
        since = {} if updated_after is None else {"modified_after": utc_text(updated_after)}
        fits = partial(_belongs, parents, statuses, updated_after)
        filters = {**primary(statuses), **parents, **since}
        found, following = yield from self.listed(ADS.families, cursor, ids, filters, fits)
        return shown_page(found, following, shown)

    @supports("native", params=native("ads"), requires=REQUIRES, cost="1 or 2 calls for 100")
    def get(self, ads: Sequence[str | Ad]) -> Flow[BulkResult[str | Ad, Ad]]:
        """The lists by id, in turn."""
        return (yield from self.got(ads, ADS.families, shown, "ad"))

    @supports(
        "native",
        params={
            **native("ads", "may_spend"),
            **emulated("idempotency_key"),
            "validate_only": REFUSALS["ads.campaigns.create:validate_only"],
        },
        requires=REQUIRES,
        cost="4 calls, and 1 a media to upload",
    )
    def create(
        self,
        ads: Sequence[AdInput],
        *,
        may_spend: bool = False,
        validate_only: bool = False,
        idempotency_key: str | None = None,
    ) -> Flow[BulkResult[AdInput, Ad]]:
        """POST /ad/create/ or /smart_plus/ad/create/, paused.

        Neither knows a key: after a lost answer, or with ``idempotency_key``, an ad of the same name
        in the same ad group is looked for, and taken, before another one is made.
        """
        result = yield from each_alone(ads, partial(self._create, key=idempotency_key), limit=4)
        return result

    def _create(self, plan: AdInput, key: str | None) -> Flow[Ad]:
        RULES.hold(ad_flaws(plan))
        if plan.ad_group_id is None:
            raise invalid(ad_group_id="is needed outside a LaunchPlan")
        group = yield from self.load_one(AD_GROUPS.families, plan.ad_group_id, "ad group")
        if key is not None:
            there = yield from self.named(ADS.family(group.kind), str(plan.name), _parent(group.id))
            if there:
                return shown(there[0])
        return shown((yield from self.make(plan, group)))

    def make(self, plan: AdInput, group: Known) -> Flow[Known]:
        """Create one ad in an ad group; answers it as it is read again."""
        RULES.hold(ad_flaws(plan))
        family = ADS.family(group.kind)
        body = yield from self.ad_body(plan, group.id, group.kind)
        look = partial(self._look, family, str(plan.name), group.id, self.just_now())
        data = yield from self.ask("POST", f"{family.root}create/", body=body, safety="unsafe", readback=look)
        made = str(data["ad_ids"][0] if family.kind == "standard" else data[family.id])
        self.claim(family.id, made)
        row = {"ad_name": plan.name, "adgroup_id": group.id, family.id: made}
        self._note(known := Known(family, row))
        return (yield from self.again([known]))[made]

    def _look(self, family: Family, name: str, group: str, since: datetime) -> Flow[Found[Any] | Absent]:
        """Whether an ad of this name was made in the ad group since the attempt."""
        fresh = yield from self.fresh(family, name, _parent(group), since)
        return Absent() if fresh is None else Found({"ad_ids": [fresh], family.id: fresh})

    @supports(
        "native",
        params=native("ad", "resume", "changes") | emulated("idempotency_key"),
        requires=REQUIRES,
        cost="3 calls, 1 more where the status changes too, and 1 a media to upload",
    )
    def update(
        self,
        ad: str | Ad,
        *,
        resume: Any = None,
        idempotency_key: str | None = None,
        **changes: Unpack[AdChanges],
    ) -> Flow[Ad]:
        """POST /ad/update/ with ``patch_update``, so that what is not named stays; or that of Smart+."""
        if changes.get("delivery") is not None:
            raise RULES.unsupported("ads.ads.create:delivery")
        known = yield from self.load_one(ADS.families, identity(ad), "ad")
        after = yield from self.change(known, changes, resume, lambda: self._steps(known, changes), _CHANGES)
        return shown(after)

    def _steps(self, known: Known, changes: Mapping[str, Any]) -> Flow[Sequence[Step]]:
        RULES.hold(_change_flaws(changes))
        fields: dict[str, Any] = {}
        native_settings = dict(changes.get("native") or {})
        if changes.get("creative") is not None:
            fields = yield from self.creative_fields(changes["creative"], native_settings)
        elif native_settings:
            fields = native_settings
        if not fields and "name" not in changes:
            return []
        named = {"ad_name": changes["name"]} if "name" in changes else {}
        what = "+".join(sorted(changes.keys() - {"status"}))
        if known.kind == "auto":
            written = smart_body(fields) if changes.get("creative") is not None else fields
            return [Step(what, "/smart_plus/ad/update/", {"smart_plus_ad_id": known.id, **named, **written})]
        creative = {"ad_id": known.id, **named, **fields}
        body = {"adgroup_id": str(known.row["adgroup_id"]), "patch_update": True, "creatives": [creative]}
        return [Step(what, "/ad/update/", body)]

    @supports("native", params=native("ads", "status"), requires=REQUIRES, cost="1 call for 20, and 2")
    def set_status(self, ads: Sequence[str | Ad], status: TargetStatus) -> Flow[BulkResult[str | Ad, Ad]]:
        """POST /ad/status/update/ or /smart_plus/ad/status/update/."""
        return (yield from self.switch(ads, ADS.families, status, shown, "ad"))

    @supports("native", params=native("ads"), requires=REQUIRES, cost="1 call for 20, and 1 for 100")
    def delete(self, ads: Sequence[str | Ad]) -> Flow[BulkResult[str | Ad, Removed]]:
        """The same call with DELETE: final."""
        return (yield from self.erase(ads, ADS.families, "ad"))


def _parent(group: str) -> dict[str, list[str]]:
    return {"adgroup_ids": [group]}


def _belongs(
    parents: Mapping[str, Sequence[str]],
    statuses: frozenset[str] | None,
    after: datetime | None,
    known: Known,
) -> bool:
    inside = all(str(known.row.get(name[:-1])) in ids for name, ids in parents.items())
    return inside and fits_all(known, statuses, None, after)


def _change_flaws(changes: Mapping[str, Any]) -> Iterator[Flaw]:
    if "name" in changes:
        yield from name_flaws(changes["name"])
    if "creative" in changes and changes["creative"] is None:
        yield Flaw("creative", "cannot be taken away; give another one")
