"""How Meta is told of people: each field brought to its normal form, then hashed. One rule a field.

The rules are those of the Conversions API; lists of people follow them as well.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

from attrs import frozen

from socialcommerce.backends.meta.social.codes.people import COUNTRIES
from socialcommerce.models.audience import AudienceMember

__all__ = ["FIELDS", "Field", "hashes", "rows_of", "unreadable"]

_HASH = re.compile(r"[0-9a-f]{32}|[0-9a-f]{64}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_PHONE = re.compile(r"(?:\+|\+?00)([1-9]\d{6,14})")
_BETWEEN = re.compile(r"[\s().\-/]")
_NO_PLACE = re.compile(r"[\d.\s()\-]")
_DEVICE = "madid"
_NO_LETTER = re.compile(r"[^a-z]")


def _email(told: str) -> str | None:
    return told if _EMAIL.fullmatch(told) else None


def _phone(told: str) -> str | None:
    """Digits with the country code, which only a plus or two zeros show to be there."""
    found = _PHONE.fullmatch(_BETWEEN.sub("", told))
    return found[1] if found else None


def _as_it_is(told: str) -> str | None:
    return told or None


def _town(told: str) -> str | None:
    return _NO_PLACE.sub("", told) or None


def _postal_code(told: str) -> str | None:
    return re.sub(r"\s", "", told).partition("-")[0] or None


def _country(told: str) -> str | None:
    found = _NO_LETTER.sub("", told)
    return found if found.upper() in COUNTRIES else None


def _birth_date(told: str) -> str | None:
    return _date(told, "%Y%m%d")


def _date(told: str, form: str) -> str | None:
    try:
        return date.fromisoformat(told).strftime(form)
    except ValueError:
        return None


def _gender(told: str) -> str | None:
    return told[:1] or None


@frozen
class Field:
    """One field of a person: as an event has it (``em``) and a list (``EMAIL``), how it becomes normal.

    ``remedy`` says how to write it; what is not ``secret`` goes as it is, without a hash. A value that
    is a hash already passes, but as a ``part`` of itself it cannot.
    """

    name: str
    event: str | None
    key: str | None
    normal: Callable[[str], str | None]
    remedy: str = "is empty"
    secret: bool = True
    part: bool = False

    def value(self, person: AudienceMember) -> str | None:
        """What stands for it: a hash in lower-case hex; None where it is not given or cannot be read."""
        given = getattr(person, self.name)
        if not given:
            return None
        if not self.secret:
            return self.normal(given.strip())
        told = given.strip().lower()
        if _HASH.fullmatch(told):
            return None if self.part else str(told)
        found = self.normal(told)
        return None if found is None else hashlib.sha256(found.encode()).hexdigest()


FIELDS = (
    Field("email", "em", "EMAIL", _email, "is no address: name@example.com"),
    Field("phone", "ph", "PHONE", _phone, "has no country code: write it as +442079460958"),
    Field("first_name", "fn", "FN", _as_it_is),
    Field("last_name", "ln", "LN", _as_it_is),
    Field("city", "ct", "CT", _town, "is no name of a city"),
    Field("region", "st", "ST", _town, "is no name of a region"),
    Field("postal_code", "zp", "ZIP", _postal_code),
    Field("country", "country", "COUNTRY", _country, "is no country of ISO 3166-1: write it as GB"),
    Field("birth_date", "db", None, _birth_date, "is no date: write it as 1990-12-31"),
    Field("birth_date", None, "DOBY", partial(_date, form="%Y"), part=True),
    Field("birth_date", None, "DOBM", partial(_date, form="%m"), part=True),
    Field("birth_date", None, "DOBD", partial(_date, form="%d"), part=True),
    Field("gender", "ge", "GEN", _gender),
    Field("external_id", "external_id", "EXTERN_ID", _as_it_is, secret=False),
    Field("mobile_ad_id", _DEVICE, "MADID", str.lower, secret=False),
)


def unreadable(person: AudienceMember) -> dict[str, str]:
    """The fields of a person that are given and cannot be brought to their normal form, with the remedy.

    Nothing of such a person is sent: a hash of the wrong text finds somebody else, or nobody.
    """
    return {
        field.name: field.remedy
        for field in FIELDS
        if getattr(person, field.name) and not field.part and field.value(person) is None
    }


def hashes(person: AudienceMember) -> dict[str, Any]:
    """A person as an event names them: every field a list, but for the id of a phone."""
    found = {field.event: field.value(person) for field in FIELDS if field.event}
    return {name: value if name == _DEVICE else [value] for name, value in found.items() if value is not None}


def rows_of(people: Sequence[AudienceMember]) -> tuple[list[str], list[list[str]]]:
    """People as a list takes them: the keys that any of them has, and a row each; "" where one has none."""
    columns = [(field.key, [field.value(person) or "" for person in people]) for field in FIELDS if field.key]
    used = [(key, values) for key, values in columns if any(values)]
    return [key for key, _ in used], [list(row) for row in zip(*(values for _, values in used), strict=True)]
