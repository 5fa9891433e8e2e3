"""Lists of people: hashed here, sent ten thousand at a time, put together by Meta in its own time."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from attrs import frozen

from socialcommerce.backends.meta.graph import FORM
from socialcommerce.backends.meta.social.advertising.account import AccountNoun
from socialcommerce.backends.meta.social.advertising.base import REQUIRES, RULES
from socialcommerce.backends.meta.social.advertising.people import FIELDS, rows_of, unreadable
from socialcommerce.backends.meta.social.codes.ads import REFUSALS
from socialcommerce.backends.meta.social.codes.people import (
    AUDIENCE_KINDS,
    DELIVERY_STATES,
    FILE_SOURCES,
    OPERATION_STATES,
)
from socialcommerce.backends.shared import chunks
from socialcommerce.errors import NotFound, OutcomeUnknown, PartiallyApplied, SocialCommerceError
from socialcommerce.models.audience import Audience, AudienceInput, AudienceMember, AudienceStatus
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.models.message import Consent
from socialcommerce.resources.ads_people import Audiences
from socialcommerce.resources.capability import native, supports
from socialcommerce.resources.noun import each_alone, identity, invalid
from socialcommerce.runtime.call import Absent, Found
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.paging import Page

__all__ = ["MetaAudiences"]

_PAGE, _BATCH = 100, 10_000
_SKEW = timedelta(seconds=30)
_FIELDS = (
    "id,account_id,name,description,subtype,customer_file_source,approximate_count_lower_bound,"
    "approximate_count_upper_bound,delivery_status,operation_status,retention_days,lookalike_spec,"
    "time_created,time_updated"
)
_RATIO = Decimal("0.01")


@frozen
class _Sending:
    """People on their way to a list: how, and the session that its parts belong to, if they share one.

    With ``whole`` they take the place of all who were there; a part of that is taken once.
    """

    method: str
    audience: str
    session: int | None
    whole: bool = False

    @property
    def path(self) -> str:
        """The edge that takes them."""
        return f"/{self.audience}/{'usersreplace' if self.whole else 'users'}"

    def bodies(self, people: Sequence[AudienceMember]) -> Iterator[dict[str, Any]]:
        """The body of each call."""
        parts = chunks(people, _BATCH)
        for number, part in enumerate(parts, 1):
            schema, data = rows_of(part)
            body: dict[str, Any] = {"payload": {"schema": schema, "data": data}}
            if self.session is not None:
                body["session"] = {
                    "session_id": self.session,
                    "batch_seq": number,
                    "last_batch_flag": number == len(parts),
                    "estimated_num_total": len(people),
                }
            yield body


class MetaAudiences(AccountNoun, Audiences):
    """``client.ads.audiences`` on Meta."""

    @supports("native", requires=REQUIRES, cost="1 call for 100", confidence="official; states unverified")
    def list(self, *, cursor: str | None = None) -> Flow[Page[Audience]]:
        """GET /act_{id}/customaudiences."""
        page = yield from self.edge(self._edge(), {"fields": _FIELDS}, cursor=cursor, limit=_PAGE)
        return Page([_audience(row) for row in page.items], page.next)

    def _edge(self) -> str:
        return f"/{self.own('ad')}/customaudiences"

    @supports(
        "native",
        params={
            **native("audiences"),
            "idempotency_key": REFUSALS["ads.audiences.create:idempotency_key"],
        },
        requires=REQUIRES,
        cost="2 calls, and 1 for 10,000 members",
        confidence="official; the shape of a lookalike unverified",
    )
    def create(
        self, audiences: Sequence[AudienceInput], *, idempotency_key: str | None = None
    ) -> Flow[BulkResult[AudienceInput, Audience]]:
        """POST /act_{id}/customaudiences, then /{audience-id}/users for the first members.

        The people of a list come from the seller's own customers; ``native={"customer_file_source": …}``
        says otherwise. A lookalike without ``ratio`` is the nearest 1 %.
        """
        return (yield from each_alone(audiences, self._create, limit=2))

    def _create(self, plan: AudienceInput) -> Flow[Audience]:
        body = _body(plan)
        since = self.now().replace(microsecond=0) - _SKEW
        look = partial(self._look, plan.name, since)
        data = yield from self.ask(
            "POST", self._edge(), body=body, headers=FORM, safety="unsafe", readback=look
        )
        made = str(data["id"])
        self.claim("audience", made)
        if plan.members:
            yield from self._first(made, plan.members)
        known = {"id": made, "name": plan.name, "subtype": body.get("subtype")}
        read = self.ask("GET", f"/{made}", query={"fields": _FIELDS})
        return (yield from self.mapped_after(read, _audience, known))

    def _first(self, made: str, members: Sequence[AudienceMember]) -> Flow[None]:
        """Send the first members of a list that was just made; what went wrong names the list."""
        try:
            result = yield from self._send("POST", made, members)
            problem = result.failures[0].error if result.failures else None
        except SocialCommerceError as error:
            problem = error
        if problem is not None:
            raise PartiallyApplied(
                f"audience {made} was made, but not all of its people arrived: ads.audiences.add goes on",
                done=(f"audience {made}",),
                failed=("members",),
                resume={"audience_id": made},
            ) from problem

    def _look(self, name: str, since: datetime) -> Flow[Found[Any] | Absent]:
        """Whether an audience of this name was made since the attempt, and by no other write."""
        rows = yield from self.edge_all(self._edge(), {"fields": "id,name,time_created"}, limit=_PAGE)
        for row in rows:
            made = _unix(row.get("time_created"))
            fresh = row.get("name") == name and made is not None and made >= since
            if fresh and self.claim("audience", str(row["id"])):
                return Found({"id": str(row["id"])})
        return Absent()

    @supports("native", params=native("audience", "members", "consent"), requires=REQUIRES, cost="1 call")
    def add(
        self, audience: str | Audience, members: Sequence[AudienceMember], *, consent: Consent
    ) -> Flow[BulkResult[AudienceMember, None]]:
        """POST /{audience-id}/users, at most 10,000 a call; a repeat is harmless."""
        _agreed(consent)
        return (yield from self._send("POST", identity(audience), members))

    @supports("native", params=native("audience", "members"), requires=REQUIRES, cost="1 call")
    def remove(
        self, audience: str | Audience, members: Sequence[AudienceMember]
    ) -> Flow[BulkResult[AudienceMember, None]]:
        """DELETE /{audience-id}/users, at most 10,000 a call; a repeat is harmless."""
        return (yield from self._send("DELETE", identity(audience), members))

    @supports(
        "native",
        params=native("audience", "members", "consent"),
        requires=REQUIRES,
        cost="1 call",
        confidence="official edge; the 90 minutes within which all parts have to arrive unverified",
    )
    def replace(
        self, audience: str | Audience, members: Sequence[AudienceMember], *, consent: Consent
    ) -> Flow[BulkResult[AudienceMember, None]]:
        """POST /{audience-id}/usersreplace, all parts under one session."""
        _agreed(consent)
        return (yield from self._send("POST", identity(audience), members, whole=True))

    def _send(
        self, method: str, audience: str, members: Sequence[AudienceMember], *, whole: bool = False
    ) -> Flow[BulkResult[AudienceMember, None]]:
        """Send the people that can be named; the others failed, each by itself."""
        if not members:
            raise invalid(members="is empty")
        flawed = {index: flaw for index, one in enumerate(members) if (flaw := _flaw(one)) is not None}
        places = [index for index in range(len(members)) if index not in flawed]
        shared = uuid.uuid4().int >> 66 if whole or len(places) > _BATCH else None
        sending = _Sending(method, audience, shared, whole)
        results: dict[int, SocialCommerceError | None] = {**flawed}
        people = [members[index] for index in places]
        for part, body in zip(chunks(places, _BATCH), sending.bodies(people), strict=True):
            results |= yield from self._part(sending, part, body, first=part[0] == places[0])
        return BulkResult(tuple(Outcome.of(one, results[index]) for index, one in enumerate(members)))

    def _part(
        self, sending: _Sending, places: Sequence[int], body: Mapping[str, Any], *, first: bool
    ) -> Flow[dict[int, SocialCommerceError | None]]:
        """Send some people. What goes wrong with the first of them concerns the whole, and is raised."""
        call = sending.method, sending.path
        careful: dict[str, Any] = {"safety": "absolute"}
        if sending.whole:
            careful = {"safety": "unsafe", "readback": partial(self._arrived, sending, body)}
        try:
            data = yield from self.ask(*call, body=body, headers=FORM, **careful)
        except SocialCommerceError as error:
            if first:
                raise
            return dict.fromkeys(places, error)
        return dict(zip(places, _told(data, body["payload"]["data"]), strict=True))

    def _arrived(self, sending: _Sending, body: Mapping[str, Any]) -> Flow[Found[Any] | Absent]:
        """Whether a part of a session arrived: GET /{audience-id}/sessions counts what came in it."""
        path, query = f"/{sending.audience}/sessions", {"session_id": sending.session}
        rows = yield from self.edge_all(path, query, limit=_PAGE)
        mine = [row for row in rows if str(row.get("session_id")) == str(sending.session)]
        before = (body["session"]["batch_seq"] - 1) * _BATCH
        if not mine or int(mine[0].get("num_received") or 0) < before + len(body["payload"]["data"]):
            return Absent()
        alone = body["session"]["batch_seq"] == 1
        return Found({"num_invalid_entries": mine[0].get("num_invalid_entries") if alone else 0})

    @supports("native", params=native("audiences"), requires=REQUIRES, cost="2 calls")
    def delete(self, audiences: Sequence[str | Audience]) -> Flow[BulkResult[str | Audience, None]]:
        """DELETE /{audience-id}, once it is read: Meta deletes whatever has the id, a campaign too."""
        return (yield from each_alone(audiences, lambda one: self._delete(identity(one)), limit=4))

    def _delete(self, audience: str) -> Flow[None]:
        yield from self.ask("GET", f"/{audience}", query={"fields": "id,subtype"})
        gone = partial(self._gone, audience)
        yield from self.ask("DELETE", f"/{audience}", safety="absolute", readback=gone)

    def _gone(self, audience: str) -> Flow[Found[Any] | Absent]:
        """Whether an audience is gone, after an answer was lost and a repeat was refused."""
        try:
            yield from self.ask("GET", f"/{audience}", query={"fields": "id"})
        except NotFound:
            return Found({"success": True})
        return Absent()


# -- what is sent


def _agreed(consent: Consent) -> None:
    if "ads" not in consent.purposes:
        raise invalid(consent="does not cover advertising: purposes must hold 'ads'")


def _flaw(person: AudienceMember) -> SocialCommerceError | None:
    """Why a person cannot be on a list of Meta's."""
    wrong = unreadable(person)
    if wrong:
        return invalid(**wrong)
    if not any(field.key and field.value(person) for field in FIELDS):
        return invalid(person="holds nothing that Meta finds people by; give an email or a phone")
    return None


