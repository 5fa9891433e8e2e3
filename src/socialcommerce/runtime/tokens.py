"""Tokens: used while fresh, renewed once for everybody, saved before they are used.

The order of a renewal is: lock, read again, note that it begins, renew, save, release, use.
Whoever waited for the lock finds the new token on reading again and renews nothing. A
refresh token that can be spent once is therefore spent once, by threads, tasks and
processes that share a store; a process that dies between the platform's answer and the
save leaves the note ``renewing_since``, so the next one can say what happened.

Tokens of the settings serve until the store has its own, and once more where the platform has revoked
those: if they changed since, they are a new consent. Which ones were tried is noted, so that none is
tried twice: an old refresh token that was spent long ago must not come back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from attrs import evolve

from socialcommerce.errors import (
    AuthenticationError,
    AuthorizationRevoked,
    ConfigurationError,
    OutcomeUnknown,
    SocialCommerceError,
)
from socialcommerce.runtime.call import Call, Renewal, Service, Subject, TokenRecord
from socialcommerce.runtime.flow import Exclusive, Flow, Store
from socialcommerce.runtime.observe import Attempt, notify
from socialcommerce.runtime.retry import classify
from socialcommerce.runtime.session import Session
from socialcommerce.runtime.transport import TransportFailure

__all__ = [
    "ADVISORY",
    "MANDATORY",
    "adopt",
    "amend",
    "forget",
    "only_subject",
    "peek",
    "renew",
    "save",
    "usable",
]

MANDATORY = 30.0
"""Seconds before its end from which an access token is not used any more."""
ADVISORY = 300.0
"""Seconds before its end from which a renewal is tried; should it fail, the old token still serves."""

_EARLY: Mapping[Renewal, float] = {"exchange_before_expiry": 7 * 86400.0}
"""The same for tokens that nothing renews once they have ended: a client may stand still for days."""

_NAMED = 10
"""How many accounts an error lists at most."""

_PAUSE = 30.0
"""Seconds after a failed early renewal in which it is not tried again: an outage slows nobody down."""

_NEVER_RENEWED = frozenset({"never", "human"})
_WITHOUT_REFRESH_TOKEN = frozenset({"reissue", "same_until_last_hour", "exchange_before_expiry"})
_WITHOUT_CONSENT = frozenset({"reissue", "same_until_last_hour"})


def usable(session: Session, service: Service, subject: Subject | None) -> Flow[TokenRecord]:
    """A token that is good for the next call, renewed first where it must be.

    Raises ``AuthenticationError`` (nothing sent) where there is none to begin with.
    """
    record, _ = yield from _read(session, service, subject)
    if record.access_expires_at is None:
        return record
    left = record.access_expires_at - session.clock()
    if left > _EARLY.get(service.renewal, ADVISORY) or not _renewable(service, record):
        return record
    advisory, mandatory = _margins(service, record)
    if left > advisory:
        return record
    if left <= mandatory:
        return (yield from renew(session, service, subject, stale=record))
    return (yield from _renew_early(session, service, subject, record))


def _margins(service: Service, record: TokenRecord) -> tuple[float, float]:
    """When to renew, in seconds before the end: a token of five minutes is not renewed at every call."""
    advisory = _EARLY.get(service.renewal, ADVISORY)
    if record.issued_at is None or record.access_expires_at is None:
        return advisory, MANDATORY
    life = record.access_expires_at - record.issued_at
    return min(advisory, life / 4), min(MANDATORY, life / 10)


def _renew_early(
    session: Session, service: Service, subject: Subject | None, record: TokenRecord
) -> Flow[TokenRecord]:
    pause = ("renewal", session.platform.token_key(service, subject))
    if session.clock() < session.memo.get(pause, 0.0):
        return record
    try:
        return (yield from renew(session, service, subject, stale=record))
    except (SocialCommerceError, TransportFailure):
        session.memo[pause] = session.clock() + _PAUSE
        return record


def renew(
    session: Session, service: Service, subject: Subject | None, stale: TokenRecord
) -> Flow[TokenRecord]:
    """Replace ``stale`` once, whoever else wants the same at the same time."""
    if not _renewable(service, stale):
        adopted = yield from adopt(session, service, subject, stale)
        if adopted is not None:
            return adopted
        raise _revoked(session, "the access token is no longer accepted and cannot be renewed")
    key = session.platform.token_key(service, subject)
    record: TokenRecord = yield Exclusive(key, _renew_locked(session, service, subject, stale), "tokens")
    return record


def _renew_locked(
    session: Session, service: Service, subject: Subject | None, stale: TokenRecord
) -> Flow[TokenRecord]:
    key = session.platform.token_key(service, subject)
    began = session.clock()
    while True:
        record, version = yield from _read(session, service, subject)
        if not _same(record, stale):
            return record
        note = evolve(record, renewing_since=began).dump()
        if (yield Store("tokens", "swap", (key, version, note))):
            break
    noted, version = yield from _read(session, service, subject)
    if not _same(noted, stale):
        return noted
    try:
        fresh = yield from session.platform.renew(session, service, subject, record)
    except SocialCommerceError as error:
        if record.renewing_since is None and _refused(error):
            yield Store("tokens", "swap", (key, version, record.dump()))
        again = record.renewing_since is not None
        blamed = _blame(session, error, record.renewing_since or began, again=again)
        adopted = None
        if isinstance(blamed, AuthorizationRevoked):
            adopted = yield from _adopt(session, service, subject, stale)
        if adopted is not None:
            return adopted
        if blamed is error:
            raise
        raise blamed from error
    fresh = fresh.renewed(issued_at=began if fresh.issued_at is None else fresh.issued_at)
    saved = yield Store("tokens", "swap", (key, version, fresh.dump()))
    _observe_renewal(session, subject)
    return fresh if saved else (yield from _save_beside(session, service, subject, stale, fresh))


def _save_beside(
    session: Session, service: Service, subject: Subject | None, stale: TokenRecord, fresh: TokenRecord
) -> Flow[TokenRecord]:
    """Somebody wrote beside the lock: tokens of a new consent win, what else was noted is kept with ours."""
    key, stored = session.platform.token_key(service, subject), False
    while not stored:
        present, version = yield from _read(session, service, subject)
        if not _same(present, stale):
            return present
        fresh = evolve(fresh, extra={**fresh.extra, **present.extra})
        stored = yield Store("tokens", "swap", (key, version, fresh.dump()))
    return fresh


def _same(record: TokenRecord, stale: TokenRecord) -> bool:
    """Whether nobody renewed in between; some platforms prolong a token without changing its text."""
    return (record.access_token, record.refresh_token, record.access_expires_at) == (
        stale.access_token,
        stale.refresh_token,
        stale.access_expires_at,
    )


def _refused(error: SocialCommerceError) -> bool:
    """Whether the renewal surely spent nothing, so that no note of it need stay."""
    return error.sent == "no" or (error.sent == "yes" and classify(error) in ("refused", "final"))


def _blame(session: Session, error: SocialCommerceError, since: float, *, again: bool) -> SocialCommerceError:
    """The error; it says so where a token is dead because an earlier renewal's answer was lost."""
    lost = isinstance(error, AuthorizationRevoked) and again
    if lost or (isinstance(error, OutcomeUnknown) and isinstance(error.__cause__, AuthorizationRevoked)):
        return _interrupted(session, since)
    return error


