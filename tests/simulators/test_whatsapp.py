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
from tests.support.whatsapp_caller import Caller, filled, open_whatsapp

from socialcommerce.simulators.account import UnknownEntity
from socialcommerce.simulators.meta.graph.hooks import signature, signed_request
from socialcommerce.simulators.meta.whatsapp import people


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
