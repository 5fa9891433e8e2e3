"""Message templates of the pretend WhatsApp at the wire: made, reviewed, edited, deleted, filled in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.support.whatsapp_caller import BODY, Caller, filled, open_whatsapp

from socialcommerce.simulators.meta.whatsapp.templates import set_status


@pytest.fixture
def wa() -> Caller:
    return open_whatsapp()


def create(wa: Caller, **other: Any) -> Any:
    given = {"name": "hello", "language": "en_US", "category": "UTILITY", "components": [BODY], **other}
    return wa.json(f"/{wa.waba_id}/message_templates", **given)


def test_a_template_is_reviewed_and_told_of(wa: Caller) -> None:
    made = create(wa)
    assert (made["status"], made["category"]) == ("PENDING", "UTILITY")
    wa.market.advance(timedelta(minutes=2))
    (told,) = wa.values("message_template_status_update")
    assert (told["event"], told["message_template_id"], told["reason"]) == (
        "APPROVED",
        int(made["id"]),
        "NONE",
    )
    touching = {"type": "BODY", "text": "{{1}}{{2}}"}
    bad = create(wa, name="bad", components=[touching])
    create(wa, name="worse", components=[{"type": "BODY", "text": "Play at our casino now"}])
    wa.market.advance(timedelta(minutes=2))
    events = wa.values("message_template_status_update")[1:]
    assert [one["reason"] for one in events] == ["INVALID_FORMAT", "ABUSIVE_CONTENT"]
    assert "rejection_info" in events[0]
    shown = wa.get(f"/{bad['id']}", fields="status,rejected_reason,name")
    assert (shown["status"], shown["rejected_reason"]) == ("REJECTED", "INVALID_FORMAT")


def test_a_utility_that_sells_becomes_marketing(wa: Caller) -> None:
    made = create(wa, components=[{"type": "BODY", "text": "Our summer sale is on"}])
    assert made["category"] == "MARKETING"
    shown = wa.get(f"/{made['id']}", fields="category,previous_category")
    assert (shown["category"], shown["previous_category"]) == ("MARKETING", "UTILITY")


@pytest.mark.parametrize(
    ("other", "code", "subcode"),
    [
        ({"name": "Hello!"}, 100, None),
        ({"language": "english"}, 100, None),
        ({"components": [BODY, BODY]}, 100, None),
        ({"components": [{"type": "HEADER", "format": "TEXT", "text": "Hi"}]}, 100, None),
        ({"components": [{"type": "BODY", "text": "x" * 1025}]}, 2388040, None),
        ({"components": [{"type": "BODY", "text": "Hi {{2}} there"}]}, 100, None),
        ({"components": [{"type": "BODY", "text": "{{1}} is here"}]}, 2388299, None),
        (
            {"components": [{"type": "BODY", "text": "Dear {{1}}, order {{2}} left us on {{3}} at noon."}]},
            None,
            None,
        ),
        ({"components": [{"type": "BODY", "text": "a {{1}}-{{2}}-{{3}}-{{4}} b"}]}, 2388293, None),
        ({"components": [BODY, {"type": "HEADER", "format": "GIF"}]}, 2388047, None),
        ({"components": [BODY, {"type": "HEADER", "format": "TEXT", "text": "x" * 61}]}, 2388047, None),
        ({"components": [BODY, {"type": "FOOTER", "text": "{{1}}"}]}, 2388073, None),
        (
            {"components": [BODY, {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY"}] * 11}]},
            2388040,
            None,
        ),
        ({"category": "SPAM"}, 100, None),
    ],
)
def test_a_template_must_keep_to_the_rules(
    wa: Caller, other: dict[str, Any], code: int | None, subcode: int | None
) -> None:
    if code is None:
        create(wa, **other)
        return
    refusal = wa.refusal(lambda: create(wa, **other))
    assert (refusal.code, refusal.subcode) == (code, subcode)


def test_a_name_in_a_language_is_taken_once(wa: Caller) -> None:
    first = create(wa)
    create(wa, language="de")
    assert wa.refusal(lambda: create(wa)).subcode == 2388024
    rows = wa.get(f"/{wa.waba_id}/message_templates", fields="name,language", language="de")["data"]
    assert [one["language"] for one in rows] == ["de"]
    path = f"/{wa.waba_id}/message_templates"
    wa.call("DELETE", path, name="hello", hsm_id=first["id"])
    wa.call("DELETE", path, name="hello")
    assert wa.get(path)["data"] == []
    assert wa.refusal(lambda: create(wa)).subcode == 2388023
    assert wa.refusal(lambda: wa.call("DELETE", path, name="hello")).subcode == 2593002
    assert wa.refusal(lambda: wa.call("DELETE", path)).code == 100
    wa.market.advance(timedelta(days=31))
    create(wa)


def test_a_hundred_templates_an_hour_and_250_in_all(wa: Caller) -> None:
    for number in range(100):
        create(wa, name=f"t_{number}")
    assert wa.refusal(lambda: create(wa)).code == 80008
    for hour in (1, 2):
        wa.market.advance(timedelta(hours=1))
        for number in range(75):
            create(wa, name=f"u_{hour}_{number}")
    wa.market.advance(timedelta(hours=1))
    assert wa.refusal(lambda: create(wa)).code == 2388019
    page = wa.get(f"/{wa.waba_id}/message_templates", fields="name", limit="200")
    assert len(page["data"]) == 200
    assert "next" in page["paging"]


def test_an_approved_template_is_edited_once_a_day(wa: Caller) -> None:
    key = wa.template("hello")
    assert wa.refusal(lambda: wa.json(f"/{key}", components="all")).code == 100
    wa.json(f"/{key}", components=[{"type": "BODY", "text": "Fine"}], category="MARKETING")
    assert wa.refusal(lambda: wa.json(f"/{key}", category="UTILITY")).subcode == 2388025
    wa.market.approve_templates()
    assert wa.refusal(lambda: wa.json(f"/{key}", category="UTILITY")).subcode == 2388048
    wa.market.advance(timedelta(days=1))
    wa.json(f"/{key}", category="UTILITY")


def test_a_template_is_filled_in_as_it_was_made(wa: Caller) -> None:
    talk = wa.talk()
    wa.template("hello")

    def code(said: dict[str, Any]) -> int:
        return wa.refused(talk.id, "template", said)

    assert code(filled("hello")) == 132000
    assert code(filled("nobody", "1")) == 132001
    assert code({**filled("hello", "1"), "language": {"policy": "deterministic", "code": "de"}}) == 132001
    odd = filled("hello", "1")
    odd["language"]["policy"] = "fallback"
    assert wa.refusal(lambda: wa.write(talk.id, "template", odd)).code == 131009
    assert code(filled("hello", "x" * 1024)) == 132005
    image = filled("hello")
    image["components"][0]["parameters"] = [{"type": "image", "image": {"link": "https://a.example/i.jpg"}}]
    assert code(image) == 132012
    money = filled("hello")
    currency = {"code": "USD", "amount_1000": 100990, "fallback_value": "$100.99"}
    money["components"][0]["parameters"] = [{"type": "currency", "currency": currency}]
    wa.write(talk.id, "template", money)
    money["components"][0]["parameters"] = [{"type": "currency", "currency": {"code": "USD"}}]
    assert code(money) == 132012
    template = next(iter(wa.waba.templates.values()))
    for word, number in (("PAUSED", 132015), ("DISABLED", 132016)):
        set_status(wa.waba, template, word)
        assert code(filled("hello", "1")) == number


def test_headers_buttons_and_names_are_filled_in_too(wa: Caller) -> None:
    talk = wa.talk()
    named = {"type": "BODY", "text": "Hello {{first_name}}, welcome"}
    picture = {"type": "HEADER", "format": "IMAGE"}
    link = {"type": "URL", "text": "Track", "url": "https://a.example/{{1}}"}
    quick = {"type": "QUICK_REPLY", "text": "Stop"}
    buttons = {"type": "BUTTONS", "buttons": [link, quick]}
    wa.template("full", "UTILITY", named, picture, buttons, parameter_format="NAMED")
    value = {"type": "text", "text": "Ann", "parameter_name": "first_name"}
    head = {"type": "header", "parameters": [{"type": "image", "image": {"link": "https://a.example/i.jpg"}}]}
    track = {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "1"}]}
    language = {"policy": "deterministic", "code": "en_US"}

    def said(*components: Any) -> dict[str, Any]:
        return {"name": "full", "language": language, "components": list(components)}

    whole = [{"type": "body", "parameters": [value]}, head, track]
    wa.write(talk.id, "template", said(*whole))
    assert wa.refused(talk.id, "template", said(whole[0], head)) == 131008
    assert wa.refused(talk.id, "template", said(whole[0], track)) == 132012
    other = {"type": "body", "parameters": [{**value, "parameter_name": "last_name"}]}
    assert wa.refused(talk.id, "template", said(other, head, track)) == 132012
    assert wa.refused(talk.id, "template", said(*whole, {**track, "index": "7"})) == 132012
    assert wa.refused(talk.id, "template", said(*whole, {**track, "index": "1"})) == 132012


def test_marketing_and_authentication_have_their_own_ways(wa: Caller) -> None:
    talk = wa.talk()
    wa.template("news", "MARKETING", {"type": "BODY", "text": "New things"})
    wa.template("code", "AUTHENTICATION", {"type": "BODY", "text": "Your code is {{1}}."})
    wa.template("hello")
    plain = {"name": "news", "language": {"policy": "deterministic", "code": "en_US"}}
    frame = {"messaging_product": "whatsapp", "recipient_type": "individual", "type": "template"}
    path = f"/{wa.phone}/marketing_messages"
    wa.json(path, **frame, to=talk.buyer.id, template=plain)
    assert (
        wa.refusal(lambda: wa.json(path, **frame, to=talk.buyer.id, template=filled("hello", "1"))).code
        == 131009
    )
    text = {**frame, "type": "text", "text": {"body": "Hi"}}
    assert wa.refusal(lambda: wa.json(path, **text, to=talk.buyer.id)).code == 131009
    wa.json(f"/{wa.waba_id}", disable_marketing_messages_on_cloud_api=True)
    assert wa.get(f"/{wa.waba_id}", fields="disable_marketing_messages_on_cloud_api,name")[
        "disable_marketing_messages_on_cloud_api"
    ]
    assert wa.refused(talk.buyer.id, "template", plain) == 131063
    wa.write(talk.buyer.id, "template", filled("code", "123456"))
    assert wa.refused(talk.id, "template", filled("code", "123456")) == 131062
