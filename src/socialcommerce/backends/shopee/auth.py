"""Consent and tokens of Shopee (guide 20): links, exchange, the shared first refresh token, renewal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from attrs import evolve

from socialcommerce.backends.shopee.noun import ShopeeNoun
from socialcommerce.backends.shopee.platform import App, signature
from socialcommerce.backends.shopee.regions import region_of
from socialcommerce.errors import AuthenticationError, AuthorizationRevoked
from socialcommerce.models.account import Account, AuthStatus, Grant, Token
from socialcommerce.resources.auth import Auth, public_token
from socialcommerce.resources.capability import emulated, native, no, supports
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime import tokens
from socialcommerce.runtime.call import Call, Service, Subject, TokenRecord
from socialcommerce.runtime.flow import Flow, done, gather
from socialcommerce.runtime.perform import perform
from socialcommerce.runtime.text import write_query

if TYPE_CHECKING:
    from socialcommerce.runtime.session import Session

__all__ = ["ShopeeAuth", "renew"]

_REFRESH_LIFE = 30 * 86_400.0
_EPOCH_FROM = 10**9
_LISTS = {"shop": "shop_id_list", "merchant": "merchant_id_list", "user": "user_id_list"} | {
    "principal": "principal_id_list",
    "supplier": "supplier_id_list",
}
_SHOP_INFO = "/api/v2/shop/get_shop_info"
_WARN_DAYS = 7
_NO_SCOPES = no("Shopee has no scopes; the category of the app decides what it may call")


class ShopeeAuth(ShopeeNoun, Auth):
    """``client.auth`` on Shopee. Slots: ``seller``, ``ads``, ``chat``, one app each."""

    @supports(
        "native",
        params={**native("state", "slot", "native", "parameters"), "scopes": _NO_SCOPES},
        cost="no call",
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
        """The consent link (guide 20): the new one, unsigned, or the legacy one, signed, good for 5 minutes.

        Args:
            redirect: must lie in the domain declared in Shopee's console.
            state: comes back unchanged; the legacy link carries none.
            scopes: refused, Shopee has none.
            slot: ``seller``, ``ads`` or ``chat``.
            native: ``style`` (``new``, ``legacy``), ``auth_type`` (``seller``, ``supplier``, ``user``).
        """
        options = {"style": "new", "auth_type": "seller", **(native or {})}
        if options["style"] == "new":
            more = [("state", state)] if state is not None else []
            return done(self._new_link("/auth", redirect, slot, options["auth_type"], more))
        if options["style"] != "legacy":
            raise invalid(native="style must be 'new' or 'legacy'")
        if state is not None:
            raise invalid(state="the legacy link carries no state; use the new style")
        return done(self._signed_link("/api/v2/shop/auth_partner", redirect, slot))

    def _app(self, slot: str | None) -> App:
        return self.backend.apps[self.front(slot).slot]

    def _new_link(
        self, page: str, redirect: str, slot: str | None, auth_type: str, more: Sequence[tuple[str, str]]
    ) -> str:
        query = [
            ("partner_id", str(self._app(slot).partner_id)),
            ("auth_type", auth_type),
            ("redirect_uri", redirect),
            ("response_type", "code"),
            *more,
        ]
        return f"{self.backend.consent_host}{page}?{write_query(query)}"

    def _signed_link(self, path: str, redirect: str, slot: str | None) -> str:
        app, now = self._app(slot), int(self.session.clock())
        query = [
            ("partner_id", str(app.partner_id)),
            ("timestamp", str(now)),
            ("sign", signature(app, path, now)),
            ("redirect", redirect),
        ]
        return f"{self.backend.host}{path}?{write_query(query)}"

    @supports("native", params=native("state", "slot"), cost="1 call")
    def exchange(
        self, callback: str | Mapping[str, str], *, state: str | None = None, slot: str | None = None
    ) -> Flow[Sequence[Grant]]:
        """POST /api/v2/auth/token/get: the code and the shop or main account that came back with it.

        A main account's one refresh token is shared by all its shops and merchants; each of
        them spends it once for a pair of its own, at its first renewal.
        """
        answer = dict(parse_qsl(urlsplit(callback).query)) if isinstance(callback, str) else dict(callback)
        _compare_state(answer, state)
        whose = _whose(answer)
        service = self.front(slot)
        body = {"code": answer["code"], "partner_id": self._app(slot).partner_id, **whose}
        reply = yield from self.ask(
            "POST",
            "/api/v2/auth/token/get",
            body=body,
            service=service.name,
            account="forbidden",
            safety="unsafe",
        )
        record = _record(reply, self.session.clock())
        grants = []
        for subject in _subjects(reply, whose):
            yield from self.keep(service, subject, record)
            grants.append(_grant(subject, record))
        return grants

    @supports("native", params=native("slot"), cost="1 call")
    def refresh(self, *, slot: str | None = None) -> Flow[Token]:
        """POST /api/v2/auth/access_token/get, under the lock that every renewal takes."""
        service = self.front(slot)
        subject = yield from self._whom(service)
        record = yield from tokens.peek(self.session, service, subject)
        if record is None:
            record = yield from tokens.usable(self.session, service, subject)
        fresh = yield from tokens.renew(self.session, service, subject, stale=record)
        return public_token(fresh)

    @supports("emulated", params=native("slot"), cost="no call")
    def revoke(self, *, slot: str | None = None) -> Flow[str | None]:
        """The cancel link: the seller must follow it; Shopee has no call for it."""
        redirect = self.backend.callback_urls.get("default", "https://open.shopee.com")
        return done(self._new_link("/cancel_auth", redirect, slot, "seller", ()))

    @supports("native", params=native("slot"), cost="1 call")
    def status(self, *, slot: str | None = None) -> Flow[AuthStatus]:
        """The expiries kept with the token, and the consent's end (GET shop/get_shop_info)."""
        service = self.front(slot)
        subject = yield from self._whom(service)
        record = yield from tokens.peek(self.session, service, subject)
        if record is None:
            return AuthStatus(subject=subject.id, slot=service.slot)
        try:
            consent = yield from self._consent_end(service, subject)
        except AuthorizationRevoked as error:
            return AuthStatus(subject=subject.id, slot=service.slot, warnings=(str(error),))
        record = (yield from tokens.peek(self.session, service, subject)) or record
        token = public_token(evolve(record, consent_expires_at=consent or record.consent_expires_at))
        return AuthStatus(
            subject=subject.id,
            slot=service.slot,
            authorized=True,
            access_expires_at=token.access_expires_at,
            refresh_expires_at=token.refresh_expires_at,
            consent_expires_at=token.consent_expires_at,
            warnings=_warnings(token, self.now()),
        )

    def _consent_end(self, service: Service, subject: Subject) -> Flow[float | None]:
        if subject.kind != "shop":
            return None
        info = yield from self.ask("GET", _SHOP_INFO, service=service.name, subject=subject)
        return float(info["expire_time"]) if info.get("expire_time") else None

    def _whom(self, service: Service) -> Flow[Subject]:
        """The account whose tokens are meant: the chosen one, that of the settings, or the only one."""
        chosen = self.subject
        if chosen is not None:
            return Subject("shop", chosen.id) if chosen.kind == "ad" else chosen
        for subject in self.backend.identities.values():
            return subject
        only = yield from tokens.only_subject(self.session, service, Call("GET", _SHOP_INFO))
        assert only is not None
        return only

    @supports("native", params={**native("slot"), **emulated("kind", "ad")}, cost="1 call a page and kind")
    def accounts(self, *, kind: str | None = None, slot: str | None = None) -> Flow[Sequence[Account]]:
        """GET public/get_shops_by_partner and get_merchants_by_partner; the ad account is the shop itself."""
        found: list[Account] = []
        if kind in (None, "shop"):
            found += yield from self._listed("shop", slot)
        if kind in (None, "merchant"):
            found += yield from self._listed("merchant", slot)
        if kind == "ad":
            found += yield from gather([self._ad_account(shop) for shop in (yield from self._shops(slot))])
        return found

    def _shops(self, slot: str | None) -> Flow[list[Subject]]:
        """The shop that was chosen or named; else all that consented."""
        one = self.subject or self.backend.default_subject()
        if one is not None:
            return [Subject("shop", one.id)]
        return [Subject("shop", shop.id) for shop in (yield from self._listed("shop", slot))]

    def _ad_account(self, shop: Subject) -> Flow[Account]:
        from socialcommerce.backends.shopee.ads import ShopeeAds

        return ShopeeAds(self.session.for_subject(shop), self.operation).ad_account()

    def _listed(self, kind: str, slot: str | None) -> Flow[list[Account]]:
        path, key = f"/api/v2/public/get_{kind}s_by_partner", f"authed_{kind}_list"
        accounts: list[Account] = []
        page, more = 1, True
        while more:
            query = {"page_size": 100, "page_no": page}
            reply = yield from self.ask("GET", path, query=query, service=self.front(slot).name)
            accounts += [_account(kind, row) for row in reply.get(key) or ()]
            page, more = page + 1, bool(reply.get("more"))
        return accounts


