"""Every published sample is read through the backend, and no field of the sheet's field map is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import shared_path

from socialcommerce import Client, Media, Order, Product, RateLimits, StockChange
from socialcommerce.backends import Response, Shopee
from socialcommerce.errors import NotFound, PlatformError

SHARED = shared_path()
SAMPLES = SHARED / "samples" / "shopee" if SHARED else Path()
FILES = sorted(file.stem for file in SAMPLES.glob("*.json")) if SHARED else []
CALLBACK = "https://hooks.example.com/shopee"
NOW = 1_763_700_000.0

needs_samples = pytest.mark.skipif(SHARED is None, reason="needs ../shared/samples/shopee")
pytestmark = needs_samples


def content(name: str) -> bytes:
    return (SAMPLES / f"{name}.json").read_bytes()


def decoded(name: str) -> Any:
    return json.loads(content(name), parse_float=Decimal)


class Platform:
    """Answers each operation with its sample; an operation without one is answered emptily."""

    def __init__(self, **replies: str) -> None:
        self.replies = replies

    def __call__(self, request: Any) -> Response:
        operation = request.path.rpartition("/")[2]
        if operation == "get_escrow_detail_batch":
            return Response(200, {}, escrow_batch())
        name = self.replies.get(operation)
        return Response(200, {}, content(name) if name else b'{"error": "", "response": {}}')


def escrow_batch() -> bytes:
    """The single reply's sample, as the batch call wraps it."""
    body = json.loads(content("payment_get_escrow_detail"))
    body["response"] = [{"escrow_detail": body["response"]}]
    return json.dumps(body).encode()


def client(region: str = "SG", **replies: str) -> Client:
    backend = Shopee(
        1,
        "key",
        shop_id=2,
        access_token="token",
        region=region,
        push_partner_key="push key",
        callback_urls={"default": CALLBACK},
    )
    return Client(backend, transport=Platform(**replies), clock=lambda: NOW, limits=RateLimits(enabled=False))


ITEMS = {
    "get_item_base_info": "product_get_item_base_info",
    "get_model_list": "product_get_model_list",
}
ORDERS = {
    "get_order_detail": "order_get_order_detail",
    "get_escrow_detail": "payment_get_escrow_detail",
}
ADS = {
    "get_product_level_campaign_id_list": "ads_get_product_level_campaign_id_list",
    "get_product_level_campaign_setting_info": "ads_get_product_level_campaign_setting_info",
    "get_product_campaign_daily_performance": "ads_get_product_campaign_daily_performance",
}


def a_page_of_items(name: str) -> Any:
    return client(get_item_list=name).catalog.list(detail="ids").collect(2)


def a_page_of_orders(name: str) -> Any:
    since = datetime.fromtimestamp(NOW - 86_400, UTC)
    return client(get_order_list=name).orders.list(detail="ids", created_after=since).collect(2)


def a_grant(name: str) -> Any:
    whose = "main_account_id" if "main" in name else "shop_id"
    reply = {"get": name}
    return client(**reply).auth.exchange({"code": "c", whose: "54804"})


def a_push(name: str) -> Any:
    shop = client()
    signed = shop.webhooks.sign(content(name))
    with shop.webhooks.receive(method="POST", headers=signed.headers, body=signed.body) as receipt:
        assert receipt.response.status == 200
        assert receipt.response.content == b""
    return receipt.events


def partly_set_stock(name: str) -> Any:
    shop = client(update_stock=name, **ITEMS)
    rows = decoded(name)["response"]
    models = [row["model_id"] for part in ("success_list", "failure_list") for row in rows[part]]
    changes = [StockChange(product_id="34002", variant_id=str(model), quantity=5) for model in models]
    result = shop.catalog.set_stock(changes)
    assert [outcome.ok for outcome in result] == [True] * len(rows["success_list"]) + [False] * len(
        rows["failure_list"]
    )
    return result


def of_a_package(operation: str) -> Any:
    shop = client(
        get_shipping_parameter="logistics_get_shipping_parameter",
        get_tracking_info="logistics_get_tracking_info",
        get_tracking_number="logistics_get_tracking_number",
        **ORDERS,
    )
    return getattr(shop.orders, operation)(shop.orders.get("2404098R48U37H").packages[0])


