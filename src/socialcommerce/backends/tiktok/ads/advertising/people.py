"""How TikTok wants to be told of people: which identifiers, written how, hashed. Rules as data."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from attrs import frozen

from socialcommerce.models.audience import AudienceMember

__all__ = ["EXTERNAL", "IDENTIFIERS", "Identifier", "hashed", "identifier_of", "normal_email", "normal_phone"]

_HASH = re.compile(r"[0-9a-fA-F]{64}")
_PHONE = re.compile(r"\+[1-9]\d{6,14}")
_PUNCTUATION = re.compile(r"[\s().\-/]")


def normal_email(text: str) -> str | None:
    """An address as it is hashed: trimmed, in lower case; None where it is none."""
    found = text.strip().lower()
    return found if re.fullmatch(r"[^@\s]+@[^@\s]+", found) else None


def normal_phone(text: str) -> str | None:
    """A number as it is hashed: E.164 with its plus; None where it is none."""
    found = _PUNCTUATION.sub("", text)
    return found if _PHONE.fullmatch(found) else None


def _external(text: str) -> str | None:
    return text.strip() or None


def _upper(text: str) -> str | None:
    return text.strip().upper() or None


def _lower(text: str) -> str | None:
    return text.strip().lower() or None


def hashed(text: str | None, normal: Callable[[str], str | None]) -> str | None:
    """SHA-256 in lower-case hex of a value in its normal form; a hash passes; None where there is none."""
    if not text:
        return None
    if _HASH.fullmatch(text):
        return text.lower()
    found = normal(text)
    return None if found is None else hashlib.sha256(found.encode()).hexdigest()


@frozen
class Identifier:
    """One kind of identifier: TikTok's word, the field of a member, its normal form."""

    word: str
    field: str
    normal: Callable[[str], str | None]

    def of(self, member: AudienceMember) -> str | None:
        """The hash that stands for a member; None where it has no such identifier."""
        return hashed(getattr(member, self.field), self.normal)


IDENTIFIERS: dict[str, Identifier] = {
    one.word: one
    for one in (
        Identifier("EMAIL_SHA256", "email", normal_email),
        Identifier("PHONE_SHA256", "phone", normal_phone),
        Identifier("IDFA_SHA256", "mobile_ad_id", _upper),
        Identifier("GAID_SHA256", "mobile_ad_id", _lower),
    )
}

EXTERNAL = Identifier("external_id", "external_id", _external)
"""Only conversions are matched by the seller's own ids."""


def identifier_of(members: tuple[AudienceMember, ...]) -> Identifier:
    """The kind of identifier that most of the people have: a list at TikTok holds one kind.

    A mobile id in capitals is Apple's, else Google's.
    """
    apple = any((one.mobile_ad_id or "").isupper() for one in members)
    last = "IDFA_SHA256" if apple else "GAID_SHA256"
    choices = [IDENTIFIERS[word] for word in ("EMAIL_SHA256", "PHONE_SHA256", last)]
    return max(choices, key=lambda one: sum(one.of(member) is not None for member in members))
