"""People: how one is known to a platform, what is hidden, where they live."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import AwareDatetime

from socialcommerce.models.base import Input, Model, Personal, Record, Value

__all__ = [
    "Address",
    "Buyer",
    "Identity",
    "IdentityKind",
    "Masked",
    "PersonalText",
    "Phone",
    "Profile",
    "VirtualPhone",
]

IdentityKind: TypeAlias = Literal[
    "user_id", "phone", "email", "wa_id", "bsuid", "psid", "igsid", "openid", "unionid", "external_id"
]

PersonalText: TypeAlias = Annotated[str | None, Personal()]


class Identity(Input):
    """How one person is known: a number, an address, or an id that means something in a scope alone.

    ``scope`` is what the id belongs to (an app, a page, a business, a shop); None where it is global.
    """

    kind: IdentityKind
    scope: str | None = None
    value: Annotated[str, Personal()]

    def __hash__(self) -> int:
        return hash((self.kind, self.scope, self.value))


class Masked(Value):
    """What the platform hides. ``token`` is what it gave instead; ``orders.reveal`` takes it where it can."""

    token: Annotated[str, Personal()]

    def __str__(self) -> str:
        return self.token


class VirtualPhone(Value):
    """A number that reaches the buyer for a while: dial ``number``, then ``extension``."""

    number: Annotated[str, Personal()]
    extension: str | None = None
    expires_at: AwareDatetime | None = None


Phone: TypeAlias = Annotated[str | VirtualPhone | Masked | None, Personal()]
Hidden: TypeAlias = Annotated[str | Masked | None, Personal()]


class Address(Input):
    """A postal address. ``lines`` from the most exact on; ``country`` is ISO 3166-1 alpha-2."""

    name: Hidden = None
    phone: Phone = None
    company: str | None = None
    lines: Annotated[tuple[str, ...], Personal()] = ()
    district: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: PersonalText = None
    country: str | None = None
    full: Hidden = None
    email: PersonalText = None


class Buyer(Record):
    """Who bought: known by ``identities``; name, e-mail and phone as far as the platform tells."""

    identities: tuple[Identity, ...] = ()
    name: Hidden = None
    username: PersonalText = None
    email: Hidden = None
    phone: Phone = None
    language: str | None = None

    def identity(self, kind: str) -> Identity | None:
        """The first identity of a kind, or None."""
        return next((known for known in self.identities if known.kind == kind), None)


class Profile(Model):
    """What a platform tells about a person who wrote."""

    identity: Identity
    name: PersonalText = None
    picture_url: PersonalText = None
    language: str | None = None
    country: str | None = None
    follows: bool | None = None