def a_report(name: str) -> Any:
    rows = decoded(name)["response"][0]["campaign_list"][0]["metrics_list"]
    days = [datetime.strptime(row["date"], "%d-%m-%Y").replace(tzinfo=UTC).date() for row in rows]
    return client(**ADS).ads.report("campaign", since=min(days), until=max(days))


READERS: dict[str, Callable[[str], Any]] = {
    "ads_get_product_campaign_daily_performance": a_report,
    "ads_get_product_level_campaign_id_list": lambda name: client(**ADS).ads.campaigns.list().collect(),
    "ads_get_product_level_campaign_setting_info": lambda name: client(**ADS).ads.campaigns.list().collect(),
    "auth_token_get_main_account": a_grant,
    "auth_token_get_shop": a_grant,
    "auth_token_refresh_shop": lambda name: client(get=name).auth.exchange({"code": "c", "shop_id": "54804"}),
    "logistics_get_shipping_parameter": lambda name: of_a_package("shipping_options"),
    "logistics_get_tracking_info": lambda name: of_a_package("tracking"),
    "logistics_get_tracking_number": lambda name: of_a_package("tracking"),
    "order_get_order_detail": lambda name: client("VN", **ORDERS).orders.get("2404098R48U37H"),
    "order_get_order_list_first": a_page_of_orders,
    "order_get_order_list_last": a_page_of_orders,
    "payment_get_escrow_detail": lambda name: client("VN", **ORDERS).orders.transactions("2404098R48U37H"),
    "product_get_item_base_info": lambda name: client(**ITEMS).catalog.get(["34002", "34001"]),
    "product_get_item_list_page1_first": a_page_of_items,
    "product_get_item_list_page2_middle": a_page_of_items,
    "product_get_item_list_page3_last": a_page_of_items,
    "product_get_model_list": lambda name: client(**ITEMS).catalog.get("34002"),
    "product_update_stock_partial_failure": partly_set_stock,
    "returns_get_return_list": lambda name: client(get_return_list=name).orders.returns.list().collect(1),
    "sellerchat_get_conversation_list": lambda name: (
        client(get_conversation_list=name).messaging.conversations().collect(1)
    ),
    "sellerchat_get_message": lambda name: client(get_message=name).messaging.messages("1").collect(1),
    "shop_get_shop_info": lambda name: client(get_shop_info=name).store.info(),
}


def pushes() -> list[str]:
    return [name for name in FILES if name.startswith("push_") and name != "push_get_lost_push_message"]


@pytest.mark.parametrize("name", [name for name in FILES if name in READERS])
def test_a_reply_is_read(name: str) -> None:
    assert READERS[name](name)


@pytest.mark.parametrize("name", pushes())
def test_a_push_is_read(name: str) -> None:
    assert a_push(name)


def test_the_queue_of_lost_pushes_is_read() -> None:
    shop = client(get_lost_push_message="push_get_lost_push_message")
    assert shop.webhooks.recover().collect(1)


def test_a_sent_message_is_read() -> None:
    shop = client(
        send_message="sellerchat_send_message",
        get_one_conversation="sellerchat_get_conversation_list",
        get_conversation_list="sellerchat_get_conversation_list",
    )
    conversation = shop.messaging.conversations().collect(1)[0]
    receipt = shop.messaging.send(conversation, "hello")
    assert receipt.ids == (str(decoded("sellerchat_send_message")["response"]["message_id"]),)


def told(error: BaseException | None) -> PlatformError:
    """The platform's own words, where a token could not be renewed: behind the error that says so."""
    while error is not None:
        if isinstance(error, PlatformError) and error.code is not None:
            return error
        error = error.__cause__ or error.__context__
    raise AssertionError("no error of the chain has the platform's code")


@pytest.mark.parametrize("case", decoded("errors") if SHARED else [], ids=lambda case: str(case["class"]))
def test_an_error_is_typed_and_keeps_its_words(case: dict[str, Any]) -> None:
    body = json.dumps(case["body"]).encode()
    shop = Client(
        Shopee(1, "key", shop_id=2, access_token="t"),
        transport=lambda request: Response(200, {}, body),
        sleep=lambda seconds: None,
    )
    with pytest.raises(PlatformError) as caught:
        shop.store.carriers()
    error = told(caught.value)
    assert error.code == case["body"]["error"]
    assert error.message == case["body"]["message"]
    assert error.request_id == case["body"]["request_id"]
    assert error.sent == "yes"


