"""The pretend WhatsApp at the wire: webhooks, templates, media, the number and its settings, flows."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from tests.support.graph_caller import Refusal
from tests.support.whatsapp_caller import BODY, Caller, filled, open_whatsapp

from socialcommerce.runtime.transport import Request
from socialcommerce.simulators.account import UnknownEntity
from socialcommerce.simulators.meta.graph.hooks import signature, signed_request
from socialcommerce.simulators.meta.whatsapp import people
from socialcommerce.simulators.meta.whatsapp.templates import set_status


@pytest.fixture
def wa() -> Caller:
    return open_whatsapp()


def last(wa: Caller) -> Any:
    """The message that was pushed last."""
    return wa.values()[-1]["messages"][0]


# -- webhooks


def test_a_purchase_arrives_as_an_order_message(wa: Caller) -> None:
    wa.market.add_product("TS-1", stock=5, price="12.50")
    order = wa.market.buy("TS-1", 2)
    told = last(wa)
    assert (told["id"], told["type"]) == (order, "order")
    assert told["order"] == {
        "catalog_id": wa.catalog,
        "text": "",
        "product_items": [
            {"product_retailer_id": "TS-1", "quantity": 2, "item_price": 12.5, "currency": "USD"}
        ],
    }
    talk = wa.waba.talk_with(told["from_user_id"])
    assert talk is not None
    wa.write(told["from"])
    assert wa.market.default.find("TS-1")[1].available == 3  # type: ignore[index]


def test_a_push_is_signed_over_its_bytes(wa: Caller) -> None:
    wa.market.say("Café – 10/10 🙂")
    push = wa.market.pushes()[-1]
    assert b"Caf\\u00e9 \\u2013 10\\/10 \\ud83d\\ude42" in push.body
    expected = hmac.new(wa.secret.encode(), push.body, hashlib.sha256).hexdigest()
    assert push.headers["X-Hub-Signature-256"] == f"sha256={expected}"
    assert json.loads(push.body)["entry"][0]["id"] == wa.waba_id
    assert last(wa)["text"]["body"] == "Café – 10/10 🙂"


@pytest.mark.parametrize("file", ["meta", "whatsapp"])
def test_signatures_are_those_of_the_shared_vectors(shared: Path, file: str) -> None:
    checked = 0
    for one in json.loads((shared / f"vectors/{file}.json").read_text(encoding="utf-8")):
        given = one["inputs"]
        if one["kind"] == "webhook" and given.get("header_name") == "X-Hub-Signature-256":
            body = base64.b64decode(given["body_b64"])
            assert (signature(given["app_secret"], body) == given["header_value"]) is one["expected"]["valid"]
            checked += 1
    assert checked


def test_a_signed_request_is_that_of_the_shared_vector(shared: Path) -> None:
    found = json.loads((shared / "vectors/meta.json").read_text(encoding="utf-8"))
    given = next(one["inputs"] for one in found if one["inputs"].get("scheme") == "signed_request")
    assert signed_request(given["app_secret"], {"0": "payload"}) == given["signed_request"]


def test_who_takes_the_app_off_is_named_in_a_signed_form(wa: Caller) -> None:
    wa.market.default.revoke()
    push = wa.market.pushes()[-1]
    (form,) = parse_qs(push.body.decode())["signed_request"]
    payload = form.partition(".")[2]
    told = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert told["user_id"] == wa.twin.person.id
    assert form == signed_request(wa.secret, {key: told[key] for key in ("user_id", "issued_at")})


def test_every_kind_of_message_of_a_person_is_told(wa: Caller) -> None:
    talk, waba = wa.talk(), wa.waba
    wa.market.add_product("TS-1", stock=1)
    people.send_file(waba, talk, "image", "image/jpeg", b"\xff\xd8\xff", caption="Like this")
    assert last(wa)["image"]["caption"] == "Like this"
    place = {"latitude": 1.5, "longitude": 2.5, "name": "Here", "address": "There"}
    people.hear(waba, talk, "location", {"location": place})
    assert last(wa)["location"] == place
    people.ask_about(waba, talk, "TS-1", "Is this still available?")
    assert last(wa)["context"]["referred_product"]["product_retailer_id"] == "TS-1"
    people.send_unsupported(waba, talk)
    assert last(wa)["errors"][0]["code"] == 131051
    replies = [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]
    question = {"type": "button", "body": {"text": "Blue?"}, "action": {"buttons": replies}}
    asked = wa.write(talk.id, "interactive", question)
    people.press(waba, asked, "Yes")
    assert last(wa)["interactive"] == {"type": "button_reply", "button_reply": {"id": "y", "title": "Yes"}}
    assert last(wa)["context"] == {"from": waba.display, "id": asked}
    row = {"id": "s", "title": "Small", "description": "Fits a child"}
    rows = {"button": "Open", "sections": [{"rows": [row]}]}
    listed = wa.write(talk.id, "interactive", {"type": "list", "body": {"text": "Size?"}, "action": rows})
    people.press(waba, listed, "s")
    assert last(wa)["interactive"]["list_reply"] == row
    people.fill_in(waba, listed, {"size": "S"})
    assert json.loads(last(wa)["interactive"]["nfm_reply"]["response_json"]) == {"size": "S"}
    wa.template()
    sent = wa.write(talk.id, "template", filled("on_its_way", "1"))
    people.press(waba, sent, "Unsubscribe")
    assert last(wa)["button"] == {"payload": "Unsubscribe", "text": "Unsubscribe"}
    with pytest.raises(UnknownEntity):
        people.press(waba, asked, "Perhaps")
    with pytest.raises(ValueError, match="no kind of file"):
        people.send_file(waba, talk, "hologram", "x/y", b"")


def test_an_answer_by_hand_is_echoed(wa: Caller) -> None:
    talk = wa.talk()
    one = people.answer_by_hand(wa.waba, talk, "Moment, please")
    (told,) = wa.values("smb_message_echoes")[-1]["message_echoes"]
    assert (told["id"], told["to"], told["text"]["body"]) == (one.id, talk.buyer.id, "Moment, please")
    wa.market.say("Thanks", talk.id)
    assert [one["status"] for one in wa.statuses(one.id)] == ["read"]


def test_whatever_happens_to_the_account_is_told(wa: Caller) -> None:
    wa.twin.announce("account_update", {"event": "VERIFIED_ACCOUNT", "phone_number": wa.waba.display})
    assert wa.values("account_update")[0]["event"] == "VERIFIED_ACCOUNT"
    assert json.loads(wa.market.pushes()[-1].body)["entry"][0]["time"] == int(wa.twin.clock.now())


def test_a_new_number_brings_a_new_user_id(wa: Caller) -> None:
    talk = wa.talk()
    before = talk.id
    people.change_number(wa.waba, talk, "447700900999")
    system = wa.values()[-1]
    assert "contacts" not in system
    assert system["messages"][0]["system"]["wa_id"] == "447700900999"
    (update,) = wa.values("user_id_update")
    assert update["user_id_update"][0]["user_id"] == {"previous": before, "current": talk.id}
    wa.market.say("Here I am", talk.id)
    assert last(wa)["from_user_id"] == talk.id != before
    with pytest.raises(UnknownEntity):
        people.talk_of(wa.waba, before)


def test_marketing_can_be_stopped_and_resumed(wa: Caller) -> None:
    talk = wa.talk()
    people.prefer_marketing(wa.waba, talk, False)
    people.prefer_marketing(wa.waba, talk, True)
    told = [one["user_preferences"][0] for one in wa.values("user_preferences")]
    assert [one["value"] for one in told] == ["stop", "resume"]
    people.set_username(wa.waba, talk, "ann")
    wa.market.say("Hi", talk.id)
    contact = wa.values()[-1]["contacts"][0]
    assert (contact["profile"]["username"], contact["wa_id"]) == ("ann", talk.buyer.id)


def test_an_order_can_only_be_paid_if_it_was_sent(wa: Caller) -> None:
    with pytest.raises(UnknownEntity):
        people.pay(wa.waba, "R-1")


def test_a_lost_push_comes_again(wa: Caller) -> None:
    wa.market.fault("lose_push", times=2)
    wa.market.say("Hello?")
    assert wa.market.pushes() == []
    wa.market.advance(timedelta(minutes=1))
    assert len(wa.market.pushes()) == 1
    wa.market.fault("lose_push", times=50)
    wa.market.say("Hello??")
    wa.market.advance(timedelta(days=8))
    assert len(wa.market.pushes()) == 1


def test_apps_are_put_on_the_account_and_taken_off(wa: Caller) -> None:
    path = f"/{wa.waba_id}/subscribed_apps"
    (app,) = wa.get(path)["data"]
    assert app["whatsapp_business_api_data"]["id"] == wa.twin.apps[0].app_id
    wa.call("DELETE", path)
    wa.market.say("Nobody hears")
    assert wa.market.pushes() == []
    url = "https://other.example.com/hook"
    assert wa.json(path, override_callback_uri=url, verify_token="t")["success"] is True
    asked = wa.market.pushes()[-1]
    assert (asked.method, asked.url, asked.query["hub.verify_token"]) == ("GET", url, "t")
    assert asked.query["hub.challenge"].isdecimal()
    assert wa.get(path)["data"][0]["override_callback_uri"] == url
    wa.market.say("Somebody hears")
    assert wa.market.pushes()[-1].url == url
    assert wa.refusal(lambda: wa.json(path, override_callback_uri="http://x", verify_token="t")).code == 100
    wa.json(path)
    own = {"override_callback_uri": "https://number.example.com/", "verify_token": "n"}
    wa.json(f"/{wa.phone}", webhook_configuration=own)
    wa.market.say("The number has its own")
    assert wa.market.pushes()[-1].url == "https://number.example.com/"
    shown = wa.get(f"/{wa.phone}", fields="webhook_configuration")["webhook_configuration"]
    assert shown == {"phone_number": "https://number.example.com/"}
    wa.json(f"/{wa.phone}", webhook_configuration={"override_callback_uri": ""})
    wa.market.say("The account's again")
    assert wa.market.pushes()[-1].url == "https://hooks.example.com/webhooks/whatsapp"


def test_an_app_says_what_it_hears_of(wa: Caller) -> None:
    app = wa.twin.apps[0]
    path = f"/{app.app_id}/subscriptions"
    (row,) = wa.get(path, token=app.token)["data"]
    assert (row["object"], row["active"]) == ("whatsapp_business_account", True)
    assert "messages" in {one["name"] for one in row["fields"]}
    wa.call("DELETE", path, token=app.token, object="whatsapp_business_account", fields="messages")
    wa.market.say("Nobody hears")
    assert wa.market.pushes() == []
    wa.call("DELETE", path, token=app.token, object="whatsapp_business_account")
    wa.call("DELETE", path, token=app.token)
    assert wa.get(path, token=app.token)["data"] == []
    given: dict[str, Any] = {
        "object": "whatsapp_business_account",
        "callback_url": "https://hooks.example.com/new",
        "verify_token": "mine",
        "fields": "messages",
    }
    wa.post(path, token=app.token, **given)
    assert wa.market.pushes()[-1].query["hub.mode"] == "subscribe"
    wa.market.say("Hi")
    assert wa.market.pushes()[-1].url == "https://hooks.example.com/new"
    for bad, code in (
        ({"object": "toaster"}, 100),
        ({"fields": "gossip"}, 100),
        ({"callback_url": "http://plain.example.com"}, 100),
        ({"verify_token": ""}, 2200),
    ):
        refusal = wa.refusal(lambda bad=bad: wa.post(path, token=app.token, **{**given, **bad}))  # type: ignore[misc]
        assert refusal.code == code
    assert wa.refusal(lambda: wa.get(path)).code in (15, 100)


# -- templates


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


# -- media


def test_a_file_is_uploaded_sent_fetched_and_deleted(wa: Caller) -> None:
    content = wa.market.image()
    key = wa.upload("image/png", content)["id"]
    talk = wa.talk()
    wa.write(talk.id, "image", {"id": key, "caption": "New"})
    assert wa.refused(talk.id, "video", {"id": key}) == 131009
    info = wa.get(f"/{key}", phone_number_id=wa.phone)
    assert (info["mime_type"], info["file_size"]) == ("image/png", str(len(content)))

    def fetched(token: str) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return wa.twin.handle(Request("GET", info["url"], headers))

    assert fetched(wa.token).content == content
    assert fetched("").status == 400
    wa.market.advance(timedelta(minutes=6))
    assert fetched(wa.token).status == 404
    assert wa.refusal(lambda: wa.get(f"/{key}", phone_number_id="1")).code == 100
    wa.market.advance(timedelta(days=30))
    assert wa.refusal(lambda: wa.get(f"/{key}")).code == 100
    wa.market.say("Still there?", talk.id)
    assert wa.refused(talk.id, "image", {"id": key}) == 131009
    assert wa.call("DELETE", f"/{key}") == {"success": True}
    assert wa.refusal(lambda: wa.get(f"/{key}")).subcode == 33


def test_a_file_must_be_of_a_kind_and_size_that_is_taken(wa: Caller) -> None:
    assert wa.upload("audio/ogg; codecs=opus", b"OggS")["id"]
    for mime, content, more, code in (
        ("image/gif", b"GIF", {}, 100),
        ("image/jpeg", b"", {}, 131053),
        ("image/webp", b"x" * (500 * 1024 + 1), {}, 131053),
        ("", b"x", {}, 100),
        ("image/png", b"x", {"messaging_product": "sms"}, 100),
    ):
        with pytest.raises(Refusal) as caught:
            wa.upload(mime, content, **more)
        assert caught.value.code == code
    bare = wa.refusal(lambda: wa.json(f"/{wa.phone}/media", messaging_product="whatsapp", type="image/png"))
    assert bare.code == 100


# -- the number


def test_the_number_tells_what_it_is(wa: Caller) -> None:
    fields = "id,display_phone_number,verified_name,status,quality_rating,throughput,account_mode,name_status"
    shown = wa.get(f"/{wa.phone}", fields=fields)
    assert shown["display_phone_number"].startswith("+1 555-")
    assert (shown["status"], shown["account_mode"]) == ("LINKED", "LIVE")
    (listed,) = wa.get(f"/{wa.waba_id}/phone_numbers")["data"]
    assert listed["id"] == wa.phone
    wa.waba.reach = 250
    name = "whatsapp_business_manager_messaging_limit"
    assert wa.get(f"/{wa.waba_id}", fields=name)[name] == "TIER_250"
    wa.waba.reach = 10**9
    assert wa.get(f"/{wa.phone}", fields=name)[name] == "TIER_UNLIMITED"


def test_a_number_is_registered_by_its_pin(wa: Caller) -> None:
    path = f"/{wa.phone}"
    wa.post(f"{path}/deregister")
    assert wa.get(path, fields="status")["status"] == "UNLINKED"
    register = {"messaging_product": "whatsapp", "pin": "123456"}
    assert wa.refusal(lambda: wa.json(f"{path}/register", **register)).code == 133005
    wa.json(path, pin="123456")
    wa.json(f"{path}/register", **register)
    assert wa.refusal(lambda: wa.json(f"{path}/register", messaging_product="whatsapp", pin="12")).code == 100
    assert wa.refusal(lambda: wa.json(path, pin="12")).code == 100
    for _ in range(7):
        wa.json(f"{path}/register", **register)
    assert wa.refusal(lambda: wa.json(f"{path}/register", **register)).code == 133016
    wa.market.advance(timedelta(days=3, seconds=1))
    wa.json(f"{path}/register", **register)


def test_the_profile_is_kept(wa: Caller) -> None:
    path = f"/{wa.phone}/whatsapp_business_profile"
    given = {
        "about": "Mugs",
        "email": "a@example.com",
        "websites": ["https://a.example"],
        "vertical": "RETAIL",
    }
    wa.json(path, messaging_product="whatsapp", **given, profile_picture_handle="4::abc")
    (row,) = json.loads(wa.send("GET", path).content)["data"]
    assert {name: row[name] for name in given} == given
    assert row["profile_picture_url"].startswith("https://")
    (about,) = json.loads(wa.send("GET", path, fields="about").content)["data"]
    assert about == {"about": "Mugs"}
    for bad in ({"about": ""}, {"about": "x" * 140}, {"vertical": "SPACE"}, {"websites": ["a", "b", "c"]}):
        assert wa.refusal(lambda bad=bad: wa.json(path, messaging_product="whatsapp", **bad)).code == 100  # type: ignore[misc]
    assert wa.refusal(lambda: wa.json(path, about="x")).code == 100


def test_shop_settings_come_in_the_query(wa: Caller) -> None:
    path = f"/{wa.phone}/whatsapp_commerce_settings"
    assert wa.get(path)["data"] == [{"id": wa.catalog, "is_cart_enabled": True, "is_catalog_visible": False}]
    wa.call("POST", path, body={}, is_catalog_visible="true")
    assert wa.get(path)["data"][0]["is_catalog_visible"] is True
    refusal = wa.refusal(lambda: wa.twin and wa.call("POST", path, body={"is_cart_enabled": False}))
    assert refusal.code == 100
    wa.call("DELETE", f"/{wa.waba_id}/product_catalogs", catalog_id=wa.catalog)
    assert wa.get(path)["data"] == []
    assert wa.refusal(lambda: wa.call("POST", path, body={}, is_cart_enabled="true")).code == 100
    wa.json(f"/{wa.waba_id}/product_catalogs", catalog_id=wa.catalog)
    assert wa.get(f"/{wa.waba_id}/product_catalogs", fields="id,name")["data"][0]["id"] == wa.catalog


def test_who_is_blocked_is_not_heard(wa: Caller) -> None:
    talk, path = wa.talk(), f"/{wa.phone}/block_users"
    blocked = wa.json(
        path, messaging_product="whatsapp", block_users=[{"user": talk.buyer.id}, {"user": "1"}]
    )
    answer = blocked["block_users"]
    assert answer["added_users"] == [{"input": talk.buyer.id, "wa_id": talk.buyer.id, "user_id": talk.id}]
    assert answer["failed_users"][0]["input"] == "1"
    pushed = len(wa.market.pushes())
    wa.market.say("Hello?", talk.id)
    assert len(wa.market.pushes()) == pushed
    assert [one["wa_id"] for one in wa.get(path)["data"]] == [talk.buyer.id]
    wa.call("DELETE", path, body={"messaging_product": "whatsapp", "block_users": [{"user_id": talk.id}]})
    assert wa.get(path)["data"] == []
    wa.market.advance(timedelta(days=2))
    stale = wa.refusal(
        lambda: wa.json(path, messaging_product="whatsapp", block_users=[{"user": talk.buyer.id}])
    )
    assert stale.code == 139101
    assert wa.refusal(lambda: wa.json(path, messaging_product="whatsapp")).code == 100


def test_a_username_is_taken_once() -> None:
    wa = open_whatsapp(accounts=2)
    token = wa.twin.token().access
    first, second = (one.asset("WhatsAppBusinessPhoneNumber").id for one in wa.twin.sellers)
    assert wa.get(f"/{first}/username") == {}
    wa.call("POST", f"/{first}/username", token=token, body={"username": "mugs.shop"})
    assert wa.get(f"/{first}/username")["username"] == "mugs.shop"
    assert wa.get(f"/{first}", fields="username")["username"] == "mugs.shop"
    taken = wa.refusal(
        lambda: wa.call("POST", f"/{second}/username", token=token, body={"username": "mugs.shop"})
    )
    assert taken.code == 147001
    bad = wa.refusal(lambda: wa.call("POST", f"/{first}/username", token=token, body={"username": "A B"}))
    assert bad.code == 147002
    wa.call("DELETE", f"/{first}/username")
    assert wa.get(f"/{first}/username") == {}


def test_the_key_of_the_flows_is_kept(wa: Caller) -> None:
    path = f"/{wa.phone}/whatsapp_business_encryption"
    assert wa.get(path)["data"] == []
    key = "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n"
    wa.post(path, business_public_key=key)
    assert wa.get(path)["data"][0]["business_public_key"] == key
    assert wa.refusal(lambda: wa.post(path, business_public_key="none")).code == 100


def test_short_links_are_made_and_changed(wa: Caller) -> None:
    path = f"/{wa.phone}/message_qrdls"
    made = wa.json(path, prefilled_message="Hi!", generate_qr_image="PNG")
    assert made["qr_image_url"].endswith(".png")
    changed = wa.json(path, code=made["code"], prefilled_message="Hello!")
    assert changed["deep_link_url"] == made["deep_link_url"]
    assert [one["prefilled_message"] for one in wa.get(path)["data"]] == ["Hello!"]
    assert wa.refusal(lambda: wa.json(path, prefilled_message="")).code == 100
    assert wa.refusal(lambda: wa.json(path, code="A" * 14, prefilled_message="x")).subcode == 33
    wa.json(f"/{wa.phone}/conversational_automation", enable_welcome_message=True)


# -- flows


SCREENS = {"version": "7.3", "screens": [{"id": "A", "terminal": True}]}


def put(wa: Caller, flow: str, content: bytes, **other: str) -> Any:
    from tests.support.graph_caller import HOST
    from tests.support.tiktok_ads_caller import multipart

    fields = {"name": "flow.json", "asset_type": "FLOW_JSON", **other}
    kind, body = multipart(fields, {"file": ("flow.json", content)})
    headers = {"Authorization": f"Bearer {wa.token}", "Content-Type": kind}
    found = json.loads(wa.twin.handle(Request("POST", f"{HOST}/v26.0/{flow}/assets", headers, body)).content)
    if "error" in found:
        raise Refusal(400, found["error"])
    return found


def test_a_flow_is_drafted_published_and_retired(wa: Caller) -> None:
    path = f"/{wa.waba_id}/flows"
    flow = wa.json(path, name="Survey", categories=["SURVEY"])["id"]
    assert wa.refusal(lambda: wa.json(path, name="Survey", categories=["SURVEY"])).subcode == 4016019
    assert wa.refusal(lambda: wa.post(f"/{flow}/publish")).code == 139002
    assert wa.get(f"/{flow}/assets")["data"] == []
    for content, error in (
        (b"{", "INVALID_JSON"),
        (b"{}", "REQUIRED_PROPERTY"),
        (json.dumps({**SCREENS, "version": "1.0"}).encode(), "INVALID_PROPERTY_VALUE"),
        (json.dumps({"version": "7.3", "screens": [{"id": "A"}]}).encode(), "MISSING_TERMINAL_SCREEN"),
    ):
        assert put(wa, flow, content)["validation_errors"][0]["error"] == error
    with pytest.raises(Refusal):
        put(wa, flow, b"{}", asset_type="PNG")
    assert put(wa, flow, json.dumps(SCREENS).encode()) == {"success": True, "validation_errors": []}
    (asset,) = wa.get(f"/{flow}/assets")["data"]
    assert wa.twin.handle(Request("GET", asset["download_url"])).content == json.dumps(SCREENS).encode()
    wa.post(f"/{flow}", name="Survey 2", categories='["OTHER"]', endpoint_uri="https://a.example")
    shown = wa.get(f"/{flow}", fields="name,status,categories,json_version,data_channel_uri")
    assert (shown["name"], shown["categories"], shown["json_version"]) == ("Survey 2", ["OTHER"], "7.3")
    assert wa.refusal(lambda: wa.post(f"/{flow}", categories="[")).code == 100
    assert wa.refusal(lambda: wa.post(f"/{flow}", categories='["FUN"]')).code == 100
    assert wa.refusal(lambda: wa.post(f"/{flow}/deprecate")).code == 139003
    wa.post(f"/{flow}/publish")
    assert wa.refusal(lambda: wa.call("DELETE", f"/{flow}")).code == 139004
    with pytest.raises(Refusal):
        put(wa, flow, json.dumps(SCREENS).encode())
    wa.post(f"/{flow}/deprecate")
    assert wa.refusal(lambda: wa.post(f"/{flow}", name="x")).code == 139001
    assert [one["new_status"] for one in wa.values("flows")] == ["PUBLISHED", "DEPRECATED"]


def test_a_flow_is_copied_and_a_draft_deleted(wa: Caller) -> None:
    path = f"/{wa.waba_id}/flows"
    text = json.dumps(SCREENS)
    made = wa.json(path, name="One", categories=["OTHER"], flow_json=text)
    assert made["validation_errors"] == []
    copied = wa.json(path, name="Two", categories=["OTHER"], clone_flow_id=made["id"])["id"]
    wa.post(f"/{copied}/publish")
    assert (
        wa.refusal(lambda: wa.json(path, name="Three", categories=["OTHER"], clone_flow_id="404")).code == 100
    )
    wa.call("DELETE", f"/{made['id']}")
    assert [one["name"] for one in wa.get(path)["data"]] == ["Two"]


def test_another_catalog_cannot_be_linked_beside_the_first(wa: Caller) -> None:
    path = f"/{wa.waba_id}/product_catalogs"
    assert wa.refusal(lambda: wa.json(path, catalog_id=wa.catalog)).code == 100
    wa.call("DELETE", path, catalog_id=wa.catalog)
    assert wa.refusal(lambda: wa.call("DELETE", path, catalog_id=wa.catalog)).code == 100
    assert wa.refusal(lambda: wa.json(path, catalog_id="1")).subcode == 33


def test_a_client_is_signed_up_by_a_code() -> None:
    wa = open_whatsapp(accounts=2)
    assert "phone_number_id" not in wa.twin.settings()
    slots = {slot for slot, *_ in wa.twin.grants(wa.twin.accounts[0])}
    assert slots >= {"business", "catalog"}
    assert wa.twin.signup() != wa.twin.signup(wa.twin.accounts[0])
