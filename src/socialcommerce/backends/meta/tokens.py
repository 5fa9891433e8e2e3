"""Tokens of the Graph API: pages' tokens out of a login's, and new ones for those that end in 60 days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from socialcommerce.errors import AuthenticationError, AuthorizationRevoked, DecodeError, SocialCommerceError
from socialcommerce.runtime.call import Call, Subject, TokenRecord
from socialcommerce.runtime.flow import Flow
from socialcommerce.runtime.perform import perform

if TYPE_CHECKING:
    from socialcommerce.backends.meta.platform import GraphPlatform
    from socialcommerce.runtime.session import Session

__all__ = ["app_secrets", "debugged", "derived", "exchanged", "hushed", "long_lived", "record_of"]

T = TypeVar("T")

_AGAIN = "the seller must authorise again (client.auth.authorize_url)"


def record_of(answer: Mapping[str, Any], now: float, facts: Mapping[str, Any] | None = None) -> TokenRecord:
    """The token of a reply of ``/oauth/access_token``; without ``expires_in`` it never ends.

    Args:
        answer: the decoded reply.
        now: the present instant, in epoch seconds.
        facts: what ``debug_token`` tells of the token, where it was asked.
    """
    facts = facts or {}
    lasts = answer.get("expires_in")
    ends = now + float(lasts) if lasts else float(facts.get("expires_at") or 0) or None
    return TokenRecord(
        access_token=answer["access_token"],
        access_expires_at=ends,
        consent_expires_at=float(facts.get("data_access_expires_at") or 0) or None,
        issued_at=now,
        scopes=tuple(facts.get("scopes") or ()),
        extra={name: facts[name] for name in ("type", "user_id") if facts.get(name)},
    )


def app_secrets(platform: GraphPlatform) -> dict[str, str]:
    """The app as the token endpoints want to be shown it."""
    if not platform.app.id or not platform.app.secret:
        raise AuthenticationError(
            "this takes the app: name app_id and app_secret in the settings",
            platform=platform.name,
            sent="no",
        )
    return {"client_id": platform.app.id, "client_secret": platform.app.secret}


def hushed(flow: Flow[T]) -> Flow[T]:
    """A flow whose replies hold tokens: one that cannot be read keeps nothing of what was read."""
    try:
        return (yield from flow)
    except SocialCommerceError as error:
        for told in (error, error.__cause__):
            if isinstance(told, DecodeError):
                told.raw, told.__cause__ = b"", None
        raise


def derived(session: Session, page: Subject) -> Flow[TokenRecord]:
    """GET /{page-id}?fields=access_token with the token of the login: it ends when the login's role does."""
    login = next(name for name, one in session.platform.services.items() if one.slot not in ("app", "page"))
    call = Call("GET", f"/{page.id}", query={"fields": "access_token"}, service=login, subject=page)
    reply = yield from hushed(perform(session, call, "auth.acquire"))
    token = reply.value.get("access_token")
    if not token:
        raise AuthenticationError(
            f"this login has no role on page {page.id}: client.accounts(kind='page') lists those it has",
            platform=session.platform.name,
            sent="no",
        )
    return TokenRecord(token, issued_at=session.clock())


def debugged(session: Session, token: str) -> Flow[Mapping[str, Any]]:
    """GET /debug_token: what Meta knows of a token, asked with the app's own."""
    call = Call("GET", "/debug_token", query={"input_token": token}, service="app")
    reply = yield from perform(session, call, "auth.status")
    facts: Mapping[str, Any] = reply.value.get("data") or {}
    return facts


def exchanged(session: Session, platform: GraphPlatform, record: TokenRecord) -> Flow[TokenRecord]:
    """A token of 60 days for one that has not ended yet; the old one goes on working until its own end.

    Raises:
        AuthorizationRevoked: it has ended, which nothing but a new consent mends.
    """
    ends = record.access_expires_at
    if ends is not None and ends <= session.clock():
        raise AuthorizationRevoked(f"the token has ended; {_AGAIN}", platform=platform.name, sent="no")
    try:
        facts = yield from debugged(session, record.access_token)
        if facts.get("is_valid") is False:
            raise _dead(platform, facts.get("error") or {})
        return (yield from long_lived(session, platform, record.access_token, facts))
    except AuthorizationRevoked:
        raise
    except AuthenticationError as error:
        raise AuthorizationRevoked(
            f"the token cannot be renewed: {error.message}; {_AGAIN}",
            code=error.code,
            status=error.status,
            request_id=error.request_id,
            raw=error.raw,
            platform=platform.name,
            sent=error.sent,
        ) from error


def _dead(platform: GraphPlatform, told: Mapping[str, Any]) -> AuthorizationRevoked:
    words = told.get("message") or "Meta does not accept the token any more"
    parts: Sequence[Any] = [part for part in (told.get("code"), told.get("subcode")) if part]
    code = "/".join(str(part) for part in parts) or None
    return AuthorizationRevoked(f"{words}; {_AGAIN}", code=code, platform=platform.name, sent="yes")


def long_lived(
    session: Session, platform: GraphPlatform, token: str, facts: Mapping[str, Any]
) -> Flow[TokenRecord]:
    """GET /oauth/access_token?grant_type=fb_exchange_token: 60 days from now, for people and system users."""
    system = {"set_token_expires_in_60_days": True} if facts.get("type") == "SYSTEM_USER" else {}
    query = {
        "grant_type": "fb_exchange_token",
        **app_secrets(platform),
        **system,
        "fb_exchange_token": token,
    }
    call = Call("GET", "/oauth/access_token", query=query, service="app", account="none")
    reply = yield from perform(session, call, "auth.refresh")
    known = {name: facts[name] for name in facts if name != "expires_at"}
    return record_of(reply.value, session.clock(), known)