def adopt(
    session: Session, service: Service, subject: Subject | None, dead: TokenRecord
) -> Flow[TokenRecord | None]:
    """What to use in the place of a token that the platform has revoked, if there is anything.

    That is what somebody else has saved meanwhile, or the settings' token, if it was never tried.
    """
    key = session.platform.token_key(service, subject)
    record: TokenRecord | None = yield Exclusive(key, _adopt(session, service, subject, dead), "tokens")
    return record


def _adopt(
    session: Session, service: Service, subject: Subject | None, dead: TokenRecord
) -> Flow[TokenRecord | None]:
    seed = session.platform.seed(service, subject)
    if seed is None or service.renewal in _NEVER_RENEWED:
        return None
    key = session.platform.token_key(service, subject)
    value, version = yield Store("tokens", "load", (key,))
    if value is not None and not _same(TokenRecord.load(value), dead):
        return TokenRecord.load(value)
    tried, _ = yield Store("seen", "load", (_tried(key),))
    if value is None or tried is None or not (yield from _note_tried(key, seed)):
        return None
    return seed if (yield Store("tokens", "swap", (key, version, seed.dump()))) else None


def _tried(key: str) -> str:
    return f"tokens/{key}"


def _note_tried(key: str, seed: TokenRecord | None) -> Flow[bool]:
    """Note that the settings' token was tried, or that newer ones took its place; False where it was."""
    marks = [] if seed is None else [_mark(seed)]
    while True:
        row, version = yield Store("seen", "load", (_tried(key),))
        known = [] if row is None else row["marks"]
        fresh = [mark for mark in marks if mark not in known]
        if row is not None and not fresh:
            return False
        if (yield Store("seen", "swap", (_tried(key), version, {"marks": [*known, *fresh]}))):
            return bool(fresh)


def _mark(seed: TokenRecord) -> str:
    """Tells tokens apart without holding them."""
    text = f"{seed.access_token} {seed.refresh_token}"
    return hashlib.sha256(text.encode()).hexdigest()


