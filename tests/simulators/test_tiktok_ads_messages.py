"""Messages, posts, comments and both families of webhooks of the pretend TikTok."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.support.tiktok_ads_caller import AdsCaller, Refusal, open_ads
from tests.support.tiktok_ads_operations import HEADER, rows

from socialcommerce.runtime.transport import Request
from socialcommerce.simulators.account import UnknownEntity
from socialcommerce.simulators.tiktok_ads.wire import (
    Routes,
    account_signature,
    operations,
    parameters,
    subscription_signature,
)

SEND = "/business/message/send/"


@pytest.fixture
def ads() -> AdsCaller:
    return open_ads()


def refused(ads: AdsCaller, method: str, path: str, **values: Any) -> int:
    with pytest.raises(Refusal) as caught:
        ads.call(method, path, **values)
    return caught.value.code


def listed(ads: AdsCaller, kind: str, **values: Any) -> list[str]:
    found = ads.get("/business/message/conversation/list/", conversation_type=kind, **values)
    return [one["conversation_id"] for one in found["conversations"]]


def text(talk: str, body: str, **values: Any) -> dict[str, Any]:
    to = {"recipient_type": "CONVERSATION", "recipient": talk, "message_type": "TEXT"}
    return {**to, "text": {"body": body}, **values}


def test_a_stranger_becomes_a_conversation_once_answered(ads: AdsCaller) -> None:
    talk = ads.market.say("Hi – còn size M? 🙏")
    assert "+" in talk
    assert (listed(ads, "STRANGER"), listed(ads, "SINGLE")) == ([talk], [])
    sent = ads.post(SEND, **text(talk, "Yes!"))["message"]["message_id"]
    assert (listed(ads, "STRANGER"), listed(ads, "SINGLE")) == ([], [talk])
    found = ads.get("/business/message/content/list/", conversation_id=talk)
    assert [one["text"]["body"] for one in found["messages"]] == ["Hi – còn size M? 🙏", "Yes!"]
    assert [one["from_user"]["role"] for one in found["messages"]] == ["PERSONAL_ACCOUNT", "BUSINESS_ACCOUNT"]
    assert found["messages"][1]["message_id"] == sent
    assert ads.market.outbox[0].contents == [{"kind": "text", "text": "Yes!"}]
    quoted = {"referenced_message_info": {"referenced_message_id": sent}}
    assert ads.post(SEND, **text(talk, "Also in blue"), **quoted)
    unknown = {"referenced_message_info": {"referenced_message_id": "1"}}
    assert refused(ads, "POST", SEND, **text(talk, "?"), **unknown) == 40007


def test_conversations_come_newest_first_page_by_page(ads: AdsCaller) -> None:
    keys = []
    for number in range(3):
        keys.append(ads.market.say(f"Hello {number}"))
        ads.market.advance(timedelta(minutes=1))
    first = ads.get("/business/message/conversation/list/", conversation_type="STRANGER", limit=2)
    assert first["has_more"] is True
    assert [one["conversation_id"] for one in first["conversations"]] == [keys[2], keys[1]]
    assert listed(ads, "STRANGER", limit=2, cursor=first["cursor"]) == [keys[0]]


def test_the_window_closes_and_ten_messages_are_enough(ads: AdsCaller) -> None:
    talk = ads.market.say("Hi")
    for number in range(10):
        ads.post(SEND, **text(talk, str(number)))
    assert refused(ads, "POST", SEND, **text(talk, "11")) == 40002
    ads.market.say("Still here", talk)
    ads.post(SEND, **text(talk, "Good"))
    ads.market.advance(timedelta(hours=49))
    ads.account_token = str(ads.twin.issue_token(ads.account, slot="account")["access_token"])
    assert refused(ads, "POST", SEND, **text(talk, "Hello?")) == 40002


def test_what_is_sent_must_fit_its_kind(ads: AdsCaller) -> None:
    talk = ads.market.say("Hi")
    both = text(talk, "Hi", image={"media_id": "m"})
    assert refused(ads, "POST", SEND, **both) == 40002
    assert refused(ads, "POST", SEND, **text(talk, "a" * 6001)) == 40002
    assert refused(ads, "POST", SEND, **text("nobody", "Hi")) == 40007
    assert refused(ads, "POST", SEND, message_type="TEXT", text={"body": "Hi"}) == 40002
    bare = {"recipient_type": "CONVERSATION", "recipient": talk}
    assert refused(ads, "POST", SEND, **bare, message_type="IMAGE", image={"media_id": "m"}) == 40007
    assert refused(ads, "POST", SEND, **bare, message_type="SHARE_POST", share_post={"item_id": "1"}) == 40007
    assert refused(ads, "POST", SEND, **bare, message_type="SENDER_ACTION") == 40002
    card = {"type": "QA_BUTTON_CARD", "title": "t" * 41, "buttons": [{"title": "Yes"}]}
    assert refused(ads, "POST", SEND, **bare, message_type="TEMPLATE", template=card) == 40002
    ads.post(SEND, **bare, message_type="TEMPLATE", template=card | {"title": "Size?"})
    ads.post(SEND, **bare, message_type="SHARE_POST", share_post={"item_id": ads.market.post("New")})
    shown = ads.get("/business/message/content/list/", conversation_id=talk)["messages"]
    assert [one["message_type"] for one in shown] == ["TEXT", "TEMPLATE", "SHARE_POST"]


def test_reading_and_typing_are_no_messages(ads: AdsCaller) -> None:
    talk = ads.market.say("Hi")
    act = {"recipient_type": "CONVERSATION", "recipient": talk, "message_type": "SENDER_ACTION"}
    for action in ("TYPING", "MARK_READ"):
        assert ads.post(SEND, **act, sender_action=action)["message"]["message_id"] == ""
    assert ads.account.conversations[talk].unread == 0


def test_an_image_is_uploaded_sent_and_fetched_with_the_token(ads: AdsCaller) -> None:
    talk, content = ads.market.say("Picture?"), ads.market.image()
    upload = {"media_type": "IMAGE", "file": ("a.png", content)}
    key = ads.post("/business/message/media/upload/", **upload)["media_id"]
    to = {"recipient_type": "CONVERSATION", "recipient": talk, "message_type": "IMAGE"}
    sent = ads.post(SEND, **to, image={"media_id": key})["message"]["message_id"]
    ask = {"conversation_id": talk, "media_id": key, "media_type": "IMAGE"}
    link = ads.post("/business/message/media/download/", **ask, message_id=sent)["download_url"]
    assert ads.twin.handle(Request("GET", link, {"x-user": ads.account_token})).content == content
    assert ads.twin.handle(Request("GET", link, {})).status == 401
    assert refused(ads, "POST", "/business/message/media/download/", **ask, message_id="1") == 40007
    able = {"capability_types": ["IMAGE_SEND"], "conversation_id": talk, "conversation_type": "SINGLE"}
    infos = ads.get("/business/message/capabilities/get/", **able)["capability_infos"]
    assert infos == [{"capability_type": "IMAGE_SEND", "capability_result": True}]
    bad = {"media_type": "IMAGE", "file": ("a.gif", b"GIF89a")}
    assert refused(ads, "POST", "/business/message/media/upload/", **bad) == 40900
    missing = ads.request("POST", "/business/message/media/upload/", {"media_type": "IMAGE"})
    assert json.loads(ads.twin.handle(missing).content)["code"] == 40002


def test_accounts_of_some_regions_have_no_messages() -> None:
    ads = open_ads(currency="EUR")
    assert refused(ads, "GET", "/business/message/conversation/list/", conversation_type="SINGLE") == 40001


def test_automatic_messages_are_kept(ads: AdsCaller) -> None:
    base = "/business/message/auto_message"
    welcome = {"auto_message_type": "WELCOME_MESSAGE", "welcome_message": {"content": "Hello"}}
    key = ads.post(f"{base}/create/", **welcome)["auto_message_id"]
    assert refused(ads, "POST", f"{base}/create/", **welcome) == 40002
    assert refused(ads, "POST", f"{base}/create/", auto_message_type="WELCOME_MESSAGE") == 40002
    changed = {**welcome, "welcome_message": {"content": "Hi"}, "auto_message_id": key}
    ads.post(f"{base}/update/", **changed)
    assert refused(ads, "POST", f"{base}/update/", **changed | {"auto_message_id": "1"}) == 40007
    ads.post(f"{base}/status/update/", auto_message_type="WELCOME_MESSAGE", operation_status="DISABLE")
    found = ads.get(f"{base}/get/", auto_message_type="WELCOME_MESSAGE")
    assert found["auto_messages"][0]["welcome_message"] == {"content": "Hi"}
    assert found["operation_status"] == "DISABLE"
    gone = {"auto_message_type": "WELCOME_MESSAGE", "auto_message_id": key}
    ads.post(f"{base}/delete/", **gone)
    assert refused(ads, "POST", f"{base}/delete/", **gone) == 40007


# -- posts and comments


def test_posts_are_published_and_commented(ads: AdsCaller) -> None:
    job = ads.post(
        "/business/video/publish/", video_url="https://example.com/v.mp4", post_info={"caption": "New"}
    )
    status = {"publish_id": job["share_id"]}
    assert ads.get("/business/publish/status/", **status)["status"] == "PROCESSING_DOWNLOAD"
    ads.market.advance(timedelta(minutes=1))
    post = ads.get("/business/publish/status/", **status)["post_ids"][0]
    fields = ["item_id", "caption"]
    assert ads.get("/business/video/list/", fields=fields)["videos"] == [{"item_id": post, "caption": "New"}]
    assert refused(ads, "GET", "/business/video/list/", fields=["caption"]) == 40002
    assert refused(ads, "GET", "/business/publish/status/", publish_id="1") == 40007
    assert refused(ads, "POST", "/business/video/publish/", video_url="http://x") == 40902
    comment = ads.twin.comment(post, "Giá bao nhiêu?")
    mine = ads.post("/business/comment/reply/create/", video_id=post, comment_id=comment, text="10 USD")
    assert mine["owner"] is True
    own = ads.post("/business/comment/create/", video_id=post, text="Back in stock")
    ads.post("/business/comment/hide/", video_id=post, comment_id=comment, action="HIDE")
    ads.post("/business/comment/like/", comment_id=comment, action="LIKE")
    everything = ads.get("/business/comment/list/", video_id=post)["comments"]
    assert [(one["comment_id"], one["replies"]) for one in everything] == [
        (own["comment_id"], 0),
        (comment, 1),
    ]
    public = ads.get("/business/comment/list/", video_id=post, status="PUBLIC")["comments"]
    assert [one["comment_id"] for one in public] == [own["comment_id"]]
    answers = ads.get("/business/comment/reply/list/", video_id=post, comment_id=comment)["comments"]
    assert [one["text"] for one in answers] == ["10 USD"]
    assert refused(ads, "POST", "/business/comment/delete/", comment_id=comment) == 40001
    ads.post("/business/comment/delete/", comment_id=own["comment_id"])
    assert refused(ads, "POST", "/business/comment/delete/", comment_id=own["comment_id"]) == 40007
    assert refused(ads, "GET", "/business/comment/list/", video_id="1") == 40002
    assert refused(ads, "POST", "/business/comment/create/", video_id="1", text="x") == 40002
    assert refused(ads, "POST", "/business/comment/create/", video_id=post, text="x" * 1201) == 40002
    assert ads.get("/business/get/", fields=["videos_count"]) == {"videos_count": 1}
    with pytest.raises(UnknownEntity):
        ads.twin.comment("1", "?")


def test_a_comment_is_answered_by_message_where_the_region_allows() -> None:
    ads = open_ads(currency="VND")
    comment = ads.twin.comment(ads.market.post("New"), "How much?")
    reply = {"direct_reply": {"reply_type": "COMMENT_REPLY", "comment_reply": {"comment_id": comment}}}
    said = {"message_type": "TEXT", "text": {"body": "100"}}
    assert ads.post(SEND, **reply, **said)["message"]["message_id"]
    assert len(listed(ads, "SINGLE")) == 1
    assert refused(ads, "POST", SEND, **reply, message_type="IMAGE") == 40002
    reply["direct_reply"]["comment_reply"] = {"comment_id": "1"}
    assert refused(ads, "POST", SEND, **reply, **said) == 40007
    reply["direct_reply"]["comment_reply"] = {"comment_id": comment}
    assert refused(open_ads(), "POST", SEND, **reply, **said) == 40001


# -- webhooks


def pushed(ads: AdsCaller) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for one in ads.market.pushes():
        head = dict(part.split("=") for part in one.headers["Tiktok-Signature"].split(","))
        assert head["s"] == account_signature(ads.secret, int(head["t"]), one.body)
        body = json.loads(one.body)
        found.append((body["event"], json.loads(body["content"])))
    return found


def test_messages_posts_and_comments_are_pushed_signed(ads: AdsCaller) -> None:
    talk = ads.market.say("Hi 🙏")
    sent = ads.post(SEND, **text(talk, "Yes"))["message"]["message_id"]
    comment = ads.twin.comment(ads.market.post("New"), "Nice")
    told = pushed(ads)
    assert [event for event, _ in told] == [
        "im_receive_msg", "im_send_msg", "post.publish.complete", "comment.update",
    ]  # fmt: skip
    assert told[0][1]["to_user"] == {"id": ads.business_id}
    assert (told[0][1]["type"], told[0][1]["text"]) == ("text", {"body": "Hi 🙏"})
    assert told[1][1]["message_id"] == sent
    assert told[3][1]["comment_id"] == int(comment)


def test_webhooks_are_set_listed_and_taken_away(ads: AdsCaller) -> None:
    kind = {**ads.app, "event_type": "DIRECT_MESSAGE"}
    ads.post("/business/webhook/update/", **kind, callback_url="https://me.example.com/hook")
    assert ads.get("/business/webhook/list/", **kind)["callback_url"] == "https://me.example.com/hook"
    ads.market.say("Hi")
    assert ads.market.pushes()[-1].url == "https://me.example.com/hook"
    ads.post("/business/webhook/delete/", **kind)
    ads.market.say("Hi")
    assert len(ads.market.pushes()) == 1
    assert refused(ads, "POST", "/business/webhook/update/", **kind, callback_url="http://x") == 40002
    old = {**ads.app, "event_type": "DEFAULT"}
    assert ads.get("/business/webhook/list/", **old)["callback_url"] == ads.twin.push_url


def test_what_nobody_takes_is_sent_again(ads: AdsCaller) -> None:
    ads.market.fault("lose_push", times=2)
    ads.market.say("Hi")
    assert ads.market.pushes() == []
    ads.market.advance(timedelta(minutes=10))
    assert [event for event, _ in pushed(ads)] == ["im_receive_msg"]
    ads.market.fault("lose_push", times=99)
    ads.market.say("Hi")
    ads.market.advance(timedelta(days=4))
    ads.market.clear_faults()
    ads.market.advance(timedelta(days=4))
    assert len(ads.market.pushes()) == 1


def subscribe(ads: AdsCaller, entity: str, **detail: Any) -> str:
    who = {"access_token": ads.token, **detail}
    given = {**ads.app, "subscribe_entity": entity, "callback_url": "https://me.example.com/s"}
    return str(ads.post("/subscription/subscribe/", **given, subscription_detail=who)["subscription_id"])


def test_a_rejected_ad_is_told_to_who_subscribed(ads: AdsCaller) -> None:
    key = subscribe(ads, "AD", advertiser_id=ads.id)
    ad = ads.ad(ads.adgroup(ads.campaign(campaign_name="Åsa")), ad_text="counterfeit")
    ads.market.advance(timedelta(minutes=2))
    push = ads.market.pushes()[-1]
    assert push.headers["X-Open-Signature"] == subscription_signature(ads.secret, push.body)
    body = json.loads(push.body)
    assert (body["object"], body["entry"][0]["ad_id"], body["entry"][0]["adv_id"]) == (3, ad, int(ads.id))
    shown = ads.get("/subscription/get/", **ads.app, subscribe_entity="AD")["subscriptions"]
    assert [one["subscription_id"] for one in shown] == [key]
    assert "access_token" not in shown[0]["subscription_detail"]
    ads.post("/subscription/unsubscribe/", **ads.app, subscription_id=key)
    assert refused(ads, "POST", "/subscription/unsubscribe/", **ads.app, subscription_id=key) == 40007


def test_a_subscription_dies_with_its_token(ads: AdsCaller) -> None:
    subscribe(ads, "LEAD")
    ads.twin.announce("LEAD", {"id": 7012345678901234567})
    assert json.loads(ads.market.pushes()[-1].body)["object"] == 1
    ads.twin.announce("AD_GROUP", {"log_id": "l"})
    ads.post("/oauth2/revoke_token/", **ads.app, access_token=ads.token)
    ads.twin.announce("LEAD", {"id": 1})
    assert len(ads.market.pushes()) == 1
    with pytest.raises(Refusal):
        subscribe(ads, "LEAD")


def test_a_subscription_covers_only_what_its_token_opens() -> None:
    ads = open_ads()
    with pytest.raises(Refusal) as caught:
        subscribe(ads, "AD", advertiser_ids=["1"])
    assert caught.value.code == 40001


def test_signatures_agree_with_the_published_vectors(shared: Path) -> None:
    seen = 0
    for one in json.loads((shared / "vectors/tiktok_ads.json").read_text()):
        if one["kind"] != "webhook":
            continue
        given, raw = one["inputs"], one["inputs"]["raw_body"].encode()
        if given["header_name"] == "Tiktok-Signature":
            seconds = int(dict(part.split("=") for part in given["header"].split(","))["t"])
            found = account_signature(given["client_secret"], seconds, raw)
        else:
            found = subscription_signature(given["app_secret"], raw)
        assert found == one["expected"]["computed_signature"]
        seen += 1
    assert seen >= 6


# -- the table of operations


def test_the_table_is_made_from_the_vendors_data(shared: Path) -> None:
    source = Path(__file__).parents[2] / "src/socialcommerce/simulators/tiktok_ads/operations.tsv"
    made = "\n".join([HEADER, *rows(shared / "specs/tiktok_ads")]) + "\n"
    assert source.read_text(encoding="utf-8") == made


def test_every_operation_of_the_table_can_be_read() -> None:
    for one in operations().values():
        assert isinstance(parameters(one.query), tuple)
        assert isinstance(parameters(one.body), tuple)
    for wrong in ("name", "a:s}"):
        with pytest.raises(ValueError, match="what is"):
            parameters(wrong)
    with pytest.raises(ValueError, match="documented"):
        Routes().on("GET", "/nothing/")
