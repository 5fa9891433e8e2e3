"""The pretend TikTok Shop talks: customer service, marketing messages, webhooks."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.support.tiktok_shop_caller import Caller

from socialcommerce.simulators.market import Market
from socialcommerce.simulators.tiktok_shop import TikTokShopTwin
from socialcommerce.simulators.tiktok_shop.push import TOPICS

TALKS = "/customer_service/202309/conversations"
SEND = "/customer_service/202606/conversations/{}/messages"
ONE = "/customer_service/202601/conversations/{}"
WEBHOOKS = "/event/202309/webhooks"


def text(words: str) -> dict[str, str]:
    return {"type": "TEXT", "content": json.dumps({"content": words})}


class TestReading:
    def test_conversations(self, caller: Caller) -> None:
        talk = caller.twin.market.say("Is it in stock?")
        row = caller.get(TALKS, page_size=20)["conversations"][0]
        assert (row["id"], row["unread_count"], row["can_send_message"]) == (talk, 1, True)
        assert json.loads(row["latest_message"]["content"]) == {"content": "Is it in stock?"}
        buyer = next(one for one in row["participants"] if one["role"] == "BUYER")
        assert buyer["im_user_id"] != buyer["user_id"]
        found = caller.get(ONE.format(talk), need_session_id=True, need_session_info=True)["conversation"]
        assert found["cur_session_id"] == found["cur_session"]["id"]
        assert "can_send_message" not in found
        assert caller.code("GET", ONE.format("1")) == 45101003
        assert caller.code("GET", TALKS, page_size=21) == 36009004

    def test_messages_page_both_ways_and_stay_unread(self, caller: Caller) -> None:
        talk = caller.twin.market.say("one")
        caller.twin.market.say("two", talk)
        path = f"{TALKS}/{talk}/messages"
        newest = caller.get(path, page_size=1)
        assert json.loads(newest["messages"][0]["content"])["content"] == "two"
        older = caller.get(path, page_size=1, page_token=newest["next_page_token"])
        assert older["messages"][0]["index"] < newest["messages"][0]["index"]
        oldest = caller.get(path, page_size=10, sort_order="ASC")["messages"]
        assert json.loads(oldest[0]["content"])["content"] == "one"
        assert caller.get(TALKS, page_size=1)["conversations"][0]["unread_count"] == 2
        assert caller.post(f"{path}/read") == {}
        assert caller.get(TALKS, page_size=1)["conversations"][0]["unread_count"] == 0


class TestWriting:
    def test_text(self, caller: Caller) -> None:
        talk = caller.twin.market.say("hi")
        made = caller.post(SEND.format(talk), text("On its way!"))
        newest = caller.get(f"{TALKS}/{talk}/messages", page_size=1)["messages"][0]
        assert (newest["id"], newest["sender"]["role"]) == (made["message_id"], "CUSTOMER_SERVICE")
        assert caller.twin.market.outbox[-1].contents == [{"kind": "text", "text": "On its way!"}]

    def test_every_type(self, caller: Caller) -> None:
        product = caller.twin.market.add_product("A", 5)
        order = caller.twin.market.buy("A")
        talk = caller.twin.market.say("hi")
        picture = caller.upload("/customer_service/202309/images/upload", caller.twin.market.image())["data"]
        contents: dict[str, Any] = {
            "IMAGE": picture,
            "VIDEO": {"vid": "v1"},
            "PRODUCT_CARD": {"product_id": product.id},
            "ORDER_CARD": {"order_id": order},
            "RETURN_REFUND_CARD": {"order_id": order, "sku_id": product.variants[0].id},
            "LOGISTICS_CARD": {"order_id": order},
            "COUPON_CARD": {"coupon_id": "7"},
        }
        for kind, content in contents.items():
            caller.post(
                SEND.format(talk), {"type": kind, "content": json.dumps(content), "sender_role": "ROBOT"}
            )
            newest = caller.get(f"{TALKS}/{talk}/messages", page_size=1)["messages"][0]
            assert (newest["type"], json.loads(newest["content"])) == (kind, content)
            assert newest["sender"]["role"] == "ROBOT"

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            ({"type": "TEXT", "content": "plain"}, 36009004),
            ({"type": "TEXT", "content": "[]"}, 36009004),
            ({"type": "IMAGE", "content": '{"url": "x"}'}, 36009004),
            ({"type": "POEM", "content": "{}"}, 36009004),
            (text("x" * 2001), 45101006),
            ({"type": "PRODUCT_CARD", "content": '{"product_id": "1"}'}, 45101007),
            ({"type": "ORDER_CARD", "content": '{"order_id": "1"}'}, 45101008),
            (text("x") | {"sender_role": "KING"}, 36009004),
        ],
    )
    def test_what_is_wrong_is_refused(self, caller: Caller, body: Any, code: int) -> None:
        assert caller.code("POST", SEND.format(caller.twin.market.say("hi")), body) == code

    def test_a_chat_goes_cold_after_thirty_days(self, caller: Caller) -> None:
        talk = caller.twin.market.say("hi")
        caller.twin.market.advance(timedelta(days=6))
        assert caller.code("POST", SEND.format(talk), text("still there?")) == 0
        caller.twin.market.advance(timedelta(days=25))
        renewed = Caller(caller.twin, caller.spec)
        assert renewed.code("POST", SEND.format(talk), text("and now?")) == 45101005
        assert not renewed.get(TALKS, page_size=1)["conversations"][0]["can_send_message"]

    def test_an_order_opens_a_conversation_for_sixty_days(self, caller: Caller) -> None:
        caller.twin.market.add_product("A", 5)
        order = caller.twin.market.buy("A")
        buyer = caller.get("/order/202507/orders", ids=order)["orders"][0]["user_id"]
        made = caller.post(TALKS, {"buyer_user_id": buyer})["conversation_id"]
        assert caller.post(TALKS, {"buyer_user_id": buyer})["conversation_id"] == made
        assert "latest_message" not in caller.get(TALKS, page_size=1)["conversations"][0]
        assert caller.code("POST", TALKS, {"buyer_user_id": "1"}) == 45101004
        caller.twin.market.advance(timedelta(days=61))
        renewed = Caller(caller.twin)
        assert renewed.code("POST", SEND.format(made), text("hello")) == 45101005
        caller.twin.market.complete(order)
        caller.twin.market.request_return(order)
        assert renewed.code("POST", SEND.format(made), text("hello")) == 0

    def test_sessions_and_settings(self, caller: Caller) -> None:
        talk = caller.twin.market.say("hi")
        session = caller.get(ONE.format(talk), need_session_id=True)["conversation"]["cur_session_id"]
        path = f"/customer_service/202605/conversations/{talk}/sessions/{session}/end"
        assert caller.post(path) == {}
        assert caller.code("POST", path, {}) == 45101009
        agent = "/customer_service/202309/agents/settings"
        assert caller.call("PUT", agent, None, {"can_accept_chat": False})["code"] == 0
        assert caller.get(agent) == {"can_accept_chat": False}


class TestEngagement:
    def test_a_task_reaches_buyers(self, caller: Caller) -> None:
        caller.twin.market.add_product("A", 5)
        order = caller.twin.market.buy("A")
        address = caller.get("/order/202507/orders", ids=order)["orders"][0]["buyer_email"]
        root = "/customer_engagement/202412"
        template = caller.get(f"{root}/message_templates", locale="en-US")["message_templates"][0]["id"]
        later = int(caller.twin.clock.now()) + 3600
        body = {"template_id": template, "task_name": "t", "end_time": later, "channel": "IM"}
        task = caller.post(f"{root}/engagement_tasks", body, idempotency_key="k")["task_id"]
        sent = {"task_id": task, "buyer_emails": [address, "nobody@example.com"]}
        assert len(caller.post(f"{root}/messages", sent)["errors"]) == 1
        found = caller.post(f"{root}/performances", {"task_ids": [task]})["task_performances"][0]
        assert (found["sent_recipient_count"], found["status"]) == (1, "ONGOING")
        assert caller.code("POST", f"{root}/messages", sent | {"task_id": "1"}) == 45201004
        unknown = body | {"template_id": "1"}
        assert caller.code("POST", f"{root}/engagement_tasks", unknown, idempotency_key="x") == 45201003
        custom = {
            "task_name": "t",
            "end_time": 1,
            "channel": "IM",
            "custom_message": {"title": "t", "body": "b"},
        }
        path = "/customer_engagement/202502/engagement_tasks/custom"
        assert caller.code("POST", path, custom, idempotency_key="y") == 45201002
        assert caller.post(path, custom | {"end_time": later}, idempotency_key="z")["task_id"]

    def test_elsewhere_it_is_not_offered(self) -> None:
        caller = Caller(TikTokShopTwin(Market(), currency="GBP"))
        features = caller.get("/customer_engagement/202502/permissions")["features"]
        assert not features[0]["is_authorized"]
        assert caller.code("GET", "/customer_engagement/202412/message_templates", locale="en-GB") == 45201001


class TestWebhooks:
    def test_a_story_is_told_signed_and_as_documented(self, caller: Caller) -> None:
        caller.twin.market.add_product("A", 5)
        order = caller.twin.market.buy("A")
        caller.twin.market.complete(order)
        talk = caller.twin.market.say("thanks")
        told = [one["order_status"] for one in caller.told(1)]
        assert told == ["AWAITING_SHIPMENT", "IN_TRANSIT", "DELIVERED", "COMPLETED"]
        assert caller.told(13) == [{"conversation_id": talk, "create_time": int(caller.twin.clock.now())}]
        assert caller.told(14)[0]["sender"]["role"] == "BUYER"
        ids = [one["tts_notification_id"] for one in caller.pushes()]
        assert len(set(ids)) == len(ids)

    def test_subscriptions_of_a_shop(self, caller: Caller) -> None:
        app = caller.twin.apps[0]
        app.topics = frozenset()
        body = {"event_type": "NEW_MESSAGE", "address": "https://hooks.example.com/chat"}
        assert caller.call("PUT", WEBHOOKS, None, body)["data"] == {}
        caller.twin.market.advance(timedelta(seconds=5))
        caller.call("PUT", WEBHOOKS, None, body)
        row = caller.get(WEBHOOKS)["webhooks"][0]
        assert row["create_time"] > 10**12
        assert row["update_time"] - row["create_time"] == pytest.approx(5000, abs=1)
        caller.twin.market.say("hi")
        assert [one.url for one in caller.twin.market.pushes()] == ["https://hooks.example.com/chat"]
        for _ in range(2):
            gone = caller.call("DELETE", WEBHOOKS, None, {"event_type": "NEW_MESSAGE"})
            assert gone["code"] == 0
        assert caller.get(WEBHOOKS)["total_count"] == 0
        long = body | {"address": "https://hooks.example.com/" + "x" * 255}
        assert caller.code("PUT", WEBHOOKS, long) == 36009004
        assert caller.code("PUT", WEBHOOKS, body | {"event_type": "INVENTED"}) == 36009004

    def test_nothing_is_told_without_consent(self, tiktok: TikTokShopTwin) -> None:
        tiktok.market.say("hi")
        assert tiktok.market.pushes() == []

    def test_a_push_may_come_twice_or_not_at_all(self, caller: Caller) -> None:
        caller.twin.market.fault("duplicate_push")
        caller.twin.market.fault("lose_push")
        caller.twin.market.say("hi")
        bodies = [one.body for one in caller.twin.market.pushes()]
        assert len(bodies) == 2
        assert len(set(bodies)) == 1

    def test_any_topic_can_be_told(self, caller: Caller) -> None:
        caller.twin.announce("RECIPIENT_ADDRESS_UPDATE", {"order_id": "1", "update_time": 1})
        assert caller.twin.market.pushes()[-1].headers["authorization"].islower()
        assert json.loads(caller.twin.market.pushes()[-1].body)["type"] == 3
        assert set(TOPICS.values()) >= {
            1,
            3,
            4,
            5,
            6,
            7,
            11,
            12,
            13,
            14,
            15,
            16,
            18,
            33,
            36,
            37,
            27,
            38,
            39,
            42,
            50,
            63,
            64,
            65,
            66,
            67,
            71,
        }

    def test_the_end_of_a_renewed_consent_is_told_once(self, caller: Caller) -> None:
        caller.twin.market.advance(timedelta(days=300))
        app = caller.twin.apps[0]
        caller.twin.market.consent(
            f"https://services.tiktokshop.com/open/authorize?service_id={app.service_id}"
        )
        caller.twin.market.advance(timedelta(days=60))
        assert caller.told(7) == []