def test_no_sample_was_forgotten() -> None:
    others = {"errors", "push_get_lost_push_message", "sellerchat_send_message"}
    assert set(FILES) == {*READERS, *pushes(), *others}


# -- the sheet's field map


def products() -> tuple[Product, Product]:
    with_models, plain = client(**ITEMS).catalog.get(["34002", "34001"]).values
    return with_models, plain


def at(moment: int) -> datetime:
    return datetime.fromtimestamp(moment, UTC)


def test_a_product_loses_nothing_of_the_field_map() -> None:
    native = decoded("product_get_item_base_info")["response"]["item_list"][0]
    product, plain = products()
    assert product.id == str(native["item_id"])
    assert product.title == native["item_name"]
    assert product.description == native["description"]
    assert (product.status, product.native_status) == ("active", native["item_status"])
    assert native["brand"]["brand_id"] == 0
    assert product.brand is None, "brand 0 is Shopee's way to say that there is none"
    assert [category.id for category in product.categories] == [str(native["category_id"])]
    assert [media.url for media in product.media] == native["image"]["image_url_list"]
    assert product.created_at == at(native["create_time"])
    assert product.updated_at == at(native["update_time"])
    assert plain.variants[0].sku == native["item_sku"]
    assert product.raw is not None
    assert product.raw["item_sku"] == native["item_sku"]


def test_a_variant_loses_nothing_of_the_field_map() -> None:
    native = decoded("product_get_model_list")["response"]
    product, _ = products()
    tiers = native["tier_variation"]
    for variant, model in zip(product.variants, native["model"], strict=True):
        price, stock = model["price_info"][0], model["stock_info_v2"]
        assert (variant.id, variant.sku) == (str(model["model_id"]), model["model_sku"])
        options = {
            tier["name"]: tier["option_list"][index]["option"]
            for tier, index in zip(tiers, model["tier_index"], strict=True)
        }
        assert variant.options == options
        assert variant.price.amount == price["current_price"]
        assert variant.base_price is not None
        assert variant.base_price.amount == price["original_price"]
        assert variant.price.currency == price["currency"]
        assert variant.available == stock["summary_info"]["total_available_stock"]
        assert sum(place.reserved or 0 for place in variant.inventory) in (
            0,
            stock["summary_info"]["total_reserved_stock"],
        )
        assert {place.location for place in variant.inventory} >= {
            place["location_id"] for place in stock["seller_stock"]
        }


def order() -> Order:
    return client("VN", **ORDERS).orders.get("2404098R48U37H")


def test_an_order_loses_nothing_of_the_field_map() -> None:
    native = decoded("order_get_order_detail")["response"]["order_list"][0]
    read = order()
    assert (read.id, read.native_status) == (native["order_sn"], native["order_status"])
    assert read.currency == native["currency"]
    assert read.totals.total.amount == native["total_amount"]
    assert (read.created_at, read.updated_at) == (at(native["create_time"]), at(native["update_time"]))
    assert read.payment is not None
    assert read.payment.paid_at == at(native["pay_time"])
    assert read.ship_by == at(native["ship_by_date"])
    assert read.buyer.username == native["buyer_username"]
    assert str(native["buyer_user_id"]) in {identity.value for identity in read.buyer.identities}
    address = native["recipient_address"]
    assert read.shipping_address is not None
    assert read.shipping_address.city == address["city"]
    assert read.shipping_address.country == address["region"]
    assert "*" in str(read.shipping_address.name)


def test_an_orders_lines_lose_nothing_of_the_field_map() -> None:
    native = decoded("order_get_order_detail")["response"]["order_list"][0]["item_list"]
    lines = order().lines
    assert len({line.key for line in lines}) == len(native)
    for line, item in zip(lines, native, strict=True):
        assert (line.product_id, line.variant_id) == (str(item["item_id"]), str(item["model_id"]))
        assert line.sku == (item["model_sku"] or item["item_sku"])
        assert line.quantity.ordered == item["model_quantity_purchased"]
        assert line.quantity.cancelled == item["cancelled_qty"]
        assert line.quantity.returned == item["returned_qty"]


