"""Published vectors: a person's fields as the Conversions API hashes them; what is refused instead."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.conftest import shared_path

from socialcommerce.backends.meta.social.advertising.conversions import user_data
from socialcommerce.backends.meta.social.advertising.people import FIELDS, hashes, rows_of, unreadable
from socialcommerce.models.audience import AudienceMember, ClickIds, ConversionEvent

SHARED = shared_path()
PERSON = {
    "email": "email",
    "phone": "phone",
    "first_name": "first_name",
    "last_name": "last_name",
    "city": "city",
    "state": "region",
    "zip_code": "postal_code",
    "country_code": "country",
}
CLICK = {
    "client_ip_address": "ip",
    "client_user_agent": "user_agent",
    "fbc": "click_id",
    "fbp": "browser_id",
}


def vectors() -> list[Any]:
    """The vectors of hashing; none in a clone that stands alone."""
    if SHARED is None:
        return []
    rows = json.loads((SHARED / "vectors/meta.json").read_text(encoding="utf-8"))
    chosen = [row for row in rows if row["inputs"].get("scheme") == "capi_user_data_hash"]
    assert len(chosen) == 3
    return [pytest.param(row, id=row["name"]) for row in chosen]


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("vector", vectors())
def test_people_are_hashed_as_published(vector: dict[str, Any]) -> None:
    given = vector["inputs"]["user_data"]
    assert given.keys() <= PERSON.keys() | CLICK.keys()
    person = {ours: given[name] for name, ours in PERSON.items() if name in given}
    click = {ours: given[name] for name, ours in CLICK.items() if name in given}
    event = ConversionEvent(
        type="lead",
        event_id="1",
        occurred_at=datetime(2026, 11, 20, tzinfo=UTC),
        source="7",
        action_source="website",
        person=AudienceMember(**person) if person else None,
        click=ClickIds(**click) if click else None,
    )
    assert user_data(event) == vector["expected"]["user_data"]


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ({"phone": "0044 20 7946 0958"}, "442079460958"),
        ({"phone": "+44 (20) 7946-0958"}, "442079460958"),
        ({"phone": "+0044 20 7946 0958"}, "442079460958"),
        ({"phone": "+65.9123.4567"}, "6591234567"),
        ({"email": "  Ann@Example.COM "}, "ann@example.com"),
    ],
)
def test_one_person_has_one_normal_form(given: dict[str, Any], normal: str) -> None:
    ((value,),) = hashes(AudienceMember(**given)).values()
    assert value == sha(normal)


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ({"first_name": " Zoë "}, "zoë"),
        ({"city": "St. Gallen (9000)"}, "stgallen"),
        ({"region": "Ho Chi Minh-City"}, "hochiminhcity"),
        ({"postal_code": "SW1A 1AA"}, "sw1a1aa"),
        ({"postal_code": "94025-1234"}, "94025"),
        ({"country": "gb"}, "gb"),
        ({"birth_date": "1990-12-31"}, "19901231"),
        ({"gender": "female"}, "f"),
    ],
)
def test_what_describes_a_person_has_its_own_rule(given: dict[str, Any], normal: str) -> None:
    found = hashes(AudienceMember(email="a@b.co", **given))
    found.pop("em")
    assert list(found.values()) == [[sha(normal)]]


@pytest.mark.parametrize(
    "given",
    [
        {"phone": "0171 555 0100"},
        {"phone": "6505551212"},
        {"phone": "+0171 555 0100"},
        {"phone": "+123"},
        {"email": "ann@example"},
        {"email": "not an address"},
        {"country": "ZZ"},
        {"city": "12-34"},
        {"birth_date": "31.12.1990"},
        {"postal_code": "-1"},
        {"first_name": "  "},
    ],
)
def test_what_has_no_normal_form_is_told_with_its_remedy(given: dict[str, Any]) -> None:
    (name,) = given
    found = unreadable(AudienceMember(external_id="c-1", **given))
    assert found.keys() == {name}
    assert found[name]


def test_hashes_pass_and_ids_are_never_hashed() -> None:
    md5 = hashlib.md5(b"ann@example.com", usedforsecurity=False).hexdigest()
    person = AudienceMember(
        email=md5, phone=sha("442079460958").upper(), external_id=" C-1 ", mobile_ad_id="AB-1"
    )
    assert not unreadable(person)
    assert hashes(person) == {
        "em": [md5],
        "ph": [sha("442079460958")],
        "external_id": ["C-1"],
        "madid": "ab-1",
    }


def test_a_list_has_one_column_for_each_key_that_anybody_has() -> None:
    ann = AudienceMember(email="ann@example.com", birth_date="1990-12-31")
    bob = AudienceMember(phone="+6591234567", birth_date=sha("19901231"))
    keys, rows = rows_of([ann, bob])
    assert keys == ["EMAIL", "PHONE", "DOBY", "DOBM", "DOBD"]
    assert rows == [
        [sha("ann@example.com"), "", sha("1990"), sha("12"), sha("31")],
        ["", sha("6591234567"), "", "", ""],
    ]
    assert not unreadable(bob), "a hash of the whole date is known, though no list can hold it"


def test_every_field_of_a_person_but_the_pages_own_id_has_a_rule() -> None:
    assert {field.name for field in FIELDS} == AudienceMember.model_fields.keys() - {
        "platform_user_id",
        "native",
    }
