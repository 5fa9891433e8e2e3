"""Consent and tokens of the Graph API: what both platforms do alike, and the login of Facebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from attrs import evolve
from typing_extensions import override

from socialcommerce.backends.meta.accounts import SocialAccounts
from socialcommerce.backends.meta.codes.auth import NO_INSTAGRAM_LOGIN, SCOPES, SYSTEM_SCOPES
from socialcommerce.backends.meta.graph import FORM, LOGIN, proof
from socialcommerce.backends.meta.noun import GraphNoun
from socialcommerce.backends.meta.platform import APP, PAGE
from socialcommerce.backends.meta.tokens import app_secrets, debugged, derived, hushed, long_lived, record_of
from socialcommerce.errors import AuthenticationError, AuthorizationRevoked, ConfigurationError
from socialcommerce.models.account import Account, AuthStatus, Grant, Token
from socialcommerce.resources.auth import Auth, public_token
from socialcommerce.resources.capability import native, no, supports
from socialcommerce.resources.noun import invalid
from socialcommerce.runtime import tokens
from socialcommerce.runtime.call import Absent, Call, Found, Service, Subject, TokenRecord
from socialcommerce.runtime.flow import Flow, Store, done
from socialcommerce.runtime.text import write_query

__all__ = ["GraphAuth", "MetaAuth", "answer_of", "code_of"]

_MOST = 1000
SYSTEM = "system_user"
"""The slot whose tokens are made without a person; they are kept with those of the login."""

_ADDED = frozenset({"code", "state", "granted_scopes", "denied_scopes", "data_access_expiration_time"})
_SLOTS = native("slot") | {"slot.instagram_login": no(NO_INSTAGRAM_LOGIN.reason)}


class GraphAuth(GraphNoun, Auth):
    """What ``client.auth`` does alike on both platforms."""

    service: ClassVar[str] = "app"

    @override
    def front(self, slot: str | None) -> Service:
        """The service whose credentials a slot names; a system user's are those of the login."""
        services = self.backend.services
        if slot is None or slot == SYSTEM:
            return next(iter(services.values()))
        found = next((one for one in services.values() if one.slot == slot), services.get(slot))
        if found is None:
            slots = ", ".join(dict.fromkeys((*(one.slot for one in services.values()), SYSTEM, *services)))
            raise ConfigurationError(f"{self.backend.name} has no slot {slot!r}; it has {slots}")
        return found

    def whom(self, service: Service) -> Subject | None:
        """The account whose token a call of this service would carry."""
        return self.backend.resolve(Call("GET", "/", service=service.name), self.subject).subject

    def code_exchanged(self, code: str, redirect: str | None) -> Flow[tuple[TokenRecord, Mapping[str, Any]]]:
        """GET /oauth/access_token with a code, which is good once; answers the token and its facts.

        What Meta knows of the token is asked after; where that fails, the token is not lost for it.
        """
        query = {**app_secrets(self.backend), "redirect_uri": redirect, "code": code}
        answer = yield from self.ask(
            "GET", "/oauth/access_token", query=query, account="none", safety="unsafe"
        )
        facts = yield from self.told_after(debugged(self.session, answer["access_token"]), {})
        return record_of(answer, self.session.clock(), facts), facts

    def keep_all(self, service: Service, record: TokenRecord, accounts: Sequence[Account]) -> Flow[None]:
        """Remember a login's token for itself, for the accounts it brought and those of the settings."""
        reached = [Subject(account.kind, account.id) for account in accounts]
        chosen = [self.whom(service)]
        for subject in dict.fromkeys([None, *chosen, *self.backend.identities.values(), *reached]):
            yield from self.keep(service, subject, record)

    def share(self, record: TokenRecord | None, accounts: Sequence[Account]) -> Flow[None]:
        """Remember a login's token for accounts that have none yet, so that each can be chosen."""
        service = self.front(None)
        for account in accounts if record is not None else ():
            subject = Subject(account.kind, account.id)
            if record is not None and (yield from tokens.peek(self.session, service, subject)) is None:
                yield from self.keep(service, subject, record)

    # -- the operations

    @supports("native", params=_SLOTS, cost="1 call; none for the app")
    def acquire(self, *, slot: str | None = None) -> Flow[Grant]:
        """A token without a person: the app's own, a page's, or POST /{system-user-id}/access_tokens.

        The last needs ``system_user_id`` in the settings and an administrator's ``access_token``; the new
        token is kept in its place. Where the business must use tokens that end, they last 60 days.
        """
        service = self.front(slot)
        if service.slot == APP:
            app_secrets(self.backend)
            return self._grant(self.own("app"), TokenRecord(self.backend.app.token))
        subject = self.whom(service)
        if service.slot == PAGE:
            page = subject or Subject("page", self.own("page"))
            record = yield from derived(self.session, page)
            yield from self.keep(service, page, record)
            return self._grant(page.id, record)
        record = yield from self._made(service, subject)
        yield from self.keep_all(service, record, ())
        return self._grant(self.own(SYSTEM), record)

    def _made(self, service: Service, subject: Subject | None) -> Flow[TokenRecord]:
        user, admin = self.own(SYSTEM), (yield from tokens.usable(self.session, service, subject))
        shown = proof(app_secrets(self.backend)["client_secret"], admin.access_token)
        body = {
            "business_app": self.own("app"),
            "scope": ",".join(SYSTEM_SCOPES[self.backend.name]),
            **shown,
            "set_token_expires_in_60_days": True,
        }
        asked = {"body": body, "headers": FORM, "service": service.name, "subject": subject}
        path = f"/{user}/access_tokens"
        answer = yield from hushed(self.ask("POST", path, safety="keyed", **asked))
        facts = yield from debugged(self.session, answer["access_token"])
        return record_of(answer, self.session.clock(), facts)

    def _grant(self, subject: str, record: TokenRecord, accounts: Sequence[Account] = ()) -> Grant:
        return Grant.build(subject=subject, accounts=tuple(accounts), token=public_token(record))

    @supports(
        "emulated",
        params=_SLOTS,
        cost="2 calls",
        when="the token has not ended; a page's token is derived again",
    )
    def refresh(self, *, slot: str | None = None) -> Flow[Token]:
        """GET /oauth/access_token?grant_type=fb_exchange_token: a new token; the old one lives to its end."""
        service = self.front(slot)
        if service.renewal == "never":
            raise invalid(slot=f"the token of {service.slot!r} does not end and is not renewed")
        subject = self.whom(service)
        if service.slot == PAGE:
            subject = subject or Subject("page", self.own("page"))
        record = yield from tokens.usable(self.session, service, subject)
        return public_token((yield from tokens.renew(self.session, service, subject, stale=record)))

    @supports("native", params=_SLOTS, cost="1 call", confidence="2+ sources")
    def revoke(self, *, slot: str | None = None) -> Flow[str | None]:
        """GET /oauth/revoke of the login's token, or DELETE /{system-user-id}/access_tokens: all of them.

        With ``slot="system_user"`` every token of that system user ends. Pages' tokens end with the login's.
        """
        service = self.front(slot)
        if service.renewal != "exchange_before_expiry":
            raise invalid(slot=f"the token of {service.slot!r} cannot be ended alone; end the login's")
        subject = self.whom(service)
        record = yield from tokens.usable(self.session, service, subject)
        ended = partial(self._ended, record.access_token)
        carried = {"service": service.name, "subject": subject, "safety": "absolute", "readback": ended}
        if slot == SYSTEM:
            yield from self.ask("DELETE", f"/{self.own(SYSTEM)}/access_tokens", **carried)
        else:
            query = {**app_secrets(self.backend), "revoke_token": record.access_token}
            yield from self.ask("GET", "/oauth/revoke", query=query, **carried)
        yield from self._forget(service, record)
        return None

    def _ended(self, token: str) -> Flow[Found[Any] | Absent]:
        """A repeat that carries a token which has ended is refused for that."""
        facts = yield from debugged(self.session, token)
        return Found({}) if facts.get("is_valid") is False else Absent()

    def _forget(self, service: Service, ended: TokenRecord) -> Flow[None]:
        """Drop the token wherever it is remembered, and pages' tokens, which ended with it."""
        app = f"{self.backend.name}:{self.backend.app.id}:"
        for prefix, every in ((f"{app}{service.slot}:", False), (f"{app}{PAGE}:", True)):
            after = ""
            while True:
                rows = yield Store("tokens", "scan", (prefix, after, _MOST))
                for key, value in rows:
                    if value is not None and (every or value["access_token"] == ended.access_token):
                        yield from _dropped(key)
                if len(rows) < _MOST:
                    break
                after = rows[-1][0]

    @supports("native", params=_SLOTS, cost="1 call")
    def status(self, *, slot: str | None = None) -> Flow[AuthStatus]:
        """GET /debug_token: whether the token works, its scopes, when it and its access to data end.

        An end that was not known yet is remembered, so that the token is renewed in time.
        """
        service = self.front(slot)
        subject = self.whom(service)
        record = yield from tokens.peek(self.session, service, subject)
        if record is None:
            return AuthStatus(subject=subject.id if subject else None, slot=slot or service.slot)
        facts = yield from debugged(self.session, record.access_token)
        told = record_of({"access_token": record.access_token}, self.session.clock(), facts)
        if service.renewal == "exchange_before_expiry" and record.access_expires_at is None:
            yield from self.keep_all(service, evolve(told, issued_at=record.issued_at), ())
        token = public_token(told)
        return AuthStatus(
            subject=subject.id if subject else facts.get("user_id"),
            slot=slot or service.slot,
            authorized=bool(facts.get("is_valid")),
            scopes=token.scopes,
            access_expires_at=token.access_expires_at,
            consent_expires_at=token.consent_expires_at,
            warnings=tuple(self._warnings(service, told, facts)),
        )

    def _warnings(self, service: Service, told: TokenRecord, facts: Mapping[str, Any]) -> list[str]:
        ended = told.consent_expires_at is not None and told.consent_expires_at <= self.session.clock()
        found = [
            (facts.get("error") or {}).get("message") if not facts.get("is_valid") else None,
            "the 90 days of access to people's data are over: the person must log in again"
            if ended
            else None,
            self.backend.ending(service, self.now()),
        ]
        return [text for text in found if text]


