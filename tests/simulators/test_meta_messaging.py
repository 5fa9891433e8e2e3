"""Messages of the pretend Messenger and Instagram at the wire: webhooks, windows, contents."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from tests.support.graph_caller import Refusal
from tests.support.meta_inbox import Inbox, file, template
from tests.support.meta_spec import MetaSpec

from socialcommerce.runtime.transport import Request
from socialcommerce.simulators.account import UnknownEntity
from socialcommerce.simulators.meta.social import MetaTwin, people

OUTSIDE = {"messenger": 2018278, "instagram": 2534022}


@pytest.fixture
def inbox(meta: MetaTwin, meta_spec: MetaSpec | None) -> Inbox:
    return Inbox(meta, meta_spec)


# -- webhooks


def test_a_message_is_told_signed_and_in_milliseconds(inbox: Inbox) -> None:
    talk = inbox.talk(text="Café 1/2 🙂")
    push = inbox.market.pushes()[-1]
    expected = hmac.new(inbox.app.secret.encode(), push.body, hashlib.sha256).hexdigest()
    assert push.headers["X-Hub-Signature-256"] == f"sha256={expected}"
    assert b"Caf\\u00e9 1\\/2 \\ud83d\\ude42" in push.body
    body = json.loads(push.body)
    assert body["object"] == "page"
    (event,) = body["entry"][0]["messaging"]
    assert (event["sender"]["id"], event["recipient"]["id"]) == (talk.buyer.id, inbox.page)
    assert event["timestamp"] == int(inbox.twin.clock.now() * 1000)
    assert event["message"] == {"mid": talk.messages[0].id, "text": "Café 1/2 🙂"}


def test_instagram_tells_under_its_own_object(inbox: Inbox) -> None:
    talk = inbox.talk("instagram")
    (event,) = inbox.events("instagram")
    assert event["recipient"]["id"] == inbox.instagram
    inbox.write(talk)
    assert inbox.events("instagram")[-1]["message"]["is_echo"] is True
    inbox.twin.say_on_instagram("Thanks", talk.id)
    seen, said = inbox.events("instagram")[-2:]
    assert seen["read"] == {"mid": talk.messages[1].id}
    assert said["message"]["text"] == "Thanks"
    assert inbox.events() == []


def test_what_is_sent_comes_back_as_an_echo_and_receipts(inbox: Inbox) -> None:
    talk = inbox.talk()
    sent = inbox.write(talk, {"text": "Yes", "metadata": "row-7"})
    assert sent["recipient_id"] == talk.buyer.id
    echo = inbox.events()[-1]
    assert echo["message"] == {
        "is_echo": True,
        "app_id": int(inbox.app.app_id),
        "mid": sent["message_id"],
        "metadata": "row-7",
        "text": "Yes",
    }
    assert echo["sender"]["id"] == inbox.page
    inbox.market.advance(timedelta(seconds=2))
    assert inbox.events()[-1]["delivery"]["mids"] == [sent["message_id"]]
    inbox.market.say("Thanks", talk.id)
    assert inbox.events()[-2]["read"] == {"watermark": int(talk.messages[1].sent * 1000)}
    assert [one.contents for one in inbox.market.outbox] == [[{"kind": "text", "text": "Yes"}]]


def test_people_press_react_and_come_by_ads(inbox: Inbox) -> None:
    talk = inbox.talk()
    people.press(inbox.twin, inbox.seller, talk, "Buy", "BUY_1")
    assert inbox.events()[-1]["postback"]["payload"] == "BUY_1"
    people.react(inbox.twin, inbox.seller, talk, talk.messages[0].id, "❤")
    assert inbox.events()[-1]["reaction"]["reaction"] == "love"
    people.react(inbox.twin, inbox.seller, talk, talk.messages[0].id, "")
    assert inbox.events()[-1]["reaction"]["action"] == "unreact"
    photo = {"attachments": [{"type": "image", "payload": {"url": "https://a.example/i.jpg"}}]}
    people.hear(inbox.twin, inbox.seller, talk, "image", photo, reply_to={"mid": talk.messages[0].id})
    told = inbox.events()[-1]["message"]
    assert told["attachments"][0]["type"] == "image"
    assert told["reply_to"] == {"mid": talk.messages[0].id}
    inbox.market.advance(timedelta(days=2))
    assert inbox.refusal(talk).code == 10
    people.click_ad(inbox.twin, inbox.seller, talk, "12021")
    assert inbox.events()[-1]["referral"]["ad_id"] == "12021"
    inbox.write(talk)
    with pytest.raises(UnknownEntity):
        people.talk_of(inbox.seller, "t_0")


def test_people_change_and_take_back_what_they_said(inbox: Inbox) -> None:
    talk = inbox.talk()
    mid = talk.messages[0].id
    people.edit(inbox.twin, inbox.seller, talk, mid, "Is the red one in stock?")
    assert inbox.events()[-1]["message_edit"] == {
        "mid": mid,
        "text": "Is the red one in stock?",
        "num_edit": 1,
    }
    assert inbox.get(f"/{mid}", fields="message")["message"] == "Is the red one in stock?"
    people.unsend(inbox.twin, inbox.seller, talk, mid)
    assert inbox.events()[-1]["message"] == {"mid": mid, "is_deleted": True}


@pytest.mark.parametrize("platform", ["messenger", "instagram"])
def test_an_answer_by_hand_is_echoed_under_the_inbox(inbox: Inbox, platform: str) -> None:
    talk = inbox.talk(platform)
    people.answer_by_hand(inbox.twin, inbox.seller, talk, "Moment, please")
    echo = inbox.events("page" if platform == "messenger" else "instagram")[-1]["message"]
    assert (echo["is_echo"], echo["text"]) == (True, "Moment, please")
    assert str(echo["app_id"]) == people.INBOX[platform]
    assert talk.unread == 0


def test_whatever_else_happens_is_told(inbox: Inbox) -> None:
    inbox.twin.announce("page", "leadgen", {"leadgen_id": "1", "form_id": "2", "page_id": inbox.page})
    change = json.loads(inbox.market.pushes()[-1].body)["entry"][0]["changes"][0]
    assert (change["field"], change["value"]["leadgen_id"]) == ("leadgen", "1")


def test_an_app_is_put_on_the_page_for_what_it_names(inbox: Inbox) -> None:
    path = f"/{inbox.page}/subscribed_apps"
    (app,) = inbox.get(path)["data"]
    assert app["id"] == inbox.app.app_id
    assert "messages" in app["subscribed_fields"]
    inbox.post(path, subscribed_fields="feed,messaging_postbacks")
    assert inbox.get(path)["data"][0]["subscribed_fields"] == ["feed", "messaging_postbacks"]
    inbox.market.say("Nobody hears")
    assert inbox.market.pushes() == []
    inbox.market.post("Everybody sees")
    assert len(inbox.market.pushes()) == 1
    inbox.call("DELETE", path)
    inbox.market.post("Nobody hears that")
    assert len(inbox.market.pushes()) == 1
    assert inbox.get(path)["data"] == []


def test_after_an_hour_of_failures_the_app_is_off_the_page(inbox: Inbox) -> None:
    inbox.market.fault("lose_push", times=100)
    inbox.talk()
    inbox.market.advance(timedelta(minutes=59))
    assert inbox.get(f"/{inbox.page}/subscribed_apps")["data"] == []
    inbox.post(f"/{inbox.page}/subscribed_apps", subscribed_fields="messages")
    inbox.market.clear_faults()
    inbox.talk()
    assert len(inbox.events()) == 1


# -- when


@pytest.mark.parametrize("platform", ["messenger", "instagram"])
def test_after_a_day_only_a_human_agent_answers(inbox: Inbox, platform: str) -> None:
    talk = inbox.talk(platform)
    inbox.market.advance(timedelta(hours=23, minutes=59))
    inbox.write(talk)
    inbox.market.advance(timedelta(minutes=2))
    refusal = inbox.refusal(talk)
    assert (refusal.code, refusal.subcode) == (10, OUTSIDE[platform])
    agent = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    inbox.write(talk, **agent)
    inbox.twin.nodes[inbox.page].hidden["human_agent"] = False
    assert inbox.refusal(talk, **agent).code == 10
    inbox.twin.nodes[inbox.page].hidden["human_agent"] = True
    inbox.market.advance(timedelta(days=6))
    refusal = inbox.refusal(talk, **agent)
    assert (refusal.code, refusal.subcode) == (10, OUTSIDE[platform])
    with pytest.raises(Refusal):
        inbox.act(talk, "typing_on")


@pytest.mark.parametrize(
    "tag", ["CONFIRMED_EVENT_UPDATE", "ACCOUNT_UPDATE", "POST_PURCHASE_UPDATE", "GOSSIP"]
)
def test_the_old_tags_are_gone(inbox: Inbox, tag: str) -> None:
    assert inbox.refusal(inbox.talk(), messaging_type="MESSAGE_TAG", tag=tag).code == 100


def test_a_tag_and_its_type_belong_together(inbox: Inbox) -> None:
    talk = inbox.talk()
    assert inbox.refusal(talk, messaging_type="MESSAGE_TAG").code == 100
    assert inbox.refusal(talk, tag="HUMAN_AGENT").code == 100
    assert inbox.refusal(talk, messaging_type="UTILITY").code == 100
    assert inbox.refusal(talk, messaging_type="SHOUT").code == 100
    with pytest.raises(Refusal) as caught:
        inbox.call("POST", f"/{inbox.page}/messages", body={"recipient": {"id": talk.buyer.id}})
    assert caught.value.code == 100


def test_who_cannot_be_reached(inbox: Inbox) -> None:
    talk = inbox.talk()
    stranger = inbox.refusal(None, recipient={"id": "1234567890"})
    assert (stranger.code, stranger.subcode) == (100, 2018001)
    assert inbox.refusal(None, recipient=["1"]).code == 100
    talk.native["blocked"] = True
    assert inbox.refusal(talk).code == 551
    inbox.token = inbox.twin.token().access
    talk.native["blocked"] = False
    assert inbox.refusal(talk).code == 210


# -- what


@pytest.mark.parametrize(
    ("platform", "good", "bad"),
    [
        ("messenger", {"text": "x" * 2000}, {"text": "x" * 2001}),
        ("instagram", {"text": "é" * 500}, {"text": "é" * 501}),
        ("messenger", {"text": "x"}, {"text": ""}),
        ("messenger", {"text": "x"}, {"text": "x", **file("image", "https://a.example/i.jpg")}),
        ("messenger", file("image", "https://a.example/i.jpg"), file("image", "http://a.example/i.jpg")),
        ("messenger", file("audio", "https://a.example/a.mp3"), file("sculpture", "https://a.example/a")),
        ("instagram", file("file", "https://a.example/d.pdf"), file("file", "https://a.example/d.zip")),
        ("instagram", {"attachment": {"type": "like_heart"}}, {"attachment": {"type": "dislike"}}),
        ("messenger", {"text": "x"}, {"attachment": {"type": "image", "payload": {}}}),
        ("messenger", {"text": "x"}, {"attachment": {"type": "image", "payload": {"attachment_id": "1"}}}),
        (
            "messenger",
            {"text": "x", "quick_replies": [{"content_type": "text", "title": "Y", "payload": "Y"}] * 13},
            {"text": "x", "quick_replies": [{"content_type": "text", "title": "Y", "payload": "Y"}] * 14},
        ),
        (
            "messenger",
            {"text": "x", "quick_replies": [{"content_type": "user_email"}]},
            {"text": "x", "quick_replies": [{"content_type": "user_shoe_size"}]},
        ),
        (
            "messenger",
            {"text": "x", "quick_replies": [{"content_type": "text", "title": "x" * 20, "payload": "Y"}]},
            {"text": "x", "quick_replies": [{"content_type": "text", "title": "x" * 21, "payload": "Y"}]},
        ),
        (
            "messenger",
            {"text": "x"},
            {"text": "x", "quick_replies": [{"content_type": "text", "title": "Y"}]},
        ),
        ("messenger", template("generic", elements=[{"title": "Mug"}]), template("generic", elements=[])),
        (
            "instagram",
            template("generic", elements=[{"title": "x" * 80}]),
            template("generic", elements=[{}]),
        ),
        (
            "messenger",
            template("generic", elements=[{"title": "x", "subtitle": "x" * 80}]),
            template("generic", elements=[{"title": "x", "subtitle": "x" * 81}]),
        ),
        (
            "messenger",
            template("button", text="Go", buttons=[{"type": "web_url", "title": "Shop", "url": "https://a"}]),
            template("button", text="Go", buttons=[{"type": "web_url", "title": "Shop"}]),
        ),
        (
            "messenger",
            template("button", text="Go", buttons=[{"type": "postback", "title": "x" * 20, "payload": "P"}]),
            template("button", text="Go", buttons=[{"type": "postback", "title": "x" * 21, "payload": "P"}]),
        ),
        (
            "messenger",
            template("button", text="Go", buttons=[{"type": "postback", "title": "A", "payload": "P"}] * 3),
            template("button", text="Go", buttons=[{"type": "postback", "title": "A", "payload": "P"}] * 4),
        ),
        ("messenger", {"text": "x"}, template("button", text="", buttons=[])),
        ("messenger", {"text": "x"}, template("button", text="Go", buttons=[])),
        (
            "messenger",
            template("media", elements=[{"media_type": "image", "url": "https://www.facebook.com/p/1"}]),
            template("media", elements=[{"media_type": "song"}]),
        ),
        ("messenger", template("coupon", title="10 %", coupon_code="TEN"), template("coupon", title="10 %")),
        (
            "messenger",
            template(
                "receipt",
                recipient_name="Ann",
                order_number="1",
                currency="USD",
                payment_method="Visa",
                summary={"total_cost": 10},
            ),
            template("receipt", recipient_name="Ann"),
        ),
        ("messenger", {"text": "x"}, template("airline", elements=[])),
        ("instagram", {"text": "x"}, template("receipt", recipient_name="Ann")),
    ],
)
def test_every_content_has_its_limits(inbox: Inbox, platform: str, good: Any, bad: Any) -> None:
    talk = inbox.talk(platform)
    inbox.write(talk, good)
    assert len(talk.messages) == 2
    assert inbox.refusal(talk, bad).code == 100
    assert len(talk.messages) == 2


def test_a_receipt_needs_its_total(inbox: Inbox) -> None:
    told = {"recipient_name": "A", "order_number": "1", "currency": "USD", "payment_method": "V"}
    assert inbox.refusal(inbox.talk(), template("receipt", **told, summary={"subtotal": 1})).code == 100


def test_product_cards_name_items_of_the_catalog(inbox: Inbox) -> None:
    inbox.market.add_product("TS-1", stock=5)
    (item,) = inbox.twin.of("ProductItem")
    talk = inbox.talk()
    inbox.write(talk, template("product", elements=[{"id": item.id}]))
    assert inbox.refusal(talk, template("product", elements=[{"id": "TS-1"}])).subcode == 33


def test_an_answer_quotes_a_message_of_the_same_thread(inbox: Inbox) -> None:
    talk, other = inbox.talk(), inbox.talk()
    sent = inbox.write(talk, reply_to={"mid": talk.messages[0].id})
    shown = inbox.get(f"/{sent['message_id']}", fields="id,message,reply_to")
    assert shown["reply_to"] == {"mid": talk.messages[0].id}
    assert inbox.refusal(talk, reply_to={"mid": other.messages[0].id}).code == 100


def test_files_are_kept_to_be_sent_again(inbox: Inbox) -> None:
    talk = inbox.talk()
    path = f"/{inbox.page}/message_attachments"
    asked = {
        "attachment": {"type": "image", "payload": {"url": "https://a.example/i.jpg", "is_reusable": True}}
    }
    key = inbox.call("POST", path, body={"message": asked, "platform": "messenger"})["attachment_id"]
    inbox.write(talk, {"attachment": {"type": "image", "payload": {"attachment_id": key}}})
    assert (
        inbox.refusal(talk, {"attachment": {"type": "video", "payload": {"attachment_id": key}}}).code == 100
    )
    again = inbox.write(talk, file("image", "https://a.example/i.jpg", is_reusable=True))["attachment_id"]
    inbox.write(talk, {"attachment": {"type": "image", "payload": {"attachment_id": again}}})
    fields = {"message": json.dumps({"attachment": {"type": "file", "payload": {"is_reusable": True}}})}
    uploaded = inbox.form(path, fields, b"%PDF")["attachment_id"]
    url = inbox.twin.nodes[uploaded].hidden["url"]
    assert inbox.twin.handle(Request("GET", url)).content == b"%PDF"
    with pytest.raises(Refusal) as caught:
        inbox.form(path, fields, b"")
    assert caught.value.subcode == 2018047
    with pytest.raises(Refusal):
        inbox.call("POST", path, body={"message": {"attachment": {"type": "hologram"}}})


def test_actions_are_no_messages(inbox: Inbox) -> None:
    talk = inbox.talk()
    assert inbox.act(talk, "typing_on") == {"recipient_id": talk.buyer.id}
    assert talk.native["typing"] is True
    inbox.act(talk, "typing_off")
    inbox.act(talk, "mark_seen")
    assert (talk.native["typing"], talk.unread, len(talk.messages)) == (False, 0, 1)
    mid = talk.messages[0].id
    inbox.call(
        "POST",
        f"/{inbox.page}/messages",
        body={"recipient": {"id": talk.buyer.id}, "sender_action": "react", "payload": {"message_id": mid}},
    )
    assert talk.messages[0].native["reaction"] is True
    for payload in ({"message_id": "m_0"}, "{", None):
        with pytest.raises(Refusal):
            inbox.act(talk, "react", payload=payload)
    with pytest.raises(Refusal):
        inbox.act(talk, "dance")
