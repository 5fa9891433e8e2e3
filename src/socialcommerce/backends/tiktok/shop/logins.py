"""Logins of TikTok Shop: one pair of tokens for all shops of a seller, and the cipher of each shop.

Every shop keeps a record of its own, with the tokens it last saw, its ``cipher`` and its ``login``.
The login keeps the newest pair. Whoever renews holds the login's lock: a shop whose tokens are old
takes those that a sister shop has fetched meanwhile, so that no refresh token is spent twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import evolve

from socialcommerce.errors import NotFound
from socialcommerce.runtime import tokens
from socialcommerce.runtime.call import Call, Service, Subject, TokenRecord
from socialcommerce.runtime.flow import Exclusive, Flow, Store
from socialcommerce.runtime.perform import perform

if TYPE_CHECKING:
    from socialcommerce.backends.tiktok.shop.platform import TikTokShopPlatform
    from socialcommerce.runtime.session import Session

__all__ = ["LOGIN", "SHOPS", "authorized_shops", "record_of", "renew", "save_login", "with_cipher"]

LOGIN = "login"
"""The kind of a subject that stands for a whole login, whose tokens are kept under its own key."""

SHOPS = "/authorization/202309/shops"
_REFRESH = "/api/v2/token/refresh"


def authorized_shops(session: Session, subject: Subject | None = None) -> Flow[Sequence[Mapping[str, Any]]]:
    """GET /authorization/202309/shops: the shops that the tokens of a subject reach."""
    reply = yield from perform(session, Call("GET", SHOPS, service="shop", subject=subject), "auth.accounts")
    rows: Sequence[Mapping[str, Any]] = reply.value.get("shops") or ()
    return rows


def with_cipher(
    session: Session, service: Service, subject: Subject, record: TokenRecord
) -> Flow[TokenRecord]:
    """The record with its shop's cipher, looked up once and remembered beside the tokens."""
    for row in (yield from authorized_shops(session, subject)):
        if str(row.get("id")) == subject.id and row.get("cipher"):
            kept = yield from tokens.amend(session, service, subject, cipher=row["cipher"])
            return kept or evolve(record, extra={**record.extra, "cipher": row["cipher"]})
    raise NotFound(
        f"this login does not reach shop {subject.id}: client.accounts() lists the shops it does",
        platform="tiktok_shop",
        sent="no",
    )


def record_of(answer: Mapping[str, Any], now: float) -> TokenRecord:
    """The tokens of a reply; ``*_expire_in`` are instants, in Unix seconds."""
    return TokenRecord(
        access_token=answer["access_token"],
        refresh_token=answer.get("refresh_token") or "",
        access_expires_at=_instant(answer.get("access_token_expire_in")),
        refresh_expires_at=_instant(answer.get("refresh_token_expire_in")),
        issued_at=now,
        scopes=tuple(answer.get("granted_scopes") or ()),
    )


def _instant(seconds: Any) -> float | None:
    return float(seconds) if seconds else None


def save_login(session: Session, key: str, record: TokenRecord) -> Flow[None]:
    """Remember the newest pair of a login, whatever was there before."""
    stored = False
    while not stored:
        _, version = yield Store("tokens", "load", (key,))
        stored = yield Store("tokens", "swap", (key, version, record.dump()))


def renew(
    session: Session, platform: TikTokShopPlatform, subject: Subject | None, record: TokenRecord
) -> Flow[TokenRecord]:
    """A good pair of tokens in place of ``record``: the login's newer one, or a fresh one.

    GET /api/v2/token/refresh on the host of tokens, repeated after a cut connection: the lock is held
    and nobody else can have spent the refresh token.
    """
    login = record.extra.get("login")
    if login is None or subject is None or subject.kind == LOGIN:  # the login's own lock is held already
        fresh = yield from _refresh(session, record)
    else:
        key = platform.login_key(login)
        fresh = yield Exclusive(key, _renew_login(session, key, record), "tokens")
    return evolve(fresh, extra=record.extra, consent_expires_at=record.consent_expires_at)


def _renew_login(session: Session, key: str, record: TokenRecord) -> Flow[TokenRecord]:
    value, _ = yield Store("tokens", "load", (key,))
    newest = TokenRecord.load(value) if value is not None else record
    if newest.access_token != record.access_token and _lasts(newest, session.clock()):
        return newest
    fresh = yield from _refresh(session, newest)
    yield from save_login(session, key, evolve(fresh, extra=newest.extra))
    return fresh


def _lasts(record: TokenRecord, now: float) -> bool:
    end = record.access_expires_at
    return bool(record.access_token) and (end is None or end - now > tokens.ADVISORY)


def _refresh(session: Session, record: TokenRecord) -> Flow[TokenRecord]:
    query = {"refresh_token": record.refresh_token, "grant_type": "refresh_token"}
    call = Call("GET", _REFRESH, query=query, service="auth", account="none", safety="keyed")
    reply = yield from perform(session, call, "auth.refresh")
    fresh = record_of(reply.value, session.clock())
    return evolve(fresh, refresh_token=fresh.refresh_token or record.refresh_token)
