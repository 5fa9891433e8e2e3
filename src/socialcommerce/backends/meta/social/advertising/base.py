"""``AdvertisingNoun``: what campaigns, ad groups and ads do alike: list, read, create, switch, delete."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from attrs import frozen

from socialcommerce.backends.flaws import Rules
from socialcommerce.backends.meta.graph import FORM
from socialcommerce.backends.meta.social.advertising.account import AccountNoun, instant, unix
from socialcommerce.backends.meta.social.advertising.blocks import Place, name_flaws
from socialcommerce.backends.meta.social.codes.ads import REFUSALS, STATUS, WRITE_STATUS
from socialcommerce.errors import Conflict, NotFound, SocialCommerceError
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.resources.noun import each_alone, identity, invalid
from socialcommerce.runtime.call import Absent, Call, Found
from socialcommerce.runtime.flow import Flow, gather
from socialcommerce.runtime.paging import Page, position, read_position

__all__ = [
    "ADS",
    "AD_GROUPS",
    "CAMPAIGNS",
    "REQUIRES",
    "RULES",
    "VALIDATE",
    "AdvertisingNoun",
    "Level",
    "Row",
    "Wanted",
    "hold_changes",
    "missing",
    "plain_changes",
]

T = TypeVar("T")
Row = Mapping[str, Any]

REQUIRES = ("user",)
RULES = Rules("meta", REFUSALS)
VALIDATE = {"execution_options": ["validate_only"]}
"""Beside the fields of a create: check everything, make nothing."""

_PAGE = 100
_TOGETHER = 50
_SKEW = timedelta(seconds=30)
_GONE = frozenset({"ARCHIVED", "DELETED"})
_LIVING = ("ACTIVE", "PAUSED", "IN_PROCESS", "WITH_ISSUES")
_BELOW = (*_LIVING, "CAMPAIGN_PAUSED")


@frozen
class Level:
    """A level of advertising: what it is called, its edge, the fields it is read with.

    ``effective`` are the values of ``effective_status`` that its objects can have while they live.
    """

    what: str
    edge: str
    fields: str
    effective: tuple[str, ...]


_STATUS = (
    "id,account_id,name,status,effective_status,configured_status,issues_info,created_time,updated_time,"
)

CAMPAIGNS = Level(
    "campaign",
    "campaigns",
    _STATUS + "objective,buying_type,daily_budget,lifetime_budget,budget_remaining,spend_cap,bid_strategy,"
    "special_ad_categories,promoted_object,advantage_state_info,is_adset_budget_sharing_enabled,"
    "start_time,stop_time",
    _LIVING,
)
AD_GROUPS = Level(
    "ad group",
    "adsets",
    _STATUS + "campaign_id,optimization_goal,billing_event,bid_amount,bid_strategy,bid_constraints,"
    "daily_budget,lifetime_budget,budget_remaining,start_time,end_time,adset_schedule,pacing_type,"
    "destination_type,promoted_object,targeting,attribution_spec,learning_stage_info,"
    "dsa_beneficiary,dsa_payor",
    _BELOW,
)
ADS = Level(
    "ad",
    "ads",
    _STATUS + "campaign_id,adset_id,creative{id,name,object_story_id,effective_object_story_id,"
    "source_instagram_media_id,instagram_user_id,object_story_spec,product_set_id,call_to_action_type},"
    "ad_review_feedback,preview_shareable_link",
    (*_BELOW, "ADSET_PAUSED", "DISAPPROVED", "PENDING_BILLING_INFO", "PENDING_REVIEW", "PREAPPROVED"),
)


class AdvertisingNoun(AccountNoun):
    """An advertising noun of one ad account."""

    def place(self) -> Flow[Place]:
        """Where and when inputs are held against the rules: the account, now, the ids in the settings."""
        return Place((yield from self.account()), self.now(), self.settled())

    def settled(self) -> dict[str, str]:
        """The ids of the settings by kind, and that of the chosen account."""
        own = {kind: one.id for kind, one in self.backend.identities.items()}
        return own | ({self.subject.kind: self.subject.id} if self.subject is not None else {})

    # -- reading

    def page_of(
        self, level: Level, path: str, cursor: str | None, narrowed: Mapping[str, Any]
    ) -> Flow[Page[Row]]:
        """One page of an edge of a level."""
        query = {"fields": level.fields, **narrowed}
        return (yield from self.edge(path, query, cursor=cursor, limit=_PAGE))

    def read(self, level: Level, ids: Iterable[str]) -> Flow[dict[str, Row | SocialCommerceError]]:
        """Objects by id, deleted ones too, fifty a call; the error of each that cannot be read."""
        asked = list(dict.fromkeys(ids))
        calls = [Call("GET", f"/{one}", query={"fields": level.fields}) for one in asked]
        if not calls:
            return {}
        replies = yield from self.together(calls)
        return {
            one: reply if isinstance(reply, SocialCommerceError) else self._ours(level, reply.value)
            for one, reply in zip(asked, replies, strict=True)
        }

    def _ours(self, level: Level, row: Row) -> Row | NotFound:
        """An object, or the error of one of another ad account, whose money and days are others."""
        owner = f"act_{row.get('account_id')}"
        if row.get("account_id") is None or owner == self.own("ad"):
            return row
        text = f"{level.what} {row.get('id')} belongs to ad account {owner}: client.for_account({owner!r})"
        return NotFound(text, platform="meta", sent="yes")

    def read_one(self, level: Level, one: str) -> Flow[Row]:
        """One object; ``NotFound`` where it is not there."""
        try:
            row: Row = yield from self.ask("GET", f"/{one}", query={"fields": level.fields})
        except NotFound as error:
            raise missing(level, one) from error
        found = self._ours(level, row)
        if isinstance(found, NotFound):
            raise found
        return found

    def got(self, inputs: Sequence[Any], level: Level, show: Callable[[Row], T]) -> Flow[BulkResult[Any, T]]:
        """What ``get`` answers: one object an input, or the error it could not be read for."""
        found = yield from self.read(level, map(identity, inputs))
        return BulkResult(tuple(Outcome.of(one, _shown(level, identity(one), found, show)) for one in inputs))

    def listed(
        self,
        level: Level,
        path: str,
        cursor: str | None,
        ids: Sequence[str] | None,
        wanted: Wanted,
        show: Callable[[Row], T],
        inside: Callable[[Row], bool] = lambda row: True,
    ) -> Flow[Page[T]]:
        """A page of a listing: by ids fifty at a time, else of an edge; cut on our side."""
        if ids is None:
            page = yield from self.page_of(level, path, cursor, wanted.query(level))
            return Page([show(row) for row in page.items if wanted.fits(row) and inside(row)], page.next)
        start = int(read_position(cursor).get("at", 0))
        found = yield from self.read(level, ids[start : start + _TOGETHER])
        rows = [row for answer in found.values() if (row := _there(answer)) is not None]
        following = position(at=start + _TOGETHER) if start + _TOGETHER < len(ids) else None
        return Page([show(row) for row in rows if wanted.fits(row) and inside(row)], following)

    # -- status

    def switch(
        self, inputs: Sequence[Any], level: Level, status: str, show: Callable[[Row], T]
    ) -> Flow[BulkResult[Any, T]]:
        """Set the status of objects; one that has it already is left as it is."""
        if status not in WRITE_STATUS:
            raise RULES.unsupported("ads.campaigns.set_status:ended")
        known = yield from self.read(level, map(identity, inputs))
        word = WRITE_STATUS[status]
        flows = [self._switched(level, one, row, word) for one, row in known.items()]
        after = dict(zip(known, (yield from gather(flows, 4)), strict=True))
        return BulkResult(tuple(Outcome.of(one, _shown(level, identity(one), after, show)) for one in inputs))

    def _switched(
        self, level: Level, one: str, row: Row | SocialCommerceError, word: str
    ) -> Flow[Row | SocialCommerceError]:
        if isinstance(row, SocialCommerceError) or row.get("status") == word:
            return row
        if row.get("status") == "DELETED":
            text = f"{level.what} {one} is deleted, which is final"
            return Conflict(text, reason="state", platform="meta", sent="no")
        try:
            yield from self.write(f"/{one}", {"status": word})
        except SocialCommerceError as error:
            return error
        return (yield from self.after(level, {**row, "status": word}))

    def erase(self, inputs: Sequence[Any], level: Level) -> Flow[BulkResult[Any, Any]]:
        """Delete objects for good; what is deleted already counts as done."""
        known = yield from self.read(level, map(identity, inputs))
        return (yield from each_alone(inputs, lambda one: self._erased(level, identity(one), known), limit=4))

    def _erased(self, level: Level, one: str, known: Mapping[str, Row | SocialCommerceError]) -> Flow[Any]:
        row = _shown(level, one, known, lambda row: row)
        if isinstance(row, SocialCommerceError):
            raise row
        if row.get("status") != "DELETED":
            gone = partial(self._gone, one)
            yield from self.ask("DELETE", f"/{one}", safety="absolute", readback=gone)
        return "deleted"

    def _gone(self, one: str) -> Flow[Found[Any] | Absent]:
        """Whether an object is deleted, after an answer was lost and a repeat was refused."""
        try:
            row = yield from self.ask("GET", f"/{one}", query={"fields": "id,status"})
        except NotFound:
            return Found({"success": True})
        return Found({"success": True}) if row.get("status") == "DELETED" else Absent()

    # -- writing

    def write(self, path: str, body: Mapping[str, Any]) -> Flow[Any]:
        """POST the changed fields of an object: all of them absolute, so that a repeat is harmless."""
        return (yield from self.ask("POST", path, body=dict(body), headers=FORM, safety="absolute"))

    def changed(self, level: Level, known: Row, body: Mapping[str, Any]) -> Flow[Row]:
        """Write the changed fields of an object, if there are any; answers it after that."""
        if not body:
            return known
        yield from self.write(f"/{known['id']}", body)
        return (yield from self.after(level, {**known, **body}))

    def validate(self, path: str, body: Mapping[str, Any]) -> Flow[None]:
        """Have Meta check a create and make nothing."""
        yield from self.ask("POST", path, body={**body, **VALIDATE}, headers=FORM)

    def after(self, level: Level, known: Row) -> Flow[Row]:
        """An object read again after a write; as it should be now where it cannot be read.

        The write has happened, so a failure to look must not pass for its own.
        """
        return (yield from self.told_after(self.read_one(level, str(known["id"])), known))

    def put(
        self,
        level: Level,
        body: Mapping[str, Any],
        place: Place,
        *,
        under: str | None = None,
        validate_only: bool = False,
    ) -> Flow[Row]:
        """Create an object of fields without flaws and answer it as it is read again.

        Args:
            level: campaign, ad group or ad.
            body: its fields.
            place: the ad account.
            under: the id of the object that lists it, to look for it after a lost answer.
            validate_only: have Meta check it, make nothing, and answer the fields as they are.
        """
        path = f"/{place.account.id}/{level.edge}"
        if validate_only:
            yield from self.validate(path, body)
            return body
        made = yield from self.made(path, body, f"/{under}/{level.edge}" if under else path)
        return (yield from self.after(level, {**body, "id": made}))

    def made(self, path: str, body: Mapping[str, Any], listing: str, *, dated: bool = True) -> Flow[str]:
        """Create an object and answer its id; Meta knows no key, so a lost answer is looked for by name.

        Args:
            path: the edge to post to.
            body: the fields, with the ``name``.
            listing: the edge on which the object is found again.
            dated: whether such objects tell when they were made; else the name is one of its own.
        """
        name, since = str(body["name"]), self.now().replace(microsecond=0) - _SKEW
        look = partial(self._look_for, listing, name, since if dated else None)
        data = yield from self.ask(
            "POST", path, body=dict(body), headers=FORM, safety="unsafe", readback=look
        )
        made = str(data["id"])
        self.claim(listing, made)
        return made

    def _look_for(self, listing: str, name: str, since: datetime | None) -> Flow[Found[Any] | Absent]:
        """Whether an object of this name was made since the attempt, and by no other write.

        What tells no date (creatives) is not filtered by Meta either.
        """
        query: dict[str, Any] = {"fields": "id,name"}
        if since is not None:
            query = {"fields": "id,name,created_time", "filtering": [named("EQUAL", name)]}
        rows = yield from self.edge_all(listing, query, limit=_PAGE)
        found = self.first_fresh(listing, [row for row in rows if row.get("name") == name], since)
        return Absent() if found is None else Found({"id": found})

    def first_fresh(self, listing: str, rows: Sequence[Row], since: datetime | None) -> str | None:
        """The newest of some objects that was made since an instant, and by no other write."""
        fresh = [row for row in rows if _made_since(row, since)]
        newest = sorted(fresh, key=lambda row: str(row.get("created_time")), reverse=True)
        return next((str(row["id"]) for row in newest if self.claim(listing, str(row["id"]))), None)


def _made_since(row: Row, since: datetime | None) -> bool:
    made = instant(row.get("created_time"))
    return since is None or (made is not None and made >= since)


def missing(level: Level, one: str) -> NotFound:
    """The error of an id that is not there."""
    return NotFound(f"this login sees no {level.what} {one}", platform="meta", sent="yes")


def _shown(
    level: Level,
    one: str,
    found: Mapping[str, Row | SocialCommerceError],
    show: Callable[[Row], T],
) -> T | SocialCommerceError:
    answer = found[one]
    if isinstance(answer, NotFound) and answer.code is not None:
        return missing(level, one)
    return answer if isinstance(answer, SocialCommerceError) else show(answer)


def _there(answer: Row | SocialCommerceError) -> Row | None:
    """An object that was asked for in a listing; None where there is none."""
    if isinstance(answer, NotFound):
        return None
    if isinstance(answer, SocialCommerceError):
        raise answer
    return answer


def hold_changes(changes: Mapping[str, Any], allowed: frozenset[str]) -> None:
    """Refuse changes that no update can make."""
    if unknown := sorted(changes.keys() - allowed):
        raise invalid(**dict.fromkeys(unknown, f"cannot be changed; {', '.join(sorted(allowed))} can"))
    status = changes.get("status", "paused")
    if status == "ended":
        raise RULES.unsupported("ads.campaigns.set_status:ended")
    if status not in WRITE_STATUS:
        raise invalid(status=f"{status!r} is not known; there is {', '.join(WRITE_STATUS)}")
    if "name" in changes:
        RULES.hold(name_flaws(changes["name"]))


def plain_changes(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes that all levels write alike: name and status."""
    body = {"name": changes["name"]} if "name" in changes else {}
    return body | ({"status": WRITE_STATUS[changes["status"]]} if "status" in changes else {})


