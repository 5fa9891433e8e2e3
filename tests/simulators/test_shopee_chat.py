"""The pretend Shopee's chat, with the traps that callers of the real one report."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.support.shopee_caller import Caller

from socialcommerce.simulators import open_twin
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.shopee import ShopeeTwin

TEXT = {"text": "hello"}


def talks(market: Market, number: int = 3) -> list[str]:
    found = []
    for count in range(number):
        found.append(market.say(f"question {count}"))
        market.advance(timedelta(seconds=1))
    return found


def listed(shop: Caller, **params: Any) -> dict[str, Any]:
    query = {"direction": "older", "type": "all"} | params
    found: dict[str, Any] = shop.get("sellerchat/get_conversation_list", **query)["response"]
    return found


def ids(page: dict[str, Any]) -> list[str]:
    return [one["conversation_id"] for one in page["conversations"]]


def buyer_of(market: Market, talk: str) -> str:
    return market.default.conversations[talk].buyer.id


def send(shop: Caller, to_id: object, kind: str = "text", **body: Any) -> dict[str, Any]:
    content = body.pop("content", TEXT)
    fields = {"to_id": to_id, "message_type": kind, "content": content} | body
    found: dict[str, Any] = shop.post("sellerchat/send_message", **fields)
    return found


def history(shop: Caller, talk: str, **params: Any) -> dict[str, Any]:
    found: dict[str, Any] = shop.get("sellerchat/get_message", conversation_id=talk, **params)
    return found


# -- conversations


def test_what_a_buyer_says_opens_a_conversation_and_is_pushed(shop: Caller, market: Market) -> None:
    talk = market.say("hi")
    (row,) = listed(shop)["conversations"]
    assert (row["conversation_id"], row["unread_count"], row["latest_message_content"]) == (
        talk,
        1,
        {"text": "hi"},
    )
    assert row["latest_message_from_id"] == row["to_id"]
    assert row["last_message_timestamp"] > 10**18
    (push,) = [body for one in market.pushes() if (body := json.loads(one.body))["code"] == 10]
    assert push["data"]["content"]["content"] == {"text": "hi"}


def test_older_begins_with_the_newest_and_walks_back(shop: Caller, market: Market) -> None:
    made = talks(market)
    first = listed(shop, page_size=2)
    cursor = first["page_result"]["next_cursor"]
    second = listed(shop, page_size=2, next_timestamp_nano=cursor["next_message_time_nano"])
    assert ids(first) + ids(second) == made[::-1]
    assert cursor["conversation_id"] == made[1]
    assert (first["page_result"]["more"], second["page_result"]["more"]) == (True, False)


def test_latest_without_an_instant_begins_with_the_oldest(shop: Caller, market: Market) -> None:
    made = talks(market)
    first = listed(shop, direction="latest", page_size=1)
    assert ids(first) == made[:1]
    since = first["page_result"]["next_cursor"]["next_message_time_nano"]
    assert ids(listed(shop, direction="latest", next_timestamp_nano=since)) == made[1:]


def test_conversations_of_one_instant_are_told_apart(shop: Caller, market: Market) -> None:
    made = {market.say("a"), market.say("b"), market.say("c")}
    seen, cursor = set(), ""
    for _ in range(3):
        page = listed(shop, page_size=1, **({"next_timestamp_nano": cursor} if cursor else {}))
        seen |= set(ids(page))
        cursor = page["page_result"]["next_cursor"]["next_message_time_nano"]
    assert seen == made


def test_a_page_over_twenty_five_comes_back_empty(shop: Caller, market: Market) -> None:
    talks(market, 2)
    page = listed(shop, page_size=26)
    assert (page["conversations"], page["page_result"]["more"]) == ([], False)
    assert len(listed(shop, page_size=25)["conversations"]) == 2


def test_unread_and_pinned_are_filters(shop: Caller, market: Market) -> None:
    first, second = talks(market, 2)
    shop.post("sellerchat/pin_conversation", conversation_id=first)
    last = market.default.conversations[first].messages[-1].id
    shop.post("sellerchat/read_conversation", conversation_id=first, last_read_message_id=last)
    assert ids(listed(shop, type="pinned")) == [first]
    assert ids(listed(shop, type="unread")) == [second]
    assert shop.get("sellerchat/get_unread_conversation_count")["response"]["total_unread_count"] == 1
    shop.post("sellerchat/unpin_conversation", conversation_id=first)
    assert ids(listed(shop, type="pinned")) == []


@pytest.mark.parametrize(
    "change",
    [{"direction": "newest"}, {"type": "archived"}, {"next_timestamp_nano": "soon"}, {"page_size": 0}],
)
def test_a_wrong_listing_is_refused(shop: Caller, change: dict[str, Any]) -> None:
    query = {"direction": "older", "type": "all"} | change
    assert shop.get("sellerchat/get_conversation_list", **query)["error"] == "error_param"


def test_one_conversation_is_read_alone(shop: Caller, market: Market) -> None:
    talk = market.say("hi")
    found = shop.get("sellerchat/get_one_conversation", conversation_id=talk)["response"]
    assert found["conversation_id"] == talk
    unknown = shop.get("sellerchat/get_one_conversation", conversation_id="1")
    assert unknown["error"] == "error_not_found"


# -- messages


def test_messages_come_newest_first_and_page_by_an_opaque_offset(shop: Caller, market: Market) -> None:
    talk = market.say("0")
    for number in range(1, 4):
        market.say(str(number), talk)
    first = history(shop, talk, page_size=3)["response"]
    offset = first["page_result"]["next_offset"]
    second = history(shop, talk, page_size=3, offset=offset)["response"]
    texts = [one["content"]["text"] for one in first["messages"] + second["messages"]]
    assert texts == ["3", "2", "1", "0"]
    last = history(shop, talk, offset=second["page_result"]["next_offset"])["response"]
    assert (last["messages"], last["page_result"]["next_offset"]) == ([], "")


def test_the_offset_zero_is_an_error(shop: Caller, market: Market) -> None:
    assert history(shop, market.say("hi"), offset="0")["error"] == "error_not_found"


def test_sixty_messages_are_the_most(shop: Caller, market: Market) -> None:
    talk = market.say("hi")
    assert history(shop, talk, page_size=60)["error"] == ""
    assert history(shop, talk, page_size=61)["error"] == "error_param"


def test_single_messages_are_found_by_id(shop: Caller, market: Market) -> None:
    talk = market.say("a")
    market.say("b", talk)
    wanted = market.default.conversations[talk].messages[0].id
    (found,) = history(shop, talk, message_id_list=wanted)["response"]["messages"]
    assert found["content"] == {"text": "a"}


def test_the_shop_is_told_from_the_buyer(shop: Caller, market: Market) -> None:
    talk = market.say("hi")
    send(shop, int(buyer_of(market, talk)))
    mine, theirs = history(shop, talk)["response"]["messages"]
    assert (mine["from_shop_id"], theirs["from_shop_id"]) == (shop.shop_id, 0)
    assert (mine["to_id"], theirs["to_shop_id"]) == (theirs["from_id"], shop.shop_id)


# -- sending


def test_a_message_reaches_the_buyer(shop: Caller, market: Market) -> None:
    talk = market.say("hi")
    buyer = buyer_of(market, talk)
    answer = send(shop, int(buyer))["response"]
    assert answer["conversation_id"] == int(talk)
    assert isinstance(answer["message_id"], str)
    (sent,) = market.outbox
    assert (sent.to, sent.contents) == (buyer, [{"kind": "text", "text": "hello"}])


def test_a_user_id_may_be_a_text(shop: Caller, market: Market) -> None:
    assert send(shop, buyer_of(market, market.say("hi")))["error"] == ""


def test_whoever_ordered_may_be_written_to_first(shop: Caller, market: Market) -> None:
    market.add_product("SKU", stock=1)
    order = market.default.orders[market.buy("SKU")]
    answer = send(shop, int(order.buyer.id))["response"]
    assert str(answer["conversation_id"]) in market.default.conversations
    assert ids(listed(shop)) == [str(answer["conversation_id"])]


def test_a_conversation_is_no_addressee(shop: Caller, market: Market) -> None:
    assert send(shop, int(market.say("hi")))["error"] == "error_param"


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("image", {"image_url": "https://cf.shopee.sg/file/1"}),
        ("sticker", {"sticker_id": "1", "sticker_package_id": "p"}),
        ("voucher", {"voucher_id": 1, "voucher_code": "A"}),
        ("video", {"vid": "1", "video_url": "https://cf.shopee.sg/file/1"}),
    ],
)
def test_every_kind_of_message_wants_its_fields(
    shop: Caller, market: Market, kind: str, content: dict[str, Any]
) -> None:
    talk = market.say("hi")
    buyer = int(buyer_of(market, talk))
    assert send(shop, buyer, kind, content=content)["error"] == ""
    for name in content:
        less = {key: value for key, value in content.items() if key != name}
        assert send(shop, buyer, kind, content=less)["error"] == "error_param"


def test_items_and_orders_are_the_shops_own(shop: Caller, market: Market) -> None:
    product = market.add_product("SKU", stock=1)
    order = market.buy("SKU")
    buyer = int(market.default.orders[order].buyer.id)
    assert send(shop, buyer, "item", content={"item_id": int(product.id)})["error"] == ""
    assert send(shop, buyer, "order", content={"order_sn": order})["error"] == ""
    assert send(shop, buyer, "item", content={"item_id": 1})["error"] == "error_not_found"
    assert send(shop, buyer, "order", content={"order_sn": "X"})["error"] == "error_not_found"


def test_other_kinds_are_refused(shop: Caller, market: Market) -> None:
    buyer = int(buyer_of(market, market.say("hi")))
    assert send(shop, buyer, "template", content={})["error"] == "error_param"
    assert send(shop, buyer, content={"text": ""})["error"] == "error_param"


def test_affiliate_chats_name_the_conversation(shop: Caller, market: Market) -> None:
    talk = market.say("hi")
    buyer = int(buyer_of(market, talk))
    assert send(shop, buyer, business_type=11)["error"] == "error_param"
    assert send(shop, buyer, business_type=11, conversation_id=int(talk))["error"] == ""


def test_nothing_can_be_sent_in_taiwan() -> None:
    twin = open_twin("shopee", currency="TWD")
    assert isinstance(twin, ShopeeTwin)
    talk = twin.market.say("hi")
    buyer = int(twin.accounts[0].conversations[talk].buyer.id)
    assert send(Caller(twin), buyer)["error"] == "error_permission"
    assert twin.market.outbox == []


def test_an_automatic_answer_is_a_text(shop: Caller, market: Market) -> None:
    buyer = int(buyer_of(market, market.say("hi")))
    answer = shop.post("sellerchat/send_autoreply_message", to_id=buyer, content={"text": "soon"})
    assert answer["response"]["message_id"]
    assert market.outbox[0].contents == [{"kind": "text", "text": "soon"}]


def test_pictures_are_small_and_of_known_kinds(shop: Caller, market: Market) -> None:
    def upload(content: bytes) -> dict[str, Any]:
        files = [("file", content)]
        found: dict[str, Any] = shop.upload("sellerchat/upload_image", {}, files, public=False)
        return found

    assert upload(market.image())["response"]["url"].startswith("https://")
    assert upload(b"GIF89a")["error"] == ""
    assert upload(b"RIFF")["error"] == "error_param"
    assert upload(market.image() + b"0" * 2 * 1024 * 1024)["error"] == "error_param"


# -- keeping order


def test_reading_is_up_to_a_message(shop: Caller, market: Market) -> None:
    talk = market.say("a")
    market.say("b", talk)
    first = market.default.conversations[talk].messages[0].id
    path = "sellerchat/read_conversation"
    shop.post(path, conversation_id=int(talk), last_read_message_id=first)
    (row,) = listed(shop)["conversations"]
    assert (row["unread_count"], row["last_read_message_id"]) == (1, first)
    wrong = shop.post(path, conversation_id=talk, last_read_message_id="1")
    assert wrong["error"] == "error_not_found"


def test_a_read_conversation_can_be_marked_unread(shop: Caller, market: Market) -> None:
    talk = market.say("a")
    last = market.default.conversations[talk].messages[-1].id
    shop.post("sellerchat/read_conversation", conversation_id=talk, last_read_message_id=last)
    assert listed(shop)["conversations"][0]["unread_count"] == 0
    shop.post("sellerchat/unread_conversation", conversation_id=talk)
    assert listed(shop)["conversations"][0]["unread_count"] == 1


def test_a_conversation_can_be_silenced(shop: Caller, market: Market) -> None:
    talk = market.say("a")
    shop.post("sellerchat/mute_conversation", conversation_id=talk)
    assert listed(shop)["conversations"][0]["mute"] is True
    shop.post("sellerchat/mute_conversation", conversation_id=talk, mute=False)
    assert listed(shop)["conversations"][0]["mute"] is False


def test_a_deleted_conversation_comes_back_with_what_is_new(shop: Caller, market: Market) -> None:
    talk = market.say("old")
    shop.post("sellerchat/delete_conversation", conversation_id=talk)
    assert ids(listed(shop)) == []
    market.say("new", talk)
    assert ids(listed(shop)) == [talk]
    assert [one["content"]["text"] for one in history(shop, talk)["response"]["messages"]] == ["new"]


def test_only_ones_own_message_can_be_taken_back(shop: Caller, market: Market) -> None:
    talk = market.say("a")
    theirs = market.default.conversations[talk].messages[0].id
    mine = send(shop, int(buyer_of(market, talk)))["response"]["message_id"]
    path = "sellerchat/delete_message"
    assert shop.post(path, message_id=theirs, message_type="text")["error"] == "error_not_found"
    assert shop.post(path, message_id=mine, message_type="text")["error"] == ""
    assert [one["message_id"] for one in history(shop, talk)["response"]["messages"]] == [theirs]


def test_offers_are_switched(shop: Caller) -> None:
    path = "sellerchat/set_offer_toggle_status"
    assert shop.get("sellerchat/get_offer_toggle_status")["response"] == {"make_offer_status": "disabled"}
    shop.post(path, make_offer_status="enabled")
    assert shop.get("sellerchat/get_offer_toggle_status")["response"] == {"make_offer_status": "enabled"}
    assert shop.post(path, make_offer_status="perhaps")["error"] == "error_param"


@pytest.mark.parametrize("category", ["E", "A"])
def test_other_apps_get_a_bare_491(twin: ShopeeTwin, category: str) -> None:
    caller = Caller(twin, app=twin.add_app(category))
    request = caller.request("GET", "sellerchat/get_unread_conversation_count")
    response = twin.handle(request)
    assert (response.status, response.content) == (491, b"")


def test_an_app_for_customer_service_may_chat(twin: ShopeeTwin, market: Market) -> None:
    caller = Caller(twin, app=twin.add_app("C"))
    assert send(caller, int(buyer_of(market, market.say("hi"))))["error"] == ""
