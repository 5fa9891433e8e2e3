"""``AdvertisingNoun``: what campaigns, ad groups and ads do alike: list, find, switch, change in steps."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

from attrs import evolve

from socialcommerce.backends.flaws import Rules
from socialcommerce.backends.shared import chunks
from socialcommerce.backends.tiktok.ads.advertising.families import NULLS, Family, Known, Level
from socialcommerce.backends.tiktok.ads.advertising.mapping import status_of
from socialcommerce.backends.tiktok.ads.codes.ads import REFUSALS, WRITE_STATUS
from socialcommerce.backends.tiktok.ads.noun import TikTokNoun, instant, last_page
from socialcommerce.errors import (
    SHAPE_ERRORS,
    Conflict,
    InvalidRequest,
    NotFound,
    PermissionDenied,
    PlatformError,
    SocialCommerceError,
)
from socialcommerce.models.bulk import BulkResult, Outcome
from socialcommerce.resources.noun import identity, invalid
from socialcommerce.runtime import memory
from socialcommerce.runtime.call import Absent, Found
from socialcommerce.runtime.flow import Flow, gather
from socialcommerce.runtime.paging import Page, position, read_position

__all__ = [
    "REQUIRES",
    "RULES",
    "AdvertisingNoun",
    "fits_all",
    "missing",
    "primary",
    "renamed",
    "request_id",
    "request_ids",
    "shown_page",
    "wanted",
]

T = TypeVar("T")

REQUIRES = ("advertiser",)
RULES = Rules("tiktok_ads", REFUSALS)

_IDS = 100
_SWITCHED = 20
_A_DAY = 86_400.0
_SKEW = timedelta(seconds=30)
_ABSENT = (NotFound, InvalidRequest, PermissionDenied)


class AdvertisingNoun(TikTokNoun):
    """An advertising noun of one ad account."""

    level: Level

    # -- reading

    def rows(self, family: Family, page: int, filters: Mapping[str, Any]) -> Flow[Any]:
        """One page of a family's rows, whole."""
        filtering = {**family.filters, **filters}
        query: dict[str, Any] = {"page": page, "page_size": family.page}
        if filtering:
            query["filtering"] = filtering
        if family.plain:
            query["exclude_field_types_in_response"] = NULLS
        return (yield from self.ask("GET", family.get, query=query))

    def page_of(
        self, families: Sequence[Family], cursor: str | None, filters: Mapping[str, Any]
    ) -> Flow[tuple[list[Known], str | None]]:
        """A page of objects of several families, one family after the other, and where the next begins.

        An account that may not use Smart+ or GMV Max has none of it.
        """
        place = read_position(cursor)
        index, page = int(place.get("family", 0)), int(place.get("page", 1))
        family = families[index]
        try:
            data = yield from self.rows(family, page, filters)
        except PermissionDenied:
            if family.kind == "standard" or len(families) == 1:
                raise
            data = {}
        found = yield from self._whole(family, data.get("list") or ())
        if not last_page(data):
            return found, position(family=index, page=page + 1)
        return found, position(family=index + 1, page=1) if index + 1 < len(families) else None

    def _whole(self, family: Family, rows: Iterable[Mapping[str, Any]]) -> Flow[list[Known]]:
        """The objects of rows; the list of GMV Max leaves most out, so each campaign is read by itself."""
        found = [Known(family, row) for row in rows if not _listed_elsewhere(family, row)]
        if family.kind == "shop_gmv_max" and found:
            details = yield from gather([self._gmv_info(one.id) for one in found])
            found = [
                evolve(one, row={**one.row, **(row or {})}) for one, row in zip(found, details, strict=True)
            ]
        for one in found:
            self._note(one)
        return found

    def _gmv_info(self, campaign_id: str) -> Flow[Mapping[str, Any] | None]:
        """GET /campaign/gmv_max/info/; None where the campaign is none of GMV Max."""
        try:
            data = yield from self.ask("GET", "/campaign/gmv_max/info/", query={"campaign_id": campaign_id})
        except _ABSENT:
            return None
        return {"campaign_id": campaign_id, **data} if data.get("campaign_name") else None

    def _note(self, known: Known) -> None:
        """Keep which family an id belongs to, where it is not the usual one."""
        if known.kind != "standard":
            place = (self.subject, "family", known.family.id, known.id)
            self.session.memo[place] = (self.session.clock() + _A_DAY, known.kind)

    def _likely(self, family: Family, one: str) -> bool:
        """Whether an id may belong to a family, as far as is remembered."""
        kept = self.session.memo.get((self.subject, "family", family.id, one))
        return kept is None or kept[1] == family.kind

    def load(self, families: Sequence[Family], ids: Sequence[str]) -> Flow[dict[str, Known]]:
        """Objects by id, deleted ones too; each family is asked for what those before did not have."""
        found: dict[str, Known] = {}
        for family in families:
            asked = [one for one in dict.fromkeys(ids) if one not in found and self._likely(family, one)]
            if not asked:
                continue
            if family.kind == "shop_gmv_max":
                rows = yield from gather([self._gmv_info(one) for one in asked])
                told = [Known(family, row) for row in rows if row is not None]
            else:
                told = yield from self._load(family, asked)
            for known in told:
                self._note(known)
                found[known.id] = known
        return found

    def _load(self, family: Family, ids: Sequence[str]) -> Flow[list[Known]]:
        parts = list(chunks(ids, _IDS))
        asks = [
            self.rows(family, 1, {family.many: list(part), "primary_status": "STATUS_ALL"}) for part in parts
        ]
        try:
            replies = yield from gather(asks)
        except PermissionDenied:
            if family.kind == "standard":
                raise
            return []
        rows = [row for data in replies for row in data.get("list") or ()]
        return [Known(family, row) for row in rows if not _listed_elsewhere(family, row)]

    def load_one(self, families: Sequence[Family], one: str, what: str) -> Flow[Known]:
        """One object; ``NotFound`` where it is not there."""
        found = yield from self.load(families, [one])
        if one not in found:
            raise missing(what, one)
        return found[one]

    def got(
        self, inputs: Sequence[Any], families: Sequence[Family], show: Callable[[Known], T], what: str
    ) -> Flow[BulkResult[Any, T]]:
        """What ``get`` answers: one object an input, or ``NotFound``."""
        found = yield from self.load(families, [identity(one) for one in inputs])
        return BulkResult(
            tuple(
                Outcome.of(
                    one,
                    show(found[identity(one)]) if identity(one) in found else missing(what, identity(one)),
                )
                for one in inputs
            )
        )

    def listed(
        self,
        families: Sequence[Family],
        cursor: str | None,
        ids: Sequence[str] | None,
        filters: Mapping[str, Any],
        fits: Callable[[Known], bool],
    ) -> Flow[tuple[list[Known], str | None]]:
        """A page of a listing: by ids a hundred at a time, else as the filters say; cut on our side."""
        if ids is None:
            found, following = yield from self.page_of(families, cursor, filters)
            return [one for one in found if fits(one)], following
        start = int(read_position(cursor).get("at", 0))
        part = ids[start : start + _IDS]
        loaded = yield from self.load(families, part)
        following = position(at=start + _IDS) if start + _IDS < len(ids) else None
        return [loaded[one] for one in dict.fromkeys(part) if one in loaded and fits(loaded[one])], following

    # -- status

    def switch(
        self,
        inputs: Sequence[Any],
        families: Sequence[Family],
        status: str,
        show: Callable[[Known], T],
        what: str,
    ) -> Flow[BulkResult[Any, T]]:
        """Set the status of objects, twenty a call; one that has it already is left as it is."""
        if status not in WRITE_STATUS:
            raise RULES.unsupported("ads.campaigns.set_status:archived")
        word = WRITE_STATUS[status]
        known = yield from self.load(families, [identity(one) for one in inputs])
        stuck = {one: _deleted(what, one) for one, row in known.items() if status_of(row.row) == "deleted"}
        to_do = [
            one for one in known.values() if one.id not in stuck and one.row.get("operation_status") != word
        ]
        failed = stuck | (yield from self.set_word(to_do, word))
        after = yield from self.again(to_do, word)
        return BulkResult(
            tuple(Outcome.of(one, _result(identity(one), known, failed, after, show, what)) for one in inputs)
        )

    def erase(
        self, inputs: Sequence[Any], families: Sequence[Family], what: str
    ) -> Flow[BulkResult[Any, Any]]:
        """Delete objects for good; what is deleted already counts as done."""
        known = yield from self.load(families, [identity(one) for one in inputs])
        to_do = [one for one in known.values() if status_of(one.row) != "deleted"]
        failed = yield from self.set_word(to_do, "DELETE")
        if failed:  # what an attempt deleted whose answer was lost refuses to be deleted again
            now = yield from self.again([known[one] for one in failed])
            failed = {one: error for one, error in failed.items() if status_of(now[one].row) != "deleted"}
        return BulkResult(
            tuple(
                Outcome.of(one, _result(identity(one), known, failed, {}, lambda _: "deleted", what))
                for one in inputs
            )
        )

    def set_word(self, known: Sequence[Known], word: str) -> Flow[dict[str, SocialCommerceError]]:
        """Write an ``operation_status``; answers what failed, by id."""
        failed: dict[str, SocialCommerceError] = {}
        for family in dict.fromkeys(one.family for one in known):
            ids = [one.id for one in known if one.family is family]
            for part in chunks(ids, _SWITCHED):
                failed |= yield from self._set_word(family, part, word)
        return failed

    def _set_word(
        self, family: Family, ids: Sequence[str], word: str
    ) -> Flow[dict[str, SocialCommerceError]]:
        body: dict[str, Any] = {family.many: list(ids), "operation_status": word}
        if family.root == "/adgroup/":
            body["allow_partial_success"] = True
        try:
            reply = yield from self.call("POST", family.status, body=body, safety="absolute")
        except SocialCommerceError as error:
            return dict.fromkeys(ids, error)
        data = reply.value or {}
        failed: dict[str, SocialCommerceError] = {
            str(row[family.id]): _refused(row.get("error_message")) for row in data.get("error_list") or ()
        }
        if (reply.body or {}).get("code") == _PARTLY:
            done = {str(one) for one in data.get(family.many) or ()}
            failed |= {one: _refused(None) for one in ids if one not in done and one not in failed}
        return failed

    def again(self, known: Sequence[Known], word: str | None = None) -> Flow[dict[str, Known]]:
        """Objects after a write, read again; as they should be now where they cannot be read.

        The write has happened, so a failure to look must not pass for its own.
        """
        expected = {
            one.id: evolve(one, row={**one.row, "operation_status": word}) if word else one for one in known
        }
        try:
            for family in dict.fromkeys(one.family for one in known):
                ids = [one.id for one in known if one.family is family]
                expected |= yield from self.load([family], ids)
        except (SocialCommerceError, *SHAPE_ERRORS):
            pass
        return expected

    # -- creating

    def made(
        self, family: Family, path: str, body: Mapping[str, Any], name: str, parent: Mapping[str, Any]
    ) -> Flow[str]:
        """Create by a call that knows a ``request_id``; a repeat that is refused as such is looked up.

        TikTok remembers the id for ten seconds only, so that after a lost answer it is looked first
        whether the object is there.
        """
        look = partial(self._look_for, family, name, parent, self.just_now())
        try:
            data = yield from self.ask("POST", path, body=dict(body), safety="unsafe", readback=look)
            made = str(data[family.id])
        except Conflict as error:
            if error.reason != "duplicate":
                raise
            found = yield from self.named(family, name, parent)
            if not found:
                raise
            made = found[0].id
        self.claim(family.id, made)
        return made

    def earlier(self, family: Family, body: Mapping[str, Any], name: str) -> Flow[Mapping[str, Any] | None]:
        """What a create with this caller's key made before, however long ago that was.

        Raises:
            InvalidRequest: the key made something of another name.
        """
        account = (yield from self.account()).id
        kept = yield from memory.made_under("tiktok_ads", account, family.id, body["request_id"])
        if kept is not None and kept["name"] != name:
            raise invalid(idempotency_key=f"has made {kept['name']!r} already; give each create its own")
        return kept

    def keep(self, family: Family, body: Mapping[str, Any], **made: Any) -> Flow[None]:
        """Note what a caller's key made: TikTok forgets the key after ten seconds."""
        account = (yield from self.account()).id
        yield from memory.note_made("tiktok_ads", account, family.id, body["request_id"], made)

    def just_now(self) -> datetime:
        """The present by TikTok's clock, which counts seconds and may be behind ours."""
        return self.now().replace(microsecond=0) - _SKEW

    def _look_for(
        self, family: Family, name: str, parent: Mapping[str, Any], since: datetime
    ) -> Flow[Found[Any] | Absent]:
        fresh = yield from self.fresh(family, name, parent, since)
        return Absent() if fresh is None else Found({family.id: fresh})

    def fresh(
        self, family: Family, name: str, parent: Mapping[str, Any], since: datetime
    ) -> Flow[str | None]:
        """The id of what a lost write made: of that name, since then, and of no other write."""
        found = yield from self.named(family, name, parent, since)
        return next((one.id for one in found if self.claim(family.id, one.id)), None)

    def named(
        self, family: Family, name: str, parent: Mapping[str, Any], since: datetime | None = None
    ) -> Flow[list[Known]]:
        """Objects of a name under a parent, the newest first; only those made since an instant."""
        data = yield from self.rows(family, 1, parent)
        key = {"ad_id": "ad_name", "smart_plus_ad_id": "ad_name"}.get(
            family.id, family.id.replace("_id", "_name")
        )
        found = [Known(family, row) for row in data.get("list") or () if row.get(key) == name]
        recent = [one for one in found if since is None or _made_since(one.row, since)]
        return sorted(recent, key=lambda one: str(one.row.get("create_time")), reverse=True)