def _read(session: Session, service: Service, subject: Subject | None) -> Flow[tuple[TokenRecord, int]]:
    key = session.platform.token_key(service, subject)
    value, version = yield Store("tokens", "load", (key,))
    if value is not None:
        return TokenRecord.load(value), version
    seed = session.platform.seed(service, subject)
    if seed is None and service.renewal in _WITHOUT_CONSENT:
        seed = TokenRecord(access_expires_at=0.0)
    if seed is None and subject is None and service.renewal in _NEVER_RENEWED:
        return TokenRecord(), version  # no account, no consent, no renewal: the settings alone sign
    if seed is None:
        raise _missing(session, service, subject)
    if service.renewal in _NEVER_RENEWED:  # nothing to remember: the settings stay the only truth
        return seed, version
    yield from _note_tried(key, session.platform.seed(service, subject))
    yield Store("tokens", "swap", (key, version, seed.dump()))
    value, version = yield Store("tokens", "load", (key,))
    return TokenRecord.load(value), version


def only_subject(session: Session, service: Service, call: Call) -> Flow[Subject | None]:
    """The one account of the kind that a call needs among those with tokens.

    ``ConfigurationError`` where there is none, or where the caller must choose among several.
    """
    kind = session.platform.subject_kind(call)
    if kind is None:
        return None
    prefix = session.platform.token_key(service, Subject(kind, ""))
    rows = yield Store("tokens", "scan", (prefix, "", _NAMED))
    ids = [key.removeprefix(prefix) for key, _ in rows]
    if len(ids) == 1:
        return Subject(kind, ids[0])
    if ids:
        named = ", ".join(ids)
        raise ConfigurationError(f"choose one {kind} account with client.for_account(...): there are {named}")
    raise ConfigurationError(
        f"{call.path} speaks for a {kind}, and none is known: name it in the backend's settings "
        f"({kind}_id=...), choose it with client.for_account(...), or authorise one with client.auth"
    )


def peek(session: Session, service: Service, subject: Subject | None) -> Flow[TokenRecord | None]:
    """What is remembered, as it is, without renewing it."""
    value, _ = yield Store("tokens", "load", (session.platform.token_key(service, subject),))
    return TokenRecord.load(value) if value is not None else session.platform.seed(service, subject)


def save(session: Session, service: Service, subject: Subject | None, record: TokenRecord) -> Flow[None]:
    """Remember new tokens of a fresh consent, whatever was there before."""
    key = session.platform.token_key(service, subject)
    yield from _note_tried(key, session.platform.seed(service, subject))
    yield from _replace(key, record.dump())


def amend(
    session: Session, service: Service, subject: Subject | None, **extra: Any
) -> Flow[TokenRecord | None]:
    """Add to what is remembered beside a token, leaving the token as it is; answers the record."""
    key = session.platform.token_key(service, subject)
    while True:
        value, version = yield Store("tokens", "load", (key,))
        if value is None:
            return None
        record = TokenRecord.load(value)
        record = evolve(record, extra={**record.extra, **extra})
        if (yield Store("tokens", "swap", (key, version, record.dump()))):
            return record


def forget(session: Session, service: Service, subject: Subject | None) -> Flow[None]:
    """Drop what is remembered, after the consent was withdrawn."""
    yield from _replace(session.platform.token_key(service, subject), None)


def _replace(key: str, value: Mapping[str, Any] | None) -> Flow[None]:
    stored = False
    while not stored:
        _, version = yield Store("tokens", "load", (key,))
        stored = yield Store("tokens", "swap", (key, version, value))


def _renewable(service: Service, record: TokenRecord) -> bool:
    if service.renewal in _WITHOUT_REFRESH_TOKEN:
        return True
    return service.renewal not in _NEVER_RENEWED and bool(record.refresh_token)


def _observe_renewal(session: Session, subject: Subject | None) -> None:
    account = subject.id if subject else None
    notify(session.hooks, Attempt("auth.refresh", account, "", "", "ok", kind="renewal"))


def _missing(session: Session, service: Service, subject: Subject | None) -> AuthenticationError:
    whom = f"{subject.kind} {subject.id}" if subject else "this app"
    return AuthenticationError(
        f"no token for {whom} (credential slot {service.slot!r}): send the seller to "
        "client.auth.authorize_url(...), then call client.auth.exchange(...)",
        platform=session.platform.name,
        sent="no",
    )


def _revoked(session: Session, message: str) -> AuthorizationRevoked:
    return AuthorizationRevoked(
        f"{message}; the seller must authorise again", platform=session.platform.name, sent="no"
    )


def _interrupted(session: Session, since: float) -> AuthorizationRevoked:
    moment = datetime.fromtimestamp(since, UTC).isoformat(timespec="seconds")
    return _revoked(
        session,
        f"a renewal that began at {moment} was cut off after the platform had answered, and its new "
        "refresh token was lost",
    )
