"""Webhooks of the pretend Shopee."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.support.shopee_caller import Caller

from socialcommerce.simulators.market import Market
from socialcommerce.simulators.shopee import ShopeeTwin
from socialcommerce.simulators.shopee.push import CODES, EXAMPLES, TOLD, send_example
from socialcommerce.simulators.shopee.wire import push_signature


def told(market: Market, code: int | None = None) -> list[dict[str, Any]]:
    pushes = [json.loads(one.body) for one in market.pushes()]
    return [one for one in pushes if code in (None, one["code"])]


def test_a_push_is_signed_over_the_registered_url_and_the_raw_body(
    twin: ShopeeTwin, market: Market, shop: Caller
) -> None:
    market.add_product("TS-1", stock=1)
    market.buy("TS-1")
    (push,) = market.pushes()
    app = twin.apps[0]
    assert (push.method, push.url) == ("POST", app.callback_url)
    assert push.headers["authorization"] == push_signature(app.push_key, app.callback_url, push.body)


def test_an_order_tells_its_whole_life(market: Market, shop: Caller) -> None:
    market.add_product("TS-1", stock=1)
    order = market.buy("TS-1")
    market.complete(order)
    request = market.request_return(order)
    statuses = [one["data"]["status"] for one in told(market, 3)]
    assert statuses == ["READY_TO_SHIP", "SHIPPED", "TO_CONFIRM_RECEIVE", "COMPLETED", "TO_RETURN"]
    assert [one["data"]["fulfillment_status"] for one in told(market, 30)] == [
        "LOGISTICS_PICKUP_DONE",
        "LOGISTICS_DELIVERY_DONE",
    ]
    (change,) = told(market, 29)[0]["data"]["updated_values"]
    assert change["new_value"] == "REQUESTED"
    market.default.move_return(market.default.returns[request], reason="DAMAGED")
    assert len(told(market, 29)) == 1


def test_reserved_stock_alone_is_told_when_it_moves(market: Market, shop: Caller) -> None:
    product = market.add_product("TS-1", stock=5)
    market.buy("TS-1")
    assert not told(market, 8)
    product.variants[0].reserved = 2
    order = market.default.order(market.buy("TS-1"))
    market.default.cancel(order, "seller", "OUT_OF_STOCK")
    assert [one["data"]["action"] for one in told(market, 8)] == ["place_order", "cancel_order"]


def test_a_message_has_both_sides(market: Market, shop: Caller) -> None:
    talk = market.default.conversations[market.say("hello")]
    market.default.add_message(talk, "seller", "text", {"text": "hi"})
    first, second = (one["data"]["content"] for one in told(market, 10))
    assert (first["from_id"], first["content"]) == (second["to_id"], {"text": "hello"})
    assert (first["from_shop_id"], second["from_shop_id"]) == (0, shop.shop_id)


def test_a_shop_hears_nothing_of_an_app_it_did_not_authorise(twin: ShopeeTwin, market: Market) -> None:
    market.add_product("TS-1", stock=1)
    market.buy("TS-1")
    assert not market.pushes()


def test_bans_and_package_changes_are_told(twin: ShopeeTwin, market: Market, shop: Caller) -> None:
    product = market.add_product("TS-1", stock=1)
    product.status = "banned"
    twin.happened("product.banned", market.default, product)
    twin.happened("package.info", market.default, {"changed_fields": ["ship_by_date"]})
    assert told(market, 16)[0]["data"]["item_status"] == "BANNED"
    assert told(market, 47)[0]["data"]["changed_fields"] == ["ship_by_date"]


@pytest.mark.parametrize("code", sorted(EXAMPLES))
def test_every_other_code_can_be_sent_as_an_example(
    twin: ShopeeTwin, market: Market, shop: Caller, code: int
) -> None:
    send_example(twin, code, extra="x")
    (push,) = told(market)
    assert (int(push["code"]), push["data"]["extra"]) == (code, "x")


def test_every_code_is_either_caused_or_exemplified() -> None:
    caused = {1, 2, 12, 3, 4, 8, 30, 15, 29, 10, 22, 16, 11, 47}
    assert caused | EXAMPLES.keys() == set(CODES)
    assert TOLD


def test_the_penalty_push_writes_numbers_as_text(twin: ShopeeTwin, market: Market, shop: Caller) -> None:
    send_example(twin, 28)
    (push,) = told(market)
    assert (push["code"], push["shop_id"]) == ("28", str(shop.shop_id))
    assert push["data"]["points_issued_data"]["issued_points"] == "1"


def test_the_verification_is_the_consoles(twin: ShopeeTwin, market: Market, shared: Path) -> None:
    send_example(twin, 0)
    assert told(market) == [json.loads((shared / "samples/shopee/push_00_verification.json").read_text())]


@pytest.mark.parametrize("code", [1, 3, 4, 8, 10, 12, 22, 29, 30, 47])
def test_bodies_have_the_fields_of_the_published_ones(
    twin: ShopeeTwin, market: Market, shop: Caller, shared: Path, code: int
) -> None:
    (sample,) = (
        json.loads(one.read_text()) for one in (shared / "samples/shopee").glob(f"push_{code:02}_*.json")
    )
    market.add_product("TS-1", stock=9).variants[0].reserved = 1
    if code == 1:
        twin.grant(twin.apps[0], [("shop_id", str(shop.shop_id))], 30, main_account=True)
    elif code == 22:
        body = {"item_id": int(next(iter(market.default.products))), "price_list": [{"original_price": 11}]}
        shop.post("product/update_price", **body)
    elif code == 47:
        twin.happened("package.info", market.default, sample["data"])
    market.request_return(_completed(market))
    market.say("hi")
    market.advance(timedelta(days=360))
    push = told(market, code)[0]
    assert sample.keys() - {"msg_id"} <= push.keys()
    assert sample["data"].keys() <= push["data"].keys()


def _completed(market: Market) -> str:
    order = market.buy("TS-1")
    market.complete(order)
    return order


class TestConfiguration:
    def _set(self, shop: Caller, **config: Any) -> Any:
        return shop.post("push/set_app_push_config", public=True, **config)

    def test_a_code_that_is_off_is_not_sent(self, market: Market, shop: Caller) -> None:
        assert self._set(shop, set_push_config_off=[3])["response"]["result"] == "success"
        config = shop.get("push/get_app_push_config", public=True)["response"]
        assert (3 in config["push_config_on_list"], 3 in config["push_config_off_list"]) == (False, True)
        market.add_product("TS-1", stock=1)
        market.buy("TS-1")
        assert not told(market)

    def test_a_blocked_shop_is_silent(self, market: Market, shop: Caller) -> None:
        self._set(shop, blocked_shop_id_list=[shop.shop_id])
        market.add_product("TS-1", stock=1)
        market.buy("TS-1")
        assert not told(market)
        assert shop.get("push/get_app_push_config", public=True)["response"]["blocked_shop_id"]

    def test_a_new_url_is_verified_and_signed_for(
        self, twin: ShopeeTwin, market: Market, shop: Caller
    ) -> None:
        url = "https://hooks.example.com:8443/cb?tenant=7"
        self._set(shop, callback_url=url)
        (push,) = market.pushes()
        assert push.url == url
        assert push.headers["authorization"] == push_signature(twin.apps[0].push_key, url, push.body)
        assert json.loads(push.body)["code"] == 0

    @pytest.mark.parametrize(
        "config",
        [
            {"set_push_config_on": [29]},
            {"set_push_config_on": [3], "set_push_config_off": [3]},
            {"callback_url": "ftp://x"},
            {"blocked_shop_id_list": list(range(501))},
        ],
    )
    def test_what_the_call_does_not_know_is_refused(self, shop: Caller, config: dict[str, Any]) -> None:
        assert self._set(shop, **config)["error"] == "error_param"


class TestLostPushes:
    def test_what_reached_nobody_is_kept_until_it_is_confirmed(self, market: Market, shop: Caller) -> None:
        market.fault("lose_push", times=3)
        for text in ("one", "two", "three", "four"):
            market.say(text)
        assert len(told(market)) == 1
        shop.twin.page_size = 2
        first = shop.get("push/get_lost_push_message", public=True)["response"]
        texts = [
            json.loads(one["data"])["data"]["content"]["content"]["text"]
            for one in first["push_message_list"]
        ]
        assert (texts, first["has_next_page"]) == (["one", "two"], True)
        confirm = {"last_message_id": first["last_message_id"]}
        assert shop.post("push/confirm_consumed_lost_push_message", public=True, **confirm)["error"] == ""
        assert shop.post("push/confirm_consumed_lost_push_message", public=True, **confirm)["error"]
        second = shop.get("push/get_lost_push_message", public=True)["response"]
        assert (len(second["push_message_list"]), second["has_next_page"]) == (1, False)

    def test_after_three_days_they_are_gone(self, market: Market, shop: Caller) -> None:
        market.fault("lose_push")
        market.say("one")
        market.advance(timedelta(days=4))
        reply = shop.get("push/get_lost_push_message", public=True)["response"]
        assert reply == {"push_message_list": [], "has_next_page": False, "last_message_id": 0}