def _compare_state(answer: Mapping[str, str], state: str | None) -> None:
    if state is not None and answer.get("state") != state:
        raise AuthenticationError(
            "the state that came back is not the one that was sent: this return may be forged",
            platform="shopee",
            sent="no",
        )
    if not answer.get("code"):
        raise AuthenticationError("the return carries no code", platform="shopee", sent="no")


def _whose(answer: Mapping[str, str]) -> dict[str, int]:
    for name in ("shop_id", "main_account_id"):
        if answer.get(name, "").isdigit():
            return {name: int(answer[name])}
    raise AuthenticationError(
        "the return names neither shop_id nor main_account_id", platform="shopee", sent="no"
    )


def _subjects(reply: Mapping[str, Any], whose: Mapping[str, int]) -> Iterator[Subject]:
    if "shop_id" in whose:
        yield Subject("shop", str(whose["shop_id"]))
        return
    for kind, key in _LISTS.items():
        for number in reply.get(key) or ():
            yield Subject(kind, str(number))


def _record(reply: Mapping[str, Any], now: float) -> TokenRecord:
    """``expire_in`` is a duration in every guide; one reference sample shows an instant instead."""
    lasts = float(reply["expire_in"])
    return TokenRecord(
        access_token=reply["access_token"],
        refresh_token=reply["refresh_token"],
        access_expires_at=lasts if lasts > _EPOCH_FROM else now + lasts,
        refresh_expires_at=now + _REFRESH_LIFE,
        issued_at=now,
    )


