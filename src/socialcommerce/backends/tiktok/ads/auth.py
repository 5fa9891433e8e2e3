"""Consent and tokens of the two worlds: ad accounts, whose tokens never end, and TikTok accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from socialcommerce.backends.tiktok.ads.accounts import AccountsNoun
from socialcommerce.backends.tiktok.ads.codes.auth import ACCOUNT_SCOPES, NO_REFRESH
from socialcommerce.backends.tiktok.ads.platform import ACCOUNT, ADVERTISER
from socialcommerce.errors import AuthenticationError, AuthorizationRevoked, ConfigurationError, Unsupported
from socialcommerce.models.account import Account, AuthStatus, Grant, Token
from socialcommerce.resources.auth import Auth, public_token
from socialcommerce.resources.capability import native, no, supports
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime import tokens
from socialcommerce.runtime.call import Call, Service, Subject, TokenRecord
from socialcommerce.runtime.flow import Flow, done
from socialcommerce.runtime.perform import perform
from socialcommerce.runtime.session import Session
from socialcommerce.runtime.text import write_query

__all__ = ["TikTokAuth", "renew"]

_ADVERTISER_PAGE = "/portal/auth"
_ACCOUNT_PAGE = "https://www.tiktok.com/v2/auth/authorize"
_KINDS = {ADVERTISER: "ad", ACCOUNT: "page"}
_CODES = {ADVERTISER: ("auth_code", "code"), ACCOUNT: ("code", "auth_code")}
"""Under which name the code comes back; older pages used another one as well."""


class TikTokAuth(AccountsNoun, Auth):
    """``client.auth`` on TikTok's Business API. Slots: ``advertiser`` and ``account``."""

    @supports(
        "native",
        params=native("state", "scopes", "slot", "parameters")
        | {"native": no("TikTok's consent pages know no other settings")},
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
        """The consent page of advertisers (portal/auth), or that of TikTok accounts (v2/auth/authorize).

        Args:
            redirect: must be registered with the app.
            state: comes back unchanged.
            scopes: of a TikTok account; those of an advertiser are set on the app, so none are taken.
            slot: ``advertiser`` or ``account``.
            native: refused, the links have no further settings.
        """
        more = [("state", state)] if state is not None else []
        if self.front(slot).slot == ACCOUNT:
            query = [
                ("client_key", self.backend.app.id),
                ("response_type", "code"),
                ("scope", ",".join(scopes or ACCOUNT_SCOPES)),
                ("redirect_uri", redirect),
                *more,
            ]
            return done(f"{_ACCOUNT_PAGE}?{write_query(query)}")
        if scopes:
            raise invalid(scopes="an advertiser agrees to the scopes that are set on the app; name none")
        query = [("app_id", self.backend.app.id), *more, ("redirect_uri", redirect)]
        return done(f"https://business-api.tiktok.com{_ADVERTISER_PAGE}?{write_query(query)}")

    @supports("native", params=native("state", "slot"), cost="1 call")
    def exchange(
        self, callback: str | Mapping[str, str], *, state: str | None = None, slot: str | None = None
    ) -> Flow[Sequence[Grant]]:
        """POST /oauth2/access_token/, or /tt_user/oauth2/token/ for a TikTok account.

        One login of an advertiser reaches many ad accounts with one token. Of a TikTok account, give
        the whole URL it came back to (or ``redirect_uri`` in the mapping): TikTok compares it.
        """
        service = self.front(slot)
        answer = dict(parse_qsl(urlsplit(callback).query)) if isinstance(callback, str) else dict(callback)
        code = _code(answer, state, service.slot)
        if service.slot == ADVERTISER:
            body = {"auth_code": code}
            data = yield from self._app_call("/oauth2/access_token/", body, "unsafe")
        else:
            redirect = callback.partition("?")[0] if isinstance(callback, str) else answer.get("redirect_uri")
            if not redirect:
                raise invalid(callback="give the whole URL, or redirect_uri beside the code")
            body = {"grant_type": "authorization_code", "auth_code": code, "redirect_uri": redirect}
            data = yield from self._app_call("/tt_user/oauth2/token/", body, "unsafe")
        record = record_of(data, self.session.clock())
        grants = []
        for subject in _subjects(data, service.slot):
            yield from self.keep(service, subject, record)
            grants.append(_grant(subject, record))
        return grants

    def _app_call(self, path: str, body: Mapping[str, Any], safety: str) -> Flow[Any]:
        """A call that shows the app's secret and carries no token."""
        return self.ask("POST", path, body=dict(body), account="none", safety=safety)

    @supports(
        "native",
        params={**native("slot"), "slot.advertiser": NO_REFRESH},
        cost="1 call",
        when="slot account",
    )
    def refresh(self, *, slot: str | None = None) -> Flow[Token]:
        """POST /tt_user/oauth2/refresh_token/, under the lock that every renewal takes."""
        if slot == ADVERTISER:
            raise Unsupported("auth.refresh", "tiktok_ads", NO_REFRESH.reason, NO_REFRESH.instead)
        service = self.backend.services[ACCOUNT]
        subject = yield from self._whom(service)
        record = yield from tokens.peek(self.session, service, subject)
        if record is None:
            record = yield from tokens.usable(self.session, service, subject)
        fresh = yield from tokens.renew(self.session, service, subject, stale=record)
        return public_token(fresh)

    @supports("native", params=native("slot"), cost="1 call")
    def revoke(self, *, slot: str | None = None) -> Flow[str | None]:
        """POST /oauth2/revoke_token/, or /tt_user/oauth2/revoke/; every ad account of the token loses it."""
        service = self.front(slot)
        subject = yield from self._whom(service)
        record = yield from tokens.usable(self.session, service, subject)
        path = "/oauth2/revoke_token/" if service.slot == ADVERTISER else "/tt_user/oauth2/revoke/"
        yield from self._app_call(path, {"access_token": record.access_token}, "absolute")
        for other, kept in (yield from self.remembered(service)):
            if kept.access_token == record.access_token:
                yield from tokens.forget(self.session, service, other)
        return None

    @supports("native", params=native("slot"), cost="1 call")
    def status(self, *, slot: str | None = None) -> Flow[AuthStatus]:
        """GET /oauth2/advertiser/get/, or POST /tt_user/token_info/get/: whether the token still works."""
        service = self.front(slot)
        subject = yield from self._whom(service)
        record = yield from tokens.peek(self.session, service, subject)
        if record is None:
            return AuthStatus(subject=subject.id, slot=service.slot)
        try:
            scopes = yield from self._proven(service, subject)
        except AuthorizationRevoked as error:
            return AuthStatus(subject=subject.id, slot=service.slot, warnings=(error.message,))
        kept = (yield from tokens.peek(self.session, service, subject)) or record
        token = public_token(kept)
        return AuthStatus(
            subject=subject.id,
            slot=service.slot,
            authorized=scopes is not None,
            scopes=scopes or kept.scopes,
            access_expires_at=token.access_expires_at,
            refresh_expires_at=token.refresh_expires_at,
            warnings=() if scopes is not None else ("the token no longer reaches this ad account",),
        )

    def _proven(self, service: Service, subject: Subject) -> Flow[tuple[str, ...] | None]:
        """The scopes that TikTok itself tells of a token that works; None where it reaches others only."""
        if service.slot == ADVERTISER:
            reached = yield from self.reached(subject)
            return () if any(str(row["advertiser_id"]) == subject.id for row in reached) else None
        record = yield from tokens.usable(self.session, service, subject)
        data = yield from self._app_call(
            "/tt_user/token_info/get/", {"access_token": record.access_token}, "read"
        )
        return _scopes(data.get("scope"))

    def _whom(self, service: Service) -> Flow[Subject]:
        """The account whose tokens are meant: the chosen one, that of the settings, or the only one."""
        kind = _KINDS[service.slot]
        if self.subject is not None and self.subject.kind == kind:
            return self.subject
        given = self.backend.identities.get(kind)
        if given is not None:
            return given
        path = "/campaign/get/" if kind == "ad" else "/business/get/"
        only = yield from tokens.only_subject(self.session, service, Call("GET", path))
        assert only is not None
        return only

    @supports("native", params=native("kind", "slot"), cost="1 call a token, 1 for 100 ad accounts")
    def accounts(self, *, kind: str | None = None, slot: str | None = None) -> Flow[Sequence[Account]]:
        """Ad accounts, TikTok accounts, and, where asked for, shops and catalogues (of the ``bc_id``).

        GET /oauth2/advertiser/get/ and /advertiser/info/; /business/get/; /store/list/; /catalog/get/.
        """
        if kind == "catalog" and self.backend.bc_id is None:
            raise ConfigurationError("name the Business Center that holds the catalogues: bc_id=…")
        found: list[Account] = []
        if kind in (None, "ad") and slot in (None, ADVERTISER):
            found += yield from self.ad_accounts()
        if kind in (None, "page") and slot in (None, ACCOUNT):
            found += yield from self.pages()
        if kind == "shop":
            found += yield from self.shops()
        if kind == "catalog":
            found += yield from self.catalogs(str(self.backend.bc_id))
        return found


def _code(answer: Mapping[str, str], state: str | None, slot: str) -> str:
    if state is not None and answer.get("state") != state:
        raise AuthenticationError(
            "the state that came back is not the one that was sent: this return may be forged",
            platform="tiktok_ads",
            sent="no",
        )
    for name in _CODES[slot]:
        if answer.get(name):
            return answer[name]
    raise AuthenticationError("the return carries no code", platform="tiktok_ads", sent="no")


def _subjects(data: Mapping[str, Any], slot: str) -> Iterator[Subject]:
    if slot == ACCOUNT:
        yield Subject("page", str(data["open_id"]))
        return
    for one in data.get("advertiser_ids") or ():
        yield Subject("ad", str(one))


def record_of(data: Mapping[str, Any], now: float) -> TokenRecord:
    """The tokens of a login or a renewal; durations, where there are any, in seconds."""
    return TokenRecord(
        access_token=data["access_token"],
        refresh_token=data.get("refresh_token") or "",
        access_expires_at=_end(data.get("expires_in"), now),
        refresh_expires_at=_end(data.get("refresh_token_expires_in"), now),
        issued_at=now,
        scopes=_scopes(data.get("scope")),
    )


def _end(lasts: Any, now: float) -> float | None:
    return now + float(lasts) if lasts else None


def _scopes(told: Any) -> tuple[str, ...]:
    """Scopes as text: numbers of an advertiser's token, a list with commas or spaces of an account's."""
    if isinstance(told, str):
        return tuple(told.replace(",", " ").split())
    return tuple(str(one) for one in told or ())


def _grant(subject: Subject, record: TokenRecord) -> Grant:
    account = Account.build(id=subject.id, platform="tiktok_ads", kind=subject.kind, raw=None)
    return Grant.build(subject=subject.id, accounts=(account,), token=public_token(record))


def renew(session: Session, service: Service, record: TokenRecord) -> Flow[TokenRecord]:
    """POST /tt_user/oauth2/refresh_token/: a new pair, both of which count from now on.

    Repeated after a cut connection: the lock is held, so nobody else can have spent the old one.
    """
    body = {"grant_type": "refresh_token", "refresh_token": record.refresh_token}
    call = Call(
        "POST",
        "/tt_user/oauth2/refresh_token/",
        body=body,
        service=service.name,
        account="none",
        safety="keyed",
    )
    reply = yield from perform(session, call, "auth.refresh")
    return record_of(reply.value, session.clock())