_PARTLY = 20001
_AUTOMATIC = frozenset({"UPGRADED_SMART_PLUS"})


def _listed_elsewhere(family: Family, row: Mapping[str, Any]) -> bool:
    """Whether the listing of standard objects shows one that Smart+ lists itself."""
    return family.kind == "standard" and row.get("campaign_automation_type") in _AUTOMATIC


def _made_since(row: Mapping[str, Any], since: datetime) -> bool:
    made = instant(row.get("create_time"))
    return made is not None and made >= since


def _refused(message: Any) -> PlatformError:
    text = str(message or "TikTok left it as it was and gave no reason")
    return PlatformError(text, platform="tiktok_ads", sent="yes")


def _deleted(what: str, one: str) -> Conflict:
    return Conflict(
        f"{what} {one} is deleted, which is final", reason="state", platform="tiktok_ads", sent="no"
    )


def missing(what: str, one: str) -> NotFound:
    """The error of an id that is not there."""
    return NotFound(f"this ad account has no {what} {one}", platform="tiktok_ads", sent="yes")


def _result(
    one: str,
    known: Mapping[str, Known],
    failed: Mapping[str, SocialCommerceError],
    after: Mapping[str, Known],
    show: Callable[[Known], T],
    what: str,
) -> T | SocialCommerceError:
    if one not in known:
        return missing(what, one)
    return failed[one] if one in failed else show(after.get(one, known[one]))


