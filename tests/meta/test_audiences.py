"""What Meta is told of lists of people, byte by byte, and what it answers."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest
from tests.meta.ads_wire import AdsWire, refusal, rows, spec
from tests.meta.wire import AD, NOW

from socialcommerce.backends import Response
from socialcommerce.errors import (
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    PartiallyApplied,
    PermissionDenied,
    RateLimited,
    Unsupported,
)
from socialcommerce.models import Consent
from socialcommerce.models.audience import Audience, AudienceInput, AudienceMember

EDGE = f"/{AD}/customaudiences"
USERS, REPLACE = "/51/users", "/51/usersreplace"
AT = datetime.fromtimestamp(NOW, UTC)
AGREED = Consent("checkout", AT, ["ads"])
ANN = AudienceMember(email="ann@example.com", phone="+442079460958")
BOB = AudienceMember(email="Bob@Example.com", first_name="Bob")
NATIONAL = AudienceMember(email="eve@example.com", phone="0171 555 0100")
RECEIVED = {"audience_id": "51", "session_id": "9", "num_received": 2, "num_invalid_entries": 0}


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def audience(number: str = "51", **fields: Any) -> dict[str, Any]:
    """An audience as Meta answers it."""
    return {
        "id": number,
        "account_id": AD.removeprefix("act_"),
        "name": "Buyers",
        "subtype": "CUSTOM",
        "customer_file_source": "USER_PROVIDED_ONLY",
        "approximate_count_lower_bound": 1000,
        "approximate_count_upper_bound": 1200,
        "delivery_status": {"code": 200, "description": "This audience is ready for use."},
        "operation_status": {"code": 200, "description": "Normal"},
        "time_created": int(NOW),
        "time_updated": int(NOW) + 60,
        **fields,
    }


def wired(**replies: Any) -> tuple[AdsWire, Any]:
    """A wire on which audience 51 can be made, read and filled."""
    wire = AdsWire()
    wire[EDGE] = {"id": "51"}
    wire[USERS] = RECEIVED
    wire[REPLACE] = RECEIVED
    wire.nodes["51"] = audience()
    for path, reply in replies.items():
        wire[{"edge": EDGE, "users": USERS, "replace": REPLACE}[path]] = reply
    return wire, wire.meta().ads.audiences


def customers(**fields: Any) -> AudienceInput:
    given: dict[str, Any] = {"name": "Buyers", "consent": AGREED}
    return AudienceInput(**given | fields)


def payload(wire: AdsWire, path: str, number: int = -1) -> dict[str, Any]:
    form = {name: json.loads(text) for name, text in wire.form(path, number).items()}
    return form


# -- reading


def test_an_audience_is_read_whole() -> None:
    wire, audiences = wired(edge=[rows(audience(), after="A"), rows(audience("52"))])
    found = list(audiences.list())
    assert [one.id for one in found] == ["51", "52"]
    assert found[0] == Audience.build(
        id="51",
        platform="meta",
        native_ids={"audience_id": "51"},
        name="Buyers",
        kind="customer_list",
        native_kind="CUSTOM",
        status="ready",
        native_status="This audience is ready for use.",
        size_min=1000,
        size_max=1200,
        created_at=AT,
        updated_at=datetime.fromtimestamp(NOW + 60, UTC),
        raw=audience(),
    )
    known = {one["name"] for one in spec("CustomAudience")["fields"]} if spec("CustomAudience") else set()
    asked = wire.query(EDGE, 0)
    assert asked["limit"] == "100"
    assert not known or set(asked["fields"].split(",")) <= known
    assert wire.query(EDGE)["after"] == "A"


@pytest.mark.parametrize(
    ("fields", "kind", "status"),
    [
        ({"subtype": "LOOKALIKE"}, "lookalike", "ready"),
        ({"subtype": "WEBSITE"}, "website", "ready"),
        ({"subtype": "VIDEO"}, "engagement", "ready"),
        ({"subtype": "STUDY_RULE_AUDIENCE"}, "other", "ready"),
        ({"delivery_status": {"code": 300}}, "customer_list", "too_small"),
        ({"operation_status": {"code": 441}}, "customer_list", "not_ready"),
        ({"operation_status": {"code": 500, "description": "Error"}}, "customer_list", "failed"),
        ({"delivery_status": {"code": 999, "description": "?"}}, "customer_list", "other"),
        ({"delivery_status": None, "operation_status": None}, "customer_list", "other"),
    ],
)
def test_kind_and_state_have_one_word_everywhere(fields: dict[str, Any], kind: str, status: str) -> None:
    _, audiences = wired(edge=rows(audience(**fields)))
    (one,) = audiences.list()
    assert (one.kind, one.status) == (kind, status)


def test_a_size_that_meta_hides_is_none() -> None:
    small = audience(approximate_count_lower_bound=-1, approximate_count_upper_bound=-1)
    _, audiences = wired(edge=rows(small))
    (one,) = audiences.list()
    assert (one.size_min, one.size_max) == (None, None)


# -- making


def test_a_list_is_made_and_its_people_are_sent_as_hashes() -> None:
    wire, audiences = wired()
    made = audiences.create(customers(description="2026", members=[ANN, BOB], retention_days=90))
    assert (made.id, made.status, made.name) == ("51", "ready", "Buyers")
    assert wire.sent_form(EDGE) == {
        "name": "Buyers",
        "description": "2026",
        "subtype": "CUSTOM",
        "customer_file_source": "USER_PROVIDED_ONLY",
        "retention_days": "90",
    }
    assert payload(wire, USERS) == {
        "payload": {
            "schema": ["EMAIL", "PHONE", "FN"],
            "data": [
                [sha("ann@example.com"), sha("442079460958"), ""],
                [sha("bob@example.com"), "", sha("bob")],
            ],
        }
    }
    sent = b"".join(one.content for one in wire.sent)
    assert b"ann" not in sent
    assert b"442079460958" not in sent


def test_a_list_of_partners_says_so() -> None:
    wire, audiences = wired()
    audiences.create(customers(native={"customer_file_source": "PARTNER_PROVIDED_ONLY"}))
    assert wire.sent_form(EDGE)["customer_file_source"] == "PARTNER_PROVIDED_ONLY"
    assert not wire.requests(USERS)


@pytest.mark.parametrize(
    ("fields", "spec_sent"),
    [
        ({"countries": ["US"]}, {"ratio": 0.01, "country": "US"}),
        (
            {"countries": ["US", "CA"], "ratio": "0.05"},
            {"ratio": 0.05, "location_spec": {"geo_locations": {"countries": ["US", "CA"]}}},
        ),
    ],
)
def test_a_lookalike_grows_from_its_seed(fields: dict[str, Any], spec_sent: dict[str, Any]) -> None:
    wire, audiences = wired()
    audiences.create(AudienceInput(name="Alike", kind="lookalike", seed_id="50", **fields))
    assert wire.sent_form(EDGE) == {
        "name": "Alike",
        "subtype": "LOOKALIKE",
        "origin_audience_id": "50",
        "lookalike_spec": spec_sent,
    }


@pytest.mark.parametrize(
    ("plan", "blamed"),
    [
        (AudienceInput(name="A", kind="lookalike", seed_id="50"), "countries"),
        (AudienceInput(name="A", kind="lookalike", seed_id="50", countries=["US"], ratio="0.015"), "ratio"),
        (
            AudienceInput(name="A", kind="lookalike", seed_id="50", countries=["US"], members=[ANN]),
            "members",
        ),
        (customers(consent=Consent("shop", AT, ["messaging"])), "consent"),
        (customers(members=[ANN, NATIONAL]), "members.1.phone"),
        (customers(members=[AudienceMember(platform_user_id="1")]), "members.0.person"),
    ],
)
def test_what_meta_would_not_make_is_not_sent(plan: AudienceInput, blamed: str) -> None:
    wire, audiences = wired()
    with pytest.raises(InvalidRequest) as caught:
        audiences.create(plan)
    assert caught.value.fields.keys() == {blamed}
    assert not wire.sent


def test_audiences_by_rule_and_keys_for_repeats_are_refused() -> None:
    wire, audiences = wired()
    with pytest.raises(Unsupported, match="Ads Manager"):
        audiences.create(AudienceInput(name="Visitors", kind="website"))
    with pytest.raises(Unsupported, match="no key"):
        audiences.create(customers(), idempotency_key="k")
    assert not wire.sent


def test_a_lost_answer_is_looked_for_by_name_and_time() -> None:
    old = audience("49", time_created=int(NOW) - 3600)
    lost = Response(502, {}, b"<html>Bad Gateway</html>")
    wire, audiences = wired(edge=[lost, rows(old, audience("48", name="Others"), audience())])
    assert audiences.create(customers()).id == "51"
    assert [one.method for one in wire.requests(EDGE)] == ["POST", "GET"]


def test_what_was_not_made_is_made_after_all() -> None:
    old = audience("49", time_created=int(NOW) - 3600)
    lost = Response(502, {}, b"")
    wire, audiences = wired(edge=[lost, rows(old), {"id": "51"}])
    assert audiences.create(customers()).id == "51"
    assert [one.method for one in wire.requests(EDGE)] == ["POST", "GET", "POST"]


@pytest.mark.parametrize("reply", [refusal(200, "Permissions error"), {**RECEIVED, "num_invalid_entries": 1}])
def test_a_list_whose_people_did_not_arrive_is_named(reply: Any) -> None:
    _, audiences = wired(users=reply)
    with pytest.raises(PartiallyApplied, match="audience 51") as caught:
        audiences.create(customers(members=[ANN, BOB]))
    assert caught.value.resume == {"audience_id": "51"}
    assert caught.value.__cause__ is not None


def test_a_list_that_cannot_be_read_after_it_was_made_counts_as_made() -> None:
    wire, audiences = wired()
    wire.nodes["51"] = refusal(200, "Permissions error")
    made = audiences.create(customers())
    assert (made.id, made.name, made.kind, made.status) == ("51", "Buyers", "customer_list", "other")


def test_one_refused_list_leaves_the_others() -> None:
    def reply(request: Any) -> dict[str, Any]:
        bad = b"Bad" in request.content
        return refusal(100, "Invalid parameter", 1870029) if bad else {"id": "51"}

    _, audiences = wired(edge=reply)
    result = audiences.create([customers(name="Bad"), customers()])
    assert [one.ok for one in result] == [False, True]


# -- people


def test_people_are_added_and_who_has_no_normal_form_is_not_sent() -> None:
    wire, audiences = wired()
    result = audiences.add("51", [ANN, NATIONAL, BOB], consent=AGREED)
    assert [one.ok for one in result] == [True, False, True]
    error = result[1].error
    assert isinstance(error, InvalidRequest)
    assert error.fields == {"phone": "has no country code: write it as +442079460958"}
    told = payload(wire, USERS)
    assert len(told["payload"]["data"]) == 2
    assert told.keys() == {"payload"}
    assert wire.requests(USERS)[0].method == "POST"


def test_people_are_taken_off() -> None:
    wire, audiences = wired()
    one = Audience.build(id="51", platform="meta")
    assert audiences.remove(one, [ANN]).ok
    assert wire.requests(USERS)[0].method == "DELETE"
    assert payload(wire, USERS)["payload"]["schema"] == ["EMAIL", "PHONE"]


def test_a_list_is_replaced_under_one_session() -> None:
    wire, audiences = wired()
    assert audiences.replace("51", [ANN, BOB], consent=AGREED).ok
    session = payload(wire, REPLACE)["session"]
    assert session.pop("session_id") > 0
    assert session == {"batch_seq": 1, "last_batch_flag": True, "estimated_num_total": 2}


@pytest.mark.parametrize(
    ("session", "posts"), [({"num_received": "2"}, 1), ({"num_received": "1"}, 2), (None, 2)]
)
def test_a_replacement_whose_answer_was_lost_is_looked_for(session: Any, posts: int) -> None:
    wire, audiences = wired(replace=[Response(502, {}, b""), RECEIVED])

    def sessions(request: Any) -> dict[str, Any]:
        number = wire.query("/51/sessions")["session_id"]
        return rows() if session is None else rows({"session_id": number, **session})

    wire["/51/sessions"] = sessions
    assert audiences.replace("51", [ANN, BOB], consent=AGREED).ok
    assert len(wire.requests(REPLACE)) == posts


def test_a_later_part_of_a_replacement_counts_on_the_parts_before() -> None:
    people = [AudienceMember(external_id=f"c-{number}") for number in range(10_001)]
    wire, audiences = wired(replace=[RECEIVED, Response(502, {}, b""), RECEIVED])

    def sessions(request: Any) -> dict[str, Any]:
        number = wire.query("/51/sessions")["session_id"]
        return rows({"session_id": number, "num_received": "10000", "num_invalid_entries": "3"})

    wire["/51/sessions"] = sessions
    assert audiences.replace("51", people, consent=AGREED).ok
    assert len(wire.requests(REPLACE)) == 3


def test_ten_thousand_go_in_a_call_and_the_parts_share_a_session() -> None:
    wire, audiences = wired()
    people = [AudienceMember(external_id=f"c-{number}") for number in range(10_001)]
    assert audiences.add("51", people, consent=AGREED).ok
    first, last = (payload(wire, USERS, number) for number in (0, 1))
    assert [len(one["payload"]["data"]) for one in (first, last)] == [10_000, 1]
    assert first["session"]["session_id"] == last["session"]["session_id"]
    told = [(one["session"]["batch_seq"], one["session"]["last_batch_flag"]) for one in (first, last)]
    assert told == [(1, False), (2, True)]


def test_a_later_part_that_fails_fails_alone() -> None:
    wire, audiences = wired(users=[RECEIVED, refusal(200, "Permissions error")])
    people = [AudienceMember(external_id=f"c-{number}") for number in range(10_001)]
    result = audiences.add("51", people, consent=AGREED)
    assert len(result.failures) == 1
    assert isinstance(result[10_000].error, PermissionDenied)
    assert len(wire.requests(USERS)) == 2


def test_a_list_that_is_not_there_is_told_at_once() -> None:
    _, audiences = wired(users=refusal(100, "Unsupported post request", 33))
    with pytest.raises(NotFound):
        audiences.add("51", [ANN], consent=AGREED)


def test_nobody_and_nobody_who_agreed_are_refused() -> None:
    wire, audiences = wired()
    with pytest.raises(InvalidRequest, match="members"):
        audiences.remove("51", [])
    for write in (audiences.add, audiences.replace):
        with pytest.raises(InvalidRequest, match="consent"):
            write("51", [ANN], consent=Consent("shop", AT, ["messaging"]))
    assert not wire.sent


def test_where_nobody_can_be_named_nothing_is_sent() -> None:
    wire, audiences = wired()
    assert not audiences.add("51", [NATIONAL], consent=AGREED).ok
    assert not wire.sent


def test_entries_that_meta_shows_as_invalid_failed_and_the_rest_arrived() -> None:
    shown = {"0": json.dumps([sha("bob@example.com"), ""])}
    _, audiences = wired(users={**RECEIVED, "num_invalid_entries": 1, "invalid_entry_samples": shown})
    result = audiences.add("51", [ANN, BOB], consent=AGREED)
    assert [one.status for one in result] == ["ok", "failed"]


def test_all_invalid_means_that_none_arrived() -> None:
    _, audiences = wired(users={**RECEIVED, "num_invalid_entries": 2})
    result = audiences.add("51", [ANN, BOB], consent=AGREED)
    assert [one.status for one in result] == ["failed", "failed"]


def test_invalid_entries_that_meta_only_counts_leave_all_in_doubt() -> None:
    _, audiences = wired(users={**RECEIVED, "num_invalid_entries": 1, "invalid_entry_samples": [7]})
    result = audiences.add("51", [ANN, BOB], consent=AGREED)
    assert [one.status for one in result] == ["unknown", "unknown"]
    assert isinstance(result[0].error, OutcomeUnknown)


def test_a_throttle_is_waited_for() -> None:
    wire, audiences = wired(users=[refusal(80003, "too many calls", 2446079), RECEIVED])
    assert audiences.add("51", [ANN], consent=AGREED).ok
    assert wire.slept


def test_a_throttle_that_does_not_end_is_told() -> None:
    _, audiences = wired(users=refusal(80003, "too many calls", 2446079))
    with pytest.raises(RateLimited) as caught:
        audiences.add("51", [ANN], consent=AGREED)
    assert caught.value.scope == "custom_audience"


# -- deleting


def test_audiences_are_deleted_each_by_itself() -> None:
    wire, audiences = wired()
    wire["/52"] = refusal(100, "Unsupported delete request", 33)
    result = audiences.delete(["51", "52"])
    assert [one.ok for one in result] == [True, False]
    assert isinstance(result[1].error, NotFound)
    assert wire.writes() == ["DELETE /51"]


@pytest.mark.parametrize("gone", [True, False])
def test_a_deletion_whose_answer_was_lost_is_looked_at(gone: bool) -> None:
    wire, audiences = wired()
    there = refusal(100, "Unsupported get request", 33) if gone else audience()
    wire["/51"] = [
        audience(),
        Response(502, {}, b""),
        refusal(100, "Unsupported delete request", 33),
        there,
    ]
    (one,) = audiences.delete(["51"])
    assert one.ok is gone


def test_a_form_of_people_is_what_the_interface_describes() -> None:
    wire, audiences = wired()
    audiences.replace("51", [ANN], consent=AGREED)
    names = {name for name, _ in parse_qsl(wire.requests(REPLACE)[0].content.decode())}
    edges = {one.get("endpoint"): one for one in (spec("CustomAudience") or {"apis": []})["apis"]}
    known = next((one for name, one in edges.items() if name and name.strip("/") == "usersreplace"), None)
    assert names == {"payload", "session"}
    assert known is None or names <= {one["name"] for one in known["params"]}