def _grant(subject: Subject, record: TokenRecord) -> Grant:
    account = Account.build(id=subject.id, platform="shopee", kind=subject.kind, raw=None)
    return Grant.build(subject=subject.id, accounts=(account,), token=public_token(record))


def _account(kind: str, row: Mapping[str, Any]) -> Account:
    region = region_of(row["region"]) if row.get("region") else None
    return Account.build(
        id=str(row[f"{kind}_id"]),
        platform="shopee",
        kind=kind,
        region=region.code if region else None,
        currency=region.currency if region else None,
        timezone=region.timezone if region else None,
        status="active",
        native_ids={f"{kind}_id": str(row[f"{kind}_id"])},
        raw=row,
    )


def _warnings(token: Token, now: datetime) -> tuple[str, ...]:
    end = token.consent_expires_at
    if end is None or (end - now.astimezone(UTC)).days >= _WARN_DAYS:
        return ()
    return (f"the consent ends {end:%Y-%m-%d}: send the seller to authorize_url before",)


def renew(
    session: Session, service: Service, app: App, subject: Subject, record: TokenRecord
) -> Flow[TokenRecord]:
    """POST /api/v2/auth/access_token/get: a new pair for the old refresh token, which is then spent.

    Repeated after a cut connection, since the lock is held and nobody else can have spent it:
    where the first request did arrive, Shopee refuses the second.
    """
    body = {
        "refresh_token": record.refresh_token,
        "partner_id": app.partner_id,
        f"{subject.kind}_id": int(subject.id),
    }
    call = Call(
        "POST",
        "/api/v2/auth/access_token/get",
        body=body,
        service=service.name,
        account="forbidden",
        safety="keyed",
    )
    reply = yield from perform(session, call, "auth.refresh")
    fresh = _record(reply.value, session.clock())
    return evolve(fresh, consent_expires_at=record.consent_expires_at, extra=record.extra)