def _dropped(key: str) -> Flow[None]:
    stored = False
    while not stored:
        _, version = yield Store("tokens", "load", (key,))
        stored = yield Store("tokens", "swap", (key, version, None))


class MetaAuth(SocialAccounts, GraphAuth):
    """``client.auth`` on Meta. Slots: ``user`` (or ``system_user``), ``page``, ``app``, ``pixel``."""

    @supports(
        "native",
        params=native("state", "scopes", "native", "parameters") | _SLOTS,
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
        """The dialog of Facebook Login, https://www.facebook.com/{version}/dialog/oauth.

        Args:
            redirect: must be registered with the app; ``exchange`` sends it again, byte by byte.
            state: comes back unchanged.
            scopes: permissions; those of catalogue, ads and messages where None are named.
            slot: ``user``.
            native: further settings: ``config_id`` (Login for Business, in place of scopes),
                ``auth_type="rerequest"`` to ask again for what was declined.
        """
        self.front(slot)
        more = {name: str(value) for name, value in (native or {}).items()}
        query = {
            "client_id": self.own("app"),
            "redirect_uri": redirect,
            **({"state": state} if state is not None else {}),
            "response_type": "code",
            **({} if "config_id" in more else {"scope": ",".join(scopes or SCOPES)}),
            **more,
        }
        return done(f"{LOGIN}/{self.backend.app.version}/dialog/oauth?{write_query(query)}")

    @supports("native", params=native("state") | _SLOTS, cost="4 calls, and 1 for every page of pages")
    def exchange(
        self, callback: str | Mapping[str, str], *, state: str | None = None, slot: str | None = None
    ) -> Flow[Sequence[Grant]]:
        """GET /oauth/access_token, a person's token made long-lived, GET /me/accounts for pages' tokens.

        Give the whole URL of the return, or ``redirect_uri`` beside the code in a mapping. A code is good
        once: ``OutcomeUnknown`` means that the login has to be begun again. What cannot be read after it
        is left out of the grant, and ``accounts()`` reads it later.
        """
        self.front(slot)
        code, redirect = code_of(callback, state, self.backend.name)
        if redirect is None:
            raise invalid(callback="give the whole URL, or redirect_uri beside the code")
        record, facts = yield from self.code_exchanged(code, redirect)
        if facts.get("type") == "USER":
            longer = long_lived(self.session, self.backend, record.access_token, facts)
            record = yield from self.told_after(longer, record)
        login, service = Subject("user", str(facts.get("user_id") or "me")), self.front(None)
        yield from self.keep(service, login, record)
        accounts = yield from self.told_after(self.pages(login), [])
        yield from self.keep_all(service, record, accounts)
        return [self._grant(login.id, record, accounts)]

    @supports("native", params=native("kind") | _SLOTS, cost="1 call for every page of each kind")
    def accounts(self, *, kind: str | None = None, slot: str | None = None) -> Flow[Sequence[Account]]:
        """Pages and their Instagram accounts, ad accounts, catalogues, businesses of the login.

        GET /me/accounts, /me/adaccounts and the edges of the business: owned_ad_accounts,
        client_ad_accounts, owned_product_catalogs, client_product_catalogs, instagram_accounts. Without
        ``business_id`` only what ``/me`` reaches. The login's token is remembered for each of them.
        """
        service = self.front(slot)
        if service.slot == APP:
            return []
        whom = self.whom(self.front(None))
        found = yield from self.listed(kind, whom)
        login = yield from tokens.peek(self.session, self.front(None), whom)
        yield from self.share(login, found)
        return found


def answer_of(callback: str | Mapping[str, str]) -> dict[str, str]:
    """The parameters of a return, given as a URL or a mapping."""
    return dict(parse_qsl(urlsplit(callback).query)) if isinstance(callback, str) else dict(callback)


def code_of(callback: str | Mapping[str, str], state: str | None, platform: str) -> tuple[str, str | None]:
    """The code of a return, and the redirect it came to.

    Raises:
        AuthenticationError: the state differs, consent was refused, or there is no code; nothing is sent.
    """
    answer = answer_of(callback)
    if state is not None and answer.get("state") != state:
        raise AuthenticationError(
            "the state that came back is not the one that was sent: this return may be forged",
            platform=platform,
            sent="no",
        )
    if answer.get("error"):
        words = answer.get("error_description") or answer.get("error_reason") or answer["error"]
        raise AuthorizationRevoked(f"consent was refused: {words}", platform=platform, sent="no")
    if not answer.get("code"):
        raise AuthenticationError("the return carries no code", platform=platform, sent="no")
    return answer["code"], _redirect(callback) if isinstance(callback, str) else answer.get("redirect_uri")


def _redirect(url: str) -> str:
    """The address that the login was sent to: the return without what Meta added to it."""
    address, _, query = url.partition("#")[0].partition("?")
    own = [pair for pair in query.split("&") if pair and pair.partition("=")[0] not in _ADDED]
    return f"{address}?{'&'.join(own)}" if own else address