def _body(plan: AudienceInput) -> dict[str, Any]:
    """An audience to make, held against what Meta can make."""
    if plan.kind not in ("customer_list", "lookalike"):
        raise RULES.unsupported("ads.audiences.create:kind")
    made = _lookalike(plan) if plan.kind == "lookalike" else _customer_list(plan)
    told = {"name": plan.name, "description": plan.description or None, **made, **plan.native}
    return {name: value for name, value in told.items() if value is not None}


def _customer_list(plan: AudienceInput) -> dict[str, Any]:
    if plan.consent is not None:
        _agreed(plan.consent)
    flawed = {
        f"members.{index}.{name}": text
        for index, one in enumerate(plan.members)
        if (flaw := _flaw(one)) is not None
        for name, text in getattr(flaw, "fields", {}).items()
    }
    if flawed:
        raise invalid(**flawed)
    return {
        "subtype": "CUSTOM",
        "customer_file_source": FILE_SOURCES[0],
        "retention_days": plan.retention_days,
    }


def _lookalike(plan: AudienceInput) -> dict[str, Any]:
    if not plan.countries:
        raise invalid(countries="are needed for a lookalike")
    if plan.members:
        raise invalid(members="a lookalike has none of its own: they belong to its seed")
    ratio = plan.ratio or _RATIO
    if ratio % _RATIO:
        raise invalid(ratio="is a whole number of percent: 0.01 is 1 %")
    where: dict[str, Any] = {"country": plan.countries[0]}
    if len(plan.countries) > 1:
        where = {"location_spec": {"geo_locations": {"countries": list(plan.countries)}}}
    return {
        "subtype": "LOOKALIKE",
        "origin_audience_id": plan.seed_id,
        "lookalike_spec": {"ratio": ratio, **where},
    }


