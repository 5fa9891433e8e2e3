"""The pretend marketplace itself: verbs, time, trouble."""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from tests.support.shopee_caller import Caller

from socialcommerce.runtime.transport import Interrupted
from socialcommerce.simulators import open_twin, register_twin
from socialcommerce.simulators.account import NotPlayed, OutOfStock, UnknownEntity
from socialcommerce.simulators.clock import Clock
from socialcommerce.simulators.entities import Campaign
from socialcommerce.simulators.market import Market
from socialcommerce.simulators.shopee import ShopeeTwin


def test_an_order_takes_what_it_buys_off_the_shelf(market: Market) -> None:
    product = market.add_product("TS-1", stock=5, price="19.90")
    order = market.default.order(market.buy("TS-1", quantity=2))
    assert product.variants[0].available == 3
    assert (order.status, order.total) == ("ready", Decimal("39.80"))


@pytest.mark.parametrize(("sku", "quantity", "error"), [("NO", 1, UnknownEntity), ("TS-1", 6, OutOfStock)])
def test_what_is_not_there_cannot_be_bought(
    market: Market, sku: str, quantity: int, error: type[Exception]
) -> None:
    market.add_product("TS-1", stock=5)
    with pytest.raises(error):
        market.buy(sku, quantity)


def test_a_sku_is_listed_once(market: Market) -> None:
    market.add_product("TS-1", stock=5)
    with pytest.raises(ValueError, match="already listed"):
        market.add_product("TS-1", stock=1)


def test_a_deleted_product_frees_its_sku(market: Market) -> None:
    market.add_product("TS-1", stock=5).status = "deleted"
    assert market.add_product("TS-1", stock=1).variants[0].available == 1


def test_a_completed_order_has_been_delivered(market: Market) -> None:
    market.add_product("TS-1", stock=5)
    order = market.default.order(market.buy("TS-1"))
    market.complete(order)
    assert order.status == "completed"
    assert order.packages[0].status == "delivered"
    with pytest.raises(ValueError, match="cannot be completed"):
        market.complete(order)


def test_a_return_needs_goods_that_have_left(market: Market) -> None:
    market.add_product("TS-1", stock=5)
    order = market.buy("TS-1")
    with pytest.raises(ValueError, match="nothing to give back"):
        market.request_return(order)
    market.complete(order)
    request = market.default.returns[market.request_return(order)]
    assert request.amount == Decimal(10)
    market.default.move_return(request, status="accepted")
    assert request.status == "accepted"


def test_a_cancellation_cannot_be_asked_for_too_late(market: Market) -> None:
    market.add_product("TS-1", stock=5)
    order = market.buy("TS-1")
    market.complete(order)
    with pytest.raises(ValueError, match="too late"):
        market.request_cancellation(order)


def test_a_buyer_writes_on_in_the_conversation_named(market: Market) -> None:
    first, second = market.say("hello"), market.say("somebody else")
    assert market.say("still me", conversation=first) == first != second
    assert [one.contents["text"] for one in market.default.conversations[first].messages] == [
        "hello",
        "still me",
    ]
    assert market.default.conversations[first].unread == 2


def test_what_the_seller_says_is_in_the_outbox(market: Market) -> None:
    talk = market.default.conversations[market.say("hello")]
    market.default.add_message(talk, "seller", "text", {"text": "hi"})
    (sent,) = market.outbox
    assert (sent.to, sent.contents) == (talk.buyer.id, [{"kind": "text", "text": "hi"}])


def test_a_day_of_advertising_adds_up(market: Market) -> None:
    market.default.campaigns["1"] = campaign = Campaign("1", "Summer")
    market.record_ads(campaign, date(2026, 1, 2), "1.50", 10)
    market.record_ads("1", date(2026, 1, 2), "1.50", 0)
    day = campaign.days[date(2026, 1, 2)]
    assert (day.spend, day.conversion_value, day.orders) == (Decimal(3), Decimal(10), 1)


def test_what_a_platform_lacks_is_refused_by_name(market: Market) -> None:
    with pytest.raises(NotPlayed, match="posts"):
        market.post("hello")
    with pytest.raises(NotPlayed, match="templates"):
        market.approve_templates()


def test_an_image_is_a_valid_png(market: Market) -> None:
    image = market.image()
    length, kind = struct.unpack(">I4s", image[8:16])
    assert (image[:8], kind) == (b"\x89PNG\r\n\x1a\n", b"IHDR")
    assert struct.unpack(">I", image[16 + length : 20 + length])[0] == zlib.crc32(image[12 : 16 + length])
    assert image != market.image()


def test_time_starts_now_and_moves_only_when_told() -> None:
    market = Market()
    start = market.now()
    assert abs(start - datetime.now(UTC)) < timedelta(minutes=1)
    market.advance(timedelta(hours=1))
    market.sleep(60)
    assert market.now() - start == timedelta(minutes=61)


def test_timers_ring_in_order_and_never_run_back() -> None:
    clock, rung = Clock(1000), []
    clock.later(20, lambda: rung.append(clock.now()))
    clock.later(10, lambda: rung.append(clock.now()))
    clock.advance(15)
    assert rung == [1010]
    clock.advance(15)
    assert rung == [1010, 1020]
    with pytest.raises(ValueError, match="forward"):
        clock.advance(-1)


def test_the_same_seed_makes_the_same_world() -> None:
    def world(seed: int) -> str:
        market = Market(seed, Clock(1_700_000_000))
        ShopeeTwin(market)
        market.add_product("TS-1", stock=1)
        return market.buy("TS-1")

    assert world(3) == world(3) != world(4)


