"""Consent and tokens of TikTok Shop: links, exchange, status, and the shops that a login reaches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from attrs import evolve

from socialcommerce.backends.tiktok.shop import logins
from socialcommerce.backends.tiktok.shop.codes.auth import NO_SCOPES
from socialcommerce.backends.tiktok.shop.noun import Json, TikTokShopNoun
from socialcommerce.backends.tiktok.shop.regions import region_of
from socialcommerce.errors import (
    AuthenticationError,
    AuthorizationRevoked,
    ConfigurationError,
    PartiallyApplied,
    SocialCommerceError,
)
from socialcommerce.models.account import Account, AuthStatus, Grant, Token
from socialcommerce.resources.auth import Auth, public_token
from socialcommerce.resources.capability import native, supports
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime import tokens
from socialcommerce.runtime.call import Call, Subject, TokenRecord
from socialcommerce.runtime.flow import Flow, Store, done, gather
from socialcommerce.runtime.text import write_query

__all__ = ["TikTokShopAuth", "account_of"]

CONSENT = {
    "US": "https://services.us.tiktokshop.com/open/authorize",
    "": "https://services.tiktokshop.com/open/authorize",
}
_LEGACY = "/oauth/authorize"
_WARN_DAYS = 30
_MANY = 200


class TikTokShopAuth(TikTokShopNoun, Auth):
    """``client.auth`` on TikTok Shop. One slot, ``shop``; one login may reach several shops."""

    @supports(
        "native",
        params={
            **native("redirect", "state", "slot", "native", "parameters"),
            "scopes": NO_SCOPES,
        },
        cost="no call",
        confidence="2+ sources",
    )
    def authorize_url(
        self,
        redirect: str,
        *,
        state: str | None = None,
        scopes: Sequence[str] = (),
        slot: str | None = None,
        native: Mapping[str, Any] | None = None,
    ) -> Flow[str]:
        """The consent link of the seller's market.

        Args:
            redirect: the address that is set on the app; it is not part of the link.
            state: comes back unchanged.
            scopes: refused, they are set on the app.
            slot: ``shop``.
            native: ``style`` (``new``, or ``legacy``: by app key), ``region`` (``US``, or any other).
        """
        options = {"style": "new", "region": self.backend.market or "", **(native or {})}
        more = [("state", state)] if state is not None else []
        if options["style"] == "legacy":
            page = self.backend.auth_host + _LEGACY
            return done(f"{page}?{write_query([('app_key', self.backend.app.app_key), *more])}")
        if options["style"] != "new":
            raise invalid(native="style must be 'new' or 'legacy'")
        if self.backend.service_id is None:
            raise ConfigurationError("the consent link takes the app's service_id: give it in the settings")
        page = CONSENT.get(str(options["region"]).upper(), CONSENT[""])
        return done(f"{page}?{write_query([('service_id', self.backend.service_id), *more])}")

    @supports("native", params=native("state", "slot"), cost="2 calls", confidence="2+ sources")
    def exchange(
        self, callback: str | Mapping[str, str], *, state: str | None = None, slot: str | None = None
    ) -> Flow[Sequence[Grant]]:
        """GET /api/v2/token/get, then GET /authorization/202309/shops for the shops and their ciphers.

        A code is good once and for 30 minutes. The tokens are kept for the login, and for every shop.
        """
        answer = dict(parse_qsl(urlsplit(callback).query)) if isinstance(callback, str) else dict(callback)
        _settle(answer, state)
        query = {"auth_code": answer["code"], "grant_type": "authorized_code"}
        reply = yield from self.ask(
            "GET", "/api/v2/token/get", query=query, service="auth", account="none", safety="unsafe"
        )
        login = str(reply.get("open_id") or "")
        record = evolve(logins.record_of(reply, self.session.clock()), extra={"login": login})
        yield from logins.save_login(self.session, self.backend.login_key(login), record)
        try:
            rows = yield from self._reached(login, reply)
        except SocialCommerceError as error:
            raise PartiallyApplied(
                "the code was exchanged, and its tokens are kept for the login; which shops they reach could "
                f"not be read, so that none can be worked on before the seller consents again: {error}",
                done=("token/get",),
                failed=("authorization/shops",),
                resume={"login": login},
            ) from error
        for row in rows:
            yield from self._keep_shop(record, row)
        accounts = tuple(account_of(row) for row in rows)
        return [Grant.build(subject=login, accounts=accounts, token=public_token(record))]

    def _reached(self, login: str, reply: Json) -> Flow[Sequence[Json]]:
        """The shops of a fresh login; creators and partners have none."""
        if reply.get("user_type") not in (0, None):
            return ()
        return (yield from logins.authorized_shops(self.session, Subject(logins.LOGIN, login)))

    def _keep_shop(self, record: TokenRecord, row: Json) -> Flow[None]:
        extra = {**record.extra, "cipher": row.get("cipher") or ""}
        yield from self.keep(self.front(None), Subject("shop", str(row["id"])), evolve(record, extra=extra))

    @supports("native", params=native("slot"), cost="1 call", confidence="2+ sources")
    def refresh(self, *, slot: str | None = None) -> Flow[Token]:
        """GET /api/v2/token/refresh, under the lock that every renewal takes.

        Where a sister shop of the same login has renewed meanwhile, its tokens are taken.
        """
        service, subject = self.front(None), (yield from self._whom())
        record = yield from tokens.peek(self.session, service, subject)
        if record is None:
            record = yield from tokens.usable(self.session, service, subject)
        fresh = yield from tokens.renew(self.session, service, subject, stale=record)
        return public_token(fresh)

    @supports("native", params=native("slot"), cost="1 call")
    def status(self, *, slot: str | None = None) -> Flow[AuthStatus]:
        """The expiries and scopes kept with the token; whether it still serves (GET authorization/shops).

        The consent lasts as long as its refresh token can be renewed, about a year.
        """
        service, subject = self.front(None), (yield from self._whom())
        name = subject.id if subject else None
        record = yield from tokens.peek(self.session, service, subject)
        if record is None:
            return AuthStatus(subject=name, slot=service.slot)
        try:
            yield from logins.authorized_shops(self.session, subject)
        except AuthorizationRevoked as error:
            return AuthStatus(subject=name, slot=service.slot, warnings=(str(error),))
        record = (yield from tokens.peek(self.session, service, subject)) or record
        token = public_token(record)
        return AuthStatus(
            subject=name,
            slot=service.slot,
            authorized=True,
            scopes=record.scopes,
            access_expires_at=token.access_expires_at,
            refresh_expires_at=token.refresh_expires_at,
            consent_expires_at=token.consent_expires_at,
            warnings=_warnings(token.refresh_expires_at, self.now()),
        )

    def _whom(self) -> Flow[Subject | None]:
        """Whose tokens are meant: the chosen shop's, that of the settings, or the only one's."""
        chosen = self.subject or self.backend.default_subject()
        if chosen is not None:
            return chosen
        return (yield from tokens.only_subject(self.session, self.front(None), Call("GET", logins.SHOPS)))

    @supports("native", params=native("kind", "slot"), cost="1 call a login")
    def accounts(self, *, kind: str | None = None, slot: str | None = None) -> Flow[Sequence[Account]]:
        """GET /authorization/202309/shops for every login that is known."""
        if kind not in (None, "shop"):
            return ()
        subjects = yield from self._one_of_each_login()
        lists = yield from gather([logins.authorized_shops(self.session, one) for one in subjects])
        found = {str(row["id"]): account_of(row) for rows in lists for row in rows}
        return tuple(found.values())

    def _one_of_each_login(self) -> Flow[Iterable[Subject | None]]:
        chosen = self.subject or self.backend.default_subject()
        if chosen is not None:
            return [chosen]
        prefix = self.backend.token_key(self.front(None), Subject("shop", ""))
        rows = yield Store("tokens", "scan", (prefix, "", _MANY))
        if not rows:
            return [None]
        return {_login(key, value): Subject("shop", key.removeprefix(prefix)) for key, value in rows}.values()


def _login(key: str, value: Mapping[str, Any]) -> str:
    return str(TokenRecord.load(value).extra.get("login") or key)


def _settle(answer: Mapping[str, str], state: str | None) -> None:
    """Refuse a return that was not asked for, or that says no; nothing is sent."""
    problem = None
    if state is not None and answer.get("state") != state:
        problem = "the state that came back is not the one that was sent: this return may be forged"
    elif answer.get("error"):
        problem = f"the seller did not consent: {answer['error']}"
    elif answer.get("code") in (None, "", "null"):
        problem = "the return carries no code"
    if problem is not None:
        raise AuthenticationError(problem, platform="tiktok_shop", sent="no")


def account_of(row: Json) -> Account:
    """A row of GET authorization/shops; the cipher stands in ``native_ids``."""
    region = region_of(row["region"]) if row.get("region") else None
    return Account.build(
        id=str(row["id"]),
        platform="tiktok_shop",
        kind="shop",
        name=row.get("name"),
        region=region.code if region else None,
        currency=region.currency if region else None,
        timezone=region.timezone if region else None,
        status="active",
        native_ids={
            name: str(row[key])
            for name, key in (("shop_id", "id"), ("shop_cipher", "cipher"), ("shop_code", "code"))
            if row.get(key)
        },
        raw=row,
    )


def _warnings(end: datetime | None, now: datetime) -> tuple[str, ...]:
    if end is None or (end - now.astimezone(UTC)).days >= _WARN_DAYS:
        return ()
    return (f"the consent ends {end:%Y-%m-%d}: send the seller to authorize_url before",)