# -- what is told


def _told(data: Mapping[str, Any], rows: Sequence[Sequence[str]]) -> list[SocialCommerceError | None]:
    """What became of each person: Meta counts those it could not read, and shows some of them."""
    count = int(data.get("num_invalid_entries") or 0)
    if not count:
        return [None] * len(rows)
    refused = invalid(person="Meta could not read this entry")
    refused.sent = "yes"
    if count >= len(rows):
        return [refused] * len(rows)
    shown = _texts(data.get("invalid_entry_samples"))
    named = [bool(shown.intersection(filter(None, row))) for row in rows]
    if sum(named) >= count:
        return [refused if bad else None for bad in named]
    doubt = OutcomeUnknown(
        f"Meta could not read {count} of {len(rows)} entries, and does not say which",
        evidence={"num_invalid_entries": count},
        how_to_find_out="send them again in smaller parts: a repeat is harmless",
        platform="meta",
    )
    return [refused if bad else doubt for bad in named]


def _texts(value: Any) -> set[str]:
    """Every text within a value, however it is nested."""
    if isinstance(value, Mapping):
        return {text for pair in value.items() for one in pair for text in _texts(one)}
    if isinstance(value, list | tuple):
        return {text for one in value for text in _texts(one)}
    return {part.strip(' "[]') for part in value.split(",")} if isinstance(value, str) else set()


