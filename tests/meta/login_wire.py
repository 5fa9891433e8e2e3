"""What the Graph API answers to a login of Facebook, and clients before and after one."""

from __future__ import annotations

from typing import Any

from tests.meta.wire import APP, NOW, PAGE, SECRET, Wire, rows

from socialcommerce import Client
from socialcommerce.backends import Meta

DAY = 86400.0
APP_TOKEN = f"{APP}|{SECRET}"
RETURN = "https://x.example/cb?code=abc&state=s1#_=_"


def facts(kind: str = "USER", **told: Any) -> dict[str, Any]:
    """What debug_token answers."""
    return {"data": {"type": kind, "is_valid": True, "expires_at": 0, "user_id": "77", "scopes": [], **told}}


def token(value: str, lasts: int | None = 5183944) -> dict[str, Any]:
    return {"access_token": value, "token_type": "bearer"} | ({"expires_in": lasts} if lasts else {})


def bare(wire: Wire, **settings: Any) -> Client:
    """A client without a token."""
    return wire.client(Meta(APP, SECRET, **settings))


def logged_in(wire: Wire, **settings: Any) -> Client:
    """A client after a person's login, with one page."""
    wire["/oauth/access_token"] = [token("short", 3600), token("long")]
    wire["/debug_token"] = facts(data_access_expires_at=int(NOW + 90 * DAY))
    page = {"id": PAGE, "name": "Acme", "access_token": "of-page", "tasks": ["MESSAGING"]}
    wire["/me/accounts"] = rows(page | {"instagram_business_account": {"id": "178", "username": "acme"}})
    client = bare(wire, **settings)
    client.auth.exchange(RETURN, state="s1")
    return client
