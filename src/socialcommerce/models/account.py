"""Accounts that credentials reach, and the credentials themselves."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from pydantic import AwareDatetime, Field, SecretStr

from socialcommerce.models.base import Entity, Model
from socialcommerce.models.money import Money

__all__ = ["Account", "AccountKind", "AuthStatus", "Grant", "Token"]

AccountKind: TypeAlias = Literal[
    "shop",
    "catalog",
    "ad",
    "page",
    "instagram",
    "business",
    "waba",
    "phone",
    "app",
    "store",
    "merchant",
    "user",
    "principal",
]


class Account(Entity):
    """Something to work on: a shop, a catalogue, an ad account, a page, a phone number.

    ``currency`` and ``timezone`` (an IANA name) are None where the platform does not tell.
    """

    kind: AccountKind
    name: str | None = None
    region: str | None = None
    currency: str | None = None
    timezone: str | None = None
    balance: Money | None = None
    status: Literal["active", "restricted", "suspended", "closed", "other"] = "other"
    native_status: str | None = None


class Token(Model):
    """A pair of tokens. None of the three times means that the platform does not tell, or never ends it.

    ``access_expires_at`` ends the access token, ``refresh_expires_at`` the refresh token,
    ``consent_expires_at`` what the seller agreed to: then a person must agree again.
    """

    access_token: SecretStr
    refresh_token: SecretStr | None = None
    access_expires_at: AwareDatetime | None = None
    refresh_expires_at: AwareDatetime | None = None
    consent_expires_at: AwareDatetime | None = None
    scopes: tuple[str, ...] = ()

    def __reduce__(self) -> Any:
        raise TypeError("a token is not pickled: keep it in the client's token store")


class Grant(Model):
    """What one login brought: the ``token`` of a ``subject``, and the ``accounts`` it reaches."""

    subject: str
    accounts: tuple[Account, ...] = ()
    token: Token = Field(repr=False)


class AuthStatus(Model):
    """Who is logged in and for how long. ``warnings`` say what needs a person, and by when."""

    subject: str | None = None
    slot: str = "default"
    authorized: bool = False
    scopes: tuple[str, ...] = ()
    access_expires_at: AwareDatetime | None = None
    refresh_expires_at: AwareDatetime | None = None
    consent_expires_at: AwareDatetime | None = None
    warnings: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.authorized
