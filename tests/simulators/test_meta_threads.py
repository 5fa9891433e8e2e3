"""Threads of the pretend Messenger and Instagram at the wire: reading, routing, greetings, templates."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.support.graph_caller import Refusal
from tests.support.meta_inbox import Inbox, file, template
from tests.support.meta_spec import MetaSpec

from socialcommerce.simulators.meta.social import MetaTwin


@pytest.fixture
def inbox(meta: MetaTwin, meta_spec: MetaSpec | None) -> Inbox:
    return Inbox(meta, meta_spec)


# -- reading


def test_conversations_are_read_newest_first(inbox: Inbox) -> None:
    talks = []
    for number in range(3):
        talks.append(inbox.talk(text=f"Hello {number}"))
        inbox.market.advance(timedelta(minutes=1))
    other = inbox.talk("instagram")
    path = f"/{inbox.page}/conversations"
    fields = "id,updated_time,link,snippet,unread_count,message_count,can_reply,participants"
    page = inbox.get(path, platform="messenger", fields=fields, limit="2")
    assert [one["id"] for one in page["data"]] == [talks[2].id, talks[1].id]
    first = page["data"][0]
    assert (first["snippet"], first["unread_count"], first["message_count"]) == ("Hello 2", 1, 1)
    assert first["can_reply"] is True
    ends = [one["id"] for one in first["participants"]["data"]]
    assert ends == [talks[2].buyer.id, inbox.page]
    after = page["paging"]["cursors"]["after"]
    rest = inbox.get(path, platform="messenger", fields="id", limit="2", after=after)
    assert [one["id"] for one in rest["data"]] == [talks[0].id]
    (found,) = inbox.get(path, platform="messenger", user_id=talks[1].buyer.id)["data"]
    assert found["id"] == talks[1].id
    (shown,) = inbox.get(path, platform="instagram", fields="id,participants")["data"]
    assert shown["id"] == other.id
    assert shown["participants"]["data"][1]["id"] == inbox.instagram
    inbox.write(talks[0], file("image", "https://a.example/i.jpg"))
    newest = inbox.get(path, fields="id,snippet", limit="1")["data"][0]
    assert newest == {"id": talks[0].id, "snippet": "Hello 0"}


def test_messages_tell_who_wrote_what(inbox: Inbox) -> None:
    talk = inbox.talk()
    for message in (
        {"text": "Yes"},
        file("image", "https://a.example/i.jpg"),
        file("file", "https://a.example/d.pdf"),
        template("generic", elements=[{"title": "Mug"}]),
    ):
        inbox.market.advance(timedelta(seconds=1))
        inbox.write(talk, message)
    fields = "id,created_time,from,to,message,attachments"
    rows = inbox.get(f"/{talk.id}/messages", fields=fields)["data"]
    assert [one["message"] for one in rows] == ["", "", "", "Yes", "Is it in stock?"]
    assert rows[-1]["from"]["id"] == talk.buyer.id
    assert rows[-1]["to"]["data"][0]["id"] == inbox.page
    assert rows[0]["from"]["id"] == inbox.page
    assert rows[0]["attachments"]["data"][0]["generic_template"]["template_type"] == "generic"
    assert rows[1]["attachments"]["data"][0]["file_url"] == "https://a.example/d.pdf"
    assert rows[2]["attachments"]["data"][0]["image_data"]["url"] == "https://a.example/i.jpg"
    nested = inbox.get(f"/{talk.id}", fields="messages.limit(1){id,message}")["messages"]["data"]
    assert [one["id"] for one in nested] == [rows[0]["id"]]


def test_instagram_shows_the_newest_twenty(inbox: Inbox) -> None:
    talk = inbox.talk("instagram")
    for number in range(20):
        inbox.twin.say_on_instagram(str(number), talk.id)
    rows = inbox.get(f"/{talk.id}/messages", fields="id,created_time,from,message")["data"]
    assert len(rows) == 21
    assert rows[0]["from"]["username"]
    assert rows[-1].keys() == {"id", "created_time"}


def test_people_who_wrote_have_a_profile(inbox: Inbox) -> None:
    talk, other = inbox.talk(), inbox.talk("instagram")
    shown = inbox.get(f"/{talk.buyer.id}", fields="first_name,last_name,profile_pic,locale,timezone")
    assert shown["first_name"] == talk.buyer.name
    assert inbox.get(f"/{other.buyer.id}", fields="name,username,follower_count")["username"]


# -- whose turn it is


def test_a_thread_goes_to_the_inbox_and_comes_back(inbox: Inbox) -> None:
    talk = inbox.talk()
    who = {"recipient": {"id": talk.buyer.id}}
    page = f"/{inbox.page}"
    receivers = inbox.get(f"{page}/secondary_receivers", platform="messenger")["data"]
    target = receivers[0]["id"]
    inbox.call(
        "POST", f"{page}/pass_thread_control", body={**who, "target_app_id": target, "metadata": "vip"}
    )
    owner = inbox.get(f"{page}/thread_owner", recipient=talk.buyer.id)["data"]
    assert owner == [{"thread_owner": {"app_id": target}}]
    assert inbox.events()[-1]["pass_thread_control"]["new_owner_app_id"] == target
    before = len(inbox.events())
    inbox.market.say("Hello?", talk.id)
    entry = json.loads(inbox.market.pushes()[-1].body)["entry"][0]
    assert entry["standby"][0]["message"]["text"] == "Hello?"
    assert len(inbox.events()) == before
    inbox.call("POST", f"{page}/request_thread_control", body=who)
    assert "request_thread_control" in inbox.events()[-1]
    with pytest.raises(Refusal):
        inbox.call("POST", f"{page}/release_thread_control", body=who)
    inbox.call("POST", f"{page}/take_thread_control", body=who)
    inbox.call("POST", f"{page}/release_thread_control", body=who)
    assert inbox.get(f"{page}/thread_owner", recipient=talk.buyer.id)["data"] == []
    for body in ({**who, "target_app_id": "1"}, {"recipient": {"id": "1"}, "target_app_id": target}):
        with pytest.raises(Refusal):
            inbox.call("POST", f"{page}/pass_thread_control", body=body)
    with pytest.raises(Refusal):
        inbox.call("POST", f"{page}/take_thread_control", body={"recipient": {}})


def test_a_greeting_is_set_and_taken_away(inbox: Inbox) -> None:
    path = f"/{inbox.page}/messenger_profile"
    assert inbox.get(path, fields="get_started")["data"] == []
    inbox.call("POST", path, body={"get_started": {"payload": "START"}, "ice_breakers": [{"question": "?"}]})
    assert inbox.get(path, fields="get_started")["data"] == [{"get_started": {"payload": "START"}}]
    inbox.call("DELETE", path, fields="get_started")
    assert "get_started" not in inbox.get(path, fields="get_started,ice_breakers")["data"][0]


# -- utility templates

BODY = {"type": "BODY", "text": "Order {{1}} has left."}


def hand_in(inbox: Inbox, **other: Any) -> Any:
    given = {"name": "left", "language": "en_US", "category": "UTILITY", "components": [BODY], **other}
    return inbox.call("POST", f"/{inbox.page}/message_templates", body=given)


def test_a_utility_template_is_sent_at_any_time(inbox: Inbox) -> None:
    talk = inbox.talk()
    filled = {"type": "body", "parameters": [{"type": "text", "text": "4711"}]}
    said = {"template": {"name": "left", "language": {"code": "en_US"}, "components": [filled]}}
    made = hand_in(inbox)
    assert made["status"] == "PENDING"
    assert inbox.refusal(talk, said, messaging_type="UTILITY").code == 100
    inbox.market.approve_templates()
    inbox.market.advance(timedelta(days=30))
    inbox.write(talk, said, messaging_type="UTILITY")
    empty = {"template": {"name": "left", "language": "en_US"}}
    assert inbox.refusal(talk, empty, messaging_type="UTILITY").code == 100
    assert inbox.refusal(inbox.talk("instagram"), said, messaging_type="UTILITY").code == 100


def test_utility_templates_are_listed_and_deleted(inbox: Inbox) -> None:
    first = hand_in(inbox)
    hand_in(inbox, language="de")
    inbox.market.advance(timedelta(minutes=2))
    path = f"/{inbox.page}/message_templates"
    rows = inbox.get(path, fields="id,name,language,status", status="APPROVED")["data"]
    assert [one["language"] for one in rows] == ["de", "en_US"]
    assert inbox.get(path, name="other")["data"] == []
    for other in ({}, {"name": "Not Good"}, {"name": "bare", "components": []}):
        with pytest.raises(Refusal):
            hand_in(inbox, **other)
    inbox.call("DELETE", path, name="left", template_id=first["id"])
    inbox.call("DELETE", path, name="left")
    assert inbox.get(path)["data"] == []
    with pytest.raises(Refusal):
        inbox.call("DELETE", path, name="left")
