"""A template to many, as a job of the client's own; and the templates themselves."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.meta.wire import PHONE, Wire, refusal, rows
from tests.whatsapp.chat import (
    MESSAGES,
    NUMBER,
    TEMPLATES,
    accepted,
    deliver,
    push,
    sample,
    status,
    template_row,
)

from socialcommerce import Client, Consent, ConversationRef, Identity, Recipient, errors
from socialcommerce.backends import Request
from socialcommerce.models.content import Button, Template
from socialcommerce.models.media import Media
from socialcommerce.models.message import TemplateInput
from socialcommerce.runtime.transport import Interrupted

AGREED = Consent(source="checkout", obtained_at=datetime(2026, 1, 1, tzinfo=UTC), purposes=["messaging"])
READY = Template("order_ready", "en_US", variables={"2": "today"})
MARKETING = f"/{PHONE}/marketing_messages"


def shop(**settings: Any) -> tuple[Wire, Client]:
    wire = Wire()
    wire[TEMPLATES] = rows(template_row())
    count = iter(range(1, 9999))
    wire[MESSAGES] = lambda _: accepted(f"wamid.{next(count)}")
    return wire, wire.whatsapp(**settings)


def body_of(request: Request) -> Any:
    """What one of several requests says that are under way at once."""
    return json.loads(request.content)


def people(count: int) -> list[Recipient]:
    return [
        Recipient(to=Identity(kind="wa_id", value=str(4_900_000_000 + number)), variables={"1": f"P{number}"})
        for number in range(count)
    ]


def test_everybody_gets_their_own_words() -> None:
    wire, client = shop()
    wire[MESSAGES] = lambda request: accepted(f"wamid.{body_of(request)['to'][-1]}")
    result = client.messaging.broadcast(people(3), READY, consent=AGREED, allow_paid=True)
    assert [outcome.unwrap().ids for outcome in result] == [("wamid.0",), ("wamid.1",), ("wamid.2",)]
    bodies = sorted((wire.body(MESSAGES, number) for number in range(3)), key=lambda body: body["to"])
    assert sorted(body["to"] for body in bodies) == ["4900000000", "4900000001", "4900000002"]
    parameters = bodies[0]["template"]["components"][0]["parameters"]
    assert [one["text"] for one in parameters] == [f"P{bodies[0]['to'][-1]}", "today"]
    references = {body["biz_opaque_callback_data"] for body in bodies}
    assert len(references) == 3
    assert {reference.rpartition(":")[2] for reference in references} == {"0", "1", "2"}


def test_nobody_of_another_platform_is_among_them() -> None:
    wire, client = shop()
    elsewhere = Recipient(to=ConversationRef(platform="tiktok_shop", native_id="4900000000"))
    with pytest.raises(errors.InvalidRequest, match="of tiktok_shop, not of whatsapp"):
        client.messaging.broadcast([*people(1), elsewhere], READY, consent=AGREED, allow_paid=True)
    assert wire.sent == []


def test_marketing_goes_its_own_way() -> None:
    wire, client = shop()
    wire[TEMPLATES] = rows(template_row(category="MARKETING"))
    wire[MARKETING] = accepted()
    client.messaging.broadcast(["4900000000"], READY, consent=AGREED, allow_paid=True)
    assert MARKETING in wire.paths()
    assert MESSAGES not in wire.paths()


def test_a_refusal_is_the_outcome_of_its_recipient() -> None:
    wire, client = shop()
    replies = {"4900000000": accepted(), "4900000001": refusal(131049), "4900000002": refusal(130472)}
    wire[MESSAGES] = lambda request: replies[body_of(request)["to"]]
    result = client.messaging.broadcast(people(3), READY, consent=AGREED, allow_paid=True)
    assert [outcome.status for outcome in result] == ["ok", "failed", "failed"]
    assert isinstance(result[1].error, errors.PolicyViolation)
    assert isinstance(result[2].error, errors.RecipientUnreachable)


def test_who_is_unknown_is_never_written_to_again() -> None:
    wire, client = shop()

    def cut(request: Request) -> Any:
        return Interrupted("cut") if body_of(request)["to"] == "4900000001" else accepted()

    wire[MESSAGES] = cut
    job = client.messaging.broadcast(people(2), READY, consent=AGREED, allow_paid=True, wait=False)
    result = client.jobs.resume(job.id)
    assert [outcome.status for outcome in result] == ["ok", "unknown"]
    assert len(wire.requests(MESSAGES)) == 2


def test_what_a_crash_cut_off_is_not_sent_again() -> None:
    wire, client = shop()

    def crash(request: Request) -> Any:
        if body_of(request)["to"] == "4900000002":
            raise KeyboardInterrupt
        return accepted(f"wamid.{body_of(request)['to'][-1]}")

    wire[MESSAGES] = crash
    job = client.messaging.broadcast(people(5), READY, consent=AGREED, allow_paid=True, wait=False)
    with pytest.raises(KeyboardInterrupt):
        job.wait()
    wire[MESSAGES] = accepted()
    result = client.jobs.resume(job.id)
    reached = [body_of(request)["to"] for request in wire.requests(MESSAGES)]
    assert sorted(reached) == sorted(set(reached))
    assert len(reached) == 5
    assert isinstance(result[2].error, errors.OutcomeUnknown)
    assert all(outcome.unwrap().status == "pending" for outcome in result if outcome.ok)


@pytest.mark.parametrize("code", [131042, 131045, 131031, 131048, 131064, 10])
def test_an_error_of_the_sender_stops_the_job_and_is_nobodys_outcome(code: int) -> None:
    wire, client = shop()
    wire[MESSAGES] = lambda request: refusal(code) if len(wire.requests(MESSAGES)) > 2 else accepted()
    job = client.messaging.broadcast(people(5), READY, consent=AGREED, allow_paid=True, wait=False)
    with pytest.raises(errors.PartiallyApplied, match="3 recipients are left") as caught:
        job.wait()
    assert len(caught.value.done) == 2
    assert caught.value.resume == {"job": job.id}
    assert isinstance(caught.value.__cause__, errors.PlatformError)
    assert caught.value.__cause__.code == str(code)
    wire[MESSAGES] = accepted()
    refused = {body_of(request)["to"] for request in wire.requests(MESSAGES)[2:]}
    result = client.jobs.resume(job.id)
    assert [outcome.status for outcome in result] == ["ok"] * 5
    assert refused <= {body_of(request)["to"] for request in wire.requests(MESSAGES)[-5:]}


def test_where_nobody_was_written_to_the_error_itself_is_raised() -> None:
    wire, client = shop()
    wire[MESSAGES] = refusal(131042)
    with pytest.raises(errors.InsufficientFunds):
        client.messaging.broadcast(people(2), READY, consent=AGREED, allow_paid=True)


def test_a_country_that_is_closed_is_the_outcome_of_its_recipient() -> None:
    wire, client = shop()
    replies = {"4900000000": refusal(130497), "4900000001": accepted()}
    wire[MESSAGES] = lambda request: replies[body_of(request)["to"]]
    result = client.messaging.broadcast(people(2), READY, consent=AGREED, allow_paid=True)
    assert [outcome.status for outcome in result] == ["failed", "ok"]
    assert isinstance(result[0].error, errors.AccountRestricted)


def test_statuses_that_came_meanwhile_count() -> None:
    wire, client = shop()

    def cut(request: Request) -> Any:
        reference = body_of(request)["biz_opaque_callback_data"]
        word = "failed" if reference.endswith(":1") else "delivered"
        row = status(word, f"wamid.{reference[-1]}", biz_opaque_callback_data=reference,
                     pricing={"billable": True})  # fmt: skip
        if word == "failed":
            row["errors"] = [{"code": 131026, "title": "Undeliverable"}]
        deliver(client, push(statuses=[row]))
        return accepted(f"wamid.{reference[-1]}")

    wire[MESSAGES] = cut
    first, second = client.messaging.broadcast(people(2), READY, consent=AGREED, allow_paid=True)
    assert (first.unwrap().status, first.unwrap().billable) == ("delivered", True)
    assert isinstance(second.error, errors.RecipientUnreachable)
    assert second.error.code == "131026"


def test_a_job_rests_while_the_number_is_slowed_down_and_repeats_nobody() -> None:
    wire, client = shop()
    held = {"4900000001": 1}

    def slowed(request: Request) -> Any:
        to = body_of(request)["to"]
        if held.get(to, 0) > 0:
            held[to] -= 1
            return refusal(80007)
        return accepted(f"wamid.{to}")

    wire[MESSAGES] = slowed
    result = client.messaging.broadcast(people(3), READY, consent=AGREED, allow_paid=True)
    assert result.ok
    assert max(wire.slept) == 60.0
    assert sorted(wire.body(MESSAGES, n)["to"] for n in range(4)) == [
        "4900000000",
        "4900000001",
        "4900000001",
        "4900000002",
    ]


def test_many_go_out_in_steps_that_are_kept() -> None:
    wire, client = shop()
    job = client.messaging.broadcast(people(100), READY, consent=AGREED, allow_paid=True, wait=False)
    assert (job.status, job.progress, wire.requests(MESSAGES)) == ("running", 0.0, [])
    job.refresh()
    assert job.progress == 0.4
    assert len(client.jobs.resume(job.id)) == 100
    assert len({wire.body(MESSAGES, number)["to"] for number in range(100)}) == 100


@pytest.mark.parametrize(
    ("to", "contents", "more", "error"),
    [
        ("everybody", READY, {"consent": AGREED, "allow_paid": True}, errors.Unsupported),
        ([], READY, {"consent": AGREED, "allow_paid": True}, errors.InvalidRequest),
        ([NUMBER], "hello", {"consent": AGREED, "allow_paid": True}, errors.InvalidRequest),
        ([NUMBER], Template("t"), {"consent": AGREED, "allow_paid": True}, errors.InvalidRequest),
        ([NUMBER], READY, {"allow_paid": True}, errors.PolicyViolation),
        ([NUMBER], READY, {"consent": AGREED}, errors.PolicyViolation),
    ],
)
def test_what_is_not_broadcast(to: Any, contents: Any, more: Any, error: type[Exception]) -> None:
    wire, client = shop()
    with pytest.raises(error):
        client.messaging.broadcast(to, contents, **more)
    assert wire.sent == []


def test_somebody_who_cannot_be_written_to_is_an_outcome() -> None:
    _, client = shop(waba_id=None)
    (outcome,) = client.messaging.broadcast(["nobody"], READY, consent=AGREED, allow_paid=True)
    assert outcome.status == "failed"


# templates


def test_the_published_templates_are_read() -> None:
    wire, client = shop()
    wire[TEMPLATES] = sample("templates_list")
    first, second = client.messaging.templates.list()
    assert (first.id, first.name, first.language) == ("1192339204654487", "hello_world", "en_US")
    assert (first.category, first.status, first.header) == ("marketing", "approved", "Hello World")
    assert first.footer == "WhatsApp Business API Team"
    assert second.variables == ("1", "2")
    assert second.buttons == (Button("Stop promotions"),)


def test_templates_are_listed_page_after_page() -> None:
    wire, client = shop()
    wire[TEMPLATES] = [sample(f"templates_page_{name}") for name in ("first", "middle", "last")]
    found = client.messaging.templates.list().collect()
    assert [(one.name, one.status, one.reasons) for one in found] == [
        ("order_confirmation", "approved", ()),
        ("abandoned_cart", "rejected", ("INVALID_FORMAT",)),
    ]
    assert [wire.query(TEMPLATES, n).get("after") for n in range(3)] == [None, "MjQZD", "MjYZD"]


def test_filters_hold_whether_whatsapp_knows_them_or_not() -> None:
    wire, client = shop()
    wire[TEMPLATES] = rows(template_row(), template_row(id="78", status="PENDING", language="fr"))
    templates = client.messaging.templates
    assert [one.id for one in templates.list(status="in_review")] == ["78"]
    assert "status" not in wire.query(TEMPLATES)
    assert [one.id for one in templates.list(status="approved", language="en_US", category="utility")] == [
        "77"
    ]
    query = wire.query(TEMPLATES)
    assert (query["status"], query["language"], query["category"]) == ("APPROVED", "en_US", "UTILITY")
    assert templates.list(category="marketing").collect() == []


INPUT = TemplateInput(
    name="order_ready",
    language="en_US",
    category="utility",
    header="Good news",
    body="Hi {{1}}, your order {{2}} is ready.",
    footer="Your shop",
    buttons=[
        Button("Stop"),
        Button("See", url="https://x.example/{{1}}", payload="10042"),
        Button("Call", phone="+651"),
    ],
    variables={"1": "Ana", "2": "10042"},
)


def test_a_template_is_handed_in() -> None:
    wire, client = shop()
    wire[TEMPLATES] = sample("template_create_response")
    made = client.messaging.templates.create(INPUT)
    # The review may put it elsewhere at once.
    assert (made.id, made.category, made.native_category, made.status) == (
        "template-1",
        "marketing",
        "MARKETING",
        "in_review",
    )
    assert (made.name, made.body) == ("order_ready", INPUT.body)
    assert wire.body(TEMPLATES) == {
        "name": "order_ready",
        "language": "en_US",
        "category": "UTILITY",
        "parameter_format": "POSITIONAL",
        "components": [
            {"type": "HEADER", "format": "TEXT", "text": "Good news"},
            {"type": "BODY", "text": INPUT.body, "example": {"body_text": [["Ana", "10042"]]}},
            {"type": "FOOTER", "text": "Your shop"},
            {
                "type": "BUTTONS",
                "buttons": [
                    {"type": "QUICK_REPLY", "text": "Stop"},
                    {"type": "URL", "text": "See", "url": "https://x.example/{{1}}", "example": ["10042"]},
                    {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+651"},
                ],
            },
        ],
    }


def test_named_variables_have_named_examples() -> None:
    wire, client = shop()
    wire[TEMPLATES] = {"id": "1", "status": "PENDING", "category": "UTILITY"}
    header = Media.from_id("4::handle")
    named = INPUT.model_copy(
        update={"body": "Hi {{name}}", "variables": {"name": "Ana"}, "header": header, "buttons": ()}
    )
    client.messaging.templates.create(named)
    body = wire.body(TEMPLATES)
    assert body["parameter_format"] == "NAMED"
    assert body["components"][0] == {
        "type": "HEADER",
        "format": "IMAGE",
        "example": {"header_handle": ["4::handle"]},
    }
    examples = [{"param_name": "name", "example": "Ana"}]
    assert body["components"][1]["example"] == {"body_text_named_params": examples}


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "Order Ready"},
        {"category": "service"},
        {"variables": {"1": "Ana"}},
        {"header": Media.from_bytes(b"\x89PNG")},
    ],
)
def test_what_would_be_refused_is_not_handed_in(fields: dict[str, Any]) -> None:
    wire, client = shop()
    with pytest.raises(errors.InvalidRequest):
        client.messaging.templates.create(INPUT.model_copy(update=fields))
    assert wire.sent == []


def test_a_lost_creation_is_looked_for_by_name_and_language() -> None:
    wire, client = shop()
    found = rows(template_row(name="order_ready_2"), template_row(status="PENDING"))
    wire[TEMPLATES] = [Interrupted("cut"), found]
    assert client.messaging.templates.create(INPUT).id == "77"
    assert wire.query(TEMPLATES)["name"] == "order_ready"
    wire[TEMPLATES] = [Interrupted("cut"), rows(), {"id": "99", "status": "PENDING"}]
    assert client.messaging.templates.create(INPUT).id == "99"


def test_a_change_keeps_what_it_does_not_name() -> None:
    wire, client = shop()
    row = template_row(
        components=[
            {"type": "HEADER", "format": "TEXT", "text": "Good news"},
            {"type": "BODY", "text": "Hi {{1}}", "example": {"body_text": [["Ana"]]}},
            {"type": "FOOTER", "text": "Your shop"},
        ]
    )
    wire["/77"] = [row, {"success": True}, row | {"status": "PENDING"}]
    changed = client.messaging.templates.update("77", body="Hello {{1}}", footer=None)
    assert changed.status == "in_review"
    assert wire.body("/77", 1) == {
        "components": [
            {"type": "HEADER", "format": "TEXT", "text": "Good news"},
            {"type": "BODY", "text": "Hello {{1}}", "example": {"body_text": [["Ana"]]}},
        ]
    }
    wire["/77"] = [row, {"success": True}, row]
    client.messaging.templates.update(changed, category="marketing")
    assert wire.body("/77", -2) == {"category": "MARKETING"}
    wire["/77"] = row
    with pytest.raises(errors.InvalidRequest):
        client.messaging.templates.update("77")


def test_named_examples_are_kept_too() -> None:
    wire, client = shop()
    examples = {"body_text_named_params": [{"param_name": "name", "example": "Ana"}]}
    row = template_row(components=[{"type": "BODY", "text": "Hi {{name}}", "example": examples}])
    wire["/77"] = [row, {"success": True}, row]
    client.messaging.templates.update("77", footer="Bye")
    assert wire.body("/77", 1)["components"][0]["example"] == examples


def test_templates_are_deleted_by_name_by_language_and_by_id() -> None:
    wire, client = shop()
    wire["/77"] = template_row()
    templates = client.messaging.templates
    (one,) = templates.list()
    asked: list[dict[str, Any]] = []
    given: list[tuple[Any, str | None]] = [
        ("order_ready", None),
        ("order_ready", "en_US"),
        ("77", None),
        (one, None),
        (one, "en_US"),
    ]
    for template, language in given:
        templates.delete(template, language=language)
        assert wire.sent[-1].method == "DELETE"
        asked.append(wire.query(TEMPLATES))
    both = {"name": "order_ready", "hsm_id": "77"}
    assert asked == [{"name": "order_ready"}, both, both, both, both]
    with pytest.raises(errors.NotFound):
        templates.delete(one, language="fr")


def test_media_headers_are_read() -> None:
    wire, client = shop()
    header = {"type": "HEADER", "format": "DOCUMENT", "example": {"header_handle": ["https://x.example/a"]}}
    other = {"type": "HEADER", "format": "LOCATION"}
    wire[TEMPLATES] = rows(
        template_row(id="1", components=[header]), template_row(id="2", components=[other])
    )
    first, second = client.messaging.templates.list()
    assert isinstance(first.header, Media)
    assert (first.header.kind, first.header.url) == ("file", "https://x.example/a")
    assert second.header is None