def request_id(key: str | None) -> str:
    """A 64-bit number as text, which makes a create safe to repeat: drawn, or from the caller's key."""
    if key is None:
        return str(uuid4().int >> 65)
    if key.isascii() and key.isdigit() and int(key) < 1 << 63:
        return key
    return str(int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) >> 1)


def wanted(status: str | Sequence[str] | None) -> frozenset[str] | None:
    """The statuses a listing is limited to; None where it is not."""
    if status is None:
        return None
    return frozenset([status] if isinstance(status, str) else status)


def primary(status: frozenset[str] | None) -> dict[str, str]:
    """The filter that answers at least the objects of these statuses; deleted ones only if asked for."""
    if status is None or "deleted" not in status:
        return {"primary_status": "STATUS_DISABLE"} if status == frozenset({"paused"}) else {}
    return {"primary_status": "STATUS_DELETE" if len(status) == 1 else "STATUS_ALL"}


def shown_page(found: Sequence[Known], following: str | None, show: Callable[[Known], T]) -> Page[T]:
    """A page as its objects."""
    return Page([show(one) for one in found], following)


def request_ids(key: str | None, count: int) -> list[str]:
    """One ``request_id`` an input; a caller's key gives each its own."""
    if key is None or count == 1:
        return [request_id(key) for _ in range(count)]
    return [request_id(f"{key}:{index}") for index in range(count)]


def renamed(plan: Any, outcome: Outcome[Any, T]) -> Outcome[Any, T]:
    """An outcome under the input that a user gave."""
    return evolve(outcome, input=plan)


def fits_all(known: Known, statuses: frozenset[str] | None, name: str | None, after: datetime | None) -> bool:
    """Whether an object is one of those asked for, whatever TikTok's own filters let through."""
    row = known.row
    changed = instant(row.get("modify_time"))
    return (
        (statuses is None or status_of(row) in statuses)
        and (name is None or name.casefold() in str(row.get("campaign_name") or "").casefold())
        and (after is None or changed is None or changed >= after)
    )