def test_two_clients_share_the_twin_of_a_market(twin: ShopeeTwin, market: Market) -> None:
    assert open_twin("shopee", market=market) is twin


def test_an_unknown_platform_names_the_known_ones() -> None:
    with pytest.raises(LookupError, match="shopee"):
        open_twin("nowhere")


def test_a_twin_of_ones_own_can_be_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socialcommerce.simulators.TWINS", {})
    register_twin("mine", "socialcommerce.simulators.shopee:ShopeeTwin")
    assert isinstance(open_twin("mine"), ShopeeTwin)


def test_an_empty_market_has_nobody_to_buy_from() -> None:
    with pytest.raises(UnknownEntity, match="no twin"):
        Market().buy("TS-1")
    with pytest.raises(ValueError, match="consent page"):
        Market().consent("https://nowhere.example/auth")


@pytest.mark.parametrize("what", ["account", "complete"])
def test_what_does_not_exist_is_named(market: Market, what: str) -> None:
    with pytest.raises(UnknownEntity, match="'x'"):
        getattr(market, what)("x")
    with pytest.raises(UnknownEntity, match="'x'"):
        market.default.order("x")


class TestFaults:
    def test_throttle_is_the_platforms_own_refusal(self, market: Market, shop: Caller) -> None:
        market.fault("throttle")
        assert shop.get("shop/get_shop_info")["error"] == "error_rate_limit"
        assert shop.get("shop/get_shop_info")["error"] == ""

    def test_throttle_may_say_when_to_come_back(self, market: Market, shop: Caller) -> None:
        market.fault("throttle", retry_after=timedelta(seconds=3))
        reply = shop.send(shop.request("GET", "shop/get_shop_info"))
        assert (reply.status, reply.headers["retry-after"]) == (429, "3")

    def test_a_glob_picks_the_calls(self, market: Market, shop: Caller) -> None:
        market.fault("throttle", on="POST */update_stock", times=2)
        assert shop.get("shop/get_shop_info")["error"] == ""
        for _ in range(2):
            assert shop.post(
                "product/update_stock", item_id=1, stock_list=[{"seller_stock": [{"stock": 1}]}]
            )["error"] == ("error_rate_limit")

    @pytest.mark.parametrize(("kind", "left"), [("server_error", 5), ("server_error_after", 9)])
    def test_a_server_error_has_an_effect_or_not(
        self, market: Market, shop: Caller, kind: str, left: int
    ) -> None:
        product = market.add_product("TS-1", stock=5)
        market.fault(kind)
        body = {"item_id": int(product.id), "stock_list": [{"seller_stock": [{"stock": 9}]}]}
        reply = shop.send(shop.request("POST", "product/update_stock", body=body))
        assert (reply.status, product.variants[0].available) == (500, left)

    @pytest.mark.parametrize(("kind", "left"), [("drop_before", 5), ("drop_after", 9)])
    def test_a_broken_line_leaves_the_effect_unknown(
        self, market: Market, shop: Caller, kind: str, left: int
    ) -> None:
        product = market.add_product("TS-1", stock=5)
        market.fault(kind)
        with pytest.raises(Interrupted):
            shop.post(
                "product/update_stock", item_id=int(product.id), stock_list=[{"seller_stock": [{"stock": 9}]}]
            )
        assert product.variants[0].available == left
        assert market.requests[-1].status is None

    def test_a_truncated_reply_is_no_json(self, market: Market, shop: Caller) -> None:
        whole = shop.send(shop.request("GET", "shop/get_profile")).content
        market.fault("truncate")
        half = shop.send(shop.request("GET", "shop/get_profile")).content
        assert len(half) == len(whole) // 2

    def test_a_slow_reply_takes_pretend_time(self, market: Market, shop: Caller) -> None:
        start = market.now()
        market.fault("slow", retry_after=timedelta(seconds=40))
        shop.get("shop/get_profile")
        assert market.now() - start == timedelta(seconds=40)

    def test_an_expired_token_is_refused_as_the_platform_does(self, market: Market, shop: Caller) -> None:
        market.fault("expire_token")
        assert shop.get("shop/get_profile")["error"] == "invalid_acceess_token"

    def test_an_unknown_word_appears_in_a_status(self, market: Market, shop: Caller) -> None:
        market.fault("unknown_enum")
        assert shop.get("shop/get_shop_info")["status"] == "FRESHLY_INVENTED"

    def test_a_push_may_come_twice(self, market: Market, shop: Caller) -> None:
        market.add_product("TS-1", stock=5)
        market.fault("duplicate_push")
        market.buy("TS-1")
        first, second = market.pushes()
        assert first == second

    def test_faults_can_be_forgotten(self, market: Market, shop: Caller) -> None:
        market.fault("throttle")
        market.clear_faults()
        assert shop.get("shop/get_shop_info")["error"] == ""

    def test_an_unknown_fault_is_refused(self, market: Market) -> None:
        with pytest.raises(ValueError, match="throttle"):
            market.fault("earthquake")

    def test_requests_are_noted_without_their_secrets(self, market: Market, shop: Caller) -> None:
        shop.get("shop/get_profile")
        (seen,) = market.requests
        assert (seen.method, seen.path, seen.status) == ("GET", "/api/v2/shop/get_profile", 200)
        assert shop.token not in repr(seen)