def named(operator: str, name: str) -> dict[str, Any]:
    """The filter of an edge by name."""
    return {"field": "name", "operator": operator, "value": name}


@frozen
class Wanted:
    """What a listing is limited to: ``statuses`` that were set, a part of the ``name``, changed ``after``."""

    statuses: frozenset[str] | None
    after: datetime | None
    name: str | None = None

    @classmethod
    def of(
        cls, status: str | Sequence[str] | None, after: datetime | None, name: str | None = None
    ) -> Wanted:
        """From what a caller gave."""
        given = [status] if isinstance(status, str) else status
        return cls(None if given is None else frozenset(given), after, name)

    def query(self, level: Level) -> dict[str, Any]:
        """What an edge is asked for, so that it answers at least what is wanted."""
        filtering = [named("CONTAIN", self.name)] if self.name else []
        if self.after is not None:
            moment = unix(self.after) - 1
            filtering.append({"field": "updated_time", "operator": "GREATER_THAN", "value": moment})
        asked: dict[str, Any] = {"filtering": filtering} if filtering else {}
        return asked if self.statuses is None else {**asked, "effective_status": self._effective(level)}

    def _effective(self, level: Level) -> list[str]:
        """The effective statuses that objects of the statuses may have.

        Archived and deleted ones are shown only when asked for; what is paused itself may be shown as
        paused with its campaign.
        """
        statuses = self.statuses or frozenset()
        words = {word for word in _GONE if STATUS[word] in statuses}
        if statuses - {"archived", "deleted"}:
            words |= set(level.effective)
        if "paused" not in statuses and "other" not in statuses:
            words.discard("PAUSED")
        if "active" not in statuses and "other" not in statuses:
            words.discard("ACTIVE")
        return sorted(words)

    def fits(self, row: Row) -> bool:
        """Whether an object is one of those, whatever Meta's own filters let through."""
        changed = instant(row.get("updated_time"))
        status = STATUS.get(str(row.get("status")), "other")
        return (
            (self.statuses is None or status in self.statuses)
            and (self.name is None or self.name.casefold() in str(row.get("name") or "").casefold())
            and (self.after is None or changed is None or changed >= self.after)
        )