def test_an_orders_packages_lose_nothing_of_the_field_map() -> None:
    native = decoded("order_get_order_detail")["response"]["order_list"][0]["package_list"]
    packages = order().packages
    assert [(one.id, one.native_status, one.carrier) for one in packages] == [
        (one["package_number"], one["logistics_status"], one["shipping_carrier"]) for one in native
    ]


def test_an_orders_totals_add_up_to_what_the_buyers_payment_says() -> None:
    paid = decoded("payment_get_escrow_detail")["response"]["buyer_payment_info"]
    parts = ("merchant_subtotal", "shipping_fee", "seller_voucher", "shopee_voucher", "shopee_coins_redeemed")
    totals = order().totals
    assert totals.subtotal is not None
    assert totals.discounts is not None
    assert totals.shipping is not None
    found = totals.subtotal - totals.discounts.total + totals.shipping
    assert found.amount == sum(paid[part] for part in parts)


def test_the_transactions_add_up_to_what_is_paid_out() -> None:
    income = decoded("payment_get_escrow_detail")["response"]["order_income"]
    transactions = client("VN", **ORDERS).orders.transactions("2404098R48U37H")
    assert transactions.net.amount == income["escrow_amount_after_adjustment"]
    assert sum(item.amount for item in transactions.items) == transactions.net
    kinds = {item.native_kind for item in transactions.items}
    assert {"commission_fee", "service_fee", "seller_transaction_fee", "voucher_from_seller"} <= kinds


def test_a_return_loses_nothing_of_the_field_map() -> None:
    native = decoded("returns_get_return_list")["response"]["return"][0]
    read = client(get_return_list="returns_get_return_list").orders.returns.list().collect(1)[0]
    assert (read.id, read.order_id) == (native["return_sn"], native["order_sn"])
    assert read.native_status == native["status"]
    assert read.native_reason == native["reason"]
    assert read.amount is not None
    assert read.amount.amount == native["refund_amount"]
    assert [line.quantity for line in read.lines] == [item["amount"] for item in native["item"]]
    assert read.created_at == at(native["create_time"])


def test_a_campaign_loses_nothing_of_the_field_map() -> None:
    rows = decoded("ads_get_product_level_campaign_setting_info")["response"]["campaign_list"]
    read = {campaign.id: campaign for campaign in client(**ADS).ads.campaigns.list()}
    for row in rows:
        campaign, common = read[str(row["campaign_id"])], row["common_info"]
        assert campaign.name == common["ad_name"]
        assert campaign.native_status == common["campaign_status"]
        assert campaign.budget is not None
        wanted = common["campaign_budget"] or None
        assert (campaign.budget.amount.amount if campaign.budget.amount else None) == wanted


def test_a_report_loses_nothing_of_the_field_map() -> None:
    name = "ads_get_product_campaign_daily_performance"
    rows = decoded(name)["response"][0]["campaign_list"][0]["metrics_list"]
    report = {row.date: row for row in a_report(name)}
    for native in rows:
        day, month, year = map(int, native["date"].split("-"))
        row = report[date(year, month, day)]
        assert (row.impressions, row.clicks) == (native["impression"], native["clicks"])
        assert row.spend is not None
        assert row.conversion_value is not None
        assert (row.spend.amount, row.conversion_value.amount) == (native["expense"], native["broad_gmv"])
        assert row.orders == native["broad_order"]


def test_a_conversation_and_a_message_lose_nothing_of_the_field_map() -> None:
    native = decoded("sellerchat_get_conversation_list")["response"]["conversations"][0]
    shop = client(
        get_conversation_list="sellerchat_get_conversation_list", get_message="sellerchat_get_message"
    )
    conversation = shop.messaging.conversations().collect(1)[0]
    assert conversation.id == str(native["conversation_id"])
    assert conversation.unread == native["unread_count"]
    assert conversation.buyer_name == native["to_name"]
    assert conversation.buyer is not None
    assert conversation.buyer.value == str(native["to_id"])
    written = decoded("sellerchat_get_message")["response"]["messages"][0]
    message = shop.messaging.messages(conversation).collect(1)[0]
    assert message.id == str(written["message_id"])
    assert message.sent_at == at(written["created_timestamp"])


def test_media_that_shopee_cannot_fetch_is_refused_before_sending() -> None:
    with pytest.raises((NotFound, PlatformError)) as caught:
        client().messaging.download_media(Media.from_url("https://elsewhere.example.com/x.jpg"))
    assert caught.value.sent == "no"