def _audience(row: Mapping[str, Any]) -> Audience:
    number = str(row["id"])
    state, native_state = _state(row)
    return Audience.build(
        id=number,
        platform="meta",
        native_ids={"audience_id": number},
        name=row.get("name") or "",
        kind=AUDIENCE_KINDS.get(str(row.get("subtype")), "other"),
        native_kind=row.get("subtype"),
        status=state,
        native_status=native_state,
        size_min=_size(row.get("approximate_count_lower_bound")),
        size_max=_size(row.get("approximate_count_upper_bound")),
        created_at=_unix(row.get("time_created")),
        updated_at=_unix(row.get("time_updated")),
        raw=row,
    )


def _state(row: Mapping[str, Any]) -> tuple[AudienceStatus, str | None]:
    """What an audience is good for, with Meta's words: work under way counts before what is delivered."""
    works, delivers = row.get("operation_status") or {}, row.get("delivery_status") or {}
    under_way = OPERATION_STATES.get(str(works.get("code")))
    if under_way is not None:
        return under_way, works.get("description") or str(works.get("code"))
    told = delivers.get("description") or delivers.get("code")
    return DELIVERY_STATES.get(str(delivers.get("code")), "other"), str(told) if told else None


def _size(told: Any) -> int | None:
    """An estimate; Meta writes -1 where it shows none."""
    return int(told) if told is not None and int(told) >= 0 else None


def _unix(told: Any) -> datetime | None:
    return datetime.fromtimestamp(int(told), UTC) if told else None
