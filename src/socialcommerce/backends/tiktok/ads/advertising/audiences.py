"""Lists of people: hashed here, uploaded as files, put together by TikTok in its own time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from socialcommerce.backends.shared import chunks
from socialcommerce.backends.tiktok.ads.advertising.base import REQUIRES, RULES, missing
from socialcommerce.backends.tiktok.ads.advertising.people import IDENTIFIERS, Identifier, identifier_of
from socialcommerce.backends.tiktok.ads.advertising.places import PlacesNoun
from socialcommerce.backends.tiktok.ads.noun import instant, last_page
from socialcommerce.errors import SocialCommerceError
from socialcommerce.models.ads import Delivery, Targeting
from socialcommerce.models.audience import Audience, AudienceInput, AudienceMember
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.models.message import Consent
from socialcommerce.resources.ads_people import Audiences
from socialcommerce.resources.capability import emulated, native, supports
from socialcommerce.resources.noun import each_alone, identity, invalid
from socialcommerce.runtime.call import Absent, Found, Upload
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.paging import Page, position, read_position

__all__ = ["TikTokAudiences"]

_DMP = "/dmp/custom_audience/"
_PAGE, _NAME, _IDS = 100, 128, 100
_SKEW = timedelta(seconds=30)
_KINDS: dict[str, Any] = {
    "Customer File": "customer_list",
    "Lookalike Audience": "lookalike",
    "Website Traffic": "website",
    "App Activity": "app",
    "Engagement": "engagement",
}
_ONE_SOURCE = "1 source"


class TikTokAudiences(PlacesNoun, Audiences):
    """``client.ads.audiences`` on TikTok."""

    @supports("native", requires=REQUIRES, cost="1 call for 100")
    def list(self, *, cursor: str | None = None) -> Flow[Page[Audience]]:
        """GET /dmp/custom_audience/list/."""
        page = int(read_position(cursor).get("page", 1))
        data = yield from self.ask("GET", f"{_DMP}list/", query={"page": page, "page_size": _PAGE})
        rows = [_audience(row) for row in data.get("list") or ()]
        return Page(rows, None if last_page(data) else position(page=page + 1))

    @supports(
        "native",
        params=native("audiences") | emulated("idempotency_key"),
        requires=REQUIRES,
        cost="3 calls",
    )
    def create(
        self, audiences: Sequence[AudienceInput], *, idempotency_key: str | None = None
    ) -> Flow[BulkResult[AudienceInput, Audience]]:
        """POST /dmp/custom_audience/file/upload/ and /create/, or /lookalike/create/.

        TikTok makes no empty list: give the first ``members``. A list holds one kind of identifier,
        that which most of them have. With ``idempotency_key`` a list of the same name is taken.
        """
        return (yield from each_alone(audiences, partial(self._create, key=idempotency_key), limit=2))

    def _create(self, plan: AudienceInput, key: str | None) -> Flow[Audience]:
        _hold(plan)
        if key is not None:
            there = yield from self._named(plan.name, None)
            if there is not None:
                return _audience(there)
        since = self.now().replace(microsecond=0) - _SKEW
        if plan.kind == "lookalike":
            path, body = f"{_DMP}lookalike/create/", (yield from self._lookalike(plan))
        else:
            path, body = f"{_DMP}create/", (yield from self._customer_list(plan))
        look = partial(self._look, plan.name, since)
        data = yield from self.ask("POST", path, body=body, safety="unsafe", readback=look)
        made = str(data["custom_audience_id"])
        self.claim("audience", made)
        return (yield from self._fresh(made, plan))

    def _customer_list(self, plan: AudienceInput) -> Flow[dict[str, Any]]:
        members = tuple(plan.members)
        kind = identifier_of(members)
        hashes = [one for one in (kind.of(member) for member in members) if one is not None]
        if len(hashes) < len(members):
            raise invalid(members=f"{len(members) - len(hashes)} have no {kind.field}, which the others have")
        path = yield from self._upload(kind, hashes)
        body: dict[str, Any] = {
            "custom_audience_name": plan.name,
            "file_paths": [path],
            "calculate_type": kind.word,
        }
        if plan.retention_days is not None:
            body["retention_in_days"] = plan.retention_days
        return body | plan.native

    def _lookalike(self, plan: AudienceInput) -> Flow[dict[str, Any]]:
        reach = Delivery(targeting=Targeting(countries=list(plan.countries)))
        place = yield from self.place(reach, "TRAFFIC")
        spec = {
            "source_audience_id": plan.seed_id,
            "include_source": False,
            "mobile_os": "ALL",
            "placements": ["PLACEMENT_TIKTOK"],
            "location_ids": [place.countries[one] for one in plan.countries],
            "audience_size": "BALANCED",
        }
        return {"custom_audience_name": plan.name, "lookalike_spec": {**spec, **plan.native}}

    def _upload(self, kind: Identifier, hashes: Sequence[str]) -> Flow[str]:
        """POST /dmp/custom_audience/file/upload/: one hash a line."""
        content = "".join(f"{one}\n" for one in hashes).encode()
        body = {
            "calculate_type": kind.word,
            "file_signature": hashlib.md5(content, usedforsecurity=False).hexdigest(),
        }
        files = {"file": Upload("people.csv", content, "text/csv")}
        data = yield from self.ask("POST", f"{_DMP}file/upload/", body=body, files=files, safety="absolute")
        return str(data["file_path"])

    def _look(self, name: str, since: datetime) -> Flow[Found[Any] | Absent]:
        row = yield from self._named(name, since)
        return Absent() if row is None else Found({"custom_audience_id": row["audience_id"]})

    def _named(self, name: str, since: datetime | None) -> Flow[Mapping[str, Any] | None]:
        """The audience of a name, made since an instant; None where there is none."""
        cursor: str | None = None
        while True:
            page = yield from self.list(cursor=cursor)
            for one in page.items:
                fresh = since is None or (one.created_at is not None and one.created_at >= since)
                if one.name == name and fresh and (since is None or self.claim("audience", one.id)):
                    row: Mapping[str, Any] = one.raw
                    return row
            cursor = page.next
            if cursor is None:
                return None

    def _fresh(self, audience_id: str, plan: AudienceInput) -> Flow[Audience]:
        """An audience that was just made; as it was asked for where it cannot be read yet."""
        try:
            rows = yield from self._details([audience_id])
        except SocialCommerceError:
            rows = {}
        known = {"audience_id": audience_id, "name": plan.name, "is_valid": False}
        found = _audience(rows.get(audience_id, known))
        return found if found.kind != "other" else found.model_copy(update={"kind": plan.kind})

    def _details(self, ids: Sequence[str]) -> Flow[dict[str, Mapping[str, Any]]]:
        """GET /dmp/custom_audience/get/."""
        data = yield from self.ask("GET", f"{_DMP}get/", query={"custom_audience_ids": list(ids)})
        rows = [row.get("audience_details") or row for row in data.get("list") or ()]
        return {str(row["audience_id"]): row for row in rows}

    @supports(
        "native",
        params=native("audience", "members", "consent"),
        requires=REQUIRES,
        cost="3 calls",
        confidence=_ONE_SOURCE,
    )
    def add(
        self, audience: str | Audience, members: Sequence[AudienceMember], *, consent: Consent
    ) -> Flow[BulkResult[AudienceMember, None]]:
        """POST /dmp/custom_audience/file/upload/ and /update/ with APPEND."""
        _agreed(consent)
        return (yield from self._write(identity(audience), members, "APPEND"))

    @supports(
        "native",
        params=native("audience", "members"),
        requires=REQUIRES,
        cost="3 calls",
        confidence=_ONE_SOURCE,
    )
    def remove(
        self, audience: str | Audience, members: Sequence[AudienceMember]
    ) -> Flow[BulkResult[AudienceMember, None]]:
        """POST /dmp/custom_audience/file/upload/ and /update/ with REMOVE."""
        return (yield from self._write(identity(audience), members, "REMOVE"))

    @supports("native", params=native("audience", "members", "consent"), requires=REQUIRES, cost="3 calls")
    def replace(
        self, audience: str | Audience, members: Sequence[AudienceMember], *, consent: Consent
    ) -> Flow[BulkResult[AudienceMember, None]]:
        """POST /dmp/custom_audience/file/upload/ and /update/ with REPLACE."""
        _agreed(consent)
        return (yield from self._write(identity(audience), members, "REPLACE"))

    def _write(
        self, audience_id: str, members: Sequence[AudienceMember], action: str
    ) -> Flow[BulkResult[AudienceMember, None]]:
        """Upload the people that the list can hold; the others failed, each by itself."""
        if not members:
            raise invalid(members="is empty")
        rows = yield from self._details([audience_id])
        if audience_id not in rows:
            raise missing("audience", audience_id)
        kind = IDENTIFIERS.get(str(rows[audience_id].get("calculate_type"))) or identifier_of(tuple(members))
        hashes = [kind.of(member) for member in members]
        told = [one for one in hashes if one is not None]
        if told:
            path = yield from self._upload(kind, told)
            body = {"custom_audience_id": audience_id, "file_paths": [path], "action": action}
            yield from self.ask("POST", f"{_DMP}update/", body=body, safety="absolute")
        lacking = invalid(**{kind.field: "is missing or unreadable; this list holds nothing else"})
        return BulkResult(
            tuple(
                Outcome.of(member, lacking if one is None else None)
                for member, one in zip(members, hashes, strict=True)
            )
        )

    @supports("native", params=native("audiences"), requires=REQUIRES, cost="2 calls for 100")
    def delete(self, audiences: Sequence[str | Audience]) -> Flow[BulkResult[str | Audience, None]]:
        """POST /dmp/custom_audience/delete/; ad groups that use one keep its id."""
        results: dict[str, SocialCommerceError | None] = {}
        for part in chunks([identity(one) for one in audiences], _IDS):
            found = yield from self._details(part)
            results |= {one: missing("audience", one) for one in part if one not in found}
            if found:
                body = {"custom_audience_ids": list(found)}
                yield from self.ask("POST", f"{_DMP}delete/", body=body, safety="absolute")
        return BulkResult(tuple(Outcome.of(one, results.get(identity(one))) for one in audiences))


def _agreed(consent: Consent) -> None:
    if "ads" not in consent.purposes:
        raise invalid(consent="does not cover advertising: purposes must hold 'ads'")


def _hold(plan: AudienceInput) -> None:
    """Raise what is wrong with an audience to make."""
    if plan.kind not in ("customer_list", "lookalike"):
        raise RULES.unsupported("ads.audiences.create:kind")
    if len(plan.name) > _NAME:
        raise invalid(name=f"has {len(plan.name)} characters; at most {_NAME}")
    if plan.kind == "lookalike":
        if plan.ratio is not None:
            raise invalid(ratio="TikTok knows NARROW, BALANCED and BROAD: native={'audience_size': …}")
        if not plan.countries:
            raise invalid(countries="are needed for a lookalike")
        return
    if plan.consent is not None:
        _agreed(plan.consent)
    if not plan.members:
        raise invalid(members="are needed: TikTok makes no empty list")
    if plan.retention_days is not None and plan.retention_days > 365:
        raise invalid(retention_days="is at most 365")


def _audience(row: Mapping[str, Any]) -> Audience:
    valid, size = row.get("is_valid"), row.get("cover_num")
    told = row.get("audience_type")
    return Audience.build(
        id=str(row["audience_id"]),
        platform="tiktok_ads",
        native_ids={"audience_id": str(row["audience_id"])},
        name=row.get("name") or "",
        kind="customer_list" if row.get("calculate_type") else _KINDS.get(str(told), "other"),
        native_kind=told or row.get("calculate_type"),
        status="other" if valid is None else "ready" if valid else "not_ready",
        native_status=None if valid is None else str(valid).lower(),
        size_min=size,
        size_max=size,
        created_at=instant(row.get("create_time")),
        raw=row,
    )
